//! When each user was last active.

use std::sync::Arc;

use crate::source::Column;
use crate::users::UserTable;
use crate::value::calendar::Day;

/// Last activity of every user, in the order of the table.
#[derive(Debug)]
pub(super) struct Activity {
    pub last_active_dates: Arc<Vec<Option<Day>>>,
    pub days_since_last_active: Arc<Vec<u64>>,
    /// Whether the days come from the input's own column.
    pub uses_column: bool,
}

impl Activity {
    /// Days from the last active day to the as-of day, or from install for users who were never active.
    ///
    /// The column `days_since_last_active` is right only in exports with one row per user, where each user has a single
    /// date, and only as of the day on which it was written.
    pub fn of(table: &UserTable, installs: &[Day]) -> Activity {
        let uses_column =
            table.has_column(Column::DaysSinceLastActive) && table.every_user_has_one_date && !table.as_of_is_set;
        let last_active_dates: Vec<Option<Day>> =
            table.active_days.iter().map(|days| days.last().map(|&day| Day(day))).collect();
        let idle_days = |(&last_active, &install): (&Option<Day>, &Day)| {
            u64::try_from(table.as_of.days_since(last_active.unwrap_or(install))).unwrap_or(0)
        };
        let mut days_since_last_active: Vec<u64> = last_active_dates.iter().zip(installs).map(idle_days).collect();
        if uses_column {
            for (days, totals) in days_since_last_active.iter_mut().zip(&table.totals) {
                *days = totals.days_since_last_active.get().unwrap_or(*days);
            }
        }
        Activity {
            last_active_dates: Arc::new(last_active_dates),
            days_since_last_active: Arc::new(days_since_last_active),
            uses_column,
        }
    }
}
