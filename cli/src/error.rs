//! Why a command ended early, and with which exit code.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

use strata_core::settings::SettingError;
use strata_core::source::SourceError;
use strata_core::users::{TableProblem, TableWriteError};
use thiserror::Error;

use crate::exit_code::ExitCode;

/// Why a command ended early.
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
    /// Two user tables count the same rows.
    #[error(
        "{file}: this user table and another one were both made from {input}: its rows would count twice; give one of the two"
    )]
    SharedInput {
        /// The table as the user named it.
        file: String,
        /// The input that both have.
        input: String,
    },
    /// The user table cannot hold a sum.
    #[error("{0}")]
    TooLarge(TableWriteError),
    /// The pipeline left no table for the run.
    #[error(
        "run {run_hash}: there is no table to read; looked in {} for {names}; to read it from BigQuery, set TARGET_PROJECT and TARGET_DATASET",
        directory.display()
    )]
    NoAggregation {
        /// The run.
        run_hash: String,
        /// Where it was looked for.
        directory: PathBuf,
        /// Under which names.
        names: String,
    },
    /// `BigQuery` did not give what was asked for.
    #[error("{0}")]
    Warehouse(String),
    /// An output could not be written.
    #[error("{}: it could not be written: {reason}; nothing was left behind", path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// Standard output did not take what was printed.
    #[error("standard output: it could not be written: {0}")]
    Output(io::Error),
    /// A bug.
    #[error("internal error: {0}; please report it, with the command and, if you may, the input")]
    Internal(String),
    /// Standard output was closed, as by `head`.
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

/// What writing to standard output can end with.
impl From<io::Error> for CliError {
    fn from(reason: io::Error) -> CliError {
        if reason.kind() == io::ErrorKind::BrokenPipe {
            return CliError::BrokenPipe;
        }
        CliError::Output(reason)
    }
}

/// Tells the user something on standard error. Where nobody listens any more, the run goes on.
pub fn tell(message: impl Display) {
    let _ = writeln!(io::stderr(), "{message}");
}
