//! Retention by cohort and window.

use serde::{Deserialize, Serialize};

use crate::settings::{Period, RetentionDefinition};
use crate::value::calendar::Day;
use crate::value::fixed::Fixed;

use super::TestResult;

/// Retention by cohort and window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Users of all cohorts, small ones too.
    pub cohort_users: u64,
    /// Users who take no part: installed before the data, or the first cohort asked for, begins.
    pub users_left_out: u64,
    /// A cell per cohort and window, by cohort and window.
    pub cells: Vec<RetentionCell>,
    /// A cell per window, all cohorts together.
    pub pooled: Vec<RetentionCell>,
    /// Pooled retention by day.
    pub curve: Vec<RetentionCurvePoint>,
}

impl Retention {
    /// The cells of each cohort, by date; those of a cohort come by window.
    #[must_use]
    pub fn cells_by_cohort(&self) -> impl DoubleEndedIterator<Item = &[RetentionCell]> {
        self.cells.chunks(self.windows.len().max(1))
    }
}

/// A row of `retention_cohorts.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObservedRetention {
    /// Users retained.
    pub retained_users: u64,
    /// Eligible users who were not.
    pub lost_users: u64,
    /// Retained by eligible.
    pub rate: Fixed,
    /// Wilson interval.
    pub ci: (Fixed, Fixed),
    /// Revenue up to the window by eligible user.
    pub cumulative_revenue_per_user: Fixed,
}

/// A row of `retention_curve.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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
