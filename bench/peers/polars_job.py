#!/usr/bin/env python3
"""polars_job.py INPUT.csv DIRECTORY [THREADS]: the job in JOB.md, with lazy data frames, streamed."""
import os, sys
# Must be set before the import.
if len(sys.argv) > 3: os.environ["POLARS_MAX_THREADS"] = sys.argv[3]
import polars as pl
from polars import col as c, lit
inp, out = sys.argv[1], sys.argv[2].rstrip("/") + "/"
os.makedirs(out, exist_ok=True)
WIN = [1, 3, 7, 14, 30, 60]
STAGES = ["ftue_complete"] + [f"level_{k}" for k in range(1, 11)] + ["first_purchase"]
F, I, S, D = pl.Float64, pl.Int32, pl.String, pl.Date
types = {"user_id": S, "device_id": S, "date": D, "cohort_date": D, "days_since_first_event": I, "avg_session_duration_minutes": F,
         "total_session_time_minutes": F, "total_revenue": F, "iap_revenue": F, "ad_revenue": F, "subscription_revenue": F, "total_events": I}
types |= {f"{s}_time": S for s in STAGES}
hdr = open(inp).readline().rstrip("\n").split(",")
lf = pl.scan_csv(inp, schema={h: types.get(h, S) for h in hdr}).select(list(types)).set_sorted("user_id")   # the file is sorted by user
# ISO times in one zone sort chronologically as text, so min() of the text is the earliest time.
u = lf.group_by("user_id").agg(
    c("device_id").first(), c("cohort_date").min(), c("date").max().alias("last"),
    c("total_revenue").sum().alias("revenue"), c("iap_revenue").sum().alias("iap"), c("ad_revenue").sum().alias("ad"),
    c("subscription_revenue").sum().alias("sub"), c("total_events").cast(F).sum().alias("events"),
    c("avg_session_duration_minutes").mean().alias("dur"), c("total_session_time_minutes").sum().alias("session_time"),
    pl.len().cast(F).alias("active_days"),
    *[c(f"{s}_time").min().alias(s) for s in STAGES],
    *[(c("days_since_first_event") == n).any().alias(f"d{n}") for n in WIN],
).collect(engine="streaming")
mm = lambda e: ((e - e.min()) / (e.max() - e.min())).fill_nan(0).fill_null(0)
last = u["last"].max()
n = u.height
code = pl.coalesce(*[pl.when(c(s).is_not_null()).then(lit(i + 1, pl.UInt8)) for i, s in reversed(list(enumerate(STAGES)))], lit(0, pl.UInt8))
u = u.lazy().with_columns(
    (lit(last) - c("last")).dt.total_days().alias("idle"), code.alias("code"), pl.coalesce(*reversed(STAGES)).alias("stage_time"),
).with_columns(
    (.3 * mm(c("active_days")) + .25 * mm(c("dur")) + .25 * mm(c("events")) + .2 * (1 - c("idle") / pl.max_horizontal(c("idle").max(), 1))).alias("score"),
    (c("revenue").rank("average") * (100 / n)).alias("pct"),
    (c("stage_time").str.slice(0, 10).str.to_date("%Y-%m-%d") - c("cohort_date")).dt.total_days().fill_null(0).alias("days"),
).with_columns(
    pl.when(c("idle") >= 14).then(lit("churned")).when(c("score") >= c("score").quantile(.7, "linear")).then(lit("high_engagement"))
      .when(c("score") >= c("score").quantile(.3, "linear")).then(lit("moderate_engagement")).otherwise(lit("low_engagement")).alias("bseg"),
    pl.when(c("revenue") <= 0).then(lit("free_user")).when(c("revenue") >= c("revenue").quantile(.95, "linear")).then(lit("whale"))
      .when(c("revenue") >= c("revenue").quantile(.8, "linear")).then(lit("dolphin")).otherwise(lit("minnow")).alias("rseg"),
    c("code").replace_strict(range(13), ["ftue_start"] + STAGES, return_dtype=S).alias("stage"),
).collect()
u.select("user_id", "device_id", "stage", "stage_time", "days", c("bseg").alias("behavioral_segment"), c("rseg").alias("revenue_segment"),
         c("score").round(6), c("pct").round(4).alias("revenue_percentile")).write_csv(out + "users.csv")
rate = lambda w: pl.when((c("cohort_date") + pl.duration(days=w)) <= last).then((100 * c(f"d{w}") / c("size")).round(1)).alias(f"d{w}_rate")
r = u.group_by("cohort_date").agg(pl.len().alias("size"), *[c(f"d{w}").sum() for w in WIN]).with_columns(*[rate(w) for w in WIN]).sort("cohort_date")
r.select("cohort_date", "size", *[x for w in WIN for x in (f"d{w}", f"d{w}_rate")]).write_csv(out + "retention.csv")
u.group_by(c("bseg").alias("segment")).agg(pl.len().alias("users"), c("score").mean().alias("avg_score"), c("active_days").mean().alias("avg_active_days"),
    c("session_time").mean().alias("avg_session_time"), c("idle").mean().alias("avg_idle"), c("revenue").sum()).sort("segment").write_csv(out + "behavioral.csv")
u.group_by(c("rseg").alias("segment")).agg(pl.len().alias("users"), c("revenue").sum(), c("iap").sum(), c("ad").sum(), c("sub").sum().alias("subscription")).sort("segment").write_csv(out + "revenue.csv")
reach = u.select(pl.len().alias("ftue_start"), *[c(s).count() for s in STAGES]).row(0)
f = pl.DataFrame({"code": list(range(13)), "stage": ["ftue_start"] + STAGES, "reached": reach}, schema_overrides={"code": pl.UInt8})
f.join(u.group_by("code").agg(pl.len().alias("highest"), c("days").mean().alias("avg_days")), on="code", how="left", maintain_order="left").select(
    "stage", "reached", (100 * c("reached") / n).alias("pct"), c("highest").fill_null(0), "avg_days").write_csv(out + "funnel.csv")
