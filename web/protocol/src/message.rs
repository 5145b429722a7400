//! The messages in both directions.

use js_sys::Array;
use serde::{Deserialize, Serialize};
use strata_core::output::OutputFile;
use strata_core::user_list::UserQuery;

use crate::failure::Failure;
use crate::input::{ColumnMapping, InputPreview, LoadedInput, RejectedRowPreview};
use crate::results::Results;
use crate::users::UserTablePage;

/// Identifies a request; the page counts up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u32);

/// A setting that is not at its default: variable name and value as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingText {
    /// Name of the variable, as listed by `strata settings`.
    pub name: String,
    /// Value as written in `strata.toml` or passed to a flag.
    pub text: String,
}

/// A request from the page to the coordinator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// Starts the parser workers, so that they are ready when files are opened. Has no reply.
    Prepare {
        /// Number of parser workers, at least 1.
        parser_count: u32,
    },
    /// Reads files into a user table and analyses it. Answered by [`FromWorker::MappingNeeded`], or by
    /// [`FromWorker::Progress`] at intervals and a final [`FromWorker::Loaded`].
    Open {
        /// ID of the request.
        request: RequestId,
        /// `File`s in the order given; sent beside the bytes of the message.
        #[serde(skip)]
        files: Array,
        /// Columns that the user chose.
        mapping: Vec<ColumnMapping>,
        /// Settings in force.
        settings: Vec<SettingText>,
        /// Number of parser workers, at least 1.
        parser_count: u32,
    },
    /// Does the same with generated sample data.
    OpenSample {
        /// ID of the request.
        request: RequestId,
        /// Number of rows to generate.
        row_count: u32,
        /// Settings in force.
        settings: Vec<SettingText>,
        /// Number of parser workers, at least 1.
        parser_count: u32,
    },
    /// Analyses the table under other settings. Answered by [`FromWorker::Analysed`]. If the as-of date changed, the
    /// table is rebuilt from the kept rows or, if they were too many to keep, from the files, with
    /// [`FromWorker::Progress`] while it is built.
    Analyse {
        /// ID of the request.
        request: RequestId,
        /// Settings in force.
        settings: Vec<SettingText>,
    },
    /// Requests some rows of the users table. Answered by [`FromWorker::Users`].
    Users {
        /// ID of the request.
        request: RequestId,
        /// The users to select, and their order.
        query: UserQuery,
        /// Position of the first requested row.
        offset: u32,
        /// Maximum number of rows.
        limit: u32,
    },
    /// Writes a file for download. Answered by any number of [`FromWorker::FilePart`] and a final [`FromWorker::File`].
    Write {
        /// ID of the request.
        request: RequestId,
        /// The file to write.
        file: FileRequest,
        /// The current time in seconds since 1970, for `generated_at`.
        generated_at: f64,
        /// Whether to defuse text cells that a spreadsheet would execute, as `--spreadsheet-safe` does.
        spreadsheet_safe: bool,
    },
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FileRequest {
    /// One of the result files.
    Output(OutputFile),
    /// All result files as a ZIP archive.
    Archive,
    /// The users that a query selects, in its order, as CSV.
    Users(UserQuery),
}

/// A message from the coordinator to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromWorker {
    /// The coordinator accepts requests.
    Ready,
    /// Progress of reading.
    Progress {
        /// ID of the request that this message answers.
        request: RequestId,
        /// The progress.
        progress: Progress,
    },
    /// Required columns are missing or ambiguous: the page asks the user, then opens the files again.
    MappingNeeded {
        /// ID of the request that this message answers.
        request: RequestId,
        /// Each input with its first rows and its unclear columns.
        inputs: Vec<InputPreview>,
    },
    /// Everything has been read; contains the results.
    Loaded {
        /// ID of the request that this message answers.
        request: RequestId,
        /// The inputs that were read.
        inputs: Vec<LoadedInput>,
        /// The first rejected rows.
        rejected_rows: Vec<RejectedRowPreview>,
        /// The results.
        results: Box<Results>,
    },
    /// The results under other settings.
    Analysed {
        /// ID of the request that this message answers.
        request: RequestId,
        /// The results.
        results: Box<Results>,
    },
    /// Some rows of the users table.
    Users {
        /// ID of the request that this message answers.
        request: RequestId,
        /// The rows.
        page: UserTablePage,
    },
    /// Part of a file; parts arrive in order.
    FilePart {
        /// ID of the request that this message answers.
        request: RequestId,
        /// One `Uint8Array`; sent beside the bytes of the message.
        #[serde(skip)]
        bytes: Array,
    },
    /// A file is complete.
    File {
        /// ID of the request that this message answers.
        request: RequestId,
        /// Its name.
        name: String,
    },
    /// The request cannot be fulfilled. Data that was loaded before remains.
    Failed {
        /// ID of the request that this message answers.
        request: RequestId,
        /// The reason, and what to do.
        failure: Failure,
    },
}

impl FromWorker {
    /// Returns the request that this message answers; `None` for [`FromWorker::Ready`].
    #[must_use]
    pub fn request(&self) -> Option<RequestId> {
        match self {
            FromWorker::Ready => None,
            FromWorker::Progress { request, .. }
            | FromWorker::MappingNeeded { request, .. }
            | FromWorker::Loaded { request, .. }
            | FromWorker::Analysed { request, .. }
            | FromWorker::Users { request, .. }
            | FromWorker::FilePart { request, .. }
            | FromWorker::File { request, .. }
            | FromWorker::Failed { request, .. } => Some(*request),
        }
    }
}

/// Progress of reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes read, before decompression.
    pub byte_count: f64,
    /// Total bytes to read.
    pub total_bytes: f64,
    /// Rows accepted.
    pub row_count: f64,
    /// Memory in use by the workers, in bytes.
    pub memory_bytes: f64,
    /// Milliseconds since reading began.
    pub elapsed_ms: f64,
    /// Whether everything has been read and the table is being completed.
    pub is_finishing: bool,
}
