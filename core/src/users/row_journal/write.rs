//! From rows to bytes.

use crate::rows::UserDay;
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

use super::super::same_text::is_same_text;
use super::super::table::stage_number;
use super::super::wire::{WireWriter, zigzag};
use super::amounts::{Differences, code_of, write_wide};
use super::number::write_numbers;
use super::text::write_text;
use super::{
    ANOTHER_USER, Before, MICROS_PER_SECOND, MORE, RARE_COUNTS, USER_TYPE_SHIFT, known_cells, more, rare_counts,
    user_type_number,
};

/// Keeps accepted rows as bytes: one of a user on a further day takes some fifteen.
#[derive(Debug, Default)]
pub struct RowJournal {
    out: WireWriter,
    before: Before,
}

impl RowJournal {
    /// Keeps a row.
    #[inline(never)]
    pub fn push(&mut self, row: &UserDay<'_>) {
        let before = &mut self.before;
        let is_same_user = is_same_text(&before.user_id, row.user_id);
        let narrow = Differences::of(row);
        let amounts = narrow.unwrap_or_default();
        let known_cells = known_cells(row);

        let days = i64::from(row.date.0) - i64::from(before.date) - i64::from(is_same_user);
        let numbers = [
            zigzag(days),
            row.total_events.unwrap_or(0),
            row.total_sessions.unwrap_or(0),
            code_of(amounts.mean_minutes),
            code_of(amounts.minutes),
            code_of(amounts.advertising),
        ];
        if !is_same_user {
            before.turn_to_user();
            before.cohort_date = row.date.0;
        }
        let mut rest = 0;
        let mut not_expected = |is_not: bool, what: u8| rest |= if is_not { what } else { 0 };
        not_expected(known_cells != before.known_cells, more::KNOWN_CELLS);
        not_expected(row.cohort_date.is_some_and(|date| date.0 != before.cohort_date), more::COHORT_DATE);
        not_expected(row.last_updated.is_some_and(|time| time.0 != before.last_updated), more::LAST_UPDATED);
        let is_same_device = match (row.device_id, before.device()) {
            (Some(device), Some(before)) => is_same_text(device, before),
            (device, before) => device.is_none() && before.is_none(),
        };
        not_expected(!is_same_device, more::DEVICE);
        not_expected(row.milestones != before.milestones, more::MILESTONES);
        not_expected(amounts.has_other_revenue() | (rare_counts(row) != [0; RARE_COUNTS]), more::NUMBERS);
        not_expected(narrow.is_none(), more::WIDE_AMOUNTS);

        let mut flags = user_type_number(row.user_type) << USER_TYPE_SHIFT;
        flags |= if is_same_user { 0 } else { ANOTHER_USER };
        flags |= if rest == 0 { 0 } else { MORE };
        write_numbers(flags, numbers, &mut self.out.bytes);
        before.date = row.date.0;
        if !is_same_user {
            write_text(&before.user_id, row.user_id, &mut self.out);
            before.user_id.clear();
            before.user_id.extend_from_slice(row.user_id);
        }
        if rest != 0 {
            self.push_rest(row, rest, known_cells, &amounts);
        }
    }

    /// What is not as expected.
    fn push_rest(&mut self, row: &UserDay<'_>, rest: u8, known_cells: u16, amounts: &Differences) {
        let (out, before) = (&mut self.out, &mut self.before);
        let is_told = |what: u8| rest & what != 0;
        out.bytes.push(rest);
        if is_told(more::KNOWN_CELLS) {
            out.number(known_cells.into());
            before.known_cells = known_cells;
        }
        if let Some(date) = row.cohort_date.filter(|_| is_told(more::COHORT_DATE)) {
            out.signed(i64::from(row.date.0) - i64::from(date.0));
            before.cohort_date = date.0;
        }
        if let Some(time) = row.last_updated.filter(|_| is_told(more::LAST_UPDATED)) {
            write_micros(time.0.wrapping_sub(before.last_updated), out);
            before.last_updated = time.0;
        }
        if is_told(more::DEVICE) {
            before.device = before.devices.write(row.device_id, out);
        }
        if is_told(more::MILESTONES) {
            write_milestones(row.date, &before.milestones, row.milestones, out);
            before.milestones.clear();
            before.milestones.extend_from_slice(row.milestones);
        }
        if is_told(more::NUMBERS) {
            for count in rare_counts(row) {
                out.number(count);
            }
            for amount in [amounts.total, amounts.purchases, amounts.subscription] {
                out.number(code_of(amount));
            }
        }
        if is_told(more::WIDE_AMOUNTS) {
            write_wide(row, out);
        }
    }

    /// How many bytes the rows take that were kept.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.out.bytes.len()
    }

    /// The rows that were kept, for [`replay`](super::replay), which are forgotten here.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(self).out.bytes
    }
}

/// Whole seconds, above a bit that says whether microseconds follow.
fn write_micros(micros: i64, out: &mut WireWriter) {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    let rest = micros - seconds * MICROS_PER_SECOND;
    out.number(zigzag(seconds) << 1 | u64::from(rest != 0));
    if rest != 0 {
        out.number(rest.unsigned_abs());
    }
}

/// How many of the row before stay at the beginning and the end, and how many stand between: of each the stage and the
/// time from the row's date.
fn write_milestones(date: Day, before: &[(Stage, Timestamp)], milestones: &[(Stage, Timestamp)], out: &mut WireWriter) {
    let first = before.iter().zip(milestones).take_while(|(before, milestone)| before == milestone).count();
    let (before, milestones) = (&before[first..], &milestones[first..]);
    let pairs = before.iter().rev().zip(milestones.iter().rev());
    let last = pairs.take_while(|(before, milestone)| before == milestone).count();
    let told = &milestones[..milestones.len() - last];
    for count in [first, last, told.len()] {
        out.count(count);
    }
    for &(stage, time) in told {
        out.number(stage_number(stage));
        write_micros(time.0.wrapping_sub(Timestamp::midnight(date).0), out);
    }
}
