//! Dates, as days since 1970-01-01.

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Day 0 was a Thursday.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
/// Days of 400 years of the Gregorian calendar.
const DAYS_PER_ERA: i64 = 146_097;

/// `1 Jul 2025`.
#[must_use]
pub fn date(day: i32) -> String {
    let (year, month, of_month) = civil(day);
    format!("{of_month} {} {year}", month_name(month))
}

/// `1 Jul`.
#[must_use]
pub fn day_month(day: i32) -> String {
    let (_, month, of_month) = civil(day);
    format!("{of_month} {}", month_name(month))
}

/// `Jul 2025`.
#[must_use]
pub fn month_year(day: i32) -> String {
    let (year, month, _) = civil(day);
    format!("{} {year}", month_name(month))
}

/// `Tue 1 Jul 2025`.
#[must_use]
pub fn weekday_date(day: i32) -> String {
    let weekday = usize::try_from(day.rem_euclid(7)).map_or("", |position| WEEKDAYS[position]);
    format!("{weekday} {}", date(day))
}

/// `2025-07-01`.
#[must_use]
pub fn iso_date(day: i32) -> String {
    let (year, month, of_month) = civil(day);
    format!("{year:04}-{month:02}-{of_month:02}")
}

/// Two dates and what they share only once: `1–31 Jul 2025`, `1 Jul – 3 Aug 2025`.
#[must_use]
pub fn date_range(first: i32, last: i32) -> String {
    let ((first_year, first_month, first_day), (last_year, last_month, _)) = (civil(first), civil(last));
    if first == last {
        date(first)
    } else if (first_year, first_month) == (last_year, last_month) {
        format!("{first_day}–{}", date(last))
    } else if first_year == last_year {
        format!("{} – {}", day_month(first), date(last))
    } else {
        format!("{} – {}", date(first), date(last))
    }
}

/// Reads `2025-07-01`; anything else, and days that no month has, is `None`.
#[must_use]
pub fn parse_iso_date(text: &str) -> Option<i32> {
    let mut parts = text.splitn(3, '-');
    let mut number = |width: usize| {
        let part = parts.next()?;
        (part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<i32>().ok())?
    };
    let (year, month, of_month) = (number(4)?, number(2)?, number(2)?);
    let day = from_civil(year, u32::try_from(month).ok()?, u32::try_from(of_month).ok()?);
    (iso_date(day) == text).then_some(day)
}

/// `Jul` for 7; nothing for what is no month.
pub(crate) fn month_name(month: u32) -> &'static str {
    usize::try_from(month).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)).copied().unwrap_or("")
}

/// Year, month and day of the month, of the proleptic Gregorian calendar.
///
/// Years are counted from 1 March, so that the leap day is the last day of its year; 153 days are five months of any
/// such year.
pub(crate) fn civil(day: i32) -> (i32, u32, u32) {
    // 1970-01-01 is 719 468 days after 0000-03-01.
    let shifted = i64::from(day) + 719_468;
    let era = shifted.div_euclid(DAYS_PER_ERA);
    let of_era = shifted.rem_euclid(DAYS_PER_ERA);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / (DAYS_PER_ERA - 1)) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |value: i64| u32::try_from(value).unwrap_or(0);
    (i32::try_from(year).unwrap_or(0), small(month), small(of_month))
}

/// Days since 1970-01-01 of a date; months and days beyond their range run over into the next.
pub(crate) fn from_civil(year: i32, month: u32, of_month: u32) -> i32 {
    let (year, month) = (i64::from(year) - i64::from(month <= 2), i64::from(month));
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * month_from_march + 2) / 5 + i64::from(of_month) - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    i32::try_from(era * DAYS_PER_ERA + of_era - 719_468).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_days() {
        // GNU date: `date -d @$((day * 86400)) -u +'%a %d %b %Y'`.
        let known = [
            (-1, "Wed 31 Dec 1969"),
            (0, "Thu 1 Jan 1970"),
            (11_016, "Tue 29 Feb 2000"),
            (19_782, "Thu 29 Feb 2024"),
            (20_270, "Tue 1 Jul 2025"),
            (47_541, "Mon 1 Mar 2100"),
        ];
        for (day, text) in known {
            assert_eq!(weekday_date(day), text);
        }
    }

    #[test]
    fn short_forms() {
        assert_eq!(day_month(20_270), "1 Jul");
        assert_eq!(month_year(20_270), "Jul 2025");
        assert_eq!(iso_date(20_270), "2025-07-01");
        assert_eq!(date_range(20_270, 20_300), "1–31 Jul 2025");
        assert_eq!(date_range(20_270, 20_303), "1 Jul – 3 Aug 2025");
        assert_eq!(date_range(20_000, 20_303), "4 Oct 2024 – 3 Aug 2025");
        assert_eq!(date_range(20_270, 20_270), "1 Jul 2025");
    }

    #[test]
    fn only_real_dates_are_read() {
        assert_eq!(parse_iso_date("2025-07-01"), Some(20_270));
        for wrong in ["2025-02-29", "2025-13-01", "2025-00-10", "2025-7-1", "2025-07-01T00", "", "2025-07--1"] {
            assert_eq!(parse_iso_date(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn dates_are_read_as_they_are_written(day in -700_000_i32..2_900_000) {
            prop_assert_eq!(parse_iso_date(&iso_date(day)), Some(day));
        }

        #[test]
        fn the_next_day_is_the_next_date(day in -700_000_i32..2_900_000) {
            let (today, tomorrow) = (civil(day), civil(day + 1));
            prop_assert!(tomorrow > today);
            prop_assert!(tomorrow.2 == today.2 + 1 || tomorrow.2 == 1);
        }
    }
}
