//! Inputs: what was found in them.

use serde::{Deserialize, Serialize};

/// A column that the user picked: contract column and header name.
///
/// Without a header name the column is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenColumn {
    /// The contract's column, as `user_id`.
    pub column: String,
    /// The name in the file's header.
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
    pub mapped: Vec<MappedColumn>,
    /// Required columns that were not found.
    pub missing: Vec<AbsentColumn>,
    /// Used columns for which several headers fit equally well.
    pub ambiguous: Vec<AmbiguousColumn>,
}

/// A column that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// The contract's column.
    pub column: String,
    /// The name in the file's header.
    pub header: String,
}

/// A column that was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsentColumn {
    /// The contract's column.
    pub column: String,
    /// Whether nothing works without it.
    pub is_required: bool,
    /// What its absence costs, in words.
    pub consequence: String,
    /// The header name that is nearest to it.
    pub nearest: Option<String>,
}

/// A column for which several headers fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmbiguousColumn {
    /// The contract's column.
    pub column: String,
    /// Whether nothing works without it; any other can be left out.
    pub is_required: bool,
    /// The header names that fit; a name that is there twice cannot be picked.
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
    pub mapped: Vec<MappedColumn>,
    /// Known columns that it lacks.
    pub absent: Vec<AbsentColumn>,
    /// Header names that nothing uses.
    pub unused: Vec<String>,
    /// The files that a user table was made of.
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
