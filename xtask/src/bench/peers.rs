//! The programs that Strata is compared with: small Python scripts in `bench/peers`, run in a virtual environment of
//! their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::machine::{Facts, fact};
use super::{committed_directory, directory};
use crate::process::{output, run};

/// A library that does the same job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// SQL over the CSV file.
    DuckDb,
    /// Lazy data frames, streamed.
    Polars,
    /// Data frames; the CSV file is read by Arrow.
    Pandas,
}

impl Peer {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::DuckDb => "DuckDB",
            Self::Polars => "Polars",
            Self::Pandas => "pandas",
        }
    }

    fn script(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb_job.py",
            Self::Polars => "polars_job.py",
            Self::Pandas => "pandas_job.py",
        }
    }
}

/// The virtual environment with all peers.
pub struct Peers {
    python: PathBuf,
}

impl Peers {
    /// Installs the pinned versions where they are not there yet.
    ///
    /// # Errors
    /// If there is no Python, or an installation fails.
    pub fn install() -> Result<Self, String> {
        let environment = directory().join("venv");
        let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let requirements = committed_directory().join("peers/requirements.txt");
        let wanted =
            fs::read_to_string(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
        let installed = environment.join("installed.txt");
        if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) && python.is_file() {
            return Ok(Self { python });
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements))?;
        fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))?;
        Ok(Self { python })
    }

    /// A script of `bench/peers`.
    pub fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(committed_directory().join("peers").join(name));
        command
    }

    /// The job of a peer: its files are written into the directory.
    pub fn job(&self, peer: Peer, input: &Path, out: &Path, threads: usize) -> Command {
        let mut command = self.script(peer.script());
        command.arg(input).arg(out).arg(threads.to_string());
        command
    }

    /// Only starts what a peer stands on: how much of its time is not the job.
    pub fn start_alone(&self, peer: Peer) -> Command {
        let mut command = Command::new(&self.python);
        command.args(["-c", &format!("import {}", peer.name().to_lowercase())]);
        command
    }

    /// Checks that two peers have computed the same.
    ///
    /// # Errors
    /// If they have not.
    pub fn check_agreement(&self, one: &Path, other: &Path) -> Result<(), String> {
        run(self.script("compare.py").arg(one).arg(other))
    }

    /// Checks that Strata and a peer have computed the same, as far as both compute it.
    ///
    /// # Errors
    /// If they have not.
    pub fn check_agreement_with_strata(&self, strata: &Path, peer: &Path) -> Result<(), String> {
        run(self.script("compare_with_strata.py").arg(strata).arg(peer))
    }

    /// The versions of Python and of the peers.
    pub fn versions(&self) -> Facts {
        let mut facts = vec![fact("Python", output(Command::new(&self.python).arg("--version")))];
        let version = |package: &str| {
            let script = format!("import importlib.metadata; print(importlib.metadata.version('{package}'))");
            output(Command::new(&self.python).args(["-c", &script]))
        };
        for peer in [Peer::DuckDb, Peer::Polars, Peer::Pandas] {
            facts.push(fact(peer.name(), version(&peer.name().to_lowercase())));
        }
        facts
    }
}
