//! The command line program: arguments and files in, files and messages out. What is computed is in `strata-core`.

mod args;
mod commands;
mod error;
mod ingest;
mod input;
mod output_dir;
mod progress;
mod settings;
mod summary;
mod text;

use std::process::ExitCode;

use error::CliError;

fn main() -> ExitCode {
    let matches = match args::command().try_get_matches() {
        Ok(matches) => matches,
        Err(problem) => {
            // Help and version are answers, not errors, and a closed pipe is nobody's mistake.
            let _ = problem.print();
            return ExitCode::from(u8::try_from(problem.exit_code()).unwrap_or(2));
        }
    };
    let outcome = output_dir::clean_up_on_interrupt().and_then(|()| match matches.subcommand() {
        Some(("segment", matches)) => commands::segment::run(matches),
        Some(("inspect", matches)) => commands::inspect::run(matches),
        Some(("generate", matches)) => commands::generate::run(matches),
        Some(("settings", matches)) => commands::settings::run(matches),
        Some(("completions", matches)) => commands::shell::completions(matches),
        Some(("man", matches)) => commands::shell::man(matches),
        _ => Err(CliError::Internal("a command without a handler".to_owned())),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            report(&problem);
            ExitCode::from(problem.exit_code())
        }
    }
}

#[expect(clippy::print_stderr, reason = "the one place where errors are shown")]
fn report(problem: &CliError) {
    if !matches!(problem, CliError::BrokenPipe) {
        eprintln!("error: {problem}");
    }
}
