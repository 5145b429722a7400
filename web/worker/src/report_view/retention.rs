//! Retention, cohort by cohort.

use strata_core::report::{Retention, RetentionCell, RetentionCurvePoint};
use strata_core::settings::Settings;
use strata_protocol::{CohortRow, CurvePoint, RetentionCellView, RetentionView};

use super::{interval, test};

pub fn view(retention: &Retention, settings: &Settings) -> RetentionView {
    // The cells come by cohort, and within a cohort by window.
    let cohorts = retention.cells.chunks(retention.windows.len().max(1));
    RetentionView {
        definition: retention.definition.as_str().to_owned(),
        period: retention.period.as_str().to_owned(),
        cohort_period: retention.cohort_period.as_str().to_owned(),
        windows: retention.windows.clone(),
        pooled: retention.pooled.iter().map(cell).collect(),
        pooled_size: retention.pooled.first().map_or(0, |pooled| pooled.cohort_size),
        cohorts: cohorts.filter_map(|cells| cohort(cells, settings)).collect(),
        small_cohort_count: retention.small_cohort_count,
        curve: retention.curve.iter().map(curve_point).collect(),
    }
}

fn cohort(cells: &[RetentionCell], settings: &Settings) -> Option<CohortRow> {
    let RetentionCell { cohort_date, cohort_size: size, .. } = *cells.first()?;
    let date = cohort_date?;
    Some(CohortRow {
        date: date.to_string(),
        size,
        is_small: size < settings.segmentation_minimum_sample_size,
        cells: cells.iter().map(cell).collect(),
    })
}

fn cell(cell: &RetentionCell) -> RetentionCellView {
    let observed = cell.observed;
    RetentionCellView {
        eligible: cell.eligible_users,
        retained: observed.map(|observed| observed.retained_users),
        rate: observed.map(|observed| observed.rate.to_f64()),
        interval: observed.map(|observed| interval(observed.ci)),
        revenue_per_user: observed.map(|observed| observed.cumulative_revenue_per_user.to_f64()),
        test: cell.test.map(test),
        closes_on: cell.closes_on.map(|day| day.to_string()),
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
