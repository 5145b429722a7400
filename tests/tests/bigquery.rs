//! Reading from `BigQuery` gives the same results as the same rows in a file.
//!
//! bqemulator, which speaks `BigQuery`'s protocols, stands in for it (`tests/sql/bigquery_emulator.py`). The other
//! emulator in Python's package index, local-bigquery, needs Python 3.13. `STRATA_SQL_PYTHON` names a Python with
//! bqemulator; `cargo xtask sql` sets that up and runs these tests. Without it they say loudly that nothing was
//! compared.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use strata_tests::program::{assert_success, strata, text};

use crate::properties::assert_same;
use crate::sql_engines::{Case, cases, rows_of_run, without_inputs};

/// The run hash of cases that do not set one.
const RUN: &str = "run-1";

/// A running emulator, stopped when the value is dropped.
struct Emulator {
    process: Child,
    addresses: [String; 2],
}

impl Emulator {
    fn start(directories: &[PathBuf]) -> Option<Emulator> {
        let python = env::var_os("STRATA_SQL_PYTHON")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/bigquery_emulator.py");
        let mut process = Command::new(python)
            .arg(script)
            .args(directories)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (rest, storage) = line.trim().split_once(' ').unwrap();
        let addresses = [rest, storage].map(str::to_owned);
        Some(Emulator { process, addresses })
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The emulator stops when its standard input ends.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A command that runs the program on `shop.games.TABLE`.
fn segment(directory: &Path, rest: &str, table: &str, run: &str) -> Command {
    let mut segment = strata(directory);
    segment
        .env("BIGQUERY_EMULATOR_HOST", rest)
        .envs([
            ("TARGET_PROJECT", "shop"),
            ("TARGET_DATASET", "games"),
            ("AGGREGATION_TABLE_NAME", table),
            ("RUN_HASH", run),
        ])
        .args(["segment", "--quiet", "--segmentation-minimum-sample-size", "5"]);
    segment
}

/// The case and its run hash; its rows get a `run_hash` column if they have none.
fn with_run(case: Case) -> (Case, String) {
    if let Some(run) = case.run_hash.clone() {
        return (case, run);
    }
    let header = case.rows.lines().next().unwrap();
    if let Some(position) = header.split(',').position(|name| name == "run_hash") {
        let run = case.rows.lines().nth(1).unwrap().split(',').nth(position).unwrap().to_owned();
        return (case, run);
    }
    let line = |(number, line): (usize, &str)| format!("{line},{}\n", if number == 0 { "run_hash" } else { RUN });
    let rows = case.rows.lines().enumerate().map(line).collect();
    (Case { rows, ..case }, RUN.to_owned())
}

#[test]
#[expect(clippy::print_stderr, reason = "what was not compared must be seen")]
fn bigquery_gives_what_the_rows_give() {
    let whole = tempfile::tempdir().unwrap();
    let cases: Vec<(Case, String)> = cases(whole.path()).into_iter().map(with_run).collect();
    let directory_of = |case: &Case| whole.path().join(case.name);
    for (case, _) in &cases {
        fs::create_dir(directory_of(case)).unwrap();
        fs::write(directory_of(case).join("rows.csv"), &case.rows).unwrap();
        fs::write(directory_of(case).join("rows_of_run.csv"), rows_of_run(case)).unwrap();
    }
    let directories: Vec<PathBuf> = cases.iter().map(|(case, _)| directory_of(case)).collect();
    let Some(emulator) = Emulator::start(&directories) else {
        eprintln!("\nNOT COMPARED: reading from BigQuery; run `cargo xtask sql`, which needs Python\n");
        return;
    };
    let [rest, storage] = &emulator.addresses;
    for (case, run) in &cases {
        let directory = directory_of(case);
        let files = |arguments: &[&str], storage: Option<&String>, out: &str| {
            let mut segment = segment(&directory, rest, case.name, run);
            segment.envs(storage.map(|storage| ("BIGQUERY_STORAGE_EMULATOR_HOST", storage)));
            assert_success(&segment.args(arguments).args(["--out", out]).output().unwrap());
            without_inputs(&directory.join(out))
        };
        let of_rows = files(&["rows_of_run.csv"], None, "of_rows");
        for (storage, way) in [(Some(storage), "by the Storage Read API"), (None, "as JSON")] {
            let fallback = files(&[], storage, "fallback");
            assert_same(&of_rows, &fallback, &format!("{}, read from BigQuery {way}", case.name));
            let push_down = files(&["--source", "bigquery", "--push-down"], storage, "push_down");
            assert_same(&of_rows, &push_down, &format!("{}, reduced in BigQuery and read {way}", case.name));
        }
    }
    let failing = |table: &str, run: &str| message(&segment(whole.path(), rest, table, run).output().unwrap());
    assert!(failing("odd", "run-2").contains("no rows with run_hash run-2; check RUN_HASH"));
    assert!(failing("nowhere", RUN).contains("shop.games.nowhere: table not found in BigQuery"));
}

/// The message of a run that failed because of its input.
fn message(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    text(&output.stderr)
}

/// Starts a server that sends this response to the first `answers` requests and closes the connection on any that
/// follow; returns its address.
fn answering(status: &str, body: &str, answers: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let (answer, answered) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer, answered) = (stream.unwrap(), Arc::clone(&answer), Arc::clone(&answered));
            // A client may open connections that it uses later or never.
            thread::spawn(move || {
                let count = stream.read(&mut vec![0; 1 << 16]).unwrap_or(0);
                if count == 0 || answered.fetch_add(1, Ordering::Relaxed) >= answers {
                    return;
                }
                let _ = stream.write_all(answer.as_bytes());
                // Closing before the whole request has arrived would discard the response.
                let _ = stream.shutdown(Shutdown::Write);
                let _ = stream.read_to_end(&mut Vec::new());
            });
        }
    });
    address
}

/// The response to a dry run: the columns and the bytes that the query would read.
fn estimate(byte_count: &str) -> String {
    let schema = r#"{"fields":[{"name":"user_id","type":"STRING"},{"name":"date","type":"DATE"},{"name":"run_hash","type":"STRING"}]}"#;
    format!(
        r#"{{"status":{{"state":"DONE"}},"statistics":{{"totalBytesProcessed":"{byte_count}","query":{{"schema":{schema}}}}}}}"#
    )
}

#[test]
fn refusals_say_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    for (status, code, name, reason, said, expected) in [
        (
            "403 Forbidden",
            403,
            "PERMISSION_DENIED",
            "accessDenied",
            "Access Denied",
            "access denied by BigQuery; the account needs the role",
        ),
        (
            "403 Forbidden",
            403,
            "PERMISSION_DENIED",
            "quotaExceeded",
            "Quota exceeded: your project",
            "a BigQuery quota is exhausted; try again later",
        ),
        (
            "404 Not Found",
            404,
            "NOT_FOUND",
            "notFound",
            "Not found: Table",
            "table not found in BigQuery; check TARGET_PROJECT",
        ),
        (
            "401 Unauthorized",
            401,
            "UNAUTHENTICATED",
            "authError",
            "Invalid Credentials",
            "no usable credentials found; set GOOGLE_APPLICATION_CREDENTIALS",
        ),
        (
            "400 Bad Request",
            400,
            "INVALID_ARGUMENT",
            "invalidQuery",
            "Unrecognized name: x",
            "BigQuery rejected the query: Unrecognized name: x",
        ),
    ] {
        let errors = format!(r#"[{{"message":"{said}","domain":"global","reason":"{reason}"}}]"#);
        let body = format!(r#"{{"error":{{"code":{code},"message":"{said}","errors":{errors},"status":"{name}"}}}}"#);
        let output = segment(directory.path(), &answering(status, &body, usize::MAX), "t", "h")
            .args(["--source", "bigquery"])
            .output();
        let message = message(&output.unwrap());
        assert!(message.contains(expected), "{status}: {message}");
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn a_query_that_costs_too_much_is_not_run() {
    let directory = tempfile::tempdir().unwrap();
    let server = answering("200 OK", &estimate("123000000000"), usize::MAX);
    let message = message(&segment(directory.path(), &server, "t", "h").output().unwrap());
    assert!(
        message.contains("would be billed for 123.00 GB, more than the limit of 50.00 GB (--max-bytes-billed)"),
        "{message}"
    );
}

#[test]
fn a_connection_lost_in_the_middle_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    // The server sends the columns and the cost, then nothing more.
    let server = answering("200 OK", &estimate("1000"), 2);
    let message = message(&segment(directory.path(), &server, "t", "h").output().unwrap());
    assert!(message.contains("the connection to BigQuery was lost and retries failed"), "{message}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn credentials_that_cannot_be_used_are_never_told() {
    let directory = tempfile::tempdir().unwrap();
    let key = r#"{"type":"service_account","client_email":"a@b","private_key_id":"hidden","private_key":"hidden","project_id":"p","token_uri":"http://127.0.0.1:9"}"#;
    for (name, content) in [("key.json", Some(key)), ("odd.json", Some("hidden, and no JSON")), ("none.json", None)] {
        let path = directory.path().join(name);
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        let mut run = segment(directory.path(), "", "t", "h");
        let output = run.env("GOOGLE_APPLICATION_CREDENTIALS", &path).args(["--out", "out"]).output().unwrap();
        let message = message(&output);
        assert!(message.contains("no usable credentials found; set GOOGLE_APPLICATION_CREDENTIALS"), "{message}");
        assert!(!message.contains("hidden") && output.stdout.is_empty(), "{message}");
        assert!(!directory.path().join("out").exists());
    }
}
