#!/usr/bin/env python3
"""compare.py ONE OTHER: checks that the files of two peers agree. Prints every kind of difference; fails if one exceeds
floating-point noise."""
import sys, polars as pl
a, b = sys.argv[1:3]; bad = 0
for f, keys in (("users", ["user_id"]), ("retention", ["cohort_date"]), ("behavioral", ["segment"]), ("revenue", ["segment"]), ("funnel", ["stage"])):
    x, y = (pl.read_csv(f"{d}/{f}.csv", infer_schema_length=None).sort(keys) for d in (a, b))
    if x.columns != y.columns or x.height != y.height: print(f, "SHAPE", x.shape, y.shape, set(x.columns) ^ set(y.columns)); bad = 1; continue
    for c in x.columns:
        p, q = x[c], y[c]
        if p.dtype.is_float() or q.dtype.is_float():
            p, q = p.cast(pl.Float64), q.cast(pl.Float64)
            d = (p - q).abs(); nm = (p.is_null() != q.is_null()).sum(); m = d.max() or 0
            tol = {"score": 1.01e-6, "revenue_percentile": 1e-2}.get(c, .1001 if c.endswith("_rate") else 1e-6 * max(1, p.abs().max() or 0))
            if nm or m > tol: bad = 1
            if nm or m: print(f"{f}.{c}: max |diff| {m:.3g}, differing {int((d > 0).sum())}, null mismatches {nm}")
        else:
            k = int((p.ne_missing(q)).sum())
            if k: print(f"{f}.{c}: {k} differ of {x.height}", x.filter(p.ne_missing(q))[:3].rows(), y.filter(p.ne_missing(q))[:3].rows()); bad |= k > 2
print("AGREE" if not bad else "DISAGREE", a, b); sys.exit(bad)
