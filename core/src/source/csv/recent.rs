//! Cells that mostly say what the row before said: dates of one month, and the time of the upstream's run.

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

/// Reads times that hardly ever change from row to row.
#[derive(Clone, Debug)]
pub struct UnchangedTime {
    text: Vec<u8>,
    cell: Cell<Timestamp>,
}

impl Default for UnchangedTime {
    fn default() -> UnchangedTime {
        UnchangedTime { text: Vec::new(), cell: Cell::Null }
    }
}

impl UnchangedTime {
    /// The same as [`read_timestamp`].
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Cell<Timestamp> {
        if self.text != text {
            self.text = text.to_vec();
            self.cell = read_timestamp(text);
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
