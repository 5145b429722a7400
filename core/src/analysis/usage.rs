//! Each user's usage, taken from the table into lists that are read often.

use crate::source::Column;
use crate::users::{UserTable, UserTotals};

/// Counts, some of them unknown, in eight bytes each.
#[derive(Debug)]
pub(super) struct Counts(Vec<u64>);

impl Counts {
    /// Marks an unknown count; counts in the table stay below it.
    const UNKNOWN: u64 = u64::MAX;

    fn push(&mut self, count: Option<u64>) {
        self.0.push(count.unwrap_or(Counts::UNKNOWN));
    }

    pub fn iter(&self) -> impl Iterator<Item = Option<u64>> {
        self.0.iter().map(|&count| Counts::known(count))
    }

    pub fn get(&self, user: usize) -> Option<u64> {
        Counts::known(self.0[user])
    }

    fn known(count: u64) -> Option<u64> {
        (count != Counts::UNKNOWN).then_some(count)
    }
}

/// Usage of every user, in the order of the table.
#[derive(Debug)]
pub(super) struct Usage {
    /// Sessions, or active days if the data has no sessions.
    pub sessions: Counts,
    pub events: Counts,
    /// Mean minutes per session; NaN if not known.
    pub session_durations: Vec<f64>,
    /// Known metric cells in the user's rows.
    pub known_cells: Vec<u64>,
    pub row_counts: Vec<u32>,
}

impl Usage {
    /// Reads what is needed from each user's totals in a single pass: the totals do not fit into the caches.
    pub fn of(table: &UserTable) -> Usage {
        let has_sessions = table.has_column(Column::TotalSessions);
        let has_durations = table.has_column(Column::AvgSessionDuration);
        let has_total_revenue = table.has_column(Column::TotalRevenue);
        let users = table.user_count();
        let mut usage = Usage {
            sessions: Counts(Vec::with_capacity(users)),
            events: Counts(Vec::with_capacity(users)),
            session_durations: Vec::with_capacity(users),
            known_cells: Vec::with_capacity(users),
            row_counts: Vec::with_capacity(users),
        };
        for (totals, active_days) in table.totals.iter().zip(table.active_days.iter()) {
            let sessions = if has_sessions { totals.sessions.get() } else { Some(active_days.len() as u64) };
            usage.sessions.push(sessions);
            usage.events.push(totals.events.get());
            usage.session_durations.push(session_duration(totals, has_durations).unwrap_or(f64::NAN));
            usage.known_cells.push(totals.known_cells(has_total_revenue));
            usage.row_counts.push(totals.row_count);
        }
        usage
    }
}

fn session_duration(totals: &UserTotals, has_durations: bool) -> Option<f64> {
    let (minutes, sessions) = if has_durations {
        (totals.weighted_minutes, totals.minutes_weight)
    } else {
        (totals.minutes()?, totals.sessions.get()?)
    };
    (sessions > 0).then(|| minutes.per(sessions))
}
