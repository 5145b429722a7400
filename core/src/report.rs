//! Results: plain data, ready to be written or drawn.
//!
//! Rates, shares and interval bounds are percentages. Printed numbers are [`Fixed`]: rounded once, half to even, to the
//! number of decimals in the contract, so that every output and view shows the same digits.
//! `None` means *not known*, *not yet observed* or *not tested*, never 0.

mod funnel;
mod retention;
mod segment;
mod user;

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::value::calendar::Day;
use crate::value::fixed::Fixed;

pub use funnel::{Funnel, FunnelStep};
pub use retention::{CohortSummary, ObservedRetention, Retention, RetentionCell, RetentionCurvePoint};
pub use segment::{
    BehavioralSegment, BehavioralSummary, MatrixCell, RevenueSegment, RevenueSummary, SegmentMatrix, Thresholds,
};
pub use user::{Journey, SCORE_UNITS, UserResults, score_value};

/// Everything that an analysis computes.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Results counted over users: small, however many users there are.
    pub report: Report,
    /// Each user's part of the results, in the order of the user table.
    pub users: UserResults,
}

/// Every result of a run that is not about a single user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The users, rows and days that were analysed.
    pub period: AnalysisPeriod,
    /// Level of all intervals in percent, as `95.0`.
    pub interval_level: Fixed,
    /// Revenue summed over all users.
    pub totals: RevenueTotals,
    /// Behavioural segments, from highest to lowest.
    pub behavioral: Vec<BehavioralSummary>,
    /// The lowest engagement scores of a highly and of a moderately engaged user.
    pub engagement_thresholds: Thresholds,
    /// Revenue segments, from highest to lowest.
    pub revenue: Vec<RevenueSummary>,
    /// The lowest revenues of a whale and of a dolphin.
    pub revenue_thresholds: Thresholds,
    /// Users by behavioural and revenue segment.
    pub matrix: SegmentMatrix,
    /// Retention by cohort and window, and by day.
    pub retention: Retention,
    /// Users at each stage of the funnel.
    pub funnel: Funnel,
    /// One row per calendar day.
    pub daily: Vec<DailyMetrics>,
    /// Data quality.
    pub quality: DataQuality,
    /// The number of tests done, and how many are significant after adjustment.
    pub tests: TestCount,
}

/// The users, rows and days that were analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnalysisPeriod {
    /// First date in the data.
    pub start_date: Day,
    /// Latest date of a row that counts.
    pub end_date: Day,
    /// The as-of date: the day up to which the data counts.
    pub as_of_date: Day,
    /// Users in the data.
    pub total_users: u64,
    /// Rows accepted, over all inputs.
    pub total_rows: u64,
}

/// Revenue summed over all users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevenueTotals {
    /// Total revenue, with two decimals.
    pub total_revenue: Fixed,
    /// Mean revenue per user, with four decimals; 0 without users.
    pub revenue_per_user: Fixed,
    /// Users with revenue above 0.
    pub users_with_revenue: u64,
    /// Users who paid, by purchase or subscription.
    pub paying_users: u64,
}

/// How a group compares with the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// Below the rest.
    Lower,
    /// Equal to the rest.
    Equal,
    /// Above the rest.
    Higher,
}

impl From<Ordering> for Direction {
    fn from(ordering: Ordering) -> Direction {
        match ordering {
            Ordering::Less => Direction::Lower,
            Ordering::Equal => Direction::Equal,
            Ordering::Greater => Direction::Higher,
        }
    }
}

/// A test after adjustment for the number of tests.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// The p-value before adjustment.
    pub p_value: f64,
    /// The p-value after Benjamini-Hochberg adjustment over the family of tests.
    pub p_adjusted: f64,
    /// Whether the adjusted p-value is below the threshold.
    pub is_significant: bool,
    /// How the group compares with all others, or the later half of the cohorts with the earlier half.
    pub direction: Direction,
}

/// A row of `daily_metrics.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DailyMetrics {
    /// The calendar day.
    pub date: Day,
    /// Users active on the day (DAU).
    pub dau: u64,
    /// Active users who installed on the day.
    pub new_users: u64,
    /// Users active in the seven days up to the day (WAU); `None` for the first six days of the data.
    pub wau: Option<u64>,
    /// Users active in the thirty days up to the day (MAU); `None` for the first 29 days of the data.
    pub mau: Option<u64>,
    /// DAU / MAU, as a percentage.
    pub stickiness: Option<Fixed>,
    /// Users who paid on the day.
    pub payers: u64,
    /// Revenue of the day.
    pub total_revenue: Fixed,
    /// Revenue from purchases; `None` without the column.
    pub iap_revenue: Option<Fixed>,
    /// Revenue from advertising; `None` without the column.
    pub ad_revenue: Option<Fixed>,
    /// Revenue from subscriptions; `None` without the column.
    pub subscription_revenue: Option<Fixed>,
    /// Revenue per active user.
    pub arpdau: Option<Fixed>,
    /// Revenue from purchases and subscriptions, per payer.
    pub arppu: Option<Fixed>,
}

/// Data quality: the score, the counts behind it, and the findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataQuality {
    /// 1 - share of flawed rows, from 0 to 1.
    pub data_quality_score: Fixed,
    /// Share of metric cells with a known value, from 0 to 1.
    pub data_completeness: Fixed,
    /// Rows read, accepted or rejected.
    pub rows_read: u64,
    /// Rows that could be used.
    pub accepted_rows: u64,
    /// Rows that could not be used.
    pub rejected_rows: u64,
    /// Unreadable cells of optional columns.
    pub invalid_values: u64,
    /// Rows with the same user, device and date as another row.
    pub duplicate_rows: u64,
    /// What the reader should know about the data.
    pub findings: Vec<Finding>,
}

/// The number of tests done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCount {
    /// Tests of cohort cells, of trends and of both kinds of segment.
    pub done: u64,
    /// Tests that are significant after adjustment.
    pub significant: u64,
}
