//! Retention by cohort and window.

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::money::Amount;
use crate::output::number::Fixed;
use crate::report::{CohortSummary, ObservedRetention, Retention, RetentionCell};
use crate::rows::RevenueKind;
use crate::settings::{RetentionDefinition, Settings};
use crate::stats::normal::two_sided_z;
use crate::stats::proportion::Proportion;
use crate::users::UserTable;

use super::figures::{money_mean, money_sum, percent_interval};
use super::period::{DayRange, period_after, period_start};
use super::retention_curve;
use super::testing::{adjust, compare_proportions};

/// Whether the user can take part in retention at all: seen from install on, in a cohort that was asked for.
pub(super) fn is_observed_from_install(table: &UserTable, user: usize, settings: &Settings) -> bool {
    let cohort_date = table.totals[user].cohort_date();
    !table.is_left_truncated(user) && settings.cohort_start_date.is_none_or(|start| cohort_date >= start)
}

/// Measures retention of every cohort at every window.
pub(super) fn measure(table: &UserTable, revenue: &[Amount], settings: &Settings) -> Retention {
    let windows = settings.retention_windows();
    let users: Vec<usize> =
        (0..table.user_count()).filter(|&user| is_observed_from_install(table, user, settings)).collect();
    let cohorts = count_cohorts(table, revenue, settings, &windows, &users);

    let mut pooled = CohortCounts::new(windows.len());
    for counts in cohorts.values() {
        pooled.add(counts);
    }
    let p_values: Vec<Option<f64>> = cohorts
        .values()
        .flat_map(|counts| (0..windows.len()).map(|window| test_window(counts, &pooled, window, settings)))
        .collect();
    let mut tests = adjust(&p_values, settings).into_iter();
    let z = two_sided_z(settings.significance_threshold);
    let mut cells = Vec::with_capacity(p_values.len());
    let mut summaries = Vec::new();
    let mut small_cohort_count = 0;
    for (&cohort_date, counts) in &cohorts {
        let of_cohort = cells.len();
        for (&window, at_window) in windows.iter().zip(&counts.windows) {
            let cell = cell(Some(cohort_date), window, counts.size, at_window, z);
            cells.push(RetentionCell { test: tests.next().flatten(), ..cell });
        }
        if counts.size >= settings.minimum_sample_size {
            summaries.push(summary(cohort_date, counts, &cells[of_cohort..]));
        } else {
            small_cohort_count += 1;
        }
    }
    let pooled_cells = windows.iter().zip(&pooled.windows);
    Retention {
        definition: settings.retention_definition,
        pooled: pooled_cells.map(|(&window, counts)| cell(None, window, pooled.size, counts, z)).collect(),
        windows,
        cohorts: summaries,
        small_cohort_count,
        cells,
        curve: retention_curve::measure(table, &users, z),
    }
}

/// What is counted for a cohort.
struct CohortCounts {
    size: u64,
    revenue: Amount,
    windows: Vec<WindowCounts>,
}

/// What is counted for a cohort at a window.
#[derive(Clone, Copy, Default)]
struct WindowCounts {
    eligible: u64,
    retained: u64,
    cumulative_revenue: Amount,
}

impl CohortCounts {
    fn new(window_count: usize) -> CohortCounts {
        CohortCounts { size: 0, revenue: Amount::ZERO, windows: vec![WindowCounts::default(); window_count] }
    }

    fn add(&mut self, other: &CohortCounts) {
        self.size += other.size;
        self.revenue += other.revenue;
        for (sum, counts) in self.windows.iter_mut().zip(&other.windows) {
            sum.eligible += counts.eligible;
            sum.retained += counts.retained;
            sum.cumulative_revenue += counts.cumulative_revenue;
        }
    }
}

/// A window of the users with one install day.
struct Window {
    /// The days on which activity counts as retained.
    retaining: DayRange,
    /// The last day of the window: revenue counts up to it, and it must have been observed.
    last: i64,
    is_observed: bool,
}

/// The windows of users with this install day.
fn windows_of(cohort_date: Day, windows: &[u32], settings: &Settings, as_of: Day) -> Vec<Window> {
    let period = settings.retention_period;
    let mut previous = 0;
    let mut ranges = Vec::with_capacity(windows.len());
    for &window in windows {
        let whole = period_after(period, cohort_date, window);
        let retaining = match settings.retention_definition {
            RetentionDefinition::Classic => whole,
            RetentionDefinition::Rolling => DayRange { first: whole.first, last: i64::MAX },
            RetentionDefinition::Bracket => {
                DayRange { first: period_after(period, cohort_date, previous + 1).first, last: whole.last }
            }
        };
        ranges.push(Window { retaining, last: whole.last, is_observed: whole.last <= i64::from(as_of.0) });
        previous = window;
    }
    ranges
}

fn count_cohorts(
    table: &UserTable,
    revenue: &[Amount],
    settings: &Settings,
    windows: &[u32],
    users: &[usize],
) -> BTreeMap<Day, CohortCounts> {
    let mut by_date: Vec<usize> = users.to_vec();
    by_date.sort_by_key(|&user| table.totals[user].cohort_date());
    let mut cohorts: BTreeMap<Day, CohortCounts> = BTreeMap::new();
    for same_date in by_date.chunk_by(|&a, &b| table.totals[a].cohort_date() == table.totals[b].cohort_date()) {
        let cohort_date = table.totals[same_date[0]].cohort_date();
        let ranges = windows_of(cohort_date, windows, settings, table.as_of);
        let counts = cohorts
            .entry(period_start(settings.cohort_period(), cohort_date))
            .or_insert_with(|| CohortCounts::new(windows.len()));
        for &user in same_date {
            counts.size += 1;
            counts.revenue += revenue[user];
            count_user(table, user, cohort_date, &ranges, &mut counts.windows);
        }
    }
    cohorts
}

fn count_user(table: &UserTable, user: usize, cohort_date: Day, ranges: &[Window], counts: &mut [WindowCounts]) {
    let active_days = table.active_days.of(user);
    let mut entries = table.revenue.of(user).iter().peekable();
    let mut earned = Amount::ZERO;
    for (range, counts) in ranges.iter().zip(counts) {
        if !range.is_observed {
            // Windows ascend, so the later ones are not observed either.
            break;
        }
        counts.eligible += 1;
        // Days before install take no part.
        let first = range.retaining.first.max(cohort_date.0.into());
        let at = active_days.partition_point(|&day| i64::from(day) < first);
        let is_retained = active_days.get(at).is_some_and(|&day| i64::from(day) <= range.retaining.last);
        counts.retained += u64::from(is_retained);
        while let Some(entry) = entries.next_if(|entry| i64::from(entry.day().0) <= range.last) {
            if entry.kind_index() == RevenueKind::Total as usize {
                earned += entry.amount();
            }
        }
        counts.cumulative_revenue += earned;
    }
}

/// The cohort against all other eligible users at a window.
fn test_window(cohort: &CohortCounts, pooled: &CohortCounts, window: usize, settings: &Settings) -> Option<f64> {
    if settings.retention_definition == RetentionDefinition::Rolling {
        return None;
    }
    let (this, all) = (cohort.windows[window], pooled.windows[window]);
    let others = Proportion { successes: all.retained - this.retained, trials: all.eligible - this.eligible };
    compare_proportions(Proportion { successes: this.retained, trials: this.eligible }, others, settings)
}

fn cell(cohort_date: Option<Day>, window: u32, cohort_size: u64, counts: &WindowCounts, z: f64) -> RetentionCell {
    let proportion = Proportion { successes: counts.retained, trials: counts.eligible };
    let observed = || {
        Some(ObservedRetention {
            retained_users: counts.retained,
            rate: Fixed::percent(counts.retained, counts.eligible)?,
            ci: percent_interval(proportion.wilson_interval(z)?),
            cumulative_revenue_per_user: money_mean(counts.cumulative_revenue, counts.eligible)?,
        })
    };
    RetentionCell {
        cohort_date,
        window,
        cohort_size,
        eligible_users: counts.eligible,
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
