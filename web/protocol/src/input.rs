//! Inputs, and what was detected in them.

use serde::{Deserialize, Serialize};
use strata_core::source::Column;

/// The header name that is used for a column, detected or chosen by the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// The column.
    pub column: Column,
    /// The name in the file's header; empty if the user leaves the column out.
    pub header: String,
}

/// An input with missing or ambiguous columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputPreview {
    /// File name without directories.
    pub name: String,
    /// Header names, in order.
    pub header: Vec<String>,
    /// The first rows, each with at most as many cells as the header; long cells are shortened.
    pub rows: Vec<Vec<String>>,
    /// Columns that were detected automatically.
    pub mapped: Vec<ColumnMapping>,
    /// Required columns that were not found.
    pub missing: Vec<MissingColumn>,
    /// Used columns that match several headers equally well.
    pub ambiguous: Vec<AmbiguousColumn>,
}

/// A required column that was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingColumn {
    /// The column.
    pub column: Column,
    /// The most similar header name.
    pub nearest: Option<String>,
}

/// A column that matches several headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmbiguousColumn {
    /// The column.
    pub column: Column,
    /// The matching header names; a name that occurs twice cannot be chosen.
    pub headers: Vec<String>,
}

/// An input that has been read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadedInput {
    /// File name without directories.
    pub name: String,
    /// Size of the file as given, in bytes.
    pub byte_count: f64,
    /// The input format, such as `CSV, comma, gzip`.
    pub format: String,
    /// Whether it was skipped because another input has the same bytes.
    pub is_duplicate: bool,
    /// Columns that were detected.
    pub mapped: Vec<ColumnMapping>,
    /// Known columns that it does not have.
    pub absent: Vec<Column>,
    /// Header names that are not used.
    pub unused: Vec<String>,
    /// The files that a user table was built from.
    pub made_of: Vec<String>,
}

/// A preview of a rejected row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RejectedRowPreview {
    /// File name without directories.
    pub file: String,
    /// Physical line where the record starts, from 1.
    pub line: f64,
    /// The reason.
    pub reason: String,
    /// The row, shortened if it is long.
    pub row: String,
}
