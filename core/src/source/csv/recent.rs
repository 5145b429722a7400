//! Cells that mostly say what the row before said: dates of one month, and the time of the upstream's run.
//! Each is read as [`super::super::number`] reads it alone.

use crate::calendar::{Day, Timestamp, days_in_month};

use super::super::number::{Cell, read_date, read_timestamp};

/// Reads dates, those of the month of the date before by their last two digits only.
#[derive(Clone, Copy, Debug, Default)]
pub struct MonthOfDates {
    /// `YYYY-MM-`; zeros before the first date.
    prefix: [u8; 8],
    /// The day before the first of the month.
    day_before: i32,
    day_count: u32,
}

impl MonthOfDates {
    /// The same as [`read_date`].
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Cell<Day> {
        if let Ok([prefix @ .., tens, ones]) = <&[u8; 10]>::try_from(text)
            && *prefix == self.prefix
        {
            let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
            let day = u32::from(tens) * 10 + u32::from(ones);
            if tens <= 9 && ones <= 9 && (1..=self.day_count).contains(&day) {
                return Cell::Value(Day(self.day_before + day.cast_signed()));
            }
        }
        self.read_other(text)
    }

    /// The same as [`read_timestamp`].
    #[inline]
    pub fn read_time(&mut self, text: &[u8]) -> Cell<Timestamp> {
        self.utc_time(text).map_or_else(|| read_timestamp(text), Cell::Value)
    }

    /// The form of nearly every time: `2024-01-02 12:00:00.123456+00:00`.
    fn utc_time(&mut self, text: &[u8]) -> Option<Timestamp> {
        let (date, time) = text.split_first_chunk::<10>()?;
        let [
            b' ',
            h1,
            h2,
            b':',
            m1,
            m2,
            b':',
            s1,
            s2,
            b'.',
            f1,
            f2,
            f3,
            f4,
            f5,
            f6,
            b'+',
            b'0',
            b'0',
            b':',
            b'0',
            b'0',
        ] = *<&[u8; 22]>::try_from(time).ok()?
        else {
            return None;
        };
        let digits = [h1, h2, m1, m2, s1, s2, f1, f2, f3, f4, f5, f6].map(|byte| byte.wrapping_sub(b'0'));
        if digits.into_iter().fold(0, u8::max) > 9 {
            return None;
        }
        let [h1, h2, m1, m2, s1, s2, f1, f2, f3, f4, f5, f6] = digits.map(i64::from);
        let (hour, minute, second) = (h1 * 10 + h2, m1 * 10 + m2, s1 * 10 + s2);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let Cell::Value(day) = self.read(date) else { return None };
        let micros = ((((f1 * 10 + f2) * 10 + f3) * 10 + f4) * 10 + f5) * 10 + f6;
        Timestamp::new(day, ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros, 0)
    }

    fn read_other(&mut self, text: &[u8]) -> Cell<Day> {
        let cell = read_date(text);
        if let (Cell::Value(date), Ok([prefix @ .., _, _])) = (cell, <&[u8; 10]>::try_from(text)) {
            let (year, month, day) = date.ymd();
            self.prefix = *prefix;
            self.day_before = date.0 - day.cast_signed();
            self.day_count = days_in_month(year, month);
        }
        cell
    }
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
            let mut dates = MonthOfDates::default();
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
            texts in prop::collection::vec("20(00|23|24)-0[12]-[0-3][0-9]|2024-02-2 ?|2024-02-1[0-9]T10:00:00Z| 2024-01-05|x", 0..30),
        ) {
            let mut dates = MonthOfDates::default();
            for text in texts {
                prop_assert_eq!(dates.read(text.as_bytes()), read_date(text.as_bytes()));
            }
        }
    }
}
