//! `strata completions` and `strata man`: shell completion scripts and manual pages.

use std::io::{self, Write};

use clap::{ArgMatches, Command};
use clap_complete::Shell;

use crate::args::command;
use crate::error::CliError;

/// Prints a shell completion script.
pub fn completions(matches: &ArgMatches) -> Result<(), CliError> {
    let mut script = Vec::new();
    if let Some(&shell) = matches.get_one::<Shell>("shell") {
        clap_complete::generate(shell, &mut command(), "strata", &mut script);
    }
    Ok(io::stdout().write_all(&script)?)
}

/// Prints a manual page.
pub fn man(matches: &ArgMatches) -> Result<(), CliError> {
    let whole = command();
    let page = match matches.get_one::<String>("command") {
        None => whole,
        Some(name) => {
            let found = whole.find_subcommand(name).cloned();
            let found = found.ok_or_else(|| {
                let names: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
                CliError::Usage(format!("unknown command `{name}`; expected one of {}", names.join(", ")))
            })?;
            found.name(format!("strata-{name}"))
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    Ok(io::stdout().write_all(&text)?)
}
