#!/usr/bin/env python3
"""pack.py FROM.csv TO: the same table as TO.gz, TO.zst or Parquet (TO.snappy.parquet, TO.zstd.parquet)."""

import sys

import polars as pl
import pyarrow as pa

source, target = sys.argv[1:3]
if target.endswith(".parquet"):
    # The types of an export from a warehouse: dates, integers, decimals, timestamps, text.
    table = pl.scan_csv(source, try_parse_dates=True, infer_schema_length=100_000)
    table.sink_parquet(target, compression="snappy" if "snappy" in target else "zstd")
else:
    codec = "gzip" if target.endswith(".gz") else "zstd"
    with pa.OSFile(source) as reader, pa.CompressedOutputStream(target, codec) as writer:
        while chunk := reader.read(1 << 20):
            writer.write(chunk)
