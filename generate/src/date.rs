//! A calendar date, as a number of days.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// A day of the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Days since 1970-01-01.
    days: i32,
}

impl Date {
    /// 2025-07-01.
    pub(crate) const DEFAULT_FIRST: Self = Self { days: 20_270 };

    /// The date of a year, a month (1 to 12) and a day of the month, if there is such a date.
    /// Years 0 to 9999.
    #[must_use]
    pub fn new(year: i32, month: i32, day: i32) -> Option<Self> {
        if !(0..=9_999).contains(&year) || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        let date = Self { days: days_from_civil(year, month, day) };
        // A day past the end of its month comes back as one of the next month.
        (date.civil() == (year, month, day)).then_some(date)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.civil().0
    }

    /// The date `days` days later (earlier if negative).
    #[must_use]
    pub(crate) fn plus_days(self, days: i32) -> Self {
        Self { days: self.days + days }
    }

    /// Whether it is a Saturday or a Sunday.
    pub(crate) fn is_weekend(self) -> bool {
        // 1970-01-01 was a Thursday: with Monday = 0 that is 3.
        (self.days + 3).rem_euclid(7) >= 5
    }

    /// Year, month and day. The year is counted from March, which puts the leap day last (the
    /// well-known algorithm by Howard Hinnant).
    fn civil(self) -> (i32, i32, i32) {
        let shifted = self.days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        (year, month, day)
    }
}

fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let year = year - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = ParseDateError;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let bytes = text.as_bytes();
            let shape = bytes.len() == 10
                && bytes.iter().enumerate().all(|(i, b)| match i {
                    4 | 7 => *b == b'-',
                    _ => b.is_ascii_digit(),
                });
            if !shape {
                return None;
            }
            let number = |from: usize, to: usize| text.get(from..to)?.parse::<i32>().ok();
            Self::new(number(0, 4)?, number(5, 7)?, number(8, 10)?)
        };
        parse().ok_or_else(|| ParseDateError { text: text.to_owned() })
    }
}

/// A text that is not a date `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseDateError {
    text: String,
}

impl fmt::Display for ParseDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a date (YYYY-MM-DD)", self.text)
    }
}

impl Error for ParseDateError {}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        let first = days("1899-12-31");
        let mut previous = Date { days: first };
        for offset in 1..=146_097 {
            let date = Date { days: first + offset };
            let (year, month, day) = date.civil();
            assert_eq!(Date::new(year, month, day), Some(date));
            assert!(date.to_string() > previous.to_string());
            previous = date;
        }
    }

    #[test]
    fn known_days() {
        assert_eq!(days("1970-01-01"), 0);
        assert_eq!(Date::DEFAULT_FIRST.to_string(), "2025-07-01");
        assert_eq!(days("2024-03-01") - days("2024-02-28"), 2);
        assert!(Date { days: days("2025-07-05") }.is_weekend());
        assert!(Date { days: days("2025-07-06") }.is_weekend());
        assert!(!Date { days: days("2025-07-07") }.is_weekend());
        for wrong in ["2024-02-30", "2023-02-29", "2024-13-01", "2024-1-01", "+024-01-01", "", "2024-01-01T"] {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
    }

    fn days(text: &str) -> i32 {
        text.parse::<Date>().map_or(i32::MIN, |date| date.days)
    }
}
