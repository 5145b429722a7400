//! Compares directories of output files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The bytes of every file in a directory, by name.
#[must_use]
pub fn read_directory(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        })
        .collect()
}

/// Describes how the files differ from the expected ones, one entry per difference; empty if they agree.
#[must_use]
pub fn differences(expected: &BTreeMap<String, Vec<u8>>, actual: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut differences = Vec::new();
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    if names(expected) != names(actual) {
        differences.push(format!("files: expected {:?}, found {:?}", names(expected), names(actual)));
    }
    for (name, expected) in expected {
        let Some(actual) = actual.get(name) else { continue };
        if Path::new(name).extension().is_some_and(|extension| extension == "json") {
            let parse = |bytes: &[u8]| by_code(serde_json::from_slice::<Value>(bytes).unwrap());
            compare_json(name, &parse(expected), &parse(actual), &mut differences);
        } else {
            let (expected, actual) = (without_reasons(name, expected), without_reasons(name, actual));
            if expected != actual {
                differences.push(first_difference(name, &expected, &actual));
            }
        }
    }
    differences
}

/// The text of a CSV file. `rejected_rows.csv` loses its reasons, whose wording is not part of the contract.
fn without_reasons(name: &str, bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if name != "rejected_rows.csv" {
        return text.into_owned();
    }
    let line = |line: &str| match line.splitn(4, ',').collect::<Vec<_>>()[..] {
        [file, number, _, row] if number.parse::<u64>().is_ok() => format!("{file},{number},,{row}"),
        _ => line.to_owned(),
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A document with its findings sorted by code, since their order is not part of the contract.
fn by_code(mut document: Value) -> Value {
    for path in ["/findings", "/data_quality/findings"] {
        if let Some(Value::Array(findings)) = document.pointer_mut(path) {
            findings.sort_by_key(|finding| finding["code"].to_string());
        }
    }
    document
}

fn first_difference(name: &str, expected: &str, actual: &str) -> String {
    let lines = expected.lines().zip(actual.lines()).enumerate().find(|(_, (expected, actual))| expected != actual);
    match lines {
        Some((number, (expected, actual))) => {
            format!("{name} line {}:\n  expected {expected}\n  found    {actual}", number + 1)
        }
        None => format!("{name}: expected {} lines, found {}", expected.lines().count(), actual.lines().count()),
    }
}

/// Whether two values are equal. The unrounded chi-squared statistic has a tolerance, because its last bit depends on
/// the order of summation.
fn same_number(path: &str, expected: &serde_json::Number, actual: &serde_json::Number) -> bool {
    let (Some(expected), Some(actual)) = (expected.as_f64(), actual.as_f64()) else { return false };
    let tolerance = if path.ends_with("chi_squared") { 1e-14 * expected.abs() } else { 0.0 };
    (expected - actual).abs() <= tolerance
}

/// Keys whose wording is not part of the contract.
const WORDING: [&str; 6] = ["description", "criteria", "statistical_framework", "warnings", "examples", "version"];

fn compare_json(path: &str, expected: &Value, actual: &Value, differences: &mut Vec<String>) {
    match (expected, actual) {
        (Value::String(any), _) if any == "(any)" => {}
        (Value::Object(expected), Value::Object(actual)) => {
            let keys = |object: &serde_json::Map<String, Value>| {
                let mut keys: Vec<String> = object.keys().cloned().collect();
                keys.sort();
                keys
            };
            if keys(expected) != keys(actual) {
                differences.push(format!("{path}: expected keys {:?}, found {:?}", keys(expected), keys(actual)));
            }
            for (key, expected) in expected.iter().filter(|(key, _)| !WORDING.contains(&key.as_str())) {
                if let Some(actual) = actual.get(key) {
                    compare_json(&format!("{path}.{key}"), expected, actual, differences);
                }
            }
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (position, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare_json(&format!("{path}[{position}]"), expected, actual, differences);
            }
        }
        (Value::Number(expected), Value::Number(actual)) if same_number(path, expected, actual) => {}
        _ if expected == actual => {}
        _ => differences.push(format!("{path}: expected {expected}, found {actual}")),
    }
}
