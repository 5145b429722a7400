//! Reads from `BigQuery`: the user-days of a run, or users that are reduced there.
//!
//! Only `SELECT` statements are sent. The result is spooled to a temporary Parquet file, which is then read as any other
//! input: nothing is computed, let alone written, before all of it has arrived.

#[cfg(feature = "bigquery")]
mod connection;
#[cfg(feature = "bigquery")]
mod problem;
#[cfg(feature = "bigquery")]
mod query;
#[cfg(feature = "bigquery")]
mod read;
#[cfg(feature = "bigquery")]
mod results;
mod table;

use strata_core::source::Column;
#[cfg(not(feature = "bigquery"))]
use tempfile::NamedTempFile;

#[cfg(not(feature = "bigquery"))]
use crate::error::CliError;
#[cfg(not(feature = "bigquery"))]
use crate::progress::Progress;
#[cfg(feature = "bigquery")]
pub use read::{column_names, download};
pub use table::TableName;

/// What to read.
#[cfg_attr(not(feature = "bigquery"), expect(dead_code, reason = "nothing asks BigQuery"))]
pub struct Request<'a> {
    /// The user-daily table.
    pub table: &'a TableName,
    /// The run whose rows are read.
    pub run_hash: &'a str,
    /// Columns that the user named.
    pub given: &'a [(Column, String)],
    /// Whether `BigQuery` reduces the rows to users.
    pub push_down: bool,
    /// A query that would be billed for more is not run.
    pub max_bytes_billed: u64,
    /// Whether what will be billed is told.
    pub is_quiet: bool,
}

/// This program cannot read from `BigQuery`.
#[cfg(not(feature = "bigquery"))]
pub fn download(_: &Request<'_>, _: &Progress) -> Result<NamedTempFile, CliError> {
    Err(left_out())
}

/// This program cannot ask `BigQuery`.
#[cfg(not(feature = "bigquery"))]
pub fn column_names(_: &TableName) -> Result<Vec<String>, CliError> {
    Err(left_out())
}

#[cfg(not(feature = "bigquery"))]
fn left_out() -> CliError {
    let message = "this strata was built without BigQuery; take one that has it (cargo feature bigquery, on by default), or name a file";
    CliError::Warehouse(message.to_owned())
}
