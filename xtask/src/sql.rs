//! `cargo xtask sql`: the reduction in SQL, in `DuckDB`, in Spark and in an emulator of `BigQuery`, and reading from it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{cargo, output, root, run, say};

/// What the tests find the engines by.
const PYTHON_VARIABLE: &str = "STRATA_SQL_PYTHON";

/// Installs the engines where Python is, and compares them with the program.
///
/// # Errors
/// If an engine cannot be installed or disagrees.
pub fn test() -> Result<(), String> {
    let Some(python) = install()? else { return Ok(()) };
    let mut test = cargo(["test", "--package", "strata-tests", "--locked", "--", "sql_engines", "bigquery"]);
    // Java prints its version on the standard error.
    if output(Command::new("java").arg("-version")).is_none() {
        say("\nNOT COMPARED: the reduction in Spark, because Java 17 or newer is missing\n");
        test.args(["--skip", "spark_makes"]);
    }
    run(test.arg("--nocapture").env(PYTHON_VARIABLE, python))
}

/// A Python that has the engines; `None`, with a loud message, where Python is missing.
fn install() -> Result<Option<PathBuf>, String> {
    let python = if cfg!(windows) { "python" } else { "python3" };
    if output(Command::new(python).args(["-c", "import ensurepip, venv"])).is_none() {
        say("\nNOT COMPARED: the reduction in SQL and reading from BigQuery, because Python 3 with venv is missing\n");
        return Ok(None);
    }
    let directory = root().join("target/tools/sql");
    let binaries = directory.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let own_python = binaries.join("python").with_extension(env::consts::EXE_EXTENSION);
    let requirements = root().join("tests/sql/requirements.txt");
    let installed = directory.join("installed.txt");
    if !is_same(&requirements, &installed) {
        run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&directory))?;
        let mut install = Command::new(&own_python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        run(install.arg(&requirements))?;
        fs::copy(&requirements, &installed).map_err(|error| format!("{}: {error}", installed.display()))?;
    }
    Ok(Some(own_python))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let read = |path: &Path| fs::read(path).ok();
    read(one).is_some_and(|bytes| read(other) == Some(bytes))
}
