//! `cargo xtask test` and `bless`.

use crate::process::{cargo, program, run as run_command};
use crate::{e2e, setup, sql};

/// Packages that are built for browsers, beside those that they stand on.
const WEB_PACKAGES: [&str; 4] = ["strata-chart", "strata-page", "strata-protocol", "strata-worker"];

/// Everything that must hold before a change lands.
///
/// # Errors
/// At the first step that fails.
pub fn run() -> Result<(), String> {
    run_command(&mut cargo(["fmt", "--all", "--check"]))?;
    run_command(&mut cargo(["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    // Most of what the program stands on is BigQuery's client, so some will leave it out.
    let program =
        ["clippy", "--package", "strata-cli", "--no-default-features", "--locked", "--", "--deny", "warnings"];
    run_command(&mut cargo(program))?;
    run_command(&mut cargo(["test", "--workspace", "--locked"]))?;
    sql::test()?;
    run_command(cargo(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "--deny warnings"))?;
    setup::for_build()?;
    setup::for_tests()?;
    lint_for_browsers()?;
    test_in_browser()?;
    e2e::test(&[])
}

/// The core without Parquet, as the page has it, and everything that runs in a browser.
fn lint_for_browsers() -> Result<(), String> {
    let lint = |arguments: &[&str]| {
        let mut command = cargo(["clippy", "--locked", "--target", setup::WASM_TARGET]);
        run_command(command.args(arguments).args(["--", "--deny", "warnings"]))
    };
    lint(&["--package", "strata-core", "--no-default-features"])?;
    lint(&WEB_PACKAGES.map(|package| ["--package", package]).concat())?;
    lint(&["--package", "strata-worker", "--test", "browser"])
}

/// The tests that need a browser but not the whole app.
fn test_in_browser() -> Result<(), String> {
    let mut wasm_pack = program("wasm-pack");
    wasm_pack.args(["test", "--headless", "--chrome", "web/worker", "--test", "browser"]);
    run_command(wasm_pack.env("PATH", setup::search_path()?))
}

/// Accepts the snapshots that tests have written anew.
///
/// # Errors
/// If the tests fail for another reason.
pub fn bless() -> Result<(), String> {
    run_command(cargo(["test", "--package", "strata-tests", "--package", "xtask"]).env("INSTA_UPDATE", "always"))
}
