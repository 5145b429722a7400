//! The columns that Strata knows.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::stage::Stage;

/// A column of the user-daily table that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Column {
    /// `user_id`, required.
    UserId,
    /// `date`, required.
    Date,
    /// `cohort_date`.
    CohortDate,
    /// `device_id`.
    DeviceId,
    /// `total_events`.
    TotalEvents,
    /// `total_sessions`.
    TotalSessions,
    /// `total_session_time_minutes`.
    TotalSessionTime,
    /// `avg_session_duration_minutes`.
    AvgSessionDuration,
    /// `days_since_last_active`.
    DaysSinceLastActive,
    /// `total_revenue`.
    TotalRevenue,
    /// `iap_revenue`.
    IapRevenue,
    /// `ad_revenue`.
    AdRevenue,
    /// `subscription_revenue`.
    SubscriptionRevenue,
    /// `user_type`.
    UserType,
    /// `last_updated`.
    LastUpdated,
    /// `<stage>_time`.
    Milestone(Stage),
}

impl Column {
    /// Every column with a fixed name, in the order of the contract.
    pub const FIXED: [Column; 18] = [
        Column::UserId,
        Column::Date,
        Column::CohortDate,
        Column::DeviceId,
        Column::TotalEvents,
        Column::TotalSessions,
        Column::TotalSessionTime,
        Column::AvgSessionDuration,
        Column::DaysSinceLastActive,
        Column::TotalRevenue,
        Column::IapRevenue,
        Column::AdRevenue,
        Column::SubscriptionRevenue,
        Column::Milestone(Stage::FtueComplete),
        Column::Milestone(Stage::GameComplete),
        Column::Milestone(Stage::FirstPurchase),
        Column::UserType,
        Column::LastUpdated,
    ];

    /// The eight columns whose completeness is measured.
    pub const METRICS: [Column; 8] = [
        Column::TotalEvents,
        Column::TotalSessions,
        Column::TotalSessionTime,
        Column::AvgSessionDuration,
        Column::TotalRevenue,
        Column::IapRevenue,
        Column::AdRevenue,
        Column::SubscriptionRevenue,
    ];

    /// Whether nothing can be computed without the column.
    #[must_use]
    pub fn is_required(self) -> bool {
        matches!(self, Column::UserId | Column::Date)
    }

    /// Other names under which the column is found, compared without case and punctuation.
    #[must_use]
    pub fn synonyms(self) -> &'static [&'static str] {
        match self {
            Column::UserId => &["uid", "userid", "player_id", "customer_id", "distinct_id"],
            Column::Date => &["event_date", "activity_date", "day"],
            Column::CohortDate => &["install_date", "first_seen", "first_seen_date", "signup_date"],
            Column::TotalRevenue => &["revenue"],
            Column::TotalSessions => &["sessions"],
            Column::TotalEvents => &["events"],
            _ => &[],
        }
    }

    /// What is lost where the column is missing, in words that follow "without it".
    #[must_use]
    pub fn cost_of_absence(self) -> &'static str {
        match self {
            Column::UserId | Column::Date => "nothing can be computed",
            Column::CohortDate => "a user's first date is taken as the install day",
            Column::DeviceId => "device_id is empty in the outputs, and duplicates are judged by user and date",
            Column::TotalEvents => "event frequency is 0 in every engagement score",
            Column::TotalSessions => "active days stand for sessions",
            Column::TotalSessionTime => "minutes do not help to tell activity from padding",
            Column::AvgSessionDuration => "session duration is minutes by sessions, where both are known",
            Column::DaysSinceLastActive => "nothing: it is computed from the dates",
            Column::TotalRevenue => "the total is the sum of its parts",
            Column::IapRevenue => "iap_contribution is empty; payers are told by subscriptions or by the total",
            Column::AdRevenue => "ad_contribution is empty",
            Column::SubscriptionRevenue => "subscription_contribution is empty",
            Column::Milestone(_) => "the stage is not in the journey or the funnel",
            Column::UserType | Column::LastUpdated => "nothing but a cross-check",
        }
    }

    /// The column of this exact name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Column> {
        let fixed = Column::FIXED.into_iter().find(|column| column.to_string() == name);
        fixed.or_else(|| {
            let stage: Stage = name.strip_suffix("_time")?.parse().ok()?;
            matches!(stage, Stage::Level(_)).then_some(Column::Milestone(stage))
        })
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Column::UserId => "user_id",
            Column::Date => "date",
            Column::CohortDate => "cohort_date",
            Column::DeviceId => "device_id",
            Column::TotalEvents => "total_events",
            Column::TotalSessions => "total_sessions",
            Column::TotalSessionTime => "total_session_time_minutes",
            Column::AvgSessionDuration => "avg_session_duration_minutes",
            Column::DaysSinceLastActive => "days_since_last_active",
            Column::TotalRevenue => "total_revenue",
            Column::IapRevenue => "iap_revenue",
            Column::AdRevenue => "ad_revenue",
            Column::SubscriptionRevenue => "subscription_revenue",
            Column::UserType => "user_type",
            Column::LastUpdated => "last_updated",
            Column::Milestone(stage) => return write!(f, "{stage}_time"),
        })
    }
}
