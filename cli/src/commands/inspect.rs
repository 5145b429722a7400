//! `strata inspect`: the columns of the inputs, and their data quality.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ArgMatches;
use serde_json::{Value, json};
use strata_core::analysis::analyse_with;
use strata_core::report::{Analysis, Report};
use strata_core::source::{Column, ColumnMapping, MatchedBy};
use strata_core::value::digits::grouped;

use crate::error::CliError;
use crate::ingest::{ingest, open_inputs};
use crate::input::{Content, Input};
use crate::progress::Progress;
use crate::text::{date, write_columns};
use crate::threads::Threads;
use crate::{args, settings, summary};

use super::{is_json, thread_count};

/// The number of examples shown for each finding.
const EXAMPLES_SHOWN: usize = 5;

/// The number of unused columns listed by name.
const IGNORED_SHOWN: usize = 30;

/// Runs the command.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let settings = settings::resolve(matches)?;
    let given = args::given_columns(matches)?;
    let paths: Vec<PathBuf> = matches.get_many("input").into_iter().flatten().cloned().collect();
    let inputs = open_inputs(&paths, &given)?;
    let files: Vec<InspectedFile> = inputs.iter().map(InspectedFile::new).collect();
    let progress = Progress::new(matches.get_flag("quiet") || is_json(matches));
    let threads = thread_count(matches);
    let ingested = ingest(inputs, settings.values.segmentation_as_of_date, threads, &progress)?;
    let table = &ingested.finished.table;
    let Analysis { report, .. } = analyse_with(&Threads::of(threads), table, &settings.values, &ingested.duplicates);
    let rejected = ingested.finished.table.quality.rejected_rows;
    let mut out = io::stdout().lock();
    if is_json(matches) {
        writeln!(out, "{:#}", to_json(&files, &report, rejected))?;
    } else {
        for file in &files {
            file.write_text(&mut out)?;
        }
        write_text(&mut out, &report, rejected)?;
    }
    Ok(())
}

/// Facts about a file that are known before its rows are read.
struct InspectedFile {
    name: String,
    format: &'static str,
    compression: &'static str,
    delimiter: Option<char>,
    byte_count: Option<u64>,
    /// `None` for a user table.
    mapping: Option<ColumnMapping>,
}

impl InspectedFile {
    fn new(input: &Input) -> InspectedFile {
        let (format, delimiter) = match &input.content {
            Content::Csv(header, _) => ("CSV", Some(char::from(header.delimiter))),
            Content::Parquet(_) => ("Parquet", None),
            Content::Users(_) => ("user table", None),
        };
        InspectedFile {
            name: input.shown.clone(),
            format,
            compression: input.compression.as_str(),
            delimiter,
            byte_count: input.byte_count,
            mapping: input.mapping().cloned(),
        }
    }

    fn ignored(mapping: &ColumnMapping) -> Vec<&str> {
        let is_used = |index: usize| mapping.columns.iter().any(|mapped| mapped.index == index);
        let names = mapping.header.iter().enumerate();
        names.filter(|(index, _)| !is_used(*index)).map(|(_, name)| name.as_str()).collect()
    }

    /// Known columns that the file lacks. Any number of levels is valid, so no level counts as missing.
    fn missing(mapping: &ColumnMapping) -> Vec<Column> {
        Column::FIXED.into_iter().filter(|column| mapping.index_of(*column).is_none()).collect()
    }

    fn write_text(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{}\n  {}", self.name, self.format)?;
        if let Some(delimiter) = self.delimiter {
            let shown = if delimiter == '\t' { "tab".to_owned() } else { format!("`{delimiter}`") };
            write!(out, ", delimiter {shown}")?;
        }
        if self.compression != "none" {
            write!(out, ", compressed with {}", self.compression)?;
        }
        if let Some(bytes) = self.byte_count {
            write!(out, ", {} bytes", grouped(bytes))?;
        }
        let Some(mapping) = &self.mapping else { return writeln!(out, "\n") };
        writeln!(out, ", {} columns\n", mapping.header.len())?;
        let mut rows = Vec::new();
        for mapped in &mapping.columns {
            let name = &mapping.header[mapped.index];
            let how = match mapped.matched_by {
                MatchedBy::Exact => String::new(),
                MatchedBy::Spelling => format!("<- {name} (spelling)"),
                MatchedBy::Synonym => format!("<- {name} (synonym)"),
                MatchedBy::Given => format!("<- {name} (--map)"),
            };
            rows.push(format!("  {:<30} column {:<4} {how}", mapped.column.to_string(), mapped.index + 1));
        }
        for row in rows {
            writeln!(out, "{}", row.trim_end())?;
        }
        let missing = InspectedFile::missing(mapping);
        if !missing.is_empty() {
            writeln!(out, "\n  Missing columns and their effect:")?;
            for column in missing {
                writeln!(out, "  {:<30} {}", column.to_string(), column.cost_of_absence())?;
            }
        }
        let ignored = InspectedFile::ignored(mapping);
        if !ignored.is_empty() {
            let more = ignored.len().saturating_sub(IGNORED_SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = ignored[..ignored.len().min(IGNORED_SHOWN)].join(", ");
            writeln!(out, "\n  Unused columns: {names}{more}")?;
        }
        writeln!(out)
    }

    fn to_json(&self) -> Value {
        let no_columns = ColumnMapping { header: Vec::new(), columns: Vec::new() };
        let mapping = self.mapping.as_ref().unwrap_or(&no_columns);
        let columns = mapping.columns.iter().map(|mapped| {
            json!({
                "column": mapped.column.to_string(),
                "name": mapping.header[mapped.index],
                "position": mapped.index + 1,
                "matched_by": match mapped.matched_by {
                    MatchedBy::Exact => "exact",
                    MatchedBy::Spelling => "spelling",
                    MatchedBy::Synonym => "synonym",
                    MatchedBy::Given => "given",
                },
            })
        });
        let missing = if self.mapping.is_some() { InspectedFile::missing(mapping) } else { Vec::new() };
        let missing =
            missing.into_iter().map(|column| json!({ "column": column.to_string(), "cost": column.cost_of_absence() }));
        json!({
            "name": self.name,
            "format": self.format,
            "compression": self.compression,
            "delimiter": self.delimiter,
            "bytes": self.byte_count,
            "columns": columns.collect::<Vec<_>>(),
            "missing": missing.collect::<Vec<_>>(),
            "ignored": InspectedFile::ignored(mapping),
        })
    }
}

fn write_text(out: &mut impl Write, report: &Report, rejected: u64) -> io::Result<()> {
    let period = &report.period;
    let rows = [
        ["users", &grouped(period.total_users)],
        ["rows accepted", &grouped(period.total_rows)],
        ["rows rejected", &grouped(rejected)],
        ["first date", &date(period.start_date)],
        ["last date", &date(period.end_date)],
        ["data quality score", &summary::percent(Some(report.quality.data_quality_score.as_percent()))],
        ["data completeness", &summary::percent(Some(report.quality.data_completeness.as_percent()))],
    ];
    write_columns(out, &rows.map(|row| row.map(str::to_owned).to_vec()))?;
    writeln!(out)?;
    summary::write_findings(out, &report.quality.findings, EXAMPLES_SHOWN)
}

fn to_json(files: &[InspectedFile], report: &Report, rejected: u64) -> Value {
    json!({
        "files": files.iter().map(InspectedFile::to_json).collect::<Vec<_>>(),
        "period": report.period,
        "rejected_rows": rejected,
        "data_quality_score": report.quality.data_quality_score.to_f64(),
        "data_completeness": report.quality.data_completeness.to_f64(),
        "findings": report.quality.findings,
    })
}
