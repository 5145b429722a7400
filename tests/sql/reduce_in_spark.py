"""Runs reductions in Spark, local mode: for each DIRECTORY, reduction.sql over rows.csv into parts/*.parquet.

The CSV is loaded with types, as in a warehouse. Several partitions produce several files.
"""

import pathlib
import sys

from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "3")
    .config("spark.sql.adaptive.enabled", "false")
    .getOrCreate()
)
for directory in map(pathlib.Path, sys.argv[1:]):
    rows = spark.read.csv(str(directory / "rows.csv"), header=True, inferSchema=True, escape='"')
    rows.createOrReplaceTempView("user_daily")
    users = spark.sql((directory / "reduction.sql").read_text())
    users.write.parquet(str(directory / "parts"), compression="zstd")
spark.stop()
