//! Reads from `BigQuery`: the rows of a run, or users to which `BigQuery` reduced them.
//!
//! Only `SELECT` statements are sent. The result is downloaded to a temporary Parquet file, which is then read like any
//! other input, so nothing is computed or written before the download is complete.

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

/// A request for the rows or users of a run.
#[cfg_attr(not(feature = "bigquery"), expect(dead_code, reason = "without BigQuery, nothing reads the request"))]
pub struct Request<'a> {
    /// The table with the daily rows.
    pub table: &'a TableName,
    /// The run whose rows are read.
    pub run_hash: &'a str,
    /// Columns that the user mapped with `--map`.
    pub given: &'a [(Column, String)],
    /// Whether `BigQuery` reduces rows to users.
    pub push_down: bool,
    /// Queries that would be billed for more bytes are not run.
    pub max_bytes_billed: u64,
    /// Whether to leave out the message about billing.
    pub is_quiet: bool,
}

/// Fails: this program was built without `BigQuery`.
#[cfg(not(feature = "bigquery"))]
pub fn download(_: &Request<'_>, _: &Progress) -> Result<NamedTempFile, CliError> {
    Err(left_out())
}

/// Fails: this program was built without `BigQuery`.
#[cfg(not(feature = "bigquery"))]
pub fn column_names(_: &TableName) -> Result<Vec<String>, CliError> {
    Err(left_out())
}

#[cfg(not(feature = "bigquery"))]
fn left_out() -> CliError {
    let message = "this build of strata does not include BigQuery; use one that does (cargo feature bigquery, on by default), or name the files to read";
    CliError::Warehouse(message.to_owned())
}
