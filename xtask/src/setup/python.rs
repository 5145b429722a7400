//! Packages from PyPI, in virtual environments.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{output, run};

/// A virtual environment with Python and some packages.
pub struct Environment {
    binaries: PathBuf,
}

impl Environment {
    /// Creates the environment with the packages of a requirements file, unless it exists already. Returns `None` if
    /// Python 3 with `venv` is missing.
    ///
    /// # Errors
    /// If the installation fails.
    pub fn install(directory: &Path, requirements: &str) -> Result<Option<Self>, String> {
        let python = if cfg!(windows) { "python" } else { "python3" };
        if output(Command::new(python).args(["-c", "import ensurepip, venv"])).is_none() {
            return Ok(None);
        }
        let environment = Self { binaries: directory.join(if cfg!(windows) { "Scripts" } else { "bin" }) };
        let installed = directory.join("installed.txt");
        if fs::read_to_string(&installed).is_ok_and(|installed| installed == requirements) {
            return Ok(Some(environment));
        }
        run(Command::new(python).args(["-m", "venv", "--clear"]).arg(directory))?;
        let wanted = directory.join("requirements.txt");
        let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
        fs::write(&wanted, requirements).map_err(failed)?;
        let mut install = Command::new(environment.program("python"));
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        run(install.arg(&wanted))?;
        fs::rename(&wanted, &installed).map_err(failed)?;
        Ok(Some(environment))
    }

    /// The path of a program of the environment, such as `python`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name).with_extension(env::consts::EXE_EXTENSION)
    }
}
