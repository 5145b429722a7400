//! The finished user table.

use crate::rows::RevenueKind;
use crate::source::Column;
use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

use super::grouped::{Grouped, WireItem};
use super::quality::RowQuality;
use super::totals::UserTotals;
use super::wire::{Damaged, WireReader, WireWriter, day_of, unzigzag, zigzag};

/// Texts in one block of memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextColumn {
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl TextColumn {
    /// Texts that end at these positions of the bytes, each where the next one starts.
    pub(super) fn new(ends: Vec<u64>, bytes: Vec<u8>) -> TextColumn {
        TextColumn { ends, bytes }
    }

    /// Adds a text.
    pub fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u64);
    }

    /// Adds the texts of another column, except for the first `skipped`.
    pub(super) fn append(&mut self, other: &TextColumn, skipped: usize) {
        let (before, after) = other.ends.split_at(skipped);
        let start = before.last().copied().unwrap_or(0);
        let offset = self.bytes.len() as u64;
        self.bytes.extend_from_slice(&other.bytes[usize::try_from(start).unwrap_or(usize::MAX)..]);
        self.ends.extend(after.iter().map(|end| end - start + offset));
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

    /// All texts, one after the other without anything between them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where each text ends among [`TextColumn::bytes`].
    #[must_use]
    pub fn ends(&self) -> &[u64] {
        &self.ends
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.ends.capacity() * size_of::<u64>() + self.bytes.capacity()
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

/// Difference of days, kind and unit in one number; then the amount.
impl WireItem for RevenueEntry {
    const FIRST: RevenueEntry = RevenueEntry { day: 0, kind: 0, scaled: false, amount: 0 };

    #[inline]
    fn write(self, before: RevenueEntry, out: &mut WireWriter) {
        let days = zigzag(i64::from(self.day) - i64::from(before.day));
        out.number(days << 3 | u64::from(self.kind) << 1 | u64::from(self.scaled));
        out.signed(self.amount);
    }

    #[inline]
    fn read(before: RevenueEntry, reader: &mut WireReader<'_>) -> Result<RevenueEntry, Damaged> {
        let code = reader.number()?;
        let day = day_of(unzigzag(code >> 3) + i64::from(before.day))?;
        let kind = (code >> 1 & 3) as u8;
        Ok(RevenueEntry { day: day.0, kind, scaled: code & 1 == 1, amount: reader.signed()? })
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

/// The stage, levels by number; then the difference from the previous time.
impl WireItem for Milestone {
    const FIRST: Milestone = Milestone { stage: Stage::FtueStart, time: Timestamp(0) };

    #[inline]
    fn write(self, before: Milestone, out: &mut WireWriter) {
        out.number(stage_number(self.stage));
        out.signed(self.time.0.wrapping_sub(before.time.0));
    }

    #[inline]
    fn read(before: Milestone, reader: &mut WireReader<'_>) -> Result<Milestone, Damaged> {
        let stage = stage_of(reader.number()?)?;
        let time = Timestamp(before.time.0.wrapping_add(reader.signed()?));
        day_of(time.day().0.into())?;
        Ok(Milestone { stage, time })
    }
}

/// The stages without a number, which come before the levels.
const UNNUMBERED: [Stage; 4] = [Stage::FtueStart, Stage::FtueComplete, Stage::GameComplete, Stage::FirstPurchase];

/// A number for a stage, for tables that travel.
pub(super) fn stage_number(stage: Stage) -> u64 {
    match stage {
        Stage::FtueStart => 0,
        Stage::FtueComplete => 1,
        Stage::GameComplete => 2,
        Stage::FirstPurchase => 3,
        Stage::Level(number) => u64::from(number) + UNNUMBERED.len() as u64,
    }
}

/// The stage of a number.
pub(super) fn stage_of(number: u64) -> Result<Stage, Damaged> {
    let unnumbered = usize::try_from(number).ok().and_then(|number| UNNUMBERED.get(number));
    let level = || u32::try_from(number.checked_sub(UNNUMBERED.len() as u64)?).ok().map(Stage::Level);
    unnumbered.copied().or_else(level).ok_or(Damaged)
}

/// One record per user, sorted by user id (bytes), as of a day.
///
/// Everything an analysis needs is here; rows are never read again.
#[derive(Debug, PartialEq)]
pub struct UserTable {
    /// User ids, ascending.
    pub ids: TextColumn,
    /// Device of the earliest row that has one; empty if none has.
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

    /// Bytes of memory that the users and their days take.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.ids.byte_count()
            + self.devices.byte_count()
            + self.totals.capacity() * size_of::<UserTotals>()
            + self.active_days.byte_count()
            + self.revenue.byte_count()
            + self.milestones.byte_count()
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

    /// The kinds of revenue that make a payer: purchases and subscriptions where the data has either column, else
    /// the total.
    #[must_use]
    pub fn paying_kinds(&self) -> &'static [RevenueKind] {
        if self.has_column(Column::IapRevenue) || self.has_column(Column::SubscriptionRevenue) {
            &[RevenueKind::InAppPurchase, RevenueKind::Subscription]
        } else {
            &[RevenueKind::Total]
        }
    }

    /// Whether the user was installed before the data begins, so that only survivors of the cohort are in it.
    #[must_use]
    pub fn is_left_truncated(&self, user: usize) -> bool {
        self.totals[user].cohort_date() < self.first_date
    }
}

/// What was paid: revenue of the [kinds that make a payer](UserTable::paying_kinds), of revenue in the order of
/// [`RevenueKind::ALL`].
#[must_use]
pub fn paid_amount(paying_kinds: &[RevenueKind], revenue: &[Amount; 4]) -> Amount {
    paying_kinds.iter().map(|&kind| revenue[kind as usize]).sum()
}

/// The user table and the rejected rows.
#[derive(Debug)]
pub struct FinishedTable {
    /// The table.
    pub table: UserTable,
    /// Rejected rows, by file and line.
    pub rejected: Vec<crate::source::RejectedRow>,
}
