//! The program's commands as a user runs them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use strata_tests::outputs::read_directory;
use strata_tests::program::{assert_success, data_directory, strata, text};

const ROWS: &str = "user_id,date,cohort_date,total_events,total_revenue\n\
=cmd(),2024-01-01,2024-01-01,10,5\n\
b,2024-01-01,2024-01-01,3,0\n\
b,2024-01-02,2024-01-01,4,1.5\n\
\"c,d\",2024-01-03,2024-01-02,1,0\n";

fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert_success(&output);
    output
}

fn with_input(directory: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    fs::write(directory.join(name), bytes).unwrap();
}

/// The output files except the one that lists inputs and settings.
fn results(directory: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut files = read_directory(directory);
    files.remove("segment_definitions.json");
    files.remove("segment_analysis_report.json");
    files
}

#[test]
fn the_pipelines_phase_3_needs_nothing_but_the_run_hash() {
    let directory = tempfile::tempdir().unwrap();
    let aggregations = directory.path().join("run_logs/abc123/outputs/aggregations");
    fs::create_dir_all(&aggregations).unwrap();
    with_input(&aggregations, "user_daily_aggregation_v3.csv", "user_id,date\nold,2024-01-01\n");
    with_input(&aggregations, "aggregated_data.csv", ROWS);
    succeed(strata(directory.path()).arg("segment").env("RUN_HASH", "abc123"));
    let files = read_directory(&directory.path().join("run_logs/abc123/outputs/segments"));
    assert_eq!(files.len(), 13);
    assert!(text(&files["user_segments.csv"]).contains("=cmd(),,2024-01-01"));
    // A second run replaces the results of the first.
    with_input(&aggregations, "aggregated_data.csv", format!("{ROWS},2024-01-01,,,\n"));
    succeed(strata(directory.path()).args(["segment", "--run-hash", "abc123"]));
    let files = read_directory(&directory.path().join("run_logs/abc123/outputs/segments"));
    assert!(files.contains_key("rejected_rows.csv"));
    assert_eq!(fs::read_dir(directory.path().join("run_logs/abc123/outputs")).unwrap().count(), 2);
}

#[test]
fn every_format_and_standard_input_give_the_same_results() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(ROWS.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    with_input(at, "a.csv", ROWS);
    with_input(at, "a.csv.gz", &gzip);
    let zstandard = ruzstd::encoding::compress_to_vec(ROWS.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    with_input(at, "a.csv.zst", zstandard);
    with_input(at, "a.tsv", ROWS.replace("\"c,d\"", "c;d").replace(',', "\t").replace("c;d", "c,d"));
    with_input(at, "crlf.csv", format!("\u{feff}{}", ROWS.replace('\n', "\r\n")));
    succeed(strata(at).args(["segment", "a.csv", "--out", "expected"]));
    let expected = results(&at.join("expected"));
    for name in ["a.csv.gz", "a.csv.zst", "a.tsv", "crlf.csv"] {
        succeed(strata(at).args(["segment", name, "--out", "out"]));
        assert!(results(&at.join("out")) == expected, "{name}");
    }
    for packed in [ROWS.as_bytes(), &gzip] {
        let mut child = strata(at)
            .args(["segment", "-", "--out", "out"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(packed).unwrap();
        assert_success(&child.wait_with_output().unwrap());
        assert!(results(&at.join("out")) == expected, "standard input");
    }
}

#[test]
fn a_pipe_is_read_once_and_whole() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    succeed(strata(at).args(["generate", "--rows", "2000", "--out", "a.csv"]));
    succeed(strata(at).args(["segment", "a.csv", "--out", "expected", "--quiet"]));
    let program = strata(at);
    let run = "mkfifo pipe; cat a.csv > pipe & \"$0\" segment pipe --out out --quiet";
    succeed(Command::new("sh").arg("-c").arg(run).arg(program.get_program()).current_dir(at));
    assert!(results(&at.join("out")) == results(&at.join("expected")));
}

#[test]
fn the_same_bytes_are_read_once_whatever_they_are_called() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    with_input(at, "a.csv", ROWS);
    with_input(at, "b.csv", ROWS);
    let output = succeed(strata(at).args(["segment", "a.csv", "b.csv", "./a.csv", "--out", "out", "--quiet"]));
    assert_eq!(
        text(&output.stderr),
        "warning: b.csv is identical to another input and was skipped\n\
warning: a.csv is identical to another input and was skipped\n"
    );
    let quality: Value = serde_json::from_slice(&fs::read(at.join("out/data_quality.json")).unwrap()).unwrap();
    assert_eq!(quality["findings"][0]["code"], "duplicate_files");
    assert_eq!(quality["findings"][0]["count"], 2);
    let definitions: Value =
        serde_json::from_slice(&fs::read(at.join("out/segment_definitions.json")).unwrap()).unwrap();
    assert_eq!(definitions["inputs"].as_array().unwrap().len(), 1);
    assert_eq!(definitions["analysis_period"]["total_rows"], 4);
    // Standard input counts as a file.
    let mut child = strata(at)
        .args(["segment", "a.csv", "-", "--out", "out", "--quiet"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(ROWS.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_success(&output);
    assert!(text(&output.stderr).starts_with("warning: - is identical to another input"));
}

#[test]
fn for_machines_standard_output_is_one_json_object() {
    let directory = tempfile::tempdir().unwrap();
    with_input(directory.path(), "a.csv", ROWS);
    let output = succeed(strata(directory.path()).args(["segment", "a.csv", "--out", "out", "--format", "json"]));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["summary"]["total_users"], 3);
    assert_eq!(summary["files"].as_array().unwrap().len(), 13);
    assert_eq!(summary["period"]["start_date"], "2024-01-01");
    assert_eq!(text(&output.stderr), "");
    let output = succeed(strata(directory.path()).args(["inspect", "a.csv", "--format", "json"]));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["files"][0]["columns"][0]["column"], "user_id");
    let output =
        succeed(strata(directory.path()).args(["settings", "--format", "json", "--churn-days-threshold", "3"]));
    let settings: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(settings["CHURN_DAYS_THRESHOLD"]["value"], 3);
    assert_eq!(settings["CHURN_DAYS_THRESHOLD"]["source"], "flag");
}

#[test]
fn the_summary_and_the_inspection_are_readable() {
    let directory = tempfile::tempdir().unwrap();
    let flawed = data_directory().join("conformance/rejected_and_invalid/input.csv");
    fs::copy(flawed, directory.path().join("flawed.csv")).unwrap();
    let shown = |output: &Output| {
        let text = text(&output.stdout).replace(&directory.path().display().to_string(), "DIRECTORY");
        let without_time = text.lines().filter(|line| !line.starts_with("Done in "));
        without_time.map(|line| format!("{line}\n")).collect::<Vec<_>>().concat()
    };
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        let output = succeed(strata(directory.path()).args(["segment", "flawed.csv", "--out", "out", "--retention-windows", "1,3,7"]));
        insta::assert_snapshot!("summary", shown(&output));
        let output = succeed(strata(directory.path()).args(["inspect", "flawed.csv"]));
        insta::assert_snapshot!("inspection", shown(&output));
        let output = succeed(strata(directory.path()).args(["settings"]).env("CHURN_DAYS_THRESHOLD", "21"));
        insta::assert_snapshot!("settings", shown(&output));
        let output = succeed(strata(directory.path()).args(["segment", "--help"]));
        insta::assert_snapshot!("help", shown(&output));
    });
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    with_input(at, "strata.toml", "CHURN_DAYS_THRESHOLD = 3\nFUNNEL_MODE = \"open\"\nRETENTION_WINDOWS = [2, 1]\n");
    with_input(at, "other.toml", "FUNNEL_MODE = 'ordered'\n");
    let value = |arguments: &[&str], variables: &[(&str, &str)], name: &str| {
        let mut command = strata(at);
        command.args(["settings", "--format", "json"]).args(arguments).envs(variables.iter().copied());
        let settings: Value = serde_json::from_slice(&succeed(&mut command).stdout).unwrap();
        format!("{} {}", settings[name]["value"], settings[name]["source"].as_str().unwrap())
    };
    assert_eq!(value(&[], &[], "CHURN_DAYS_THRESHOLD"), "3 file");
    assert_eq!(value(&[], &[("CHURN_DAYS_THRESHOLD", "4")], "CHURN_DAYS_THRESHOLD"), "4 environment");
    assert_eq!(value(&[], &[("CHURN_DAYS_THRESHOLD", "")], "CHURN_DAYS_THRESHOLD"), "3 file");
    let flag = ["--churn-days-threshold", "5"];
    assert_eq!(value(&flag, &[("CHURN_DAYS_THRESHOLD", "4")], "CHURN_DAYS_THRESHOLD"), "5 flag");
    assert_eq!(value(&[], &[], "RETENTION_WINDOWS"), "[1,2] file");
    assert_eq!(value(&["--config", "other.toml"], &[], "FUNNEL_MODE"), "\"ordered\" file");
    assert_eq!(value(&["--config", "other.toml"], &[], "CHURN_DAYS_THRESHOLD"), "14 default");
}

#[test]
fn mapping_strict_and_spreadsheet_safe_do_what_they_say() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    with_input(at, "a.csv", ROWS);
    let revenue_share = |arguments: &[&str]| {
        let mut command = strata(at);
        let output = succeed(command.args(["segment", "a.csv", "--out", "out", "--format", "json"]).args(arguments));
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        summary["segment_performance"]["revenue_segments"]["whale"]["count"].clone()
    };
    assert_eq!(revenue_share(&[]), 1);
    assert_eq!(revenue_share(&["--map", "total_revenue=total_events"]), 1);
    assert!(
        text(&fs::read(at.join("out/user_segments.csv")).unwrap()).contains("b,,2024-01-01,2024-01-02,1,2,,,7.0000")
    );
    succeed(strata(at).args(["segment", "a.csv", "--out", "out", "--strict", "--quiet"]));
    assert!(text(&fs::read(at.join("out/user_segments.csv")).unwrap()).contains("\n=cmd(),"));
    let output = succeed(strata(at).args(["segment", "a.csv", "--out", "out", "--spreadsheet-safe", "--quiet"]));
    assert!(text(&fs::read(at.join("out/user_segments.csv")).unwrap()).contains("\n'=cmd(),"));
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn sample_data_is_the_same_for_a_seed_and_shows_its_flaws() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    for (name, seed) in [("a.csv", "7"), ("b.csv", "7"), ("c.csv", "8")] {
        succeed(strata(at).args(["generate", "--rows", "3000", "--seed", seed, "--out", name]));
    }
    let read = |name: &str| fs::read(at.join(name)).unwrap();
    assert!(read("a.csv") == read("b.csv") && read("a.csv") != read("c.csv"));
    let streamed = succeed(strata(at).args(["generate", "--rows", "3000", "--out", "-"])).stdout;
    assert!(streamed == read("a.csv"));
    let summary = |name: &str| {
        let output = succeed(strata(at).args(["inspect", name, "--format", "json"]));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    assert_eq!(summary("a.csv")["period"]["total_rows"], 3000);
    assert_eq!(summary("a.csv")["rejected_rows"], 0);
    succeed(strata(at).args(["generate", "--rows", "20000", "--flaws", "--out", "flawed.csv"]));
    let flawed = summary("flawed.csv");
    let codes: Vec<&str> =
        flawed["findings"].as_array().unwrap().iter().filter_map(|finding| finding["code"].as_str()).collect();
    for flaw in strata_generate::Flaw::ALL {
        assert!(codes.contains(&flaw.finding()), "{flaw:?}: {codes:?}");
    }
}

#[test]
fn an_output_directory_with_other_files_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    with_input(at, "a.csv", ROWS);
    fs::create_dir(at.join("out")).unwrap();
    with_input(at, "out/holiday.jpg", "mine");
    let output = strata(at).args(["segment", "a.csv", "--out", "out"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("holiday.jpg"));
    assert_eq!(read_directory(&at.join("out")).len(), 1);
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    succeed(strata(at).args(["generate", "--rows", "20000", "--out", "a.csv"]));
    // Like a full disk: no file may grow beyond 100 blocks, and the signal that announces this is ignored.
    let program = strata(at);
    let run = "trap '' XFSZ; ulimit -f 100; exec \"$0\" segment a.csv --out new/out";
    let output = Command::new("sh").arg("-c").arg(run).arg(program.get_program()).current_dir(at).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("could not be written"), "{}", text(&output.stderr));
    assert_eq!(fs::read_dir(at).unwrap().count(), 1);
}

#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let mut child = strata(at)
        .args(["segment", "-", "--out", "new/out"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // More than a pipe holds, so the program has begun to read when this returns.
    input.write_all(ROWS.repeat(2000).as_bytes()).unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(text(&output.stderr), "interrupted: nothing was written\n");
    assert_eq!(fs::read_dir(at).unwrap().count(), 0);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let directory = tempfile::tempdir().unwrap();
    let program = strata(directory.path());
    let run = "\"$0\" generate --rows 100000 --out - | head -n 1; \"$0\" settings | true";
    let output = Command::new("sh").arg("-c").arg(run).arg(program.get_program()).output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert!(text(&output.stdout).starts_with("user_id,"));
}

#[test]
fn completions_and_manual_pages_are_made() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = succeed(strata(directory.path()).args(["completions", shell]));
        assert!(text(&output.stdout).contains("churn-days-threshold"), "{shell}");
    }
    let page = text(&succeed(strata(directory.path()).args(["man", "segment"])).stdout);
    assert!(
        page.starts_with(".ie") && page.contains("strata\\-segment") && page.contains("CHURN")
            || page.contains("churn")
    );
    assert!(text(&succeed(strata(directory.path()).args(["man"])).stdout).contains("inspect"));
}

#[test]
fn a_file_of_another_set_of_columns_joins_in() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    with_input(at, "a.csv", ROWS);
    with_input(at, "b.csv", "iap_revenue;uid;ad_revenue;day\n2.5;e;0.5;2024-01-03\n");
    succeed(strata(at).args(["segment", "a.csv", "b.csv", "--out", "out", "--quiet", "--threads", "4"]));
    let users = text(&fs::read(at.join("out/user_segments.csv")).unwrap());
    assert!(users.contains("\ne,,2024-01-03,2024-01-03,0,1,,,3.0000,"), "{users}");
}

#[test]
fn hostile_content_is_counted_and_never_fatal() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let mut file = b"user_id,date,total_events,total_revenue,note\n".to_vec();
    for (user, date, events, revenue, note) in [
        (&b"good"[..], "2024-01-02", "3", "1.5", b"x".to_vec()),
        (b"=cmd()", "2024-01-02", "1e400", "1e400", Vec::new()),
        (b"nul\0", "2024-01-02", "1", "0", b"\0".to_vec()),
        (b"long", "2024-01-02", "1", "0", vec![b'y'; 20_000_000]),
        (b"old", "1970-01-01", "1", "0", Vec::new()),
        (b"future", "2999-12-31", "1", "0", Vec::new()),
        (b"b\xFFd", "2024-01-02", "1", "0", Vec::new()),
        (b"u", "2024-02-30", "1", "0", Vec::new()),
        (b"u", "2024-01-02", "1", "0", b"\"not closed".to_vec()),
        (b"last", "2024-01-02", "1", "0", Vec::new()),
    ] {
        file.extend([user, date.as_bytes(), events.as_bytes(), revenue.as_bytes(), &note].join(&b','));
        file.push(b'\n');
    }
    with_input(at, "a.csv", file);
    let output = succeed(strata(at).args(["segment", "a.csv", "--out", "out", "--format", "json"]));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["summary"]["total_users"], 7);
    let count = |code: &str| {
        let findings = summary["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["code"] == code).map_or(0, |finding| finding["count"].as_u64().unwrap())
    };
    assert_eq!((count("rejected_rows"), count("invalid_values")), (3, 2));
    let rejected = text(&fs::read(at.join("out/rejected_rows.csv")).unwrap());
    let reasons: Vec<&str> = rejected.lines().skip(1).map(|line| line.split(',').nth(2).unwrap()).collect();
    assert_eq!(reasons, ["invalid UTF-8", "missing or impossible date", "quote not closed"]);
}

#[test]
fn a_file_that_vanishes_after_its_header_was_read_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    with_input(at, "a.csv", ROWS);
    let program = strata(at);
    // The pipe opens for writing once the program reads it, which is after it has read the header of a.csv.
    let run = "mkfifo pipe; \"$0\" segment a.csv pipe --out out & exec 3>pipe; rm a.csv; \
printf 'user_id,date\\nu,2024-01-01\\n' >&3; exec 3>&-; wait $!";
    let output = Command::new("sh").arg("-c").arg(run).arg(program.get_program()).current_dir(at).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(text(&output.stderr), "error: a.csv: file not found; check the path\n");
    assert!(!at.join("out").exists());
}

#[test]
fn a_file_that_arrives_in_the_output_directory_during_the_run_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::create_dir(at.join("out")).unwrap();
    let program = strata(at);
    // The pipe opens for writing once the program reads it, which is after it has checked the directory.
    let run = "mkfifo pipe; \"$0\" segment pipe --out out & exec 3>pipe; echo mine > out/notes.txt; \
printf 'user_id,date\\nu,2024-01-01\\n' >&3; exec 3>&-; wait $!";
    let output = Command::new("sh").arg("-c").arg(run).arg(program.get_program()).current_dir(at).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("notes.txt"));
    let kept = read_directory(&at.join("out"));
    assert_eq!(kept.into_iter().collect::<Vec<_>>(), [("notes.txt".to_owned(), b"mine\n".to_vec())]);
    assert_eq!(fs::read_dir(at).unwrap().count(), 2);
}

#[test]
fn sample_data_goes_into_a_pipe_and_does_not_replace_it() {
    let directory = tempfile::tempdir().unwrap();
    let program = strata(directory.path());
    let run = "mkfifo pipe; wc -l < pipe & \"$0\" generate --rows 100 --out pipe; wait; test -p pipe";
    let output = Command::new("timeout")
        .args(["20", "sh", "-c", run])
        .arg(program.get_program())
        .current_dir(directory.path())
        .output()
        .unwrap();
    assert_success(&output);
    assert_eq!(text(&output.stdout).trim(), "101");
}

#[test]
fn nobody_listening_to_messages_changes_no_result() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    with_input(at, "a.csv", ROWS);
    with_input(at, "b.csv", ROWS);
    let code = |arguments: &str| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        strata(at).args(arguments.split(' ')).stderr(writer).status().unwrap().code()
    };
    assert_eq!(code("segment a.csv b.csv --out out --quiet"), Some(0));
    assert_eq!(read_directory(&at.join("out")).len(), 13);
    assert_eq!(code("segment nowhere.csv --out other"), Some(3));
    assert_eq!(code("segment a.csv"), Some(2));
}
