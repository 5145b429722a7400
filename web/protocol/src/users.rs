//! The users table.

use serde::{Deserialize, Serialize};

/// The columns of the users table, those of `user_segments.csv`, in order.
pub const USER_COLUMNS: [&str; 14] = [
    "user_id",
    "device_id",
    "cohort_date",
    "last_active_date",
    "days_since_last_active",
    "active_days",
    "total_events",
    "total_sessions",
    "total_revenue",
    "engagement_score",
    "behavioral_segment",
    "revenue_segment",
    "revenue_percentile",
    "journey_stage",
];

/// Which users: every criterion that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserFilter {
    /// Behavioural segment, as `high_engagement`.
    pub behavioral: Option<String>,
    /// Revenue segment, as `whale`.
    pub revenue: Option<String>,
    /// Members of a retention cell.
    pub cohort: Option<CohortMembers>,
    /// Members of a funnel step.
    pub funnel: Option<FunnelMembers>,
    /// Highest journey stage, as `level_5`.
    pub journey_stage: Option<String>,
}

impl UserFilter {
    /// Whether no criterion is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == UserFilter::default()
    }
}

/// Users of a retention cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortMembers {
    /// First day of the cohort's period; `all` for the pooled row.
    pub cohort: String,
    /// The window; none for the whole cohort.
    pub window: Option<u32>,
    /// Which of its users: `eligible`, `retained` or `lost` (eligible, not retained).
    pub which: String,
}

/// Users of a funnel step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelMembers {
    /// The stage, as `level_5`.
    pub stage: String,
    /// Which of its users: `entered`, `completed`, `dropped`, `reached` or `open` (the window is not over).
    pub which: String,
}

/// Ascending or descending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortDirection {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// A stretch of the users table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuery {
    /// Which users.
    pub filter: UserFilter,
    /// Text that user or device id contain, whatever its case; empty for all.
    pub search: String,
    /// Position of the column in [`USER_COLUMNS`] by which users are sorted.
    pub sort: usize,
    /// Its direction. Users without a value come last in both.
    pub direction: SortDirection,
    /// Position of the first row wanted.
    pub offset: u32,
    /// How many rows are wanted.
    pub limit: u32,
}

/// Rows of the users table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserTablePage {
    /// How many users the query selects.
    pub total: u32,
    /// Position of the first row.
    pub offset: u32,
    /// Rows, as many as there are up to the limit.
    pub rows: Vec<UserRow>,
}

/// The cells of a user in the order of [`USER_COLUMNS`], as they are written in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Fourteen texts; empty where there is no value.
    pub cells: Vec<String>,
}
