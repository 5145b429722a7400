//! `cargo xtask COMMAND`: everything that takes more than one tool, the same for people and for CI.

mod bench;
mod check;
mod demo;
mod dist;
mod e2e;
mod http;
mod process;
mod serve;
mod setup;
mod site;
mod size;
mod sql;

use std::env;
use std::process::ExitCode;

use crate::process::say;

const USAGE: &str = "usage: cargo xtask COMMAND

  demo                 build strata, make a sample data set and segment it (results in target/demo/segments)
  serve [OPTIONS]      build the web app, serve it on this computer and open it on sample data
    --port N           the port (default 8080; 0 takes a free one)
    --base /PATH/      the path under which the app appears (default /)
    --fast             a build for development: quick to make, slow to run
    --no-build         serve dist/ as it is
    --no-open          open no browser
  dist [--fast]        build the web app into dist/, ready for any static host
  size                 print the sizes of dist/ and fail if they are above their limits
  setup [--tests]      install what dist needs (and the browser tests) into target/tools
  test                 everything CI checks: format, lints, tests, documentation, and the web app in Chromium
  e2e [FILE ...]       build the web app and test it in Chromium (all of tests/e2e, or these files)
  sql                  compare SQL in DuckDB, Spark and an emulator of BigQuery with the program (needs Python 3, Java 17)
  screenshots [DIR]    take pictures of the web app's screens (default target/e2e/screenshots)
  bench [PART] [OPTIONS]
                       measure Strata beside DuckDB and Polars, and write bench/RESULTS.md; PART is native, shapes,
                       growth, browser, profile, report (only writes the page) or all (the default)
    --rows N,N         rows of the inputs, as in 250000, 100k or 5M
    --runs N           rounds that count
    --program FILE     measure this strata instead of building one
    --dist DIR         measure this web app instead of building one
    --keep-data        keep large inputs
  measure PROGRAM ...  run a program and print the time and memory that it used
  bless                accept the snapshots that tests have written anew";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&message);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        ["demo"] => demo::run(),
        ["serve", options @ ..] => serve::run(&serve::Options::parse(options)?),
        ["dist"] => dist::build(dist::Flavour::Release),
        ["dist", "--fast"] => dist::build(dist::Flavour::Fast),
        ["size"] => size::check_dist(),
        ["setup"] => setup::for_build(),
        ["setup", "--tests"] => setup::for_build().and_then(|()| setup::for_tests()),
        ["test"] => check::run(),
        ["e2e", files @ ..] => e2e::test(files),
        ["sql"] => sql::test(),
        ["screenshots", directory @ ..] if directory.len() <= 1 => e2e::take_screenshots(directory),
        ["bench", options @ ..] => bench::run(&bench::Options::parse(options)?),
        [bench::MEASURE, command @ ..] => bench::measure(command),
        ["bless"] => check::bless(),
        _ => Err(USAGE.to_owned()),
    }
}
