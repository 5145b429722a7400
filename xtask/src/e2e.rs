//! `cargo xtask e2e` and `screenshots`: the built web app in a real browser.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use crate::dist::{self, Flavour};
use crate::http::StaticFiles;
use crate::process::{cargo, program, root, run};
use crate::serve::Server;
use crate::setup;

/// Not the root of the server: the app must work under any path.
const BASE: &str = "/tools/strata/";

/// Builds the web app and the program, and runs the tests in Chromium: those of these files, or all.
///
/// # Errors
/// If the build or a test fails.
pub fn test(files: &[&str]) -> Result<(), String> {
    let mut node = prepare()?;
    node.args(["--test", "--test-concurrency=1"]);
    if files.is_empty() {
        node.args(test_files()?);
    } else {
        node.args(files);
    }
    run(&mut node)
}

/// Builds the web app and takes pictures of its screens.
///
/// # Errors
/// If the build fails or a screen does not come.
pub fn take_screenshots(directory: &[&str]) -> Result<(), String> {
    run(prepare()?.arg("tests/e2e/screenshots.mjs").args(directory))
}

/// Builds, serves and returns a Node.js that knows where everything is.
fn prepare() -> Result<Command, String> {
    setup::for_tests()?;
    dist::build(Flavour::Release)?;
    run(&mut cargo(["build", "--package", "strata-cli", "--locked"]))?;
    let server = Server::bind(0, StaticFiles::new(dist::directory(), BASE))?;
    let work = root().join("target/e2e");
    fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let strata = root().join("target/debug/strata").with_extension(std::env::consts::EXE_EXTENSION);
    let mut node = program("node");
    node.env("STRATA_ADDRESS", server.address());
    node.env("STRATA_NODE_MODULES", setup::node_modules());
    node.env("STRATA_PROGRAM", strata);
    node.env("STRATA_WORK_DIRECTORY", work);
    thread::spawn(move || server.serve());
    Ok(node)
}

fn test_files() -> Result<Vec<PathBuf>, String> {
    let directory = root().join("tests/e2e");
    let entries = fs::read_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut tests: Vec<PathBuf> = paths.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    tests.sort();
    Ok(tests)
}
