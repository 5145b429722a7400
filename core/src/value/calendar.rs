//! Calendar days and UTC instants, without a time zone database or a clock.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::digits::two_digits;

/// Microseconds in one day.
pub const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A calendar day, counted from 1970-01-01 (day 0) in the proleptic Gregorian calendar.
///
/// Every day that was parsed is in the years 1 to 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// 0001-01-01, the first day with a written form.
    pub const MIN: Day = Day(-719_162);
    /// 9999-12-31, the last day with a written form.
    pub const MAX: Day = Day(2_932_896);

    /// The day of a civil date; `None` if the calendar has no such date.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return None;
        }
        if day < 1 || day > days_in_month(year, month) {
            return None;
        }
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let month_from_march = (month.cast_signed() + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day.cast_signed() - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Day(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month (1..=12) and day of the month (1..=31) of the day.
    #[must_use]
    pub fn ymd(self) -> (i32, u32, u32) {
        // Neri and Schneider, "Euclidean Affine Functions and their Application to Calendar Algorithms" (2022). Days
        // are counted from far enough back that even a day outside the calendar can be shown.
        const CYCLES_BEFORE: i32 = 15_000;
        let days = (i64::from(self.0) + 719_468 + i64::from(CYCLES_BEFORE) * 146_097).unsigned_abs();
        let of_centuries = 4 * days + 3;
        let day_of_century = of_centuries % 146_097 / 4;
        let of_years = 2_939_745 * (4 * day_of_century + 3);
        let day_of_year = (of_years & 0xFFFF_FFFF) / 2_939_745 / 4;
        let of_months = 2_141 * day_of_year + 197_913;
        let (month, day) = (of_months >> 16, (of_months & 0xFFFF) / 2_141 + 1);
        // Years begin in March here.
        let is_next_year = day_of_year >= 306;
        let year = of_centuries / 146_097 * 100 + (of_years >> 32) + u64::from(is_next_year);
        let small = |number: u64| u32::try_from(number).unwrap_or(0);
        (
            small(year).cast_signed() - CYCLES_BEFORE * 400,
            small(if is_next_year { month - 12 } else { month }),
            small(day),
        )
    }

    /// Days from `earlier` to `self`; negative if `self` is earlier.
    #[must_use]
    pub fn days_since(self, earlier: Day) -> i32 {
        self.0 - earlier.0
    }

    /// The Monday of this day's week.
    #[must_use]
    pub fn week_start(self) -> Day {
        // 1970-01-01 was a Thursday, three days after a Monday.
        Day(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// Months since year 0; consecutive calendar months differ by one.
    #[must_use]
    pub fn month_number(self) -> i32 {
        let (year, month, _) = self.ymd();
        year * 12 + month.cast_signed() - 1
    }

    /// The first day of the month with this [`Day::month_number`].
    ///
    /// Months outside the years 1 to 9999 extend the calendar, so that period arithmetic never fails.
    #[must_use]
    pub fn first_of_month(month_number: i32) -> Day {
        let year = month_number.div_euclid(12);
        let month = month_number.rem_euclid(12).cast_unsigned() + 1;
        let clamped = year.clamp(1, 9999);
        // 400 years are 146,097 days, so shifting by whole cycles keeps the calendar exact.
        let cycles = (year - clamped).div_euclid(400) + i32::from((year - clamped).rem_euclid(400) != 0);
        Day::from_ymd(year - cycles * 400, month, 1)
            .map_or(Day::MAX, |day| Day(day.0.saturating_add(cycles.saturating_mul(146_097))))
    }

    /// Parses text of exactly the form `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Day> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
        let digit = |byte: u8| byte.wrapping_sub(b'0');
        let digits = [y1, y2, y3, y4, m1, m2, d1, d2].map(digit);
        if digits.iter().any(|&digit| digit > 9) {
            return None;
        }
        let [y1, y2, y3, y4, m1, m2, d1, d2] = digits.map(u32::from);
        let year = (y1 * 1000 + y2 * 100 + y3 * 10 + y4).cast_signed();
        Day::from_ymd(year, m1 * 10 + m2, d1 * 10 + d2)
    }

    /// Appends `YYYY-MM-DD`.
    pub fn write_to(self, out: &mut Vec<u8>) {
        if let Some(text) = self.text() {
            return out.extend_from_slice(&text);
        }
        let (year, month, day) = self.ymd();
        out.extend_from_slice(format!("{year:04}-{month:02}-{day:02}").as_bytes());
    }

    /// The text `YYYY-MM-DD`, if the year has four digits.
    #[inline]
    fn text(self) -> Option<[u8; 10]> {
        let (year, month, day) = self.ymd();
        let year = u32::try_from(year).ok().filter(|&year| year <= 9999)?;
        let [y1, y2] = two_digits(year / 100);
        let [y3, y4] = two_digits(year % 100);
        let [m1, m2] = two_digits(month);
        let [d1, d2] = two_digits(day);
        Some([y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2])
    }
}

/// Formats the text that `write_to` appends.
fn fmt_text(f: &mut fmt::Formatter<'_>, write_to: impl FnOnce(&mut Vec<u8>)) -> fmt::Result {
    let mut text = Vec::with_capacity(32);
    write_to(&mut text);
    f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

/// Number of days in the month (1..=12).
pub(crate) fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_text(f, |text| self.write_to(text))
    }
}

/// `YYYY-MM-DD` in human-readable formats, the number of the day in others.
impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i32(self.0) }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        if !deserializer.is_human_readable() {
            return i32::deserialize(deserializer).map(Day);
        }
        let text = String::deserialize(deserializer)?;
        Day::parse(text.as_bytes()).ok_or_else(|| D::Error::custom(format!("{text:?} is not a date (YYYY-MM-DD)")))
    }
}

/// An instant in UTC, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The UTC day that contains the instant.
    #[must_use]
    pub fn day(self) -> Day {
        Day(i32::try_from(self.0.div_euclid(MICROS_PER_DAY)).unwrap_or(i32::MAX))
    }

    /// The first instant of a day.
    #[must_use]
    pub const fn midnight(day: Day) -> Timestamp {
        Timestamp(day.0 as i64 * MICROS_PER_DAY)
    }

    /// The instant at `micros` microseconds after midnight of `day`, on a clock that is `offset_minutes` ahead of UTC
    /// (negative west of Greenwich). `None` outside the years 1 to 9999.
    #[inline]
    #[must_use]
    pub fn new(day: Day, micros: i64, offset_minutes: i32) -> Option<Timestamp> {
        const FIRST: Timestamp = Timestamp::midnight(Day::MIN);
        const END: Timestamp = Timestamp::midnight(Day(Day::MAX.0 + 1));
        let instant = Timestamp(Timestamp::midnight(day).0 + micros - i64::from(offset_minutes) * 60_000_000);
        (FIRST..END).contains(&instant).then_some(instant)
    }

    /// Appends `YYYY-MM-DDTHH:MM:SSZ`, with six fractional digits if the fraction is not zero.
    pub fn write_to(self, out: &mut Vec<u8>) {
        let day = self.day();
        let small = |number: i64| u32::try_from(number).unwrap_or(0);
        let in_day = self.0.wrapping_sub(Timestamp::midnight(day).0);
        let (seconds, micros) = (small(in_day / 1_000_000), small(in_day % 1_000_000));
        day.write_to(out);
        let [[h1, h2], [m1, m2], [s1, s2]] = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two_digits);
        out.extend_from_slice(&[b'T', h1, h2, b':', m1, m2, b':', s1, s2]);
        if micros != 0 {
            let [[f1, f2], [f3, f4], [f5, f6]] = [micros / 10_000, micros / 100 % 100, micros % 100].map(two_digits);
            out.extend_from_slice(&[b'.', f1, f2, f3, f4, f5, f6]);
        }
        out.push(b'Z');
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_text(f, |text| self.write_to(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        // Independent source: the calendar of the jiff crate.
        #[test]
        fn days_agree_with_jiff(number in Day::MIN.0..=Day::MAX.0) {
            let day = Day(number);
            let epoch = jiff::civil::date(1970, 1, 1);
            let span = jiff::Span::new().days(number);
            let date = epoch.checked_add(span).unwrap();
            let (year, month, of_month) = day.ymd();
            prop_assert_eq!((year, month, of_month),
                (i32::from(date.year()), u32::try_from(date.month()).unwrap(), u32::try_from(date.day()).unwrap()));
            prop_assert_eq!(Day::from_ymd(year, month, of_month), Some(day));
            prop_assert_eq!(day.to_string(), date.to_string());
            prop_assert_eq!(Day::parse(day.to_string().as_bytes()), Some(day));
            let monday = day.week_start();
            prop_assert!(monday <= day && day.days_since(monday) < 7);
            let since_monday = i32::from(date.weekday().to_monday_zero_offset());
            prop_assert_eq!(day.days_since(monday), since_monday);
            let first = Day::first_of_month(day.month_number());
            prop_assert_eq!(first.ymd(), (year, month, 1));
        }

        // 400 years are 146,097 days.
        #[test]
        fn days_outside_the_calendar_continue_it(number: i32) {
            let cycles = number.div_euclid(146_097);
            let (year, month, day) = Day(number.rem_euclid(146_097)).ymd();
            prop_assert_eq!(Day(number).ymd(), (year + cycles * 400, month, day));
        }
    }

    proptest! {
        // Independent source: the timestamps of the jiff crate.
        #[test]
        fn instants_are_written_as_jiff_does(seconds in -62_135_596_800_i64..253_402_200_000, micros in 0i64..1_000_000) {
            let written = Timestamp(seconds * 1_000_000 + micros).to_string();
            let whole = jiff::Timestamp::from_second(seconds).unwrap().to_string();
            let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
            prop_assert_eq!(written, whole.replace('Z', &format!("{fraction}Z")));
        }
    }

    #[test]
    fn impossible_dates_are_none() {
        for text in [
            "2024-02-30",
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "0000-01-01",
            "2024-1-01",
            "2024/01/01",
            "20240101",
            "2024-01-011",
            "２０２４-01-01",
        ] {
            assert_eq!(Day::parse(text.as_bytes()), None, "{text}");
        }
        assert!(Day::parse(b"2000-02-29").is_some());
    }

    #[test]
    fn months_beyond_the_calendar_keep_their_order() {
        let last = Day::MAX.month_number();
        for month in last - 2..last + 30 {
            assert!(Day::first_of_month(month) < Day::first_of_month(month + 1), "{month}");
        }
        assert_eq!(Day::first_of_month(last + 1), Day(Day::MAX.0 + 1));
    }
}
