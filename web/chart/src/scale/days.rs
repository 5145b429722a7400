//! Ticks for calendar days, and for days since an event.

use strata_core::value::calendar::Day;

use crate::format::{day_month, month_name};

/// A labelled day on an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayTick {
    /// Days since 1970-01-01.
    pub day: i32,
    /// `1 Jul`, `Jul`, or `2025` if a year begins among months.
    pub label: String,
}

/// Distance between calendar ticks.
#[derive(Clone, Copy)]
enum Every {
    Days(i32),
    Weeks(i32),
    Months(u32),
    Years(i32),
}

const STEPS: [Every; 14] = [
    Every::Days(1),
    Every::Days(2),
    Every::Weeks(1),
    Every::Weeks(2),
    Every::Months(1),
    Every::Months(2),
    Every::Months(3),
    Every::Months(6),
    Every::Years(1),
    Every::Years(2),
    Every::Years(5),
    Every::Years(10),
    Every::Years(50),
    Every::Years(100),
];

/// Returns ticks between two days, both included, with the finest step that yields at most `most` ticks: days, Mondays,
/// or first days of months or years.
#[must_use]
pub fn day_ticks(first: i32, last: i32, most: usize) -> Vec<DayTick> {
    if last < first {
        return Vec::new();
    }
    let most = most.clamp(1, 1000);
    let longest = i64::try_from(most).unwrap_or(1) + 1;
    for every in STEPS {
        // Skips steps that would yield far too many ticks.
        if i64::from(last) - i64::from(first) > longest * every.longest_days() {
            continue;
        }
        let days = every.days(first, last);
        if !days.is_empty() && days.len() <= most {
            return days.into_iter().map(|day| DayTick { day, label: every.label(day) }).collect();
        }
    }
    vec![DayTick { day: first, label: crate::format::date(Day(first)) }]
}

impl Every {
    fn longest_days(self) -> i64 {
        match self {
            Self::Days(days) => i64::from(days),
            Self::Weeks(weeks) => i64::from(weeks) * 7,
            Self::Months(months) => i64::from(months) * 31,
            Self::Years(years) => i64::from(years) * 366,
        }
    }

    fn days(self, first: i32, last: i32) -> Vec<i32> {
        match self {
            Self::Days(step) => multiples(first, last, step, 0),
            // Day 4 is the first Monday.
            Self::Weeks(step) => multiples(first, last, step * 7, 4),
            Self::Months(step) => months(first, last, step),
            Self::Years(step) => {
                let years = Day(first).ymd().0..=Day(last).ymd().0;
                let starts = years.filter(|year| year.rem_euclid(step) == 0).map(|year| first_of_month(year, 1));
                starts.filter(|day| (first..=last).contains(day)).collect()
            }
        }
    }

    fn label(self, day: i32) -> String {
        let (year, month, _) = Day(day).ymd();
        match self {
            Self::Days(_) | Self::Weeks(_) => day_month(Day(day)),
            Self::Months(_) if month == 1 => year.to_string(),
            Self::Months(_) => month_name(month).to_owned(),
            Self::Years(_) => year.to_string(),
        }
    }
}

fn multiples(first: i32, last: i32, step: i32, origin: i32) -> Vec<i32> {
    let start = first + (origin - first).rem_euclid(step);
    (start..=last).step_by(usize::try_from(step).unwrap_or(1)).collect()
}

fn months(first: i32, last: i32, step: u32) -> Vec<i32> {
    let (first_year, last_year) = (Day(first).ymd().0, Day(last).ymd().0);
    (first_year..=last_year)
        .flat_map(|year| (1..=12).filter(|month| (month - 1) % step == 0).map(move |month| first_of_month(year, month)))
        .filter(|day| (first..=last).contains(day))
        .collect()
}

/// Returns ticks for days since an event: `first`, then multiples of 1, 7, 14, 30, … days up to `last`, at most `most`.
#[must_use]
pub fn elapsed_day_ticks(first: u32, last: u32, most: usize) -> Vec<u32> {
    const STEPS: [u32; 14] = [1, 2, 7, 14, 30, 60, 90, 180, 360, 720, 1800, 3600, 18_000, 36_000];
    let most = most.max(2);
    let span = last.saturating_sub(first) as usize;
    let step = STEPS.into_iter().find(|step| span / (*step as usize) + 2 <= most).unwrap_or(u32::MAX);
    // A multiple close to the first tick would overlap its label.
    let from = (first + step.div_ceil(2)).div_ceil(step).saturating_mul(step);
    let rest = (from.max(first.saturating_add(1))..=last).step_by(step as usize);
    let mut ticks = vec![first];
    ticks.extend(rest);
    ticks
}

/// The first day of a month.
fn first_of_month(year: i32, month: u32) -> i32 {
    Day::first_of_month(year * 12 + month.cast_signed() - 1).0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(first: i32, last: i32, most: usize) -> Vec<String> {
        day_ticks(first, last, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn steps_are_calendar_steps() {
        let july = 20_270;
        assert_eq!(labels(july, july + 3, 6), ["1 Jul", "2 Jul", "3 Jul", "4 Jul"]);
        assert_eq!(labels(july, july + 30, 6), ["7 Jul", "14 Jul", "21 Jul", "28 Jul"]);
        assert_eq!(labels(july, july + 90, 4), ["Jul", "Aug", "Sep"]);
        assert_eq!(labels(july, july + 250, 4), ["Jul", "Oct", "2026"]);
        assert_eq!(labels(july, july + 4000, 6), ["2026", "2028", "2030", "2032", "2034", "2036"]);
        assert_eq!(labels(july, july, 1), ["1 Jul"]);
        assert!(labels(july, july - 1, 4).is_empty());
    }

    #[test]
    fn weeks_begin_on_monday() {
        for tick in day_ticks(20_000, 20_040, 8) {
            assert!(crate::format::weekday_date(Day(tick.day)).starts_with("Mon"));
        }
    }

    #[test]
    fn elapsed_days_are_told_in_weeks_and_months() {
        assert_eq!(elapsed_day_ticks(1, 30, 8), [1, 7, 14, 21, 28]);
        assert_eq!(elapsed_day_ticks(1, 5, 8), [1, 2, 3, 4, 5]);
        assert_eq!(elapsed_day_ticks(1, 90, 8), [1, 14, 28, 42, 56, 70, 84]);
        assert_eq!(elapsed_day_ticks(1, 90, 5), [1, 30, 60, 90]);
        assert_eq!(elapsed_day_ticks(1, 1, 5), [1]);
    }

    proptest! {
        #[test]
        fn ticks_lie_inside_rise_and_are_few(first in -100_000_i32..100_000, span in 0_i32..60_000, most in 1_usize..14) {
            let ticks = day_ticks(first, first + span, most);
            prop_assert!(!ticks.is_empty() && ticks.len() <= most);
            prop_assert!(ticks.windows(2).all(|pair| pair[0].day < pair[1].day));
            prop_assert!(ticks.iter().all(|tick| (first..=first + span).contains(&tick.day)));
        }

        #[test]
        fn elapsed_ticks_lie_inside_rise_and_are_few(first in 0_u32..5, span in 0_u32..5000, most in 2_usize..14) {
            let ticks = elapsed_day_ticks(first, first + span, most);
            prop_assert!(ticks.len() <= most);
            prop_assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(ticks.iter().all(|day| (first..=first + span).contains(day)));
        }
    }
}
