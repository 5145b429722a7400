//! The command that writes the same files as the page.

use strata_core::settings::find_setting;
use strata_protocol::{ColumnMapping, SettingText};

/// The input and settings of the results on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandInput {
    /// The source of the rows.
    pub source: CommandSource,
    /// Columns chosen by the user.
    pub mapping: Vec<ColumnMapping>,
    /// Settings that are not at their default.
    pub settings: Vec<SettingText>,
    /// Whether cells that a spreadsheet would execute are defused.
    pub spreadsheet_safe: bool,
}

/// The source of the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandSource {
    /// Files by name; a browser does not reveal their directory.
    Files(Vec<String>),
    /// This many rows of generated sample data.
    Sample(u32),
}

/// Returns the `strata segment` line, quoted for a POSIX shell.
///
/// # Errors
/// A sentence that says why there is no command: several files need different headers for one column, which a command
/// cannot express.
pub fn command(input: &CommandInput) -> Result<String, String> {
    let (before, files) = match &input.source {
        CommandSource::Files(names) => (String::new(), names.iter().map(|name| file_argument(name)).collect()),
        CommandSource::Sample(rows) => {
            (format!("strata generate --rows {rows} --out sample.csv && "), vec!["sample.csv".to_owned()])
        }
    };
    let mut words = vec!["strata".to_owned(), "segment".to_owned()];
    words.extend(files);
    words.extend(["--out".to_owned(), "segments/".to_owned()]);
    for (position, given) in input.mapping.iter().enumerate() {
        if input.mapping[..position].iter().any(|known| known.column == given.column) {
            return Err(format!(
                "A command can name one header for {}, but these files have different ones. Rename the column in some \
of the files first.",
                given.column
            ));
        }
        words.push("--map".to_owned());
        words.push(format!("{}={}", given.column, given.header));
    }
    for setting in &input.settings {
        if let Some(info) = find_setting(&setting.name) {
            words.push(format!("--{}", info.flag()));
            words.push(setting.text.clone());
        }
    }
    if input.spreadsheet_safe {
        words.push("--spreadsheet-safe".to_owned());
    }
    let line: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    Ok(before + &line.join(" "))
}

/// Protects a file name from being taken for a flag or for standard input.
fn file_argument(name: &str) -> String {
    if name.starts_with('-') { format!("./{name}") } else { name.to_owned() }
}

/// Quotes a word for a POSIX shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@,+-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use strata_core::source::Column;

    use std::process::Command;

    use super::*;
    use crate::settings::check::resolve;

    fn input(source: CommandSource) -> CommandInput {
        CommandInput { source, mapping: Vec::new(), settings: Vec::new(), spreadsheet_safe: false }
    }

    fn given(column: Column, header: &str) -> ColumnMapping {
        ColumnMapping { column, header: header.to_owned() }
    }

    fn setting(name: &str, text: &str) -> SettingText {
        SettingText { name: name.to_owned(), text: text.to_owned() }
    }

    /// Returns the words that a real shell passes to the program, which is replaced by a function that prints them.
    fn words(line: &str) -> Vec<String> {
        let script = format!("strata() {{ printf '%s\\0' \"$@\"; }}; {line}");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{line}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    #[test]
    fn the_sample_is_generated_first() {
        let mut input = input(CommandSource::Sample(50_000));
        input.settings = vec![setting("CHURN_DAYS_THRESHOLD", "9")];
        assert_eq!(
            command(&input).unwrap(),
            "strata generate --rows 50000 --out sample.csv && \
strata segment sample.csv --out segments/ --churn-days-threshold 9"
        );
    }

    #[test]
    fn a_shell_gives_every_word_back_as_it_was() {
        let odd =
            ["user daily's $HOME.csv", "-", "--strict", "a;b|c&d.csv", "line\nbreak", "ünï*.csv", "~.csv", "#1.csv"];
        let mut input = input(CommandSource::Files(odd.iter().map(|name| (*name).to_owned()).collect()));
        input.mapping = vec![given(Column::UserId, "Player \"Id\""), given(Column::TotalRevenue, "rev`id`=$1")];
        input.settings = vec![setting("RUN_HASH", "-a"), setting("RETENTION_WINDOWS", "1, 7")];
        input.spreadsheet_safe = true;
        let expected = [
            "segment",
            "user daily's $HOME.csv",
            "./-",
            "./--strict",
            "a;b|c&d.csv",
            "line\nbreak",
            "ünï*.csv",
            "~.csv",
            "#1.csv",
            "--out",
            "segments/",
            "--map",
            "user_id=Player \"Id\"",
            "--map",
            "total_revenue=rev`id`=$1",
            "--run-hash",
            "-a",
            "--retention-windows",
            "1, 7",
            "--spreadsheet-safe",
        ];
        assert_eq!(words(&command(&input).unwrap()), expected);
    }

    #[test]
    fn the_flags_carry_every_setting() {
        let settings = crate::settings::tests::changed_everywhere();
        let mut input = input(CommandSource::Files(vec!["a.csv".to_owned()]));
        input.settings.clone_from(&settings);
        let words = words(&command(&input).unwrap());
        let flags = words.iter().position(|word| word == "segments/").unwrap() + 1;
        let read: Vec<SettingText> = words[flags..]
            .chunks_exact(2)
            .map(|pair| setting(&pair[0].trim_start_matches("--").to_uppercase().replace('-', "_"), &pair[1]))
            .collect();
        assert_eq!(read.len(), strata_core::settings::SETTINGS.len());
        assert_eq!(resolve(&read).unwrap(), resolve(&settings).unwrap());
    }

    #[test]
    fn one_column_by_two_headers_is_no_command() {
        let mut input = input(CommandSource::Files(vec!["a.csv".to_owned(), "b.csv".to_owned()]));
        input.mapping = vec![given(Column::UserId, "who"), given(Column::UserId, "player")];
        assert!(command(&input).unwrap_err().contains("user_id"));
    }
}
