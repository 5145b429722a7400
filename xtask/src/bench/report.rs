//! `bench/RESULTS.md`, from the kept figures. The same records give the same text.

use std::fmt::Write as _;

use super::limits::{self, Limit, Side, rows_shown};
use super::record::{CPU_S, Case, PEAK_MB, Record, Series, WALL_S};
use super::records::Records;

const INTRODUCTION: &str = "# Measurements

Written by `cargo xtask bench`; [README.md](README.md) explains the figures.
Figures are medians. The programs of a table ran in turn, so their ratios hold even if the machine had other work to do.
CPU is the user and system time of all threads and children, memory the largest resident set of a process.
Strata writes all of its files; the peers do the smaller job of [peers/JOB.md](peers/JOB.md).
";

/// Renders everything.
pub fn render(records: &Records) -> String {
    let mut page = INTRODUCTION.to_owned();
    limits_section(&mut page, &limits::all(records));
    if let Some(native) = &records.native {
        heading(&mut page, "Strata, DuckDB, Polars", native);
        native.cases.iter().for_each(|case| side_by_side(&mut page, case));
    }
    if let Some(shapes) = &records.shapes {
        heading(&mut page, "Inputs of other shapes", shapes);
        shapes_table(&mut page, shapes);
    }
    if let Some(growth) = &records.growth {
        heading(&mut page, "Growth", growth);
        page.push_str("\n![Processor time and memory over rows](growth.svg)\n");
        growth_table(&mut page, growth);
    }
    if let Some(browser) = &records.browser {
        heading(&mut page, "In Chromium", browser);
        browser.cases.iter().for_each(|case| figures_tables(&mut page, case));
    }
    page
}

/// Writing to a string cannot fail.
macro_rules! line {
    ($page:expr, $($format:tt)*) => { let _ = writeln!($page, $($format)*); };
}

fn limits_section(page: &mut String, limits: &[Limit]) {
    if limits.is_empty() {
        return;
    }
    line!(page, "\n## Limits\n");
    line!(page, "| what | measured | limit | holds |\n|---|---:|---:|---|");
    for limit in limits {
        let side = if limit.side == Side::AtMost { "≤" } else { "≥" };
        let holds = if limit.is_met() { "yes" } else { "**no**" };
        let Limit { what, value, bound, unit, .. } = limit;
        line!(page, "| {what} | {}{unit} | {side} {}{unit} | {holds} |", figure(*value), figure(*bound));
    }
}

fn heading(page: &mut String, title: &str, record: &Record) {
    line!(page, "\n## {title}\n");
    let facts: Vec<String> = record.machine.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    line!(page, "{}.", facts.join("; "));
    let others = record.cases.iter().filter(|case| case.revision != record.revision());
    let others: Vec<String> = others.map(|case| format!("{} ({})", case.name, case.revision)).collect();
    if !others.is_empty() {
        line!(page, "\nMeasured on another revision: {}.", others.join(", "));
    }
}

fn side_by_side(page: &mut String, case: &Case) {
    line!(page, "\n### {} rows, {} MB\n", rows_shown(case.rows), figure(case.bytes as f64 / 1e6));
    line!(page, "| program | runs | wall s | CPU s | least to most | memory MB | rows per CPU second |");
    line!(page, "|---|---:|---:|---:|---:|---:|---:|");
    for series in &case.series {
        let rate = series.median(CPU_S).map(|seconds| format!("{:.2} M", case.rows as f64 / seconds / 1e6));
        line!(
            page,
            "| {} | {} | {} | {} | {} | {} | {} |",
            series.name,
            series.run_count(),
            median(series, WALL_S),
            median(series, CPU_S),
            range(series, CPU_S),
            median(series, PEAK_MB),
            rate.unwrap_or_default()
        );
    }
    notes(page, case);
}

fn shapes_table(page: &mut String, record: &Record) {
    line!(
        page,
        "\n| input | program | rows | MB | unpacked MB | wall s | CPU s | memory MB | GB per CPU second | ns CPU per row |"
    );
    line!(page, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for case in &record.cases {
        for series in &case.series {
            let read = case.unpacked_bytes.unwrap_or(case.bytes) as f64;
            let cpu = series.median(CPU_S).unwrap_or(f64::NAN);
            line!(
                page,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                case.name,
                series.name,
                rows_shown(case.rows),
                figure(case.bytes as f64 / 1e6),
                case.unpacked_bytes.map_or_else(String::new, |bytes| figure(bytes as f64 / 1e6)),
                median(series, WALL_S),
                median(series, CPU_S),
                median(series, PEAK_MB),
                figure(read / cpu / 1e9),
                figure(cpu / case.rows as f64 * 1e9)
            );
        }
    }
}

fn growth_table(page: &mut String, record: &Record) {
    line!(page, "\n| rows | program | runs | wall s | CPU s | memory MB | µs CPU per row |");
    line!(page, "|---:|---|---:|---:|---:|---:|---:|");
    for case in &record.cases {
        for series in &case.series {
            let per_row = series.median(CPU_S).map(|seconds| figure(seconds / case.rows as f64 * 1e6));
            line!(
                page,
                "| {} | {} | {} | {} | {} | {} | {} |",
                rows_shown(case.rows),
                series.name,
                series.run_count(),
                median(series, WALL_S),
                median(series, CPU_S),
                median(series, PEAK_MB),
                per_row.unwrap_or_default()
            );
        }
    }
    record.cases.iter().filter(|case| !case.notes.is_empty()).for_each(|case| {
        line!(page, "\n{} rows: {}.", rows_shown(case.rows), case.notes.join("; "));
    });
}

/// A case with figures of its own: programs that share a figure share a table, with a column for each figure.
fn figures_tables(page: &mut String, case: &Case) {
    let title = if case.rows > 0 { format!("{} rows", rows_shown(case.rows)) } else { capitalised(&case.name) };
    line!(page, "\n### {title}");
    let share = |one: &Series, next: &Series| one.figures.keys().any(|name| next.figures.contains_key(name));
    for series in case.series.chunk_by(share) {
        let mut names: Vec<&str> = series.iter().flat_map(|series| series.figures.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        let titles: Vec<String> = names.iter().map(|name| name.replace('_', " ").replace(" mb", " MB")).collect();
        line!(page, "\n| | runs | {} |\n|---|---:|{}", titles.join(" | "), "---:|".repeat(names.len()));
        for series in series {
            let values: Vec<String> = names.iter().map(|name| median(series, name)).collect();
            line!(page, "| {} | {} | {} |", series.name, series.run_count(), values.join(" | "));
        }
    }
    notes(page, case);
}

fn notes(page: &mut String, case: &Case) {
    if !case.notes.is_empty() {
        line!(page, "\n{}.", capitalised(&case.notes.join("; ")));
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn median(series: &Series, name: &str) -> String {
    series.median(name).map_or_else(String::new, figure)
}

fn range(series: &Series, name: &str) -> String {
    series.range(name).map_or_else(String::new, |(low, high)| format!("{}–{}", figure(low), figure(high)))
}

/// Three significant digits, but none beyond thousandths.
fn figure(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        medium if medium >= 10.0 => format!("{value:.1}"),
        small if small >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{browser, plot, shapes};
    use super::*;
    use crate::process::root;

    fn series(name: &str, figures: &[(&str, &[f64])]) -> Series {
        let mut series = Series::new(name);
        for (figure, values) in figures {
            values.iter().for_each(|value| series.push(figure, *value));
        }
        series
    }

    fn program(name: &str, wall: f64, cpu: f64, peak: f64) -> Series {
        let around = |value: f64| [value * 0.9, value * 1.2, value];
        series(name, &[(WALL_S, &around(wall)), (CPU_S, &around(cpu)), (PEAK_MB, &around(peak))])
    }

    fn case(name: &str, rows: u64, series: Vec<Series>) -> Case {
        Case { name: name.to_owned(), rows, bytes: rows * 457, revision: "abc".to_owned(), series, ..Case::default() }
    }

    fn records() -> Records {
        let machine = vec![("Processor".to_owned(), "example".to_owned()), ("Revision".to_owned(), "abc".to_owned())];
        let record = |cases| Some(Record { machine: machine.clone(), cases });
        let native = vec![
            program("Strata, 1 thread", 1.0, 0.98, 40.0),
            program("DuckDB, 1 thread", 3.5, 3.4, 300.0),
            program("Polars, 1 thread", 3.0, 4.4, 500.0),
            program("Strata, 2 threads", 0.55, 1.02, 45.0),
        ];
        let mut native = case("1000000 rows", 1_000_000, native);
        native.notes.push("all agree".to_owned());
        let mut gzip = case(
            "gzip",
            1_000_000,
            vec![program(shapes::STRATA, 1.5, 2.0, 44.0), program(shapes::DECODER, 1.4, 1.4, 4.0)],
        );
        gzip.unpacked_bytes = Some(457_000_000);
        "older".clone_into(&mut gzip.revision);
        let strata = |name, rows, cpu| case(name, rows, vec![program(shapes::STRATA, cpu, cpu, 80.0)]);
        let shapes = vec![
            strata(shapes::SORTED, 1_000_000, 1.0),
            strata(shapes::SHUFFLED, 1_000_000, 2.6),
            strata(shapes::USERS[0], 5_000_000, 6.0),
            strata(shapes::USERS[2], 1_000_000, 1.1),
            gzip,
        ];
        let growth = [10_000, 100_000, 1_000_000].map(|rows| {
            let scale = rows as f64 / 1e6;
            let peers =
                [program("DuckDB", 3.0 * scale, 3.4 * scale, 300.0), program("Polars", scale, 4.0 * scale, 290.0)];
            let mut all = vec![program("Strata", 0.5 * scale, scale, 45.0 * scale)];
            all.extend(peers);
            case(&format!("{rows} rows"), rows, all)
        });
        let browser = vec![
            case(
                "1000000 rows",
                1_000_000,
                vec![
                    program(&browser::strata_with_workers(1), 2.0, 3.0, 300.0),
                    program(browser::DUCKDB_WASM, 9.0, 9.5, 800.0),
                ],
            ),
            case(browser::INTERACTION, 0, vec![series("users table", &[("frames_per_s", &[60.0])])]),
        ];
        Records {
            native: record(vec![native]),
            shapes: record(shapes),
            growth: record(growth.to_vec()),
            browser: record(browser),
        }
    }

    /// Compares with a file under `snapshots`; `INSTA_UPDATE=always` rewrites it.
    fn assert_as_snapshot(name: &str, text: &str) {
        let path = root().join("xtask/src/bench/snapshots").join(name);
        if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text, kept, "{} differs; `cargo xtask bless` accepts it", path.display());
    }

    #[test]
    fn the_page_is_rendered_as_its_snapshot() {
        let records = records();
        assert_as_snapshot("results.md", &render(&records));
        assert_as_snapshot("growth.svg", &plot::growth(records.growth.as_ref().unwrap()));
    }

    #[test]
    fn no_records_give_no_tables() {
        assert_eq!(render(&Records::default()), INTRODUCTION);
    }

    #[test]
    fn figures_have_three_digits() {
        assert_eq!([1234.5, 12.345, 1.2345, 0.12345].map(figure), ["1234", "12.3", "1.23", "0.123"]);
    }
}
