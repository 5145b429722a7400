//! `strata sql`: the statement that creates the user table in a database.

use std::io::{self, Write};

use clap::ArgMatches;
use strata_core::reduction_sql::{Dialect, Reduction};
use strata_core::settings::{ResolvedSettings, SettingLayer, SettingSource};
use strata_core::source::csv::header::read_header;
use strata_core::source::{Column, ColumnMapping, HeaderProblem, SourceError};

use crate::args;
use crate::bigquery::{self, TableName};
use crate::error::CliError;

/// Runs the command.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let dialect = matches.get_one::<String>("dialect").and_then(|name| name.parse().ok());
    let dialect: Dialect = dialect.ok_or_else(|| CliError::Internal("a dialect without a name".to_owned()))?;
    let table = table(matches)?;
    let run_hash = run_hash(matches)?;
    let given = args::given_columns(matches)?;
    let mapping = match (matches.get_one::<String>("columns"), bigquery_table(dialect, table)) {
        (Some(columns), _) => {
            mapping(columns, &given).map_err(|problem| SourceError::Header { file: "--columns".to_owned(), problem })?
        }
        (None, Some(name)) => mapping_of(bigquery::column_names(&name)?, &given)
            .map_err(|problem| SourceError::Header { file: table.to_owned(), problem })?,
        (None, None) => {
            return Err(CliError::Usage(format!(
                "the columns of {table} are not known; name them, as in --columns user_id,date,total_revenue. To list them in {dialect}, run: {}",
                dialect.columns_statement(table),
            )));
        }
    };
    if let Some(run_hash) = run_hash.as_deref().filter(|_| !mapping.has_name("run_hash")) {
        return Err(CliError::Usage(format!(
            "--run-hash {run_hash}: {table} has no column run_hash; add it to --columns, or leave --run-hash out"
        )));
    }
    let reduction = Reduction { dialect, table, mapping: &mapping, run_hash: run_hash.as_deref() };
    Ok(io::stdout().lock().write_all(reduction.statement().as_bytes())?)
}

/// The table, if its name needs no quoting: letters, digits, `_` and `-`, separated by dots.
fn table(matches: &ArgMatches) -> Result<&str, CliError> {
    let table = matches.get_one::<String>("table").map_or("", String::as_str);
    let is_plain = |part: &str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'))
    };
    if table.split('.').all(is_plain) {
        return Ok(table);
    }
    Err(CliError::Usage(format!(
        "--table {table}: expected names of letters, digits, _ and - separated by dots, such as dataset.user_daily; for any other name, create a view"
    )))
}

fn run_hash(matches: &ArgMatches) -> Result<Option<String>, CliError> {
    let given = matches.get_one::<String>("run-hash").map(|text| ("RUN_HASH".to_owned(), text.clone()));
    let layer = SettingLayer { source: SettingSource::Flag, entries: given.into_iter().collect() };
    Ok(ResolvedSettings::resolve(&[layer])?.values.run_hash)
}

fn mapping(columns: &str, given: &[(Column, String)]) -> Result<ColumnMapping, HeaderProblem> {
    mapping_of(read_header(columns.as_bytes(), true)?.ok_or(HeaderProblem::Empty)?.names, given)
}

fn mapping_of(names: Vec<String>, given: &[(Column, String)]) -> Result<ColumnMapping, HeaderProblem> {
    for (column, name) in given {
        if !names.contains(name) {
            return Err(HeaderProblem::GivenColumnMissing { column: *column, name: name.clone(), found: names });
        }
    }
    ColumnMapping::new(names, given)
}

/// The table, if `BigQuery` can look up its columns.
fn bigquery_table(dialect: Dialect, table: &str) -> Option<TableName> {
    TableName::parse(table).filter(|_| dialect == Dialect::BigQuery)
}
