//! The two enums.

use js_sys::Array;
use serde::{Deserialize, Serialize};
use strata_core::output::OutputFile;
use strata_core::user_list::UserQuery;

use crate::failure::Failure;
use crate::input::{ColumnMapping, InputPreview, LoadedInput, RejectedRowPreview};
use crate::results::Results;
use crate::users::UserTablePage;

/// Tells requests apart; counts up on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u32);

/// A setting that is not at its default: variable name and text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingText {
    /// As in `strata settings`.
    pub name: String,
    /// As it would be written in `strata.toml` or given to a flag.
    pub text: String,
}

/// What the page asks of the coordinator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// Start the workers that parse, so that they are there when files are opened. Not answered.
    Prepare {
        /// How many will parse side by side, at least 1.
        parser_count: u32,
    },
    /// Read files into a user table and analyse it. Answered by [`FromWorker::MappingNeeded`], or by
    /// [`FromWorker::Progress`] now and then and [`FromWorker::Loaded`] at the end.
    Open {
        /// Of this request.
        request: RequestId,
        /// `File`s, in the order given; beside the bytes of the message.
        #[serde(skip)]
        files: Array,
        /// Columns that the user chose.
        mapping: Vec<ColumnMapping>,
        /// Settings in force.
        settings: Vec<SettingText>,
        /// How many workers parse side by side, at least 1.
        parser_count: u32,
    },
    /// The same with generated sample data.
    OpenSample {
        /// Of this request.
        request: RequestId,
        /// Rows to generate.
        row_count: u32,
        /// Settings in force.
        settings: Vec<SettingText>,
        /// How many workers parse side by side, at least 1.
        parser_count: u32,
    },
    /// Analyse the table under other settings. Answered by [`FromWorker::Analysed`]; where the as-of date changed the
    /// table is built again, from the rows that were kept or, where they were too many, from the files, with
    /// [`FromWorker::Progress`] on the way.
    Analyse {
        /// Of this request.
        request: RequestId,
        /// Settings in force.
        settings: Vec<SettingText>,
    },
    /// Some rows of the users table. Answered by [`FromWorker::Users`].
    Users {
        /// Of this request.
        request: RequestId,
        /// Which users, in which order.
        query: UserQuery,
        /// Position of the first row wanted.
        offset: u32,
        /// How many rows are wanted.
        limit: u32,
    },
    /// A file for download. Answered by [`FromWorker::FilePart`] as often as needed, and by [`FromWorker::File`].
    Write {
        /// Of this request.
        request: RequestId,
        /// Which file.
        file: FileRequest,
        /// Now, in seconds since 1970, for `generated_at`.
        generated_at: f64,
        /// Whether text cells that a spreadsheet would run are defused, as `--spreadsheet-safe` does.
        spreadsheet_safe: bool,
    },
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FileRequest {
    /// One of the files of a run.
    Output(OutputFile),
    /// All of them as a ZIP archive.
    Archive,
    /// The users that a query selects, in its order, as CSV.
    Users(UserQuery),
}

/// What the coordinator tells the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromWorker {
    /// The coordinator can take requests.
    Ready,
    /// How far reading is.
    Progress {
        /// Of the request answered.
        request: RequestId,
        /// How far.
        progress: Progress,
    },
    /// Required columns are missing or ambiguous: the page asks the user and opens the files again.
    MappingNeeded {
        /// Of the request answered.
        request: RequestId,
        /// Each input with its first rows and what is unclear.
        inputs: Vec<InputPreview>,
    },
    /// All is read; the results.
    Loaded {
        /// Of the request answered.
        request: RequestId,
        /// What was read.
        inputs: Vec<LoadedInput>,
        /// The first rejected rows.
        rejected_rows: Vec<RejectedRowPreview>,
        /// The results.
        results: Box<Results>,
    },
    /// The results under other settings.
    Analysed {
        /// Of the request answered.
        request: RequestId,
        /// The results.
        results: Box<Results>,
    },
    /// Some rows of the users table.
    Users {
        /// Of the request answered.
        request: RequestId,
        /// The rows.
        page: UserTablePage,
    },
    /// Some of a file; its parts follow each other.
    FilePart {
        /// Of the request answered.
        request: RequestId,
        /// One `Uint8Array`; beside the bytes of the message.
        #[serde(skip)]
        bytes: Array,
    },
    /// A file is whole.
    File {
        /// Of the request answered.
        request: RequestId,
        /// Its name.
        name: String,
    },
    /// The request cannot be fulfilled. What was loaded before stays.
    Failed {
        /// Of the request answered.
        request: RequestId,
        /// Why, and what to do.
        failure: Failure,
    },
}

impl FromWorker {
    /// The request that is answered; none for [`FromWorker::Ready`].
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

/// How far reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Bytes read, of the files as they are.
    pub byte_count: f64,
    /// Bytes to read.
    pub total_bytes: f64,
    /// Rows accepted.
    pub row_count: f64,
    /// Memory in use by the workers, bytes.
    pub memory_bytes: f64,
    /// Milliseconds since reading began.
    pub elapsed_ms: f64,
    /// Whether all is read and the table is being finished.
    pub is_finishing: bool,
}
