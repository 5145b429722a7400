//! What to generate.

use std::error::Error;
use std::fmt;

use crate::date::Date;

/// What to generate: the only input of a [`Generator`](crate::Generator).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerateSpec {
    /// Number of data rows, without the header. Exactly this many records are written; with
    /// [`flaws`](Self::flaws), rejected and duplicate rows are part of them.
    pub rows: u64,
    /// Seed of the random numbers: another seed gives another table of the same kind.
    pub seed: u64,
    /// First day of the table.
    pub first_date: Date,
    /// Number of calendar days in the table, 1 to [`GenerateSpec::MAX_DAYS`].
    pub days: u32,
    /// Whether to write the `total_sessions` column, which the upstream's version 3 leaves out.
    pub with_sessions: bool,
    /// Whether to plant the flaws of real exports, see [`Flaw`](crate::Flaw).
    pub flaws: bool,
    /// After how many bytes a chunk ends (at the end of a user). Does not change the table.
    pub chunk_bytes: usize,
}

impl GenerateSpec {
    /// The longest table, ten years.
    pub const MAX_DAYS: u32 = 3_660;

    /// The first days a table may begin and the last it may end with.
    pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1970..=2999;

    pub(crate) fn check(&self) -> Result<(), GenerateError> {
        if !(1..=Self::MAX_DAYS).contains(&self.days) {
            return Err(GenerateError::Days { days: self.days });
        }
        if !Self::YEARS.contains(&self.first_date.year()) {
            return Err(GenerateError::FirstDate { first_date: self.first_date });
        }
        Ok(())
    }
}

impl Default for GenerateSpec {
    /// 100,000 rows of 90 days from 2025-07-01, seed 7, without flaws.
    fn default() -> Self {
        Self {
            rows: 100_000,
            seed: 7,
            first_date: Date::DEFAULT_FIRST,
            days: 90,
            with_sessions: true,
            flaws: false,
            chunk_bytes: 128 * 1024,
        }
    }
}

/// Why a table cannot be generated from a [`GenerateSpec`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError {
    /// The number of days is out of range.
    Days {
        /// The requested number.
        days: u32,
    },
    /// The first date is out of range.
    FirstDate {
        /// The requested date.
        first_date: Date,
    },
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days { days } => {
                write!(f, "days is {days}; expected 1 to {}", GenerateSpec::MAX_DAYS)
            }
            Self::FirstDate { first_date } => {
                let years = GenerateSpec::YEARS;
                write!(f, "first date is {first_date}; expected a year from {} to {}", years.start(), years.end())
            }
        }
    }
}

impl Error for GenerateError {}
