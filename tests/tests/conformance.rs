//! The cases under `data/conformance` and `data/random`: inputs, settings and the exact files, written by two
//! independent implementations in Python (pandas and scipy; `reference/segment.py`).

use std::fs;
use std::path::{Path, PathBuf};

use strata_tests::outputs::{differences, read_directory};
use strata_tests::program::{assert_success, data_directory, strata, text};

pub(crate) fn cases(folder: &str) -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(data_directory().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

fn run(case: &Path, out: &Path, extra: &[&str]) -> std::process::Output {
    let mut inputs: Vec<String> = fs::read_dir(case)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "csv"))
        .collect();
    inputs.sort();
    let settings = fs::read_to_string(case.join("settings.env")).unwrap();
    let variables = settings.lines().filter_map(|line| line.split_once('='));
    strata(case).arg("segment").args(inputs).arg("--out").arg(out).args(extra).envs(variables).output().unwrap()
}

/// Runs every case in a folder with one thread and with three; returns the number of cases.
fn assert_exact_files(folder: &str) -> usize {
    let mut failures = Vec::new();
    let cases: Vec<PathBuf> = cases(folder).into_iter().filter(|case| case.join("expected").is_dir()).collect();
    for case in &cases {
        for threads in ["1", "3"] {
            let directory = tempfile::tempdir().unwrap();
            let out = directory.path().join("out");
            assert_success(&run(case, &out, &["--threads", threads]));
            let expected = read_directory(&case.join("expected"));
            let found = differences(&expected, &read_directory(&out));
            let name = case.display();
            failures.extend(found.into_iter().map(|difference| format!("{name} ({threads} threads): {difference}")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    cases.len()
}

#[test]
fn every_conformance_case_gives_exactly_its_files() {
    assert_eq!(assert_exact_files("conformance"), 24);
}

#[test]
fn every_random_case_gives_exactly_its_files() {
    assert_eq!(assert_exact_files("random"), 10);
}

#[test]
fn every_error_case_ends_with_its_words_and_nothing_written() {
    let mut count = 0;
    for case in cases("conformance").iter().filter(|case| case.join("error.txt").is_file()) {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("out");
        let output = run(case, &out, &[]);
        let message = text(&output.stderr);
        assert!(matches!(output.status.code(), Some(2 | 3)), "{}: {message}", case.display());
        for word in fs::read_to_string(case.join("error.txt")).unwrap().split_whitespace() {
            assert!(message.contains(word), "{}: `{word}` is not in: {message}", case.display());
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "{}", case.display());
        count += 1;
    }
    assert_eq!(count, 2);
}
