//! Calendar periods counted from install.

use crate::settings::Period;
use crate::value::calendar::Day;

/// First and last day of a period, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DayRange {
    pub first: i64,
    pub last: i64,
}

/// The first day of the period that contains a day.
pub(super) fn period_start(period: Period, day: Day) -> Day {
    match period {
        Period::Day => day,
        Period::Week => day.week_start(),
        Period::Month => Day::first_of_month(day.month_number()),
    }
}

/// The last day of the period that contains a day.
pub(super) fn period_end(period: Period, day: Day) -> Day {
    match period {
        Period::Day => day,
        Period::Week => Day(day.week_start().0.saturating_add(6)),
        Period::Month => Day(Day::first_of_month(day.month_number() + 1).0 - 1),
    }
}

/// The number of the period that contains a day; consecutive periods differ by one.
pub(super) fn period_number(period: Period, day: Day) -> i32 {
    match period {
        Period::Day => day.0,
        Period::Week => day.week_start().0.div_euclid(7),
        Period::Month => day.month_number(),
    }
}

/// The days of the `number`-th period after the one that contains the cohort date.
pub(super) fn period_after(period: Period, cohort_date: Day, number: u32) -> DayRange {
    let number = i64::from(number);
    match period {
        Period::Day => {
            let day = i64::from(cohort_date.0) + number;
            DayRange { first: day, last: day }
        }
        Period::Week => {
            let first = i64::from(cohort_date.week_start().0) + number * 7;
            DayRange { first, last: first + 6 }
        }
        Period::Month => {
            let month = i64::from(cohort_date.month_number()) + number;
            let start = |month: i64| i64::from(Day::first_of_month(i32::try_from(month).unwrap_or(i32::MAX)).0);
            DayRange { first: start(month), last: start(month + 1) - 1 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(period: Period, from: &str, number: u32) -> (String, String) {
        let day = Day::parse(from.as_bytes()).unwrap();
        let range = period_after(period, day, number);
        let text = |day: i64| Day(i32::try_from(day).unwrap()).to_string();
        (text(range.first), text(range.last))
    }

    #[test]
    fn periods_are_counted_from_the_one_that_holds_the_install() {
        let dates = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(range(Period::Day, "2024-02-28", 2), dates("2024-03-01", "2024-03-01"));
        // 2024-01-05 is a Friday.
        assert_eq!(range(Period::Week, "2024-01-05", 1), dates("2024-01-08", "2024-01-14"));
        assert_eq!(range(Period::Week, "2024-01-01", 0), dates("2024-01-01", "2024-01-07"));
        assert_eq!(range(Period::Month, "2024-01-31", 1), dates("2024-02-01", "2024-02-29"));
        assert_eq!(range(Period::Month, "2023-11-30", 3), dates("2024-02-01", "2024-02-29"));
    }
    #[test]
    fn a_period_has_one_number_from_its_first_day_to_its_last() {
        for period in [Period::Day, Period::Week, Period::Month] {
            for day in (-800..800).map(Day) {
                let (first, last) = (period_start(period, day), period_end(period, day));
                assert!(first <= day && day <= last);
                let number = period_number(period, day);
                assert_eq!([first, last].map(|day| period_number(period, day)), [number; 2]);
                assert_eq!(period_number(period, Day(last.0 + 1)), number + 1);
                let next = period_after(period, day, 1);
                assert_eq!(next.first, i64::from(last.0) + 1);
            }
        }
    }
}
