//! One module per command.

pub mod generate;
pub mod inspect;
pub mod reduce;
pub mod segment;
pub mod settings;
pub mod shell;
pub mod sql;

use std::thread;

use clap::ArgMatches;

use crate::error::tell;

/// The number of threads: `--threads`, else one per core.
fn thread_count(matches: &ArgMatches) -> usize {
    let asked = matches.get_one::<u16>("threads").map(|&threads| usize::from(threads));
    asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from))
}

/// Whether to print JSON.
fn is_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("format").is_some_and(|format| format == "json")
}

fn warn_of_duplicates<'n>(names: impl Iterator<Item = &'n str>) {
    for name in names {
        tell(format_args!("warning: {name} is identical to another input and was skipped"));
    }
}
