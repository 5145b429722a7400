//! The programs that Strata is compared with: small Python scripts in `bench/peers`, run in their own virtual environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::directories::{committed_directory, directory};
use super::machine::{Facts, fact};
use crate::process::{output, run};
use crate::setup::Environment;

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
    /// Its name in the tables.
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
    /// Installs the pinned versions, if they are not installed yet.
    ///
    /// # Errors
    /// If Python is missing or the installation fails.
    pub fn install() -> Result<Self, String> {
        let requirements = committed_directory().join("peers/requirements.txt");
        let wanted =
            fs::read_to_string(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
        let environment = Environment::install(&directory().join("venv"), &wanted)?;
        let environment = environment.ok_or("Python 3 with venv is missing; please install it and run this again")?;
        Ok(Self { python: environment.program("python") })
    }

    /// A script of `bench/peers`.
    pub fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(committed_directory().join("peers").join(name));
        command
    }

    /// The job of a peer, which writes its files into the directory.
    pub fn job(&self, peer: Peer, input: &Path, out: &Path, threads: usize) -> Command {
        let mut command = self.script(peer.script());
        command.arg(input).arg(out).arg(threads.to_string());
        command
    }

    /// Only starts Python with the library: the share of a peer's time that is not the job.
    pub fn start_alone(&self, peer: Peer) -> Command {
        let mut command = Command::new(&self.python);
        command.args(["-c", &format!("import {}", peer.name().to_lowercase())]);
        command
    }

    /// Checks that two peers have computed the same figures.
    ///
    /// # Errors
    /// If they differ.
    pub fn check_agreement(&self, one: &Path, other: &Path) -> Result<(), String> {
        run(self.script("compare.py").arg(one).arg(other))
    }

    /// Checks that Strata and a peer agree on the figures that both compute.
    ///
    /// # Errors
    /// If they differ.
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
