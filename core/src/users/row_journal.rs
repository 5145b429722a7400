//! Accepted rows as bytes, to be replayed into a table as of another date.
//!
//! A user table is as of one day: sums of whole users cannot be cut at another. A [`RowJournal`] keeps every row so
//! that none has to be read from its file again, in some twenty bytes where it took several hundred.
//!
//! # Format
//! A row begins with four bytes, little endian: whether its user is another one than that of the row before, whether
//! [more](more) follows, its user type, and for each of six numbers in how many bytes it follows. They are told without
//! a branch, because every row has other ones:
//!
//! - the date, as days from the day after the row before, or from that row's date where the user is another one,
//! - events and sessions,
//! - mean minutes, and by how much the minutes differ from sessions times these,
//! - revenue by advertising.
//!
//! Then come the id of another user, and a byte that says which of the rest is not as expected. Expected are: the cells
//! that are known, `cohort_date` and `last_updated` as in the row before (of another user: `cohort_date` is its date),
//! device and milestones as in the row before (of another user: none), no other revenue, and a total revenue that is
//! the sum of its parts. An unknown number is written as 0.
//!
//! A journal is written and replayed by programs of one build, and is never stored.

mod amounts;
mod number;
mod read;
mod text;
mod write;

pub use read::{DamagedJournal, replay};
pub use write::RowJournal;

use crate::rows::{UserDay, UserType};
use crate::value::calendar::Timestamp;
use crate::value::stage::Stage;
use text::DeviceList;

/// Bits of a row's first bytes; the lower ones are the lengths of its numbers.
const LENGTH_BITS: u32 = 4;
const NUMBERS: u32 = 6;
const USER_TYPE_SHIFT: u32 = LENGTH_BITS * NUMBERS;
const USER_TYPES: u32 = 3;
const ANOTHER_USER: u32 = 1 << 26;
const MORE: u32 = 1 << 27;

/// What is not as expected.
mod more {
    pub const KNOWN_CELLS: u8 = 1;
    pub const COHORT_DATE: u8 = 1 << 1;
    pub const LAST_UPDATED: u8 = 1 << 2;
    pub const DEVICE: u8 = 1 << 3;
    pub const MILESTONES: u8 = 1 << 4;
    /// Rare counts, and revenue of other kinds.
    pub const NUMBERS: u8 = 1 << 5;
    /// Every amount follows in full: one is too large for the rest.
    pub const WIDE_AMOUNTS: u8 = 1 << 6;
}

/// Which cells are known.
mod known {
    pub const COHORT_DATE: u16 = 1;
    pub const LAST_UPDATED: u16 = 1 << 1;
    pub const EVENTS: u16 = 1 << 2;
    pub const SESSIONS: u16 = 1 << 3;
    pub const DAYS_SINCE_LAST_ACTIVE: u16 = 1 << 4;
    /// The first of the amounts.
    pub const AMOUNTS: u16 = 1 << 5;
    pub const TOTAL_REVENUE_COLUMN: u16 = 1 << 11;
    pub const ALL: u16 = (1 << 12) - 1;
}

/// What the next row is written relative to.
#[derive(Clone, Debug, Default)]
struct Before {
    user_id: Vec<u8>,
    devices: DeviceList,
    /// Among the devices, from 1; 0 where the row has none.
    device: usize,
    date: i32,
    /// The latest that was known, as `last_updated`.
    cohort_date: i32,
    last_updated: i64,
    known_cells: u16,
    milestones: Vec<(Stage, Timestamp)>,
}

impl Before {
    /// What is known of a user before the first row.
    fn turn_to_user(&mut self) {
        self.devices.clear();
        self.device = 0;
        self.milestones.clear();
    }

    fn device(&self) -> Option<&[u8]> {
        self.device.checked_sub(1).map(|device| self.devices.get(device))
    }
}

/// Which cells of a row are known, but for the texts.
#[inline]
fn known_cells(row: &UserDay<'_>) -> u16 {
    let bits = [
        row.cohort_date.is_some(),
        row.last_updated.is_some(),
        row.total_events.is_some(),
        row.total_sessions.is_some(),
        row.days_since_last_active.is_some(),
        row.total_session_minutes.is_some(),
        row.avg_session_minutes.is_some(),
        row.total_revenue.is_some(),
        row.iap_revenue.is_some(),
        row.ad_revenue.is_some(),
        row.subscription_revenue.is_some(),
        row.has_total_revenue_column,
    ];
    bits.into_iter().rev().fold(0, |bits, is_known| bits << 1 | u16::from(is_known))
}

/// How many counts of a row are rarely other than 0.
const RARE_COUNTS: usize = 1;

/// Those counts, null as 0.
#[inline]
fn rare_counts(row: &UserDay<'_>) -> [u64; RARE_COUNTS] {
    [row.days_since_last_active].map(Option::unwrap_or_default)
}

/// Gives a row the rare counts that are known.
#[inline]
fn set_rare_counts(row: &mut UserDay<'_>, known_cells: u16, counts: [u64; RARE_COUNTS]) {
    let [days_since_last_active] = counts;
    let is_known = |cell: u16| known_cells & cell != 0;
    row.days_since_last_active = is_known(known::DAYS_SINCE_LAST_ACTIVE).then_some(days_since_last_active);
}

#[inline]
fn user_type_number(user_type: Option<UserType>) -> u32 {
    match user_type {
        None => 0,
        Some(UserType::New) => 1,
        Some(UserType::Returning) => 2,
    }
}

const MICROS_PER_SECOND: i64 = 1_000_000;

#[cfg(test)]
mod tests;
