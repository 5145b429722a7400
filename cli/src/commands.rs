//! One module per command.

pub mod generate;
pub mod inspect;
pub mod segment;
pub mod settings;
pub mod shell;

use std::thread;

use clap::ArgMatches;

/// Threads that read: as asked, else one per core.
fn thread_count(matches: &ArgMatches) -> usize {
    let asked = matches.get_one::<u16>("threads").map(|&threads| usize::from(threads));
    asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from))
}

/// Whether machines read what is printed.
fn is_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("format").is_some_and(|format| format == "json")
}
