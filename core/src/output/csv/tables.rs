//! The small tables, each defined as a list of columns.

use crate::report::{
    BehavioralSummary, CohortSummary, DailyMetrics, FunnelStep, MatrixCell, Report, RetentionCell, RetentionCurvePoint,
    RevenueSummary, TestResult,
};
use crate::value::calendar::Day;

use super::table::{Column, ColumnInfo, Table, Value, describe};
use crate::value::fixed::Fixed;

/// 1 - adjusted p-value, as older consumers expect it.
fn significance(p_adjusted: Option<f64>) -> Value {
    p_adjusted.and_then(|p_adjusted| Fixed::from_f64(1.0 - p_adjusted, 4)).into()
}

fn significance_of(test: Option<TestResult>) -> Value {
    significance(test.map(|test| test.p_adjusted))
}

fn p_value(test: Option<TestResult>) -> Value {
    test.map_or(Value::Null, |test| Value::PValue(test.p_value))
}

fn p_adjusted(test: Option<TestResult>) -> Value {
    test.map_or(Value::Null, |test| Value::PValue(test.p_adjusted))
}

fn is_significant(test: Option<TestResult>) -> Value {
    test.map(|test| test.is_significant).into()
}

fn low(interval: Option<(Fixed, Fixed)>) -> Value {
    interval.map(|interval| interval.0).into()
}

fn high(interval: Option<(Fixed, Fixed)>) -> Value {
    interval.map(|interval| interval.1).into()
}

fn date(day: Day) -> Value {
    Value::Word(day.to_string())
}

// Meanings used in several tables.
const P_ADJUSTED: &str = "p-value after Benjamini-Hochberg adjustment";
const IS_SIGNIFICANT: &str = "Whether the adjusted p-value is below the significance threshold";
const SIGNIFICANCE: &str = "1 - adjusted p-value";
const CONFIDENCE: &str = "Segment confidence, 0 to 1";
const MEETS_THRESHOLD: &str = "Whether the unrounded confidence reaches the threshold";

const COHORT: [Column<CohortSummary>; 2] = [
    ("cohort_date", |row| date(row.cohort_date), "First day of the install period"),
    ("cohort_size", |row| row.size.into(), "Users in the cohort"),
];

/// A placeholder for the columns of the windows, which depend on the settings.
const WINDOW: ColumnInfo =
    ColumnInfo { name: "day_<N>_retention", meaning: "Retention rate at window N, in percent; one column per window" };

const COHORT_TOTALS: [Column<CohortSummary>; 3] = [
    ("avg_revenue_per_user", |row| row.avg_revenue_per_user.into(), "Mean revenue per user"),
    ("total_revenue", |row| row.total_revenue.into(), "Revenue"),
    (
        "statistical_significance",
        |row| significance(row.smallest_p_adjusted),
        "1 - smallest adjusted p-value of the cohort",
    ),
];

/// The table `retention_cohorts.csv`.
#[must_use]
pub fn retention_cohorts(report: &Report) -> Table<'_> {
    let retention = &report.retention;
    let names = |columns: &[Column<CohortSummary>]| columns.iter().map(|column| column.0.to_owned()).collect();
    let windows = retention.windows.iter().map(|window| format!("day_{window}_retention")).collect();
    let columns: [Vec<String>; 3] = [names(&COHORT), windows, names(&COHORT_TOTALS)];
    let rows = retention.cohorts.iter().map(|cohort| {
        let before = COHORT.iter().map(|(_, value, _)| value(cohort));
        let rates = cohort.retention_rates.iter().map(|&rate| Value::from(rate));
        before.chain(rates).chain(COHORT_TOTALS.iter().map(|(_, value, _)| value(cohort))).collect()
    });
    Table { columns: columns.concat(), rows: Box::new(rows) }
}

/// The columns of `retention_cohorts.csv`, with a placeholder for those of the windows.
pub(in super::super) fn cohort_columns() -> Vec<ColumnInfo> {
    [describe(&COHORT), vec![WINDOW], describe(&COHORT_TOTALS)].concat()
}

pub(in super::super) const BEHAVIORAL_SEGMENTS: &[Column<BehavioralSummary>] = &[
    ("behavioral_segment", |row| row.segment.as_str().into(), "The segment, from highest engagement to churned"),
    ("user_count", |row| row.user_count.into(), "Users in the segment"),
    ("avg_engagement_score", |row| row.avg_engagement_score.into(), "Mean engagement score, 0 to 1"),
    ("avg_revenue_per_user", |row| row.avg_revenue_per_user.into(), "Mean revenue per user"),
    ("total_revenue", |row| row.total_revenue.into(), "Revenue"),
    ("avg_sessions", |row| row.avg_sessions.into(), "Mean sessions; active days if the data has no sessions"),
    ("avg_days_since_active", |row| row.avg_days_since_active.into(), "Mean days since the last activity"),
    ("percentage_of_total", |row| row.percentage_of_total.into(), "Share of all users, in percent"),
    ("statistical_significance", |row| significance_of(row.test), SIGNIFICANCE),
    ("payer_rate", |row| row.payer_rate.into(), "Share of users who paid, in percent"),
    ("payer_rate_ci_low", |row| low(row.payer_rate_ci), "Lower end of the payer rate's Wilson interval"),
    ("payer_rate_ci_high", |row| high(row.payer_rate_ci), "Upper end of the payer rate's Wilson interval"),
    ("p_value", |row| p_value(row.test), "p-value of the payer rate against all other users"),
    ("p_adjusted", |row| p_adjusted(row.test), P_ADJUSTED),
    ("is_significant", |row| is_significant(row.test), IS_SIGNIFICANT),
    ("segment_confidence", |row| row.confidence.into(), CONFIDENCE),
    ("meets_confidence_threshold", |row| row.meets_confidence_threshold.into(), MEETS_THRESHOLD),
];

/// The table `behavioral_segment_summary.csv`.
#[must_use]
pub fn behavioral_segment_summary(report: &Report) -> Table<'_> {
    Table::new(BEHAVIORAL_SEGMENTS, &report.behavioral)
}

pub(in super::super) const REVENUE_SEGMENTS: &[Column<RevenueSummary>] = &[
    ("revenue_segment", |row| row.segment.as_str().into(), "The segment, from whale to free_user"),
    ("user_count", |row| row.user_count.into(), "Users in the segment"),
    ("avg_revenue_per_user", |row| row.avg_revenue_per_user.into(), "Mean revenue per user"),
    ("total_revenue", |row| row.total_revenue.into(), "Revenue"),
    ("iap_contribution", |row| row.iap_contribution.into(), "Revenue from in-app purchases"),
    ("ad_contribution", |row| row.ad_contribution.into(), "Revenue from advertising"),
    ("subscription_contribution", |row| row.subscription_contribution.into(), "Revenue from subscriptions"),
    ("percentage_of_total", |row| row.percentage_of_total.into(), "Share of all users, in percent"),
    ("statistical_significance", |row| significance_of(row.test), SIGNIFICANCE),
    ("revenue_share", |row| row.revenue_share.into(), "Share of all revenue, in percent"),
    ("avg_engagement_score", |row| row.avg_engagement_score.into(), "Mean engagement score, 0 to 1"),
    ("p_value", |row| p_value(row.test), "p-value of the engagement score against all other users"),
    ("p_adjusted", |row| p_adjusted(row.test), P_ADJUSTED),
    ("is_significant", |row| is_significant(row.test), IS_SIGNIFICANT),
    ("segment_confidence", |row| row.confidence.into(), CONFIDENCE),
    ("meets_confidence_threshold", |row| row.meets_confidence_threshold.into(), MEETS_THRESHOLD),
];

/// The table `revenue_segment_summary.csv`.
#[must_use]
pub fn revenue_segment_summary(report: &Report) -> Table<'_> {
    Table::new(REVENUE_SEGMENTS, &report.revenue)
}

pub(in super::super) const FUNNEL: &[Column<FunnelStep>] = &[
    ("stage_name", |row| Value::Word(row.stage.to_string()), "The stage"),
    ("users_entered", |row| row.users_entered.into(), "Users who completed the previous stage; all users at first"),
    ("users_completed", |row| row.users_completed.into(), "Users who completed this stage"),
    ("conversion_rate", |row| row.conversion_rate.into(), "users_completed / users_entered, in percent"),
    ("avg_time_to_complete_days", |row| row.avg_days.into(), "Mean days from install to completion"),
    ("drop_off_rate", |row| row.drop_off_rate.into(), "100 - conversion_rate"),
    ("statistical_significance", |row| significance_of(row.trend), SIGNIFICANCE),
    ("median_time_to_complete_days", |row| row.median_days.into(), "Median days from install to completion"),
    ("conversion_ci_low", |row| low(row.conversion_ci), "Lower end of the conversion rate's Wilson interval"),
    ("conversion_ci_high", |row| high(row.conversion_ci), "Upper end of the conversion rate's Wilson interval"),
    ("users_reached", |row| row.users_reached.into(), "Users who reached the stage, whatever the mode and window"),
    ("overall_conversion_rate", |row| row.overall_conversion_rate.into(), "users_reached / all users, in percent"),
    ("conversion_earlier", |row| row.conversion_earlier.into(), "Conversion in the earlier half of the cohorts"),
    ("conversion_later", |row| row.conversion_later.into(), "Conversion in the later half of the cohorts"),
    ("p_value", |row| p_value(row.trend), "p-value of the earlier against the later half"),
    ("p_adjusted", |row| p_adjusted(row.trend), P_ADJUSTED),
    ("is_significant", |row| is_significant(row.trend), IS_SIGNIFICANT),
];

/// The table `journey_funnel_analysis.csv`.
#[must_use]
pub fn journey_funnel_analysis(report: &Report) -> Table<'_> {
    Table::new(FUNNEL, &report.funnel.steps)
}

pub(in super::super) const RETENTION: &[Column<RetentionCell>] = &[
    (
        "cohort_date",
        |row| row.cohort_date.map_or_else(|| "all".into(), date),
        "First day of the install period, or all",
    ),
    ("day", |row| u64::from(row.window).into(), "The window, in units of the retention period"),
    ("cohort_size", |row| row.cohort_size.into(), "Users in the cohort"),
    ("eligible_users", |row| row.eligible_users.into(), "Users observed for at least that long"),
    ("retained_users", |row| row.observed.map(|seen| seen.retained_users).into(), "Eligible users who were retained"),
    ("retention_rate", |row| row.observed.map(|seen| seen.rate).into(), "retained_users / eligible_users, in percent"),
    ("ci_low", |row| low(row.observed.map(|seen| seen.ci)), "Lower end of the rate's Wilson interval"),
    ("ci_high", |row| high(row.observed.map(|seen| seen.ci)), "Upper end of the rate's Wilson interval"),
    ("p_value", |row| p_value(row.test), "p-value of the cohort against all other eligible users"),
    ("p_adjusted", |row| p_adjusted(row.test), P_ADJUSTED),
    ("is_significant", |row| is_significant(row.test), IS_SIGNIFICANT),
    (
        "cumulative_revenue_per_user",
        |row| row.observed.map(|seen| seen.cumulative_revenue_per_user).into(),
        "Revenue up to the window per eligible user",
    ),
];

/// The table `retention_detail.csv`.
#[must_use]
pub fn retention_detail(report: &Report) -> Table<'_> {
    Table::new(RETENTION, report.retention.cells.iter().chain(&report.retention.pooled))
}

/// Pooled retention, as in the JSON report: the columns of `retention_detail.csv` except those that only cohorts have.
#[must_use]
pub fn pooled_retention(report: &Report) -> Table<'_> {
    let names = ["day", "eligible_users", "retained_users", "retention_rate", "ci_low", "ci_high"];
    Table::select(RETENTION, &names, &report.retention.pooled)
}

pub(in super::super) const RETENTION_CURVE: &[Column<RetentionCurvePoint>] = &[
    ("day", |row| u64::from(row.day).into(), "Days since install"),
    ("eligible_users", |row| row.eligible_users.into(), "Users observed for at least that long"),
    ("classic_retained", |row| row.classic_retained.into(), "Users active on that day"),
    ("classic_rate", |row| row.classic_rate.into(), "classic_retained / eligible_users, in percent"),
    ("classic_ci_low", |row| row.classic_ci.0.into(), "Lower end of the classic rate's Wilson interval"),
    ("classic_ci_high", |row| row.classic_ci.1.into(), "Upper end of the classic rate's Wilson interval"),
    ("rolling_retained", |row| row.rolling_retained.into(), "Users active on that day or later"),
    ("rolling_rate", |row| row.rolling_rate.into(), "rolling_retained / eligible_users, in percent"),
];

/// The table `retention_curve.csv`.
#[must_use]
pub fn retention_curve(report: &Report) -> Table<'_> {
    Table::new(RETENTION_CURVE, &report.retention.curve)
}

pub(in super::super) const MATRIX: &[Column<MatrixCell>] = &[
    ("behavioral_segment", |row| row.behavioral.as_str().into(), "Behavioural segment"),
    ("revenue_segment", |row| row.revenue.as_str().into(), "Revenue segment"),
    ("user_count", |row| row.user_count.into(), "Users in both segments"),
    ("expected_count", |row| row.expected_count.into(), "Users expected if the two were independent"),
    ("adjusted_residual", |row| row.adjusted_residual.into(), "Adjusted standardized residual"),
];

/// The table `segment_matrix.csv`.
#[must_use]
pub fn segment_matrix(report: &Report) -> Table<'_> {
    Table::new(MATRIX, &report.matrix.cells)
}

pub(in super::super) const DAILY_METRICS: &[Column<DailyMetrics>] = &[
    ("date", |row| date(row.date), "The calendar day"),
    ("dau", |row| row.dau.into(), "Users active on the day"),
    ("new_users", |row| row.new_users.into(), "Active users who installed on the day"),
    ("returning_users", |row| (row.dau - row.new_users).into(), "dau - new_users"),
    ("wau", |row| row.wau.into(), "Users active in the 7 days that end with the day"),
    ("mau", |row| row.mau.into(), "Users active in the 30 days that end with the day"),
    ("stickiness", |row| row.stickiness.into(), "dau / mau, in percent"),
    ("payers", |row| row.payers.into(), "Users who paid on the day"),
    ("total_revenue", |row| row.total_revenue.into(), "Revenue"),
    ("iap_revenue", |row| row.iap_revenue.into(), "Revenue from in-app purchases"),
    ("ad_revenue", |row| row.ad_revenue.into(), "Revenue from advertising"),
    ("subscription_revenue", |row| row.subscription_revenue.into(), "Revenue from subscriptions"),
    ("arpdau", |row| row.arpdau.into(), "total_revenue / dau"),
    ("arppu", |row| row.arppu.into(), "Amount paid on the day / payers"),
];

/// The table `daily_metrics.csv`.
#[must_use]
pub fn daily_metrics(report: &Report) -> Table<'_> {
    Table::new(DAILY_METRICS, &report.daily)
}
