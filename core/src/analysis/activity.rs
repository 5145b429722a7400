//! When each user was last active.

use std::sync::Arc;

use crate::calendar::Day;
use crate::source::Column;
use crate::users::UserTable;

/// Last activity of every user, in the order of the table.
#[derive(Debug)]
pub(super) struct Activity {
    pub last_active_dates: Arc<Vec<Option<Day>>>,
    pub days_since_last_active: Arc<Vec<u64>>,
    /// Whether the days were taken from the input's own column.
    pub uses_column: bool,
}

impl Activity {
    /// Days from the last active day to the as-of day; for users who never were active, from install.
    ///
    /// The column `days_since_last_active` is right only in exports with one row per user, where each user has
    /// a single date, and only as of the day on which it was written.
    pub fn of(table: &UserTable) -> Activity {
        let uses_column =
            table.has_column(Column::DaysSinceLastActive) && table.every_user_has_one_date && !table.as_of_is_set;
        let mut last_active_dates = Vec::with_capacity(table.user_count());
        let mut days_since_last_active = Vec::with_capacity(table.user_count());
        for (user, totals) in table.totals.iter().enumerate() {
            let last_active = table.active_days.of(user).last().map(|&day| Day(day));
            let since = last_active.unwrap_or_else(|| totals.cohort_date());
            let computed = u64::try_from(table.as_of.days_since(since)).unwrap_or(0);
            let told = totals.days_since_last_active.get().filter(|_| uses_column);
            last_active_dates.push(last_active);
            days_since_last_active.push(told.unwrap_or(computed));
        }
        Activity {
            last_active_dates: Arc::new(last_active_dates),
            days_since_last_active: Arc::new(days_since_last_active),
            uses_column,
        }
    }
}
