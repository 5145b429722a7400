//! From flags, environment and file to settings, once.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use strata_core::settings::{ResolvedSettings, SETTINGS, SettingLayer, SettingSource, known_setting};
use toml::{Table, Value};

use crate::error::CliError;

/// The settings file that is read where none is named.
const DEFAULT_FILE: &str = "strata.toml";

/// Resolves every setting.
pub fn resolve(matches: &ArgMatches) -> Result<ResolvedSettings, CliError> {
    let layers = [file_layer(matches.get_one::<PathBuf>("config"))?, environment_layer(), flag_layer(matches)];
    Ok(ResolvedSettings::resolve(&layers)?)
}

fn flag_layer(matches: &ArgMatches) -> SettingLayer {
    // Not every command has a flag for each setting.
    let given = |name: &'static str| {
        let text = matches.try_get_one::<String>(name).ok().flatten()?;
        Some((name.to_owned(), text.clone()))
    };
    SettingLayer { source: SettingSource::Flag, entries: SETTINGS.iter().filter_map(|info| given(info.name)).collect() }
}

fn environment_layer() -> SettingLayer {
    let given = |name: &'static str| {
        let text = env::var_os(name)?;
        // Invalid UTF-8 then shows in the error about the setting.
        Some((name.to_owned(), text.to_string_lossy().into_owned()))
    };
    SettingLayer {
        source: SettingSource::Environment,
        entries: SETTINGS.iter().filter_map(|info| given(info.name)).collect(),
    }
}

fn file_layer(named: Option<&PathBuf>) -> Result<SettingLayer, CliError> {
    let path = named.map_or(Path::new(DEFAULT_FILE), PathBuf::as_path);
    if named.is_none() && !path.exists() {
        return Ok(SettingLayer { source: SettingSource::File, entries: Vec::new() });
    }
    let text = fs::read_to_string(path)
        .map_err(|reason| CliError::Usage(format!("{}: could not read the settings file: {reason}", path.display())))?;
    let entries = entries(&text).map_err(|problem| CliError::Usage(format!("{}: {problem}", path.display())))?;
    Ok(SettingLayer { source: SettingSource::File, entries })
}

/// Names and texts of a settings file.
fn entries(text: &str) -> Result<Vec<(String, String)>, String> {
    let table: Table = text.parse().map_err(|problem| format!("not valid TOML: {problem}"))?;
    table
        .into_iter()
        .map(|(key, value)| {
            known_setting(&key).map_err(|unknown| unknown.to_string())?;
            let text =
                value_text(&value).ok_or_else(|| format!("{key}: expected a string, a number, or a list of them"))?;
            Ok((key, text))
        })
        .collect()
}

fn value_text(value: &Value) -> Option<String> {
    Some(match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Datetime(date) => date.to_string(),
        Value::Array(values) => values.iter().map(value_text).collect::<Option<Vec<_>>>()?.join(","),
        Value::Boolean(_) | Value::Table(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_texts_numbers_dates_and_lists() {
        let text = "CHURN_DAYS_THRESHOLD = 7\nWHALE_REVENUE_PERCENTILE = 0.9\nRETENTION_WINDOWS = [1, 7]\n\
FUNNEL_STAGES = ['ftue_start', 'level_2']\nSEGMENTATION_AS_OF_DATE = 2024-01-02\nFUNNEL_MODE = 'open'\n";
        let found = entries(text).unwrap();
        let of = |name: &str| found.iter().find(|entry| entry.0 == name).map(|entry| entry.1.as_str());
        assert_eq!(of("CHURN_DAYS_THRESHOLD"), Some("7"));
        assert_eq!(of("WHALE_REVENUE_PERCENTILE"), Some("0.9"));
        assert_eq!(of("RETENTION_WINDOWS"), Some("1,7"));
        assert_eq!(of("FUNNEL_STAGES"), Some("ftue_start,level_2"));
        assert_eq!(of("SEGMENTATION_AS_OF_DATE"), Some("2024-01-02"));
        assert_eq!(of("FUNNEL_MODE"), Some("open"));
    }

    #[test]
    fn what_is_no_setting_is_an_error() {
        assert!(entries("CHURN_DAYS = 7").unwrap_err().contains("CHURN_DAYS_THRESHOLD"));
        assert!(entries("FUNNEL_MODE = true").is_err());
        assert!(entries("FUNNEL_MODE = ").unwrap_err().starts_with("not valid TOML"));
    }
}
