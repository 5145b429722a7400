"""Writes tests/data/parquet: one small table as CSV and, by other writers, as Parquet with Zstandard.

pip install pyarrow polars; python parquet_files.py ../data/parquet
"""

import sys
from pathlib import Path

import polars
import pyarrow
import pyarrow.parquet

out = Path(sys.argv[1])
rows = 600
table = {
    "user_id": [f"u{number // 3:03}" for number in range(rows)],
    "date": [f"2025-07-{1 + number % 3 * 2:02}" for number in range(rows)],
    "device_id": [None if number % 5 == 0 else f"d{number % 7}" for number in range(rows)],
    "total_events": [None if number % 11 == 0 else number % 40 for number in range(rows)],
    "total_revenue": [None if number % 4 else round(number / 8, 3) for number in range(rows)],
    "level_1_time": [None] * rows,
}
frame = polars.DataFrame(table, schema_overrides={"level_1_time": polars.String})
frame.write_csv(out / "table.csv")
frame.write_parquet(out / "polars.parquet", compression="zstd", row_group_size=250)
arrow = frame.to_arrow()
for name, version in [("pyarrow_v1", "1.0"), ("pyarrow_v2", "2.0")]:
    pyarrow.parquet.write_table(
        arrow, out / f"{name}.parquet", compression="zstd", data_page_version=version,
        row_group_size=200, data_page_size=512,
    )
print("polars", polars.__version__, "pyarrow", pyarrow.__version__)
