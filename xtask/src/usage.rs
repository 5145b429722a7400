//! The text of `cargo xtask --help`, and the answers to unknown commands and options.

use std::fmt::Write as _;

/// A command of xtask.
struct Command {
    name: &'static str,
    /// The arguments, as in the usage line.
    arguments: &'static str,
    /// What it does; lines after the first are only shown by the command's own help.
    purpose: &'static [&'static str],
    /// Options, and words that choose a part, with what they do.
    options: &'static [(&'static str, &'static str)],
}

const COMMANDS: [Command; 13] = [
    Command {
        name: "serve",
        arguments: "[OPTIONS]",
        purpose: &[
            "build the web app, serve it on this computer and open it with sample data",
            "The server cannot be reached from other computers. Ctrl+C stops it.",
        ],
        options: &[
            ("--port N", "port to listen on (default 8080; 0 takes a free one)"),
            ("--base /PATH/", "path under which the app appears (default /)"),
            ("--fast", "a development build: quick to make, slow to run"),
            ("--no-build", "serve dist/ as it is"),
            ("--no-open", "do not open a browser"),
        ],
    },
    Command {
        name: "demo",
        arguments: "",
        purpose: &["build strata, generate sample data and segment it", "The results are in target/demo/segments."],
        options: &[],
    },
    Command {
        name: "dist",
        arguments: "[--fast]",
        purpose: &["build the web app into dist/, ready for any static host"],
        options: &[("--fast", "a development build: quick to make, slow to run")],
    },
    Command {
        name: "size",
        arguments: "",
        purpose: &["print the download sizes of dist/; fail if one is above its limit"],
        options: &[],
    },
    Command {
        name: "test",
        arguments: "",
        purpose: &[
            "run everything that CI checks",
            "Format, lints, spelling, dependencies, native tests, SQL engines, and the web app in Chromium.",
            "Prints the wall and CPU time of each part at the end.",
        ],
        options: &[],
    },
    Command {
        name: "e2e",
        arguments: "[FILE ...]",
        purpose: &[
            "build the web app and test it in Chromium",
            "Runs all test files of tests/e2e, or those that are given.",
        ],
        options: &[],
    },
    Command {
        name: "sql",
        arguments: "",
        purpose: &[
            "compare SQL in DuckDB, Spark and a BigQuery emulator with strata",
            "Needs Python 3 with venv, and Java 17 or newer for Spark. Says what was not compared.",
        ],
        options: &[],
    },
    Command {
        name: "docs",
        arguments: "[--check]",
        purpose: &["generate the tables of the documentation from the catalogues in the code"],
        options: &[("--check", "only name the files whose tables are out of date, and fail if there are any")],
    },
    Command {
        name: "bless",
        arguments: "",
        purpose: &["accept the snapshots that the tests have written"],
        options: &[],
    },
    Command {
        name: "screenshots",
        arguments: "[DIRECTORY]",
        purpose: &[
            "take pictures of every screen of the web app",
            "They are written into the directory (default target/e2e/screenshots).",
        ],
        options: &[],
    },
    Command {
        name: "setup",
        arguments: "[--tests]",
        purpose: &[
            "install what builds the web app into target/tools",
            "Other commands install what they need by themselves.",
        ],
        options: &[("--tests", "what tests it as well: wasm-pack, Playwright, Chromium")],
    },
    Command {
        name: "bench",
        arguments: "[PART] [OPTIONS]",
        purpose: &[
            "measure Strata beside DuckDB and Polars and write bench/RESULTS.md",
            "bench/README.md explains the figures.",
        ],
        options: &[
            ("native", "strata segment, DuckDB, Polars and pandas on 1 M and 5 M rows"),
            ("shapes", "shuffled, wide, compressed and other inputs"),
            ("growth", "10 k to 20 M rows"),
            ("browser", "the web app and DuckDB-WASM in Chromium"),
            ("profile", "a flame graph"),
            ("report", "only write the page, from earlier measurements"),
            ("all", "all of these (the default)"),
            ("--rows N,N", "rows of the inputs, such as 250000, 100k or 5M"),
            ("--runs N", "rounds that count"),
            ("--program FILE", "measure this strata instead of building one"),
            ("--dist DIRECTORY", "measure this web app instead of building one"),
            ("--keep-data", "keep large inputs"),
        ],
    },
    Command {
        name: "measure",
        arguments: "PROGRAM [ARGUMENT ...]",
        purpose: &["run a program and print its time and memory as JSON"],
        options: &[],
    },
];

/// The least similarity (0 to 1) at which a name is suggested.
const LEAST_SIMILARITY: f64 = 0.7;

/// The help for xtask: all commands and what they do.
pub fn of_all() -> String {
    let mut text = "usage: cargo xtask COMMAND [OPTIONS]\n\nCommands:\n".to_owned();
    for command in &COMMANDS {
        let purpose = command.purpose.first().copied().unwrap_or_default();
        let _ = writeln!(text, "  {:<13}{purpose}", command.name);
    }
    text.push_str("\n`cargo xtask COMMAND --help` shows the options of a command.");
    text
}

/// The help for one command, with its options.
///
/// # Errors
/// If there is no such command.
pub fn of(name: &str) -> Result<String, String> {
    let command = find(name).ok_or_else(|| unknown_command(name))?;
    let mut text = format!("{}\n\n", command.line());
    for (at, line) in command.purpose.iter().enumerate() {
        let _ = writeln!(text, "{}", if at == 0 { sentence(line) } else { (*line).to_owned() });
    }
    let (options, parts): (Vec<_>, Vec<_>) = command.options.iter().partition(|(name, _)| name.starts_with('-'));
    for (title, entries) in [("Parts", parts), ("Options", options)] {
        if !entries.is_empty() {
            let _ = writeln!(text, "\n{title}:");
        }
        for (name, effect) in entries {
            let _ = writeln!(text, "  {name:<18}{effect}");
        }
    }
    Ok(text.trim_end().to_owned())
}

/// The answer to a command that does not exist.
pub fn unknown_command(name: &str) -> String {
    let hint = suggestion(name, COMMANDS.iter().map(|command| command.name));
    format!("cargo xtask: there is no command `{name}`.{hint} `cargo xtask --help` lists all commands.")
}

/// The answer to an argument that a command does not take.
pub fn unknown_argument(command: &str, argument: &str) -> String {
    let Some(found) = find(command) else { return unknown_command(command) };
    let names = found.options.iter().filter_map(|(option, _)| option.split(' ').next());
    let hint = suggestion(argument, names);
    let kind = if argument.starts_with('-') { "option" } else { "argument" };
    format!("cargo xtask {command}: there is no {kind} `{argument}`.{hint}\n{}", found.line())
}

/// The answer to an option whose value is missing.
pub fn missing_value(command: &str, option: &str) -> String {
    let options = find(command).map_or(&[] as &[_], |command| command.options);
    let form = options.iter().map(|(form, _)| *form).find(|form| form.split(' ').next() == Some(option));
    format!("cargo xtask {command}: {option} needs a value: {}", form.unwrap_or(option))
}

/// Rejects arguments of a command that takes none.
///
/// # Errors
/// If there is an argument.
pub fn expect_no_arguments(command: &str, arguments: &[&str]) -> Result<(), String> {
    arguments.first().map_or(Ok(()), |argument| Err(unknown_argument(command, argument)))
}

impl Command {
    fn line(&self) -> String {
        format!("usage: cargo xtask {} {}", self.name, self.arguments).trim_end().to_owned()
    }
}

fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// A question about the most similar name, with a space before it; empty if none is similar.
fn suggestion<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> String {
    let similarity = |other: &str| strsim::jaro_winkler(name, other);
    let best = names.max_by(|one, other| similarity(one).total_cmp(&similarity(other)));
    best.filter(|best| similarity(best) >= LEAST_SIMILARITY)
        .map_or_else(String::new, |best| format!(" Did you mean `{best}`?"))
}

/// The summary of a command as a full sentence.
fn sentence(summary: &str) -> String {
    let mut characters = summary.chars();
    let first = characters.next().map_or_else(String::new, |first| first.to_uppercase().collect());
    format!("{first}{}.", characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_help_that_fits_the_screen() {
        let mut texts: Vec<String> = COMMANDS.iter().map(|command| of(command.name).unwrap()).collect();
        texts.push(of_all());
        for line in texts.iter().flat_map(|text| text.lines()) {
            assert!(line.chars().count() <= 120, "{line}");
        }
        assert!(of("serve").unwrap().contains("--no-open"), "{}", of("serve").unwrap());
        assert!(of_all().contains("  demo         build strata"), "{}", of_all());
    }

    #[test]
    fn unknown_words_are_answered_with_the_nearest_known_one() {
        assert!(of("sreve").unwrap_err().contains("Did you mean `serve`?"));
        assert!(!unknown_command("xyz").contains("Did you mean"));
        let answer = unknown_argument("serve", "--prot");
        assert!(answer.contains("there is no option `--prot`. Did you mean `--port`?"), "{answer}");
        assert!(unknown_argument("demo", "fast").contains("there is no argument `fast`."));
        assert!(unknown_argument("bench", "shape").contains("Did you mean `shapes`?"));
        assert!(missing_value("serve", "--base").ends_with("--base needs a value: --base /PATH/"));
        assert!(expect_no_arguments("size", &[]).is_ok());
        assert!(expect_no_arguments("size", &["--all"]).unwrap_err().contains("cargo xtask size"));
    }
}
