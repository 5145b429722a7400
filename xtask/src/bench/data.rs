//! Inputs from `strata generate`.

use std::fs;
use std::path::{Path, PathBuf};

use super::directories::directory;
use super::strata::Strata;
use crate::process::{run, say};

/// Seed of all inputs.
const SEED: &str = "7";

/// Sample data larger than this is removed after it was measured.
pub const LARGE_BYTES: u64 = 3_000_000_000;

/// Where the inputs are.
pub fn data_directory() -> PathBuf {
    directory().join("data")
}

/// Sample data with this number of rows; generated if it does not exist yet.
///
/// # Errors
/// If it cannot be generated.
pub fn sample(strata: &Strata, rows: u64) -> Result<PathBuf, String> {
    existing_or_new(&format!("rows_{rows}.csv"), |path| {
        let mut generate = strata.command()?;
        generate.args(["generate", "--quiet", "--seed", SEED, "--rows", &rows.to_string(), "--out"]).arg(path);
        run(&mut generate)
    })
}

/// A file of the data directory. If it does not exist yet, it is written under another name first, so that an interrupted
/// run leaves no incomplete file behind.
///
/// # Errors
/// If it cannot be written.
pub fn existing_or_new(name: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let path = data_directory().join(name);
    if path.is_file() {
        return Ok(path);
    }
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(data_directory()).map_err(failed)?;
    let unfinished = data_directory().join(format!("unfinished_{name}"));
    make(&unfinished)?;
    fs::rename(&unfinished, &path).map_err(failed)?;
    Ok(path)
}

/// The size of a file.
///
/// # Errors
/// If it does not exist.
pub fn byte_count(path: &Path) -> Result<u64, String> {
    fs::metadata(path).map(|metadata| metadata.len()).map_err(|error| format!("{}: {error}", path.display()))
}

/// Removes an input that would fill the disk.
///
/// # Errors
/// If it cannot be removed.
pub fn remove_if_larger(path: &Path, bytes: u64) -> Result<(), String> {
    if byte_count(path)? <= bytes {
        return Ok(());
    }
    say(&format!("Removing {}.", path.display()));
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))
}
