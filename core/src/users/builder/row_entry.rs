//! What is kept of a row.

use xxhash_rust::xxh3::xxh3_64;

use crate::calendar::Day;
use crate::rows::{UserDay, UserType};

use super::super::grouped::WireItem;
use super::super::wire::{Damaged, WireReader, WireWriter, day_of, unzigzag, zigzag};

/// What is kept of every accepted row, 12 bytes: its day and device tell duplicates, its day, activity and
/// user type the rest.
///
/// The device is a 64-bit hash. Two devices of one user on one day that share it by chance (1 in 2^64)
/// would be counted as a duplicate row.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowEntry {
    /// Days since the first that can be written, above three flags.
    day_and_flags: u32,
    device: [u32; 2],
}

const FLAG_BITS: u32 = 3;

impl RowEntry {
    pub const ACTIVE: u32 = 1;
    pub const NEW: u32 = 2;
    pub const RETURNING: u32 = 4;

    #[inline]
    pub fn of(row: &UserDay<'_>) -> RowEntry {
        let hash = row.device_id.map_or(0, xxh3_64);
        let user_type = match row.user_type {
            Some(UserType::New) => RowEntry::NEW,
            Some(UserType::Returning) => RowEntry::RETURNING,
            None => 0,
        };
        let activity = if row.is_active() { RowEntry::ACTIVE } else { 0 };
        let half = |shift: u32| u32::try_from(hash >> shift & 0xFFFF_FFFF).unwrap_or(0);
        RowEntry::new(row.date, user_type | activity, [half(0), half(32)])
    }

    #[inline]
    fn new(day: Day, flags: u32, device: [u32; 2]) -> RowEntry {
        RowEntry { day_and_flags: day.days_since(Day::MIN).unsigned_abs() << FLAG_BITS | flags, device }
    }

    pub fn day(self) -> Day {
        Day(Day::MIN.0.wrapping_add_unsigned(self.day_and_flags >> FLAG_BITS))
    }

    pub fn has(self, flag: u32) -> bool {
        self.day_and_flags & flag != 0
    }

    /// What makes two rows of a user duplicates.
    pub fn duplicate_key(self) -> (Day, [u32; 2]) {
        (self.day(), self.device)
    }
}

/// Day from the day before, flags, and whether the device is that of the row before: mostly one byte in all.
impl WireItem for RowEntry {
    const FIRST: RowEntry = RowEntry { day_and_flags: 0, device: [0, 0] };

    #[inline]
    fn write(self, before: RowEntry, out: &mut WireWriter) {
        let days = i64::from(self.day_and_flags >> FLAG_BITS) - i64::from(before.day_and_flags >> FLAG_BITS);
        let flags = u64::from(self.day_and_flags & ((1 << FLAG_BITS) - 1));
        let is_same_device = self.device == before.device;
        out.number((zigzag(days) << FLAG_BITS | flags) << 1 | u64::from(is_same_device));
        if !is_same_device {
            for half in self.device {
                out.bytes.extend_from_slice(&half.to_le_bytes());
            }
        }
    }

    #[inline]
    fn read(before: RowEntry, reader: &mut WireReader<'_>) -> Result<RowEntry, Damaged> {
        let code = reader.number()?;
        let days = unzigzag(code >> (FLAG_BITS + 1)) + i64::from(before.day_and_flags >> FLAG_BITS);
        let day = day_of(days + i64::from(Day::MIN.0))?;
        let flags = u32::try_from(code >> 1 & ((1 << FLAG_BITS) - 1)).map_err(|_| Damaged)?;
        let device = if code & 1 == 1 { before.device } else { [reader.four_bytes()?, reader.four_bytes()?] };
        Ok(RowEntry::new(day, flags, device))
    }
}
