//! The columns of the user list, and the text of each cell.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::report::{BehavioralSegment, RevenueSegment, UserResults, score_value};
use crate::users::UserTable;
use crate::value::amount::Amount;
use crate::value::calendar::Day;
use crate::value::digits::write_integer;
use crate::value::fixed::Fixed;
use crate::value::stage::Stage;

/// Declares the columns, in order, with one entry for each: its name and meaning.
macro_rules! user_columns {
    ($($(#[$attribute:meta])* $variant:ident = $name:literal, $meaning:literal;)+) => {
        /// A column of the user list and of `user_segments.csv`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum UserColumn {
            $($(#[$attribute])* #[doc = concat!("`", $name, "`: ", $meaning, ".")] #[serde(rename = $name)] $variant,)+
        }

        impl UserColumn {
            /// All columns, in order.
            pub const ALL: [UserColumn; [$($name),+].len()] = [$(UserColumn::$variant),+];

            /// The name of the column in the file.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(UserColumn::$variant => $name),+ }
            }

            /// What the column contains, in one phrase.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(UserColumn::$variant => $meaning),+ }
            }
        }
    };
}

user_columns! {
    #[default]
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

/// The content of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserCell {
    /// No value: it is not known.
    Empty,
    /// Text from the input.
    Text(String),
    /// A date.
    Date(Day),
    /// A whole number.
    Count(u64),
    /// A number with decimals.
    Number(Fixed),
    /// A behavioural segment.
    Behavioral(BehavioralSegment),
    /// A revenue segment.
    Revenue(RevenueSegment),
    /// A journey stage.
    Stage(Stage),
}

impl UserCell {
    /// Appends the text of the cell as in the file, without quotes.
    #[inline]
    pub fn write_to(&self, out: &mut Vec<u8>) {
        match self {
            UserCell::Empty => {}
            UserCell::Text(text) => out.extend_from_slice(text.as_bytes()),
            UserCell::Date(day) => day.write_to(out),
            UserCell::Count(count) => write_integer(*count, out),
            UserCell::Number(number) => number.write_to(out),
            UserCell::Behavioral(segment) => out.extend_from_slice(segment.as_str().as_bytes()),
            UserCell::Revenue(segment) => out.extend_from_slice(segment.as_str().as_bytes()),
            UserCell::Stage(stage) => stage.write_to(out),
        }
    }
}

impl fmt::Display for UserCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        self.write_to(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

/// Access to the cells of all users.
#[derive(Clone, Copy, Debug)]
pub struct UserCells<'a> {
    table: &'a UserTable,
    users: &'a UserResults,
    user_count: i128,
}

impl<'a> UserCells<'a> {
    /// The cells of a table and its results.
    #[must_use]
    pub fn new(table: &'a UserTable, users: &'a UserResults) -> UserCells<'a> {
        let user_count = i128::try_from(table.user_count().max(1)).unwrap_or(i128::MAX);
        UserCells { table, users, user_count }
    }

    /// All cells of a user, in the order of [`UserColumn::ALL`].
    #[must_use]
    pub fn of_user(&self, user: u32) -> [UserCell; UserColumn::ALL.len()] {
        UserColumn::ALL.map(|column| self.cell(column, user))
    }

    /// Text from the input, which may have to be quoted in a file; `None` if the column holds no such text.
    #[inline]
    #[must_use]
    pub fn input_text(&self, column: UserColumn, user: u32) -> Option<&'a [u8]> {
        match column {
            UserColumn::UserId => Some(self.table.ids.get(user as usize)),
            UserColumn::DeviceId => Some(self.table.devices.get(user as usize)),
            _ => None,
        }
    }

    /// The cell of a user in a column.
    #[inline]
    #[must_use]
    pub fn cell(&self, column: UserColumn, user: u32) -> UserCell {
        let user = user as usize;
        let (totals, users) = (&self.table.totals[user], self.users);
        let known_count = |count: Option<u64>| count.map_or(UserCell::Empty, UserCell::Count);
        match column {
            UserColumn::UserId => text(self.table.ids.get(user)),
            UserColumn::DeviceId => text(self.table.devices.get(user)),
            UserColumn::CohortDate => UserCell::Date(totals.cohort_date()),
            UserColumn::LastActiveDate => users.last_active_dates[user].map_or(UserCell::Empty, UserCell::Date),
            UserColumn::DaysSinceLastActive => UserCell::Count(users.days_since_last_active[user]),
            UserColumn::ActiveDays => UserCell::Count(self.table.active_days.of(user).len() as u64),
            UserColumn::TotalEvents => known_count(totals.events.get()),
            UserColumn::TotalSessions => known_count(totals.sessions.get()),
            UserColumn::TotalRevenue => UserCell::Number(Fixed::from_ratio(users.revenue[user].0, Amount::ONE, 4)),
            UserColumn::EngagementScore => {
                UserCell::Number(Fixed::from_f64(score_value(users.scores[user]), 4).unwrap_or_default())
            }
            UserColumn::BehavioralSegment => UserCell::Behavioral(users.behavioral[user]),
            UserColumn::RevenueSegment => UserCell::Revenue(users.revenue_segments[user]),
            UserColumn::RevenuePercentile => {
                // 100 * average rank / n; the rank is stored doubled.
                let doubled = i128::from(users.doubled_revenue_ranks[user]);
                UserCell::Number(Fixed::from_ratio(doubled * 50, self.user_count, 2))
            }
            UserColumn::JourneyStage => UserCell::Stage(users.journeys[user].stage),
        }
    }
}

fn text(bytes: &[u8]) -> UserCell {
    if bytes.is_empty() { UserCell::Empty } else { UserCell::Text(String::from_utf8_lossy(bytes).into_owned()) }
}
