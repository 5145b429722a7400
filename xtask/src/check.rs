//! `cargo xtask test` and `bless`.

mod commits;
mod dependencies;
mod linters;
mod parts;

use crate::dist::{self, Flavour};
use crate::process::{cargo, program, run as run_command, say};
use crate::{e2e, setup, sql};

use parts::{Parts, side_by_side};

/// Packages that run in browsers. Those that they depend on are built with them.
const WEB_PACKAGES: [&str; 4] = ["strata-chart", "strata-page", "strata-protocol", "strata-worker"];

/// Runs all checks that must pass before a change lands, and prints how long each part took.
///
/// # Errors
/// If a part fails. Later parts are not run.
pub fn run() -> Result<(), String> {
    let parts = Parts::new();
    let checked = run_parts(&parts);
    say(&format!("\n{}", parts.table()));
    checked
}

/// The order saves time. Cargo compiles a package again for every set of features, so native code is always compiled for
/// the whole workspace. The web app has its own profiles, and therefore its own place below `target/`: it is built while
/// native code is checked and tested, because its link-time optimisation keeps only one core busy.
fn run_parts(parts: &Parts) -> Result<(), String> {
    parts.run("format, commits", || {
        run_command(&mut cargo(["fmt", "--all", "--check"]))?;
        commits::check_subjects()
    })?;
    parts.run("spelling, dependencies, workflows", || {
        linters::run()?;
        dependencies::check_rust_versions()
    })?;
    side_by_side(
        || {
            parts.run("lints", lint)?;
            parts.run("documentation", document)?;
            parts.run("compilation of the tests", compile_tests)?;
            parts.run("tests, SQL engines among them", test)
        },
        || {
            parts.run_beside("installation of tools", setup::for_tests)?;
            parts.run_beside("web app", || dist::build(Flavour::Release))
        },
    )?;
    parts.run("format of views, lints for browsers", || {
        check_views()?;
        lint_for_browsers()
    })?;
    parts.run("tests of the worker in Chromium", test_in_browser)?;
    parts.run("tests of the web app in Chromium", || e2e::test_built(&[]))
}

fn lint() -> Result<(), String> {
    run_command(&mut cargo(["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    // Most of what the program depends on is BigQuery's client, so some people will leave it out.
    let program =
        ["clippy", "--package", "strata-cli", "--no-default-features", "--locked", "--", "--deny", "warnings"];
    run_command(&mut cargo(program))
}

fn document() -> Result<(), String> {
    run_command(cargo(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn compile_tests() -> Result<(), String> {
    run_command(&mut cargo(["test", "--workspace", "--locked", "--no-run"]))?;
    e2e::build_program()
}

/// All native tests, with those that need SQL engines where they can be had.
fn test() -> Result<(), String> {
    let mut test = cargo(["test", "--workspace", "--locked"]);
    if let Some(engines) = sql::install()? {
        test.env(sql::PYTHON_VARIABLE, engines.python).arg("--").args(engines.skipped);
    }
    run_command(&mut test)
}

/// The core without Parquet, as the page has it, and everything that runs in a browser.
fn lint_for_browsers() -> Result<(), String> {
    let lint = |arguments: &[&str]| {
        let mut command = cargo(["clippy", "--locked", "--target", setup::WASM_TARGET]);
        run_command(command.args(arguments).args(["--", "--deny", "warnings"]))
    };
    lint(&["--package", "strata-core", "--no-default-features"])?;
    let targets: &[&str] = &["--lib", "--bins", "--test", "browser"];
    lint(&[&WEB_PACKAGES.map(|package| ["--package", package]).concat(), targets].concat())
}

/// The layout of `view!`, which rustfmt leaves alone.
fn check_views() -> Result<(), String> {
    run_command(program("leptosfmt").args(["--check", "web/page/src"]).env("PATH", setup::search_path()?))
}

/// The tests that need a browser but not the whole app.
fn test_in_browser() -> Result<(), String> {
    let mut wasm_pack = program("wasm-pack");
    wasm_pack.args(["test", "--headless", "--chrome", "web/worker", "--test", "browser"]);
    run_command(wasm_pack.env("PATH", setup::search_path()?))
}

/// Accepts the snapshots that the tests have written.
///
/// # Errors
/// If the tests fail for another reason.
pub fn bless() -> Result<(), String> {
    run_command(cargo(["test", "--package", "strata-tests", "--package", "xtask"]).env("INSTA_UPDATE", "always"))
}
