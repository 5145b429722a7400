//! `cargo xtask e2e` and `screenshots`: the built web app in a real browser.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use crate::dist::{self, Flavour};
use crate::http::StaticFiles;
use crate::process::{cargo, program, root, run};
use crate::serve::Server;
use crate::{setup, site};

/// Not the root of the server: the app must work under any path.
const BASE: &str = "/tools/strata/";

/// Builds the web app and the program, and tests them in Chromium.
///
/// # Errors
/// If the build or a test fails.
pub fn test(files: &[&str]) -> Result<(), String> {
    build()?;
    test_built(files)
}

/// Tests the web app in `dist/` and the program in Chromium, with these test files or with all of them.
///
/// # Errors
/// If a test fails.
pub fn test_built(files: &[&str]) -> Result<(), String> {
    let mut node = node()?;
    node.args(["--test", "--test-concurrency=1"]);
    if files.is_empty() {
        node.args(test_files()?);
    } else {
        node.args(files);
    }
    run(&mut node)
}

/// Builds the web app and takes pictures of its screens, into this directory or the default one.
///
/// # Errors
/// If the build fails or a screen does not appear.
pub fn take_screenshots(directory: Option<&str>) -> Result<(), String> {
    build()?;
    run(node()?.arg("tests/e2e/screenshots.mjs").args(directory))
}

/// Builds the program, whose results the tests compare with those of the web app.
///
/// # Errors
/// If the build fails.
pub fn build_program() -> Result<(), String> {
    // With the features of the whole workspace, so that nothing is compiled again that `cargo test --workspace` has
    // compiled. Most of that would be BigQuery's client.
    run(&mut cargo(["build", "--workspace", "--bin", "strata", "--locked"]))
}

fn build() -> Result<(), String> {
    setup::for_tests()?;
    dist::build(Flavour::Release)?;
    build_program()
}

/// Serves `dist/` and returns a Node.js whose environment says where everything is.
fn node() -> Result<Command, String> {
    let server = Server::bind(0, StaticFiles::new(site::directory(), BASE))?;
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
