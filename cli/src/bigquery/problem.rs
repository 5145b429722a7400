//! Errors of `BigQuery`, with advice. Messages of a library are never passed on whole, as they might contain a
//! credential.

use std::io;
use std::time::Duration;

use google_cloud_bigquery::Error;
use google_cloud_bigquery::error::{QueryError, RowError};
use google_cloud_gax::error::rpc::Code;

use super::Request;
use super::table::TableName;
use crate::error::CliError;

const CREDENTIALS: &str = "BigQuery: no usable credentials found; set GOOGLE_APPLICATION_CREDENTIALS to the path of a key file, or run: gcloud auth application-default login";

/// The connection could not be opened.
pub fn of_connecting(reason: &google_cloud_gax::client_builder::Error) -> CliError {
    if reason.is_default_credentials() {
        return CliError::Warehouse(CREDENTIALS.to_owned());
    }
    CliError::Warehouse(
        "BigQuery: cannot connect; check the network connection and, for an emulator, its address".to_owned(),
    )
}

/// There was no answer. Without credentials, the client asks a server that exists only inside Google Cloud.
pub fn no_answer(after: Duration) -> CliError {
    CliError::Warehouse(format!(
        "BigQuery: no answer within {} s; check the network connection and the credentials: set GOOGLE_APPLICATION_CREDENTIALS to the path of a key file, or run: gcloud auth application-default login",
        after.as_secs()
    ))
}

/// A statement failed.
pub fn of_query(table: &TableName, reason: &QueryError) -> CliError {
    match reason {
        QueryError::Rpc { source, .. } => of_call(table, source),
        QueryError::JobFailed { errors, .. } => {
            let first = errors.first();
            let (reason, message) = first.map_or(("", ""), |error| (&error.reason, &error.message));
            of_reason(table, reason, message)
        }
        _ => CliError::Internal("BigQuery answered a query in an unexpected way".to_owned()),
    }
}

/// A row of a result could not be read.
pub fn of_row(table: &TableName, reason: &RowError) -> CliError {
    match reason {
        RowError::Rpc { source, .. } => of_call(table, source),
        other => CliError::Warehouse(format!("{table}: cannot read the result from BigQuery: {other}")),
    }
}

/// A call failed.
pub fn of_call(table: &TableName, reason: &Error) -> CliError {
    if reason.is_authentication() {
        return CliError::Warehouse(CREDENTIALS.to_owned());
    }
    let status = reason.status();
    let message = status.map_or("", |status| status.message.as_str());
    let said = match (status.map(|status| status.code), reason.http_status_code()) {
        (Some(Code::NotFound), _) | (_, Some(404)) => "notFound",
        (Some(Code::Unauthenticated), _) | (_, Some(401)) => "unauthenticated",
        (Some(Code::ResourceExhausted), _) | (_, Some(429)) => "quotaExceeded",
        (Some(Code::PermissionDenied), _) | (_, Some(403)) if message.to_ascii_lowercase().contains("quota") => {
            "quotaExceeded"
        }
        (Some(Code::PermissionDenied), _) | (_, Some(403)) => "accessDenied",
        (Some(Code::Unavailable) | None, _) | (_, Some(500..)) => "connection",
        (Some(_), _) => "",
    };
    of_reason(table, said, message)
}

/// The error for a reason given by `BigQuery`.
fn of_reason(table: &TableName, reason: &str, message: &str) -> CliError {
    let message = one_line(message);
    CliError::Warehouse(match reason {
        "notFound" => format!(
            "{table}: table not found in BigQuery; check TARGET_PROJECT, TARGET_DATASET and AGGREGATION_TABLE_NAME ({message})"
        ),
        "unauthenticated" => CREDENTIALS.to_owned(),
        "accessDenied" => format!(
            "{table}: access denied by BigQuery; the account needs the role BigQuery Data Viewer on the dataset, and the roles BigQuery Job User and BigQuery Read Session User on the project ({message})"
        ),
        "quotaExceeded" | "rateLimitExceeded" | "responseTooLarge" => {
            format!("{table}: a BigQuery quota is exhausted; try again later, or request a higher quota ({message})")
        }
        "bytesBilledLimitExceeded" => format!(
            "{table}: the query would be billed for more than --max-bytes-billed, so it was not run and nothing was billed. If the cost is acceptable, raise the limit ({message})"
        ),
        "connection" | "backendError" | "internalError" => {
            format!(
                "{table}: the connection to BigQuery was lost and retries failed; nothing was written. Try again later"
            )
        }
        _ if message.is_empty() => format!("{table}: BigQuery rejected the query without giving a reason"),
        _ => format!("{table}: BigQuery rejected the query: {message}"),
    })
}

/// The run has no rows.
pub fn no_rows(request: &Request<'_>) -> CliError {
    CliError::Warehouse(format!(
        "{}: no rows with run_hash {}; check RUN_HASH, and whether the pipeline has stored this run",
        request.table, request.run_hash
    ))
}

/// The temporary file could not be written.
pub fn spool(reason: &impl std::fmt::Display) -> CliError {
    CliError::Write { path: std::env::temp_dir(), reason: io::Error::other(reason.to_string()) }
}

/// The beginning of a message from a service, on one line.
fn one_line(message: &str) -> String {
    let line: String = message.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(300).collect();
    line.trim().to_owned()
}

/// A result could not be decoded.
pub fn unreadable(table: &TableName, reason: &arrow_schema::ArrowError) -> CliError {
    CliError::Warehouse(format!("{table}: cannot read the result from BigQuery: {reason}"))
}
