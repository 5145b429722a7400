//! Segments: which there are, and their figures.

use serde::{Deserialize, Serialize};

use crate::value::fixed::Fixed;

use super::TestResult;

/// A behavioural segment; the order is from highest to lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// High engagement, whale.
    pub upper: Option<f64>,
    /// Moderate engagement, dolphin.
    pub middle: Option<f64>,
}

/// A row of `behavioral_segment_summary.csv`. An empty segment has count 0 and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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
