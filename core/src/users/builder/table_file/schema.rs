//! Names and types of the columns.

use crate::source::number::MAX_COUNT;

use super::super::super::totals::{OptionalCount, UserTotals};

/// The version of the columns and of the metadata.
pub(super) const VERSION: i64 = 1;

/// The key of the metadata.
pub(super) const METADATA_KEY: &str = "strata.user_table";

/// Places of amounts.
pub(super) const AMOUNT_PLACES: i8 = 9;

/// The largest amount that fits the columns, in billionths.
pub(super) const AMOUNT_LIMIT: i128 = 10_i128.pow(37);

/// The column by which a user table is known; its value is the version.
pub(super) const TABLE_VERSION: &str = "user_table_version";
pub(super) const INPUT_COLUMNS: &str = "input_columns";
pub(super) const NEWEST_UPDATE: &str = "newest_update_micros";
pub(super) const USER_ID: &str = "user_id";
pub(super) const COHORT_DATE: &str = "cohort_date";
pub(super) const SEVERAL_COHORT_DATES: &str = "has_several_cohort_dates";
pub(super) const MINUTES: &str = "total_session_time_minutes";
pub(super) const WEIGHTED_MINUTES: &str = "weighted_session_duration_minutes";
pub(super) const MINUTES_WEIGHT: &str = "session_duration_weight";
pub(super) const KNOWN_CELLS: &str = "known_metric_cells";
pub(super) const DERIVED_CELLS: &str = "derived_total_cells";
pub(super) const DEVICES: &str = "devices";
pub(super) const DAYS: &str = "days";
pub(super) const REVENUE_DAYS: &str = "revenue_days";
pub(super) const MILESTONES: &str = "milestones";

/// Fields of a day.
pub(super) const DATE: &str = "date";
pub(super) const DEVICE: &str = "device";
/// Rows, and how many of them have each flag, in the order of [`super::super::row_entry::RowEntry::FLAGS`].
pub(super) const ROW_COUNTS: [&str; 6] =
    ["row_count", "active_rows", "new_rows", "returning_rows", "negative_revenue_rows", "revenue_parts_differ_rows"];

/// Fields of a day with revenue, in the order of `RevenueKind::ALL`.
pub(super) const REVENUES: [&str; 4] = ["total_revenue", "iap_revenue", "ad_revenue", "subscription_revenue"];

/// Fields of a milestone.
pub(super) const STAGE: &str = "stage";
pub(super) const TIME: &str = "time_micros";

/// A count of each user that may be unknown.
pub(super) struct CountColumn {
    pub name: &'static str,
    #[cfg_attr(not(feature = "user-table-writer"), expect(dead_code, reason = "only the writer reads it"))]
    pub get: fn(&UserTotals) -> OptionalCount,
    pub set: fn(&mut UserTotals, OptionalCount),
    /// The largest count that this many rows can add up to.
    pub limit: fn(row_count: u64) -> u64,
}

/// The counts, in the order of their columns.
pub(super) const COUNTS: [CountColumn; 3] = [
    CountColumn {
        name: "total_events",
        get: |totals| totals.events,
        set: |totals, count| totals.events = count,
        limit: |row_count| row_count.saturating_mul(MAX_COUNT),
    },
    CountColumn {
        name: "total_sessions",
        get: |totals| totals.sessions,
        set: |totals, count| totals.sessions = count,
        limit: |row_count| row_count.saturating_mul(MAX_COUNT),
    },
    CountColumn {
        name: "days_since_last_active",
        get: |totals| totals.days_since_last_active,
        set: |totals, count| totals.days_since_last_active = count,
        limit: |_| MAX_COUNT,
    },
];
