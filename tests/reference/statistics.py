"""Writes statistics.json: reference values for the statistical functions.

    python3 statistics.py [--out statistics.json]

Every value comes from scipy, statsmodels, numpy or exact integer arithmetic; the file contains the
versions used. Running the script again with the pinned versions writes the same bytes.
"""

import argparse
import json
import math
import platform
import random
from fractions import Fraction

import numpy
import scipy
import scipy.stats
import statsmodels
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.proportion import proportion_confint

SEED = 20240101
FISHER_RELATIVE_TOLERANCE = Fraction(1, 10**7)


def wilson_interval_rows(rng):
    sizes = [1, 2, 3, 10, 13, 30, 100, 999, 12345, 1_000_000, 5_000_000]
    rows = []
    for alpha in (0.05, 0.1, 0.01, 0.001, 0.5, 0.32):
        for n in sizes:
            for k in sorted({0, 1, n // 3, n // 2, n - 1, n, rng.randint(0, n)}):
                low, high = proportion_confint(k, n, alpha=alpha, method="wilson")
                rows.append({"k": k, "n": n, "alpha": alpha, "low": float(low), "high": float(high)})
    return rows


def normal_quantile_rows(rng):
    probabilities = {10.0**-e for e in (300, 250, 200, 150, 100, 80, 60, 50, 40, 30, 25, 20, 18)}
    for e in range(1, 17):
        for factor in (1.0, 2.5, 5.0):
            p = factor * 10.0**-e
            probabilities.update({p, 1.0 - p} if 0.0 < 1.0 - p < 1.0 else {p})
    probabilities.update({0.5, 0.975, 0.95, 0.995, 0.9995, 0.425, 0.075, 0.02425, 0.97575})
    probabilities.update(rng.random() for _ in range(60))
    return [{"p": p, "z": float(scipy.stats.norm.ppf(p))} for p in sorted(probabilities)]


def chi_squared_survival_rows():
    points = [1e-6, 1e-4, 0.01, 0.1, 0.5, 1.0, 2.0, 3.841458820694124, 5.0, 6.634896601021213, 8.0,
              10.0, 15.5, 20.0, 31.25, 50.0, 77.7, 100.0, 150.0, 250.0, 400.0, 700.0, 1000.0, 1300.0, 1400.0]
    return [
        {"x": x, "df": df, "sf": float(scipy.stats.chi2.sf(x, df))}
        for df in range(1, 10)
        for x in points
    ]


def pearson_rows(rng):
    tables = [(10, 20, 30, 40), (5, 5, 5, 5), (1, 9, 11, 3), (0, 10, 5, 5), (10, 0, 0, 10),
              (120, 880, 150, 850), (50000, 50000, 50100, 49900), (2500000, 2500000, 2400000, 2600000)]
    for size in (10, 50, 200, 1000, 20000, 1000000):
        for _ in range(8):
            tables.append(tuple(rng.randint(1, size) for _ in range(4)))
    rows = []
    for a, b, c, d in tables:
        result = scipy.stats.chi2_contingency([[a, b], [c, d]], correction=False)
        rows.append({"a": a, "b": b, "c": c, "d": d,
                     "chi_squared": float(result.statistic), "p_value": float(result.pvalue)})
    return rows


def fisher_with_tolerance(a, b, c, d):
    """Exact two-sided p: the sum of all tables at most (1 + 1e-7) times as probable as this one."""
    row, other, column = a + b, c + d, a + c
    first, last = max(0, column - other), min(row, column)
    weight = math.comb(row, first) * math.comb(other, column - first)
    weights = []
    for x in range(first, last + 1):
        weights.append(weight)
        if x < last:
            weight = weight * (row - x) * (column - x) // ((x + 1) * (other - column + x + 1))
    limit = weights[a - first] * (1 + FISHER_RELATIVE_TOLERANCE)
    return float(Fraction(sum(w for w in weights if w <= limit), sum(weights)))


def fisher_rows(rng):
    tables = [(3, 1, 1, 3), (8, 2, 1, 5), (0, 5, 5, 0), (5, 0, 0, 5), (0, 10, 0, 10), (1, 1, 1, 1),
              (1, 0, 0, 1), (10, 10, 10, 10), (2, 8, 8, 2), (4, 26, 0, 30), (30, 0, 26, 4), (1, 29, 4, 56),
              (0, 20, 20, 140), (20, 0, 0, 140), (20, 0, 60, 80), (0, 20, 80, 60), (100, 2, 1000, 5),
              (3, 997, 12, 988), (2, 49998, 9, 49991), (4, 9996, 50, 89950), (0, 100, 3, 99897),
              (1, 999, 1, 98999), (300, 49700, 350, 49650), (25000, 25000, 25200, 24800)]
    for size in (3, 6, 12, 30, 100, 400):
        for _ in range(16):
            a, b, c, d = (rng.randint(0, size) for _ in range(4))
            if a + b and c + d and a + c and b + d:
                tables.append((a, b, c, d))
    for _ in range(10):
        n = rng.randint(20000, 50000)
        low, high = rng.randint(0, 6), rng.randint(0, 12)
        if low + high:
            tables.append((low, n - low, high, 100000 - n - high))
    rows = []
    for a, b, c, d in tables:
        reference = float(scipy.stats.fisher_exact([[a, b], [c, d]]).pvalue)
        exact = fisher_with_tolerance(a, b, c, d)
        if not math.isclose(reference, exact, rel_tol=1e-8, abs_tol=1e-300):
            raise ValueError(f"scipy {reference} and exact {exact} differ for {(a, b, c, d)}")
        rows.append({"a": a, "b": b, "c": c, "d": d, "p_value": exact, "p_value_scipy": reference})
    return rows


def mann_whitney_rows(rng):
    samples = [([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]), ([1.0, 1.0, 2.0], [1.0, 2.0, 2.0]), ([0.5], [0.5, 0.7]),
               ([0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]), ([1.0, 2.0], [1.5, 1.5])]
    for size in (5, 12, 30, 40):
        for levels in (2, 4, 10, 1000):
            for shift in (0, 1):
                x = [rng.randint(0, levels) / levels for _ in range(size)]
                y = [(rng.randint(0, levels) + shift) / levels for _ in range(size + rng.randint(0, 10))]
                samples.append((x, y))
    rows = []
    for x, y in samples:
        result = scipy.stats.mannwhitneyu(x, y, use_continuity=True, alternative="two-sided", method="asymptotic")
        rows.append({"x": x, "y": y, "u": float(result.statistic), "p_value": float(result.pvalue)})
    return rows


def benjamini_hochberg_rows(rng):
    families = [[0.01], [0.5, 0.5], [0.01, 0.02, 0.03, 0.04], [0.04, 0.03, 0.02, 0.01], [1.0, 1.0, 0.0],
                [1e-300, 0.2, 1e-10, 0.9], [0.05, 0.049, 0.051, 0.05]]
    for size in (2, 3, 5, 8, 20, 60):
        for decimals in (2, 15):
            families.append([round(rng.random() ** 3, decimals) for _ in range(size)])
    return [
        {"p": family, "p_adjusted": [float(p) for p in scipy.stats.false_discovery_control(family, method="bh")]}
        for family in families
    ]


def quantile_rows(rng):
    samples = [[1.0], [1.0, 2.0], [0.3, 0.1, 0.2], [5.0, 5.0, 5.0, 5.0], [-3.5, 0.0, 12.25, 1e9, 1e-9]]
    for size in (4, 7, 10, 21, 50):
        samples.append([round(rng.random(), 12) for _ in range(size)])
        samples.append([float(rng.randint(0, 5)) for _ in range(size)])
    return [
        {"x": x, "p": p, "quantile": float(numpy.quantile(x, p, method="linear"))}
        for x in samples
        for p in (0.0, 0.01, 0.3, 0.5, 0.7, 0.8, 0.95, 0.99, 1.0)
    ]


def average_rank_rows(rng):
    samples = [[1.0], [2.0, 2.0], [3.0, 1.0, 2.0], [0.0, 0.0, 1.0, 1.0, 1.0, -1.0]]
    for size in (6, 15, 40):
        samples.append([float(rng.randint(0, 4)) for _ in range(size)])
        samples.append([round(rng.random(), 3) for _ in range(size)])
    return [{"x": x, "rank": [float(r) for r in scipy.stats.rankdata(x, method="average")]} for x in samples]


def contingency_rows(rng):
    tables = [[[12, 0], [3, 1]], [[5, 5], [5, 5]], [[40, 1, 20], [0, 24, 20], [56, 60, 40]]]
    for rows_count, columns_count in ((2, 2), (2, 3), (3, 2), (2, 4), (4, 2), (3, 3), (3, 4), (4, 3), (4, 4)):
        for size in (4, 60, 5000):
            tables.append([[rng.randint(0, size) for _ in range(columns_count)] for _ in range(rows_count)])
    rows = []
    for table in tables:
        counts = numpy.array(table)
        if not (counts.sum(axis=0).all() and counts.sum(axis=1).all()):
            continue
        result = scipy.stats.chi2_contingency(counts, correction=False)
        residuals = Table(counts, shift_zeros=False).standardized_resids
        rows.append({
            "observed": table,
            "expected": [[float(e) for e in row] for row in result.expected_freq],
            "chi_squared": float(result.statistic),
            "df": int(result.dof),
            "p_value": float(result.pvalue),
            "cramers_v": float(scipy.stats.contingency.association(counts, method="cramer", correction=False)),
            "adjusted_residuals": [[float(r) for r in row] for row in residuals],
        })
    return rows


def relative_standard_error(x):
    if len(x) < 2:
        return 1.0
    if min(x) == max(x):
        return 0.0
    mean = float(numpy.mean(x))
    return 1.0 if mean == 0.0 else float(scipy.stats.sem(x)) / abs(mean)


def relative_standard_error_rows(rng):
    samples = [[3.0], [0.0], [2.0, 2.0, 2.0], [0.0, 0.0], [-1.0, 1.0], [1.0, 2.0], [-5.0, -6.0, -7.5], [0.0, 10.0]]
    for size in (3, 10, 40):
        samples.append([round(rng.random(), 12) for _ in range(size)])
        samples.append([float(rng.randint(0, 3)) for _ in range(size)])
        samples.append([round(rng.lognormvariate(0, 2), 4) for _ in range(size)])
    return [{"x": x, "relative_standard_error": relative_standard_error(x)} for x in samples]


def general_format_rows(rng):
    values = [0.0, 1.0, 0.1, 0.5, 0.05, 1e-4, 1e-5, 9.9999949e-5, 9.999995e-5, 0.00012345, 0.000123456789, 123456.0,
              123456.5, 1234567.0, 999999.4, 999999.5, 999999.6, 0.9999994, 0.9999995, 0.99999951, 1e100, 1e-100,
              1.5e-300, 2.2250738585072014e-308, 5e-324, 1e-320, 1.7976931348623157e308, 0.0000015, 2.5, 1.0000005,
              1.0000015, 0.0500000049, 0.1000005, 100000.0, 1000000.0, 1 / 3, 2 / 3, 1e-6, 0.683256, 6.9467e-26]
    for _ in range(60):
        values.append(rng.random() * 10.0 ** rng.randint(-30, 1))
    for _ in range(30):
        values.append(float(f"{rng.randint(100000, 999999)}5e-{rng.randint(6, 14)}"))
    return [{"x": x, "text": "%.6g" % x} for x in values]


def decimal_text(fraction, digits):
    """`fraction` rounded half to even to `digits` decimals, without a negative zero."""
    scaled = round(fraction * 10**digits)
    sign = "-" if scaled < 0 else ""
    whole, part = divmod(abs(scaled), 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}"


def rounding_rows(rng):
    fractions = [(0, 1), (1, 3), (2, 3), (-1, 3), (1, 200), (3, 200), (5, 200), (-1, 200), (-3, 200), (-1, 1000),
                 (1, 20000), (3, 20000), (5, 20000), (-1, 20000), (-1, 30000), (199, 200), (19999, 20000), (1005, 1000),
                 (2675, 1000), (9999995, 1000000), (123456789012345, 1000), (100 * 29, 32), (100 * 3, 32), (100, 16),
                 (100 * 5, 800), (100 * 7, 160), (10**20 + 5, 1000)]
    for _ in range(60):
        fractions.append((rng.randint(-2000, 20000), rng.choice([8, 16, 32, 64, 80, 125, 160, 200, 400, 800, 20000])))
    for _ in range(20):
        fractions.append((100 * rng.randint(0, 5000), rng.randint(1, 5000)))
    return [
        {"numerator": n, "denominator": d,
         "two_decimals": decimal_text(Fraction(n, d), 2), "four_decimals": decimal_text(Fraction(n, d), 4)}
        for n, d in fractions
    ]


def versions():
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
    }


def reference_values():
    rng = random.Random(SEED)
    return {
        "wilson_interval": wilson_interval_rows(rng),
        "normal_quantile": normal_quantile_rows(rng),
        "chi_squared_survival": chi_squared_survival_rows(),
        "pearson_chi_squared_2x2": pearson_rows(rng),
        "fisher_exact": fisher_rows(rng),
        "mann_whitney_u": mann_whitney_rows(rng),
        "benjamini_hochberg": benjamini_hochberg_rows(rng),
        "quantile_type_7": quantile_rows(rng),
        "average_rank": average_rank_rows(rng),
        "contingency_table": contingency_rows(rng),
        "relative_standard_error": relative_standard_error_rows(rng),
        "general_format_6": general_format_rows(rng),
        "round_half_to_even": rounding_rows(rng),
    }


def json_text(values):
    """One row of each array per line."""
    parts = [f'"versions": {json.dumps(versions())}']
    for name, rows in values.items():
        lines = ",\n".join(json.dumps(row, allow_nan=False) for row in rows)
        parts.append(f'"{name}": [\n{lines}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description="write reference values of the statistical functions")
    parser.add_argument("--out", default="statistics.json")
    arguments = parser.parse_args()
    with open(arguments.out, "w", encoding="utf-8", newline="\n") as file:
        file.write(json_text(reference_values()))


if __name__ == "__main__":
    main()
