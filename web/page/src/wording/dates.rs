//! Dates, and the periods that begin on them.

use strata_chart::format;
use strata_core::settings::Period;
use strata_core::value::calendar::Day;

pub use strata_chart::format::date;

/// Formats a range of dates: `1 Jul – 28 Sep 2025`.
#[must_use]
pub fn range(first: Day, last: Day) -> String {
    format::date_range(first, last)
}

/// Formats the period that begins on a day: `1 Jul 2025`, `Week of 30 Jun 2025` or `Jul 2025`.
#[must_use]
pub fn period_from(first_day: Day, period: Period) -> String {
    match period {
        Period::Day => date(first_day),
        Period::Week => format!("Week of {}", date(first_day)),
        Period::Month => format::month_year(first_day),
    }
}

/// Formats the same period if the heading already says that it is a week.
#[must_use]
pub fn short_period_from(first_day: Day, period: Period) -> String {
    if period == Period::Month { format::month_year(first_day) } else { date(first_day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn dates_are_those_of_english_text() {
        assert_eq!(date(day("2025-09-12")), "12 Sep 2025");
        assert_eq!(range(day("2025-07-01"), day("2025-09-28")), "1 Jul – 28 Sep 2025");
    }

    #[test]
    fn cohorts_are_named_after_their_period() {
        assert_eq!(period_from(day("2025-07-01"), Period::Day), "1 Jul 2025");
        assert_eq!(period_from(day("2025-06-30"), Period::Week), "Week of 30 Jun 2025");
        assert_eq!(period_from(day("2025-07-01"), Period::Month), "Jul 2025");
        assert_eq!(short_period_from(day("2025-06-30"), Period::Week), "30 Jun 2025");
    }
}
