//! The sums of each user.

use crate::rows::UserDay;
use crate::value::amount::Amount;
use crate::value::calendar::Day;

use super::wire::{Damaged, WireReader, WireWriter, day_of};

/// A count that may be unknown, in the eight bytes of a known one: there is one per user and kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionalCount(u64);

impl OptionalCount {
    const UNKNOWN: OptionalCount = OptionalCount(u64::MAX);

    /// The count.
    #[inline]
    #[must_use]
    pub fn get(self) -> Option<u64> {
        (self != OptionalCount::UNKNOWN).then_some(self.0)
    }

    fn write(self, out: &mut WireWriter) {
        // Unknown is the largest number, which would be ten bytes; the next is 0.
        out.number(self.0.wrapping_add(1));
    }

    fn read(reader: &mut WireReader<'_>) -> Result<OptionalCount, Damaged> {
        reader.number().map(|number| OptionalCount(number.wrapping_sub(1)))
    }

    /// Joins two counts if both are known, else takes the known one.
    #[inline]
    fn merge(&mut self, other: Option<u64>, join: impl Fn(u64, u64) -> u64) {
        if let Some(other) = other {
            let joined = self.get().map_or(other, |known| join(known, other));
            self.0 = joined.min(u64::MAX - 1);
        }
    }
}

impl From<Option<u64>> for OptionalCount {
    fn from(count: Option<u64>) -> OptionalCount {
        count.map_or(OptionalCount::UNKNOWN, |count| OptionalCount(count.min(u64::MAX - 1)))
    }
}

/// Sums and extremes over a user's rows. Every field merges in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserTotals {
    pub(super) minutes: Amount,
    /// Sum of `avg_session_duration_minutes` times its weight.
    pub weighted_minutes: Amount,
    /// Sum of the weights: sessions, or 1 where they are null.
    pub minutes_weight: u64,
    /// Sum of the known `total_events`.
    pub events: OptionalCount,
    /// Sum of the known `total_sessions`.
    pub sessions: OptionalCount,
    /// The smallest `days_since_last_active`.
    pub days_since_last_active: OptionalCount,
    pub(super) known_metric_cells: u64,
    /// Rows of inputs without a `total_revenue` column that know a part of it.
    pub(super) derived_total_count: u32,
    /// Rows that take part.
    pub row_count: u32,
    /// Earliest row.
    pub first_date: Day,
    /// Earliest `cohort_date` in any row.
    pub told_cohort_date: Option<Day>,
    /// Whether rows have different ones.
    pub has_several_cohort_dates: bool,
    pub(super) has_minutes: bool,
}

impl Default for UserTotals {
    fn default() -> UserTotals {
        UserTotals {
            minutes: Amount::ZERO,
            weighted_minutes: Amount::ZERO,
            minutes_weight: 0,
            events: OptionalCount::UNKNOWN,
            sessions: OptionalCount::UNKNOWN,
            days_since_last_active: OptionalCount::UNKNOWN,
            known_metric_cells: 0,
            row_count: 0,
            derived_total_count: 0,
            first_date: Day(i32::MAX),
            told_cohort_date: None,
            has_several_cohort_dates: false,
            has_minutes: false,
        }
    }
}

impl UserTotals {
    /// Sum of the known `total_session_time_minutes`.
    #[must_use]
    pub fn minutes(&self) -> Option<Amount> {
        self.has_minutes.then_some(self.minutes)
    }

    /// The install day: the earliest `cohort_date`, or else the first date.
    #[must_use]
    pub fn cohort_date(&self) -> Day {
        self.told_cohort_date.unwrap_or(self.first_date)
    }

    /// Known cells of the metric columns. Where another input has a `total_revenue` column, the total that is the
    /// sum of its parts is known too.
    #[must_use]
    pub fn known_cells(&self, has_total_revenue_column: bool) -> u64 {
        let derived = if has_total_revenue_column { self.derived_total_count } else { 0 };
        self.known_metric_cells + u64::from(derived)
    }

    /// Adds a row of the user.
    #[inline]
    pub(super) fn add(&mut self, row: &UserDay<'_>) {
        self.row_count = self.row_count.saturating_add(1);
        self.derived_total_count = self.derived_total_count.saturating_add(u32::from(row.has_derived_total()));
        self.known_metric_cells += u64::from(row.known_metric_count());
        self.first_date = self.first_date.min(row.date);
        self.merge_cohort_date(row.cohort_date);
        self.events.merge(row.total_events, u64::saturating_add);
        self.sessions.merge(row.total_sessions, u64::saturating_add);
        self.days_since_last_active.merge(row.days_since_last_active, u64::min);
        if let Some(minutes) = row.total_session_minutes {
            self.minutes += minutes;
            self.has_minutes = true;
        }
        if let Some(minutes) = row.avg_session_minutes {
            let weight = row.total_sessions.unwrap_or(1);
            self.weighted_minutes += minutes.times(weight);
            self.minutes_weight = self.minutes_weight.saturating_add(weight);
        }
    }

    /// Adds another part of the same user.
    pub(super) fn merge(&mut self, other: &UserTotals) {
        self.minutes += other.minutes;
        self.has_minutes |= other.has_minutes;
        self.weighted_minutes += other.weighted_minutes;
        self.minutes_weight = self.minutes_weight.saturating_add(other.minutes_weight);
        self.events.merge(other.events.get(), u64::saturating_add);
        self.sessions.merge(other.sessions.get(), u64::saturating_add);
        self.days_since_last_active.merge(other.days_since_last_active.get(), u64::min);
        self.known_metric_cells += other.known_metric_cells;
        self.row_count = self.row_count.saturating_add(other.row_count);
        self.derived_total_count = self.derived_total_count.saturating_add(other.derived_total_count);
        self.first_date = self.first_date.min(other.first_date);
        self.merge_cohort_date(other.told_cohort_date);
        self.has_several_cohort_dates |= other.has_several_cohort_dates;
    }

    #[inline]
    fn merge_cohort_date(&mut self, told: Option<Day>) {
        if let Some(told) = told {
            let known = self.told_cohort_date.unwrap_or(told);
            self.has_several_cohort_dates |= known != told;
            self.told_cohort_date = Some(known.min(told));
        }
    }

    /// Appends the sums, to be read by [`UserTotals::read`].
    pub(super) fn write(&self, out: &mut WireWriter) {
        let UserTotals {
            minutes,
            weighted_minutes,
            minutes_weight,
            events,
            sessions,
            days_since_last_active,
            known_metric_cells,
            derived_total_count,
            row_count,
            first_date,
            told_cohort_date,
            has_several_cohort_dates,
            has_minutes,
        } = self;
        out.number((*row_count).into());
        if *row_count > 0 {
            out.signed(first_date.0.into());
        }
        out.optional(told_cohort_date.map(|day| day.0.into()));
        out.bytes.push((*has_several_cohort_dates).into());
        out.bytes.push((*has_minutes).into());
        out.signed_wide(minutes.0);
        out.signed_wide(weighted_minutes.0);
        out.number(*minutes_weight);
        for count in [events, sessions, days_since_last_active] {
            count.write(out);
        }
        out.number(*known_metric_cells);
        out.number((*derived_total_count).into());
    }

    /// Fewest bytes that [`UserTotals::write`] appends.
    pub(super) const LEAST_BYTES: usize = 14;

    /// Reads what [`UserTotals::write`] wrote.
    pub(super) fn read(reader: &mut WireReader<'_>) -> Result<UserTotals, Damaged> {
        let row_count = reader.small()?;
        let first_date = if row_count > 0 { day_of(reader.signed()?)? } else { UserTotals::default().first_date };
        Ok(UserTotals {
            row_count,
            first_date,
            told_cohort_date: reader.optional_day()?,
            has_several_cohort_dates: reader.flag()?,
            has_minutes: reader.flag()?,
            minutes: Amount(reader.signed_wide()?),
            weighted_minutes: Amount(reader.signed_wide()?),
            minutes_weight: reader.number()?,
            events: OptionalCount::read(reader)?,
            sessions: OptionalCount::read(reader)?,
            days_since_last_active: OptionalCount::read(reader)?,
            known_metric_cells: reader.number()?,
            derived_total_count: reader.small()?,
        })
    }
}
