//! The part of a row that is kept.

use xxhash_rust::xxh3::xxh3_64;

use crate::rows::{UserDay, UserType};
use crate::value::amount::Amount;
use crate::value::calendar::Day;

use super::super::grouped::WireItem;
use super::super::wire::{Damaged, WireReader, WireWriter, day_of, unzigzag, zigzag};

/// What is kept of every accepted row, in 12 bytes: day and device reveal duplicates; day, activity, user type and
/// what is odd about its revenue serve the rest.
///
/// The device is a 64-bit hash. Two devices of one user on one day that share it by chance (1 in 2^64)
/// would be counted as a duplicate row.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowEntry {
    /// Days since the first that can be written, above five flags.
    day_and_flags: u32,
    device: [u32; 2],
}

const FLAG_BITS: u32 = 5;
/// The flags that most rows of a user share; the others are rare.
const COMMON_FLAG_BITS: u32 = 3;
const ONE_CENT: u128 = 10_000_000;

impl RowEntry {
    pub const ACTIVE: u32 = 1;
    pub const NEW: u32 = 2;
    pub const RETURNING: u32 = 4;
    pub const NEGATIVE_REVENUE: u32 = 8;
    pub const REVENUE_PARTS_DIFFER: u32 = 16;

    /// Every flag.
    #[cfg(feature = "parquet")]
    pub const FLAGS: [u32; 5] = [
        RowEntry::ACTIVE,
        RowEntry::NEW,
        RowEntry::RETURNING,
        RowEntry::NEGATIVE_REVENUE,
        RowEntry::REVENUE_PARTS_DIFFER,
    ];

    /// The entry of a row with this revenue and this [hash of its device](hash_of), which are the row's own.
    #[inline]
    pub fn of(row: &UserDay<'_>, revenue: &[Amount; 4], device: u64) -> RowEntry {
        let user_type = match row.user_type {
            Some(UserType::New) => RowEntry::NEW,
            Some(UserType::Returning) => RowEntry::RETURNING,
            None => 0,
        };
        let activity = if row.is_active() { RowEntry::ACTIVE } else { 0 };
        // A copy, so that a row without revenue need not be in memory.
        let odd = if *revenue == [Amount::ZERO; 4] { 0 } else { odd_revenue(&row.clone()) };
        RowEntry::from_parts(row.date, user_type | activity | odd, device)
    }

    /// The entry of a row on a day, with these flags and the hash of its device.
    #[inline]
    pub fn from_parts(day: Day, flags: u32, device: u64) -> RowEntry {
        let half = |shift: u32| u32::try_from(device >> shift & 0xFFFF_FFFF).unwrap_or(0);
        RowEntry::new(day, flags, [half(0), half(32)])
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

    /// The hash of the device; 0 if the row has none.
    #[cfg(feature = "user-table-writer")]
    pub fn device(self) -> u64 {
        u64::from(self.device[1]) << 32 | u64::from(self.device[0])
    }

    /// What makes two rows of a user duplicates.
    pub fn duplicate_key(self) -> (Day, [u32; 2]) {
        (self.day(), self.device)
    }
}

/// What stands for a device; 0 for none.
#[inline]
pub(super) fn hash_of(device: Option<&[u8]>) -> u64 {
    device.map_or(0, xxh3_64)
}

/// What is odd about a row's revenue: nothing, if all of it is zero.
fn odd_revenue(row: &UserDay<'_>) -> u32 {
    let negative = if row.has_negative_revenue() { RowEntry::NEGATIVE_REVENUE } else { 0 };
    let differs = row.revenue_difference().is_some_and(|difference| difference.0.unsigned_abs() > ONE_CENT);
    negative | if differs { RowEntry::REVENUE_PARTS_DIFFER } else { 0 }
}

/// Difference of days, flags, and whether the device is that of the previous row: mostly one byte in all. A row
/// with rare flags takes one more.
impl WireItem for RowEntry {
    const FIRST: RowEntry = RowEntry { day_and_flags: 0, device: [0, 0] };

    #[inline]
    fn write(self, before: RowEntry, out: &mut WireWriter) {
        let days = i64::from(self.day_and_flags >> FLAG_BITS) - i64::from(before.day_and_flags >> FLAG_BITS);
        let flags = self.day_and_flags & ((1 << FLAG_BITS) - 1);
        let common = u64::from(flags & ((1 << COMMON_FLAG_BITS) - 1));
        let rare = (flags >> COMMON_FLAG_BITS) as u8;
        let is_same_device = self.device == before.device;
        let marks = u64::from(rare != 0) << 1 | u64::from(is_same_device);
        out.number((zigzag(days) << COMMON_FLAG_BITS | common) << 2 | marks);
        if rare != 0 {
            out.bytes.push(rare);
        }
        if !is_same_device {
            for half in self.device {
                out.bytes.extend_from_slice(&half.to_le_bytes());
            }
        }
    }

    #[inline]
    fn read(before: RowEntry, reader: &mut WireReader<'_>) -> Result<RowEntry, Damaged> {
        let code = reader.number()?;
        let days = unzigzag(code >> (COMMON_FLAG_BITS + 2)) + i64::from(before.day_and_flags >> FLAG_BITS);
        let day = day_of(days + i64::from(Day::MIN.0))?;
        let common = u32::try_from(code >> 2 & ((1 << COMMON_FLAG_BITS) - 1)).map_err(|_| Damaged)?;
        let rare = if code & 2 == 2 { reader.small()? } else { 0 };
        if rare >= 1 << (FLAG_BITS - COMMON_FLAG_BITS) {
            return Err(Damaged);
        }
        let flags = rare << COMMON_FLAG_BITS | common;
        let device = if code & 1 == 1 { before.device } else { [reader.four_bytes()?, reader.four_bytes()?] };
        Ok(RowEntry::new(day, flags, device))
    }
}
