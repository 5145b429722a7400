//! Results: inert data, ready to be written or drawn.
//!
//! Rates, shares and interval bounds are percentages. Numbers that are printed are [`Fixed`]: rounded once,
//! half to even, to the places that the contract says, so that every output and view shows the same digits.
//! `None` is "not known", "not observed yet" or "not tested", never 0.

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

/// What an analysis comes to.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The results that are counted over users: small, however many there are.
    pub report: Report,
    /// Each user's part of the results, in the order of the user table.
    pub users: UserResults,
}

/// Every result of a run that is not about a single user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What was analysed.
    pub period: AnalysisPeriod,
    /// Level of all intervals in percent, as `95.0`.
    pub interval_level: Fixed,
    /// Revenue of all users together.
    pub totals: RevenueTotals,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Revenue of all users together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevenueTotals {
    /// Revenue, with two places.
    pub total_revenue: Fixed,
    /// Mean revenue of a user, with four places; 0 without users.
    pub revenue_per_user: Fixed,
    /// Users with revenue above 0.
    pub users_with_revenue: u64,
    /// Users who paid: with a purchase or a subscription.
    pub paying_users: u64,
}

/// How a group lies against what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// Below it.
    Lower,
    /// Neither.
    Equal,
    /// Above it.
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
    /// The p-value.
    pub p_value: f64,
    /// Adjusted by Benjamini and Hochberg over the family of tests.
    pub p_adjusted: f64,
    /// Whether the adjusted p-value is below the threshold.
    pub is_significant: bool,
    /// How the group lies against all others, or the later half of the cohorts against the earlier one.
    pub direction: Direction,
}

/// A row of `daily_metrics.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataQuality {
    /// 1 - share of flawed rows, 0..1.
    pub data_quality_score: Fixed,
    /// Share of known metric cells, 0..1.
    pub data_completeness: Fixed,
    /// Rows read: accepted and rejected ones.
    pub rows_read: u64,
    /// Rows accepted.
    pub accepted_rows: u64,
    /// Rows rejected.
    pub rejected_rows: u64,
    /// Cells of optional columns that could not be read.
    pub invalid_values: u64,
    /// Rows with the user, device and date of another.
    pub duplicate_rows: u64,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// How many tests were done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCount {
    /// Tests of cohort cells, trends and both families of segments.
    pub done: u64,
    /// Of them significant after adjustment.
    pub significant: u64,
}
