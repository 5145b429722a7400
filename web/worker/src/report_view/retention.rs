//! Retention, cohort by cohort.

use strata_core::calendar::Day;
use strata_core::report::{Retention, RetentionCell, RetentionCurvePoint};
use strata_core::settings::{Period, Settings};
use strata_protocol::{CohortRow, CurvePoint, RetentionCellView, RetentionView};

use super::{interval, test};

pub fn view(retention: &Retention, settings: &Settings) -> RetentionView {
    // The cells come by cohort, and within a cohort by window.
    let cohorts = retention.cells.chunks(retention.windows.len().max(1));
    RetentionView {
        definition: retention.definition.as_str().to_owned(),
        period: settings.retention_period.as_str().to_owned(),
        cohort_period: settings.cohort_period().as_str().to_owned(),
        windows: retention.windows.clone(),
        pooled: retention.pooled.iter().map(|pooled| cell(pooled, None)).collect(),
        pooled_size: retention.pooled.first().map_or(0, |pooled| pooled.cohort_size),
        cohorts: cohorts.filter_map(|cells| cohort(cells, settings)).collect(),
        small_cohort_count: retention.small_cohort_count,
        curve: retention.curve.iter().map(curve_point).collect(),
    }
}

fn cohort(cells: &[RetentionCell], settings: &Settings) -> Option<CohortRow> {
    let RetentionCell { cohort_date, cohort_size: size, .. } = *cells.first()?;
    let date = cohort_date?;
    let last_install = period_end(settings.cohort_period(), date);
    let view = |of_window: &RetentionCell| {
        cell(of_window, Some(closing_day(settings.retention_period, last_install, of_window.window)))
    };
    Some(CohortRow {
        date: date.to_string(),
        size,
        is_small: size < settings.minimum_sample_size,
        cells: cells.iter().map(view).collect(),
    })
}

fn cell(cell: &RetentionCell, closes_on: Option<Day>) -> RetentionCellView {
    let observed = cell.observed;
    RetentionCellView {
        eligible: cell.eligible_users,
        retained: observed.map(|observed| observed.retained_users),
        rate: observed.map(|observed| observed.rate.to_f64()),
        interval: observed.map(|observed| interval(observed.ci)),
        revenue_per_user: observed.map(|observed| observed.cumulative_revenue_per_user.to_f64()),
        test: cell.test.map(test),
        closes_on: closes_on.map(|day| day.to_string()),
    }
}

fn curve_point(point: &RetentionCurvePoint) -> CurvePoint {
    CurvePoint {
        day: point.day,
        eligible: point.eligible_users,
        classic_retained: point.classic_retained,
        classic_rate: point.classic_rate.to_f64(),
        classic_interval: interval(point.classic_ci),
        rolling_rate: point.rolling_rate.to_f64(),
    }
}

/// The last day of the period that begins on a day.
fn period_end(period: Period, first: Day) -> Day {
    match period {
        Period::Day => first,
        Period::Week => Day(first.0.saturating_add(6)),
        Period::Month => Day(Day::first_of_month(first.month_number() + 1).0 - 1),
    }
}

/// The last day of the `window`-th period after the one that holds an install.
fn closing_day(period: Period, install: Day, window: u32) -> Day {
    let window = i32::try_from(window).unwrap_or(i32::MAX);
    match period {
        Period::Day => Day(install.0.saturating_add(window)),
        Period::Week => Day(install.week_start().0.saturating_add(window.saturating_mul(7)).saturating_add(6)),
        Period::Month => {
            let month = install.month_number().saturating_add(window).saturating_add(1);
            Day(Day::first_of_month(month).0.saturating_sub(1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_cell_closes_when_its_last_user_was_observed_to_the_end_of_the_window() {
        let closes = |cohort: Period, period: Period, first: &str, window: u32| {
            closing_day(period, period_end(cohort, day(first)), window).to_string()
        };
        assert_eq!(closes(Period::Day, Period::Day, "2024-02-28", 2), "2024-03-01");
        // Users of the week from Monday 2024-01-01 are installed up to Sunday the 7th.
        assert_eq!(closes(Period::Week, Period::Day, "2024-01-01", 7), "2024-01-14");
        assert_eq!(closes(Period::Week, Period::Week, "2024-01-01", 1), "2024-01-14");
        assert_eq!(closes(Period::Month, Period::Week, "2024-01-01", 1), "2024-02-11");
        assert_eq!(closes(Period::Month, Period::Month, "2023-11-01", 3), "2024-02-29");
        assert_eq!(closes(Period::Month, Period::Day, "2024-02-01", 1), "2024-03-01");
    }

    #[test]
    fn windows_far_beyond_the_calendar_do_not_overflow() {
        for period in [Period::Day, Period::Week, Period::Month] {
            assert!(closing_day(period, day("9999-12-31"), u32::MAX) > day("9999-12-31"));
        }
    }
}
