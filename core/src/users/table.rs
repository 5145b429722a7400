//! The finished user table.

use crate::calendar::{Day, Timestamp};
use crate::journey_stage::Stage;
use crate::money::Amount;
use crate::rows::RevenueKind;
use crate::source::Column;

use super::grouped::Grouped;
use super::quality::RowQuality;
use super::totals::UserTotals;

/// Texts in one block of memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextColumn {
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl TextColumn {
    /// Adds a text.
    pub fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u64);
    }

    /// The text at this position.
    #[must_use]
    pub fn get(&self, position: usize) -> &[u8] {
        let index = |end: u64| usize::try_from(end).unwrap_or(usize::MAX);
        let start = position.checked_sub(1).map_or(0, |before| index(self.ends[before]));
        &self.bytes[start..index(self.ends[position])]
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Revenue of one kind on one day. A day may have several entries.
///
/// The amount is in billionths of the currency's unit. One that needs more than 64 bits is two entries, one of
/// them in units of 2^62.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RevenueEntry {
    day: i32,
    kind: u8,
    scaled: bool,
    amount: i64,
}

/// What one unit of a scaled entry is worth.
const SCALE: i128 = 1 << 62;

impl RevenueEntry {
    /// The entries for an amount; none for zero.
    pub(super) fn for_amount(day: Day, kind: RevenueKind, amount: Amount) -> impl Iterator<Item = RevenueEntry> {
        let (high, low) = match i64::try_from(amount.0) {
            Ok(low) => (0, low),
            Err(_) => (amount.0.div_euclid(SCALE), i64::try_from(amount.0.rem_euclid(SCALE)).unwrap_or(0)),
        };
        let high = i64::try_from(high).unwrap_or(0);
        [(true, high), (false, low)]
            .into_iter()
            .filter(|&(_, amount)| amount != 0)
            .map(move |(scaled, amount)| RevenueEntry { day: day.0, kind: kind as u8, scaled, amount })
    }

    /// The day.
    #[must_use]
    pub fn day(&self) -> Day {
        Day(self.day)
    }

    /// The kind's position in [`RevenueKind::ALL`].
    #[must_use]
    pub fn kind_index(&self) -> usize {
        usize::from(self.kind)
    }

    /// The amount.
    #[must_use]
    pub fn amount(&self) -> Amount {
        Amount(if self.scaled { i128::from(self.amount) * SCALE } else { self.amount.into() })
    }
}

/// When a user first reached a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Milestone {
    /// The stage.
    pub stage: Stage,
    /// The earliest time.
    pub time: Timestamp,
}

/// One record per user, sorted by user id (bytes), as of a day.
///
/// Everything an analysis needs is here; rows are never read again.
#[derive(Debug, PartialEq)]
pub struct UserTable {
    /// User ids, ascending.
    pub ids: TextColumn,
    /// Device of the earliest row that tells one; empty where none does.
    pub devices: TextColumn,
    /// Sums.
    pub totals: Vec<UserTotals>,
    /// Distinct active days, ascending.
    pub active_days: Grouped<i32>,
    /// Revenue other than zero, by day.
    pub revenue: Grouped<RevenueEntry>,
    /// Stages reached by the as-of day, ascending.
    pub milestones: Grouped<Milestone>,
    /// The known columns that the data has, in any file.
    pub columns: Vec<Column>,
    /// The stages that have a column, ascending.
    pub stages: Vec<Stage>,
    /// The day up to which the data is taken.
    pub as_of: Day,
    /// Whether the as-of day was set, rather than found.
    pub as_of_is_set: bool,
    /// First date of the rows that take part.
    pub first_date: Day,
    /// Last date of the rows that take part.
    pub last_date: Day,
    /// Whether each user's rows all have one date.
    pub every_user_has_one_date: bool,
    /// Calendar days from the first date to the as-of day that have a row, ascending.
    pub days_with_rows: Vec<Day>,
    /// What the rows showed.
    pub quality: RowQuality,
}

impl UserTable {
    /// How many users there are.
    #[must_use]
    pub fn user_count(&self) -> usize {
        self.totals.len()
    }

    /// Whether any file has the column.
    #[must_use]
    pub fn has_column(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    /// How many of the metric columns the data has.
    #[must_use]
    pub fn metric_column_count(&self) -> usize {
        Column::METRICS.iter().filter(|&&column| self.has_column(column)).count()
    }

    /// A user's revenue of each kind, in the order of [`RevenueKind::ALL`].
    #[must_use]
    pub fn revenue_of(&self, user: usize) -> [Amount; 4] {
        let mut sums = [Amount::ZERO; 4];
        for entry in self.revenue.of(user) {
            sums[entry.kind_index()] += entry.amount();
        }
        sums
    }

    /// Whether revenue of each kind makes a payer: by purchases and subscriptions where the data has either
    /// column, else by the total.
    #[must_use]
    pub fn paid_amount(&self, revenue: &[Amount; 4]) -> Amount {
        if self.has_column(Column::IapRevenue) || self.has_column(Column::SubscriptionRevenue) {
            revenue[RevenueKind::InAppPurchase as usize] + revenue[RevenueKind::Subscription as usize]
        } else {
            revenue[RevenueKind::Total as usize]
        }
    }

    /// Whether the user was installed before the data begins, so that only survivors of the cohort are in it.
    #[must_use]
    pub fn is_left_truncated(&self, user: usize) -> bool {
        self.totals[user].cohort_date() < self.first_date
    }
}

/// The user table and the rows that did not make it.
#[derive(Debug)]
pub struct FinishedTable {
    /// The table.
    pub table: UserTable,
    /// Rejected rows, by file and line.
    pub rejected: Vec<crate::source::RejectedRow>,
}
