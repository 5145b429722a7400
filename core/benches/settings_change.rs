//! Measures how long a changed setting takes to show its results, by kind of change.
//!
//! `cargo bench -p strata-core --no-default-features --bench settings_change [-- ROWS]`; 5,000,000 rows by default,
//! which are about a million users. For each kind of change it prints the shortest and the median time of switching
//! between the default and another value. The table is built from generated rows.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_types, reason = "the engine has no clock, its benchmark needs one")]
#![expect(clippy::unwrap_used, reason = "a benchmark ends where it cannot go on")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use strata_core::analysis::AnalysisCache;
use strata_core::parallel::Sequential;
use strata_core::settings::{ResolvedSettings, SettingLayer, SettingSource, Settings};
use strata_core::source::ColumnMapping;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::source::csv::splitter::RecordSplitter;
use strata_core::users::{UserTable, UserTableBuilder};
use strata_generate::{GenerateSpec, Generator};

const ROWS: u64 = 5_000_000;
const SWITCHES: usize = 9;

/// Names of settings, each with its text.
type Entries = [(&'static str, &'static str)];

/// Kinds of change: the settings before it, and those that change.
const CHANGES: &[(&str, &Entries, &Entries)] = &[
    ("weight", &[], &[("ENGAGEMENT_RECENCY_WEIGHT", "0.4")]),
    ("weight, winsor", &[("ENGAGEMENT_NORMALIZATION", "winsor")], &[("ENGAGEMENT_RECENCY_WEIGHT", "0.4")]),
    ("weight, rank", &[("ENGAGEMENT_NORMALIZATION", "rank")], &[("ENGAGEMENT_RECENCY_WEIGHT", "0.4")]),
    ("normalisation minmax <-> winsor", &[], &[("ENGAGEMENT_NORMALIZATION", "winsor")]),
    ("normalisation minmax <-> rank", &[], &[("ENGAGEMENT_NORMALIZATION", "rank")]),
    ("basis total <-> per_day", &[], &[("ENGAGEMENT_BASIS", "per_day")]),
    ("basis total <-> per_day, rank", &[("ENGAGEMENT_NORMALIZATION", "rank")], &[("ENGAGEMENT_BASIS", "per_day")]),
    ("churn days", &[], &[("CHURN_DAYS_THRESHOLD", "30")]),
    ("engagement percentile", &[], &[("HIGH_ENGAGEMENT_PERCENTILE", "0.8")]),
    ("engagement percentile base", &[], &[("ENGAGEMENT_PERCENTILE_BASE", "all_users")]),
    ("revenue percentile", &[], &[("WHALE_REVENUE_PERCENTILE", "0.99")]),
    ("revenue percentile base", &[], &[("REVENUE_PERCENTILE_BASE", "all_users")]),
    ("retention definition classic <-> rolling", &[], &[("RETENTION_DEFINITION", "rolling")]),
    ("retention definition classic <-> bracket", &[], &[("RETENTION_DEFINITION", "bracket")]),
    ("retention windows", &[], &[("RETENTION_WINDOWS", "1,2,3,4,5,6,7,14,21,28")]),
    ("retention period day <-> week", &[], &[("RETENTION_PERIOD", "week")]),
    ("retention period day <-> month", &[], &[("RETENTION_PERIOD", "month")]),
    ("cohort granularity", &[], &[("COHORT_GRANULARITY", "week")]),
    ("cohort start date", &[], &[("SEGMENTATION_COHORT_START_DATE", "2025-07-15")]),
    ("funnel mode closed <-> ordered", &[], &[("FUNNEL_MODE", "ordered")]),
    ("funnel mode closed <-> open", &[], &[("FUNNEL_MODE", "open")]),
    ("funnel window", &[], &[("FUNNEL_WINDOW_DAYS", "7")]),
    ("funnel stages", &[], &[("FUNNEL_STAGES", "ftue_start,level_1,level_2,level_3,first_purchase")]),
    ("minimum sample", &[], &[("SEGMENTATION_MINIMUM_SAMPLE_SIZE", "100")]),
    ("significance", &[], &[("SEGMENTATION_SIGNIFICANCE_THRESHOLD", "0.01")]),
    ("confidence weight", &[], &[("CONFIDENCE_SIZE_WEIGHT", "0.1")]),
    ("confidence threshold", &[], &[("SEGMENTATION_CONFIDENCE_THRESHOLD", "0.5")]),
];

fn main() {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(ROWS);
    let table = table(rows);
    println!("{rows} rows, {} users", table.user_count());
    let start = Instant::now();
    black_box(AnalysisCache::default().analyse(&table, &settings(&[]), &[]));
    println!("{:>8.1} ms  everything", milliseconds(start.elapsed()));
    println!("shortest   median");
    for (name, before, change) in CHANGES {
        let mut times = switch(&table, &settings(before), &settings(&[*before, *change].concat()));
        times.sort_unstable();
        println!("{:>5.1} ms {:>5.1} ms  {name}", milliseconds(times[0]), milliseconds(times[times.len() / 2]));
    }
}

/// Times of switching back and forth between settings. As on the page, the current report is dropped for the next one.
fn switch(table: &UserTable, from: &Settings, to: &Settings) -> Vec<Duration> {
    let mut cache = AnalysisCache::default();
    let mut report = cache.analyse(table, from, &[]);
    cache.prepare(table, from);
    let mut times = Vec::new();
    for settings in [to, from].into_iter().cycle().take(SWITCHES) {
        let start = Instant::now();
        report = black_box(cache.analyse(table, settings, &[]));
        times.push(start.elapsed());
    }
    black_box(report);
    times
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn settings(entries: &Entries) -> Settings {
    let entries = entries.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    ResolvedSettings::resolve(&[SettingLayer { source: SettingSource::Flag, entries }]).unwrap().values
}

fn table(rows: u64) -> UserTable {
    let mut generator = Generator::new(&GenerateSpec { rows, ..GenerateSpec::default() }).unwrap();
    let header = read_header(generator.header().as_bytes(), true).unwrap().unwrap();
    let mapping = ColumnMapping::new(header.names, &[]).unwrap();
    let mut builder = UserTableBuilder::new(None, vec!["generated".to_owned()]);
    builder.add_columns(&mapping);
    let mut decoder = BlockDecoder::new(&mapping);
    let mut splitter = RecordSplitter::new(header.delimiter, header.line_count);
    let mut blocks = Vec::new();
    let mut is_last = false;
    while !is_last {
        is_last = !generator.write_chunk(splitter.input());
        splitter.split(is_last, &mut blocks).unwrap();
        for block in blocks.drain(..) {
            decoder.decode(&block, 0, &mut builder);
        }
    }
    builder.finish(&Sequential).unwrap().table
}
