//! Retained users and revenue by install day and window.

use crate::rows::RevenueKind;
use crate::settings::{Period, RetentionDefinition, Settings};
use crate::users::UserTable;
use crate::value::amount::Amount;
use crate::value::calendar::Day;

use super::activity::Activity;
use super::cohorts::CohortDates;
use super::memo::StageKey;
use super::period::{period_after, period_number};

/// The settings behind revenue by window.
#[derive(Debug, PartialEq)]
pub(super) struct WindowKey {
    period: Period,
    windows: Vec<u32>,
}

impl StageKey for WindowKey {
    fn of(settings: &Settings) -> WindowKey {
        WindowKey { period: settings.retention_period, windows: settings.retention_windows() }
    }
}

/// The settings behind the retained users.
#[derive(Debug, PartialEq)]
pub(super) struct RetainedKey {
    windows: WindowKey,
    definition: RetentionDefinition,
}

impl StageKey for RetainedKey {
    fn of(settings: &Settings) -> RetainedKey {
        RetainedKey { windows: WindowKey::of(settings), definition: settings.retention_definition }
    }
}

/// A value for each install day and window. Values of left-truncated install days are meaningless.
#[derive(Debug)]
pub(super) struct ByWindow<T> {
    window_count: usize,
    cells: Vec<T>,
}

impl<T: Clone + Default> ByWindow<T> {
    fn new(dates: usize, window_count: usize) -> ByWindow<T> {
        ByWindow { window_count, cells: vec![T::default(); dates * window_count] }
    }

    /// The windows of the install day at this index.
    pub fn of_date(&self, date: usize) -> &[T] {
        &self.cells[date * self.window_count..][..self.window_count]
    }

    fn of_date_mut(&mut self, date: usize) -> &mut [T] {
        &mut self.cells[date * self.window_count..][..self.window_count]
    }
}

/// For each window, whether users with this install day are observed to its end.
pub(super) fn observed_windows(cohort_date: Day, period: Period, windows: &[u32], as_of: Day) -> Vec<bool> {
    let last = |&window: &u32| period_after(period, cohort_date, window).last;
    windows.iter().map(|window| last(window) <= i64::from(as_of.0)).collect()
}

/// Counts the retained users. Counts of windows that are not observed are meaningless.
pub(super) fn count_retained(
    table: &UserTable,
    activity: &Activity,
    cohorts: &CohortDates,
    key: &RetainedKey,
) -> ByWindow<u64> {
    let windows = &key.windows.windows;
    let calendar = PeriodCalendar::new(table, cohorts, key.windows.period);
    let counts = ByWindow::new(cohorts.dates.len(), windows.len());
    let after_all = windows.len();
    let first_not_before = |number: usize| windows.partition_point(|&window| (window as usize) < number);
    match key.definition {
        RetentionDefinition::Classic => {
            let window_of = calendar.by_number(|number| {
                let at = first_not_before(number);
                if windows.get(at).is_some_and(|&window| window as usize == number) { at } else { after_all }
            });
            count_in_windows(table, cohorts, &calendar, &window_of, counts)
        }
        RetentionDefinition::Bracket => {
            // The first bracket begins after the period of the install.
            let window_of = calendar.by_number(|number| if number > 0 { first_not_before(number) } else { after_all });
            count_in_windows(table, cohorts, &calendar, &window_of, counts)
        }
        RetentionDefinition::Rolling => {
            let reached = calendar.by_number(|number| first_not_before(number + 1));
            count_still_active(activity, cohorts, &calendar, &reached, counts)
        }
    }
}

/// Counts users once in each window with an active day. The window follows from the number of periods between the
/// install and the day; days after the last window do not count.
fn count_in_windows(
    table: &UserTable,
    cohorts: &CohortDates,
    calendar: &PeriodCalendar,
    window_of: &[usize],
    mut counts: ByWindow<u64>,
) -> ByWindow<u64> {
    for (active_days, &cohort) in table.active_days.iter().zip(&cohorts.of_user) {
        let Some(install) = calendar.installs[cohort as usize] else { continue };
        let counts = counts.of_date_mut(cohort as usize);
        // Days and windows ascend, so a user's days in the same window are consecutive.
        let mut before = None;
        for &day in active_days {
            let Some(number) = calendar.periods_since(install, day) else { continue };
            let window = window_of[number];
            if before != Some(window)
                && let Some(count) = counts.get_mut(window)
            {
                *count += 1;
                before = Some(window);
            }
        }
    }
    counts
}

/// Counts users in each window that their last active day reaches: the number of these windows follows from the number
/// of periods between the install and that day.
fn count_still_active(
    activity: &Activity,
    cohorts: &CohortDates,
    calendar: &PeriodCalendar,
    reached: &[usize],
    mut counts: ByWindow<u64>,
) -> ByWindow<u64> {
    for (last_active, &cohort) in activity.last_active_dates.iter().zip(&cohorts.of_user) {
        let number = last_active.and_then(|day| calendar.periods_since_install(cohort as usize, day.0));
        if let Some(last) = number.and_then(|number| reached[number].checked_sub(1)) {
            counts.of_date_mut(cohort as usize)[last] += 1;
        }
    }
    // A user active after a window is also active after every earlier window.
    for cohort in 0..cohorts.dates.len() {
        let counts = counts.of_date_mut(cohort);
        for window in (1..counts.len()).rev() {
            counts[window - 1] += counts[window];
        }
    }
    counts
}

/// Sums revenue from install to the end of each window; revenue before install counts in every window.
pub(super) fn cumulative_revenue(table: &UserTable, cohorts: &CohortDates, key: &WindowKey) -> ByWindow<Amount> {
    let calendar = PeriodCalendar::new(table, cohorts, key.period);
    let first_window = calendar.by_number(|number| key.windows.partition_point(|&window| (window as usize) < number));
    let mut sums: ByWindow<Amount> = ByWindow::new(cohorts.dates.len(), key.windows.len());
    for (user, entries) in table.revenue.iter().enumerate() {
        let cohort = cohorts.of_user[user] as usize;
        for entry in entries.iter().filter(|entry| entry.kind_index() == RevenueKind::Total as usize) {
            let number = calendar.periods_since_install(cohort, entry.day().0).unwrap_or(0);
            if let Some(sum) = first_window.get(number).and_then(|&window| sums.of_date_mut(cohort).get_mut(window)) {
                *sum += entry.amount();
            }
        }
    }
    for cohort in 0..cohorts.dates.len() {
        let sums = sums.of_date_mut(cohort);
        for window in 1..sums.len() {
            sums[window] += sums[window - 1];
        }
    }
    sums
}

/// Maps the days of the data to periods.
struct PeriodCalendar {
    first_day: i32,
    /// Period number of each day from the first date to the as-of day.
    numbers: Vec<i32>,
    /// For each install day, the day and its period number; `None` if the day is left-truncated.
    installs: Vec<Option<(i32, i32)>>,
}

impl PeriodCalendar {
    fn new(table: &UserTable, cohorts: &CohortDates, period: Period) -> PeriodCalendar {
        let installs = cohorts
            .dates
            .iter()
            .map(|date| (!date.is_left_truncated).then(|| (date.day.0, period_number(period, date.day))));
        PeriodCalendar {
            first_day: table.first_date.0,
            numbers: (table.first_date.0..=table.as_of.0).map(|day| period_number(period, Day(day))).collect(),
            installs: installs.collect(),
        }
    }

    /// Number of periods between an install day and `day`; `None` if `day` is before the install.
    #[inline]
    fn periods_since_install(&self, cohort: usize, day: i32) -> Option<usize> {
        self.periods_since(self.installs[cohort]?, day)
    }

    #[inline]
    fn periods_since(&self, (install, number): (i32, i32), day: i32) -> Option<usize> {
        if day < install {
            return None;
        }
        let of_day = *self.numbers.get(usize::try_from(day - self.first_day).ok()?)?;
        usize::try_from(of_day - number).ok()
    }

    /// A value for every number of periods that occurs in the data.
    fn by_number(&self, value: impl FnMut(usize) -> usize) -> Vec<usize> {
        let most = self.numbers.last().zip(self.numbers.first()).map_or(0, |(last, first)| last - first);
        (0..=usize::try_from(most).unwrap_or(0)).map(value).collect()
    }
}
