#!/usr/bin/env python3
"""pandas_job.py INPUT.csv DIRECTORY [THREADS]: the job in JOB.md, with data frames; Arrow reads the file."""
import os, sys
inp, out, thr = sys.argv[1], sys.argv[2].rstrip("/") + "/", int((sys.argv[3:] or ["0"])[0])
import numpy as np, pandas as pd, pyarrow as pa
if thr: pa.set_cpu_count(thr); pa.set_io_thread_count(thr)
os.makedirs(out, exist_ok=True)
WIN = [1, 3, 7, 14, 30, 60]
STAGES = ["ftue_complete"] + [f"level_{k}" for k in range(1, 11)] + ["first_purchase"]
TC = [s + "_time" for s in STAGES]
dt = {"user_id": "str", "device_id": "str", "days_since_first_event": "int32", "avg_session_duration_minutes": "float64",
      "total_session_time_minutes": "float64", "total_revenue": "float64", "iap_revenue": "float64", "ad_revenue": "float64",
      "subscription_revenue": "float64", "total_events": "int64", "date": "str", "cohort_date": "str"}
# This reader detects the timestamps itself.
d = pd.read_csv(inp, usecols=list(dt) + TC, dtype=dt, engine="pyarrow")
# Dates: few distinct ISO strings, so each is parsed once. Milestone times: integers of nanoseconds, minimum per group.
def day(x):
    k, v = pd.factorize(x); return np.array(v, "datetime64[D]").astype(np.int64)[k]
d["date"] = day(d["date"]); d["cohort_date"] = day(d["cohort_date"])
g_key, users = pd.factorize(d["user_id"])
d = d.drop(columns="user_id")
for w in WIN: d[f"d{w}"] = d["days_since_first_event"] == w
times = {}
n = len(users)
for s, t in zip(STAGES, TC):                       # null-skipping min per user, only over the set cells
    m = d[t].notna().to_numpy()
    iso = d[t][m].dt.tz_localize(None).to_numpy().astype("datetime64[us]").view(np.int64) if m.any() else np.empty(0, np.int64)
    a = np.full(n, np.iinfo(np.int64).max); np.minimum.at(a, g_key[m], iso); times[s] = a
d = d.drop(columns=TC)
u = d.groupby(g_key, sort=False).agg(
    device_id=("device_id", "first"), cohort_date=("cohort_date", "min"), last=("date", "max"), revenue=("total_revenue", "sum"),
    iap=("iap_revenue", "sum"), ad=("ad_revenue", "sum"), sub=("subscription_revenue", "sum"), events=("total_events", "sum"),
    dur=("avg_session_duration_minutes", "mean"), session_time=("total_session_time_minutes", "sum"), active_days=("date", "size"),
    **{f"d{w}": (f"d{w}", "max") for w in WIN})
last = u["last"].max(); idle = u["idle"] = last - u["last"]
mm = lambda x: ((x - x.min()) / ((x.max() - x.min()) or np.nan)).fillna(0)
u["score"] = score = .3 * mm(u.active_days) + .25 * mm(u.dur) + .25 * mm(u.events) + .2 * (1 - idle / max(idle.max(), 1))
s70, s30 = score.quantile([.7, .3]); r95, r80 = u.revenue.quantile([.95, .8])
u["bseg"] = np.select([idle >= 14, score >= s70, score >= s30], ["churned", "high_engagement", "moderate_engagement"], "low_engagement")
u["rseg"] = np.select([u.revenue <= 0, u.revenue >= r95, u.revenue >= r80], ["free_user", "whale", "dolphin"], "minnow")
u["pct"] = u.revenue.rank(pct=True) * 100
NONE = np.iinfo(np.int64).max
T = np.stack([times[s] for s in STAGES])
have = T != NONE
code = np.where(have, np.arange(1, 13)[:, None], 0).max(0)
st = T[np.maximum(code - 1, 0), np.arange(n)]
names = np.array(["ftue_start"] + STAGES)
u["days"] = np.where(code == 0, 0, st // 86_400_000_000 - u.cohort_date)
txt = pd.Series(np.char.replace(np.datetime_as_string(np.where(code == 0, 0, st).astype("datetime64[us]")), "T", " ")).str.cat(np.full(n, "+00:00"))
pd.DataFrame({"user_id": users, "device_id": u.device_id.to_numpy(), "stage": names[code], "stage_time": txt.where(code > 0), "days": u.days.to_numpy(),
    "behavioral_segment": u.bseg.to_numpy(), "revenue_segment": u.rseg.to_numpy(), "score": u.score.round(6).to_numpy(),
    "revenue_percentile": u.pct.round(4).to_numpy()}).to_csv(out + "users.csv", index=False)
r = u.groupby("cohort_date").agg(size=("last", "size"), **{f"d{w}": (f"d{w}", "sum") for w in WIN}).reset_index()
for w in WIN: r[f"d{w}_rate"] = (100 * r[f"d{w}"] / r["size"]).round(1).where(r.cohort_date + w <= last)
r["cohort_date"] = r.cohort_date.to_numpy().astype("datetime64[D]").astype(str)
r[["cohort_date", "size"] + [x for w in WIN for x in (f"d{w}", f"d{w}_rate")]].to_csv(out + "retention.csv", index=False)
u.groupby("bseg").agg(users=("last", "size"), avg_score=("score", "mean"), avg_active_days=("active_days", "mean"), avg_session_time=("session_time", "mean"),
    avg_idle=("idle", "mean"), revenue=("revenue", "sum")).rename_axis("segment").to_csv(out + "behavioral.csv")
u.groupby("rseg").agg(users=("last", "size"), revenue=("revenue", "sum"), iap=("iap", "sum"), ad=("ad", "sum"), subscription=("sub", "sum")).rename_axis("segment").to_csv(out + "revenue.csv")
hi = np.bincount(code, minlength=13)
reach = np.r_[n, have.sum(1)]
sd = np.bincount(code, weights=u.days, minlength=13)
with np.errstate(invalid="ignore"):
    pd.DataFrame({"stage": names, "reached": reach, "pct": 100 * reach / n, "highest": hi, "avg_days": sd / hi}).to_csv(out + "funnel.csv", index=False)
