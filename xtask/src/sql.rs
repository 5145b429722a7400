//! `cargo xtask sql`: compares SQL in DuckDB, Spark and an emulator of BigQuery with the program.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{cargo, output, run, say};
use crate::setup;

/// Where the tests find the Python that has the engines.
pub const PYTHON_VARIABLE: &str = "STRATA_SQL_PYTHON";

/// The engines that are on this machine.
pub struct Engines {
    /// A Python with the packages of `tests/sql/requirements.txt`.
    pub python: PathBuf,
    /// Arguments of the test program: tests whose engine is missing are skipped.
    pub skipped: &'static [&'static str],
}

/// Installs the engines and compares them with the program.
///
/// # Errors
/// If an engine cannot be installed or does not agree.
pub fn test() -> Result<(), String> {
    let Some(engines) = install()? else { return Ok(()) };
    // All of the workspace, so that nothing is compiled again that `cargo test --workspace` has compiled.
    let mut test = cargo(["test", "--workspace", "--locked", "--test", "suite", "--", "sql_engines", "bigquery"]);
    test.args(engines.skipped).arg("--nocapture").env(PYTHON_VARIABLE, engines.python);
    run(&mut test)
}

/// Installs the engines; `None` without Python. What is missing, and so not compared, is said loudly.
///
/// # Errors
/// If the installation fails.
pub fn install() -> Result<Option<Engines>, String> {
    let Some(environment) = setup::sql_engines()? else {
        say("\nNOT COMPARED: SQL and reading from BigQuery, because Python 3 with venv is missing\n");
        return Ok(None);
    };
    // Java prints its version to standard error.
    let has_java = output(Command::new("java").arg("-version")).is_some();
    if !has_java {
        say("\nNOT COMPARED: SQL in Spark, because Java 17 or newer is missing\n");
    }
    let skipped: &[&str] = if has_java { &[] } else { &["--skip", "spark_makes"] };
    Ok(Some(Engines { python: environment.program("python"), skipped }))
}
