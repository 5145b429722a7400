//! Cells that mostly say what rows before said: dates of a few months, and the time of the upstream's run.
//! Each is read as [`super::super::number`] reads it alone.

use crate::value::calendar::{Day, Timestamp, days_in_month};

use super::super::number::{Cell, read_date, read_timestamp};
use super::super::short_number::{eight_digits, read_clock};

/// Reads dates, those of months that dates before were in by their last two digits only.
#[derive(Clone, Debug)]
pub struct RecentMonths {
    /// One month for each value of the last bits of its two digits.
    months: [Month; MONTHS],
}

/// Numbers of months differ in these bits of their digits.
const MONTHS: usize = 32;

#[derive(Clone, Copy, Debug)]
struct Month {
    /// `YYYY-MM-`; zeros before the first date.
    prefix: [u8; 8],
    /// The day before the first of the month.
    day_before: i32,
    day_count: u32,
}

impl Default for RecentMonths {
    fn default() -> RecentMonths {
        RecentMonths { months: [Month { prefix: [0; 8], day_before: 0, day_count: 0 }; MONTHS] }
    }
}

impl RecentMonths {
    /// The same as [`read_date`].
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Cell<Day> {
        match <&[u8; 10]>::try_from(text) {
            Ok(date) => self.read_day(date),
            Err(_) => read_date(text),
        }
    }

    /// The same as [`read_timestamp`].
    #[inline]
    pub fn read_time(&mut self, text: &[u8]) -> Cell<Timestamp> {
        self.utc_time(text).map_or_else(|| read_timestamp(text), Cell::Value)
    }

    #[inline]
    fn read_day(&mut self, date: &[u8; 10]) -> Cell<Day> {
        let &[prefix @ .., tens, ones] = date;
        let month = &self.months[place_of(prefix)];
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        let day = u32::from(tens) * 10 + u32::from(ones);
        if month.prefix == prefix && ones <= 9 && tens <= 9 && (1..=month.day_count).contains(&day) {
            return Cell::Value(Day(month.day_before + day.cast_signed()));
        }
        self.read_other(date)
    }

    /// The form of nearly every time: `2024-01-02 12:00:00.123456+00:00`.
    #[inline]
    fn utc_time(&mut self, text: &[u8]) -> Option<Timestamp> {
        let (date, [b' ', time @ ..]) = <&[u8; 32]>::try_from(text).ok()?.split_first_chunk::<10>()? else {
            return None;
        };
        let (clock, [b'.', fraction @ ..]) = time.split_first_chunk::<8>()? else { return None };
        let (fraction, b"+00:00") = fraction.split_first_chunk::<6>()? else { return None };
        let seconds = read_clock(*clock)?;
        let [f1, f2, f3, f4, f5, f6] = *fraction;
        let micros = eight_digits([b'0', b'0', f1, f2, f3, f4, f5, f6])?;
        let Cell::Value(day) = self.read_day(date) else { return None };
        Timestamp::new(day, i64::from(seconds) * 1_000_000 + i64::from(micros), 0)
    }

    #[cold]
    fn read_other(&mut self, date: &[u8; 10]) -> Cell<Day> {
        let cell = read_date(date);
        if let Cell::Value(read) = cell {
            let (year, month, day) = read.ymd();
            let &[prefix @ .., _, _] = date;
            self.months[place_of(prefix)] =
                Month { prefix, day_before: read.0 - day.cast_signed(), day_count: days_in_month(year, month) };
        }
        cell
    }
}

/// Where a month is kept.
#[inline]
fn place_of([_, _, _, _, _, tens, ones, _]: [u8; 8]) -> usize {
    usize::from((tens & 1) << 4 | ones & 0xF) % MONTHS
}

/// Reads times that hardly ever change from row to row, those of the form `2024-01-02 12:00:00.123456+00:00`.
#[derive(Clone, Copy, Debug)]
pub struct UnchangedTime {
    text: [u8; 32],
    cell: Cell<Timestamp>,
}

impl Default for UnchangedTime {
    fn default() -> UnchangedTime {
        UnchangedTime { text: [0; 32], cell: Cell::Invalid }
    }
}

impl UnchangedTime {
    /// What `read` says of the text, which is only asked where the text changed.
    #[inline]
    pub fn read(&mut self, text: &[u8], read: impl FnOnce(&[u8]) -> Cell<Timestamp>) -> Cell<Timestamp> {
        let Ok(text) = <&[u8; 32]>::try_from(text) else { return read(text) };
        if self.text != *text {
            *self = UnchangedTime { text: *text, cell: read(text) };
        }
        self.cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn times_are_read_as_they_are_one_by_one(
            texts in prop::collection::vec(
                "2024-0[12]-[0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9][.][0-9]{6}[+]00:00|2024-01-02 1.:..:00.0000.0[+]0[01]:00|2024-01-02T10:00:00Z?",
                0..30,
            ),
        ) {
            let mut dates = RecentMonths::default();
            let mut times = UnchangedTime::default();
            for text in texts {
                let time = read_timestamp(text.as_bytes());
                prop_assert_eq!(dates.read_time(text.as_bytes()), time);
                for _ in 0..2 {
                    prop_assert_eq!(times.read(text.as_bytes(), |text| dates.read_time(text)), time);
                }
            }
        }

        #[test]
        fn dates_are_read_as_they_are_one_by_one(
            texts in prop::collection::vec("20(00|23|24)-[01][0-9]-[0-3][0-9]|2024-02-2 ?|2024-02-1[0-9]T10:00:00Z| 2024-01-05|x", 0..30),
        ) {
            let mut dates = RecentMonths::default();
            for text in texts {
                prop_assert_eq!(dates.read(text.as_bytes()), read_date(text.as_bytes()));
            }
        }
    }
}
