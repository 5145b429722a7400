//! The summary of a run: as text for people, as JSON for programs.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use strata_core::finding::Finding;
use strata_core::output::{OutputBundle, OutputFile, json::segment_analysis_report};
use strata_core::report::Report;
use strata_core::settings::Settings;
use strata_core::value::digits::{grouped, with_grouped_thousands};
use strata_core::value::fixed::Fixed;

use crate::text::{counted, date, write_columns};

/// The number of examples shown for each finding.
const EXAMPLES_SHOWN: usize = 1;

/// Writes the summary for people.
pub fn write_text(
    out: &mut impl Write,
    report: &Report,
    settings: &Settings,
    directory: &Path,
    files: &[(OutputFile, u64)],
    elapsed: Duration,
) -> io::Result<()> {
    let period = &report.period;
    writeln!(
        out,
        "{}, {}, {} to {}\n",
        counted(period.total_users, "user"),
        counted(period.total_rows, "row"),
        date(period.start_date),
        date(period.as_of_date),
    )?;
    write_retention(out, report, settings)?;
    write_segments(out, report)?;
    write_funnel(out, report, settings)?;
    write_findings(out, &report.quality.findings, EXAMPLES_SHOWN)?;
    writeln!(out, "Results: {} in {}", counted(files.len() as u64, "file"), directory.display())?;
    let seconds = elapsed.as_secs_f64();
    let rate = Fixed::from_f64(period.total_rows as f64 / seconds.max(1e-9), 0);
    let rate = rate.map(|rate| with_grouped_thousands(&rate.to_string())).unwrap_or_default();
    writeln!(out, "Done in {seconds:.1} s ({rate} rows/s)")
}

/// A rate for people: one decimal, rounded once from the exact rate.
pub fn percent(rate: Option<Fixed>) -> String {
    rate.map_or_else(|| "–".to_owned(), |rate| format!("{}%", rate.rounded(1)))
}

fn interval(ci: Option<(Fixed, Fixed)>) -> String {
    ci.map(|(low, high)| format!("{}–{}%", low.rounded(1), high.rounded(1))).unwrap_or_default()
}

fn header<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

fn write_retention(out: &mut impl Write, report: &Report, settings: &Settings) -> io::Result<()> {
    let level = report.interval_level.to_string();
    writeln!(
        out,
        "Retention ({}, all cohorts, {}% confidence interval)",
        report.retention.definition.as_str(),
        level.strip_suffix(".0").unwrap_or(&level),
    )?;
    let unit = settings.retention_period.as_str();
    let mut rows = vec![header([unit, "eligible", "retained", "rate", "interval", "revenue/user"])];
    for cell in &report.retention.pooled {
        let mut row = vec![cell.window.to_string(), grouped(cell.eligible_users)];
        match cell.observed {
            Some(observed) => row.extend([
                grouped(observed.retained_users),
                percent(Some(observed.rate)),
                interval(Some(observed.ci)),
                with_grouped_thousands(&observed.cumulative_revenue_per_user.to_string()),
            ]),
            None => row.push("not yet observed".to_owned()),
        }
        rows.push(row);
    }
    write_columns(out, &rows)?;
    writeln!(out)
}

fn write_segments(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(out, "Segments")?;
    let mut rows = vec![header(["behaviour", "users", "share", "payers", "revenue share", "confidence"])];
    for segment in &report.behavioral {
        rows.push(vec![
            segment.segment.as_str().to_owned(),
            grouped(segment.user_count),
            percent(segment.percentage_of_total),
            percent(segment.payer_rate),
            percent(segment.revenue_share),
            segment.confidence.to_string(),
        ]);
    }
    write_columns(out, &rows)?;
    let mut rows = vec![header(["revenue", "users", "share", "revenue", "revenue share", "confidence"])];
    for segment in &report.revenue {
        rows.push(vec![
            segment.segment.as_str().to_owned(),
            grouped(segment.user_count),
            percent(segment.percentage_of_total),
            segment.total_revenue.map(|sum| with_grouped_thousands(&sum.to_string())).unwrap_or_default(),
            percent(segment.revenue_share),
            segment.confidence.to_string(),
        ]);
    }
    writeln!(out)?;
    write_columns(out, &rows)?;
    writeln!(out)
}

fn write_funnel(out: &mut impl Write, report: &Report, settings: &Settings) -> io::Result<()> {
    let window = settings
        .funnel_window_days
        .map(|days| format!(", within {} of install", counted(u64::from(days), "day")))
        .unwrap_or_default();
    writeln!(out, "Funnel ({}{window})", settings.funnel_mode.as_str())?;
    let mut rows = vec![header(["stage", "entered", "completed", "conversion", "interval", "median days", ""])];
    for (position, step) in report.funnel.steps.iter().enumerate() {
        let mark = if report.funnel.largest_drop == Some(position) { "<- largest drop-off" } else { "" };
        rows.push(vec![
            step.stage.to_string(),
            grouped(step.users_entered),
            grouped(step.users_completed),
            percent(step.conversion_rate),
            interval(step.conversion_ci),
            step.median_days.map(|days| days.to_string()).unwrap_or_default(),
            mark.to_owned(),
        ]);
    }
    write_columns(out, &rows)?;
    if report.funnel.users_still_open > 0 {
        writeln!(out, "  {} not yet observed that long", counted(report.funnel.users_still_open, "user"))?;
    }
    writeln!(out)
}

/// Writes the findings about the data.
pub fn write_findings(out: &mut impl Write, findings: &[Finding], examples: usize) -> io::Result<()> {
    let findings: Vec<&Finding> = findings.iter().filter(|finding| finding.count > 0).collect();
    if findings.is_empty() {
        return writeln!(out, "Data quality: no findings\n");
    }
    writeln!(out, "Data quality")?;
    for finding in findings {
        writeln!(out, "  {}: {}", finding.code.as_str(), finding.code.sentence(finding.count))?;
        for example in finding.examples.iter().take(examples) {
            writeln!(out, "    e.g. {example}")?;
        }
    }
    writeln!(out)
}

/// The summary as JSON: the report file, the findings, and the files written.
pub fn to_json(bundle: &OutputBundle<'_>, directory: &Path, files: &[(OutputFile, u64)]) -> Value {
    let mut summary = segment_analysis_report(bundle);
    if let Some(fields) = summary.as_object_mut() {
        fields.insert("period".to_owned(), json!(bundle.report.period));
        fields.insert("findings".to_owned(), json!(bundle.report.quality.findings));
        fields.insert("output_directory".to_owned(), json!(directory.to_string_lossy()));
        let files = files.iter().map(|(file, bytes)| json!({ "name": file.name(), "bytes": bytes }));
        fields.insert("files".to_owned(), files.collect());
    }
    summary
}
