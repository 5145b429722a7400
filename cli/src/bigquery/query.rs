//! Statements: their cost and their results.

use google_cloud_bigquery::builder::bigquery::Query;
use google_cloud_bigquery::query::CompleteQuery;
use google_cloud_bigquery_v2::model::{QueryParameter, QueryParameterType, QueryParameterValue, TableSchema};

use super::connection::Connection;
use super::problem;
use crate::error::CliError;

/// A string parameter, which a statement refers to as `@name`.
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: &'a str,
}

/// What a statement would cost and return.
pub struct Estimate {
    /// Bytes that would be read and billed.
    pub byte_count: u64,
    /// The columns of the result.
    pub column_names: Vec<String>,
}

/// A statement that has run.
pub struct Complete {
    /// Its result.
    pub query: CompleteQuery,
    /// Columns of the result and their types.
    pub schema: TableSchema,
    /// The number of rows of the result, if known.
    pub row_count: Option<u64>,
}

/// Gets the cost and the columns of a statement without running it.
pub async fn estimate(
    connection: &Connection<'_>,
    statement: &str,
    parameters: &[Parameter<'_>],
) -> Result<Estimate, CliError> {
    let failed = |reason| problem::of_query(connection.table, &reason);
    let query = query(connection, statement, parameters).set_dry_run(true).send().await.map_err(failed)?;
    let metadata = query.metadata();
    let of_query = metadata.statistics.as_ref().and_then(|statistics| statistics.query.as_ref());
    let schema = metadata.schema.as_ref().or_else(|| of_query.and_then(|statistics| statistics.schema.as_ref()));
    let names = schema.into_iter().flat_map(|schema| schema.fields.iter().map(|field| field.name.clone()));
    let byte_count = (metadata.total_bytes_processed)
        .or_else(|| metadata.statistics.as_ref().and_then(|statistics| statistics.total_bytes_processed));
    Ok(Estimate {
        byte_count: byte_count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0),
        column_names: names.collect(),
    })
}

/// Runs a statement; `BigQuery` rejects it if it would be billed for more than `max_bytes_billed`.
pub async fn run(
    connection: &Connection<'_>,
    statement: &str,
    parameters: &[Parameter<'_>],
    max_bytes_billed: u64,
) -> Result<Complete, CliError> {
    let failed = |reason| problem::of_query(connection.table, &reason);
    let limit = i64::try_from(max_bytes_billed).unwrap_or(i64::MAX);
    let query = query(connection, statement, parameters)
        .set_maximum_bytes_billed(limit)
        // Only a query with a job of its own has a result table, which the Storage Read API needs.
        .set_priority("INTERACTIVE");
    let query = query.until_done().await.map_err(failed)?;
    let metadata = query.metadata();
    let schema = metadata.schema.clone().unwrap_or_default();
    let row_count = metadata.total_rows;
    Ok(Complete { query, schema, row_count })
}

fn query(connection: &Connection<'_>, statement: &str, parameters: &[Parameter<'_>]) -> Query {
    let query = connection.queries.query(statement);
    if parameters.is_empty() {
        return query;
    }
    let parameters = parameters.iter().map(|parameter| {
        QueryParameter::new()
            .set_name(parameter.name)
            .set_parameter_type(QueryParameterType::new().set_type("STRING"))
            .set_parameter_value(QueryParameterValue::new().set_value(parameter.value.to_owned()))
    });
    query.set_parameter_mode("NAMED").set_query_parameters(parameters)
}
