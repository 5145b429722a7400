"""Compares two output directories; the exit code is 1 if they differ.

    python3 compare.py EXPECTED_DIR ACTUAL_DIR

CSV files are compared byte for byte, except for the `reason` of rejected rows; JSON files are compared
by value, without the version and the wording. `(any)` in the expected file matches anything.
"""

import argparse
import csv
import io
import json
import math
import sys
from pathlib import Path

ANY = "(any)"
WORDING = {"version", "description", "criteria", "statistical_framework", "warnings", "examples"}
RELATIVE_TOLERANCE = 1e-12
SHOWN_DIFFERENCES = 5


def read_text(path):
    return path.read_bytes().decode("utf-8")


def without_reason(text):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    index = rows[0].index("reason")
    return [row[:index] + row[index + 1 :] for row in rows]


def csv_differences(name, expected, actual):
    if name == "rejected_rows.csv":
        expected_lines, actual_lines = without_reason(expected), without_reason(actual)
    else:
        expected_lines, actual_lines = expected.split("\n"), actual.split("\n")
    for number, (left, right) in enumerate(zip(expected_lines, actual_lines), start=1):
        if left != right:
            yield f"line {number}:\n  expected {left}\n  actual   {right}"
    if len(expected_lines) != len(actual_lines):
        yield f"{len(expected_lines)} lines expected, {len(actual_lines)} found"


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def finding_counts(findings):
    """Count by code; a count of 0 is not a finding."""
    return {finding["code"]: finding["count"] for finding in findings if finding["count"] != 0}


def finding_differences(path, expected, actual):
    expected, actual = finding_counts(expected), finding_counts(actual)
    for code in sorted(expected.keys() | actual.keys()):
        left, right = expected.get(code), actual.get(code)
        if left not in (ANY, right):
            yield f"{path}.{code}: expected {left}, actual {right}"


def object_differences(path, expected, actual):
    for key in sorted(expected.keys() | actual.keys()):
        if key not in actual:
            yield f"{path}.{key}: missing"
        elif key not in expected:
            yield f"{path}.{key}: not expected"
        elif key == "findings":
            yield from finding_differences(f"{path}.{key}", expected[key], actual[key])
        elif key not in WORDING:
            yield from json_differences(f"{path}.{key}", expected[key], actual[key])


def list_differences(path, expected, actual):
    if len(expected) != len(actual):
        yield f"{path}: {len(expected)} items expected, {len(actual)} found"
    for index, (left, right) in enumerate(zip(expected, actual)):
        yield from json_differences(f"{path}[{index}]", left, right)


def json_differences(path, expected, actual):
    if expected == ANY:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        yield from object_differences(path, expected, actual)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from list_differences(path, expected, actual)
    elif is_number(expected) and is_number(actual):
        if not math.isclose(expected, actual, rel_tol=RELATIVE_TOLERANCE):
            yield f"{path}: expected {expected}, actual {actual}"
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{path}: expected {expected!r}, actual {actual!r}"


def file_differences(expected_path, actual_path):
    expected, actual = read_text(expected_path), read_text(actual_path)
    if expected_path.suffix == ".json":
        return list(json_differences("$", json.loads(expected), json.loads(actual)))
    return [] if expected == actual else list(csv_differences(expected_path.name, expected, actual))


def directory_differences(expected, actual):
    """Differences by file name."""
    expected_files, actual_files = ({path.name: path for path in d.iterdir()} for d in (expected, actual))
    differences = {}
    for name in sorted(expected_files.keys() | actual_files.keys()):
        if name not in actual_files:
            differences[name] = ["missing"]
        elif name not in expected_files:
            differences[name] = ["not expected"]
        else:
            differences[name] = file_differences(expected_files[name], actual_files[name])
    return {name: found for name, found in differences.items() if found}


def show(differences):
    for name, found in differences.items():
        print(f"{name}: {len(found)} differences")
        for difference in found[:SHOWN_DIFFERENCES]:
            print(f"  {difference}")


def main():
    parser = argparse.ArgumentParser(description="compare two output directories")
    parser.add_argument("expected", type=Path)
    parser.add_argument("actual", type=Path)
    arguments = parser.parse_args()
    differences = directory_differences(arguments.expected, arguments.actual)
    show(differences)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
