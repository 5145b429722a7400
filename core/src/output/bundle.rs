//! The files of a run.

use crate::report::{Report, UserResults};
use crate::settings::ResolvedSettings;
use crate::source::{InputFile, RejectedRow};
use crate::users::UserTable;

/// Facts about the run that the outputs state in addition to its results.
#[derive(Clone, Debug)]
pub struct RunInfo {
    /// Version of the program.
    pub version: String,
    /// When the outputs were generated, as `YYYY-MM-DDTHH:MM:SSZ`.
    pub generated_at: String,
    /// The inputs, each once.
    pub inputs: Vec<InputFile>,
}

/// Everything that the files are written from.
#[derive(Clone, Copy, Debug)]
pub struct OutputBundle<'a> {
    /// The settings in force.
    pub settings: &'a ResolvedSettings,
    /// Facts about the run.
    pub run: &'a RunInfo,
    /// The user table.
    pub table: &'a UserTable,
    /// The results that are counted over users.
    pub report: &'a Report,
    /// Each user's part of the results.
    pub users: &'a UserResults,
    /// The rejected rows, in order.
    pub rejected: &'a [RejectedRow],
    /// The names of the inputs that rejected rows refer to.
    pub input_names: &'a [String],
    /// Whether text that a spreadsheet would run as a formula gets a leading apostrophe.
    pub spreadsheet_safe: bool,
}
