//! `cargo xtask demo`: from sample data to results with the program.

use crate::process::{cargo, program, root, run as run_command};

/// Rows of the sample data.
const DEMO_ROWS: &str = "200000";

/// Builds the program, generates sample data and segments it.
///
/// # Errors
/// If a step fails.
pub fn run() -> Result<(), String> {
    run_command(&mut cargo(["build", "--release", "--package", "strata-cli"]))?;
    let strata = root().join("target/release/strata").with_extension(std::env::consts::EXE_EXTENSION);
    let strata = strata.to_string_lossy();
    let directory = root().join("target/demo");
    std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    run_command(program(&strata).args([
        "generate",
        "--rows",
        DEMO_ROWS,
        "--seed",
        "7",
        "--out",
        "target/demo/user_daily.csv",
    ]))?;
    run_command(program(&strata).args(["segment", "target/demo/user_daily.csv", "--out", "target/demo/segments"]))
}
