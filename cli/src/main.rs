//! The command line program: arguments and files in, files and messages out. All computation is in `strata-core`.

mod args;
mod bigquery;
mod commands;
mod error;
mod exit_code;
mod ingest;
mod input;
mod output_dir;
mod panics;
mod progress;
mod settings;
mod summary;
mod text;
mod threads;

use std::process::ExitCode;

use error::{CliError, tell};

fn main() -> ExitCode {
    let matches = match args::command().try_get_matches() {
        Ok(matches) => matches,
        Err(problem) => {
            // Help and version arrive here too; a closed pipe is not an error.
            let _ = problem.print();
            return ExitCode::from(u8::try_from(problem.exit_code()).unwrap_or(2));
        }
    };
    panics::keep_for_messages();
    let run = || match matches.subcommand() {
        Some(("segment", matches)) => commands::segment::run(matches),
        Some(("inspect", matches)) => commands::inspect::run(matches),
        Some(("reduce", matches)) => commands::reduce::run(matches),
        Some(("sql", matches)) => commands::sql::run(matches),
        Some(("generate", matches)) => commands::generate::run(matches),
        Some(("settings", matches)) => commands::settings::run(matches),
        Some(("completions", matches)) => commands::shell::completions(matches),
        Some(("man", matches)) => commands::shell::man(matches),
        _ => Err(CliError::Internal("a command without a handler".to_owned())),
    };
    let outcome = output_dir::clean_up_on_interrupt().and_then(|()| {
        panics::caught(run).unwrap_or_else(|| {
            output_dir::remove_unfinished();
            Err(CliError::Internal(panics::latest()))
        })
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            if !matches!(problem, CliError::BrokenPipe) {
                tell(format_args!("error: {problem}"));
            }
            ExitCode::from(problem.exit_code().code())
        }
    }
}
