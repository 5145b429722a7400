//! The user table as a Parquet file: what a builder has, so that a file can be merged like any other part.
//!
//! The columns are described in `docs/user-table.md`. They are plain enough for SQL to produce. What only a program
//! that saw the rows can know, such as rejected rows, is in the file's metadata.

mod cells;
mod columns;
mod metadata;
mod read;
mod run_inputs;
mod schema;
#[cfg(feature = "user-table-writer")]
mod write;

use crate::value::calendar::Day;

pub use metadata::{TableInput, TableMetadata};
pub use run_inputs::RunInputs;
#[cfg(feature = "user-table-writer")]
pub use write::TableWriteError;

/// Why a user table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableProblem {
    /// The file is damaged, or was not written as a user table.
    #[error(
        "cannot read the user table: {reason}; create it again with `strata reduce`, or with the statement printed by `strata sql`"
    )]
    Damaged {
        /// What is wrong.
        reason: String,
    },
    /// The file was written by another version of the program.
    #[error(
        "the user table has version {found}, but this program reads version {expected}; create it again from the rows with `strata reduce`",
        expected = schema::VERSION
    )]
    OtherVersion {
        /// Its version.
        found: i64,
    },
    /// The table was reduced as of a day other than the requested one.
    #[error("{}", other_as_of_message(*.table, *.asked))]
    OtherAsOf {
        /// The day that was set when the table was reduced.
        table: Day,
        /// The day that is set now.
        asked: Option<Day>,
    },
    /// The table has rows after the as-of date that is asked for.
    #[error(
        "the user table covers days up to at least {date}, but SEGMENTATION_AS_OF_DATE is {as_of}; a user table cannot be cut off at an earlier day. Leave the setting out, or run `strata reduce` again with --segmentation-as-of-date {as_of}"
    )]
    DaysAfterAsOf {
        /// A later day of the table.
        date: Day,
        /// The as-of date.
        as_of: Day,
    },
}

fn other_as_of_message(table: Day, asked: Option<Day>) -> String {
    let asked = asked.map_or_else(|| "not set".to_owned(), |day| day.to_string());
    format!(
        "the user table was created as of {table}, but SEGMENTATION_AS_OF_DATE is {asked}; a user table cannot be cut off at another day. Add --segmentation-as-of-date {table}, or run `strata reduce` again"
    )
}
