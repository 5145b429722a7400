//! `strata settings`: every setting with its value and where it was set.

use std::io::{self, Write};

use clap::ArgMatches;
use serde_json::{Map, Value, json};
use strata_core::settings::{ResolvedSettings, SETTINGS};

use crate::error::CliError;
use crate::settings;

use super::is_json;

/// Runs the command.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let resolved = settings::resolve(matches)?;
    let mut out = io::stdout().lock();
    if is_json(matches) {
        writeln!(out, "{:#}", to_json(&resolved))?;
        return Ok(());
    }
    for info in SETTINGS {
        let value = info.value(&resolved.values).to_text().unwrap_or_else(|| info.default.to_owned());
        let source = resolved.source(info.name).as_str();
        writeln!(out, "{:<37} {value}  ({source})\n    {}\n    must be {}", info.name, info.help, info.kind.allowed())?;
    }
    Ok(())
}

fn to_json(resolved: &ResolvedSettings) -> Value {
    let mut settings = Map::new();
    for info in SETTINGS {
        let setting = json!({
            "value": info.value(&resolved.values),
            "source": resolved.source(info.name).as_str(),
            "default": info.default,
            "allowed": info.kind.allowed(),
            "help": info.help,
        });
        settings.insert(info.name.to_owned(), setting);
    }
    Value::Object(settings)
}
