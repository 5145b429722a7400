//! `strata segment`: analyses daily user data and writes the result files.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::ArgMatches;
use strata_core::analysis::analyse_with;
use strata_core::output::{OutputBundle, RunInfo};
use strata_core::report::Analysis;
use strata_core::settings::Settings;
use strata_core::value::calendar::Timestamp;

use crate::bigquery::{self, TableName};
use crate::error::CliError;
use crate::ingest::{check_strict, ingest, open_inputs};
use crate::output_dir::OutputDirectory;
use crate::progress::Progress;
use crate::threads::Threads;
use crate::{args, settings, summary};

use super::{is_json, thread_count, warn_of_duplicates};

/// The names under which the pipeline stores its table; the first that exists is read.
const AGGREGATIONS: [&str; 3] =
    ["aggregated_data.csv", "user_daily_aggregation_enhanced_v2_final_working.csv", "user_daily_aggregation_v3.csv"];

/// Runs the command.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let started = Instant::now();
    let settings = settings::resolve(matches)?;
    let given = args::given_columns(matches)?;
    let generated_at = generated_at()?;
    let directory = OutputDirectory::new(&output_path(matches, &settings.values)?)?;
    let is_quiet = matches.get_flag("quiet");
    let progress = Progress::new(is_quiet || is_json(matches));
    let source = source(matches, &settings.values)?;
    // The temporary file is deleted when this is dropped.
    let mut _spooled = None;
    let inputs = match &source {
        Source::Files(paths) => open_inputs(paths, &given)?,
        Source::BigQuery(table) => {
            let push_down = matches.get_flag("push-down");
            let max_bytes_billed = matches.get_one("max-bytes-billed").copied().unwrap_or_default();
            let run_hash = settings.values.run_hash.as_deref().unwrap_or_default();
            let request = bigquery::Request { table, run_hash, given: &given, push_down, max_bytes_billed, is_quiet };
            let file = bigquery::download(&request, &progress)?;
            // `--map` names columns of rows, which a table of users does not have.
            let given = if push_down { &[] } else { &given[..] };
            let inputs = open_inputs(&[file.path().to_path_buf()], given)?;
            _spooled = Some(file);
            inputs.into_iter().map(|input| input.named(table.to_string())).collect()
        }
    };
    let threads = thread_count(matches);
    let ingested = ingest(inputs, settings.values.segmentation_as_of_date, threads, &progress)?;
    if matches.get_flag("strict") {
        check_strict(&ingested.finished)?;
    }
    warn_of_duplicates(ingested.duplicates.iter().map(String::as_str));
    let table = &ingested.finished.table;
    let Analysis { report, users } = analyse_with(&Threads::of(threads), table, &settings.values, &ingested.duplicates);
    let run = RunInfo { version: env!("CARGO_PKG_VERSION").to_owned(), generated_at, inputs: ingested.files };
    let bundle = OutputBundle {
        settings: &settings,
        run: &run,
        table,
        report: &report,
        users: &users,
        rejected: &ingested.finished.rejected,
        input_names: &ingested.names,
        spreadsheet_safe: matches.get_flag("spreadsheet-safe"),
    };
    let files = directory.write(&bundle, threads)?;
    let mut out = io::stdout().lock();
    if is_json(matches) {
        let summary = summary::to_json(&bundle, directory.path(), &files);
        writeln!(out, "{summary:#}")?;
    } else if !is_quiet {
        let values = &settings.values;
        summary::write_text(&mut out, &report, values, directory.path(), &files, started.elapsed())?;
    }
    Ok(())
}

fn output_path(matches: &ArgMatches, settings: &Settings) -> Result<PathBuf, CliError> {
    if let Some(path) = matches.get_one::<PathBuf>("out") {
        return Ok(path.clone());
    }
    settings.run_hash.as_ref().map(|run| outputs_of_run(run).join("segments")).ok_or_else(|| {
        CliError::Usage(
            "no output: name the directory for the results, as in --out segments, or set a run hash (--run-hash or RUN_HASH)".to_owned(),
        )
    })
}

fn outputs_of_run(run_hash: &str) -> PathBuf {
    Path::new("run_logs").join(run_hash).join("outputs")
}

/// The source of the rows.
enum Source {
    Files(Vec<PathBuf>),
    BigQuery(TableName),
}

/// The named inputs, else the table that the pipeline stored for the run, else the table in `BigQuery`.
fn source(matches: &ArgMatches, settings: &Settings) -> Result<Source, CliError> {
    let usage = |message: &str| Err(CliError::Usage(message.to_owned()));
    let named: Vec<PathBuf> = matches.get_many("input").into_iter().flatten().cloned().collect();
    let source = matches.get_one::<String>("source").map_or("auto", String::as_str);
    if matches.get_flag("push-down") && source != "bigquery" {
        return usage("--push-down works only with BigQuery; add --source bigquery, or leave --push-down out");
    }
    if matches.get_flag("push-down") && settings.segmentation_as_of_date.is_some() {
        return usage(
            "--push-down always uses the latest date; leave out either --push-down or SEGMENTATION_AS_OF_DATE",
        );
    }
    if !named.is_empty() {
        if source == "bigquery" {
            return usage(
                "--source bigquery reads a table, not files; leave out either the files or --source bigquery",
            );
        }
        return Ok(Source::Files(named));
    }
    let Some(run) = &settings.run_hash else {
        return usage(
            "no input: name one or more files to read (- for standard input), as in strata segment user_daily.csv --out segments, or set a run hash (--run-hash or RUN_HASH)",
        );
    };
    let directory = outputs_of_run(run).join("aggregations");
    if source != "bigquery" {
        let found = AGGREGATIONS.iter().map(|name| directory.join(name)).find(|path| path.exists());
        if let Some(path) = found {
            return Ok(Source::Files(vec![path]));
        }
    }
    let table = if source == "csv" { None } else { TableName::of_environment()? };
    match table {
        Some(table) => Ok(Source::BigQuery(table)),
        None if source == "bigquery" => usage(
            "BigQuery: no table given; set TARGET_PROJECT and TARGET_DATASET (and AGGREGATION_TABLE_NAME, unless the table is called user_daily_aggregation)",
        ),
        None => Err(CliError::NoAggregation { run_hash: run.clone(), directory, names: AGGREGATIONS.join(", ") }),
    }
}

/// The time stamped on the results: `SOURCE_DATE_EPOCH`, else now.
fn generated_at() -> Result<String, CliError> {
    const NAME: &str = "SOURCE_DATE_EPOCH";
    // The last second of the year 9999.
    const LAST_SECOND: i64 = 253_402_300_799;
    let seconds = match env::var(NAME) {
        Ok(text) if !text.trim().is_empty() => {
            let seconds = text.trim().parse().ok().filter(|seconds| (0..=LAST_SECOND).contains(seconds));
            seconds.ok_or_else(|| {
                CliError::Usage(format!(
                    "{NAME} is `{text}`; expected the whole number of seconds since 1970-01-01, such as 1757635200"
                ))
            })?
        }
        _ => {
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
        }
    };
    Ok(Timestamp(seconds * 1_000_000).to_string())
}
