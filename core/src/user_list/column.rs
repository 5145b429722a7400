//! The columns of a user, and the text of each cell.

use serde::{Deserialize, Serialize};

use crate::report::{Report, score_value};
use crate::users::UserTable;
use crate::value::amount::Amount;
use crate::value::digits::write_integer;
use crate::value::fixed::Fixed;

/// Declares the columns, in order: an entry each, with its name and what it holds.
macro_rules! user_columns {
    ($($variant:ident = $name:literal, $meaning:literal;)+) => {
        /// A column of the list and of `user_segments.csv`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum UserColumn {
            $(#[doc = concat!("`", $name, "`: ", $meaning, ".")] #[serde(rename = $name)] $variant,)+
        }

        impl UserColumn {
            /// Every column, in order.
            pub const ALL: [UserColumn; [$($name),+].len()] = [$(UserColumn::$variant),+];

            /// The name in the file.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(UserColumn::$variant => $name),+ }
            }

            /// What it holds, in one phrase.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(UserColumn::$variant => $meaning),+ }
            }
        }
    };
}

user_columns! {
    UserId = "user_id", "The user";
    DeviceId = "device_id", "The device first used";
    CohortDate = "cohort_date", "The install day";
    LastActiveDate = "last_active_date", "The last day with activity";
    DaysSinceLastActive = "days_since_last_active", "Days from it to the as-of date";
    ActiveDays = "active_days", "Days with activity";
    TotalEvents = "total_events", "Events";
    TotalSessions = "total_sessions", "Sessions";
    TotalRevenue = "total_revenue", "Revenue";
    EngagementScore = "engagement_score", "Engagement score, 0 to 1";
    BehavioralSegment = "behavioral_segment", "Behavioural segment";
    RevenueSegment = "revenue_segment", "Revenue segment";
    RevenuePercentile = "revenue_percentile", "Percentile of the revenue among all users, 0 to 100";
    JourneyStage = "journey_stage", "The furthest journey stage reached";
}

impl Default for UserColumn {
    fn default() -> UserColumn {
        UserColumn::UserId
    }
}

/// The texts of users' cells.
#[derive(Clone, Copy, Debug)]
pub struct UserCells<'a> {
    table: &'a UserTable,
    report: &'a Report,
    user_count: i128,
}

impl<'a> UserCells<'a> {
    /// The cells of a table with its report.
    #[must_use]
    pub fn new(table: &'a UserTable, report: &'a Report) -> UserCells<'a> {
        let user_count = i128::try_from(table.user_count().max(1)).unwrap_or(i128::MAX);
        UserCells { table, report, user_count }
    }

    /// All cells of a user, in the order of [`UserColumn::ALL`]; what is not known is empty.
    #[must_use]
    pub fn of_user(&self, user: u32) -> [String; UserColumn::ALL.len()] {
        UserColumn::ALL.map(|column| {
            let mut cell = Vec::new();
            self.write(column, user, &mut cell);
            String::from_utf8_lossy(&cell).into_owned()
        })
    }

    /// A text from the input, which a file may have to quote; none where the column holds none.
    #[inline]
    #[must_use]
    pub fn input_text(&self, column: UserColumn, user: u32) -> Option<&'a [u8]> {
        match column {
            UserColumn::UserId => Some(self.table.ids.get(user as usize)),
            UserColumn::DeviceId => Some(self.table.devices.get(user as usize)),
            _ => None,
        }
    }

    /// Appends the text of a cell, without quotes; nothing where it is not known.
    #[inline]
    pub fn write(&self, column: UserColumn, user: u32, out: &mut Vec<u8>) {
        let user = user as usize;
        let (totals, users) = (&self.table.totals[user], &self.report.users);
        match column {
            UserColumn::UserId => out.extend_from_slice(self.table.ids.get(user)),
            UserColumn::DeviceId => out.extend_from_slice(self.table.devices.get(user)),
            UserColumn::CohortDate => totals.cohort_date().write_to(out),
            UserColumn::LastActiveDate => {
                if let Some(day) = users.last_active_dates[user] {
                    day.write_to(out);
                }
            }
            UserColumn::DaysSinceLastActive => write_integer(users.days_since_last_active[user], out),
            UserColumn::ActiveDays => write_integer(self.table.active_days.of(user).len() as u64, out),
            UserColumn::TotalEvents => write_known(totals.events.get(), out),
            UserColumn::TotalSessions => write_known(totals.sessions.get(), out),
            UserColumn::TotalRevenue => Fixed::from_ratio(users.revenue[user].0, Amount::ONE, 4).write_to(out),
            UserColumn::EngagementScore => {
                Fixed::from_f64(score_value(users.scores[user]), 4).unwrap_or_default().write_to(out);
            }
            UserColumn::BehavioralSegment => out.extend_from_slice(users.behavioral[user].as_str().as_bytes()),
            UserColumn::RevenueSegment => out.extend_from_slice(users.revenue_segments[user].as_str().as_bytes()),
            UserColumn::RevenuePercentile => {
                // 100 * average rank / n, the rank being doubled.
                let doubled = i128::from(users.doubled_revenue_ranks[user]);
                Fixed::from_ratio(doubled * 50, self.user_count, 2).write_to(out);
            }
            UserColumn::JourneyStage => users.journeys[user].stage.write_to(out),
        }
    }
}

fn write_known(count: Option<u64>, out: &mut Vec<u8>) {
    if let Some(count) = count {
        write_integer(count, out);
    }
}
