//! One typed row of the user-daily table.

use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

/// The upstream's classification of a user on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserType {
    /// The day of the install.
    New,
    /// A later day.
    Returning,
}

/// A kind of revenue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RevenueKind {
    /// `total_revenue`, or the sum of the parts if the input has no such column.
    Total,
    /// `iap_revenue`.
    InAppPurchase,
    /// `ad_revenue`.
    Advertising,
    /// `subscription_revenue`.
    Subscription,
}

impl RevenueKind {
    /// Every kind, the total first.
    pub const ALL: [RevenueKind; 4] =
        [RevenueKind::Total, RevenueKind::InAppPurchase, RevenueKind::Advertising, RevenueKind::Subscription];
}

/// A user, a device and a day: one accepted row. Texts are borrowed from the input.
///
/// `None` is null: an empty cell, a word for null, an invalid value or a missing column.
#[derive(Clone, Debug, Default)]
pub struct UserDay<'a> {
    /// The key, verbatim, never empty.
    pub user_id: &'a [u8],
    /// The day of activity.
    pub date: Day,
    /// Install day according to the row.
    pub cohort_date: Option<Day>,
    /// Device, verbatim.
    pub device_id: Option<&'a [u8]>,
    /// Events on the day.
    pub total_events: Option<u64>,
    /// Sessions on the day.
    pub total_sessions: Option<u64>,
    /// Minutes played on the day.
    pub total_session_minutes: Option<Amount>,
    /// Mean minutes of a session on the day.
    pub avg_session_minutes: Option<Amount>,
    /// Days since the last activity, in user-level exports.
    pub days_since_last_active: Option<u64>,
    /// `total_revenue` as the cell says.
    pub total_revenue: Option<Amount>,
    /// `iap_revenue`.
    pub iap_revenue: Option<Amount>,
    /// `ad_revenue`.
    pub ad_revenue: Option<Amount>,
    /// `subscription_revenue`.
    pub subscription_revenue: Option<Amount>,
    /// Whether the input has a `total_revenue` column; if not, the total is the sum of the parts.
    pub has_total_revenue_column: bool,
    /// The upstream's own classification of the user.
    pub user_type: Option<UserType>,
    /// When the upstream wrote the row.
    pub last_updated: Option<Timestamp>,
    /// The stages whose time is known.
    pub milestones: &'a [(Stage, Timestamp)],
}

impl UserDay<'_> {
    /// The row's revenue of each kind, null as 0, in the order of [`RevenueKind::ALL`].
    #[must_use]
    pub fn revenue(&self) -> [Amount; 4] {
        let [iap, ad, subscription] =
            [self.iap_revenue, self.ad_revenue, self.subscription_revenue].map(Option::unwrap_or_default);
        let total = if self.has_total_revenue_column {
            self.total_revenue.unwrap_or_default()
        } else {
            iap + ad + subscription
        };
        [total, iap, ad, subscription]
    }

    /// Whether the total is the sum of its parts, at least one of them known, because it has no column of its own.
    #[must_use]
    pub fn has_derived_total(&self) -> bool {
        let parts = [self.iap_revenue, self.ad_revenue, self.subscription_revenue];
        !self.has_total_revenue_column && parts.iter().any(Option::is_some)
    }

    /// Whether any known revenue of the row is below zero.
    #[must_use]
    pub fn has_negative_revenue(&self) -> bool {
        [self.total_revenue, self.iap_revenue, self.ad_revenue, self.subscription_revenue]
            .iter()
            .any(|amount| amount.is_some_and(|amount| amount < Amount::ZERO))
    }

    /// By how much the total differs from the sum of its parts, where the total and a part are known.
    #[must_use]
    pub fn revenue_difference(&self) -> Option<Amount> {
        let total = self.total_revenue?;
        let parts = [self.iap_revenue, self.ad_revenue, self.subscription_revenue];
        parts.iter().any(Option::is_some).then(|| total - parts.into_iter().flatten().sum())
    }

    /// Whether the row is activity.
    ///
    /// It is inactive only if at least one of events, sessions and minutes is known, all known ones are 0,
    /// and there is no revenue: such a row pads the table with an empty day.
    #[must_use]
    pub fn is_active(&self) -> bool {
        let minutes = self.total_session_minutes.map(|minutes| minutes == Amount::ZERO);
        let usage = [self.total_events.map(|n| n == 0), self.total_sessions.map(|n| n == 0), minutes];
        let known = usage.iter().any(Option::is_some);
        let all_zero = usage.iter().all(|zero| zero.unwrap_or(true));
        !(known && all_zero) || self.revenue()[0] > Amount::ZERO
    }

    /// How many of the metric columns' cells are known.
    #[must_use]
    pub fn known_metric_count(&self) -> u32 {
        let amounts = [
            self.total_session_minutes,
            self.avg_session_minutes,
            self.total_revenue,
            self.iap_revenue,
            self.ad_revenue,
            self.subscription_revenue,
        ];
        let known = amounts.iter().filter(|amount| amount.is_some()).count()
            + usize::from(self.total_events.is_some())
            + usize::from(self.total_sessions.is_some());
        u32::try_from(known).unwrap_or(0)
    }
}
