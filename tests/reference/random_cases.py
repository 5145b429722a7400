"""Writes a random small case: one to four CSV files and settings.env.

    python3 random_cases.py --seed N --out DIR

The same seed produces the same bytes. Values come from small pools, so ties and edge cases are
frequent. Cases contain only what the contract decides.
"""

import argparse
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

NULLS = ["", "NULL", "null", "<NA>"]
NULLS_OUTSIDE_STRINGS = NULLS + ["None", "NaN", "nan", "NA", "N/A"]

COUNTS = ["0", "1", "1", "2", "3", "5", "10", "10", "12.0", "1e1", "2.50e1", "007"]
LARGE_COUNTS = ["1000000", "123456789", "1e12"]
INVALID_COUNTS = ["2.5", "-1", "ten", "1_000", "inf", "0x10", "1e", "--1", "$5", "1,234", "1.2.3", "-inf", "3e-1"]
MINUTES = ["0", "0.0", "5.5", "5.5", "1", "2.25", "12.345678901234", "1e-3", "3E1", "0.0000000005", "0.1", "0.2"]
INVALID_MINUTES = ["-1", "-0.5", "soon", "Infinity", "5 min", "1.2.3", "1;5", "5:30"]
PRICES = ["0.99", "0.99", "4.99", "9.99", "49.99", "0.1", "0.2", "0.3", "1", "1.5", "0.005", "1e-3", "2.5E1",
          "0.000000001", "0.0000000005", "0.0000000015", "0.12345678901234", "0.125", "3.375"]
REFUNDS = ["-0.99", "-4.99", "-0.1", "-0.0000000005", "-1e1"]
LARGE_PRICES = ["1234567.891", "100000000000.01", "1e9", "99999999.999999999"]
INVALID_MONEY = ["$5", "1,234.5", "free", "1.2.3", "inf", "-Infinity", "1e", "e5", "5 EUR", "."]
INVALID_DATES = ["", "NULL", "NaN", "yesterday", "2024-02-30", "2024-13-01", "2024-1-5", "01/02/2024", "20240105",
                 "2024-01-05T25:00:00", "2024-01-05 10:00", "2024-01-05x"]
INVALID_TIMESTAMPS = ["soon", "2024-02-30 10:00:00", "2024-01-05 25:00:00", "2024-01-05 10:60:00",
                      "2024-01-05 10:00:60", "2024-01-05 10:00", "2024-1-5", "20240105", "2024-01-05t10:00:00",
                      "2024-01-05T10:00:00z", "2024-01-05 10:00:00 Z", "2024-01-05 10:00:00.1234567",
                      "2024-01-05 10:00:00.", "2024-01-05 10:00:00+0530", "2024-01-05 10:00:00 GMT", "2024-01-05Z",
                      "2024-01-05  10:00:00", "1704448800", "2024-01-05 10:00:00+5"]
ZONES = [("", 0), ("", 0), ("Z", 0), (" UTC", 0), ("+00:00", 0), ("-05:00", -300), ("+05:30", 330), ("+02", 120),
         ("-03", -180), ("+13:00", 780)]
FRACTIONS = ["", "", "", ".5", ".123456", ".000001", ".10"]

SPECIAL_IDS = ["007", "7", "1.23E+15", "4e+09", "ünïcode", "😀", "a b", " lead", "a,b", "a;b", "a|b", "a\tb", 'q"q',
               '"quoted"', "two\nlines", "two\r\nlines", "=1+1", "-3", "@x", "None", "NaN", "NA", "<na>", "Ａ"]
DEVICES = ["d1", "d2", "d10", "D1", "ß", "a,b", "NA", "0"]

OPTIONAL_COLUMNS = [
    "cohort_date", "device_id", "total_events", "total_sessions", "total_session_time_minutes",
    "avg_session_duration_minutes", "total_revenue", "iap_revenue", "ad_revenue", "subscription_revenue",
    "ftue_complete_time", "game_complete_time", "first_purchase_time", "user_type", "last_updated", "country",
    "run_hash", "data_quality_issues",
]
LEVELS = [1, 2, 3, 5, 7, 10, 11, 20, 100]
COUNT_COLUMNS = ("total_events", "total_sessions")
MINUTE_COLUMNS = ("total_session_time_minutes", "avg_session_duration_minutes")
MONEY_COLUMNS = ("total_revenue", "iap_revenue", "ad_revenue", "subscription_revenue")
USAGE_COLUMNS = ("total_events", "total_sessions", "total_session_time_minutes")
SYNONYMS = {
    "user_id": ["uid", "userid", "player_id", "customer_id", "Distinct ID"],
    "date": ["event_date", "activity-date", "Day"],
    "cohort_date": ["install_date", "first_seen", "First Seen Date", "signup_date"],
    "total_revenue": ["revenue", "REVENUE"],
    "total_sessions": ["sessions", "Sessions"],
    "total_events": ["events", "EVENTS"],
}
DECOYS = {"user_id": "player_id", "date": "Event Date", "total_events": "Events", "total_revenue": "revenue"}

OVERSIZED_QUOTE_BYTES = 1_300_000


@dataclass
class Plan:
    """The properties that all files of a case share."""

    rng: random.Random
    first_day: date
    span: int
    columns: list
    invalid_rate: float
    null_rate: float
    negative_rate: float
    padding_rate: float
    one_row_per_user: bool
    large_numbers: bool
    update_lags: list

    def chance(self, probability):
        return self.rng.random() < probability

    def day(self, offset):
        return self.first_day + timedelta(days=offset)


@dataclass
class Person:
    id: str
    cohort_offset: int
    never_active: bool
    dominant: bool
    writes_cohort_date: bool
    devices: list
    prices: list
    milestones: dict = field(default_factory=dict)


# --- cells ------------------------------------------------------------------------------------


def spaced(plan, text):
    return plan.rng.choice([f" {text}", f"{text} ", f"  {text} "]) if plan.chance(0.03) else text


def timestamp(plan, day, seconds):
    """A timestamp in one of the allowed forms; its zone shifts the clock and its fraction adds to it."""
    rng = plan.rng
    if plan.chance(0.1):
        return day.isoformat()
    zone, minutes = rng.choice(ZONES)
    shifted = seconds + minutes * 60
    local_day = day + timedelta(days=shifted // 86_400)
    second = shifted % 86_400
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return f"{local_day.isoformat()}{rng.choice(' T')}{clock}{rng.choice(FRACTIONS)}{zone}"


def number_cell(plan, values, invalid):
    if plan.chance(plan.invalid_rate):
        return plan.rng.choice(invalid)
    if plan.chance(plan.null_rate):
        return plan.rng.choice(NULLS_OUTSIDE_STRINGS)
    return spaced(plan, plan.rng.choice(values))


def count_cell(plan, person):
    if person.dominant:
        return "5000"
    return number_cell(plan, COUNTS + LARGE_COUNTS if plan.large_numbers else COUNTS, INVALID_COUNTS)


def money_cell(plan, person):
    if person.dominant:
        return "2500.75"
    values = person.prices + ["0", "0", "0.00"]
    if plan.chance(plan.negative_rate):
        values = REFUNDS
    return number_cell(plan, values + LARGE_PRICES if plan.large_numbers else values, INVALID_MONEY)


def cohort_cell(plan, person):
    if not person.writes_cohort_date or plan.chance(plan.null_rate):
        return plan.rng.choice(NULLS_OUTSIDE_STRINGS)
    if plan.chance(plan.invalid_rate):
        return plan.rng.choice([text for text in INVALID_DATES if len(text) > 4])
    offset = person.cohort_offset + (plan.rng.choice([-1, 1, 3]) if plan.chance(0.05) else 0)
    return spaced(plan, plan.day(offset).isoformat())


def milestone_cell(plan, person, column):
    if column not in person.milestones:
        return plan.rng.choice(NULLS_OUTSIDE_STRINGS) if plan.chance(0.2) else ""
    if plan.chance(plan.invalid_rate):
        return plan.rng.choice(INVALID_TIMESTAMPS)
    if plan.chance(plan.null_rate):
        return plan.rng.choice(NULLS_OUTSIDE_STRINGS)
    day, seconds = person.milestones[column]
    later = 1 if plan.chance(0.1) else 0
    return spaced(plan, timestamp(plan, day + timedelta(days=later), seconds))


def user_type_cell(plan, person, offset):
    if plan.chance(plan.null_rate):
        return plan.rng.choice(NULLS)
    if plan.chance(0.05):
        return plan.rng.choice(["new", "returning", "New", "other"])
    return "new" if offset == person.cohort_offset else "returning"


def last_updated_cell(plan):
    if plan.chance(plan.invalid_rate):
        return plan.rng.choice(INVALID_TIMESTAMPS)
    return timestamp(plan, plan.day(plan.span + plan.rng.choice(plan.update_lags)), plan.rng.randint(0, 86_399))


def date_cell(plan, offset):
    if plan.chance(plan.invalid_rate / 2):
        return plan.rng.choice(INVALID_DATES)
    day = plan.day(offset)
    if plan.chance(0.05):
        separator = plan.rng.choice("T ")
        zone = plan.rng.choice(["", "Z", "-05:00", " UTC", ".5+02"])
        return f"{day.isoformat()}{separator}23:30:00{zone}"
    return spaced(plan, day.isoformat())


def cell(plan, person, column, offset, device):
    if column == "user_id":
        return person.id
    if column == "date":
        return date_cell(plan, offset)
    if column == "cohort_date":
        return cohort_cell(plan, person)
    if column == "device_id":
        return plan.rng.choice(NULLS) if plan.chance(plan.null_rate) else device
    if column in COUNT_COLUMNS:
        return count_cell(plan, person)
    if column in MINUTE_COLUMNS:
        return number_cell(plan, MINUTES, INVALID_MINUTES)
    if column in MONEY_COLUMNS:
        return money_cell(plan, person)
    if column == "days_since_last_active":
        return number_cell(plan, ["0", "1", "3", "14", "30", "7.0"], INVALID_COUNTS)
    if column == "user_type":
        return user_type_cell(plan, person, offset)
    if column == "last_updated":
        return last_updated_cell(plan)
    if column == "country":
        return plan.rng.choice(["US", "BR", "NA", "São Tomé", "", "NULL", "None"])
    if column == "run_hash":
        return "abc123"
    if column == "data_quality_issues":
        return plan.rng.choice(["", "[]", '["a","b, c"]', '[\n  "multi",\n  "line"\n]', "plain"])
    return milestone_cell(plan, person, column)


def padded_with_zeros(row):
    """The row of a day without activity."""
    zeros = {column: "0" for column in row if column in USAGE_COLUMNS or column in MONEY_COLUMNS}
    return {**row, **zeros}


# --- users and rows ---------------------------------------------------------------------------


def milestones(plan, offset):
    """Timestamps by column: mostly in order, sometimes skipped, equal, early or in the future."""
    columns = [column for column in plan.columns if column.endswith("_time") and column != "first_purchase_time"]
    levels = sorted((c for c in columns if c.startswith("level_")), key=lambda c: int(c.split("_")[1]))
    journey = [c for c in ("ftue_complete_time", *levels, "game_complete_time") if c in columns]
    moments, day = {}, plan.day(offset + plan.rng.choice([0, 0, 0, 1, -1 if plan.chance(0.2) else 0]))
    for column in journey:
        if plan.chance(0.25):
            break
        if plan.chance(0.85):
            moments[column] = (day, plan.rng.choice([0, 3600, 43_200, 86_399]))
        day += timedelta(days=plan.rng.choice([0, 0, 1, 2, 5, -1 if plan.chance(0.3) else 0]))
    if "first_purchase_time" in plan.columns and plan.chance(0.3):
        moments["first_purchase_time"] = (plan.day(offset + plan.rng.choice([0, 1, 4, -2])), 50_000)
    return moments


def person(plan, index, special_id):
    offset = plan.rng.randint(0, max(0, plan.span - 1))
    if plan.chance(0.1):
        offset = 0
    if plan.chance(0.06):
        offset -= plan.rng.choice([1, 2, 30, 90])
    return Person(
        id=special_id or f"u{index:03d}",
        cohort_offset=offset,
        never_active=plan.chance(0.05),
        dominant=index == 3 and plan.chance(0.3),
        writes_cohort_date=plan.chance(0.9),
        devices=plan.rng.sample(DEVICES, plan.rng.choice([1, 1, 2, 3])),
        prices=plan.rng.choice([["0"], ["0"], plan.rng.sample(PRICES, 2)]),
        milestones=milestones(plan, offset),
    )


def people(plan, count):
    special = SPECIAL_IDS[:]
    plan.rng.shuffle(special)
    share = plan.rng.choice([0, 0.05, 0.5])
    return [
        person(plan, index, special.pop() if special and plan.chance(share) else None) for index in range(count)
    ]


def activity_offsets(plan, someone, most_rows):
    """Days of a user's rows, nearly all from the install on."""
    first = max(0, someone.cohort_offset)
    if plan.chance(0.03):
        first = 0
    last = max(first, plan.span - 1)
    if plan.one_row_per_user:
        return [plan.rng.randint(first, last)] * plan.rng.choice([1, 1, 1, 2])
    count = plan.rng.randint(1, most_rows)
    near = [first + n for n in (0, 1, 2, 3, 7, 14) if first + n <= last]
    return [plan.rng.choice(near) if plan.chance(0.5) else plan.rng.randint(first, last) for _ in range(count)]


def rows_of(plan, someone, most_rows):
    rows = []
    for offset in activity_offsets(plan, someone, most_rows):
        device = plan.rng.choice(someone.devices)
        row = {column: cell(plan, someone, column, offset, device) for column in plan.columns}
        if someone.never_active or plan.chance(plan.padding_rate):
            row = padded_with_zeros(row)
        rows.append(row)
        if plan.chance(0.02):
            rows.append(dict(row))
    return rows


# --- files ------------------------------------------------------------------------------------


@dataclass
class Format:
    delimiter: str
    line_end: str
    byte_order_mark: bool
    quote_rate: float
    header_style: str


def file_format(rng):
    return Format(
        delimiter=rng.choice(",,,;\t|"),
        line_end=rng.choice(["\n", "\n", "\r\n"]),
        byte_order_mark=rng.random() < 0.2,
        quote_rate=rng.choice([0, 0, 0.2, 1]),
        header_style=rng.choice(["exact", "exact", "spelled", "synonyms"]),
    )


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def field_text(rng, text, layout):
    must_quote = text.startswith('"') or any(c in text for c in (layout.delimiter, "\n", "\r"))
    has_inner_quote = '"' in text
    if must_quote or rng.random() < layout.quote_rate or (has_inner_quote and rng.random() < 0.5):
        return quoted(text)
    return text


def spelled_otherwise(rng, column):
    words = column.split("_")
    return rng.choice([column.upper(), "-".join(words), " ".join(w.title() for w in words), "".join(words), column])


def header_names(rng, columns, style):
    if style == "exact":
        return list(columns)
    if style == "spelled":
        return [spelled_otherwise(rng, column) for column in columns]
    return [rng.choice(SYNONYMS[column]) if column in SYNONYMS else column for column in columns]


def broken_lines(rng, width, layout):
    """Rows to reject, without a delimiter or quote that could hide what follows."""
    separator = layout.delimiter
    filler = separator.join(["x"] * (width - 2))
    tail = separator + filler if width > 2 else ""
    return rng.sample([
        f"short{separator}2024-01-05{tail}{separator}extra".encode(),
        b"alone",
        b" ",
        f'"v"x{separator}2024-01-05{tail}'.encode(),
        b"\xff\xfe" + f"u{separator}2024-01-05{tail}".encode(),
        b"caf\xc3" + f"{separator}2024-01-05{tail}".encode(),
        ('"never\nclosed"y' + f"{separator}2024-01-05{tail}").encode(),
    ], rng.randint(1, 4))


def unclosed_lines(rng, layout, columns):
    """A quote that is never closed, sometimes followed by rows without quotes."""
    separator = layout.delimiter
    after = [separator.join(f"after{n}" if c == "user_id" else "" for c in columns).encode() for n in range(2)]
    return [f'v5{separator}"2024-01-05{separator}10'.encode()] + (after if rng.random() < 0.5 else [])


def oversized_quote_lines(layout, columns):
    """A quote that is closed, but only after 1 MiB."""
    separator = layout.delimiter
    filler = "z" * (OVERSIZED_QUOTE_BYTES // 20)
    lines = [f'v6{separator}"2024-01-05'.encode()]
    lines += [separator.join(filler if c == "user_id" else "" for c in columns).encode() for _ in range(20)]
    lines.append(separator.join(quoted("late") if c == "user_id" else "" for c in columns).encode())
    return lines


def record_lines(rng, rows, columns, names, layout):
    lines = []
    for row in rows:
        text = layout.delimiter.join(field_text(rng, row.get(column, "junk"), layout) for column in columns)
        lines.append(text.encode("utf-8"))
    if rng.random() < 0.3:
        for line in broken_lines(rng, len(names), layout):
            lines.insert(rng.randint(0, len(lines)), line)
    if rng.random() < 0.2:
        for _ in range(rng.randint(1, 3)):
            lines.insert(rng.randint(0, len(lines)), b"")
    ending = rng.random()
    if ending < 0.06:
        lines += unclosed_lines(rng, layout, columns)
    elif ending < 0.08:
        lines += oversized_quote_lines(layout, columns)
    return lines


def with_decoys(rng, columns, names):
    """Sometimes adds a column that would match by synonym if there were no better match."""
    for column, decoy in DECOYS.items():
        if column in columns and names[columns.index(column)] == column and rng.random() < 0.1:
            index = rng.randint(0, len(columns))
            columns.insert(index, f"decoy of {column}")
            names.insert(index, decoy)
    return columns, names


def file_bytes(rng, rows, columns):
    layout = file_format(rng)
    columns = list(columns)
    if rng.random() < 0.3:
        rng.shuffle(columns)
    columns, names = with_decoys(rng, columns, header_names(rng, columns, layout.header_style))
    header = layout.delimiter.join(quoted(n) if rng.random() < layout.quote_rate else n for n in names)
    lines = [header.encode("utf-8")] + record_lines(rng, rows, columns, names, layout)
    line_end = layout.line_end.encode()
    data = line_end.join(lines) + (line_end if rng.random() < 0.8 else b"")
    return (b"\xef\xbb\xbf" if layout.byte_order_mark else b"") + data


def columns_of_file(rng, columns):
    """The columns of one file, which may lack some of the optional ones."""
    return [column for column in columns if column in ("user_id", "date") or rng.random() < 0.85]


def files(plan, rows):
    """Bytes by file name."""
    rng = plan.rng
    count = rng.choice([1, 1, 1, 2, 3, 4])
    names = ["input.csv", "more.csv", "next.csv", "old.csv"][:count]
    parts = {name: [] for name in names}
    for row in rows:
        parts[rng.choice(names)].append(row)
    if not parts["input.csv"]:
        parts["input.csv"], parts[names[-1]] = parts[names[-1]] or rows, []
    result = {}
    for name in names:
        columns = plan.columns if name == "input.csv" else columns_of_file(rng, plan.columns)
        result[name] = file_bytes(rng, parts[name], columns)
    if rng.random() < 0.05:
        result["zz_same.csv"] = result["input.csv"]
    return result


# --- settings ---------------------------------------------------------------------------------


def percentile_pair(rng):
    low, high = sorted(rng.sample(["0", "0.1", "0.25", "0.3", "0.5", "0.7", "0.75", "0.9", "0.99", "1"], 2), key=float)
    return low, high


def weights(rng, names):
    values = [rng.choice(["0", "0.1", "0.25", "0.3", "1", "2", "3"]) for _ in names]
    if all(value == "0" for value in values):
        values[0] = "1"
    return dict(zip(names, values))


def funnel_stages(rng):
    stages = ["ftue_start", "ftue_complete", "game_complete", "first_purchase", "level_42"]
    stages += [f"level_{level}" for level in LEVELS]
    chosen = rng.sample(stages, rng.randint(1, 7))
    return ",".join(chosen)


def retention_windows(rng):
    return ",".join(str(rng.choice([1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 60])) for _ in range(rng.randint(1, 6)))


def chosen_settings(plan):
    rng, settings = plan.rng, {}

    def sometimes(name, values, probability=0.3):
        if rng.random() < probability:
            settings[name] = rng.choice(values)

    sometimes("SEGMENTATION_MINIMUM_SAMPLE_SIZE", ["1", "2", "3", "5", "10", "30"], 0.7)
    sometimes("SEGMENTATION_SIGNIFICANCE_THRESHOLD", ["0.05", "0.1", "0.01", "0.001", "0.2", "0.5"])
    sometimes("SEGMENTATION_CONFIDENCE_THRESHOLD", ["0", "0.5", "0.6", "0.7", "1"])
    sometimes("RUN_HASH", ["abc123", "run-1", "v2.0_x"], 0.1)
    sometimes("ENGAGEMENT_NORMALIZATION", ["minmax", "winsor", "rank"], 0.6)
    sometimes("ENGAGEMENT_BASIS", ["total", "per_day"], 0.5)
    sometimes("ENGAGEMENT_PERCENTILE_BASE", ["active_users", "all_users"])
    sometimes("REVENUE_PERCENTILE_BASE", ["revenue_users", "all_users"], 0.4)
    sometimes("CHURN_DAYS_THRESHOLD", ["1", "2", "3", "5", "7", "14", "30"], 0.5)
    sometimes("RETENTION_DEFINITION", ["classic", "rolling", "bracket"], 0.5)
    sometimes("RETENTION_PERIOD", ["day", "week", "month"], 0.4)
    sometimes("COHORT_GRANULARITY", ["day", "week", "month"], 0.4)
    sometimes("FUNNEL_MODE", ["closed", "ordered", "open"], 0.6)
    sometimes("FUNNEL_WINDOW_DAYS", ["1", "2", "3", "7", "10", "14"], 0.4)
    sometimes("RETENTION_WINDOWS", [retention_windows(rng)], 0.5)
    sometimes("FUNNEL_STAGES", [funnel_stages(rng)], 0.6)
    if rng.random() < 0.4:
        settings["MODERATE_ENGAGEMENT_PERCENTILE"], settings["HIGH_ENGAGEMENT_PERCENTILE"] = percentile_pair(rng)
    if rng.random() < 0.4:
        settings["DOLPHIN_REVENUE_PERCENTILE"], settings["WHALE_REVENUE_PERCENTILE"] = percentile_pair(rng)
    if rng.random() < 0.4:
        settings.update(weights(rng, [f"ENGAGEMENT_{part}_WEIGHT" for part in (
            "SESSION_FREQUENCY", "SESSION_DURATION", "EVENT_FREQUENCY", "RECENCY")]))
    if rng.random() < 0.3:
        settings.update(weights(rng, [f"CONFIDENCE_{part}_WEIGHT" for part in ("SIZE", "COMPLETENESS", "VARIANCE")]))
    if rng.random() < 0.15:
        settings["SEGMENTATION_COHORT_START_DATE"] = plan.day(rng.randint(-2, plan.span)).isoformat()
    return settings


def accepted_days(plan, rows):
    """Days of the rows that a reader accepts, in order."""
    days = set()
    for row in rows:
        text = row["date"].strip(" ")
        if row["user_id"] not in NULLS and text not in INVALID_DATES:
            days.add(text[:10])
    return sorted(days)


def as_of_setting(plan, days):
    """Sometimes an as-of date: the first or last day of the data, or one in between."""
    rng = plan.rng
    if plan.one_row_per_user or rng.random() < 0.6:
        return {}
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    between = [first + timedelta(days=rng.randint(0, (last - first).days)) for _ in range(4)]
    chosen = rng.choice([last, first, *between])
    return {"SEGMENTATION_AS_OF_DATE": chosen.isoformat()}


# --- the case ---------------------------------------------------------------------------------


def plan_of(rng):
    chosen = [column for column in OPTIONAL_COLUMNS if rng.random() < 0.8]
    one_row_per_user = rng.random() < 0.15
    if rng.random() < (0.6 if one_row_per_user else 0.1):
        chosen.append("days_since_last_active")
    chosen += [f"level_{level}_time" for level in rng.sample(LEVELS, rng.choice([0, 2, 4, 6]))]
    rng.shuffle(chosen)
    return Plan(
        rng=rng,
        first_day=date(2023, 12, 18) + timedelta(days=rng.randint(0, 75)),
        span=rng.choice([1, 2, 5, 10, 20, 20, 35, 35, 75]),
        columns=["user_id", "date", *chosen],
        invalid_rate=rng.choice([0, 0, 0.01, 0.1]),
        null_rate=rng.choice([0, 0.02, 0.1, 0.4]),
        negative_rate=rng.choice([0, 0, 0.05]),
        padding_rate=rng.choice([0, 0, 0.1, 0.5]),
        one_row_per_user=one_row_per_user,
        large_numbers=rng.random() < 0.1,
        update_lags=rng.choice([[-2, -1], [-1, 0], [0, 1, 2]]),
    )


def size_of(rng):
    """The number of users, and the largest number of rows per user."""
    kind = rng.random()
    if kind < 0.3:
        return rng.randint(1, 5), rng.choice([1, 3, 8])
    if kind < 0.75:
        return rng.randint(6, 80), rng.choice([2, 5, 12])
    return rng.randint(300, 800), rng.choice([2, 4, 6])


def write_case(seed, directory):
    rng = random.Random(seed)
    plan = plan_of(rng)
    count, most_rows = size_of(rng)
    rows = [row for someone in people(plan, count) for row in rows_of(plan, someone, most_rows)]
    if rng.random() < 0.5:
        rng.shuffle(rows)
    days = accepted_days(plan, rows)
    if not days:
        rows[0]["date"] = plan.first_day.isoformat()
        days = accepted_days(plan, rows)
    settings = {**chosen_settings(plan), **as_of_setting(plan, days)}
    directory.mkdir(parents=True, exist_ok=True)
    for name, data in files(plan, rows).items():
        (directory / name).write_bytes(data)
    lines = "".join(f"{name}={value}\n" for name, value in sorted(settings.items()))
    (directory / "settings.env").write_text(lines, encoding="utf-8", newline="")


def main():
    parser = argparse.ArgumentParser(description="write a random case")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write_case(arguments.seed, arguments.out)


if __name__ == "__main__":
    main()
