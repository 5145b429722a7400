"""Runs reductions in DuckDB: for each DIRECTORY, reduction.sql over rows.csv into users.parquet.

The CSV is loaded with types, as in a warehouse, in no particular order.
"""

import pathlib
import sys

import duckdb

for directory in map(pathlib.Path, sys.argv[1:]):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE user_daily AS FROM read_csv('{directory / 'rows.csv'}', sample_size = -1)")
    statement = (directory / "reduction.sql").read_text()
    output = directory / "users.parquet"
    connection.execute(f"COPY ({statement}) TO '{output}' (FORMAT parquet, COMPRESSION zstd)")
