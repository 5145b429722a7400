//! Dates as people read them: `12 Sep 2025`.

use strata_core::value::calendar::Day;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Day 0 was a Thursday.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// Formats a date: `1 Jul 2025`.
#[must_use]
pub fn date(day: Day) -> String {
    let (year, month, of_month) = day.ymd();
    format!("{of_month} {} {year}", month_name(month))
}

/// Formats a date without its year: `1 Jul`.
#[must_use]
pub fn day_month(day: Day) -> String {
    let (_, month, of_month) = day.ymd();
    format!("{of_month} {}", month_name(month))
}

/// Formats a month: `Jul 2025`.
#[must_use]
pub fn month_year(day: Day) -> String {
    let (year, month, _) = day.ymd();
    format!("{} {year}", month_name(month))
}

/// Formats a date with its weekday: `Tue 1 Jul 2025`.
#[must_use]
pub fn weekday_date(day: Day) -> String {
    let weekday = usize::try_from(day.0.rem_euclid(7)).map_or("", |position| WEEKDAYS[position]);
    format!("{weekday} {}", date(day))
}

/// Formats two dates without repeating the parts they share: `1–31 Jul 2025`, `1 Jul – 3 Aug 2025`.
#[must_use]
pub fn date_range(first: Day, last: Day) -> String {
    let ((first_year, first_month, first_day), (last_year, last_month, _)) = (first.ymd(), last.ymd());
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

/// Returns `Jul` for 7, and an empty text for a number that is not a month.
pub(crate) fn month_name(month: u32) -> &'static str {
    usize::try_from(month).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
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
            assert_eq!(weekday_date(Day(day)), text);
        }
    }

    #[test]
    fn short_forms() {
        assert_eq!(date(Day(20_343)), "12 Sep 2025");
        assert_eq!(day_month(Day(20_270)), "1 Jul");
        assert_eq!(month_year(Day(20_270)), "Jul 2025");
        let range = |first, last| date_range(Day(first), Day(last));
        assert_eq!(range(20_270, 20_300), "1–31 Jul 2025");
        assert_eq!(range(20_270, 20_303), "1 Jul – 3 Aug 2025");
        assert_eq!(range(20_000, 20_303), "4 Oct 2024 – 3 Aug 2025");
        assert_eq!(range(20_270, 20_270), "1 Jul 2025");
    }
}
