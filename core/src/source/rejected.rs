//! Rows that could not be used, kept whole.

use std::fmt;

/// Why a row was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RejectReason {
    /// The row has more or fewer fields than the header.
    FieldCount {
        /// Fields in the row.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// `user_id` is null.
    EmptyUserId,
    /// `date` is null or not a date.
    Date,
    /// A quoted field continues after its closing quote.
    TextAfterQuote,
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// A quoted field that does not end.
    UnclosedQuote,
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RejectReason::FieldCount { found, expected } => {
                let noun = if *found == 1 { "field" } else { "fields" };
                return write!(f, "{found} {noun} instead of {expected}");
            }
            RejectReason::EmptyUserId => "empty user_id",
            RejectReason::Date => "missing or impossible date",
            RejectReason::TextAfterQuote => "text after a closing quote",
            RejectReason::InvalidUtf8 => "invalid UTF-8",
            RejectReason::UnclosedQuote => "quote not closed",
        })
    }
}

/// A row that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RejectedRow {
    /// Which of the inputs, from 0.
    pub file: u32,
    /// Physical line where the record starts, from 1; for Parquet the row, from 1.
    pub line: u64,
    /// Why.
    pub reason: RejectReason,
    /// The record's bytes without the line end.
    pub row: Vec<u8>,
}

/// A cell of an optional column that could not be read; it becomes null.
#[derive(Clone, Copy, Debug)]
pub struct InvalidValue<'a> {
    /// Which of the inputs, from 0.
    pub file: u32,
    /// Physical line where the record starts, from 1; for Parquet the row, from 1.
    pub line: u64,
    /// The column.
    pub column: super::column::Column,
    /// The cell's text.
    pub text: &'a [u8],
}

/// Takes what a decoder finds, row by row.
pub trait RowSink {
    /// An accepted row, and how many of its cells were reported invalid.
    fn accept(&mut self, row: &crate::rows::UserDay<'_>, invalid_value_count: u32);
    /// A row that could not be used.
    fn reject(&mut self, row: RejectedRow);
    /// A cell of the row that is accepted next.
    fn invalid(&mut self, value: InvalidValue<'_>);
}
