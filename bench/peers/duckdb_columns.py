"""What DuckDB is told about the file: a type for each column, so that nothing is guessed. Milestones stay texts, which
sort as times do; they are ISO texts of one zone."""

import csv
import json
import os

with open(os.path.join(os.path.dirname(__file__), "column_types.json")) as types:
    TYPES = json.load(types)


def columns(path):
    """The columns of a CSV file as DuckDB's `columns = {...}`."""
    with open(path, newline="") as file:
        header = next(csv.reader(file))
    return ", ".join(f"'{name}': '{TYPES.get(name, 'VARCHAR')}'" for name in header)


def statements(sql):
    """The statements of a script: each ends with a semicolon at the end of a line."""
    return [statement.strip() for statement in sql.split(";\n") if statement.strip()]
