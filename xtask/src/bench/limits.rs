//! The limits that measurements are compared with.

use super::browser::{DUCKDB_WASM, FIRST_VIEW, INTERACTION, strata_with_workers};
use super::native::with_threads;
use super::record::{CPU_S, Case, PEAK_MB, Record, WALL_S};
use super::records::Records;
use super::shapes::{DECODER, NARROW, SHUFFLED, SORTED, STRATA, USERS, WIDE};

/// Which side of the limit is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The figure is the limit or less.
    AtMost,
    /// The figure is the limit or more.
    AtLeast,
}

/// A figure that has a limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// What was measured.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// The limit; itself allowed.
    pub bound: f64,
    /// Which side is allowed.
    pub side: Side,
    /// The unit of both; empty for a ratio.
    pub unit: &'static str,
}

impl Limit {
    /// Whether the figure is on the allowed side.
    pub fn is_met(&self) -> bool {
        match self.side {
            Side::AtMost => self.value <= self.bound,
            Side::AtLeast => self.value >= self.bound,
        }
    }
}

/// Prefixes of the names of the programs that Strata is compared with.
const PEERS: [&str; 2] = ["DuckDB", "Polars"];

/// With fewer rows, starting a program takes a good part of its time.
const LEAST_ROWS: u64 = 1_000_000;

/// From this number of rows, the limits of large inputs apply.
const LARGE_ROWS: u64 = 5_000_000;

/// All limits whose figures were measured.
pub fn all(records: &Records) -> Vec<Limit> {
    let mut limits = Vec::new();
    if let Some(native) = &records.native {
        native.cases.iter().for_each(|case| of_native(case, &mut limits));
    }
    if let Some(shapes) = &records.shapes {
        of_shapes(shapes, &mut limits);
    }
    if let Some(browser) = &records.browser {
        of_browser(browser, &mut limits);
    }
    limits
}

fn at_most(what: String, value: Option<f64>, bound: f64, unit: &'static str) -> Option<Limit> {
    Some(Limit { what, value: value?, bound, side: Side::AtMost, unit })
}

fn at_least(what: String, value: Option<f64>, bound: f64, unit: &'static str) -> Option<Limit> {
    Some(Limit { what, value: value?, bound, side: Side::AtLeast, unit })
}

fn ratio(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    Some(a? / b?)
}

fn of_native(case: &Case, limits: &mut Vec<Limit>) {
    if case.rows < LEAST_ROWS {
        return;
    }
    let rows = rows_shown(case.rows);
    let cpu_limit = if case.rows >= LARGE_ROWS { 1.0 / 3.0 } else { 0.25 };
    for (what, figure, limit) in [("CPU seconds", CPU_S, cpu_limit), ("peak memory", PEAK_MB, 0.5)] {
        for threads in [1, 2] {
            let name = with_threads("Strata", threads);
            let Some((best, peer)) = case.best(&PEERS, figure) else { continue };
            let what = format!("{what}, {rows} rows: {name} / {peer}");
            limits.extend(at_most(what, ratio(case.median(&name, figure), Some(best)), limit, ""));
        }
    }
    let wall = |threads| case.median(&with_threads("Strata", threads), WALL_S);
    limits.extend(at_least(format!("wall, {rows} rows: 1 thread / 2 threads"), ratio(wall(1), wall(2)), 1.7, ""));
}

fn of_shapes(record: &Record, limits: &mut Vec<Limit>) {
    let cpu = |name: &str| record.case(name)?.median(STRATA, CPU_S);
    let per_row = |name: &str| Some(cpu(name)? / record.case(name)?.rows as f64);
    let per_byte = |name: &str| Some(cpu(name)? / record.case(name)?.bytes as f64);
    for (what, figure) in [("wall", WALL_S), ("CPU seconds", CPU_S)] {
        let of = |name: &str| record.case(name)?.median(STRATA, figure);
        limits.extend(at_most(format!("{what}: shuffled / sorted"), ratio(of(SHUFFLED), of(SORTED)), 2.5, ""));
    }
    let [many, _, few] = USERS;
    let what = "CPU per row, one row per user: all / a fifth of the users".to_owned();
    limits.extend(at_most(what, ratio(per_row(many), per_row(few)), 1.25, ""));
    let what = "CPU per byte: 5 columns / 500 columns".to_owned();
    limits.extend(at_most(what, ratio(per_byte(NARROW), per_byte(WIDE)), 2.0, ""));
    for case in &record.cases {
        let wall = ratio(case.median(STRATA, WALL_S), case.median(DECODER, WALL_S));
        limits.extend(at_most(format!("wall, {}: Strata / its decoder alone", case.name), wall, 1.25, ""));
    }
}

fn of_browser(record: &Record, limits: &mut Vec<Limit>) {
    for case in &record.cases {
        let rows = rows_shown(case.rows);
        let is_large = case.rows >= LARGE_ROWS;
        for workers in [1, 2] {
            let name = strata_with_workers(workers);
            let wall = ratio(case.median(&name, WALL_S), case.best(&[DUCKDB_WASM], WALL_S).map(|(best, _)| best));
            let what = format!("Chromium, time, {rows} rows: {name} / DuckDB-WASM");
            limits.extend(at_most(what, wall, 1.0 / 3.0, ""));
            let what = format!("Chromium, peak memory, {rows} rows: {name}");
            let limit = if is_large { 1500.0 } else { 450.0 };
            limits.extend(at_most(what, case.median(&name, PEAK_MB), limit, " MB"));
        }
    }
    if let Some(case) = record.case(FIRST_VIEW) {
        let value = case.median(FIRST_VIEW, WALL_S);
        limits.extend(at_most("Chromium: address to first view of the sample data".to_owned(), value, 1.0, " s"));
    }
    let Some(case) = record.case(INTERACTION) else { return };
    let users = case.median("users", "count").map_or_else(String::new, |users| format!(", {users:.0} users"));
    for series in &case.series {
        let name = &series.name;
        limits.extend(at_most(
            format!("{name} changed to all views{users}"),
            series.median("consistent_ms"),
            100.0,
            " ms",
        ));
        limits.extend(at_most(
            format!("{name}: memory left behind by changes to and fro{users}"),
            series.median("growth_mb"),
            16.0,
            " MB",
        ));
        limits.extend(at_least(format!("{name}: frames per second{users}"), series.median("frames_per_s"), 59.0, ""));
        limits.extend(at_most(format!("{name}: click to download{users}"), series.median("start_s"), 1.0, " s"));
    }
}

/// A number of rows in short form, such as `2.5 M`.
pub fn rows_shown(rows: u64) -> String {
    match rows {
        0..1_000 => rows.to_string(),
        1_000..1_000_000 => format!("{} k", rows as f64 / 1e3),
        _ => format!("{} M", rows as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_has_a_side() {
        let limit = |value, side| Limit { what: String::new(), value, bound: 1.7, side, unit: "" };
        assert!(limit(1.7, Side::AtLeast).is_met() && limit(1.7, Side::AtMost).is_met());
        assert!(!limit(1.6, Side::AtLeast).is_met() && !limit(1.8, Side::AtMost).is_met());
    }

    #[test]
    fn rows_are_short() {
        assert_eq!(rows_shown(10_000), "10 k");
        assert_eq!(rows_shown(2_500_000), "2.5 M");
    }
}
