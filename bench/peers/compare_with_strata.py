#!/usr/bin/env python3
"""compare_with_strata.py STRATA PEER: checks that the files of `strata segment` and of a peer agree where they
overlap.

Strata does more than the peers, and some of it differently (exact sums, sessions in the score). These must be equal:
the users, the days to their stage, each cohort's size and retained users per window, the users who reached each stage
of the funnel, the users per revenue segment and their revenue. Strata must be run with `all_users` as percentile base.
"""

import sys

import polars as pl
from polars import col

strata, peer = sys.argv[1:3]
differences = []


def read(directory, name):
    return pl.read_csv(f"{directory}/{name}.csv", infer_schema_length=None)


def check(what, one, other):
    if not one.equals(other):
        joined = pl.concat([one.rename(lambda name: f"strata_{name}"), other.rename(lambda name: f"peer_{name}")], how="horizontal")
        differences.append(f"{what}\n{joined.head(5) if one.height == other.height else (one.height, other.height)}")


journeys = read(strata, "user_journey_segments").select("user_id", days=col("time_to_stage_days").cast(pl.Int64)).sort("user_id")
check("users and days to their stage", journeys, read(peer, "users").select("user_id", col("days").cast(pl.Int64)).sort("user_id"))

cells = read(strata, "retention_detail").filter(col("cohort_date") != "all")
cohorts = read(peer, "retention")
windows = [int(name[1:]) for name in cohorts.columns if name.startswith("d") and name[1:].isdigit()]
expected = pl.concat([
    cohorts.filter(col(f"d{day}_rate").is_not_null()).select("cohort_date", day=pl.lit(day, pl.Int64), size="size", retained=f"d{day}")
    for day in windows
])
found = cells.filter(col("eligible_users") == col("cohort_size")).select("cohort_date", "day", size="cohort_size", retained="retained_users")
check("retention", found.sort("cohort_date", "day"), expected.sort("cohort_date", "day"))

stages = read(strata, "journey_funnel_analysis").select(stage="stage_name", reached="users_reached").sort("stage")
reached = read(peer, "funnel").select("stage", "reached").filter(col("stage").is_in(stages["stage"].implode())).sort("stage")
check("funnel", stages, reached)

segments = read(strata, "revenue_segment_summary").select(segment="revenue_segment", users="user_count", revenue="total_revenue").sort("segment")
# Strata rounds each exact sum once, to cents.
expected = read(peer, "revenue").select("segment", "users", col("revenue").cast(pl.Float64)).sort("segment")
check("users per revenue segment", segments.select("segment", "users"), expected.select("segment", "users"))
if ((segments["revenue"] - expected["revenue"]).abs() > 0.0051).any():
    differences.append(f"revenue\n{segments}\n{expected}")

for difference in differences:
    print("DIFFERENT:", difference)
print("AGREE" if not differences else "DISAGREE", strata, peer)
sys.exit(bool(differences))
