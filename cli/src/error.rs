//! Errors that end a command, and their exit codes.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

use strata_core::settings::SettingError;
use strata_core::source::SourceError;
use strata_core::users::{TableProblem, TableWriteError};
use thiserror::Error;

use crate::exit_code::ExitCode;

/// An error that ends a command.
#[derive(Debug, Error)]
pub enum CliError {
    /// The arguments cannot be used.
    #[error("{0}")]
    Usage(String),
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// An input cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A user table cannot be used.
    #[error("{file}: {problem}")]
    Table {
        /// The file as the user named it.
        file: String,
        /// What is wrong with it.
        problem: TableProblem,
    },
    /// Two user tables include the same rows.
    #[error(
        "{file}: this user table and another one both include {input}, whose rows would be counted twice; leave one of the two out"
    )]
    SharedInput {
        /// The table as the user named it.
        file: String,
        /// The input that both include.
        input: String,
    },
    /// A sum is too large for a user table.
    #[error("{0}")]
    TooLarge(TableWriteError),
    /// The run has no input table.
    #[error(
        "run {run_hash}: no input table in {} (looked for {names}); check the run hash, name the files to read, or set TARGET_PROJECT and TARGET_DATASET to read from BigQuery",
        directory.display()
    )]
    NoAggregation {
        /// The run.
        run_hash: String,
        /// The directory that was searched.
        directory: PathBuf,
        /// The file names that were looked for.
        names: String,
    },
    /// Reading from `BigQuery` failed.
    #[error("{0}")]
    Warehouse(String),
    /// An output could not be written.
    #[error("{}: could not be written: {reason}; incomplete files were removed", path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// The cause, as the operating system reports it.
        reason: io::Error,
    },
    /// Standard output could not be written.
    #[error("standard output could not be written: {0}")]
    Output(io::Error),
    /// A bug.
    #[error("internal error: {0}. Please report this, with the command that you ran and, if possible, the input")]
    Internal(String),
    /// The reader of standard output, such as `head`, closed it.
    #[error("standard output was closed")]
    BrokenPipe,
}

impl CliError {
    /// How the program ends.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            CliError::BrokenPipe => ExitCode::Done,
            CliError::Write { .. } | CliError::Output(_) | CliError::Internal(_) => ExitCode::Internal,
            CliError::Usage(_) | CliError::Setting(_) => ExitCode::Usage,
            CliError::Source(_)
            | CliError::Table { .. }
            | CliError::SharedInput { .. }
            | CliError::TooLarge(_)
            | CliError::NoAggregation { .. }
            | CliError::Warehouse(_) => ExitCode::Input,
        }
    }
}

/// Errors of writing to standard output.
impl From<io::Error> for CliError {
    fn from(reason: io::Error) -> CliError {
        if reason.kind() == io::ErrorKind::BrokenPipe {
            return CliError::BrokenPipe;
        }
        CliError::Output(reason)
    }
}

/// Prints a message to standard error. The run goes on if standard error is closed.
pub fn tell(message: impl Display) {
    let _ = writeln!(io::stderr(), "{message}");
}
