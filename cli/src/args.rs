//! The command line: commands, flags and their help.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, Styles, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use strata_core::nearest_name;
use strata_core::reduction_sql::Dialect;
use strata_core::settings::{SETTINGS, Setting};
use strata_core::source::Column;

use crate::error::CliError;
use crate::exit_code::ExitCode;

const START: &str = "To start:
  strata generate --rows 10000 --out user_daily.csv     create sample data
  strata inspect user_daily.csv                         check columns and data quality
  strata segment user_daily.csv --out segments          write the results

`strata help <COMMAND>` explains a command and its options.";

const EXAMPLES: &str = "Examples:
  strata segment user_daily.csv --out segments
  strata segment jan.parquet feb.csv.gz --out segments --churn-days-threshold 7
  strata segment users.parquet --out segments     (a user table from strata reduce or strata sql)
  RUN_HASH=abc123 strata segment                  (reads and writes under run_logs/abc123/)
  zcat data.csv.gz | strata segment - --out segments --format json

Every setting is a flag, an environment variable and a key of strata.toml; variables and keys are
in upper case with underscores, such as CHURN_DAYS_THRESHOLD. A flag takes precedence over a
variable, and a variable over the file. `strata settings` shows the values in effect.";

/// The exit codes, one per line.
fn exit_codes() -> String {
    let codes: Vec<String> =
        ExitCode::ALL.iter().map(|exit| format!("\n  {:<3}  {}", exit.code(), exit.meaning())).collect();
    format!("Exit codes:{}", codes.concat())
}

/// Builds the command line.
pub fn command() -> Command {
    Command::new("strata")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Retention, funnel, behavioural and revenue segments from daily user data")
        .styles(Styles::plain())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(format!("{START}\n\n{}", exit_codes()))
        .subcommand(segment())
        .subcommand(inspect())
        .subcommand(reduce())
        .subcommand(sql())
        .subcommand(generate())
        .subcommand(settings())
        .subcommand(
            Command::new("completions").about("Print a shell completion script").arg(
                Arg::new("shell")
                    .value_name("SHELL")
                    .required(true)
                    .value_parser(value_parser!(clap_complete::Shell))
                    .help("Shell to complete for"),
            ),
        )
        .subcommand(
            Command::new("man")
                .about("Print a manual page, to be shown with: strata man segment | man -l -")
                .arg(Arg::new("command").value_name("COMMAND").help("Command to document [default: strata itself]")),
        )
}

fn segment() -> Command {
    let command = Command::new("segment")
        .about("Analyse daily user data and write the result files")
        .after_help(format!("{EXAMPLES}\n\n{}", exit_codes()))
        .arg(inputs().help(INPUTS_HELP))
        .arg(
            path("out", "DIR").help(
                "Directory for the results [default: run_logs/<RUN_HASH>/outputs/segments, if a run hash is set]",
            ),
        )
        .arg(map())
        .arg(
            Arg::new("source")
                .long("source")
                .value_name("SOURCE")
                .value_parser(PossibleValuesParser::new(["auto", "csv", "bigquery"]))
                .default_value("auto")
                .help("Where to find the rows of a run: csv in run_logs, bigquery in BigQuery, auto in BigQuery if run_logs has no CSV"),
        )
        .arg(flag("push-down").help("Reduce rows to users in BigQuery and download only the users; needs --source bigquery"))
        .arg(
            Arg::new("max-bytes-billed")
                .long("max-bytes-billed")
                .value_name("BYTES")
                .default_value("50GB")
                .value_parser(byte_count)
                .help("Refuse BigQuery queries that would be billed for more, such as 500MB, 50GB or 1TB"),
        )
        .arg(flag("strict").help("Fail if any row is rejected or any cell cannot be read"))
        .arg(flag("spreadsheet-safe").help("Prefix an apostrophe to text that a spreadsheet would run as a formula"))
        .arg(threads())
        .arg(flag("quiet").short('q').help("Do not print progress or a summary"))
        .arg(format())
        .arg(config());
    with_settings(command)
}

fn inspect() -> Command {
    let command = Command::new("inspect")
        .about("Report columns and data quality, without writing files")
        .arg(inputs().required(true).help(INPUTS_HELP))
        .arg(map())
        .arg(threads())
        .arg(flag("quiet").short('q').help("Do not print progress"))
        .arg(format())
        .arg(config());
    with_settings(command)
}

const REDUCE_EXAMPLES: &str = "Examples:
  strata reduce user_daily.csv --out users.parquet
  strata segment users.parquet --out segments
  strata reduce --append users.parquet today.csv

A user table is fixed at its as-of date: the latest date of the data, or the date that you set. It
cannot be cut off at another day later. docs/user-table.md describes its columns.";

fn reduce() -> Command {
    Command::new("reduce")
        .about("Condense daily rows into a user table, which segment reads much faster")
        .after_help(REDUCE_EXAMPLES)
        .arg(inputs().help(INPUTS_HELP))
        .arg(path("out", "FILE").help("Parquet file to write [default: the file given to --append]"))
        .arg(path("append", "TABLE").help("User table to which the inputs are added"))
        .arg(map())
        .arg(flag("strict").help("Fail if any row is rejected or any cell cannot be read"))
        .arg(threads())
        .arg(flag("quiet").short('q').help("Do not print progress or a summary"))
        .arg(format())
        .arg(config())
        .next_help_heading("Settings")
        .args(SETTINGS.iter().filter(|info| info.name == AS_OF_DATE).map(setting))
}

const SQL_EXAMPLES: &str = "Examples:
  strata sql --dialect duckdb --table user_daily --columns \"$(head -n 1 user_daily.csv)\"
  strata sql --dialect bigquery --table project.dataset.user_daily --run-hash abc123 \\
    --columns run_hash,user_id,date,total_revenue

docs/scale.md explains how to run the statement and what to do with its result.";

fn sql() -> Command {
    Command::new("sql")
        .about("Print an SQL statement that creates the user table in your database")
        .after_help(SQL_EXAMPLES)
        .arg(
            Arg::new("dialect")
                .long("dialect")
                .value_name("DIALECT")
                .required(true)
                .value_parser(PossibleValuesParser::new(Dialect::ALL.map(Dialect::as_str)))
                .help("SQL dialect"),
        )
        .arg(
            Arg::new("table")
                .long("table")
                .value_name("TABLE")
                .required(true)
                .help("Table with the daily rows, such as dataset.user_daily"),
        )
        .arg(
            Arg::new("columns")
                .long("columns")
                .value_name("HEADER")
                .help("Columns of the table, as a CSV header line; in BigQuery they can be looked up"),
        )
        .arg(Arg::new("run-hash").long("run-hash").value_name("HASH").help("Use only rows with this run_hash"))
        .arg(map())
}

/// The only setting on which a user table depends.
const AS_OF_DATE: &str = "SEGMENTATION_AS_OF_DATE";

fn generate() -> Command {
    Command::new("generate")
        .about("Create realistic sample data; the same seed always gives the same bytes")
        .arg(number("rows").required(true).help("Number of rows"))
        .arg(number("seed").default_value("7").help("Random seed"))
        .arg(number("days").default_value("90").help("Number of calendar days"))
        .arg(
            Arg::new("first-date")
                .long("first-date")
                .value_name("DATE")
                .default_value("2025-07-01")
                .help("First day, as YYYY-MM-DD"),
        )
        .arg(flag("without-sessions").help("Omit total_sessions, as newer exports do"))
        .arg(flag("flaws").help("Include data quality problems, one for each finding"))
        .arg(path("out", "FILE").required(true).help("CSV file to write (- for standard output)"))
        .arg(flag("quiet").short('q').help("Do not print progress"))
}

fn settings() -> Command {
    let command = Command::new("settings")
        .about("Print every setting with its value and where it was set")
        .arg(format())
        .arg(config());
    with_settings(command)
}

const INPUTS_HELP: &str =
    "CSV, TSV or Parquet files, also compressed (.gz, .zst), or user tables; - for standard input";

fn inputs() -> Arg {
    Arg::new("input").value_name("INPUT").num_args(0..).value_parser(value_parser!(PathBuf))
}

fn path(name: &'static str, value_name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value_name).value_parser(value_parser!(PathBuf))
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

fn number(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("N").value_parser(whole_number)
}

/// Parses a number of threads.
fn thread_count(text: &str) -> Result<u16, String> {
    let count = text.parse().ok().filter(|count| (1..=1024).contains(count));
    count.ok_or_else(|| "expected a whole number from 1 to 1024".to_owned())
}

/// Parses a whole number.
fn whole_number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "expected a whole number, such as 10000".to_owned())
}

/// Parses a number of bytes, with or without a decimal unit.
fn byte_count(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let unit = match text[digits..].trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return Err("expected a number of bytes, such as 500MB, 50GB or 1TB".to_owned()),
    };
    let count: Option<u64> = text[..digits].parse().ok();
    count
        .and_then(|count| count.checked_mul(unit))
        .ok_or_else(|| "expected a number of bytes, such as 500MB, 50GB or 1TB".to_owned())
}

fn map() -> Arg {
    Arg::new("map")
        .long("map")
        .value_name("COLUMN=NAME")
        .action(ArgAction::Append)
        .help("Read COLUMN from the input column NAME, as in total_revenue=rev_usd; leave NAME empty to ignore COLUMN. Repeatable")
}

fn threads() -> Arg {
    Arg::new("threads")
        .long("threads")
        .value_name("N")
        .value_parser(thread_count)
        .help("Number of threads; does not affect the results [default: all cores]")
}

fn format() -> Arg {
    Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(PossibleValuesParser::new(["text", "json"]))
        .default_value("text")
        .help("Output format")
}

fn config() -> Arg {
    path("config", "FILE").help("Settings file [default: strata.toml, if it exists]")
}

/// Adds every setting as a flag.
fn with_settings(command: Command) -> Command {
    command.next_help_heading("Settings").args(SETTINGS.iter().map(setting))
}

fn setting(setting: &Setting) -> Arg {
    Arg::new(setting.name)
        .long(setting.flag())
        .value_name("VALUE")
        .value_parser(ValueParser::string())
        .allow_hyphen_values(true)
        .help(format!("{}. Must be {} [default: {}]", setting.help, setting.kind.allowed(), setting.default))
}

/// The columns that the user mapped with `--map`.
pub fn given_columns(matches: &ArgMatches) -> Result<Vec<(Column, String)>, CliError> {
    let mut given: Vec<(Column, String)> = Vec::new();
    for text in matches.get_many::<String>("map").into_iter().flatten() {
        let (name, of_input) = text.split_once('=').ok_or_else(|| {
            CliError::Usage(format!("--map {text}: expected COLUMN=NAME, such as --map total_revenue=rev_usd"))
        })?;
        let column = Column::from_name(name).ok_or_else(|| unknown_column(name))?;
        if given.iter().any(|(known, _)| *known == column) {
            return Err(CliError::Usage(format!(
                "--map {text}: {column} is already mapped by another --map; remove one of them"
            )));
        }
        given.push((column, of_input.to_owned()));
    }
    Ok(given)
}

fn unknown_column(name: &str) -> CliError {
    let names: Vec<String> = Column::FIXED.iter().map(ToString::to_string).collect();
    let nearest = nearest_name(name, names.iter().map(String::as_str))
        .map_or_else(|| ".".to_owned(), |nearest| format!("; did you mean {nearest}?"));
    CliError::Usage(format!(
        "--map {name}: unknown column{nearest} Known columns: {} and level_<N>_time",
        names.join(", ")
    ))
}
