//! Writes the generated parts of the documentation, or with `--check` says which are out of date.

use std::env;
use std::process::ExitCode;

use strata_tests::docs::documents;

#[expect(clippy::print_stderr, reason = "what is wrong must be seen")]
fn main() -> ExitCode {
    let is_check = env::args().nth(1).is_some_and(|argument| argument == "--check");
    match run(is_check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(is_check: bool) -> Result<(), String> {
    let stale: Vec<_> = documents()?.into_iter().filter(strata_tests::docs::Document::is_stale).collect();
    match stale.first() {
        Some(_) if is_check => {
            let names: Vec<&str> = stale.iter().map(|document| document.name).collect();
            Err(format!("out of date: {}; run `cargo xtask docs`", names.join(", ")))
        }
        _ => stale.iter().try_for_each(strata_tests::docs::Document::update),
    }
}
