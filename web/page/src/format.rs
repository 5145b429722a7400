//! Wording that only the page needs; numbers and dates are written by `strata_chart::format`.

use strata_chart::format::{count, date_range, parse_iso_date};

/// A count and the word for it, as `1 user`, `12 345 users`.
#[must_use]
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// A period given by two dates as `YYYY-MM-DD`.
#[must_use]
pub fn period(start: &str, end: &str) -> String {
    match parse_iso_date(start).zip(parse_iso_date(end)) {
        Some((start, end)) => date_range(start, end),
        None => format!("{start} – {end}"),
    }
}

/// Names in a row: one, `a and b`, `a, b and 3 more`.
#[must_use]
pub fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

/// A number that came as a float because a message cannot carry a 64-bit integer: rounded, not below zero.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and clamped to what fits")]
pub fn whole(value: f64) -> u64 {
    value.round().clamp(0.0, 9e15) as u64
}

/// A text with its first letter in upper case.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// A clause as a sentence: with its first letter in upper case and a full stop, unless it is a question.
#[must_use]
pub fn sentence(clause: &str) -> String {
    let end = if clause.ends_with(['?', '.', '!']) { "" } else { "." };
    capitalised(clause) + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular() {
        assert_eq!(counted(1, "user", "users"), "1 user");
        assert_eq!(counted(0, "user", "users"), "0 users");
        assert_eq!(counted(12_345, "user", "users"), "12\u{202F}345 users");
    }

    #[test]
    fn periods_read_well_and_odd_ones_stay_as_they_are() {
        assert_eq!(period("2025-07-01", "2025-09-28"), "1 Jul – 28 Sep 2025");
        assert_eq!(period("?", "2025-09-28"), "? – 2025-09-28");
    }

    #[test]
    fn many_names_are_cut_short() {
        let given = |count: usize| names(&["a", "b", "c", "d"].map(str::to_owned)[..count]);
        assert_eq!([given(0), given(1), given(2), given(4)], ["", "a", "a and b", "a, b and 2 more"]);
    }

    #[test]
    fn floats_become_counts() {
        assert_eq!([whole(2.6), whole(-1.0), whole(f64::NAN)], [3, 0, 0]);
    }

    #[test]
    fn sentences_begin_in_upper_case() {
        assert_eq!(sentence("rows are odd"), "Rows are odd.");
        assert_eq!(sentence("was a day not exported?"), "Was a day not exported?");
        assert_eq!(capitalised(""), "");
    }
}
