//! Files large enough for several threads to read ranges of them give the same results as with one thread.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use strata_tests::outputs::read_directory;
use strata_tests::program::{assert_success, strata};

/// A file with fewer bytes than this is not divided into ranges.
const CUT_BYTES: usize = 1 << 24;

/// A file of about `byte_count` bytes. Every record spans `filler` lines, in quotes; one in 1000 is rejected, and one
/// in 700 has an invalid value.
fn rows(byte_count: usize, filler: usize, line_end: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(byte_count + 1000);
    text.extend_from_slice(format!("user_id,date,total_revenue,note{line_end}").as_bytes());
    let lines = format!("{}x{line_end}", "y".repeat(30)).repeat(filler);
    for number in 0.. {
        let (user, day) = (number / 7, 1 + number % 28);
        let revenue = if number % 700 == 3 { "much" } else { "0.25" };
        let more = if number % 1000 == 5 { ",one too many" } else { "" };
        let row = format!("u{user:07},2024-01-{day:02},{revenue},\"{lines}\"{more}{line_end}");
        text.extend_from_slice(row.as_bytes());
        if text.len() > byte_count {
            break;
        }
    }
    text
}

/// The result files of a run on all inputs in the directory, by name.
fn results(directory: &Path, threads: &str) -> BTreeMap<String, Vec<u8>> {
    let out = directory.join(format!("out-{threads}"));
    let inputs = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut inputs: Vec<_> =
        inputs.filter(|path| path.extension().is_some_and(|extension| extension == "csv")).collect();
    inputs.sort();
    let run =
        strata(directory).args(["segment", "--quiet", "--threads", threads, "--out"]).arg(&out).args(inputs).output();
    assert_success(&run.unwrap());
    read_directory(&out)
}

fn assert_threads_do_not_matter(inputs: &[(&str, Vec<u8>)]) {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in inputs {
        fs::write(directory.path().join(name), text).unwrap();
    }
    let expected = results(directory.path(), "1");
    assert!(expected.contains_key("rejected_rows.csv"), "{:?}", expected.keys());
    for threads in ["2", "3", "8"] {
        let found = results(directory.path(), threads);
        let differ = expected.iter().find(|(name, bytes)| found.get(*name) != Some(bytes)).map(|(name, _)| name);
        assert!(differ.is_none() && found.len() == expected.len(), "{differ:?} with {threads} threads");
    }
}

#[test]
fn ranges_of_plain_records() {
    assert_threads_do_not_matter(&[("a.csv", rows(CUT_BYTES * 2, 0, "\n"))]);
}

#[test]
fn ranges_that_start_within_quotes_are_read_again() {
    assert_threads_do_not_matter(&[("a.csv", rows(CUT_BYTES * 2, 500, "\n"))]);
}

#[test]
fn ranges_of_several_files_with_carriage_returns() {
    let mut open = rows(CUT_BYTES, 2, "\r\n");
    open.extend_from_slice(b"u1,2024-01-01,1,\"a quote that is not closed\r\nu2,2024-01-01,1,x\r\n");
    assert_threads_do_not_matter(&[
        ("a.csv", rows(CUT_BYTES + 12_345, 0, "\r\n")),
        ("b.csv", rows(1000, 0, "\n")),
        ("c.csv", open),
    ]);
}

#[test]
fn a_record_that_does_not_end_is_rejected_wherever_it_starts() {
    let mut text = rows(CUT_BYTES - 100_000, 0, "\n");
    text.extend_from_slice(b"u1,2024-01-01,1,\"open");
    text.extend(std::iter::repeat_n(b"\nline", 1 << 20).flatten());
    text.push(b'\n');
    text.extend(rows(CUT_BYTES, 0, "\n"));
    assert_threads_do_not_matter(&[("a.csv", text)]);
}
