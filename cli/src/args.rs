//! The command line, as typed.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, Styles, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use strata_core::nearest_name;
use strata_core::reduction_sql::Dialect;
use strata_core::settings::{SETTINGS, Setting};
use strata_core::source::Column;

use crate::error::CliError;
use crate::exit_code::ExitCode;

const EXAMPLES: &str = "Examples:
  strata segment user_daily.csv --out segments/
  strata segment jan.parquet feb.csv.gz --out segments/ --churn-days-threshold 7
  strata segment users.parquet --out segments/       (made by strata reduce, or by strata sql)
  RUN_HASH=abc123 strata segment
  zcat data.csv.gz | strata segment - --out segments/ --format json

Each setting is a flag, an environment variable (in capitals, with underscores) and a key of strata.toml; a flag
beats a variable, which beats the file. `strata settings` shows the values in force.";

/// The exit codes, a line each.
fn exit_codes() -> String {
    let codes: Vec<String> =
        ExitCode::ALL.iter().map(|exit| format!("\n  {}  {}", exit.code(), exit.meaning())).collect();
    format!("Exit codes:{}", codes.concat())
}

/// The whole command line.
pub fn command() -> Command {
    Command::new("strata")
        .version(env!("CARGO_PKG_VERSION"))
        .about("User segmentation from a user-daily table: retention, funnel, behavioural and revenue segments")
        .styles(Styles::plain())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(segment())
        .subcommand(inspect())
        .subcommand(reduce())
        .subcommand(sql())
        .subcommand(generate())
        .subcommand(settings())
        .subcommand(
            Command::new("completions").about("Print a completion script for a shell").arg(
                Arg::new("shell").required(true).value_parser(value_parser!(clap_complete::Shell)).help("The shell"),
            ),
        )
        .subcommand(
            Command::new("man")
                .about("Print the manual page, of strata or of one of its commands")
                .arg(Arg::new("command").help("The command [default: strata itself]")),
        )
}

fn segment() -> Command {
    let command = Command::new("segment")
        .about("Read user-days and write every result file")
        .after_help(format!("{EXAMPLES}\n\n{}", exit_codes()))
        .arg(inputs().help("CSV, TSV or Parquet files, also .gz and .zst, and user tables; - is standard input"))
        .arg(
            path("out", "DIR").help("Directory for the results; with a run hash run_logs/<RUN_HASH>/outputs/segments/"),
        )
        .arg(map())
        .arg(
            Arg::new("source")
                .long("source")
                .value_parser(PossibleValuesParser::new(["auto", "csv", "bigquery"]))
                .default_value("auto")
                .help("Where the run's rows are: auto reads the pipeline's CSV, or BigQuery where there is none"),
        )
        .arg(flag("push-down").help("Let BigQuery reduce the rows to users, and download only these"))
        .arg(
            Arg::new("max-bytes-billed")
                .long("max-bytes-billed")
                .value_name("BYTES")
                .default_value("50GB")
                .value_parser(byte_count)
                .help("Run no query in BigQuery that is billed for more, as in 500MB, 50GB or 1TB"),
        )
        .arg(flag("strict").help("End with an error on any rejected row or invalid value"))
        .arg(flag("spreadsheet-safe").help("Put an apostrophe before texts that a spreadsheet would run as a formula"))
        .arg(threads())
        .arg(flag("quiet").short('q').help("Print neither progress nor summary"))
        .arg(format())
        .arg(config());
    with_settings(command)
}

fn inspect() -> Command {
    let command = Command::new("inspect")
        .about("Read user-days and report what was found, without writing a file")
        .arg(inputs().required(true).help("CSV, TSV or Parquet files, also .gz and .zst; - is standard input"))
        .arg(map())
        .arg(threads())
        .arg(flag("quiet").short('q').help("Print no progress"))
        .arg(format())
        .arg(config());
    with_settings(command)
}

const REDUCE_EXAMPLES: &str = "Examples:
  strata reduce user_daily.csv --out users.parquet
  strata segment users.parquet --out segments/
  strata reduce --append users.parquet today.csv

A user table is as of its latest date, or of the as-of date that was set; it cannot be cut at another day.
docs/user-table.md describes its columns.";

fn reduce() -> Command {
    Command::new("reduce")
        .about("Read user-days once and write the user table, which segment reads instead of rows")
        .after_help(REDUCE_EXAMPLES)
        .arg(inputs().help("CSV, TSV or Parquet files, also .gz and .zst, and user tables; - is standard input"))
        .arg(path("out", "FILE").help("Parquet file to write [default: that of --append]"))
        .arg(path("append", "TABLE").help("User table that the inputs are added to"))
        .arg(map())
        .arg(flag("strict").help("End with an error on any rejected row or invalid value"))
        .arg(threads())
        .arg(flag("quiet").short('q').help("Print neither progress nor summary"))
        .arg(format())
        .arg(config())
        .next_help_heading("Settings")
        .args(SETTINGS.iter().filter(|info| info.name == AS_OF_DATE).map(setting))
}

const SQL_EXAMPLES: &str = "Examples:
  strata sql --dialect duckdb --table user_daily --columns \"$(head -n 1 user_daily.csv)\"
  strata sql --dialect bigquery --table project.dataset.user_daily --run-hash abc123 --columns user_id,date,total_revenue

docs/scale.md says how to run the statement and how to go on with its result.";

fn sql() -> Command {
    Command::new("sql")
        .about("Print an SQL statement that makes the user table where the rows are")
        .after_help(SQL_EXAMPLES)
        .arg(
            Arg::new("dialect")
                .long("dialect")
                .required(true)
                .value_parser(PossibleValuesParser::new(Dialect::ALL.map(Dialect::as_str)))
                .help("Dialect of SQL"),
        )
        .arg(
            Arg::new("table")
                .long("table")
                .value_name("TABLE")
                .required(true)
                .help("The user-daily table, as in dataset.user_daily"),
        )
        .arg(Arg::new("columns").long("columns").value_name("HEADER").help("The table's columns, as a CSV header line"))
        .arg(Arg::new("run-hash").long("run-hash").value_name("HASH").help("Only rows whose run_hash is this"))
        .arg(map())
}

/// The only setting that a user table depends on.
const AS_OF_DATE: &str = "SEGMENTATION_AS_OF_DATE";

fn generate() -> Command {
    Command::new("generate")
        .about("Write realistic sample data; the same seed gives the same bytes everywhere")
        .arg(number("rows").required(true).help("Rows to write"))
        .arg(number("seed").default_value("7").help("Seed of the random numbers"))
        .arg(number("days").default_value("90").help("Calendar days that the data covers"))
        .arg(
            Arg::new("first-date")
                .long("first-date")
                .value_name("DATE")
                .default_value("2025-07-01")
                .help("First calendar day, YYYY-MM-DD"),
        )
        .arg(flag("without-sessions").help("Leave total_sessions out, as newer upstream exports do"))
        .arg(flag("flaws").help("Plant the flaws that the findings detect"))
        .arg(path("out", "FILE").required(true).help("File to write; - is standard output"))
        .arg(flag("quiet").short('q').help("Print no progress"))
}

fn settings() -> Command {
    let command = Command::new("settings")
        .about("Print every setting, its value and where it came from")
        .arg(format())
        .arg(config());
    with_settings(command)
}

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
    Arg::new(name).long(name).value_name("N").value_parser(value_parser!(u64))
}

/// A number of bytes, with or without a decimal unit.
fn byte_count(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let unit = match text[digits..].trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return Err("expected bytes, as in 500MB, 50GB or 1TB".to_owned()),
    };
    let count: Option<u64> = text[..digits].parse().ok();
    count.and_then(|count| count.checked_mul(unit)).ok_or_else(|| "expected bytes, as in 500MB, 50GB or 1TB".to_owned())
}

fn map() -> Arg {
    Arg::new("map")
        .long("map")
        .value_name("COLUMN=NAME")
        .action(ArgAction::Append)
        .help("Use the column NAME of the input as COLUMN, as in total_revenue=rev_usd; without NAME, leave COLUMN out")
}

fn threads() -> Arg {
    Arg::new("threads")
        .long("threads")
        .value_name("N")
        .value_parser(value_parser!(u16).range(1..=1024))
        .help("Threads that read [default: all cores]; the results do not depend on it")
}

fn format() -> Arg {
    Arg::new("format")
        .long("format")
        .value_parser(PossibleValuesParser::new(["text", "json"]))
        .default_value("text")
        .help("Format of what is printed")
}

fn config() -> Arg {
    path("config", "FILE").help("Settings file [default: strata.toml, if there is one]")
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

/// The columns that the user mapped by hand.
pub fn given_columns(matches: &ArgMatches) -> Result<Vec<(Column, String)>, CliError> {
    let mut given: Vec<(Column, String)> = Vec::new();
    for text in matches.get_many::<String>("map").into_iter().flatten() {
        let (name, of_input) = text.split_once('=').ok_or_else(|| {
            CliError::Usage(format!("--map {text}: expected COLUMN=NAME, as in --map total_revenue=rev_usd"))
        })?;
        let column = Column::from_name(name).ok_or_else(|| unknown_column(name))?;
        if given.iter().any(|(known, _)| *known == column) {
            return Err(CliError::Usage(format!("--map {text}: {column} is mapped twice")));
        }
        given.push((column, of_input.to_owned()));
    }
    Ok(given)
}

fn unknown_column(name: &str) -> CliError {
    let names: Vec<String> = Column::FIXED.iter().map(ToString::to_string).collect();
    let nearest = nearest_name(name, names.iter().map(String::as_str))
        .map(|nearest| format!(": did you mean {nearest}?"))
        .unwrap_or_default();
    CliError::Usage(format!(
        "--map {name}: Strata uses no column of this name{nearest} It uses {} and level_<N>_time",
        names.join(", ")
    ))
}
