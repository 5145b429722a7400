//! Inputs by `strata generate`.

use std::fs;
use std::path::{Path, PathBuf};

use super::directory;
use super::strata::Strata;
use crate::process::{run, say};

/// Seed of all inputs.
const SEED: &str = "7";

/// Sample data of more bytes than this is removed once it is measured.
pub const LARGE_BYTES: u64 = 3_000_000_000;

/// Where inputs are.
pub fn data_directory() -> PathBuf {
    directory().join("data")
}

/// The sample data of so many rows; made where it is not there yet.
///
/// # Errors
/// If it cannot be made.
pub fn sample(strata: &Strata, rows: u64) -> Result<PathBuf, String> {
    made(&format!("rows_{rows}.csv"), |path| {
        let mut generate = strata.command()?;
        generate.args(["generate", "--quiet", "--seed", SEED, "--rows", &rows.to_string(), "--out"]).arg(path);
        run(&mut generate)
    })
}

/// A file of the data directory. Where it is not there yet it is made under another name, so that a run that is ended
/// leaves no half of it behind.
///
/// # Errors
/// If it cannot be made.
pub fn made(name: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
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
/// If it is not there.
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
    say(&format!("{} is removed.", path.display()));
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))
}
