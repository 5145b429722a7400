//! Failures, in words for people.

use serde::{Deserialize, Serialize};

/// Why a request cannot be fulfilled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind, for the page's wording and for tests.
    pub kind: FailureKind,
    /// What is wrong, in one sentence for a product manager.
    pub title: String,
    /// The exact place: file, line, column, value.
    pub detail: String,
    /// What to do next.
    pub advice: String,
}

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// A file that is not a table, is damaged, or cannot be read.
    Input,
    /// A setting that is not allowed, or is not valid for the data.
    Setting,
    /// The table does not fit into the memory of a browser tab.
    Memory,
    /// A defect in Strata itself.
    Internal,
}
