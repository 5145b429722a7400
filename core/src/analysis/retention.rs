//! Retention by cohort and window.

use std::collections::BTreeMap;

use crate::report::{CohortSummary, ObservedRetention, Retention, RetentionCell};
use crate::settings::{RetentionDefinition, Settings};
use crate::stats::normal::two_sided_z;
use crate::stats::proportion::Proportion;
use crate::users::UserTable;
use crate::value::amount::Amount;
use crate::value::calendar::Day;
use crate::value::fixed::Fixed;

use super::cohorts::CohortDates;
use super::figures::{money_mean, money_sum, percent_interval};
use super::hypothesis_tests::{UnadjustedTest, adjust, compare_proportions};
use super::period::{period_after, period_end, period_start};
use super::retained_counts::{ByWindow, observed_windows};
use super::retention_curve::CurveCounts;

/// Whether retention can count the user: observed from install on, in a cohort that the cohort start date includes.
pub(super) fn is_observed_from_install(table: &UserTable, user: usize, settings: &Settings) -> bool {
    let cohort_date = table.totals[user].cohort_date();
    !table.is_left_truncated(user) && settings.segmentation_cohort_start_date.is_none_or(|start| cohort_date >= start)
}

/// The inputs of retention.
pub(super) struct RetentionIngredients<'a> {
    pub cohorts: &'a CohortDates,
    /// Retained users.
    pub retained: &'a ByWindow<u64>,
    /// Revenue up to the end of each window.
    pub revenue: &'a ByWindow<Amount>,
    pub curve: &'a CurveCounts,
    pub as_of: Day,
}

/// Measures the retention of every cohort in every window.
pub(super) fn measure(table: &UserTable, ingredients: &RetentionIngredients<'_>, settings: &Settings) -> Retention {
    let windows = settings.retention_windows();
    let cohorts = add_up_cohorts(ingredients, &windows, settings);

    let mut pooled = CohortCounts::new(windows.len());
    for counts in cohorts.values() {
        pooled.add(counts);
    }
    let tests: Vec<Option<UnadjustedTest>> = cohorts
        .values()
        .flat_map(|counts| (0..windows.len()).map(|window| test_window(counts, &pooled, window, settings)))
        .collect();
    let mut cells = Vec::with_capacity(tests.len());
    let mut tests = adjust(&tests, settings).into_iter();
    let z = two_sided_z(settings.segmentation_significance_threshold);
    let mut summaries = Vec::new();
    let mut small_cohort_count = 0;
    for (&cohort_date, counts) in &cohorts {
        let of_cohort = cells.len();
        let last_install = last_install(cohort_date, counts, ingredients.as_of, settings);
        for (&window, at_window) in windows.iter().zip(&counts.windows) {
            cells.push(RetentionCell {
                cohort_date: Some(cohort_date),
                closes_on: closing_day(last_install, window, settings),
                test: tests.next().flatten(),
                ..cell(window, counts.size, at_window, z)
            });
        }
        if counts.size >= settings.segmentation_minimum_sample_size {
            summaries.push(summary(cohort_date, counts, &cells[of_cohort..]));
        } else {
            small_cohort_count += 1;
        }
    }
    let pooled_cells = windows.iter().zip(&pooled.windows);
    Retention {
        definition: settings.retention_definition,
        period: settings.retention_period,
        cohort_period: settings.cohort_period(),
        pooled: pooled_cells.map(|(&window, counts)| cell(window, pooled.size, counts, z)).collect(),
        windows,
        cohorts: summaries,
        small_cohort_count,
        cohort_users: pooled.size,
        users_left_out: table.user_count() as u64 - pooled.size,
        cells,
        curve: ingredients.curve.points(z),
    }
}

/// The counts of a cohort.
struct CohortCounts {
    size: u64,
    revenue: Amount,
    windows: Vec<WindowCounts>,
    /// The latest install day among its users.
    last_install: Day,
}

/// The counts of a cohort at a window.
#[derive(Clone, Copy, Default)]
struct WindowCounts {
    eligible: u64,
    retained: u64,
    cumulative_revenue: Amount,
}

impl CohortCounts {
    fn new(window_count: usize) -> CohortCounts {
        CohortCounts {
            size: 0,
            revenue: Amount::ZERO,
            windows: vec![WindowCounts::default(); window_count],
            last_install: Day::MIN,
        }
    }

    fn add(&mut self, other: &CohortCounts) {
        self.size += other.size;
        self.revenue += other.revenue;
        self.last_install = self.last_install.max(other.last_install);
        for (sum, counts) in self.windows.iter_mut().zip(&other.windows) {
            sum.eligible += counts.eligible;
            sum.retained += counts.retained;
            sum.cumulative_revenue += counts.cumulative_revenue;
        }
    }
}

/// Sums the counts over the install days of each cohort.
fn add_up_cohorts(
    ingredients: &RetentionIngredients<'_>,
    windows: &[u32],
    settings: &Settings,
) -> BTreeMap<Day, CohortCounts> {
    let mut cohorts: BTreeMap<Day, CohortCounts> = BTreeMap::new();
    for (place, date) in ingredients.cohorts.dates.iter().enumerate() {
        if !date.is_observed_from_install(settings.segmentation_cohort_start_date) {
            continue;
        }
        let observed = observed_windows(date.day, settings.retention_period, windows, ingredients.as_of);
        let counted = ingredients.retained.of_date(place).iter().zip(ingredients.revenue.of_date(place));
        let of_window = |(is_observed, (&retained, &cumulative_revenue))| {
            let counts = WindowCounts { eligible: date.users, retained, cumulative_revenue };
            if is_observed { counts } else { WindowCounts::default() }
        };
        let of_date = CohortCounts {
            size: date.users,
            revenue: date.revenue,
            windows: observed.into_iter().zip(counted).map(of_window).collect(),
            last_install: date.day,
        };
        cohorts
            .entry(period_start(settings.cohort_period(), date.day))
            .or_insert_with(|| CohortCounts::new(windows.len()))
            .add(&of_date);
    }
    cohorts
}

/// The last day on which a user of the cohort can install, or did install if the cohort lies after the as-of day.
fn last_install(cohort_date: Day, counts: &CohortCounts, as_of: Day, settings: &Settings) -> Day {
    period_end(settings.cohort_period(), cohort_date).min(as_of).max(counts.last_install)
}

/// The last day of the window for users with this install day; `None` if it cannot be written as a date.
fn closing_day(install: Day, window: u32, settings: &Settings) -> Option<Day> {
    let last = period_after(settings.retention_period, install, window).last;
    i32::try_from(last).ok().map(Day).filter(|&day| day <= Day::MAX)
}

/// Tests the cohort against all other eligible users at a window.
fn test_window(
    cohort: &CohortCounts,
    pooled: &CohortCounts,
    window: usize,
    settings: &Settings,
) -> Option<UnadjustedTest> {
    if settings.retention_definition == RetentionDefinition::Rolling {
        return None;
    }
    let (this, all) = (cohort.windows[window], pooled.windows[window]);
    let others = Proportion { successes: all.retained - this.retained, trials: all.eligible - this.eligible };
    compare_proportions(Proportion { successes: this.retained, trials: this.eligible }, others, settings)
}

/// The cell of all cohorts pooled.
fn cell(window: u32, cohort_size: u64, counts: &WindowCounts, z: f64) -> RetentionCell {
    let proportion = Proportion { successes: counts.retained, trials: counts.eligible };
    let observed = || {
        Some(ObservedRetention {
            retained_users: counts.retained,
            lost_users: proportion.failures(),
            rate: Fixed::percent(counts.retained, counts.eligible)?,
            ci: percent_interval(proportion.wilson_interval(z)?),
            cumulative_revenue_per_user: money_mean(counts.cumulative_revenue, counts.eligible)?,
        })
    };
    RetentionCell {
        cohort_date: None,
        window,
        cohort_size,
        eligible_users: counts.eligible,
        closes_on: None,
        observed: observed(),
        test: None,
    }
}

fn summary(cohort_date: Day, counts: &CohortCounts, cells: &[RetentionCell]) -> CohortSummary {
    CohortSummary {
        cohort_date,
        size: counts.size,
        retention_rates: cells.iter().map(|cell| cell.observed.map(|observed| observed.rate)).collect(),
        avg_revenue_per_user: money_mean(counts.revenue, counts.size).unwrap_or_default(),
        total_revenue: money_sum(counts.revenue),
        smallest_p_adjusted: cells
            .iter()
            .filter_map(|cell| cell.test)
            .map(|test| test.p_adjusted)
            .min_by(f64::total_cmp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Period;

    fn day(text: &str) -> Day {
        Day::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_cell_closes_when_the_last_user_that_the_cohort_can_have_is_observed() {
        let closes = |cohort: Period, period: Period, first: &str, window: u32, as_of: &str, last_install: &str| {
            let settings = Settings { cohort_granularity: cohort, retention_period: period, ..Settings::default() };
            let counts = CohortCounts { last_install: day(last_install), ..CohortCounts::new(0) };
            let last_install = super::last_install(day(first), &counts, day(as_of), &settings);
            closing_day(last_install, window, &settings).map(|day| day.to_string()).unwrap_or_default()
        };
        let (d, w, m) = (Period::Day, Period::Week, Period::Month);
        assert_eq!(closes(d, d, "2024-02-28", 2, "2024-03-31", "2024-02-28"), "2024-03-01");
        // 2024-01-01 is a Monday; users of its week install up to Sunday the 7th, even if none did that day.
        assert_eq!(closes(w, d, "2024-01-01", 7, "2024-03-31", "2024-01-03"), "2024-01-14");
        assert_eq!(closes(w, w, "2024-01-01", 1, "2024-03-31", "2024-01-07"), "2024-01-14");
        assert_eq!(closes(m, w, "2024-01-01", 1, "2024-03-31", "2024-01-31"), "2024-02-11");
        assert_eq!(closes(m, m, "2023-11-01", 3, "2024-03-31", "2023-11-30"), "2024-02-29");
        // A month that has not ended has no users after the as-of day.
        assert_eq!(closes(m, d, "2024-02-01", 7, "2024-02-10", "2024-02-09"), "2024-02-17");
        // Unless the data has a later install day.
        assert_eq!(closes(m, d, "2024-02-01", 7, "2024-02-10", "2024-02-12"), "2024-02-19");
        assert_eq!(closes(d, d, "9999-12-31", 1, "9999-12-31", "9999-12-31"), "");
        assert_eq!(closes(m, m, "9999-12-01", u32::MAX, "9999-12-31", "9999-12-31"), "");
    }
}
