#!/usr/bin/env python3
"""duckdb_job.py INPUT.csv DIRECTORY [THREADS]: the job in JOB.md, in SQL."""

import os
import sys

import duckdb

from duckdb_columns import columns, statements

source, out = sys.argv[1:3]
os.makedirs(out, exist_ok=True)
connection = duckdb.connect()
connection.execute("SET preserve_insertion_order = false")
if len(sys.argv) > 3:
    connection.execute(f"SET threads = {int(sys.argv[3])}")
with open(os.path.join(os.path.dirname(__file__), "duckdb_job.sql")) as script:
    sql = script.read()
sql = sql.replace("@IN@", source).replace("@OUT@", out.rstrip("/") + "/").replace("@COLUMNS@", columns(source))
for statement in statements(sql):
    connection.execute(statement)
