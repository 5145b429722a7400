//! The SQL reduction, run in real engines, gives the same results as the program on the same rows.
//!
//! The engines are Python packages (`tests/sql/requirements.txt`); `STRATA_SQL_PYTHON` names a Python that has them.
//! `cargo xtask sql` sets that up and runs these tests. Without it they say loudly that nothing was compared.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use strata_tests::outputs::read_directory;
use strata_tests::program::{assert_success, strata, text};

use crate::properties::assert_same;

/// The rows, the columns of the table, and the run to reduce.
pub struct Case {
    pub name: &'static str,
    pub rows: String,
    pub run_hash: Option<String>,
}

/// A small world of typed cells: nulls, several devices a day, no order, missing cohort dates, refunds, rounding ties.
fn odd_rows() -> String {
    let money =
        ["", "0", "0.1", "9.99", "-5", "0.0000001", "123456.789", "0.0000000005", "-0.0000000015", "8300065.81"];
    let minutes = ["", "0", "1.5", "7.25", "0.333333333333"];
    let counts = ["", "0", "1", "3", "250"];
    let devices = ["", "d1", "d2", "D3", "é"];
    let types = ["", "new", "returning"];
    let mut rows = "user_id,device_id,date,cohort_date,total_events,total_sessions,total_session_time_minutes,\
avg_session_duration_minutes,total_revenue,iap_revenue,ad_revenue,level_10_time,level_2_time,first_purchase_time,\
user_type,last_updated\n"
        .to_owned();
    let mut state = 1_u64;
    let mut draw = |below: u64| {
        // Knuth's MMIX generator; its high bits are good enough for cells.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..4000 {
        let user = draw(150);
        let install = if draw(4) == 0 { String::new() } else { format!("2024-01-{:02}", 1 + (user + draw(2)) % 12) };
        let _ = write!(rows, "ü{user}");
        let mut pick = |from: &[&str]| from[usize::try_from(draw(from.len() as u64)).unwrap()].to_owned();
        let cells =
            [pick(&devices), String::new(), install, pick(&counts), pick(&counts), pick(&minutes), pick(&minutes)];
        let more = [pick(&money), pick(&money), pick(&money)];
        let user_type = pick(&types);
        let date = format!("2024-01-{:02}", 1 + draw(28));
        let mut time = || {
            if draw(3) > 0 {
                String::new()
            } else {
                format!("2024-01-{:02} {:02}:00:0{}", 1 + draw(28), draw(24), draw(10))
            }
        };
        let times = [time(), time(), time()];
        let [device, _, install, ..] = &cells;
        let _ = writeln!(
            rows,
            ",{device},{date},{install},{},{},{},{user_type},2024-01-{:02} 05:00:00",
            cells[3..].join(","),
            more.join(","),
            times.join(","),
            20 + draw(9),
        );
    }
    rows
}

fn generated(directory: &Path, arguments: &[&str]) -> String {
    let out = directory.join("generated.csv");
    let mut generate = strata(directory);
    generate.args(["generate", "--quiet", "--out"]).arg(&out).args(arguments);
    assert_success(&generate.output().unwrap());
    fs::read_to_string(out).unwrap()
}

pub fn cases(directory: &Path) -> Vec<Case> {
    let pipeline = generated(directory, &["--rows", "6000", "--seed", "11"]);
    // A table without `total_revenue`, with the rows of two runs in no particular order.
    let parts = generated(directory, &["--rows", "4000", "--seed", "12", "--without-sessions"]);
    let parts = parts.replacen(",total_revenue,", ",unused_revenue,", 1);
    let (header, body) = parts.split_once('\n').unwrap();
    let mut lines: Vec<String> = body.lines().map(str::to_owned).collect();
    let position = header.split(',').position(|name| name == "run_hash").unwrap();
    let run = lines[0].split(',').nth(position).unwrap().to_owned();
    for (number, line) in lines.iter_mut().enumerate().filter(|(number, _)| number % 3 == 0) {
        *line = line.replace(&run, if number % 2 == 0 { "other" } else { "other-2" });
    }
    lines.sort_by_key(|line| line.bytes().rev().collect::<Vec<_>>());
    let parts = format!("{header}\n{}\n", lines.join("\n"));
    vec![
        Case { name: "odd", rows: odd_rows(), run_hash: None },
        Case { name: "pipeline", rows: pipeline, run_hash: None },
        Case { name: "parts", rows: parts, run_hash: Some(run) },
    ]
}

/// The files without the list of inputs, which necessarily differ.
pub fn without_inputs(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = read_directory(directory);
    if let Some(definitions) = files.get_mut("segment_definitions.json") {
        let mut document: Value = serde_json::from_slice(definitions).unwrap();
        document.as_object_mut().unwrap().shift_remove("inputs").unwrap();
        *definitions = document.to_string().into_bytes();
    }
    files
}

/// The rows to reduce, as a file for the program.
pub fn rows_of_run(case: &Case) -> String {
    let lines = case.rows.lines().enumerate();
    let kept =
        lines.filter(|(number, line)| *number == 0 || case.run_hash.as_ref().is_none_or(|run| line.contains(run)));
    kept.flat_map(|(_, line)| [line, "\n"]).collect()
}

fn tables(directory: &Path) -> Vec<PathBuf> {
    let parts = directory.join("parts");
    let is_table = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "parquet");
    let of = |directory: &Path| {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).filter(is_table).collect()
    };
    if parts.is_dir() { of(&parts) } else { of(directory) }
}

#[expect(clippy::print_stderr, reason = "what was not compared must be seen")]
fn assert_engine_agrees(dialect: &str, script: &str) {
    let Some(python) = env::var_os("STRATA_SQL_PYTHON") else {
        eprintln!(
            "\nNOT COMPARED: the reduction in {dialect}; run `cargo xtask sql`, which needs Python (and Java for Spark)\n"
        );
        return;
    };
    let whole = tempfile::tempdir().unwrap();
    let cases = cases(whole.path());
    let mut directories = Vec::new();
    for case in &cases {
        let directory = whole.path().join(case.name);
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("rows.csv"), &case.rows).unwrap();
        fs::write(directory.join("rows_of_run.csv"), rows_of_run(case)).unwrap();
        let mut sql = strata(&directory);
        sql.args(["sql", "--dialect", dialect, "--table", "user_daily", "--columns"]);
        sql.arg(case.rows.lines().next().unwrap());
        sql.args(case.run_hash.iter().flat_map(|run| ["--run-hash", run]));
        let output = sql.output().unwrap();
        assert_success(&output);
        fs::write(directory.join("reduction.sql"), &output.stdout).unwrap();
        directories.push(directory);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql").join(script);
    let output = Command::new(python).arg(script).args(&directories).output().unwrap();
    assert!(output.status.success(), "{dialect}: {}\n{}", text(&output.stdout), text(&output.stderr));
    for (case, directory) in cases.iter().zip(&directories) {
        let segment = |inputs: &[PathBuf], out: &str| {
            let mut segment = strata(directory);
            segment.arg("segment").args(inputs).args([
                "--quiet",
                "--out",
                out,
                "--segmentation-minimum-sample-size",
                "5",
            ]);
            assert_success(&segment.output().unwrap());
            without_inputs(&directory.join(out))
        };
        let of_rows = segment(&[directory.join("rows_of_run.csv")], "of_rows");
        let of_engine = segment(&tables(directory), "of_engine");
        assert_same(&of_rows, &of_engine, &format!("{} in {dialect}", case.name));
    }
}

#[test]
fn duckdb_makes_the_table_that_the_program_makes() {
    assert_engine_agrees("duckdb", "reduce_in_duckdb.py");
}

#[test]
fn spark_makes_the_table_that_the_program_makes() {
    assert_engine_agrees("spark", "reduce_in_spark.py");
}

#[test]
fn the_statement_of_each_dialect_is_as_before() {
    let directory = tempfile::tempdir().unwrap();
    for dialect in ["bigquery", "duckdb", "spark"] {
        let mut sql = strata(directory.path());
        sql.args([
            "sql",
            "--dialect",
            dialect,
            "--table",
            "project.shop.user_daily",
            "--run-hash",
            "abc123",
            "--columns",
        ]);
        let output = sql
            .arg("uid,event_date,install_date,device_id,total_events,total_revenue,iap_revenue,level_2_time,run_hash,user type")
            .output()
            .unwrap();
        assert_success(&output);
        insta::with_settings!({ snapshot_path => "../snapshots/sql", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(dialect, text(&output.stdout));
        });
    }
}
