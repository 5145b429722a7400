//! Downloads the rows of a run to a temporary Parquet file.

use std::time::Duration;

use indicatif::DecimalBytes;
use strata_core::reduction_sql::{Dialect, Reduction};
use strata_core::source::{ColumnMapping, SourceError};
use tempfile::NamedTempFile;

use super::connection::Connection;
use super::query::{self, Estimate, Parameter};
use super::{Request, TableName, problem, results};
use crate::error::{CliError, tell};
use crate::output_dir::remove_on_interrupt;
use crate::progress::Progress;

/// The longest wait for the first answer.
const FIRST_ANSWER: Duration = Duration::from_secs(30);

/// Downloads the rows or users to a temporary Parquet file, which is deleted when dropped.
pub fn download(request: &Request<'_>, progress: &Progress) -> Result<NamedTempFile, CliError> {
    wait_for(read(request, progress))
}

/// Looks up the names of the columns of a table.
pub fn column_names(table: &TableName) -> Result<Vec<String>, CliError> {
    wait_for(async { Ok(open(table).await?.1) })
}

fn wait_for<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|reason| CliError::Warehouse(format!("BigQuery: cannot connect: {reason}")))?.block_on(work)
}

/// Connects and looks up the columns. The wait is limited, as a client without credentials searches for minutes.
async fn open(table: &TableName) -> Result<(Connection<'_>, Vec<String>), CliError> {
    let opened = async {
        let connection = Connection::open(table).await?;
        let statement = format!("SELECT * FROM {} LIMIT 0", table.quoted());
        let names = query::estimate(&connection, &statement, &[]).await?.column_names;
        Ok((connection, names))
    };
    tokio::time::timeout(FIRST_ANSWER, opened).await.unwrap_or_else(|_| Err(problem::no_answer(FIRST_ANSWER)))
}

async fn read(request: &Request<'_>, progress: &Progress) -> Result<NamedTempFile, CliError> {
    let (connection, names) = open(request.table).await?;
    let mapping = ColumnMapping::new(names, request.given)
        .map_err(|problem| SourceError::Header { file: request.table.to_string(), problem })?;
    if !mapping.has_name("run_hash") {
        return Err(CliError::Warehouse(format!(
            "{}: the table has no column run_hash, which identifies the rows of a run; set AGGREGATION_TABLE_NAME to another table",
            request.table
        )));
    }
    let (statement, parameters) = if request.push_down {
        let (table, run_hash) = (request.table.to_string(), Some(request.run_hash));
        let reduction = Reduction { dialect: Dialect::BigQuery, table: &table, mapping: &mapping, run_hash };
        (reduction.statement(), vec![])
    } else {
        (rows_statement(request.table, &mapping), vec![Parameter { name: "run_hash", value: request.run_hash }])
    };
    let Estimate { byte_count, .. } = query::estimate(&connection, &statement, &parameters).await?;
    let limit = DecimalBytes(request.max_bytes_billed);
    if byte_count > request.max_bytes_billed {
        return Err(CliError::Warehouse(format!(
            "{}: the query would be billed for {}, more than the limit of {limit} (--max-bytes-billed), so it was not run. If the cost is acceptable, raise the limit",
            request.table,
            DecimalBytes(byte_count),
        )));
    }
    if !request.is_quiet {
        tell(format!(
            "BigQuery: reading {} will be billed for {} (limit {limit})",
            request.table,
            DecimalBytes(byte_count)
        ));
    }
    let complete = query::run(&connection, &statement, &parameters, request.max_bytes_billed).await?;
    if complete.row_count == Some(0) {
        return Err(problem::no_rows(request));
    }
    let file = NamedTempFile::new().map_err(|reason| problem::spool(&reason))?;
    remove_on_interrupt(file.path());
    let out = file.reopen().map_err(|reason| problem::spool(&reason))?;
    let row_count = Box::pin(results::spool(&connection, complete, out, progress)).await?;
    if row_count == 0 {
        return Err(problem::no_rows(request));
    }
    Ok(file)
}

/// The statement that selects the used columns of the rows of a run.
fn rows_statement(table: &TableName, mapping: &ColumnMapping) -> String {
    let mut used: Vec<usize> = mapping.columns.iter().map(|column| column.index).collect();
    used.sort_unstable();
    used.dedup();
    let columns: Vec<String> = used.into_iter().map(|index| format!("`{}`", mapping.header[index])).collect();
    format!("SELECT {} FROM {} WHERE run_hash = @run_hash", columns.join(", "), table.quoted())
}
