//! Inputs: what was found in them.

use serde::{Deserialize, Serialize};
use strata_core::source::Column;

/// Which header name stands for a column: found, or chosen by the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// The column.
    pub column: Column,
    /// The name in the file's header; empty where the user leaves the column out.
    pub header: String,
}

/// An input whose columns are not clear yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputPreview {
    /// File name without directories.
    pub name: String,
    /// Header names, in order.
    pub header: Vec<String>,
    /// The first rows, each as long as the header at most; long cells are cut.
    pub rows: Vec<Vec<String>>,
    /// What was found without asking.
    pub mapped: Vec<ColumnMapping>,
    /// Required columns that were not found.
    pub missing: Vec<MissingColumn>,
    /// Used columns for which several headers fit equally well.
    pub ambiguous: Vec<AmbiguousColumn>,
}

/// A required column that was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingColumn {
    /// The column.
    pub column: Column,
    /// The header name that is nearest to it.
    pub nearest: Option<String>,
}

/// A column for which several headers fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmbiguousColumn {
    /// The column.
    pub column: Column,
    /// The header names that fit; a name that occurs twice cannot be chosen.
    pub headers: Vec<String>,
}

/// An input that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadedInput {
    /// File name without directories.
    pub name: String,
    /// Size as given, in bytes.
    pub byte_count: f64,
    /// How it was read, as `CSV, comma, gzip`.
    pub format: String,
    /// Whether it was left out because another has the same bytes.
    pub is_duplicate: bool,
    /// What was found.
    pub mapped: Vec<ColumnMapping>,
    /// Known columns that it lacks.
    pub absent: Vec<Column>,
    /// Header names that nothing uses.
    pub unused: Vec<String>,
    /// The files that a user table was built from.
    pub made_of: Vec<String>,
}

/// A rejected row, for a look at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RejectedRowPreview {
    /// File name without directories.
    pub file: String,
    /// Physical line where the record starts, from 1.
    pub line: f64,
    /// Why.
    pub reason: String,
    /// The row, cut where it is long.
    pub row: String,
}
