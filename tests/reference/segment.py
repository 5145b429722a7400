"""Reference implementation of the user segmentation contract, written to be read, not to be fast.

    python3 segment.py INPUT... --out DIR

Settings come from environment variables; SOURCE_DATE_EPOCH fixes `generated_at`. The script reads
only CSV and has neither `--strict` nor a configuration file. Money and minutes are integers of 1e-9 units,
rates and means of money exact fractions; scores, quantiles, means of counts and expected counts are
IEEE floats.
"""

import argparse
import difflib
import json
import math
import os
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from fractions import Fraction
from pathlib import Path

import scipy.stats

try:
    import blake3
except ImportError:
    blake3 = None

VERSION = "reference"

NANO = 10**9
MICROSECONDS_PER_DAY = 86_400 * 10**6
QUOTED_FIELD_LIMIT = 1 << 20
SMALLEST_EXPONENT = -100
DELIMITERS = (b",", b";", b"\t", b"|")

BEHAVIORAL_SEGMENTS = ("high_engagement", "moderate_engagement", "low_engagement", "churned")
REVENUE_SEGMENTS = ("whale", "dolphin", "minnow", "free_user")
REVENUE_PARTS = ("iap_revenue", "ad_revenue", "subscription_revenue")
REVENUE_COLUMNS = ("total_revenue",) + REVENUE_PARTS
MINUTE_COLUMNS = ("total_session_time_minutes", "avg_session_duration_minutes")
USAGE_COLUMNS = ("total_events", "total_sessions", "total_session_time_minutes")
METRIC_COLUMNS = ("total_events", "total_sessions") + MINUTE_COLUMNS + REVENUE_COLUMNS
SUMMED_COLUMNS = USAGE_COLUMNS + REVENUE_PARTS

COLUMN_KINDS = {
    "user_id": "string",
    "date": "date",
    "cohort_date": "date",
    "device_id": "string",
    "total_events": "count",
    "total_sessions": "count",
    "total_session_time_minutes": "minutes",
    "avg_session_duration_minutes": "minutes",
    "days_since_last_active": "count",
    "total_revenue": "money",
    "iap_revenue": "money",
    "ad_revenue": "money",
    "subscription_revenue": "money",
    "ftue_complete_time": "timestamp",
    "game_complete_time": "timestamp",
    "first_purchase_time": "timestamp",
    "user_type": "string",
    "last_updated": "timestamp",
}
REQUIRED_COLUMNS = ("user_id", "date")
SYNONYMS = {
    "user_id": ("uid", "userid", "player_id", "customer_id", "distinct_id"),
    "date": ("event_date", "activity_date", "day"),
    "cohort_date": ("install_date", "first_seen", "first_seen_date", "signup_date"),
    "total_revenue": ("revenue",),
    "total_sessions": ("sessions",),
    "total_events": ("events",),
}

NULLS = {"", "NULL", "null", "<NA>"}
NULLS_OUTSIDE_STRINGS = NULLS | {"None", "NaN", "nan", "NA", "N/A"}

NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")
TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?"
    r"(?:([+-])([0-9]{2})(?::([0-9]{2}))?|Z| UTC)?)?"
)
STAGE_NAME = re.compile(r"ftue_start|ftue_complete|level_[0-9]+|game_complete|first_purchase")
ROUNDED_USER_ID = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+")


class InputError(Exception):
    """Ends the run with this message before anything is written."""


# --- settings ---------------------------------------------------------------------------------


def setting_error(name, text, allowed):
    return InputError(f"{name}={text}: allowed is {allowed}")


def finite_number(name, text):
    try:
        value = float(text)
    except ValueError:
        raise setting_error(name, text, "a number") from None
    if not math.isfinite(value):
        raise setting_error(name, text, "a finite number")
    return value


def weight(name, text):
    value = finite_number(name, text)
    if value < 0:
        raise setting_error(name, text, "a number >= 0")
    return value


def share(name, text):
    value = finite_number(name, text)
    if not 0 <= value <= 1:
        raise setting_error(name, text, "a number from 0 to 1")
    return value


def open_share(name, text):
    value = finite_number(name, text)
    if not 0 < value < 1:
        raise setting_error(name, text, "a number strictly between 0 and 1")
    return value


def positive_integer(name, text):
    if not re.fullmatch(r"\+?[0-9]+", text.strip()) or int(text) < 1:
        raise setting_error(name, text, "a whole number >= 1")
    return int(text)


def calendar_date(name, text):
    try:
        return parse_date(text.strip())
    except ValueError:
        raise setting_error(name, text, "a date YYYY-MM-DD") from None


def run_hash(name, text):
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text) or text in (".", ".."):
        raise setting_error(name, text, "letters, digits, '.', '_' and '-', but not '.' or '..'")
    return text


def windows(name, text):
    return sorted({positive_integer(name, part.strip()) for part in text.split(",")})


def stages(name, text):
    names = [part.strip() for part in text.split(",")]
    for stage in names:
        if not STAGE_NAME.fullmatch(stage):
            raise setting_error(name, text, "ftue_start, ftue_complete, level_<N>, game_complete, first_purchase")
    if len(set(names)) < len(names):
        raise setting_error(name, text, "each stage once")
    return names


def word(*allowed):
    def parse(name, text):
        if text not in allowed:
            raise setting_error(name, text, ", ".join(allowed))
        return text

    return parse


DAY_WINDOWS = [1, 3, 7, 14, 30, 60]
PERIOD_WINDOWS = list(range(1, 13))
DEFAULT_STAGES = ["ftue_start", "ftue_complete", "level_1", "level_5", "level_10", "first_purchase"]

SETTINGS = {
    "RUN_HASH": (run_hash, None),
    "SEGMENTATION_MINIMUM_SAMPLE_SIZE": (positive_integer, 30),
    "SEGMENTATION_SIGNIFICANCE_THRESHOLD": (open_share, 0.05),
    "SEGMENTATION_CONFIDENCE_THRESHOLD": (share, 0.85),
    "SEGMENTATION_AS_OF_DATE": (calendar_date, None),
    "SEGMENTATION_COHORT_START_DATE": (calendar_date, None),
    "ENGAGEMENT_SESSION_FREQUENCY_WEIGHT": (weight, 0.3),
    "ENGAGEMENT_SESSION_DURATION_WEIGHT": (weight, 0.25),
    "ENGAGEMENT_EVENT_FREQUENCY_WEIGHT": (weight, 0.25),
    "ENGAGEMENT_RECENCY_WEIGHT": (weight, 0.2),
    "ENGAGEMENT_NORMALIZATION": (word("minmax", "winsor", "rank"), "minmax"),
    "ENGAGEMENT_BASIS": (word("total", "per_day"), "total"),
    "ENGAGEMENT_PERCENTILE_BASE": (word("active_users", "all_users"), "active_users"),
    "HIGH_ENGAGEMENT_PERCENTILE": (share, 0.7),
    "MODERATE_ENGAGEMENT_PERCENTILE": (share, 0.3),
    "WHALE_REVENUE_PERCENTILE": (share, 0.95),
    "DOLPHIN_REVENUE_PERCENTILE": (share, 0.8),
    "REVENUE_PERCENTILE_BASE": (word("revenue_users", "all_users"), "revenue_users"),
    "CHURN_DAYS_THRESHOLD": (positive_integer, 14),
    "RETENTION_WINDOWS": (windows, None),
    "RETENTION_DEFINITION": (word("classic", "rolling", "bracket"), "classic"),
    "RETENTION_PERIOD": (word("day", "week", "month"), "day"),
    "COHORT_GRANULARITY": (word("day", "week", "month"), "day"),
    "FUNNEL_STAGES": (stages, DEFAULT_STAGES),
    "FUNNEL_MODE": (word("closed", "ordered", "open"), "closed"),
    "FUNNEL_WINDOW_DAYS": (positive_integer, None),
    "CONFIDENCE_SIZE_WEIGHT": (weight, 0.4),
    "CONFIDENCE_COMPLETENESS_WEIGHT": (weight, 0.4),
    "CONFIDENCE_VARIANCE_WEIGHT": (weight, 0.2),
}
ENGAGEMENT_WEIGHTS = (
    "ENGAGEMENT_SESSION_FREQUENCY_WEIGHT",
    "ENGAGEMENT_SESSION_DURATION_WEIGHT",
    "ENGAGEMENT_EVENT_FREQUENCY_WEIGHT",
    "ENGAGEMENT_RECENCY_WEIGHT",
)
CONFIDENCE_WEIGHTS = (
    "CONFIDENCE_SIZE_WEIGHT",
    "CONFIDENCE_COMPLETENESS_WEIGHT",
    "CONFIDENCE_VARIANCE_WEIGHT",
)


def require_greater(settings, high, low):
    if settings[high] <= settings[low]:
        raise setting_error(high, settings[high], f"more than {low} ({settings[low]})")


def require_some_weight(settings, names):
    if sum(settings[name] for name in names) == 0:
        raise setting_error(names[0], settings[names[0]], f"not all of {', '.join(names)} 0")


def read_settings(environment):
    """The settings by name, and the source of each."""
    settings, sources = {}, {}
    for name, (parse, default) in SETTINGS.items():
        text = environment.get(name, "")
        settings[name] = parse(name, text) if text else default
        sources[name] = "environment" if text else "default"
    if settings["RETENTION_WINDOWS"] is None:
        settings["RETENTION_WINDOWS"] = DAY_WINDOWS if settings["RETENTION_PERIOD"] == "day" else PERIOD_WINDOWS
    require_greater(settings, "HIGH_ENGAGEMENT_PERCENTILE", "MODERATE_ENGAGEMENT_PERCENTILE")
    require_greater(settings, "WHALE_REVENUE_PERCENTILE", "DOLPHIN_REVENUE_PERCENTILE")
    require_some_weight(settings, ENGAGEMENT_WEIGHTS)
    require_some_weight(settings, CONFIDENCE_WEIGHTS)
    return settings, sources


# --- values -----------------------------------------------------------------------------------


def parse_date(text):
    """Ordinal of YYYY-MM-DD."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date(int(text[:4]), int(text[5:7]), int(text[8:])).toordinal()


def parse_timestamp(text):
    """Microseconds since ordinal day 0, UTC."""
    match = TIMESTAMP.fullmatch(text)
    if not match:
        raise ValueError(text)
    hour, minute, second = (int(match[i] or 0) for i in (4, 5, 6))
    offset_hours, offset_minutes = int(match[9] or 0), int(match[10] or 0)
    if hour > 23 or minute > 59 or second > 59 or offset_hours > 23 or offset_minutes > 59:
        raise ValueError(text)
    seconds = parse_date(text[:10]) * 86_400 + hour * 3600 + minute * 60 + second
    offset = offset_hours * 3600 + offset_minutes * 60
    seconds -= -offset if match[8] == "-" else offset
    return seconds * 10**6 + int((match[7] or "").ljust(6, "0"))


def parse_date_or_timestamp(text):
    """Ordinal of the date as written, whatever the zone."""
    parse_timestamp(text)
    return parse_date(text[:10])


def parse_number(text):
    """The exact value of a decimal number."""
    match = NUMBER.fullmatch(text)
    if not match or not (match[2] or match[3]):
        raise ValueError(text)
    if math.isinf(float(text)):
        raise ValueError(text)
    fraction_digits = match[3] or ""
    digits = match[2] + fraction_digits
    exponent = int(match[4] or 0) - len(fraction_digits)
    if int(digits) == 0:
        return Fraction(0)
    value = Fraction(int(digits)) * Fraction(10) ** max(exponent, SMALLEST_EXPONENT - len(digits))
    return -value if match[1] == "-" else value


def parse_count(text):
    value = parse_number(text)
    if value < 0 or value.denominator != 1:
        raise ValueError(text)
    return value.numerator


def parse_money(text):
    """Units of 1e-9, rounded half to even."""
    return round(parse_number(text) * NANO)


def parse_minutes(text):
    value = parse_money(text)
    if value < 0:
        raise ValueError(text)
    return value


PARSERS = {
    "date": parse_date_or_timestamp,
    "count": parse_count,
    "minutes": parse_minutes,
    "money": parse_money,
    "timestamp": parse_timestamp,
}


# --- CSV --------------------------------------------------------------------------------------


@dataclass
class Record:
    line: int
    raw: bytes
    fields: list
    problem: str


def line_end(data, position):
    end = data.find(b"\n", position)
    return len(data) if end < 0 else end


def without_carriage_return(raw):
    return raw[:-1] if raw.endswith(b"\r") else raw


def closing_quote(data, opening):
    """Position of the quote that closes the one at `opening`, or None if it is too far away."""
    position, limit = opening + 1, opening + 1 + QUOTED_FIELD_LIMIT
    while True:
        position = data.find(b'"', position, limit)
        if position < 0:
            return None
        if data[position + 1 : position + 2] != b'"':
            return position
        position += 2


def unquoted_end(data, position, delimiter):
    end = line_end(data, position)
    found = data.find(delimiter, position, end)
    return end if found < 0 else found


def read_record(data, start, delimiter):
    """Fields, problem, end of the record's text, and start of the next record."""
    fields, problem, position = [], "", start
    while True:
        if data[position : position + 1] == b'"':
            closing = closing_quote(data, position)
            if closing is None:
                end = line_end(data, position)
                return fields, "quote not closed", end, end + 1
            value = data[position + 1 : closing].replace(b'""', b'"')
            position = unquoted_end(data, closing + 1, delimiter)
            rest = data[closing + 1 : position]
            at_line_end = data[position : position + 1] == b"\n"
            if rest and not (at_line_end and rest == b"\r"):
                problem = "text after a closing quote"
            fields.append(value)
        else:
            end = unquoted_end(data, position, delimiter)
            value = data[position:end]
            position = end
            if data[position : position + 1] == b"\n":
                value = without_carriage_return(value)
            fields.append(value)
        if data[position : position + 1] != delimiter:
            return fields, problem, position, position + 1
        position += 1


def read_records(data, start, line, delimiter):
    """All records from `start` on; empty lines are not records."""
    while start < len(data):
        fields, problem, end, following = read_record(data, start, delimiter)
        raw = without_carriage_return(data[start:end]) if end < len(data) else data[start:end]
        if raw:
            yield Record(line, raw, fields, problem)
        line += data.count(b"\n", start, following)
        start = following


def header_delimiter(data):
    """The most frequent delimiter of the header outside quotes."""
    counts, position, field_start = Counter(), 0, True
    while position < len(data) and data[position : position + 1] != b"\n":
        byte = data[position : position + 1]
        if byte == b'"' and field_start:
            closing = closing_quote(data, position)
            if closing is None:
                raise InputError("the header holds a quote that is not closed")
            position = closing
        counts[byte] += byte in DELIMITERS
        field_start = byte in DELIMITERS
        position += 1
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def without_byte_order_mark(data, name):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name} is UTF-16; UTF-8 is needed")
    return data[3:] if data.startswith(b"\xef\xbb\xbf") else data


def read_csv(data, name):
    """Column names and an iterator over the records that follow the header."""
    data = without_byte_order_mark(data, name)
    start = 0
    while data[start : start + 1] == b"\n" or data[start : start + 2] == b"\r\n":
        start = line_end(data, start) + 1
    delimiter = header_delimiter(data[start:])
    fields, problem, _, following = read_record(data, start, delimiter)
    if problem:
        raise InputError(f"{name}: header: {problem}")
    try:
        header = [value.decode("utf-8") for value in fields]
    except UnicodeDecodeError:
        raise InputError(f"{name}: the header is not UTF-8") from None
    return header, read_records(data, following, 1 + data.count(b"\n", 0, following), delimiter)


# --- columns ----------------------------------------------------------------------------------


def plain(name):
    """A header name without case and punctuation."""
    return "".join(character for character in name.lower() if character.isalnum())


def matching_steps(column):
    """The tests for a header name, one per step, strictest first."""
    synonyms = {plain(synonym) for synonym in SYNONYMS.get(column, ())}
    return (
        lambda name: name == column,
        lambda name: plain(name) == plain(column),
        lambda name: plain(name) in synonyms,
    )


def level_columns(header):
    """Names `level_<N>_time` of the levels in a header."""
    found = set()
    for name in header:
        match = re.fullmatch(r"level([0-9]+)time", plain(name))
        if match:
            found.add(f"level_{int(match[1])}_time")
    return found


def find_column(column, header):
    """Index of a column in the header, or None if it is missing."""
    for matches in matching_steps(column):
        indexes = [index for index, name in enumerate(header) if matches(name)]
        if len(indexes) > 1:
            raise InputError(f"column {column} is there twice: {', '.join(header[i] for i in indexes)}")
        if indexes:
            return indexes[0]
    return None


def nearest_name(column, header):
    near = difflib.get_close_matches(column, header, n=1, cutoff=0.0)
    return near[0] if near else "none"


def find_columns(header, name):
    """Index by column for all columns that are used."""
    columns = {}
    for column in list(COLUMN_KINDS) + sorted(level_columns(header)):
        index = find_column(column, header)
        if index is not None:
            columns[column] = index
    missing = [column for column in REQUIRED_COLUMNS if column not in columns]
    if missing:
        nearest = ", ".join(f"{column} (nearest: {nearest_name(column, header)})" for column in missing)
        raise InputError(f"{name}: missing {nearest}; found: {', '.join(header)}")
    return columns


# --- rows -------------------------------------------------------------------------------------


@dataclass
class Row:
    values: dict
    total_revenue: int | None

    @property
    def user(self):
        return self.values["user_id"]

    @property
    def day(self):
        return self.values["date"]

    @property
    def revenue(self):
        return self.total_revenue or 0

    @property
    def is_activity(self):
        known = [self.values[c] for c in USAGE_COLUMNS if self.values.get(c) is not None]
        return not known or any(known) or self.revenue > 0

    def metric(self, column):
        return self.total_revenue if column == "total_revenue" else self.values.get(column)


@dataclass
class Dataset:
    rows: list = field(default_factory=list)
    columns: set = field(default_factory=set)
    inputs: list = field(default_factory=list)
    rejected: list = field(default_factory=list)
    invalid: list = field(default_factory=list)
    rows_with_invalid_value: int = 0
    duplicate_files: list = field(default_factory=list)

    @property
    def metric_columns(self):
        return [column for column in METRIC_COLUMNS if column in self.columns]

    @property
    def levels(self):
        return sorted(int(c.split("_")[1]) for c in self.columns if c.startswith("level_"))


def known_sum(values):
    """Sum of the known values, or None if there are none."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def parse_cell(column, text):
    """Value of a cell, or None for null; ValueError if it is invalid."""
    kind = COLUMN_KINDS.get(column, "timestamp")
    if kind == "string":
        return None if text in NULLS else text
    text = text.strip(" ")
    return None if text in NULLS_OUTSIDE_STRINGS else PARSERS[kind](text)


def key_problem(fields, columns):
    """Why a row is rejected for its user_id or date; empty if it is not."""
    if parse_cell("user_id", fields[columns["user_id"]]) is None:
        return "empty user_id"
    try:
        known = parse_cell("date", fields[columns["date"]]) is not None
    except ValueError:
        known = False
    return "" if known else "missing or impossible date"


def decode_record(record, columns, width):
    """The record's fields as text, and the reason to reject it, if any."""
    if record.problem:
        return [], record.problem
    try:
        fields = [value.decode("utf-8") for value in record.fields]
        record.raw.decode("utf-8")
    except UnicodeDecodeError:
        return [], "invalid UTF-8"
    if len(fields) != width:
        return [], f"{len(fields)} fields instead of {width}"
    return fields, key_problem(fields, columns)


def accept_row(dataset, fields, columns):
    values, valid = {}, True
    for column, index in columns.items():
        try:
            values[column] = parse_cell(column, fields[index])
        except ValueError:
            values[column] = None
            valid = False
            dataset.invalid.append(f"{column}: {fields[index]}")
    dataset.rows_with_invalid_value += not valid
    if "total_revenue" in columns:
        total = values["total_revenue"]
    else:
        total = known_sum(values.get(part) for part in REVENUE_PARTS)
    dataset.rows.append(Row(values, total))


def read_file(dataset, path, data):
    header, records = read_csv(data, path.name)
    columns = find_columns(header, path.name)
    dataset.columns.update(columns)
    for record in records:
        fields, reason = decode_record(record, columns, len(header))
        if reason:
            row = record.raw.decode("utf-8", errors="replace")
            dataset.rejected.append({"file": path.name, "line": str(record.line), "reason": reason, "row": row})
        else:
            accept_row(dataset, fields, columns)


def content_hash(data):
    return blake3.blake3(data).hexdigest() if blake3 else None


def read_dataset(paths):
    dataset, seen = Dataset(), set()
    for path in map(Path, paths):
        data = path.read_bytes()
        if data in seen:
            dataset.duplicate_files.append(path.name)
            continue
        seen.add(data)
        dataset.inputs.append({"name": path.name, "bytes": len(data), "blake3": content_hash(data)})
        read_file(dataset, path, data)
    if not dataset.rows:
        raise InputError("no row is left")
    return dataset


# --- statistics -------------------------------------------------------------------------------


def quantile(values, p):
    """Type 7 quantile, or None if there are no values."""
    if not values:
        return None
    x = sorted(values)
    h = (len(x) - 1) * p
    low = math.floor(h)
    high = min(low + 1, len(x) - 1)
    return x[low] + (h - low) * (x[high] - x[low])


def average_ranks(values):
    counts, below, ranks = Counter(values), 0, {}
    for value in sorted(counts):
        ranks[value] = below + (counts[value] + 1) / 2
        below += counts[value]
    return [ranks[value] for value in values]


def wilson_interval(k, n, alpha):
    z = float(scipy.stats.norm.ppf(1 - alpha / 2))
    p = k / n
    denominator = 1 + z * z / n
    center = (p + z * z / (2 * n)) / denominator
    half = z / denominator * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if k == 0 else max(0.0, center - half)
    high = 1.0 if k == n else min(1.0, center + half)
    return low, high


def fisher_exact(a, b, c, d):
    """Two-sided p: the sum of all tables at most (1 + 1e-7) times as probable as this one."""
    row, other, column = a + b, c + d, a + c
    first, last = max(0, column - other), min(row, column)
    weights = {x: math.comb(row, x) * math.comb(other, column - x) for x in range(first, last + 1)}
    limit = weights[a] * (1 + Fraction(1, 10**7))
    return float(Fraction(sum(w for w in weights.values() if w <= limit), sum(weights.values())))


def pearson_chi_squared(a, b, c, d):
    statistic = Fraction((a + b + c + d) * (a * d - b * c) ** 2, (a + b) * (c + d) * (a + c) * (b + d))
    return float(scipy.stats.chi2.sf(float(statistic), 1))


def compare_rates(k, n, other_k, other_n, minimum):
    """Two-sided p-value for equal rates, or None if they cannot be tested."""
    success, total = k + other_k, n + other_n
    if min(n, other_n) < minimum or success in (0, total):
        return None
    smallest_expected = Fraction(min(n, other_n) * min(success, total - success), total)
    test = fisher_exact if smallest_expected < 5 else pearson_chi_squared
    return test(k, n - k, other_k, other_n - other_k)


def compare_samples(x, y, minimum):
    """Mann-Whitney U, two-sided, normal approximation; None if it cannot be tested."""
    if min(len(x), len(y)) < minimum or len(set(x) | set(y)) < 2:
        return None
    result = scipy.stats.mannwhitneyu(x, y, use_continuity=True, alternative="two-sided", method="asymptotic")
    return float(result.pvalue)


def benjamini_hochberg(p_values):
    """Adjusted p-values by the keys of the raw ones; those not tested (None) are left out."""
    tested = {key: p for key, p in p_values.items() if p is not None}
    adjusted = scipy.stats.false_discovery_control(list(tested.values()), method="bh") if tested else []
    return dict(zip(tested, map(float, adjusted)))


def relative_standard_error(values):
    n = len(values)
    if n < 2:
        return 1.0
    if min(values) == max(values):
        return 0.0
    mean = math.fsum(values) / n
    if mean == 0:
        return 1.0
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    return deviation / math.sqrt(n) / abs(mean)


# --- users ------------------------------------------------------------------------------------


@dataclass
class User:
    id: str
    rows: list
    cohort: int
    device: str
    active_days: list
    sums: dict
    revenue: int
    milestones: dict
    is_payer: bool
    is_left_truncated: bool
    is_in_cohorts: bool
    days_since_active: int
    session_frequency: float | None = None
    sessions: int | None = None
    score: float = 0.0
    behavioral_segment: str = ""
    revenue_segment: str = ""
    revenue_percentile: Fraction = Fraction(0)

    @property
    def last_active(self):
        return self.active_days[-1] if self.active_days else None

    @property
    def money(self):
        return self.revenue / NANO


@dataclass
class Analysis:
    """The data that takes part: the rows up to the as-of date and their users."""

    settings: dict
    dataset: Dataset
    rows: list
    first_day: int
    last_day: int
    as_of: int
    users: list = field(default_factory=list)
    uses_days_since_column: bool = False


def as_of_day(settings, rows):
    latest = max(row.day for row in rows)
    chosen = settings["SEGMENTATION_AS_OF_DATE"]
    if chosen is not None and chosen > latest:
        raise setting_error("SEGMENTATION_AS_OF_DATE", date_text(chosen), f"up to {date_text(latest)}")
    return latest if chosen is None else chosen


def take_part(settings, dataset):
    as_of = as_of_day(settings, dataset.rows)
    rows = [row for row in dataset.rows if row.day <= as_of]
    if not rows:
        raise InputError(f"no row is left up to {date_text(as_of)}")
    days = [row.day for row in rows]
    return Analysis(settings, dataset, rows, min(days), max(days), as_of)


def rows_by_user(rows):
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.user].append(row)
    return dict(sorted(grouped.items(), key=lambda item: item[0].encode("utf-8")))


def earliest_text(rows, column):
    """The value on the earliest date, the smallest if there are several."""
    known = [(row.day, row.values[column].encode("utf-8")) for row in rows if row.values.get(column) is not None]
    return min(known)[1].decode("utf-8") if known else ""


def is_payer(sums, revenue, columns):
    if "iap_revenue" in columns or "subscription_revenue" in columns:
        return (sums["iap_revenue"] or 0) + (sums["subscription_revenue"] or 0) > 0
    return revenue > 0


def cohort_day(rows):
    known = [row.values["cohort_date"] for row in rows if row.values.get("cohort_date") is not None]
    return min(known) if known else min(row.day for row in rows)


def stage_columns(dataset):
    """Column by stage, in the order of the journey; `ftue_start` has none."""
    columns = {"ftue_complete": "ftue_complete_time"}
    columns.update({f"level_{level}": f"level_{level}_time" for level in dataset.levels})
    columns.update({"game_complete": "game_complete_time", "first_purchase": "first_purchase_time"})
    return {stage: column for stage, column in columns.items() if column in dataset.columns}


def earliest_milestones(rows, columns, as_of):
    """Timestamp by stage, for stages reached by the as-of date."""
    milestones = {}
    for stage, column in columns.items():
        known = [row.values[column] for row in rows if row.values.get(column) is not None]
        if known and timestamp_day(min(known)) <= as_of:
            milestones[stage] = min(known)
    return milestones


def summed(rows, column):
    return known_sum(row.values.get(column) for row in rows)


def days_since_active(analysis, rows, cohort, active_days):
    known = [row.values["days_since_last_active"] for row in rows
             if row.values.get("days_since_last_active") is not None]
    if analysis.uses_days_since_column and known:
        return min(known)
    return analysis.as_of - active_days[-1] if active_days else max(0, analysis.as_of - cohort)


def build_user(analysis, user_id, rows, columns_of_stages):
    settings, columns = analysis.settings, analysis.dataset.columns
    cohort = cohort_day(rows)
    sums = {column: summed(rows, column) for column in SUMMED_COLUMNS}
    revenue = sum(row.revenue for row in rows)
    active_days = sorted({row.day for row in rows if row.is_activity})
    cohort_start = settings["SEGMENTATION_COHORT_START_DATE"]
    is_left_truncated = cohort < analysis.first_day
    return User(
        id=user_id,
        rows=rows,
        cohort=cohort,
        device=earliest_text(rows, "device_id"),
        active_days=active_days,
        sums=sums,
        revenue=revenue,
        milestones=earliest_milestones(rows, columns_of_stages, analysis.as_of),
        is_payer=is_payer(sums, revenue, columns),
        is_left_truncated=is_left_truncated,
        is_in_cohorts=not is_left_truncated and (cohort_start is None or cohort >= cohort_start),
        days_since_active=days_since_active(analysis, rows, cohort, active_days),
    )


def build_users(analysis):
    grouped = rows_by_user(analysis.rows)
    single_dates = all(len({row.day for row in rows}) == 1 for rows in grouped.values())
    analysis.uses_days_since_column = (
        "days_since_last_active" in analysis.dataset.columns
        and single_dates
        and analysis.settings["SEGMENTATION_AS_OF_DATE"] is None
    )
    columns_of_stages = stage_columns(analysis.dataset)
    analysis.users = [build_user(analysis, user_id, rows, columns_of_stages) for user_id, rows in grouped.items()]


# --- engagement and segments ------------------------------------------------------------------


def session_duration(user, columns):
    if "avg_session_duration_minutes" not in columns:
        minutes, sessions = user.sums["total_session_time_minutes"], user.sums["total_sessions"]
        return float(Fraction(minutes, sessions * NANO)) if minutes is not None and sessions else None
    weighted, weights = 0, 0
    for row in user.rows:
        minutes, sessions = row.values.get("avg_session_duration_minutes"), row.values.get("total_sessions")
        if minutes is not None:
            weight = 1 if sessions is None else sessions
            weighted += minutes * weight
            weights += weight
    return float(Fraction(weighted, weights * NANO)) if weights else None


def observed_days(user, analysis):
    return max(1, analysis.as_of - max(user.cohort, analysis.first_day) + 1)


def per_basis(value, user, analysis):
    if value is None:
        return None
    return value / observed_days(user, analysis) if analysis.settings["ENGAGEMENT_BASIS"] == "per_day" else float(value)


def clamp_to_percentiles(values):
    known = [value for value in values if value is not None]
    low, high = quantile(known, 0.01), quantile(known, 0.99)
    return [None if value is None else min(max(value, low), high) for value in values]


def normalized_ranks(values):
    known = [value for value in values if value is not None]
    if len(known) == 1:
        return [None if value is None else 0.0 for value in values]
    ranks = iter(average_ranks(known))
    return [None if value is None else (next(ranks) - 1) / (len(known) - 1) for value in values]


def normalized_engagement(values, normalization):
    """A component in 0..1; 0 for null, and if all values are equal."""
    known = [value for value in values if value is not None]
    if not known or min(known) == max(known):
        return [0.0] * len(values)
    if normalization == "rank":
        return [rank or 0.0 for rank in normalized_ranks(values)]
    if normalization == "winsor":
        values = clamp_to_percentiles(values)
        known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    if low == high:
        return [0.0] * len(values)
    return [0.0 if value is None else (value - low) / (high - low) for value in values]


def normalized_recency(days, normalization):
    if normalization == "rank":
        return [1 - rank for rank in normalized_ranks(days)]
    if normalization == "winsor":
        days = clamp_to_percentiles(days)
    longest = max(days)
    return [1.0 if longest == 0 else 1 - value / longest for value in days]


def score_users(analysis):
    settings, users = analysis.settings, analysis.users
    has_sessions = "total_sessions" in analysis.dataset.columns
    for user in users:
        user.sessions = user.sums["total_sessions"] if has_sessions else len(user.active_days)
        user.session_frequency = per_basis(user.sessions, user, analysis)
    normalization = settings["ENGAGEMENT_NORMALIZATION"]
    components = (
        normalized_engagement([user.session_frequency for user in users], normalization),
        normalized_engagement([session_duration(user, analysis.dataset.columns) for user in users], normalization),
        normalized_engagement([per_basis(user.sums["total_events"], user, analysis) for user in users], normalization),
        normalized_recency([user.days_since_active for user in users], normalization),
    )
    w1, w2, w3, w4 = (settings[name] for name in ENGAGEMENT_WEIGHTS)
    for user, a, b, c, d in zip(users, *components):
        user.score = round((w1 * a + w2 * b + w3 * c + w4 * d) / (w1 + w2 + w3 + w4), 12)


def behavioral_thresholds(analysis):
    settings = analysis.settings
    base = [
        user.score
        for user in analysis.users
        if settings["ENGAGEMENT_PERCENTILE_BASE"] == "all_users"
        or user.days_since_active < settings["CHURN_DAYS_THRESHOLD"]
    ]
    return {
        "high_engagement": quantile(base, settings["HIGH_ENGAGEMENT_PERCENTILE"]),
        "moderate_engagement": quantile(base, settings["MODERATE_ENGAGEMENT_PERCENTILE"]),
    }


def revenue_thresholds(analysis):
    settings = analysis.settings
    base = [
        user.money
        for user in analysis.users
        if settings["REVENUE_PERCENTILE_BASE"] == "all_users" or user.revenue > 0
    ]
    return {
        "whale": quantile(base, settings["WHALE_REVENUE_PERCENTILE"]),
        "dolphin": quantile(base, settings["DOLPHIN_REVENUE_PERCENTILE"]),
    }


def behavioral_segment(user, thresholds, churn_days):
    if user.days_since_active >= churn_days:
        return "churned"
    if user.score >= thresholds["high_engagement"]:
        return "high_engagement"
    return "moderate_engagement" if user.score >= thresholds["moderate_engagement"] else "low_engagement"


def revenue_segment(user, thresholds):
    if user.revenue <= 0:
        return "free_user"
    if user.money >= thresholds["whale"]:
        return "whale"
    return "dolphin" if user.money >= thresholds["dolphin"] else "minnow"


def segment_users(analysis):
    """Sets the segments of all users; returns the thresholds."""
    behavioral, revenue = behavioral_thresholds(analysis), revenue_thresholds(analysis)
    ranks = average_ranks([user.revenue for user in analysis.users])
    for user, rank in zip(analysis.users, ranks):
        user.behavioral_segment = behavioral_segment(user, behavioral, analysis.settings["CHURN_DAYS_THRESHOLD"])
        user.revenue_segment = revenue_segment(user, revenue)
        user.revenue_percentile = 100 * Fraction(rank) / len(analysis.users)
    return {"behavioral": behavioral, "revenue": revenue}


# --- retention --------------------------------------------------------------------------------

COARSENESS = ("day", "week", "month")


def period_index(day, period):
    """Number of the calendar period that holds a day."""
    if period == "day":
        return day
    if period == "week":
        return (day - 1) // 7
    moment = date.fromordinal(day)
    return moment.year * 12 + moment.month - 1


def period_first_day(index, period):
    if period == "day":
        return index
    if period == "week":
        return index * 7 + 1
    return date(index // 12, index % 12 + 1, 1).toordinal()


def period_last_day(index, period):
    return period_first_day(index + 1, period) - 1


def cohort_granularity(settings):
    return max(settings["COHORT_GRANULARITY"], settings["RETENTION_PERIOD"], key=COARSENESS.index)


def cohorts_of(analysis):
    """Users by the first day of their cohort."""
    granularity = cohort_granularity(analysis.settings)
    cohorts = defaultdict(list)
    for user in analysis.users:
        if user.is_in_cohorts:
            cohorts[period_first_day(period_index(user.cohort, granularity), granularity)].append(user)
    return dict(sorted(cohorts.items()))


def offsets_of(user, period):
    """Periods after install in which the user was active."""
    start = period_index(user.cohort, period)
    return {period_index(day, period) - start for day in user.active_days if day >= user.cohort}


def is_retained(offsets, window, previous, definition):
    if definition == "classic":
        return window in offsets
    if definition == "rolling":
        return any(offset >= window for offset in offsets)
    return any(previous < offset <= window for offset in offsets)


def window_end(user, window, period):
    return period_last_day(period_index(user.cohort, period) + window, period)


def revenue_until(user, day):
    return sum(row.revenue for row in user.rows if row.day <= day)


@dataclass
class RetentionCell:
    cohort_size: int
    eligible: int
    retained: int
    revenue: int


def retention_cell(users, window, previous, analysis):
    period, definition = analysis.settings["RETENTION_PERIOD"], analysis.settings["RETENTION_DEFINITION"]
    eligible = [user for user in users if window_end(user, window, period) <= analysis.as_of]
    retained = sum(is_retained(offsets_of(user, period), window, previous, definition) for user in eligible)
    revenue = sum(revenue_until(user, window_end(user, window, period)) for user in eligible)
    return RetentionCell(len(users), len(eligible), retained, revenue)


def retention(analysis):
    """Cells by (cohort, window), with cohort None for the pooled ones."""
    cohorts = cohorts_of(analysis)
    everyone = [user for users in cohorts.values() for user in users]
    cells, previous = {}, 0
    for window in analysis.settings["RETENTION_WINDOWS"]:
        for cohort, users in cohorts.items():
            cells[cohort, window] = retention_cell(users, window, previous, analysis)
        cells[None, window] = retention_cell(everyone, window, previous, analysis)
        previous = window
    return cells


def retention_tests(cells, settings):
    """p-value of each cohort's cell against all other eligible users."""
    if settings["RETENTION_DEFINITION"] == "rolling":
        return {}
    p_values = {}
    for (cohort, window), cell in cells.items():
        pooled = cells[None, window]
        if cohort is not None:
            p_values[cohort, window] = compare_rates(
                cell.retained,
                cell.eligible,
                pooled.retained - cell.retained,
                pooled.eligible - cell.eligible,
                settings["SEGMENTATION_MINIMUM_SAMPLE_SIZE"],
            )
    return p_values


def retention_curve(analysis):
    """(day, eligible, classic retained, rolling retained) over all cohorts."""
    users = [user for user in analysis.users if user.is_in_cohorts and user.cohort <= analysis.as_of]
    eligible, classic, rolling = Counter(), Counter(), Counter()
    for user in users:
        observed = analysis.as_of - user.cohort
        offsets = offsets_of(user, "day")
        eligible.update(range(observed + 1))
        classic.update(offsets)
        rolling.update(range(max(offsets) + 1) if offsets else ())
    return [(day, eligible[day], classic[day], rolling[day]) for day in sorted(eligible)]


# --- journey and funnel -----------------------------------------------------------------------


def timestamp_day(timestamp):
    return timestamp // MICROSECONDS_PER_DAY


def journey_stage(user, journey):
    """The highest stage reached, in the order of the journey."""
    reached = [stage for stage in journey if stage in user.milestones]
    return reached[-1] if reached else "ftue_start"


def days_to_stage(user, stage):
    return 0 if stage == "ftue_start" else timestamp_day(user.milestones[stage]) - user.cohort


def stage_confidence(user, journey):
    sequential = [stage for stage in journey if stage != "first_purchase"]
    reached = [stage for stage in sequential if stage in user.milestones]
    if not reached:
        return Fraction(1)
    expected = sequential[: sequential.index(reached[-1]) + 1]
    times = [user.milestones[stage] for stage in reached]
    in_order = 1 + sum(time >= earlier for earlier, time in zip(times, times[1:]))
    return Fraction(in_order, len(expected))


@dataclass
class FunnelStep:
    entered: int
    completed: int
    days: list


def completed_within(user, stage, window):
    if stage == "ftue_start":
        return True
    return stage in user.milestones and (window is None or days_to_stage(user, stage) <= window)


def stages_completed(user, stages, mode, window):
    """The funnel stages that the user completed in this mode."""
    if mode == "open":
        return {stage for stage in stages if completed_within(user, stage, window)}
    completed, latest = set(), None
    for stage in stages:
        if not completed_within(user, stage, window):
            break
        if stage != "ftue_start":
            time = user.milestones[stage]
            if mode == "ordered" and latest is not None and time < latest:
                break
            latest = time
        completed.add(stage)
    return completed


def funnel(users, stages, mode, window):
    """A step by stage."""
    by_user = [(user, stages_completed(user, stages, mode, window)) for user in users]
    steps, entered = {}, len(users)
    for stage in stages:
        completing = [user for user, completed in by_user if stage in completed]
        days = [days_to_stage(user, stage) for user in completing]
        steps[stage] = FunnelStep(entered, len(completing), sorted(day for day in days if day >= 0))
        if mode != "open":
            entered = len(completing)
    return steps


def observed_users(analysis, window):
    return [user for user in analysis.users if user.is_in_cohorts and user.cohort + window <= analysis.as_of]


def available_stages(analysis):
    columns = stage_columns(analysis.dataset)
    return [stage for stage in analysis.settings["FUNNEL_STAGES"] if stage == "ftue_start" or stage in columns]


def main_funnel(analysis):
    """The steps and the number of users still open."""
    settings, stages = analysis.settings, available_stages(analysis)
    window = settings["FUNNEL_WINDOW_DAYS"]
    if window is None:
        return funnel(analysis.users, stages, settings["FUNNEL_MODE"], None), 0
    users = observed_users(analysis, window)
    still_open = sum(user.is_in_cohorts for user in analysis.users) - len(users)
    return funnel(users, stages, settings["FUNNEL_MODE"], window), still_open


def trend_funnels(analysis):
    """The funnels of the earlier and the later half of the users observed long enough."""
    settings, stages = analysis.settings, available_stages(analysis)
    window = settings["FUNNEL_WINDOW_DAYS"] or 7
    users = observed_users(analysis, window)
    cohorts = sorted(user.cohort for user in users)
    middle = cohorts[(len(cohorts) - 1) // 2] if cohorts else 0
    earlier = [user for user in users if user.cohort <= middle]
    later = [user for user in users if user.cohort > middle]
    return tuple(funnel(half, stages, settings["FUNNEL_MODE"], window) for half in (earlier, later))


# --- segment statistics -----------------------------------------------------------------------


def completeness(rows, metric_columns):
    cells = len(rows) * len(metric_columns)
    known = sum(row.metric(column) is not None for row in rows for column in metric_columns)
    return Fraction(known, cells) if cells else Fraction(0)


def segment_confidence(users, analysis):
    if not users:
        return 0.0
    settings = analysis.settings
    errors = (
        relative_standard_error([user.score for user in users]),
        relative_standard_error([user.money for user in users]),
        relative_standard_error([user.session_frequency for user in users if user.session_frequency is not None]),
    )
    size = min(1.0, len(users) / 100)
    complete = float(completeness([row for user in users for row in user.rows], analysis.dataset.metric_columns))
    stability = 1 - min(1.0, sum(errors) / 3)
    w1, w2, w3 = (settings[name] for name in CONFIDENCE_WEIGHTS)
    return (w1 * size + w2 * complete + w3 * stability) / (w1 + w2 + w3)


def users_by_segment(analysis, family, names):
    segments = {name: [] for name in names}
    for user in analysis.users:
        segments[getattr(user, family)].append(user)
    return segments


def payer_rate_tests(segments, analysis):
    payers = {name: sum(user.is_payer for user in users) for name, users in segments.items()}
    all_payers, minimum = sum(payers.values()), analysis.settings["SEGMENTATION_MINIMUM_SAMPLE_SIZE"]
    return {
        name: compare_rates(
            payers[name], len(users), all_payers - payers[name], len(analysis.users) - len(users), minimum
        )
        for name, users in segments.items()
    }


def score_tests(segments, analysis):
    minimum = analysis.settings["SEGMENTATION_MINIMUM_SAMPLE_SIZE"]
    p_values = {}
    for name, users in segments.items():
        others = [user.score for user in analysis.users if user.revenue_segment != name]
        p_values[name] = compare_samples([user.score for user in users], others, minimum)
    return p_values


@dataclass
class Matrix:
    observed: dict
    rows: dict
    columns: dict
    total: int

    def expected(self, row, column):
        return Fraction(self.rows[row] * self.columns[column], self.total)

    def adjusted_residual(self, row, column):
        expected = self.expected(row, column)
        variance = expected * (self.total - self.rows[row]) * (self.total - self.columns[column]) / self.total**2
        if variance == 0:
            return None
        return float(self.observed[row, column] - expected) / math.sqrt(variance)

    def cells(self):
        """The cells of non-empty rows and columns."""
        return [(r, c) for r in self.rows if self.rows[r] for c in self.columns if self.columns[c]]

    def degrees_of_freedom(self):
        rows, columns = (sum(map(bool, margin.values())) for margin in (self.rows, self.columns))
        return (rows - 1) * (columns - 1)

    def chi_squared(self):
        return float(sum((self.observed[cell] - self.expected(*cell)) ** 2 / self.expected(*cell)
                         for cell in self.cells()))

    def cramers_v(self):
        shorter = min(sum(map(bool, margin.values())) for margin in (self.rows, self.columns))
        return math.sqrt(self.chi_squared() / (self.total * (shorter - 1)))

    def has_few_expected_counts(self):
        expected = [self.expected(*cell) for cell in self.cells()]
        return 5 * sum(count < 5 for count in expected) > len(expected)


def segment_matrix(analysis):
    counts = Counter((user.behavioral_segment, user.revenue_segment) for user in analysis.users)
    observed = {(row, column): counts[row, column] for row in BEHAVIORAL_SEGMENTS for column in REVENUE_SEGMENTS}
    rows = {row: sum(observed[row, c] for c in REVENUE_SEGMENTS) for row in BEHAVIORAL_SEGMENTS}
    columns = {column: sum(observed[r, column] for r in BEHAVIORAL_SEGMENTS) for column in REVENUE_SEGMENTS}
    return Matrix(observed, rows, columns, len(analysis.users))


# --- findings ---------------------------------------------------------------------------------


def duplicate_row_count(rows):
    keys = Counter((row.user, row.values.get("device_id"), row.day) for row in rows)
    return sum(count - 1 for count in keys.values())


def parts_differ(row):
    parts = known_sum(row.values.get(part) for part in REVENUE_PARTS)
    return parts is not None and row.total_revenue is not None and abs(row.total_revenue - parts) > NANO // 100


def has_negative_revenue(row):
    amounts = [row.total_revenue] + [row.values.get(part) for part in REVENUE_PARTS]
    return any(amount is not None and amount < 0 for amount in amounts)


def type_contradicts(row, cohort):
    user_type = row.values.get("user_type")
    return (user_type == "new" and row.day != cohort) or (user_type == "returning" and row.day == cohort)


def has_several_cohort_dates(user):
    return len({row.values.get("cohort_date") for row in user.rows} - {None}) > 1


def is_last_day_incomplete(analysis):
    updates = [row.values["last_updated"] for row in analysis.rows if row.values.get("last_updated") is not None]
    return bool(updates) and timestamp_day(max(updates)) <= analysis.last_day


def dominant_user_count(users):
    limit = max(Fraction(1, 100), Fraction(10, len(users)))
    events = [user.sums["total_events"] or 0 for user in users]
    revenues = [user.revenue for user in users]
    dominant = set()
    for amounts in (events, revenues):
        total = sum(amounts)
        if total > 0:
            dominant.update(index for index, amount in enumerate(amounts) if amount > limit * total)
    return len(dominant)


def is_first_cohort_oversized(analysis):
    sizes = [len(users) for users in cohorts_of(analysis).values()]
    return bool(sizes) and sizes[0] > 3 * median(sorted(sizes))


def boundaries_in_tie(analysis, thresholds):
    scores = Counter(user.score for user in analysis.users)
    revenues = Counter(user.money for user in analysis.users)
    values = [scores[threshold] for threshold in thresholds["behavioral"].values()]
    values += [revenues[threshold] for threshold in thresholds["revenue"].values()]
    return sum(count >= 2 for count in values)


def all_payers_are_whales(analysis):
    settings = analysis.settings
    earning = sum(user.revenue > 0 for user in analysis.users)
    top_share = 1 - Fraction(repr(settings["WHALE_REVENUE_PERCENTILE"]))
    return (
        settings["REVENUE_PERCENTILE_BASE"] == "all_users"
        and 0 < Fraction(earning, len(analysis.users)) < top_share
    )


def precedes_install(user, journey):
    return days_to_stage(user, journey_stage(user, journey)) < 0


def findings(analysis, thresholds, matrix):
    """Count by code, for all findings."""
    dataset, users, rows = analysis.dataset, analysis.users, analysis.rows
    journey = stage_columns(dataset)
    cohort_of = {user.id: user.cohort for user in users}
    counts = {
        "rejected_rows": len(dataset.rejected),
        "invalid_values": len(dataset.invalid),
        "duplicate_rows": duplicate_row_count(dataset.rows),
        "duplicate_files": len(dataset.duplicate_files),
        "rows_after_as_of": len(dataset.rows) - len(rows),
        "rows_before_cohort_date": sum(row.day < cohort_of[row.user] for row in rows),
        "multiple_cohort_dates": sum(has_several_cohort_dates(user) for user in users),
        "negative_revenue": sum(has_negative_revenue(row) for row in rows),
        "revenue_parts_differ": sum(parts_differ(row) for row in rows),
        "missing_days": analysis.as_of - analysis.first_day + 1 - len({row.day for row in rows}),
        "incomplete_last_day": int(is_last_day_incomplete(analysis)),
        "user_type_contradicts_dates": sum(type_contradicts(row, cohort_of[row.user]) for row in rows),
        "rounded_user_ids": sum(bool(ROUNDED_USER_ID.fullmatch(user.id)) for user in users),
        "dominant_users": dominant_user_count(users),
        "stage_before_install": sum(precedes_install(user, journey) for user in users),
        "left_truncated_users": sum(user.is_left_truncated for user in users),
        "oversized_first_cohort": int(is_first_cohort_oversized(analysis)),
        "segment_boundary_in_tie": boundaries_in_tie(analysis, thresholds),
        "all_payers_are_whales": int(all_payers_are_whales(analysis)),
        "days_since_last_active_ignored": int(
            "days_since_last_active" in dataset.columns and not analysis.uses_days_since_column
        ),
        "missing_funnel_stages": len(analysis.settings["FUNNEL_STAGES"]) - len(available_stages(analysis)),
    }
    found = {code: count for code, count in counts.items() if count}
    if matrix.has_few_expected_counts():
        found["few_expected_counts"] = int(matrix.degrees_of_freedom() > 0)
    return found


def finding_examples(dataset, code):
    if code == "rejected_rows":
        return [f"{row['file']}:{row['line']}: {row['reason']}" for row in dataset.rejected[:5]]
    if code == "invalid_values":
        return dataset.invalid[:5]
    if code == "duplicate_files":
        return dataset.duplicate_files[:5]
    return []


def data_quality(analysis, found):
    dataset = analysis.dataset
    read = len(dataset.rows) + len(dataset.rejected)
    faulty = len(dataset.rejected) + dataset.rows_with_invalid_value + found.get("duplicate_rows", 0)
    return {
        "data_quality_score": json_number(decimal_text(max(Fraction(0), 1 - Fraction(faulty, read)), 4)),
        "data_completeness": json_number(decimal_text(completeness(analysis.rows, dataset.metric_columns), 4)),
        "findings": [
            {"code": code, "count": count, "examples": finding_examples(dataset, code)}
            for code, count in found.items()
        ],
    }


# --- text -------------------------------------------------------------------------------------


def decimal_text(value, digits):
    """An exact value rounded half to even, never a negative zero; empty for None."""
    if value is None:
        return ""
    scaled = round(Fraction(value) * 10**digits)
    whole, part = divmod(abs(scaled), 10**digits)
    return f"{'-' if scaled < 0 else ''}{whole}.{part:0{digits}d}"


def ratio_text(numerator, denominator, digits):
    return decimal_text(Fraction(numerator, denominator), digits) if denominator else ""


def quotient_text(numerator, denominator, digits):
    """A mean or expected count: the IEEE quotient, its binary value rounded."""
    return decimal_text(numerator / denominator, digits) if denominator else ""


def percent_text(numerator, denominator):
    return ratio_text(100 * numerator, denominator, 2)


def money_text(nanos, digits):
    return decimal_text(None if nanos is None else Fraction(nanos, NANO), digits)


def mean_money_text(nanos, count):
    return ratio_text(nanos, count * NANO, 4)


def p_text(p):
    return "" if p is None else "%.6g" % p


def significance_text(p_adjusted):
    return "" if p_adjusted is None else decimal_text(1 - p_adjusted, 4)


def is_significant_text(p_adjusted, settings):
    if p_adjusted is None:
        return ""
    return boolean_text(p_adjusted < settings["SEGMENTATION_SIGNIFICANCE_THRESHOLD"])


def boolean_text(value):
    return "true" if value else "false"


def count_text(value):
    return "" if value is None else str(value)


def date_text(day):
    return "" if day is None else date.fromordinal(day).isoformat()


def timestamp_text(timestamp):
    seconds, fraction = divmod(timestamp, 10**6)
    day, second = divmod(seconds, 86_400)
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return f"{date_text(day)}T{clock}{f'.{fraction:06d}' if fraction else ''}Z"


def interval_texts(k, n, settings):
    if not n:
        return "", ""
    low, high = wilson_interval(k, n, settings["SEGMENTATION_SIGNIFICANCE_THRESHOLD"])
    return decimal_text(100 * low, 2), decimal_text(100 * high, 2)


def json_number(text):
    """The JSON value of a CSV cell."""
    if text == "":
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else float(text)


def median(values):
    """Median of sorted values."""
    middle = len(values) // 2
    return Fraction(values[middle]) if len(values) % 2 else Fraction(values[middle - 1] + values[middle], 2)


def csv_field(text):
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def csv_text(header, rows):
    lines = [header] + [[row[name] for name in header] for row in rows]
    return "".join(",".join(map(csv_field, line)) + "\n" for line in lines)


def json_text(value):
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


# --- tables -----------------------------------------------------------------------------------


def retention_detail_rows(cells, p_values, adjusted, settings):
    rows = []
    cohorts = sorted({cohort for cohort, _ in cells if cohort is not None}) + [None]
    for cohort in cohorts:
        for window in settings["RETENTION_WINDOWS"]:
            cell = cells[cohort, window]
            known = cell.eligible > 0
            low, high = interval_texts(cell.retained, cell.eligible, settings)
            p_adjusted = adjusted.get((cohort, window))
            rows.append({
                "cohort_date": "all" if cohort is None else date_text(cohort),
                "day": str(window),
                "cohort_size": str(cell.cohort_size),
                "eligible_users": str(cell.eligible),
                "retained_users": str(cell.retained) if known else "",
                "retention_rate": percent_text(cell.retained, cell.eligible),
                "ci_low": low,
                "ci_high": high,
                "p_value": p_text(p_values.get((cohort, window))),
                "p_adjusted": p_text(p_adjusted),
                "is_significant": is_significant_text(p_adjusted, settings),
                "cumulative_revenue_per_user": mean_money_text(cell.revenue, cell.eligible),
            })
    return rows


def retention_cohort_rows(analysis, cells, adjusted):
    settings = analysis.settings
    rows = []
    for cohort, users in cohorts_of(analysis).items():
        if len(users) < settings["SEGMENTATION_MINIMUM_SAMPLE_SIZE"]:
            continue
        revenue = sum(user.revenue for user in users)
        tested = [adjusted[cohort, w] for w in settings["RETENTION_WINDOWS"] if (cohort, w) in adjusted]
        row = {"cohort_date": date_text(cohort), "cohort_size": str(len(users))}
        for window in settings["RETENTION_WINDOWS"]:
            cell = cells[cohort, window]
            row[f"day_{window}_retention"] = percent_text(cell.retained, cell.eligible)
        row["avg_revenue_per_user"] = mean_money_text(revenue, len(users))
        row["total_revenue"] = money_text(revenue, 2)
        row["statistical_significance"] = significance_text(min(tested, default=None))
        rows.append(row)
    return rows


def retention_curve_rows(analysis):
    rows = []
    for day, eligible, classic, rolling in retention_curve(analysis):
        low, high = interval_texts(classic, eligible, analysis.settings)
        rows.append({
            "day": str(day),
            "eligible_users": str(eligible),
            "classic_retained": str(classic),
            "classic_rate": percent_text(classic, eligible),
            "classic_ci_low": low,
            "classic_ci_high": high,
            "rolling_retained": str(rolling),
            "rolling_rate": percent_text(rolling, eligible),
        })
    return rows


def score_mean_text(users):
    return decimal_text(math.fsum(user.score for user in users) / len(users), 4)


def sessions_mean_text(users):
    known = [user.sessions for user in users if user.sessions is not None]
    return quotient_text(sum(known), len(known), 2)


def segment_test_texts(name, p_values, adjusted, settings):
    p_adjusted = adjusted.get(name)
    return {
        "statistical_significance": significance_text(p_adjusted),
        "p_value": p_text(p_values[name]),
        "p_adjusted": p_text(p_adjusted),
        "is_significant": is_significant_text(p_adjusted, settings),
    }


def confidence_texts(users, analysis):
    confidence = segment_confidence(users, analysis)
    meets = bool(users) and confidence >= analysis.settings["SEGMENTATION_CONFIDENCE_THRESHOLD"]
    return {
        "segment_confidence": decimal_text(confidence, 4),
        "meets_confidence_threshold": boolean_text(meets),
    }


def behavioral_row(name, users, analysis, p_values, adjusted):
    row = dict.fromkeys(BEHAVIORAL_HEADER, "")
    row.update({"behavioral_segment": name, "user_count": str(len(users))})
    row.update(confidence_texts(users, analysis))
    if not users:
        return row
    revenue, payers = sum(user.revenue for user in users), sum(user.is_payer for user in users)
    low, high = interval_texts(payers, len(users), analysis.settings)
    row.update(segment_test_texts(name, p_values, adjusted, analysis.settings))
    row.update({
        "avg_engagement_score": score_mean_text(users),
        "avg_revenue_per_user": mean_money_text(revenue, len(users)),
        "total_revenue": money_text(revenue, 2),
        "avg_sessions": sessions_mean_text(users),
        "avg_days_since_active": quotient_text(sum(user.days_since_active for user in users), len(users), 2),
        "percentage_of_total": percent_text(len(users), len(analysis.users)),
        "payer_rate": percent_text(payers, len(users)),
        "payer_rate_ci_low": low,
        "payer_rate_ci_high": high,
    })
    return row


def contribution_text(users, part, analysis):
    if part not in analysis.dataset.columns:
        return ""
    return money_text(sum(user.sums[part] or 0 for user in users), 2)


def revenue_share_text(users, analysis):
    total = sum(user.revenue for user in analysis.users)
    return percent_text(sum(user.revenue for user in users), total) if users and total > 0 else ""


def revenue_row(name, users, analysis, p_values, adjusted):
    row = dict.fromkeys(REVENUE_HEADER, "")
    row.update({"revenue_segment": name, "user_count": str(len(users))})
    row.update(confidence_texts(users, analysis))
    if not users:
        return row
    revenue = sum(user.revenue for user in users)
    row.update(segment_test_texts(name, p_values, adjusted, analysis.settings))
    row.update({
        "avg_revenue_per_user": mean_money_text(revenue, len(users)),
        "total_revenue": money_text(revenue, 2),
        "iap_contribution": contribution_text(users, "iap_revenue", analysis),
        "ad_contribution": contribution_text(users, "ad_revenue", analysis),
        "subscription_contribution": contribution_text(users, "subscription_revenue", analysis),
        "percentage_of_total": percent_text(len(users), len(analysis.users)),
        "revenue_share": revenue_share_text(users, analysis),
        "avg_engagement_score": score_mean_text(users),
    })
    return row


def journey_rows(analysis):
    journey = stage_columns(analysis.dataset)
    rows = []
    for user in analysis.users:
        stage = journey_stage(user, journey)
        days = days_to_stage(user, stage)
        rows.append({
            "user_id": user.id,
            "device_id": user.device,
            "journey_stage": stage,
            "stage_completion_date": "" if stage == "ftue_start" else timestamp_text(user.milestones[stage]),
            "time_to_stage_days": str(days) if days >= 0 else "",
            "stage_confidence": decimal_text(stage_confidence(user, journey), 4),
        })
    return rows


def funnel_tests(analysis, trend):
    earlier, later = trend
    minimum = analysis.settings["SEGMENTATION_MINIMUM_SAMPLE_SIZE"]
    return {
        stage: compare_rates(
            earlier[stage].completed, earlier[stage].entered, later[stage].completed, later[stage].entered, minimum
        )
        for stage in earlier
    }


def reached_count(users, stage):
    return sum(stage == "ftue_start" or stage in user.milestones for user in users)


def funnel_rows(analysis, steps, trend, p_values, adjusted):
    earlier, later = trend
    rows = []
    for stage, step in steps.items():
        low, high = interval_texts(step.completed, step.entered, analysis.settings)
        reached = reached_count(analysis.users, stage)
        p_adjusted = adjusted.get(stage)
        rows.append({
            "stage_name": stage,
            "users_entered": str(step.entered),
            "users_completed": str(step.completed),
            "conversion_rate": percent_text(step.completed, step.entered),
            "avg_time_to_complete_days": quotient_text(sum(step.days), len(step.days), 2),
            "drop_off_rate": percent_text(step.entered - step.completed, step.entered),
            "statistical_significance": significance_text(p_adjusted),
            "median_time_to_complete_days": decimal_text(median(step.days), 2) if step.days else "",
            "conversion_ci_low": low,
            "conversion_ci_high": high,
            "users_reached": str(reached),
            "overall_conversion_rate": percent_text(reached, len(analysis.users)),
            "conversion_earlier": percent_text(earlier[stage].completed, earlier[stage].entered),
            "conversion_later": percent_text(later[stage].completed, later[stage].entered),
            "p_value": p_text(p_values[stage]),
            "p_adjusted": p_text(p_adjusted),
            "is_significant": is_significant_text(p_adjusted, analysis.settings),
        })
    return rows


def user_rows(analysis):
    journey = stage_columns(analysis.dataset)
    return [
        {
            "user_id": user.id,
            "device_id": user.device,
            "cohort_date": date_text(user.cohort),
            "last_active_date": date_text(user.last_active),
            "days_since_last_active": str(user.days_since_active),
            "active_days": str(len(user.active_days)),
            "total_events": count_text(user.sums["total_events"]),
            "total_sessions": count_text(user.sums["total_sessions"]),
            "total_revenue": money_text(user.revenue, 4),
            "engagement_score": decimal_text(user.score, 4),
            "behavioral_segment": user.behavioral_segment,
            "revenue_segment": user.revenue_segment,
            "revenue_percentile": decimal_text(user.revenue_percentile, 2),
            "journey_stage": journey_stage(user, journey),
        }
        for user in analysis.users
    ]


def matrix_rows(matrix):
    return [
        {
            "behavioral_segment": row,
            "revenue_segment": column,
            "user_count": str(matrix.observed[row, column]),
            "expected_count": decimal_text(float(matrix.expected(row, column)), 2),
            "adjusted_residual": decimal_text(matrix.adjusted_residual(row, column), 4),
        }
        for row in BEHAVIORAL_SEGMENTS
        for column in REVENUE_SEGMENTS
    ]


def daily_revenue(rows, column):
    return sum(row.metric(column) or 0 for row in rows)


def paying_users(rows, columns):
    """The number of users who paid on the day of these rows, and the amount paid by all users."""
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.user].append(row)
    if "iap_revenue" in columns or "subscription_revenue" in columns:
        kinds = ("iap_revenue", "subscription_revenue")
    else:
        kinds = ("total_revenue",)
    spent = {user: sum(daily_revenue(own, kind) for kind in kinds) for user, own in grouped.items()}
    return sum(amount > 0 for amount in spent.values()), sum(spent.values())


def trailing_users(active, day, length, first_day):
    """Distinct active users of the last days, or None until that many days exist."""
    if day - first_day + 1 < length:
        return None
    return len(set().union(*(active[d] for d in range(day - length + 1, day + 1))))


def daily_rows(analysis):
    columns = analysis.dataset.columns
    cohort_of = {user.id: user.cohort for user in analysis.users}
    rows_of, active = defaultdict(list), defaultdict(set)
    for row in analysis.rows:
        rows_of[row.day].append(row)
        if row.is_activity:
            active[row.day].add(row.user)
    table = []
    for day in range(analysis.first_day, analysis.as_of + 1):
        dau = len(active[day])
        new = sum(cohort_of[user] == day for user in active[day])
        wau, mau = (trailing_users(active, day, length, analysis.first_day) for length in (7, 30))
        payers, spent = paying_users(rows_of[day], columns)
        total = daily_revenue(rows_of[day], "total_revenue")
        line = {
            "date": date_text(day),
            "dau": str(dau),
            "new_users": str(new),
            "returning_users": str(dau - new),
            "wau": count_text(wau),
            "mau": count_text(mau),
            "stickiness": percent_text(dau, mau) if mau else "",
            "payers": str(payers),
            "total_revenue": money_text(total, 2),
            "arpdau": mean_money_text(total, dau),
            "arppu": mean_money_text(spent, payers),
        }
        for part in REVENUE_PARTS:
            line[part] = money_text(daily_revenue(rows_of[day], part), 2) if part in columns else ""
        table.append(line)
    return table


# --- files ------------------------------------------------------------------------------------

BEHAVIORAL_HEADER = (
    "behavioral_segment,user_count,avg_engagement_score,avg_revenue_per_user,total_revenue,avg_sessions,"
    "avg_days_since_active,percentage_of_total,statistical_significance,payer_rate,payer_rate_ci_low,"
    "payer_rate_ci_high,p_value,p_adjusted,is_significant,segment_confidence,meets_confidence_threshold"
).split(",")
REVENUE_HEADER = (
    "revenue_segment,user_count,avg_revenue_per_user,total_revenue,iap_contribution,ad_contribution,"
    "subscription_contribution,percentage_of_total,statistical_significance,revenue_share,avg_engagement_score,"
    "p_value,p_adjusted,is_significant,segment_confidence,meets_confidence_threshold"
).split(",")
FUNNEL_HEADER = (
    "stage_name,users_entered,users_completed,conversion_rate,avg_time_to_complete_days,drop_off_rate,"
    "statistical_significance,median_time_to_complete_days,conversion_ci_low,conversion_ci_high,users_reached,"
    "overall_conversion_rate,conversion_earlier,conversion_later,p_value,p_adjusted,is_significant"
).split(",")
JOURNEY_HEADER = (
    "user_id,device_id,journey_stage,stage_completion_date,time_to_stage_days,stage_confidence"
).split(",")
USER_HEADER = (
    "user_id,device_id,cohort_date,last_active_date,days_since_last_active,active_days,total_events,total_sessions,"
    "total_revenue,engagement_score,behavioral_segment,revenue_segment,revenue_percentile,journey_stage"
).split(",")
DETAIL_HEADER = (
    "cohort_date,day,cohort_size,eligible_users,retained_users,retention_rate,ci_low,ci_high,p_value,p_adjusted,"
    "is_significant,cumulative_revenue_per_user"
).split(",")
CURVE_HEADER = (
    "day,eligible_users,classic_retained,classic_rate,classic_ci_low,classic_ci_high,rolling_retained,rolling_rate"
).split(",")
MATRIX_HEADER = "behavioral_segment,revenue_segment,user_count,expected_count,adjusted_residual".split(",")
DAILY_HEADER = (
    "date,dau,new_users,returning_users,wau,mau,stickiness,payers,total_revenue,iap_revenue,ad_revenue,"
    "subscription_revenue,arpdau,arppu"
).split(",")
REJECTED_HEADER = "file,line,reason,row".split(",")


def cohort_header(settings):
    days = [f"day_{window}_retention" for window in settings["RETENTION_WINDOWS"]]
    return ["cohort_date", "cohort_size", *days, "avg_revenue_per_user", "total_revenue", "statistical_significance"]


def generated_at():
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), timezone.utc) if epoch else datetime.now(timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def setting_value(name, value):
    is_date = name in ("SEGMENTATION_AS_OF_DATE", "SEGMENTATION_COHORT_START_DATE")
    return date_text(value) if is_date and value is not None else value


def definitions_json(analysis, sources, thresholds, quality):
    def family(names, values):
        result = {"description": "see SPEC", "criteria": "see SPEC"}
        result.update({name: {"threshold": values[name]} for name in names})
        return result

    return {
        "version": VERSION,
        "run_hash": analysis.settings["RUN_HASH"],
        "generated_at": generated_at(),
        "analysis_period": {
            "start_date": date_text(analysis.first_day),
            "end_date": date_text(analysis.last_day),
            "as_of_date": date_text(analysis.as_of),
            "total_users": len(analysis.users),
            "total_rows": len(analysis.dataset.rows),
        },
        "statistical_framework": "Wilson intervals, Fisher and Pearson tests, Mann-Whitney U, Benjamini-Hochberg",
        "segment_definitions": {
            "install_cohorts": {"description": "see SPEC", "criteria": "see SPEC"},
            "behavioral_segments": family(("high_engagement", "moderate_engagement"), thresholds["behavioral"]),
            "revenue_segments": family(("whale", "dolphin"), thresholds["revenue"]),
        },
        "settings": {
            name: {"value": setting_value(name, analysis.settings[name]), "source": sources[name]} for name in SETTINGS
        },
        "inputs": analysis.dataset.inputs,
        "data_quality": quality,
    }


def performance_json(segments, analysis):
    return {
        name: {
            "count": len(users),
            "percentage": json_number(percent_text(len(users), len(analysis.users))) if users else None,
            "revenue_share": json_number(revenue_share_text(users, analysis)),
        }
        for name, users in segments.items()
    }


def matrix_json(matrix):
    degrees = matrix.degrees_of_freedom()
    chi_squared = matrix.chi_squared() if degrees else None
    p_value = float(scipy.stats.chi2.sf(chi_squared, degrees)) if degrees else None
    return {
        "chi_squared": chi_squared,
        "degrees_of_freedom": degrees,
        "p_value": json_number(p_text(p_value)),
        "cramers_v": json_number(decimal_text(matrix.cramers_v(), 4)) if degrees else None,
    }


def significance_rate(families, settings):
    """The number of tests and the share that is significant."""
    adjusted = [p for family in families for p in family.values()]
    significant = sum(p < settings["SEGMENTATION_SIGNIFICANCE_THRESHOLD"] for p in adjusted)
    return len(adjusted), json_number(ratio_text(significant, len(adjusted), 4))


def analyze(paths, environment):
    """The text of every output file, by name."""
    settings, sources = read_settings(environment)
    analysis = take_part(settings, read_dataset(paths))
    build_users(analysis)
    score_users(analysis)
    thresholds = segment_users(analysis)
    matrix = segment_matrix(analysis)
    found = findings(analysis, thresholds, matrix)
    quality = data_quality(analysis, found)

    cells = retention(analysis)
    cell_p = retention_tests(cells, settings)
    cell_adjusted = benjamini_hochberg(cell_p)

    steps, still_open = main_funnel(analysis)
    trend = trend_funnels(analysis)
    trend_p = funnel_tests(analysis, trend)
    trend_adjusted = benjamini_hochberg(trend_p)

    behavioral = users_by_segment(analysis, "behavioral_segment", BEHAVIORAL_SEGMENTS)
    revenue = users_by_segment(analysis, "revenue_segment", REVENUE_SEGMENTS)
    behavioral_p, revenue_p = payer_rate_tests(behavioral, analysis), score_tests(revenue, analysis)
    behavioral_adjusted, revenue_adjusted = benjamini_hochberg(behavioral_p), benjamini_hochberg(revenue_p)

    tests, rate = significance_rate(
        (cell_adjusted, trend_adjusted, behavioral_adjusted, revenue_adjusted), settings
    )
    detail = retention_detail_rows(cells, cell_p, cell_adjusted, settings)
    funnel_table = funnel_rows(analysis, steps, trend, trend_p, trend_adjusted)
    report = {
        "version": VERSION,
        "run_hash": settings["RUN_HASH"],
        "generated_at": generated_at(),
        "summary": {
            "total_users": len(analysis.users),
            "total_rows": len(analysis.dataset.rows),
            "total_segments_created": sum(map(bool, (*behavioral.values(), *revenue.values()))),
            "data_quality_score": quality["data_quality_score"],
            "data_completeness": quality["data_completeness"],
            "number_of_tests": tests,
            "statistical_significance_rate": rate,
        },
        "segment_performance": {
            "behavioral_segments": performance_json(behavioral, analysis),
            "revenue_segments": performance_json(revenue, analysis),
            "segment_matrix": matrix_json(matrix),
        },
        "retention": [
            {
                name: json_number(row[name])
                for name in ("day", "eligible_users", "retained_users", "retention_rate", "ci_low", "ci_high")
            }
            for row in detail
            if row["cohort_date"] == "all"
        ],
        "funnel": {
            "stages": [
                {name: row[name] if name == "stage_name" else json_number(row[name]) for name in FUNNEL_HEADER}
                for row in funnel_table
            ],
            "users_still_open": still_open,
        },
        "warnings": [f"{code}: {count}" for code, count in found.items()],
    }
    behavioral_table = [
        behavioral_row(name, users, analysis, behavioral_p, behavioral_adjusted) for name, users in behavioral.items()
    ]
    revenue_table = [
        revenue_row(name, users, analysis, revenue_p, revenue_adjusted) for name, users in revenue.items()
    ]
    files = {
        "retention_cohorts.csv": csv_text(
            cohort_header(settings), retention_cohort_rows(analysis, cells, cell_adjusted)
        ),
        "behavioral_segment_summary.csv": csv_text(BEHAVIORAL_HEADER, behavioral_table),
        "revenue_segment_summary.csv": csv_text(REVENUE_HEADER, revenue_table),
        "user_journey_segments.csv": csv_text(JOURNEY_HEADER, journey_rows(analysis)),
        "journey_funnel_analysis.csv": csv_text(FUNNEL_HEADER, funnel_table),
        "segment_definitions.json": json_text(definitions_json(analysis, sources, thresholds, quality)),
        "segment_analysis_report.json": json_text(report),
        "user_segments.csv": csv_text(USER_HEADER, user_rows(analysis)),
        "retention_detail.csv": csv_text(DETAIL_HEADER, detail),
        "retention_curve.csv": csv_text(CURVE_HEADER, retention_curve_rows(analysis)),
        "segment_matrix.csv": csv_text(MATRIX_HEADER, matrix_rows(matrix)),
        "daily_metrics.csv": csv_text(DAILY_HEADER, daily_rows(analysis)),
        "data_quality.json": json_text(quality),
    }
    if analysis.dataset.rejected:
        files["rejected_rows.csv"] = csv_text(REJECTED_HEADER, analysis.dataset.rejected)
    return files


def write_files(directory, files):
    """Writes all files or none: to a temporary directory beside the target, which is then renamed."""
    directory = Path(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    for name, text in files.items():
        (temporary / name).write_text(text, encoding="utf-8", newline="")
    if directory.exists():
        shutil.rmtree(directory)
    temporary.rename(directory)


def main():
    parser = argparse.ArgumentParser(description="segment the users of user-daily tables")
    parser.add_argument("inputs", nargs="+", metavar="INPUT")
    parser.add_argument("--out", required=True, metavar="DIR")
    arguments = parser.parse_args()
    try:
        write_files(arguments.out, analyze(arguments.inputs, os.environ))
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
