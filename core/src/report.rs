//! Results: inert data, ready to be written or drawn.
//!
//! Rates, shares and interval bounds are percentages. Numbers that are printed are [`Fixed`]: rounded once,
//! half to even, to the places that the contract says, so that every output and view shows the same digits.
//! `None` is "not known", "not observed yet" or "not tested", never 0.

use std::sync::Arc;

use serde::Serialize;

use crate::finding::Finding;
use crate::settings::{Period, RetentionDefinition};
use crate::value::calendar::{Day, Timestamp};
use crate::value::fixed::Fixed;
use crate::value::stage::Stage;

/// Every result of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was analysed.
    pub period: AnalysisPeriod,
    /// Each user's part of the results, in the order of the user table.
    pub users: UserResults,
    /// Behavioural segments, from highest to lowest.
    pub behavioral: Vec<BehavioralSummary>,
    /// The engagement scores from which a user is highly and moderately engaged.
    pub engagement_thresholds: Thresholds,
    /// Revenue segments, from highest to lowest.
    pub revenue: Vec<RevenueSummary>,
    /// The revenues from which a user is a whale and a dolphin.
    pub revenue_thresholds: Thresholds,
    /// Behavioural by revenue segments.
    pub matrix: SegmentMatrix,
    /// Retention.
    pub retention: Retention,
    /// The funnel.
    pub funnel: Funnel,
    /// One row per calendar day.
    pub daily: Vec<DailyMetrics>,
    /// Data quality.
    pub quality: DataQuality,
    /// How many tests were done, and how many are significant after adjustment.
    pub tests: TestCount,
}

/// What was analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AnalysisPeriod {
    /// First date.
    pub start_date: Day,
    /// Last date of a row that takes part.
    pub end_date: Day,
    /// The day up to which the data is taken.
    pub as_of_date: Day,
    /// Users.
    pub total_users: u64,
    /// Accepted rows.
    pub total_rows: u64,
}

/// A test after adjustment for the number of tests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TestResult {
    /// The p-value.
    pub p_value: f64,
    /// Adjusted by Benjamini and Hochberg over the family of tests.
    pub p_adjusted: f64,
    /// Whether the adjusted p-value is below the threshold.
    pub is_significant: bool,
}

/// A behavioural segment; the order is from highest to lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BehavioralSegment {
    /// Score at or above the high percentile.
    HighEngagement,
    /// Score at or above the moderate percentile.
    ModerateEngagement,
    /// A lower score.
    LowEngagement,
    /// No activity for the churn threshold's days.
    Churned,
}

impl BehavioralSegment {
    /// Every segment, from highest to lowest.
    pub const ALL: [BehavioralSegment; 4] = [
        BehavioralSegment::HighEngagement,
        BehavioralSegment::ModerateEngagement,
        BehavioralSegment::LowEngagement,
        BehavioralSegment::Churned,
    ];

    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            BehavioralSegment::HighEngagement => "high_engagement",
            BehavioralSegment::ModerateEngagement => "moderate_engagement",
            BehavioralSegment::LowEngagement => "low_engagement",
            BehavioralSegment::Churned => "churned",
        }
    }
}

/// A revenue segment; the order is from highest to lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RevenueSegment {
    /// Revenue at or above the whale percentile.
    Whale,
    /// Revenue at or above the dolphin percentile.
    Dolphin,
    /// Less revenue.
    Minnow,
    /// No revenue, or less than none.
    FreeUser,
}

impl RevenueSegment {
    /// Every segment, from highest to lowest.
    pub const ALL: [RevenueSegment; 4] =
        [RevenueSegment::Whale, RevenueSegment::Dolphin, RevenueSegment::Minnow, RevenueSegment::FreeUser];

    /// The word in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RevenueSegment::Whale => "whale",
            RevenueSegment::Dolphin => "dolphin",
            RevenueSegment::Minnow => "minnow",
            RevenueSegment::FreeUser => "free_user",
        }
    }
}

/// The value from which a user is in the upper and in the middle segment; not rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// High engagement, whale.
    pub upper: Option<f64>,
    /// Moderate engagement, dolphin.
    pub middle: Option<f64>,
}

/// Each user's results; all lists have one entry per user, in the order of the user table.
///
/// Lists are shared: a report made under other settings has those that did not change in common.
#[derive(Clone, Debug, Default)]
pub struct UserResults {
    /// Last active day; `None` where the user never was.
    pub last_active_dates: Arc<Vec<Option<Day>>>,
    /// Days since the last activity.
    pub days_since_last_active: Arc<Vec<u64>>,
    /// Engagement score in units of 10^-12; see [`score_value`].
    pub scores: Arc<Vec<u64>>,
    /// Behavioural segment.
    pub behavioral: Arc<Vec<BehavioralSegment>>,
    /// Total revenue.
    pub revenue: Arc<Vec<crate::value::amount::Amount>>,
    /// Revenue segment.
    pub revenue_segments: Arc<Vec<RevenueSegment>>,
    /// Twice the average rank by revenue, from 2 (least) to twice the number of users.
    pub doubled_revenue_ranks: Arc<Vec<u64>>,
    /// How far the user came.
    pub journeys: Arc<Vec<Journey>>,
}

/// Units of an engagement score in one: it has 12 decimals.
pub const SCORE_UNITS: f64 = 1e12;

/// An engagement score as a number, 0..1.
#[must_use]
pub fn score_value(units: u64) -> f64 {
    units as f64 / SCORE_UNITS
}

/// How far a user came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Journey {
    /// The highest stage reached.
    pub stage: Stage,
    /// When; `None` for the start.
    pub time: Option<Timestamp>,
    /// Days from install; `None` where the stage precedes it.
    pub days: Option<i32>,
    /// Stages with a time not before the one before, of those up to the highest sequential one.
    pub stages_in_order: u32,
    /// Sequential stages with a column, up to the highest reached; 0 where none was.
    pub stages_expected: u32,
}

/// A row of `behavioral_segment_summary.csv`. An empty segment has count 0 and nothing else.
#[derive(Clone, Debug)]
pub struct BehavioralSummary {
    /// The segment.
    pub segment: BehavioralSegment,
    /// Users.
    pub user_count: u64,
    /// Mean engagement score.
    pub avg_engagement_score: Option<Fixed>,
    /// Mean revenue.
    pub avg_revenue_per_user: Option<Fixed>,
    /// Revenue.
    pub total_revenue: Option<Fixed>,
    /// Mean of sessions, or of active days where the data has no sessions.
    pub avg_sessions: Option<Fixed>,
    /// Mean days since the last activity.
    pub avg_days_since_active: Option<Fixed>,
    /// Share of all users.
    pub percentage_of_total: Option<Fixed>,
    /// Share of payers.
    pub payer_rate: Option<Fixed>,
    /// Wilson interval of the payer rate.
    pub payer_rate_ci: Option<(Fixed, Fixed)>,
    /// Share of all revenue.
    pub revenue_share: Option<Fixed>,
    /// Payer rate against all other users.
    pub test: Option<TestResult>,
    /// Confidence, 0..1.
    pub confidence: Fixed,
    /// Whether the confidence reaches the threshold.
    pub meets_confidence_threshold: bool,
}

/// A row of `revenue_segment_summary.csv`. An empty segment has count 0 and nothing else.
#[derive(Clone, Debug)]
pub struct RevenueSummary {
    /// The segment.
    pub segment: RevenueSegment,
    /// Users.
    pub user_count: u64,
    /// Mean revenue.
    pub avg_revenue_per_user: Option<Fixed>,
    /// Revenue.
    pub total_revenue: Option<Fixed>,
    /// Revenue by purchases; `None` without the column.
    pub iap_contribution: Option<Fixed>,
    /// Revenue by advertising; `None` without the column.
    pub ad_contribution: Option<Fixed>,
    /// Revenue by subscriptions; `None` without the column.
    pub subscription_contribution: Option<Fixed>,
    /// Share of all users.
    pub percentage_of_total: Option<Fixed>,
    /// Share of all revenue.
    pub revenue_share: Option<Fixed>,
    /// Mean engagement score.
    pub avg_engagement_score: Option<Fixed>,
    /// Engagement score against all other users.
    pub test: Option<TestResult>,
    /// Confidence, 0..1.
    pub confidence: Fixed,
    /// Whether the confidence reaches the threshold.
    pub meets_confidence_threshold: bool,
}

/// Behavioural by revenue segments.
#[derive(Clone, Debug)]
pub struct SegmentMatrix {
    /// Sixteen cells, behavioural segment by behavioural segment.
    pub cells: Vec<MatrixCell>,
    /// Pearson's statistic over the non-empty rows and columns.
    pub chi_squared: Option<f64>,
    /// Its degrees of freedom.
    pub degrees_of_freedom: u32,
    /// Its p-value.
    pub p_value: Option<f64>,
    /// Cramér's V.
    pub cramers_v: Option<Fixed>,
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct MatrixCell {
    /// The row.
    pub behavioral: BehavioralSegment,
    /// The column.
    pub revenue: RevenueSegment,
    /// Users.
    pub user_count: u64,
    /// Users expected if behaviour and revenue were independent.
    pub expected_count: Fixed,
    /// Adjusted standardized residual; `None` where a margin is 0.
    pub adjusted_residual: Option<Fixed>,
}

/// Retention by cohort and window.
#[derive(Clone, Debug)]
pub struct Retention {
    /// The definition in force.
    pub definition: RetentionDefinition,
    /// The unit of the windows.
    pub period: Period,
    /// The width of a cohort.
    pub cohort_period: Period,
    /// The windows in force, ascending.
    pub windows: Vec<u32>,
    /// Cohorts of at least the minimum size, by date.
    pub cohorts: Vec<CohortSummary>,
    /// Cohorts below the minimum size, which are only in the cells.
    pub small_cohort_count: u64,
    /// A cell per cohort and window, by cohort and window.
    pub cells: Vec<RetentionCell>,
    /// A cell per window, all cohorts together.
    pub pooled: Vec<RetentionCell>,
    /// Pooled retention by day.
    pub curve: Vec<RetentionCurvePoint>,
}

/// A row of `retention_cohorts.csv`.
#[derive(Clone, Debug)]
pub struct CohortSummary {
    /// First day of the cohort's period.
    pub cohort_date: Day,
    /// Users.
    pub size: u64,
    /// Retention rate by window.
    pub retention_rates: Vec<Option<Fixed>>,
    /// Mean revenue.
    pub avg_revenue_per_user: Fixed,
    /// Revenue.
    pub total_revenue: Fixed,
    /// The cohort's smallest adjusted p-value.
    pub smallest_p_adjusted: Option<f64>,
}

/// Users of a cohort at a window.
#[derive(Clone, Debug)]
pub struct RetentionCell {
    /// First day of the cohort's period; `None` for all cohorts together.
    pub cohort_date: Option<Day>,
    /// The window, in the retention period's unit.
    pub window: u32,
    /// Users of the cohort.
    pub cohort_size: u64,
    /// Users observed that long.
    pub eligible_users: u64,
    /// The first day on which every user that the cohort can have is observed that long; later than the as-of day where
    /// users are still missing. `None` for all cohorts together, and beyond the year 9999.
    pub closes_on: Option<Day>,
    /// What is known of them; `None` where there are none.
    pub observed: Option<ObservedRetention>,
    /// The cohort against all other eligible users.
    pub test: Option<TestResult>,
}

/// Retention of eligible users.
#[derive(Clone, Copy, Debug)]
pub struct ObservedRetention {
    /// Users retained.
    pub retained_users: u64,
    /// Retained by eligible.
    pub rate: Fixed,
    /// Wilson interval.
    pub ci: (Fixed, Fixed),
    /// Revenue up to the window by eligible user.
    pub cumulative_revenue_per_user: Fixed,
}

/// A row of `retention_curve.csv`.
#[derive(Clone, Copy, Debug)]
pub struct RetentionCurvePoint {
    /// Days since install.
    pub day: u32,
    /// Users observed that long.
    pub eligible_users: u64,
    /// Users active on the day.
    pub classic_retained: u64,
    /// Their share.
    pub classic_rate: Fixed,
    /// Its Wilson interval.
    pub classic_ci: (Fixed, Fixed),
    /// Users active on the day or later.
    pub rolling_retained: u64,
    /// Their share.
    pub rolling_rate: Fixed,
}

/// The funnel.
#[derive(Clone, Debug)]
pub struct Funnel {
    /// The stages that the data has, in order.
    pub steps: Vec<FunnelStep>,
    /// Users not observed as long as the window.
    pub users_still_open: u64,
}

/// A row of `journey_funnel_analysis.csv`.
#[derive(Clone, Debug)]
pub struct FunnelStep {
    /// The stage.
    pub stage: Stage,
    /// Users who completed the stage before.
    pub users_entered: u64,
    /// Users who completed this one.
    pub users_completed: u64,
    /// Completed by entered.
    pub conversion_rate: Option<Fixed>,
    /// Wilson interval of the conversion rate.
    pub conversion_ci: Option<(Fixed, Fixed)>,
    /// 100 - conversion rate.
    pub drop_off_rate: Option<Fixed>,
    /// Mean days from install to completion.
    pub avg_days: Option<Fixed>,
    /// Median days from install to completion.
    pub median_days: Option<Fixed>,
    /// Users who reached the stage, whatever mode and window.
    pub users_reached: u64,
    /// Reached by all users.
    pub overall_conversion_rate: Fixed,
    /// Conversion in the earlier half of the cohorts.
    pub conversion_earlier: Option<Fixed>,
    /// Conversion in the later half of the cohorts.
    pub conversion_later: Option<Fixed>,
    /// Earlier against later half.
    pub trend: Option<TestResult>,
}

/// A row of `daily_metrics.csv`.
#[derive(Clone, Copy, Debug)]
pub struct DailyMetrics {
    /// The day.
    pub date: Day,
    /// Active users.
    pub dau: u64,
    /// Active users installed on the day.
    pub new_users: u64,
    /// Users active in the seven days up to it; `None` until there are so many.
    pub wau: Option<u64>,
    /// Users active in the thirty days up to it; `None` until there are so many.
    pub mau: Option<u64>,
    /// DAU by MAU.
    pub stickiness: Option<Fixed>,
    /// Users who paid on the day.
    pub payers: u64,
    /// Revenue.
    pub total_revenue: Fixed,
    /// Revenue by purchases; `None` without the column.
    pub iap_revenue: Option<Fixed>,
    /// Revenue by advertising; `None` without the column.
    pub ad_revenue: Option<Fixed>,
    /// Revenue by subscriptions; `None` without the column.
    pub subscription_revenue: Option<Fixed>,
    /// Revenue by active user.
    pub arpdau: Option<Fixed>,
    /// Paid revenue by payer.
    pub arppu: Option<Fixed>,
}

/// How good the data is.
#[derive(Clone, Debug)]
pub struct DataQuality {
    /// 1 - share of flawed rows, 0..1.
    pub data_quality_score: Fixed,
    /// Share of known metric cells, 0..1.
    pub data_completeness: Fixed,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// How many tests were done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TestCount {
    /// Tests of cohort cells, trends and both families of segments.
    pub done: u64,
    /// Of them significant after adjustment.
    pub significant: u64,
}
