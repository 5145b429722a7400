//! Where the tools are.

use std::env;
use std::path::PathBuf;

use crate::process::root;

/// The directory with all tools.
pub fn tools_directory() -> PathBuf {
    root().join("target/tools")
}

/// The path of a program from the registry of crates.
pub fn tool(name: &str) -> PathBuf {
    tools_directory().join("bin").join(name).with_extension(env::consts::EXE_EXTENSION)
}
