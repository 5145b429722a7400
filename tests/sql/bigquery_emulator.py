"""Serves BigQuery locally with bqemulator, with a table `shop.games.NAME` for each DIRECTORY/rows.csv.

Prints the addresses of the REST and Storage Read APIs, and stops when standard input ends. The rows are loaded with
types, as in a warehouse.
"""

import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import duckdb
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

# Three differences from BigQuery are corrected here. The emulator downloads a geography extension from a server that CI
# cannot reach, although no geography is used. Its NUMERIC has three decimal places and its BIGNUMERIC five; BigQuery's
# have 9 and 38. It names the table that holds a query's result, but cannot read that table.
LAUNCH = """
from bqemulator.jobs.executor import JOB_RESULTS
from bqemulator.storage.engine import DuckDBEngine
from sqlglot import exp
from sqlglot.generators.duckdb import DuckDBGenerator

DuckDBEngine._load_spatial = lambda self: None
written = DuckDBGenerator.datatype_sql
places = {exp.DType.DECIMAL: "DECIMAL(38, 9)", exp.DType.BIGDECIMAL: "DECIMAL(38, 18)"}


def datatype_sql(self, kind):
    return written(self, kind) if kind.expressions else places.get(kind.this) or written(self, kind)


DuckDBGenerator.datatype_sql = datatype_sql
fetch = DuckDBEngine.fetch_arrow


def fetch_arrow(self, statement, *arguments):
    results = (table for job, table in JOB_RESULTS.items() if "anon" + job.replace("-", "") in statement)
    found = next(results, None)
    return fetch(self, statement, *arguments) if found is None else found


DuckDBEngine.fetch_arrow = fetch_arrow

from bqemulator.cli import main
main()
"""
TYPES = {
    "BIGINT": "INT64",
    "BOOLEAN": "BOOL",
    "DATE": "DATE",
    "DOUBLE": "FLOAT64",
    "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "VARCHAR": "STRING",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def load(client, directory):
    rows = directory / "rows.csv"
    columns = duckdb.sql(f"DESCRIBE FROM read_csv('{rows}', sample_size = -1)").fetchall()
    schema = [bigquery.SchemaField(name, TYPES[kind]) for name, kind, *_ in columns]
    table = bigquery.Table(f"shop.games.{directory.name}", schema=schema)
    client.create_table(table)
    config = bigquery.LoadJobConfig(source_format="CSV", skip_leading_rows=1, schema=schema)
    with rows.open("rb") as file:
        client.load_table_from_file(file, table, job_config=config).result(timeout=120)


rest, grpc = free_port(), free_port()
ports = ["--rest-port", str(rest), "--grpc-port", str(grpc)]
arguments = ["start", *ports, "--ephemeral", "--project", "shop", "--log-level", "error"]
emulator = subprocess.Popen([sys.executable, "-c", LAUNCH, *arguments], stdout=sys.stderr)
try:
    address = f"http://127.0.0.1:{rest}"
    for attempt in range(120):
        try:
            urllib.request.urlopen(f"{address}/bigquery/v2/projects/shop/datasets", timeout=5)
            break
        except OSError:
            if emulator.poll() is not None:
                sys.exit("the emulator does not start")
            time.sleep(0.5)
    else:
        sys.exit("the emulator does not answer")
    options = {"api_endpoint": address}
    client = bigquery.Client(project="shop", credentials=AnonymousCredentials(), client_options=options)
    client.create_dataset("games")
    for directory in map(pathlib.Path, sys.argv[1:]):
        load(client, directory)
    print(address, f"http://127.0.0.1:{grpc}", flush=True)
    sys.stdin.read()
finally:
    emulator.terminate()
    emulator.wait(timeout=30)
