//! Retention in words.

use strata_chart::format;
use strata_protocol::{ReportView, RetentionCellView, RetentionView};

use super::heatmap::cohort_name;
use crate::format::counted;

/// Under the heading of the curve.
pub const CURVE_NOTE: &str = "Active on exactly that day after install, with its interval; and, lighter, on that day or \
    later. Each day is over the users observed that long; dashed where these are fewer than half.";

/// Under the heading of the revenue curve.
pub const LTV_NOTE: &str = "Cumulative revenue per user up to each window, over the users observed that long.";

/// `D` for days, `W` for weeks, `M` for months.
#[must_use]
pub fn window_letter(period: &str) -> &'static str {
    match period {
        "week" => "W",
        "month" => "M",
        _ => "D",
    }
}

/// A window within a sentence, with what counts: `on day 7`, `in week 2 or later`.
#[must_use]
pub fn within(retention: &RetentionView, window: u32) -> String {
    let unit = retention.period.as_str();
    let preposition = if unit == "day" { "on" } else { "in" };
    match retention.definition.as_str() {
        "rolling" => format!("{preposition} {unit} {window} or later"),
        "bracket" => {
            let before = retention.windows.iter().take_while(|&&known| known < window).last().copied().unwrap_or(0);
            if before + 1 == window {
                format!("{preposition} {unit} {window}")
            } else {
                format!("in {unit}s {} to {window}", before + 1)
            }
        }
        _ => format!("{preposition} {unit} {window}"),
    }
}

/// The heading answered in a sentence.
#[must_use]
pub fn answer(report: &ReportView) -> String {
    let retention = &report.retention;
    if retention.pooled_size == 0 {
        return "Nobody was seen from install on, so retention cannot be measured.".to_owned();
    }
    let mut observed = retention.windows.iter().zip(&retention.pooled).filter(|(_, cell)| cell.rate.is_some());
    let users = counted(retention.pooled_size, "new user", "new users");
    let Some((&first, cell)) = observed.next() else {
        return match retention.pooled_size {
            1 => "The one new user has not been observed long enough yet.".to_owned(),
            _ => format!("None of the {users} has been observed long enough yet."),
        };
    };
    let interval = cell.interval.map(|of| format!(" ({})", format::percent_interval(of.low, of.high, 1)));
    let rate = |cell: &RetentionCellView| cell.rate.map_or_else(String::new, |rate| format::percent(rate, 1));
    let at_first = format!("{}{} came back {}", rate(cell), interval.unwrap_or_default(), within(retention, first));
    match observed.next_back() {
        Some((&last, cell)) => format!("Of {users}, {at_first} and {} {}.", rate(cell), within(retention, last)),
        None => format!("Of {users}, {at_first}."),
    }
}

/// What counts as coming back, in a sentence.
#[must_use]
pub fn definition(retention: &RetentionView) -> String {
    let (name, period) = match retention.period.as_str() {
        "week" => ("Week", "in the Nth calendar week (from Monday) after that of the install"),
        "month" => ("Month", "in the Nth calendar month after that of the install"),
        _ => ("Day", "N days after the install"),
    };
    match (retention.definition.as_str(), name) {
        ("rolling", _) => format!(
            "{name} N: active {period} or later. Older cohorts have had longer for that, so cohorts are not tested \
             against each other."
        ),
        ("bracket", "Day") => {
            "Day N: active after the window before it and at most N days after the install.".to_owned()
        }
        ("bracket", _) => {
            let end = period.trim_start_matches("in ");
            format!("{name} N: active after the window before it and up to {end}.")
        }
        (_, "Day") => "Day N: active exactly N days after the install.".to_owned(),
        _ => format!("{name} N: active {period}."),
    }
}

/// What counts, who is in, and how to read the table.
#[must_use]
pub fn note(report: &ReportView) -> String {
    let retention = &report.retention;
    let mut sentences = vec![definition(retention), "Each rate is over the users observed that long.".to_owned()];
    let left_out = report.period.total_users.saturating_sub(retention.pooled_size);
    if left_out > 0 {
        let verb = if left_out == 1 { "takes" } else { "take" };
        sentences.push(format!(
            "{} who installed before the data (or the first cohort asked for) begins {verb} no part.",
            counted(left_out, "user", "users")
        ));
    }
    if retention.small_cohort_count > 0 {
        let verb = if retention.small_cohort_count == 1 { "has" } else { "have" };
        sentences.push(format!(
            "{} {verb} fewer than {} users: faded, and part of all cohorts together.",
            counted(retention.small_cohort_count, "cohort", "cohorts"),
            format::count(report.minimum_sample_size)
        ));
    }
    sentences.join(" ")
}

/// A cell in full, line by line; the first line names it.
#[must_use]
pub fn cell_lines(report: &ReportView, cohort: Option<usize>, window: usize) -> Vec<String> {
    let retention = &report.retention;
    let Some(&number) = retention.windows.get(window) else { return Vec::new() };
    let (name, cells) = match cohort {
        None => ("All cohorts".to_owned(), &retention.pooled),
        Some(cohort) => match retention.cohorts.get(cohort) {
            Some(row) => (cohort_name(&row.date, &retention.cohort_period), &row.cells),
            None => return Vec::new(),
        },
    };
    let (Some(cell), Some(pooled)) = (cells.get(window), retention.pooled.get(window)) else { return Vec::new() };
    let mut lines = vec![format!("{name}, {} {number}", retention.period)];
    let (Some(retained), Some(rate)) = (cell.retained, cell.rate) else {
        lines.push(match &cell.closes_on {
            Some(date) => {
                let date = format::parse_iso_date(date).map_or_else(|| date.clone(), format::date);
                format!("Not observed yet: closes on {date}.")
            }
            None => "Nobody has been observed that long.".to_owned(),
        });
        return lines;
    };
    let interval = cell.interval.map_or_else(String::new, |of| {
        let level = format::trimmed(report.interval_level, 3);
        format!(" ({level} % interval {})", format::percent_interval(of.low, of.high, 1))
    });
    lines.push(format!(
        "{} of {} came back {}: {}{interval}.",
        format::count(retained),
        counted(cell.eligible, "user", "users"),
        within(retention, number),
        format::percent(rate, 1)
    ));
    if let (Some(_), Some(all)) = (cohort, pooled.rate) {
        let difference = format::signed(rate - all, 1);
        lines.push(format!("{difference} percentage points against all cohorts ({}).", format::percent(all, 1)));
        lines.push(match cell.test {
            Some(test) if test.is_significant => {
                format!("Differs from the other cohorts: adjusted p {}.", format::p_value(test.p_adjusted))
            }
            Some(test) => {
                format!(
                    "No significant difference from the other cohorts: adjusted p {}.",
                    format::p_value(test.p_adjusted)
                )
            }
            None => "Not tested against the other cohorts.".to_owned(),
        });
    }
    if let Some(revenue) = cell.revenue_per_user {
        lines.push(format!("Revenue per user up to then: {}.", format::decimal(revenue, 4)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition_of(definition: &str, period: &str) -> String {
        super::definition(&retention(definition, period))
    }

    fn retention(definition: &str, period: &str) -> RetentionView {
        RetentionView {
            definition: definition.to_owned(),
            period: period.to_owned(),
            cohort_period: period.to_owned(),
            windows: vec![1, 3, 7],
            pooled: Vec::new(),
            pooled_size: 0,
            cohorts: Vec::new(),
            small_cohort_count: 0,
            curve: Vec::new(),
        }
    }

    #[test]
    fn a_window_says_what_counts() {
        assert_eq!(within(&retention("classic", "day"), 7), "on day 7");
        assert_eq!(within(&retention("rolling", "week"), 3), "in week 3 or later");
        assert_eq!(within(&retention("bracket", "day"), 7), "in days 4 to 7");
        assert_eq!(within(&retention("bracket", "month"), 1), "in month 1");
        assert_eq!(window_letter("month"), "M");
    }

    #[test]
    fn the_note_says_the_definition_in_its_unit() {
        let say = definition_of;
        assert_eq!(say("classic", "day"), "Day N: active exactly N days after the install.");
        assert_eq!(say("classic", "month"), "Month N: active in the Nth calendar month after that of the install.");
        assert!(say("rolling", "day").starts_with("Day N: active N days after the install or later."));
        assert_eq!(
            say("bracket", "week"),
            "Week N: active after the window before it and up to the Nth calendar week (from Monday) after that of the \
             install."
        );
    }
}
