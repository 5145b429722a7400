//! The files of a run.

use crate::report::{Report, UserResults};
use crate::settings::ResolvedSettings;
use crate::source::{InputFile, RejectedRow};
use crate::users::UserTable;

/// What the outputs tell of the run beside its results.
#[derive(Clone, Debug)]
pub struct RunInfo {
    /// Version of the program.
    pub version: String,
    /// When the outputs were made, as `YYYY-MM-DDTHH:MM:SSZ`.
    pub generated_at: String,
    /// The inputs, each once.
    pub inputs: Vec<InputFile>,
}

/// Everything that the files are made of.
#[derive(Clone, Copy, Debug)]
pub struct OutputBundle<'a> {
    /// The settings in force.
    pub settings: &'a ResolvedSettings,
    /// The run.
    pub run: &'a RunInfo,
    /// The users.
    pub table: &'a UserTable,
    /// The results.
    pub report: &'a Report,
    /// Each user's part of them.
    pub users: &'a UserResults,
    /// Rejected rows, in order.
    pub rejected: &'a [RejectedRow],
    /// The names of the inputs to which the rejected rows refer.
    pub input_names: &'a [String],
    /// Whether texts that a spreadsheet would run as a formula get a leading apostrophe.
    pub spreadsheet_safe: bool,
}
