//! What is added up for each user.

use crate::calendar::Day;
use crate::money::Amount;

/// Sums and extremes over a user's rows. Every field merges in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserTotals {
    /// Sum of the known `total_session_time_minutes`.
    pub minutes: Option<Amount>,
    /// Sum of `avg_session_duration_minutes` times its weight.
    pub weighted_minutes: Amount,
    /// Sum of the weights: sessions, or 1 where they are null.
    pub minutes_weight: u64,
    /// Sum of the known `total_events`.
    pub events: Option<u64>,
    /// Sum of the known `total_sessions`.
    pub sessions: Option<u64>,
    /// The smallest `days_since_last_active`.
    pub days_since_last_active: Option<u64>,
    /// Known cells of the metric columns.
    pub known_metric_cells: u64,
    /// Rows that take part.
    pub row_count: u64,
    /// Earliest row.
    pub first_date: Day,
    /// Earliest `cohort_date` that a row tells.
    pub told_cohort_date: Option<Day>,
    /// Whether the rows tell different ones.
    pub has_several_cohort_dates: bool,
}

impl Default for UserTotals {
    fn default() -> UserTotals {
        UserTotals {
            minutes: None,
            weighted_minutes: Amount::ZERO,
            minutes_weight: 0,
            events: None,
            sessions: None,
            days_since_last_active: None,
            known_metric_cells: 0,
            row_count: 0,
            first_date: Day(i32::MAX),
            told_cohort_date: None,
            has_several_cohort_dates: false,
        }
    }
}

impl UserTotals {
    /// Adds another part of the same user.
    pub fn merge(&mut self, other: &UserTotals) {
        self.minutes = merged(self.minutes, other.minutes, |a, b| a + b);
        self.weighted_minutes += other.weighted_minutes;
        self.minutes_weight = self.minutes_weight.saturating_add(other.minutes_weight);
        self.events = merged(self.events, other.events, u64::saturating_add);
        self.sessions = merged(self.sessions, other.sessions, u64::saturating_add);
        self.days_since_last_active = merged(self.days_since_last_active, other.days_since_last_active, u64::min);
        self.known_metric_cells += other.known_metric_cells;
        self.row_count += other.row_count;
        self.first_date = self.first_date.min(other.first_date);
        self.has_several_cohort_dates |= other.has_several_cohort_dates
            || matches!((self.told_cohort_date, other.told_cohort_date), (Some(a), Some(b)) if a != b);
        self.told_cohort_date = merged(self.told_cohort_date, other.told_cohort_date, Day::min);
    }

    /// The install day: the earliest that a row tells, else the first date.
    #[must_use]
    pub fn cohort_date(&self) -> Day {
        self.told_cohort_date.unwrap_or(self.first_date)
    }
}

fn merged<T>(a: Option<T>, b: Option<T>, merge: impl Fn(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(merge(a, b)),
        (a, b) => a.or(b),
    }
}
