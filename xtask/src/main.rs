//! `cargo xtask COMMAND`: everything that takes more than one tool, the same for people and for CI.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Rows of the demonstration's sample data.
const DEMO_ROWS: &str = "200000";

const USAGE: &str = "usage: cargo xtask COMMAND

  demo   build strata, make a sample data set and segment it (results in target/demo/segments)
  test   everything CI checks: format, lints, tests, documentation and the WebAssembly build
  bless  accept the snapshots that tests have written anew";

fn main() -> ExitCode {
    let command = env::args().nth(1).unwrap_or_default();
    let outcome = match command.as_str() {
        "demo" => demo(),
        "test" => test(),
        "bless" => run(cargo(["test", "--package", "strata-tests"]).env("INSTA_UPDATE", "always")),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&message);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "xtask talks to the person who called it")]
fn say(message: &str) {
    eprintln!("{message}");
}

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = program(&env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.args(arguments);
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}").replace('"', "");
    say(&format!("$ {shown}"));
    let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown}: failed ({status})")) }
}

/// Builds the program, makes sample data and segments it.
fn demo() -> Result<(), String> {
    run(&mut cargo(["build", "--release", "--package", "strata-cli"]))?;
    let strata = root().join("target/release/strata");
    let strata = strata.to_string_lossy();
    let directory = root().join("target/demo");
    std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    run(program(&strata).args([
        "generate",
        "--rows",
        DEMO_ROWS,
        "--seed",
        "7",
        "--out",
        "target/demo/user_daily.csv",
    ]))?;
    run(program(&strata).args(["segment", "target/demo/user_daily.csv", "--out", "target/demo/segments"]))
}

/// Everything that must hold before a change lands.
fn test() -> Result<(), String> {
    run(&mut cargo(["fmt", "--all", "--check"]))?;
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    run(&mut cargo(["test", "--workspace", "--locked"]))?;
    run(cargo(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "--deny warnings"))?;
    run(program("rustup").args(["target", "add", "wasm32-unknown-unknown"]))?;
    for package in ["strata-core", "strata-generate"] {
        run(&mut cargo(["check", "--package", package, "--target", "wasm32-unknown-unknown", "--locked"]))?;
    }
    Ok(())
}
