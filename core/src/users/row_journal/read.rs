//! From bytes to rows.

use crate::rows::{UserDay, UserType};
use crate::source::RowSink;
use crate::value::calendar::{Day, Timestamp};

use super::super::table::stage_of;
use super::super::wire::{Damaged, WireReader, day_of, unzigzag};
use super::amounts::{Differences, billionths_of, read_wide};
use super::number::read_numbers;
use super::text::read_text;
use super::{
    ANOTHER_USER, Before, MICROS_PER_SECOND, MORE, RARE_COUNTS, USER_TYPE_SHIFT, USER_TYPES, known, more,
    set_rare_counts,
};

/// The bytes are not those of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rows that were kept are damaged")]
pub struct DamagedJournal;

impl From<Damaged> for DamagedJournal {
    fn from(_: Damaged) -> DamagedJournal {
        DamagedJournal
    }
}

/// Hands every row of a journal to a sink as it was accepted, except for its invalid values, which were reported then.
///
/// # Errors
/// The bytes are damaged. Some rows may already have been handed over.
pub fn replay(journal: &[u8], sink: &mut impl RowSink) -> Result<(), DamagedJournal> {
    let mut reader = WireReader::new(journal);
    let mut before = Before::default();
    while !reader.is_at_end() {
        sink.accept(&next_row(&mut before, &mut reader)?, 0);
    }
    Ok(())
}

#[inline]
fn next_row<'b>(before: &'b mut Before, reader: &mut WireReader<'_>) -> Result<UserDay<'b>, Damaged> {
    let head = reader.four_bytes()?;
    let [days, events, sessions, mean_minutes, minutes, advertising] = read_numbers(head, reader)?;
    let is_same_user = head & ANOTHER_USER == 0;
    let expected_date = i64::from(before.date) + i64::from(is_same_user);
    let date = day_of(unzigzag(days).checked_add(expected_date).ok_or(Damaged)?)?;
    before.date = date.0;
    if !is_same_user {
        before.turn_to_user();
        before.cohort_date = date.0;
        read_text(&mut before.user_id, reader)?;
    }
    let mut differences = Differences {
        mean_minutes: billionths_of(mean_minutes)?,
        minutes: billionths_of(minutes)?,
        advertising: billionths_of(advertising)?,
        ..Differences::default()
    };
    let mut counts = [0; RARE_COUNTS];
    let mut wide_amounts = None;
    if head & MORE != 0 {
        let rest = reader.byte()?;
        let is_told = |what: u8| rest & what != 0;
        if is_told(more::KNOWN_CELLS) {
            before.known_cells = reader.small()?;
            if before.known_cells > known::ALL {
                return Err(Damaged);
            }
        }
        if is_told(more::COHORT_DATE) {
            before.cohort_date = day_of(i64::from(date.0).checked_sub(reader.signed()?).ok_or(Damaged)?)?.0;
        }
        if is_told(more::LAST_UPDATED) {
            before.last_updated = time_of(before.last_updated.wrapping_add(read_micros(reader)?))?.0;
        }
        if is_told(more::DEVICE) {
            before.device = before.devices.read(reader)?;
        }
        if is_told(more::MILESTONES) {
            read_milestones(before, date, reader)?;
        }
        if is_told(more::NUMBERS) {
            for count in &mut counts {
                *count = reader.number()?;
            }
            for amount in [&mut differences.total, &mut differences.purchases, &mut differences.subscription] {
                *amount = billionths_of(reader.number()?)?;
            }
        }
        if is_told(more::WIDE_AMOUNTS) {
            wide_amounts = Some(read_wide(before.known_cells, reader)?);
        }
    }
    let amounts = wide_amounts.unwrap_or_else(|| differences.amounts(sessions, before.known_cells));
    let [total_session_minutes, avg_session_minutes, total_revenue, iap_revenue, ad_revenue, subscription_revenue] =
        amounts;
    let is_known = |cell: u16| before.known_cells & cell != 0;
    let mut row = UserDay {
        user_id: &before.user_id,
        date,
        cohort_date: is_known(known::COHORT_DATE).then_some(Day(before.cohort_date)),
        device_id: before.device(),
        total_events: is_known(known::EVENTS).then_some(events),
        total_sessions: is_known(known::SESSIONS).then_some(sessions),
        total_session_minutes,
        avg_session_minutes,
        total_revenue,
        iap_revenue,
        ad_revenue,
        subscription_revenue,
        has_total_revenue_column: is_known(known::TOTAL_REVENUE_COLUMN),
        user_type: match head >> USER_TYPE_SHIFT & USER_TYPES {
            0 => None,
            1 => Some(UserType::New),
            2 => Some(UserType::Returning),
            _ => return Err(Damaged),
        },
        last_updated: is_known(known::LAST_UPDATED).then_some(Timestamp(before.last_updated)),
        milestones: &before.milestones,
        ..UserDay::default()
    };
    set_rare_counts(&mut row, before.known_cells, counts);
    Ok(row)
}

fn read_milestones(before: &mut Before, date: Day, reader: &mut WireReader<'_>) -> Result<(), Damaged> {
    let (first, last): (usize, usize) = (reader.small()?, reader.small()?);
    let milestones = &mut before.milestones;
    let last_from = milestones.len().checked_sub(last).filter(|&from| first <= from).ok_or(Damaged)?;
    let told = (0..reader.count(2)?).map(|_| {
        let stage = stage_of(reader.number()?)?;
        Ok((stage, time_of(Timestamp::midnight(date).0.wrapping_add(read_micros(reader)?))?))
    });
    let told = told.collect::<Result<Vec<_>, Damaged>>()?;
    milestones.splice(first..last_from, told);
    Ok(())
}

fn read_micros(reader: &mut WireReader<'_>) -> Result<i64, Damaged> {
    let code = reader.number()?;
    let rest = if code & 1 == 1 { i64::from(reader.small::<u32>()?) } else { 0 };
    Ok(unzigzag(code >> 1).wrapping_mul(MICROS_PER_SECOND).wrapping_add(rest))
}

/// A time that can be written.
fn time_of(micros: i64) -> Result<Timestamp, Damaged> {
    let time = Timestamp(micros);
    day_of(time.day().0.into()).map(|_| time)
}
