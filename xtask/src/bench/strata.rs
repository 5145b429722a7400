//! The program under measurement.

use std::env::consts::EXE_EXTENSION;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::directories::directory;
use super::options::Options;
use crate::process::{cargo, root, run};

/// The program `strata`.
pub struct Strata {
    path: PathBuf,
}

impl Strata {
    /// Builds the program as it is published, unless one is given.
    ///
    /// # Errors
    /// If the build fails.
    pub fn build(options: &Options) -> Result<Self, String> {
        if let Some(path) = &options.program {
            return Self::at(path.clone());
        }
        run(&mut cargo(["build", "--profile", "dist", "--package", "strata-cli", "--locked"]))?;
        Self::at(root().join("target/dist/strata").with_extension(EXE_EXTENSION))
    }

    /// The program in this file.
    ///
    /// # Errors
    /// If there is no such file.
    pub fn at(path: PathBuf) -> Result<Self, String> {
        if path.is_file() { Ok(Self { path }) } else { Err(format!("{}: no such program", path.display())) }
    }

    /// The program without arguments, in a directory without a settings file. Its clock stands still, so that equal
    /// results have equal bytes.
    ///
    /// # Errors
    /// If its working directory cannot be created.
    pub fn command(&self) -> Result<Command, String> {
        let directory = directory().join("out");
        fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        let mut command = Command::new(&self.path);
        command.current_dir(directory).env("SOURCE_DATE_EPOCH", "1760000000");
        Ok(command)
    }

    /// `strata segment`, which writes every file into the directory.
    ///
    /// # Errors
    /// If its working directory cannot be created.
    pub fn segment(&self, input: &Path, out: &Path, threads: Option<usize>) -> Result<Command, String> {
        let mut command = self.command()?;
        command.arg("segment").arg(input).arg("--out").arg(out);
        if let Some(threads) = threads {
            command.arg("--threads").arg(threads.to_string());
        }
        Ok(command)
    }
}

/// The directory for the results of a program.
pub fn out_directory(name: &str) -> PathBuf {
    directory().join("out").join(name)
}

/// Compares the files of two directories byte by byte.
///
/// # Errors
/// If a file is missing, or differs.
pub fn check_same_files(one: &Path, other: &Path) -> Result<(), String> {
    let names = |directory: &Path| -> Result<Vec<std::ffi::OsString>, String> {
        let entries = fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        Ok(names)
    };
    let listed = names(one)?;
    if listed != names(other)? || listed.is_empty() {
        return Err(format!("{} and {} hold different files", one.display(), other.display()));
    }
    for name in listed {
        let read = |directory: &Path| {
            fs::read(directory.join(&name)).map_err(|error| format!("{}: {error}", directory.display()))
        };
        if read(one)? != read(other)? {
            return Err(format!("{} differs between {} and {}", name.display(), one.display(), other.display()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_found() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(one.path().join("a.csv"), "1").unwrap();
        assert!(check_same_files(one.path(), other.path()).is_err());
        fs::write(other.path().join("a.csv"), "2").unwrap();
        assert!(check_same_files(one.path(), other.path()).unwrap_err().contains("a.csv"));
        fs::write(other.path().join("a.csv"), "1").unwrap();
        assert!(check_same_files(one.path(), other.path()).is_ok());
    }
}
