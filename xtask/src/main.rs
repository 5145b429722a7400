//! `cargo xtask COMMAND`: everything that takes more than one tool, the same for people and for CI.

mod bench;
mod check;
mod demo;
mod dist;
mod docs;
mod e2e;
mod http;
mod minify;
mod process;
mod serve;
mod setup;
mod site;
mod size;
mod sql;
mod usage;

use std::env;
use std::process::ExitCode;

use crate::process::{print, say};

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
        [] => Err(usage::of_all()),
        ["--help" | "-h" | "help"] => print(&usage::of_all()),
        ["help", command] | [command, "--help" | "-h", ..] => print(&usage::of(command)?),
        [command, rest @ ..] => run_command(command, rest),
    }
}

fn run_command(command: &str, rest: &[&str]) -> Result<(), String> {
    let alone = || usage::expect_no_arguments(command, rest);
    match command {
        "serve" => serve::run(&serve::Options::parse(rest)?),
        "demo" => alone().and_then(|()| demo::run()),
        "dist" => {
            dist::build(if has_option(command, "--fast", rest)? { dist::Flavour::Fast } else { dist::Flavour::Release })
        }
        "size" => alone().and_then(|()| size::check_dist()),
        "test" => alone().and_then(|()| check::run()),
        "e2e" => e2e::test(rest),
        "sql" => alone().and_then(|()| sql::test()),
        "bless" => alone().and_then(|()| check::bless()),
        "screenshots" => match rest {
            [] => e2e::take_screenshots(None),
            [directory] => e2e::take_screenshots(Some(directory)),
            [_, more, ..] => Err(usage::unknown_argument(command, more)),
        },
        "setup" if has_option(command, "--tests", rest)? => setup::for_tests(),
        "setup" => setup::for_build(),
        "docs" => docs::run(has_option(command, "--check", rest)?),
        "bench" => bench::run(&bench::Options::parse(rest)?),
        bench::MEASURE => bench::measure(rest),
        _ => Err(usage::unknown_command(command)),
    }
}

/// Whether the only option of a command is given.
fn has_option(command: &str, option: &str, rest: &[&str]) -> Result<bool, String> {
    match rest {
        [] => Ok(false),
        [given] if *given == option => Ok(true),
        [given, more @ ..] => {
            let unknown = if *given == option { more.first().unwrap_or(given) } else { given };
            Err(usage::unknown_argument(command, unknown))
        }
    }
}
