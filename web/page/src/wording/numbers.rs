//! Numbers in English form. The engine rounds a figure once, from the exact value.

use strata_chart::format::{self, NOT_KNOWN};
use strata_core::value::fixed::Fixed;

/// Number of decimals of a percentage.
const PERCENT_DECIMALS: u8 = 1;

/// Formats a count and its noun: `1 user`, `12,345 users`.
#[must_use]
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", format::count(value), if value == 1 { one } else { many })
}

/// Formats a number of users: `1 user`, `12,345 users`.
#[must_use]
pub fn users(count: u64) -> String {
    counted(count, "user", "users")
}

/// Formats a number of days: `1 day`, `14 days`.
#[must_use]
pub fn days(count: u64) -> String {
    counted(count, "day", "days")
}

/// Formats a percentage: `39.9%`.
#[must_use]
pub fn percent(figure: Fixed) -> String {
    format::percent(figure, PERCENT_DECIMALS)
}

/// Formats a percentage, or a dash if it is unknown.
#[must_use]
pub fn known_percent(figure: Option<Fixed>) -> String {
    figure.map_or_else(|| NOT_KNOWN.to_owned(), percent)
}

/// Formats a part of a whole as a percentage: 17 of 37 is `45.9%`; a dash if the whole is 0.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    known_percent(Fixed::percent(part, whole))
}

/// Formats an interval in percent: `39.1–41.0%`.
#[must_use]
pub fn interval(bounds: (Fixed, Fixed)) -> String {
    format::percent_interval(bounds, PERCENT_DECIMALS)
}

/// Formats a figure with this many decimals, or a dash if it is unknown.
#[must_use]
pub fn known_number(figure: Option<Fixed>, decimals: u8) -> String {
    figure.map_or_else(|| NOT_KNOWN.to_owned(), |figure| format::number(figure, decimals))
}

/// Formats a percentage that is shown as 0 only if the count is 0: `0%`, `0.01%`, `12.3%`.
#[must_use]
pub fn true_percent(figure: Fixed) -> String {
    let decimals = match figure.rounded(PERCENT_DECIMALS).units {
        _ if figure.units == 0 => 0,
        0 => 2,
        _ => PERCENT_DECIMALS,
    };
    format::percent(figure, decimals)
}

/// Rounds a number that is a float because JavaScript has no 64-bit integers; a negative one becomes 0.
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
