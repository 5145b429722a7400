"""The column types that DuckDB is given, so that it need not detect them. Milestones stay text: ISO times in one zone
sort chronologically."""

import csv
import json
import os

with open(os.path.join(os.path.dirname(__file__), "column_types.json")) as types:
    TYPES = json.load(types)


def columns(path):
    """The columns of a CSV file, for DuckDB's `columns = {...}`."""
    with open(path, newline="") as file:
        header = next(csv.reader(file))
    return ", ".join(f"'{name}': '{TYPES.get(name, 'VARCHAR')}'" for name in header)


def statements(sql):
    """The statements of a script, each of which ends with a semicolon at the end of a line."""
    return [statement.strip() for statement in sql.split(";\n") if statement.strip()]
