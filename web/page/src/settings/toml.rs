//! `strata.toml`: the settings as the command line program reads them from a file.

use std::fmt::Write;

use strata_core::settings::{ResolvedSettings, SETTINGS, SettingSource, SettingValue};

/// Name of the file that the program looks for.
pub const FILE_NAME: &str = "strata.toml";

/// Returns the text of the file: every setting with its description; those at their default are commented out.
#[must_use]
pub fn strata_toml(resolved: &ResolvedSettings) -> String {
    let mut text = String::from(
        "# Strata settings. `strata segment FILE --out segments/` reads this file from the directory it is run in.\n\
# Settings that begin with # are at their default.\n",
    );
    for info in SETTINGS {
        let value = info.value(&resolved.values);
        let is_default = resolved.source(info.name) == SettingSource::Default;
        let mark = if is_default { "# " } else { "" };
        let shown = literal(&value).unwrap_or_else(|| format!("\"\" ({})", info.default));
        // Writing to a string cannot fail.
        let _ = write!(text, "\n# {}. Must be {}.\n{mark}{} = {shown}\n", info.help, info.allowed(), info.name);
    }
    text
}

fn literal(value: &SettingValue) -> Option<String> {
    Some(match value {
        SettingValue::Unset => return None,
        // TOML integers are signed.
        SettingValue::Integer(number) if i64::try_from(*number).is_err() => string(&number.to_string()),
        SettingValue::Integer(number) => number.to_string(),
        SettingValue::Number(number) => decimal(*number),
        SettingValue::Text(text) => string(text),
        SettingValue::Integers(numbers) => list(numbers.iter().map(u32::to_string)),
        SettingValue::Texts(texts) => list(texts.iter().map(|text| string(text))),
    })
}

/// Formats a number with a decimal point, so that TOML does not read it as an integer.
fn decimal(number: f64) -> String {
    let text = number.to_string();
    if text.contains('.') { text } else { text + ".0" }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// Formats a basic string. The texts of settings contain no control characters; if they did, these would be escaped.
fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use ::toml::{Table, Value};
    use strata_protocol::SettingText;

    use super::*;
    use crate::settings::check::resolve;

    /// Reads a file like the program.
    fn read(text: &str) -> Vec<SettingText> {
        let entries = text.parse::<Table>().unwrap().into_iter();
        entries.map(|(name, value)| SettingText { name, text: value_text(&value) }).collect()
    }

    fn value_text(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Array(values) => values.iter().map(value_text).collect::<Vec<_>>().join(","),
            other => panic!("{other} is not among the values of settings"),
        }
    }

    #[test]
    fn the_file_gives_the_same_settings_back() {
        let changed = resolve(&crate::settings::tests::changed_everywhere()).unwrap();
        assert_eq!(resolve(&read(&strata_toml(&changed))).unwrap(), changed);
    }

    #[test]
    fn a_file_of_defaults_sets_nothing() {
        let text = strata_toml(&ResolvedSettings::default());
        assert!(read(&text).is_empty());
        for info in SETTINGS {
            assert!(text.contains(&format!("# {} = ", info.name)), "{}", info.name);
        }
    }

    #[test]
    fn a_commented_default_can_be_used_by_taking_the_mark_away() {
        let text = strata_toml(&ResolvedSettings::default());
        for info in SETTINGS.iter().filter(|info| !["none", "latest date"].contains(&info.default)) {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix("# ").filter(|line| line.starts_with(&format!("{} =", info.name))));
            let given = resolve(&read(line.unwrap())).unwrap();
            let default = ResolvedSettings::default();
            assert_eq!(given.values.value(info.name), default.values.value(info.name), "{}", info.name);
        }
    }

    #[test]
    fn extreme_numbers_survive() {
        for (name, text) in [
            ("CHURN_DAYS_THRESHOLD", "18446744073709551615"),
            ("ENGAGEMENT_RECENCY_WEIGHT", "1e300"),
            ("SEGMENTATION_SIGNIFICANCE_THRESHOLD", "1e-9"),
            ("WHALE_REVENUE_PERCENTILE", "1"),
        ] {
            let resolved = resolve(&[SettingText { name: name.to_owned(), text: text.to_owned() }]).unwrap();
            assert_eq!(resolve(&read(&strata_toml(&resolved))).unwrap(), resolved, "{name}");
        }
    }
}
