//! The directories of the benchmark.

use std::path::PathBuf;

use crate::process::root;

/// Data, results and peers. None of it is committed.
pub fn directory() -> PathBuf {
    root().join("target/bench")
}

/// Scripts and rendered results, which are committed.
pub fn committed_directory() -> PathBuf {
    root().join("bench")
}
