//! Numbers, dates and durations in the English form: `211,246`, `39.9%`, `12 Sep 2025`, `39.1–41.0%`.
//!
//! A figure of the results is a [`Fixed`], which the engine rounds once to the digits that are shown. Floating-point
//! numbers are those that the charts compute themselves, such as the ticks of an axis. Negative numbers have a minus
//! sign; units other than `%` follow a no-break space, so that a line break cannot separate a number from its unit. A
//! value that is not finite is shown as [`NOT_KNOWN`].

mod date;

use strata_core::value::fixed::Fixed;

pub(crate) use date::month_name;
pub use date::{date, date_range, day_month, month_year, weekday_date};

/// Precedes a unit: U+202F, narrow no-break space.
pub const NARROW_SPACE: char = '\u{202f}';
/// Separates a number and a word: U+00A0, no-break space.
pub const NO_BREAK_SPACE: char = '\u{a0}';
/// Precedes a negative number: U+2212, minus sign.
pub const MINUS: char = '\u{2212}';
/// Stands for an unknown value: an en dash.
pub const NOT_KNOWN: &str = "–";

/// Units of large numbers.
const UNITS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")];

/// Formats a count: `12,345`.
#[must_use]
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// Formats a figure with at most this many decimals: `1,234.50`.
#[must_use]
pub fn number(figure: Fixed, decimals: u8) -> String {
    let text = figure.rounded(decimals).to_string();
    match text.strip_prefix('-') {
        Some(magnitude) => format!("{MINUS}{}", with_separators(magnitude)),
        None => with_separators(&text),
    }
}

/// Formats a number with this many decimals: `1,234.50`; never a negative zero.
#[must_use]
pub fn decimal(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return NOT_KNOWN.to_owned();
    }
    let digits = format!("{:.places$}", value.abs());
    let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { MINUS.to_string() } else { String::new() };
    sign + &with_separators(&digits)
}

/// Inserts a comma between thousands before the decimal point.
fn with_separators(digits: &str) -> String {
    match digits.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
        None => grouped(digits),
    }
}

/// Formats a number with at most this many decimals, without trailing zeros: `1.5`, `2`.
#[must_use]
pub fn trimmed(value: f64, places: usize) -> String {
    without_zeros(decimal(value, places))
}

fn without_zeros(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Formats a difference, with its sign unless it is zero: `+1.2`, `−3.0`.
#[must_use]
pub fn signed(figure: Fixed, decimals: u8) -> String {
    let rounded = figure.rounded(decimals);
    let sign = if rounded.units > 0 { "+" } else { "" };
    format!("{sign}{}", number(rounded, decimals))
}

/// Formats a percentage from 0 to 100: `23.4%`.
#[must_use]
pub fn percent(figure: Fixed, decimals: u8) -> String {
    format!("{}%", number(figure, decimals))
}

/// Formats the percentage of a tick or a line, without trailing zeros: `50%`.
fn tick_percent(value: f64, places: usize) -> String {
    let number = decimal(value, places);
    if number == NOT_KNOWN { number } else { format!("{number}%") }
}

/// Formats the level of an interval, without trailing zeros: `95%`.
#[must_use]
pub fn level(figure: Fixed) -> String {
    format!("{}%", without_zeros(number(figure, 1)))
}

/// Formats both ends of an interval in percent: `22.1–24.8%`.
#[must_use]
pub fn percent_interval((low, high): (Fixed, Fixed), decimals: u8) -> String {
    format!("{}–{}%", number(low, decimals), number(high, decimals))
}

/// Formats a sum of money, in a currency that the data does not name: `1,234.50`.
#[must_use]
pub fn money(figure: Fixed) -> String {
    number(figure, 2)
}

/// Formats a number compactly, with three digits, or up to four if it is a whole number: `0.25`, `1,234`, `12.3k`,
/// `4.1M`.
#[must_use]
pub fn compact(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return NOT_KNOWN.to_owned();
    }
    if size >= 1e15 {
        let text = format!("{value:.2e}");
        return text.replace('-', &MINUS.to_string());
    }
    if size < 9_999.5 {
        return trimmed(value, small_places(size));
    }
    // Starts with the largest unit, and takes the first in which the rounded number is at least 1.
    let found = UNITS.iter().find(|(unit, _)| size / unit >= 0.999_5).unwrap_or(&UNITS[3]);
    let scaled = value / found.0;
    let places = usize::from(scaled.abs() < 99.95);
    trimmed(scaled, places) + found.1
}

/// Number of decimals that show three digits of a number below 10,000.
fn small_places(size: f64) -> usize {
    match size {
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        s if s >= 0.095 => 2,
        s if s >= 0.009_5 => 3,
        s if s >= 0.000_95 => 4,
        _ => 6,
    }
}

/// Formats a p-value: `0.023`, `<0.001`.
#[must_use]
pub fn p_value(value: f64) -> String {
    if value.is_finite() && value < 0.001 { "<0.001".to_owned() } else { decimal(value, 3) }
}

/// Formats a duration in seconds, in its two largest units: `45 s`, `3 min 20 s`, `2 h 5 min`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return NOT_KNOWN.to_owned();
    }
    if (0.0..9.95).contains(&seconds) {
        return with_unit(&trimmed(seconds, 1), "s");
    }
    let total = whole(seconds.max(0.0));
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60);
    let part = |number: i64, unit: &str| with_unit(&number.to_string(), unit);
    let (first, second) = match (hours, minutes) {
        (0, 0) => (part(rest, "s"), None),
        (0, _) => (part(minutes, "min"), (rest > 0).then(|| part(rest, "s"))),
        _ => (with_unit(&count(hours.unsigned_abs()), "h"), (minutes > 0).then(|| part(minutes, "min"))),
    };
    second.map_or(first.clone(), |second| format!("{first} {second}"))
}

/// Formats a number of days: `1 day`, `2.5 days`.
#[must_use]
pub fn days(figure: Fixed, decimals: u8) -> String {
    let number = without_zeros(number(figure, decimals));
    let unit = if number == "1" { "day" } else { "days" };
    format!("{number}{NO_BREAK_SPACE}{unit}")
}

/// Formats a number of bytes in decimal units: `980 B`, `12.3 MB`.
#[must_use]
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if value < 1000 {
        return with_unit(&value.to_string(), "B");
    }
    let mut scaled = value as f64 / 1000.0;
    let mut unit = 0;
    while scaled >= 999.5 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    with_unit(&trimmed(scaled, usize::from(scaled < 99.95)), UNITS[unit])
}

/// Formats a count and its noun: `1 user`, `2 users`.
#[must_use]
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{}{NO_BREAK_SPACE}{}", count(value), if value == 1 { one } else { many })
}

/// The kind of a number, which decides how it is formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueFormat {
    /// A count: a whole number.
    Count,
    /// A sum of money, with two decimals.
    Money,
    /// A percentage from 0 to 100, with this many decimals.
    Percent(usize),
    /// A plain number with this many decimals.
    Decimal(usize),
}

impl ValueFormat {
    /// Formats the value in full, for tables and hover texts.
    #[must_use]
    pub fn exact(self, value: f64) -> String {
        match self {
            Self::Count => decimal(value, 0),
            Self::Money => decimal(value, 2),
            Self::Percent(places) => tick_percent(value, places),
            Self::Decimal(places) => decimal(value, places),
        }
    }

    /// Formats the value compactly, for labels on the data.
    #[must_use]
    pub fn compact(self, value: f64) -> String {
        match self {
            Self::Count => compact(value.round()),
            Self::Money if value.abs() < 1000.0 => decimal(value, 2),
            Self::Money => compact(value),
            Self::Percent(places) => tick_percent(value, places),
            Self::Decimal(places) => decimal(value, places),
        }
    }

    /// Formats the labels of an axis, all in the unit of the largest; `places` is the number of decimals that keeps
    /// them distinct.
    #[must_use]
    pub fn ticks(self, values: &[f64], places: usize) -> Vec<String> {
        let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let label = |value: &f64| match self {
            Self::Percent(_) => tick_percent(*value, places),
            Self::Decimal(_) => decimal(*value, places),
            Self::Money if places > 0 => decimal(*value, places.max(2)),
            Self::Count | Self::Money => match UNITS.iter().find(|(unit, _)| largest >= unit * 10.0) {
                Some((unit, name)) if *value != 0.0 && largest < 1e15 => trimmed(value / unit, 2) + name,
                _ => compact(*value),
            },
        };
        values.iter().map(label).collect()
    }
}

fn with_unit(number: &str, unit: &str) -> String {
    if number == NOT_KNOWN { number.to_owned() } else { format!("{number}{NARROW_SPACE}{unit}") }
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Rounds to the nearest whole number; a value that is not finite is 0.
pub(crate) fn whole(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates and turns NaN into 0, as wanted")]
    let number = value.round() as i64;
    number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        text.replace([NARROW_SPACE, NO_BREAK_SPACE], "_").replace(MINUS, "-")
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        let texts: Vec<String> = [0, 7, 999, 1_000, 12_345, 1_234_567].map(|value| plain(&count(value))).into();
        assert_eq!(texts, ["0", "7", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn decimals_have_their_places_and_no_negative_zero() {
        assert_eq!(plain(&decimal(1234.5, 2)), "1,234.50");
        assert_eq!(plain(&decimal(-1234.5, 1)), "-1,234.5");
        assert_eq!(decimal(-0.001, 2), "0.00");
        assert_eq!(decimal(f64::NAN, 2), NOT_KNOWN);
        assert_eq!(ValueFormat::Percent(1).exact(f64::INFINITY), NOT_KNOWN);
        assert_eq!(plain(&trimmed(2.50, 2)), "2.5");
        assert_eq!(plain(&trimmed(100.0, 0)), "100");
    }

    #[test]
    fn figures_are_rounded_once_and_read_as_english() {
        let share = |part, whole| Fixed::percent(part, whole).unwrap();
        assert_eq!(percent(share(17, 37), 1), "45.9%");
        assert_eq!(percent_interval((share(391, 1000), share(41, 100)), 1), "39.1–41.0%");
        assert_eq!(plain(&number(Fixed::exact(-12_345_678, 2), 1)), "-123,456.8");
        assert_eq!(money(Fixed::exact(2_112_465_000, 4)), "211,246.50");
        assert_eq!([level(Fixed::exact(950, 1)), level(Fixed::exact(999, 1))], ["95%", "99.9%"]);
    }

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!(plain(&signed(Fixed::exact(125, 2), 1)), "+1.2");
        assert_eq!(plain(&signed(Fixed::exact(-126, 2), 1)), "-1.3");
        assert_eq!(plain(&signed(Fixed::exact(1, 2), 1)), "0.0");
        assert_eq!(plain(&signed(Fixed::exact(-1, 2), 1)), "0.0");
    }

    #[test]
    fn compact_numbers_change_unit_where_they_round_up() {
        let cases = [
            (0.0, "0"),
            (0.25, "0.25"),
            (1.234, "1.23"),
            (12.34, "12.3"),
            (999.0, "999"),
            (1234.0, "1,234"),
            (9_999.0, "9,999"),
            (10_000.0, "10k"),
            (12_345.0, "12.3k"),
            (999_400.0, "999k"),
            (999_950.0, "1M"),
            (4_100_000.0, "4.1M"),
            (-2_500_000_000.0, "-2.5B"),
            (7.3e13, "73T"),
        ];
        for (value, text) in cases {
            assert_eq!(plain(&compact(value)), text, "{value}");
        }
        assert_eq!(compact(f64::NAN), NOT_KNOWN);
        assert!(compact(1e300).contains("e300"));
    }

    #[test]
    fn durations_and_bytes() {
        let durations = [0.0, 1.5, 45.0, 200.0, 3600.0, 7500.0, 360_000.0].map(|value| plain(&duration(value)));
        assert_eq!(durations, ["0_s", "1.5_s", "45_s", "3_min 20_s", "1_h", "2_h 5_min", "100_h"]);
        let sizes = [0, 999, 1000, 12_340_000, 999_960, 5_000_000_000].map(|value| plain(&bytes(value)));
        assert_eq!(sizes, ["0_B", "999_B", "1_kB", "12.3_MB", "1_MB", "5_GB"]);
        assert_eq!(plain(&days(Fixed::exact(100, 2), 1)), "1_day");
        assert_eq!(plain(&days(Fixed::exact(46, 2), 1)), "0.5_days");
    }

    #[test]
    fn labels_of_an_axis_share_their_unit() {
        let plain_all = |texts: Vec<String>| texts.iter().map(|text| plain(text)).collect::<Vec<_>>();
        let ticks = ValueFormat::Count.ticks(&[0.0, 5_000.0, 10_000.0], 0);
        assert_eq!(plain_all(ticks), ["0", "5k", "10k"]);
        let ticks = ValueFormat::Count.ticks(&[0.0, 2_500.0, 5_000.0], 0);
        assert_eq!(plain_all(ticks), ["0", "2,500", "5,000"]);
        let ticks = ValueFormat::Money.ticks(&[0.0, 0.5, 1.0], 1);
        assert_eq!(plain_all(ticks), ["0.00", "0.50", "1.00"]);
        let ticks = ValueFormat::Money.ticks(&[0.0, 500_000.0, 12_500_000.0], 0);
        assert_eq!(plain_all(ticks), ["0", "0.5M", "12.5M"]);
    }

    #[test]
    fn small_p_values_are_bounds() {
        assert_eq!(plain(&p_value(0.000_2)), "<0.001");
        assert_eq!(p_value(0.0234), "0.023");
        assert_eq!(p_value(f64::NAN), NOT_KNOWN);
    }

    proptest! {
        #[test]
        fn grouping_adds_nothing_but_commas(value in any::<u64>()) {
            prop_assert_eq!(count(value).replace(',', ""), value.to_string());
        }

        #[test]
        fn compact_is_short_and_near(value in -1e14_f64..1e14) {
            let text = compact(value);
            prop_assert!(text.chars().count() <= 9, "{}", text);
            let number = text.trim_end_matches(['k', 'M', 'B', 'T']);
            let factor = match &text[number.len()..] { "k" => 1e3, "M" => 1e6, "B" => 1e9, "T" => 1e12, _ => 1.0 };
            let back: f64 = number.replace(',', "").replace(MINUS, "-").parse::<f64>().unwrap() * factor;
            prop_assert!((back - value).abs() <= value.abs() * 0.051 + 1e-6, "{} {}", value, text);
        }

        #[test]
        fn no_format_prints_a_bare_nan(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            for format in [ValueFormat::Count, ValueFormat::Money, ValueFormat::Percent(1), ValueFormat::Decimal(4)] {
                let ticks = format.ticks(&[value, 0.0], 1);
                for text in ticks.iter().chain(&[format.exact(value), format.compact(value)]) {
                    prop_assert!(!text.contains("NaN") && !text.contains("inf") && !text.contains('-'), "{}", text);
                }
            }
        }
    }
}
