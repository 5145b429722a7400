//! The small tables.

use crate::report::{Report, RetentionCell, TestResult};
use crate::value::calendar::Day;

use super::table::{Table, Value};
use crate::value::fixed::Fixed;

/// 1 - adjusted p-value, as older consumers read it.
fn significance(p_adjusted: Option<f64>) -> Value {
    p_adjusted.and_then(|p_adjusted| Fixed::from_f64(1.0 - p_adjusted, 4)).into()
}

/// p-value, adjusted p-value and whether it is significant.
fn test_cells(test: Option<TestResult>) -> [Value; 3] {
    test.map_or([Value::Null, Value::Null, Value::Null], |test| {
        [Value::PValue(test.p_value), Value::PValue(test.p_adjusted), test.is_significant.into()]
    })
}

fn p_adjusted(test: Option<TestResult>) -> Option<f64> {
    test.map(|test| test.p_adjusted)
}

fn date(day: Day) -> Value {
    Value::Word(day.to_string())
}

/// `retention_cohorts.csv`
#[must_use]
pub fn retention_cohorts(report: &Report) -> Table<'_> {
    let retention = &report.retention;
    let rows = retention.cohorts.iter().map(|cohort| {
        let mut row = vec![date(cohort.cohort_date), cohort.size.into()];
        row.extend(cohort.retention_rates.iter().map(|&rate| Value::from(rate)));
        row.push(cohort.avg_revenue_per_user.into());
        row.push(cohort.total_revenue.into());
        row.push(significance(cohort.smallest_p_adjusted));
        row
    });
    let mut table = Table::new(&["cohort_date", "cohort_size"], rows);
    table.columns.extend(retention.windows.iter().map(|window| format!("day_{window}_retention")));
    table.columns.extend(["avg_revenue_per_user", "total_revenue", "statistical_significance"].map(str::to_owned));
    table
}

/// `behavioral_segment_summary.csv`
#[must_use]
pub fn behavioral_segment_summary(report: &Report) -> Table<'_> {
    let columns = &[
        "behavioral_segment",
        "user_count",
        "avg_engagement_score",
        "avg_revenue_per_user",
        "total_revenue",
        "avg_sessions",
        "avg_days_since_active",
        "percentage_of_total",
        "statistical_significance",
        "payer_rate",
        "payer_rate_ci_low",
        "payer_rate_ci_high",
        "p_value",
        "p_adjusted",
        "is_significant",
        "segment_confidence",
        "meets_confidence_threshold",
    ];
    let rows = report.behavioral.iter().map(|segment| {
        let [p_value, p_adjusted_value, is_significant] = test_cells(segment.test);
        vec![
            segment.segment.as_str().into(),
            segment.user_count.into(),
            segment.avg_engagement_score.into(),
            segment.avg_revenue_per_user.into(),
            segment.total_revenue.into(),
            segment.avg_sessions.into(),
            segment.avg_days_since_active.into(),
            segment.percentage_of_total.into(),
            significance(p_adjusted(segment.test)),
            segment.payer_rate.into(),
            segment.payer_rate_ci.map(|ci| ci.0).into(),
            segment.payer_rate_ci.map(|ci| ci.1).into(),
            p_value,
            p_adjusted_value,
            is_significant,
            segment.confidence.into(),
            segment.meets_confidence_threshold.into(),
        ]
    });
    Table::new(columns, rows)
}

/// `revenue_segment_summary.csv`
#[must_use]
pub fn revenue_segment_summary(report: &Report) -> Table<'_> {
    let columns = &[
        "revenue_segment",
        "user_count",
        "avg_revenue_per_user",
        "total_revenue",
        "iap_contribution",
        "ad_contribution",
        "subscription_contribution",
        "percentage_of_total",
        "statistical_significance",
        "revenue_share",
        "avg_engagement_score",
        "p_value",
        "p_adjusted",
        "is_significant",
        "segment_confidence",
        "meets_confidence_threshold",
    ];
    let rows = report.revenue.iter().map(|segment| {
        let [p_value, p_adjusted_value, is_significant] = test_cells(segment.test);
        vec![
            segment.segment.as_str().into(),
            segment.user_count.into(),
            segment.avg_revenue_per_user.into(),
            segment.total_revenue.into(),
            segment.iap_contribution.into(),
            segment.ad_contribution.into(),
            segment.subscription_contribution.into(),
            segment.percentage_of_total.into(),
            significance(p_adjusted(segment.test)),
            segment.revenue_share.into(),
            segment.avg_engagement_score.into(),
            p_value,
            p_adjusted_value,
            is_significant,
            segment.confidence.into(),
            segment.meets_confidence_threshold.into(),
        ]
    });
    Table::new(columns, rows)
}

/// `journey_funnel_analysis.csv`
#[must_use]
pub fn journey_funnel_analysis(report: &Report) -> Table<'_> {
    let columns = &[
        "stage_name",
        "users_entered",
        "users_completed",
        "conversion_rate",
        "avg_time_to_complete_days",
        "drop_off_rate",
        "statistical_significance",
        "median_time_to_complete_days",
        "conversion_ci_low",
        "conversion_ci_high",
        "users_reached",
        "overall_conversion_rate",
        "conversion_earlier",
        "conversion_later",
        "p_value",
        "p_adjusted",
        "is_significant",
    ];
    let rows = report.funnel.steps.iter().map(|step| {
        let [p_value, p_adjusted_value, is_significant] = test_cells(step.trend);
        vec![
            Value::Word(step.stage.to_string()),
            step.users_entered.into(),
            step.users_completed.into(),
            step.conversion_rate.into(),
            step.avg_days.into(),
            step.drop_off_rate.into(),
            significance(p_adjusted(step.trend)),
            step.median_days.into(),
            step.conversion_ci.map(|ci| ci.0).into(),
            step.conversion_ci.map(|ci| ci.1).into(),
            step.users_reached.into(),
            step.overall_conversion_rate.into(),
            step.conversion_earlier.into(),
            step.conversion_later.into(),
            p_value,
            p_adjusted_value,
            is_significant,
        ]
    });
    Table::new(columns, rows)
}

/// `retention_detail.csv`
#[must_use]
pub fn retention_detail(report: &Report) -> Table<'_> {
    let cells = report.retention.cells.iter().chain(&report.retention.pooled);
    let columns = &[
        "cohort_date",
        "day",
        "cohort_size",
        "eligible_users",
        "retained_users",
        "retention_rate",
        "ci_low",
        "ci_high",
        "p_value",
        "p_adjusted",
        "is_significant",
        "cumulative_revenue_per_user",
    ];
    let rows = cells.map(retention_row);
    Table::new(columns, rows)
}

fn retention_row(cell: &RetentionCell) -> Vec<Value> {
    let observed = cell.observed;
    let [p_value, p_adjusted_value, is_significant] = test_cells(cell.test);
    vec![
        cell.cohort_date.map_or_else(|| "all".into(), date),
        u64::from(cell.window).into(),
        cell.cohort_size.into(),
        cell.eligible_users.into(),
        observed.map(|observed| observed.retained_users).into(),
        observed.map(|observed| observed.rate).into(),
        observed.map(|observed| observed.ci.0).into(),
        observed.map(|observed| observed.ci.1).into(),
        p_value,
        p_adjusted_value,
        is_significant,
        observed.map(|observed| observed.cumulative_revenue_per_user).into(),
    ]
}

/// Pooled retention, as the report tells it.
#[must_use]
pub fn pooled_retention(report: &Report) -> Table<'_> {
    // The same cells as in the detail, without the cohort and what only cohorts have.
    let columns = &["day", "eligible_users", "retained_users", "retention_rate", "ci_low", "ci_high"];
    let rows = report.retention.pooled.iter().map(|cell| {
        let row = retention_row(cell);
        [1, 3, 4, 5, 6, 7].map(|column| row[column].clone()).to_vec()
    });
    Table::new(columns, rows)
}

/// `retention_curve.csv`
#[must_use]
pub fn retention_curve(report: &Report) -> Table<'_> {
    let columns = &[
        "day",
        "eligible_users",
        "classic_retained",
        "classic_rate",
        "classic_ci_low",
        "classic_ci_high",
        "rolling_retained",
        "rolling_rate",
    ];
    let rows = report.retention.curve.iter().map(|point| {
        vec![
            u64::from(point.day).into(),
            point.eligible_users.into(),
            point.classic_retained.into(),
            point.classic_rate.into(),
            point.classic_ci.0.into(),
            point.classic_ci.1.into(),
            point.rolling_retained.into(),
            point.rolling_rate.into(),
        ]
    });
    Table::new(columns, rows)
}

/// `segment_matrix.csv`
#[must_use]
pub fn segment_matrix(report: &Report) -> Table<'_> {
    let columns = &["behavioral_segment", "revenue_segment", "user_count", "expected_count", "adjusted_residual"];
    let rows = report.matrix.cells.iter().map(|cell| {
        vec![
            cell.behavioral.as_str().into(),
            cell.revenue.as_str().into(),
            cell.user_count.into(),
            cell.expected_count.into(),
            cell.adjusted_residual.into(),
        ]
    });
    Table::new(columns, rows)
}

/// `daily_metrics.csv`
#[must_use]
pub fn daily_metrics(report: &Report) -> Table<'_> {
    let columns = &[
        "date",
        "dau",
        "new_users",
        "returning_users",
        "wau",
        "mau",
        "stickiness",
        "payers",
        "total_revenue",
        "iap_revenue",
        "ad_revenue",
        "subscription_revenue",
        "arpdau",
        "arppu",
    ];
    let rows = report.daily.iter().map(|day| {
        vec![
            date(day.date),
            day.dau.into(),
            day.new_users.into(),
            (day.dau - day.new_users).into(),
            day.wau.into(),
            day.mau.into(),
            day.stickiness.into(),
            day.payers.into(),
            day.total_revenue.into(),
            day.iap_revenue.into(),
            day.ad_revenue.into(),
            day.subscription_revenue.into(),
            day.arpdau.into(),
            day.arppu.into(),
        ]
    });
    Table::new(columns, rows)
}
