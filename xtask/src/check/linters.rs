//! Checks by other programs: spelling, licences and sources of dependencies, workflows.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::{root, run as run_command, say};
use crate::setup;

/// Checks the spelling of all files, the licences and sources of all locked dependencies, and the workflows.
///
/// # Errors
/// If a program cannot be installed or reports a problem.
pub fn run() -> Result<(), String> {
    let Some(linters) = setup::linters()? else {
        say("\nNOT CHECKED: spelling, licences and workflows, because Python 3 with venv is missing\n");
        return Ok(());
    };
    let linter = |name: &str| {
        let mut linter = Command::new(linters.program(name));
        linter.current_dir(root());
        linter
    };
    run_command(&mut linter("typos"))?;
    // Without advisories, because they change while the code does not: yesterday's commit would fail today.
    let mut deny = linter("cargo-deny");
    deny.args(["--locked", "--log-level", "error", "check", "bans", "licenses", "sources"]);
    run_command(&mut deny)?;
    run_command(linter("actionlint").args(["-shellcheck=", "-pyflakes="]).args(workflows()?))
}

fn workflows() -> Result<Vec<PathBuf>, String> {
    let directory = root().join(".github/workflows");
    let entries = fs::read_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}
