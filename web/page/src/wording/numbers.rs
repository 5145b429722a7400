//! Numbers in English form. A figure is rounded once, by the engine, from what it was counted from.

use strata_chart::format::{self, NOT_KNOWN};
use strata_core::value::fixed::Fixed;

/// Decimals of a percentage.
const PERCENT_DECIMALS: u8 = 1;

/// A count and its noun: `1 user`, `12,345 users`.
#[must_use]
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", format::count(value), if value == 1 { one } else { many })
}

/// So many users: `1 user`, `12,345 users`.
#[must_use]
pub fn users(count: u64) -> String {
    counted(count, "user", "users")
}

/// So many days: `1 day`, `14 days`.
#[must_use]
pub fn days(count: u64) -> String {
    counted(count, "day", "days")
}

/// A percentage: `39.9%`.
#[must_use]
pub fn percent(figure: Fixed) -> String {
    format::percent(figure, PERCENT_DECIMALS)
}

/// The same, a dash where it is not known.
#[must_use]
pub fn known_percent(figure: Option<Fixed>) -> String {
    figure.map_or_else(|| NOT_KNOWN.to_owned(), percent)
}

/// So many of so many in percent: 17 of 37 is `45.9%`; a dash of nothing.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    known_percent(Fixed::percent(part, whole))
}

/// An interval in percent: `39.1–41.0%`.
#[must_use]
pub fn interval(bounds: (Fixed, Fixed)) -> String {
    format::percent_interval(bounds, PERCENT_DECIMALS)
}

/// A figure with so many decimals, a dash where it is not known.
#[must_use]
pub fn known_number(figure: Option<Fixed>, decimals: u8) -> String {
    figure.map_or_else(|| NOT_KNOWN.to_owned(), |figure| format::number(figure, decimals))
}

/// A percentage that is 0 only where nothing was counted: `0%`, `0.01%`, `12.3%`.
#[must_use]
pub fn true_percent(figure: Fixed) -> String {
    let decimals = match figure.rounded(PERCENT_DECIMALS).units {
        _ if figure.units == 0 => 0,
        0 => 2,
        _ => PERCENT_DECIMALS,
    };
    format::percent(figure, decimals)
}

/// A number that came as a float because JavaScript has no 64-bit integers: rounded, not below zero.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and clamped to what fits")]
pub fn whole(value: f64) -> u64 {
    value.round().clamp(0.0, 9e15) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular() {
        assert_eq!([users(1), users(0), users(12_345)], ["1 user", "0 users", "12,345 users"]);
        assert_eq!([days(1), days(14)], ["1 day", "14 days"]);
        assert_eq!(counted(211_246, "row", "rows"), "211,246 rows");
    }

    #[test]
    fn shares_are_rounded_once() {
        assert_eq!(share(17, 37), "45.9%", "45.946 is not 45.95 rounded again");
        assert_eq!(share(1, 16), "6.2%", "half to even");
        assert_eq!(share(0, 0), "–");
        assert_eq!(interval((Fixed::exact(3_910, 2), Fixed::exact(41, 0))), "39.1–41%");
    }

    #[test]
    fn a_small_percentage_never_looks_like_none() {
        let of = |part, whole| true_percent(Fixed::percent(part, whole).unwrap());
        assert_eq!([of(1, 10_000), of(0, 10_000), of(6, 10_000), of(40, 100)], ["0.01%", "0%", "0.1%", "40.0%"]);
    }

    #[test]
    fn floats_become_counts() {
        assert_eq!([whole(2.6), whole(-1.0), whole(f64::NAN)], [3, 0, 0]);
    }
}
