//! What each user did, as the table has it, in lists that are read often.

use crate::source::Column;
use crate::users::UserTable;

/// Counts of which some are not known, in eight bytes each.
#[derive(Debug)]
pub(super) struct Counts(Vec<u64>);

impl Counts {
    /// The table's counts stay below it.
    const UNKNOWN: u64 = u64::MAX;

    fn new(counts: impl Iterator<Item = Option<u64>>) -> Counts {
        Counts(counts.map(|count| count.unwrap_or(Counts::UNKNOWN)).collect())
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
    /// Sessions, or active days where the data has no sessions.
    pub sessions: Counts,
    pub events: Counts,
    /// Mean minutes of a session; NaN where not known.
    pub session_durations: Vec<f64>,
    /// Known metric cells of the user's rows.
    pub known_cells: Vec<u64>,
    pub row_counts: Vec<u32>,
}

impl Usage {
    pub fn of(table: &UserTable) -> Usage {
        let has_sessions = table.has_column(Column::TotalSessions);
        let has_durations = table.has_column(Column::AvgSessionDuration);
        let has_total_revenue = table.has_column(Column::TotalRevenue);
        let users = || table.totals.iter();
        let active_days = || table.active_days.iter().map(|days| Some(days.len() as u64));
        let duration = |user| session_duration(table, user, has_durations).unwrap_or(f64::NAN);
        Usage {
            sessions: if has_sessions {
                Counts::new(users().map(|totals| totals.sessions.get()))
            } else {
                Counts::new(active_days())
            },
            events: Counts::new(users().map(|totals| totals.events.get())),
            session_durations: (0..table.user_count()).map(duration).collect(),
            known_cells: users().map(|totals| totals.known_cells(has_total_revenue)).collect(),
            row_counts: users().map(|totals| totals.row_count).collect(),
        }
    }
}

fn session_duration(table: &UserTable, user: usize, has_durations: bool) -> Option<f64> {
    let totals = &table.totals[user];
    let (minutes, sessions) = if has_durations {
        (totals.weighted_minutes, totals.minutes_weight)
    } else {
        (totals.minutes()?, totals.sessions.get()?)
    };
    (sessions > 0).then(|| minutes.per(sessions))
}
