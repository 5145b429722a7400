//! Results, as the views show them.

use serde::{Deserialize, Serialize};

/// Every result that a view shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportView {
    /// What was analysed.
    pub period: PeriodView,
    /// Level of all intervals in percent, as 95.
    pub interval_level: f64,
    /// `SEGMENTATION_SIGNIFICANCE_THRESHOLD`.
    pub significance_threshold: f64,
    /// `SEGMENTATION_MINIMUM_SAMPLE_SIZE`.
    pub minimum_sample_size: u64,
    /// `CHURN_DAYS_THRESHOLD`.
    pub churn_days: u64,
    /// A row per calendar day.
    pub daily: Vec<DailyRow>,
    /// Retention.
    pub retention: RetentionView,
    /// The funnel.
    pub funnel: FunnelView,
    /// Behavioural segments, from highest to lowest.
    pub behavioral: Vec<BehavioralRow>,
    /// Revenue segments, from highest to lowest.
    pub revenue: Vec<RevenueRow>,
    /// Scores and revenues from which a user is in a segment.
    pub thresholds: SegmentThresholds,
    /// Behavioural by revenue segments.
    pub matrix: MatrixView,
    /// Users by engagement score.
    pub score_histogram: Histogram,
    /// Users with revenue, by revenue.
    pub revenue_histogram: Histogram,
    /// Users whose revenue is not above zero, who are in no bin of the revenue histogram.
    pub users_without_revenue: u64,
    /// Share of revenue of the users with most of it; empty without revenue.
    pub concentration: Vec<ConcentrationPoint>,
    /// Data quality.
    pub quality: QualityView,
    /// Tests done.
    pub test_count: u64,
    /// Of them significant after adjustment.
    pub significant_test_count: u64,
    /// The files that can be downloaded.
    pub outputs: Vec<OutputName>,
    /// Name of the archive of all of them.
    pub archive_name: String,
}

/// What was analysed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodView {
    /// First date.
    pub start_date: String,
    /// Last date of a row that takes part.
    pub end_date: String,
    /// The day up to which the data is taken.
    pub as_of_date: String,
    /// The latest date that can be chosen as as-of date.
    pub latest_date: String,
    /// Users.
    pub total_users: u64,
    /// Accepted rows.
    pub total_rows: u64,
}

/// Bounds in percent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower.
    pub low: f64,
    /// Upper.
    pub high: f64,
}

/// A test after adjustment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestView {
    /// The p-value.
    pub p_value: f64,
    /// Adjusted by Benjamini and Hochberg.
    pub p_adjusted: f64,
    /// Whether it is below the threshold.
    pub is_significant: bool,
}

/// A calendar day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DailyRow {
    /// The day, as days since 1970-01-01.
    pub day: i32,
    /// Active users.
    pub dau: u64,
    /// Active users installed on the day.
    pub new_users: u64,
    /// Users active in the last 7 days.
    pub wau: Option<u64>,
    /// Users active in the last 30 days.
    pub mau: Option<u64>,
    /// DAU by MAU, percent.
    pub stickiness: Option<f64>,
    /// Users who paid.
    pub payers: u64,
    /// Revenue.
    pub total_revenue: f64,
    /// Revenue by purchases.
    pub iap_revenue: Option<f64>,
    /// Revenue by advertising.
    pub ad_revenue: Option<f64>,
    /// Revenue by subscriptions.
    pub subscription_revenue: Option<f64>,
    /// Revenue by active user.
    pub arpdau: Option<f64>,
    /// Paid revenue by payer.
    pub arppu: Option<f64>,
}

/// Retention by cohort and window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RetentionView {
    /// `classic`, `rolling` or `bracket`.
    pub definition: String,
    /// Unit of the windows: `day`, `week` or `month`.
    pub period: String,
    /// Width of a cohort: `day`, `week` or `month`.
    pub cohort_period: String,
    /// The windows, ascending.
    pub windows: Vec<u32>,
    /// All cohorts together: a cell per window.
    pub pooled: Vec<RetentionCellView>,
    /// Users of all cohorts.
    pub pooled_size: u64,
    /// Cohorts by date, small ones too.
    pub cohorts: Vec<CohortRow>,
    /// How many cohorts are under the minimum size.
    pub small_cohort_count: u64,
    /// Pooled retention by day.
    pub curve: Vec<CurvePoint>,
}

/// A cohort.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CohortRow {
    /// First day of its period.
    pub date: String,
    /// Users.
    pub size: u64,
    /// Whether it is under the minimum size.
    pub is_small: bool,
    /// A cell per window.
    pub cells: Vec<RetentionCellView>,
}

/// A cohort at a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RetentionCellView {
    /// Users observed that long.
    pub eligible: u64,
    /// Of them retained; none where nobody is eligible.
    pub retained: Option<u64>,
    /// Retained by eligible, percent.
    pub rate: Option<f64>,
    /// Wilson interval of the rate.
    pub interval: Option<Interval>,
    /// Revenue up to the window by eligible user.
    pub revenue_per_user: Option<f64>,
    /// The cohort against all others.
    pub test: Option<TestView>,
    /// The day on which all of the cohort will have been observed that long; none for the pooled row.
    pub closes_on: Option<String>,
}

/// Pooled retention on a day after install.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Days since install.
    pub day: u32,
    /// Users observed that long.
    pub eligible: u64,
    /// Users active on the day.
    pub classic_retained: u64,
    /// Their share, percent.
    pub classic_rate: f64,
    /// Its Wilson interval.
    pub classic_interval: Interval,
    /// Share of users active on the day or later, percent.
    pub rolling_rate: f64,
}

/// The funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunnelView {
    /// `closed`, `ordered` or `open`.
    pub mode: String,
    /// Completions within so many days of install only.
    pub window_days: Option<u32>,
    /// Users not observed as long as the window.
    pub users_still_open: u64,
    /// The stages, in order.
    pub stages: Vec<FunnelStage>,
}

/// A stage of the funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunnelStage {
    /// As `level_5`.
    pub stage: String,
    /// Users who completed the stage before.
    pub entered: u64,
    /// Users who completed this one.
    pub completed: u64,
    /// Completed by entered, percent.
    pub conversion_rate: Option<f64>,
    /// Its Wilson interval.
    pub conversion_interval: Option<Interval>,
    /// 100 - conversion rate.
    pub drop_off_rate: Option<f64>,
    /// Mean days from install.
    pub mean_days: Option<f64>,
    /// Median days from install.
    pub median_days: Option<f64>,
    /// Users who reached it at all.
    pub reached: u64,
    /// Reached by all users, percent.
    pub overall_rate: f64,
    /// Conversion of the earlier half of the cohorts, percent.
    pub conversion_earlier: Option<f64>,
    /// Conversion of the later half of the cohorts, percent.
    pub conversion_later: Option<f64>,
    /// Earlier against later half.
    pub trend: Option<TestView>,
}

/// A behavioural segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BehavioralRow {
    /// As `high_engagement`.
    pub segment: String,
    /// Users.
    pub user_count: u64,
    /// Share of all users, percent.
    pub share_of_users: Option<f64>,
    /// Share of all revenue, percent.
    pub share_of_revenue: Option<f64>,
    /// Mean engagement score.
    pub mean_score: Option<f64>,
    /// Mean revenue.
    pub mean_revenue: Option<f64>,
    /// Revenue.
    pub total_revenue: Option<f64>,
    /// Mean sessions (or active days).
    pub mean_sessions: Option<f64>,
    /// Mean days since the last activity.
    pub mean_days_since_active: Option<f64>,
    /// Share of payers, percent.
    pub payer_rate: Option<f64>,
    /// Its Wilson interval.
    pub payer_rate_interval: Option<Interval>,
    /// Payer rate against all other users.
    pub test: Option<TestView>,
    /// Confidence, 0..1.
    pub confidence: f64,
    /// Whether it reaches the threshold.
    pub meets_confidence_threshold: bool,
}

/// A revenue segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevenueRow {
    /// As `whale`.
    pub segment: String,
    /// Users.
    pub user_count: u64,
    /// Share of all users, percent.
    pub share_of_users: Option<f64>,
    /// Share of all revenue, percent.
    pub share_of_revenue: Option<f64>,
    /// Mean revenue.
    pub mean_revenue: Option<f64>,
    /// Revenue.
    pub total_revenue: Option<f64>,
    /// Revenue by purchases.
    pub iap_contribution: Option<f64>,
    /// Revenue by advertising.
    pub ad_contribution: Option<f64>,
    /// Revenue by subscriptions.
    pub subscription_contribution: Option<f64>,
    /// Mean engagement score.
    pub mean_score: Option<f64>,
    /// Engagement score against all other users.
    pub test: Option<TestView>,
    /// Confidence, 0..1.
    pub confidence: f64,
    /// Whether it reaches the threshold.
    pub meets_confidence_threshold: bool,
}

/// Values from which a user is in a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SegmentThresholds {
    /// Score from which a user is highly engaged.
    pub high_engagement: Option<f64>,
    /// Score from which a user is moderately engaged.
    pub moderate_engagement: Option<f64>,
    /// Revenue from which a user is a whale.
    pub whale: Option<f64>,
    /// Revenue from which a user is a dolphin.
    pub dolphin: Option<f64>,
}

/// Behavioural by revenue segments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixView {
    /// Sixteen cells, behavioural segment by behavioural segment.
    pub cells: Vec<MatrixCellView>,
    /// Pearson's statistic.
    pub chi_squared: Option<f64>,
    /// Its degrees of freedom.
    pub degrees_of_freedom: u32,
    /// Its p-value.
    pub p_value: Option<f64>,
    /// Cramér's V.
    pub cramers_v: Option<f64>,
}

/// A cell of the matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixCellView {
    /// Row.
    pub behavioral: String,
    /// Column.
    pub revenue: String,
    /// Users.
    pub user_count: u64,
    /// Users expected without association.
    pub expected: f64,
    /// Adjusted standardized residual.
    pub residual: Option<f64>,
}

/// Users by value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Bin edges, ascending, one more than there are bins. Lower bounds belong to the bin; so does the last edge.
    pub edges: Vec<f64>,
    /// Users per bin.
    pub counts: Vec<u64>,
    /// Whether the edges are spaced by ratio rather than by difference.
    pub is_logarithmic: bool,
}

/// Share of revenue that the users with most of it have.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConcentrationPoint {
    /// Share of users, percent, from the highest revenue down.
    pub users_share: f64,
    /// Their share of revenue, percent.
    pub revenue_share: f64,
}

/// Data quality.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityView {
    /// 0..1.
    pub score: f64,
    /// Known share of the metric columns' cells, 0..1.
    pub completeness: f64,
    /// Rows accepted.
    pub accepted_rows: u64,
    /// Rows rejected.
    pub rejected_rows: u64,
    /// Values that could not be read.
    pub invalid_values: u64,
    /// Rows that repeat another's user, device and date.
    pub duplicate_rows: u64,
    /// Everything odd.
    pub findings: Vec<FindingRow>,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// Stable code, as `duplicate_rows`.
    pub code: String,
    /// How many.
    pub count: u64,
    /// What it means and what to do, as a sentence that follows the count.
    pub explanation: String,
    /// The first examples.
    pub examples: Vec<String>,
}

/// A file of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputName {
    /// File name.
    pub name: String,
    /// What is in it.
    pub description: String,
}
