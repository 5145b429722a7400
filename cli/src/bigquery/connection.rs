//! Connections to `BigQuery` and its Storage Read API.

use std::env;

use google_cloud_auth::credentials::anonymous;
use google_cloud_bigquery::client::{BigQuery, Read};
use google_cloud_bigquery::query::retry_policy::RetryableErrors;
use google_cloud_gax::retry_policy::RetryPolicyExt;

use super::problem;
use super::table::TableName;
use crate::error::CliError;

/// Environment variables with the addresses of an emulator: for REST, and for the Storage Read API.
const EMULATORS: [&str; 2] = ["BIGQUERY_EMULATOR_HOST", "BIGQUERY_STORAGE_EMULATOR_HOST"];

/// A call is given up after this many attempts, with waits of 1, 2, 4 and 8 s in between.
const ATTEMPTS: u32 = 5;

/// Clients that send statements and read results.
pub struct Connection<'t> {
    /// The table, for messages.
    pub table: &'t TableName,
    /// Sends statements.
    pub queries: BigQuery,
    /// Reads results as streams; `None` for an emulator without the Storage Read API.
    pub storage: Option<Read>,
}

impl<'t> Connection<'t> {
    /// Connects with the application default credentials, or without credentials to an emulator.
    pub async fn open(table: &'t TableName) -> Result<Connection<'t>, CliError> {
        let [rest, storage] = EMULATORS.map(address);
        let failed = |reason| problem::of_connecting(&reason);
        let queries = BigQuery::builder()
            .with_project_id(&table.project)
            .with_retry_policy(RetryableErrors.with_attempt_limit(ATTEMPTS));
        if let Some(rest) = rest {
            let queries = queries.with_endpoint(rest).with_credentials(anonymous::Builder::new().build());
            let storage = match storage {
                Some(storage) => {
                    let read = Read::builder().with_endpoint(storage);
                    Some(read.with_credentials(anonymous::Builder::new().build()).build().await.map_err(failed)?)
                }
                None => None,
            };
            return Ok(Connection { table, queries: queries.build().await.map_err(failed)?, storage });
        }
        let storage = Some(Read::builder().build().await.map_err(failed)?);
        Ok(Connection { table, queries: queries.build().await.map_err(failed)?, storage })
    }
}

/// The address in an environment variable; the scheme defaults to `http`.
fn address(variable: &str) -> Option<String> {
    let text = env::var(variable).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?;
    Some(if text.contains("://") { text } else { format!("http://{text}") })
}
