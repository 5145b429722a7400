//! The filter of the users table in words.

use strata_chart::format;
use strata_protocol::{CohortMembers, FunnelMembers, ReportView, UserFilter};

use crate::format::counted;
use crate::view::segments::names::{segment_name, stage_name};

/// A part of the filter that can be taken away by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The behavioural segment.
    Behavioral,
    /// The revenue segment.
    Revenue,
    /// Members of a retention cell.
    Cohort,
    /// Members of a funnel step.
    Funnel,
    /// The highest journey stage.
    JourneyStage,
}

impl Criterion {
    /// The filter without it.
    #[must_use]
    pub fn removed_from(self, filter: &UserFilter) -> UserFilter {
        let mut filter = filter.clone();
        match self {
            Criterion::Behavioral => filter.behavioral = None,
            Criterion::Revenue => filter.revenue = None,
            Criterion::Cohort => filter.cohort = None,
            Criterion::Funnel => filter.funnel = None,
            Criterion::JourneyStage => filter.journey_stage = None,
        }
        filter
    }
}

/// The settings that a filter's meaning depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// `classic`, `rolling` or `bracket`.
    pub definition: String,
    /// Unit of the windows: `day`, `week` or `month`.
    pub period: String,
    /// Width of a cohort: `day`, `week` or `month`.
    pub cohort_period: String,
    /// The windows, ascending.
    pub windows: Vec<u32>,
    /// `closed`, `ordered` or `open`.
    pub funnel_mode: String,
    /// Days within which a completion counts.
    pub funnel_window_days: Option<u32>,
    /// The funnel's stages, in order.
    pub stages: Vec<String>,
}

impl Terms {
    /// Those of a report.
    #[must_use]
    pub fn of(report: &ReportView) -> Terms {
        Terms {
            definition: report.retention.definition.clone(),
            period: report.retention.period.clone(),
            cohort_period: report.retention.cohort_period.clone(),
            windows: report.retention.windows.clone(),
            funnel_mode: report.funnel.mode.clone(),
            funnel_window_days: report.funnel.window_days,
            stages: report.funnel.stages.iter().map(|stage| stage.stage.clone()).collect(),
        }
    }
}

/// Each part of a filter in words.
#[must_use]
pub fn criteria(filter: &UserFilter, terms: &Terms) -> Vec<(Criterion, String)> {
    let parts = [
        (Criterion::Behavioral, filter.behavioral.as_deref().map(segment_name)),
        (Criterion::Revenue, filter.revenue.as_deref().map(segment_name)),
        (Criterion::Cohort, filter.cohort.as_ref().map(|of| cohort_words(of, terms))),
        (Criterion::Funnel, filter.funnel.as_ref().map(|of| funnel_words(of, terms))),
        (
            Criterion::JourneyStage,
            filter.journey_stage.as_deref().map(|stage| format!("Furthest stage: {}", stage_name(stage))),
        ),
    ];
    parts.into_iter().filter_map(|(criterion, words)| Some((criterion, words?))).collect()
}

fn cohort_words(of: &CohortMembers, terms: &Terms) -> String {
    let cohort = match (of.cohort.as_str(), terms.cohort_period.as_str()) {
        ("all", _) => "All cohorts".to_owned(),
        (first_day, "week") => format!("Cohort of the week from {}", day_in_words(first_day, format::date)),
        (first_day, "month") => format!("Cohort of {}", day_in_words(first_day, format::month_year)),
        (first_day, _) => format!("Cohort {}", day_in_words(first_day, format::date)),
    };
    let Some(window) = of.window else { return cohort };
    let unit = if terms.period.is_empty() { "day" } else { terms.period.as_str() };
    let preposition = if unit == "day" { "on" } else { "in" };
    let when = match terms.definition.as_str() {
        "rolling" => format!("{preposition} {unit} {window} or later"),
        "bracket" => {
            let before = terms.windows.iter().rev().find(|known| **known < window);
            let first = before.map_or(1, |before| before + 1);
            if first == window {
                format!("{preposition} {unit} {window}")
            } else {
                format!("{preposition} {unit}s {first} to {window}")
            }
        }
        _ => format!("{preposition} {unit} {window}"),
    };
    match of.which.as_str() {
        "retained" => format!("{cohort}, retained {when}"),
        "lost" => format!("{cohort}, not retained {when}"),
        _ => format!("{cohort}, observed up to {unit} {window}"),
    }
}

/// A date in words; what is no date (an edited link) stays as it is.
fn day_in_words(text: &str, write: fn(i32) -> String) -> String {
    format::parse_iso_date(text).map_or_else(|| text.to_owned(), write)
}

fn funnel_words(of: &FunnelMembers, terms: &Terms) -> String {
    let stage = stage_name(&of.stage);
    let position = terms.stages.iter().position(|known| *known == of.stage);
    let before = position.and_then(|position| position.checked_sub(1)).map(|before| stage_name(&terms.stages[before]));
    let before = before.filter(|_| terms.funnel_mode != "open");
    let within = terms.funnel_window_days.map_or_else(String::new, |days| {
        let unit = if days == 1 { "day" } else { "days" };
        format!(" within {days} {unit}")
    });
    match (of.which.as_str(), before) {
        ("completed", _) => format!("Funnel: completed {stage}{within}"),
        ("dropped", Some(before)) => format!("Funnel: stopped between {before} and {stage}{within}"),
        ("dropped", None) => format!("Funnel: did not complete {stage}{within}"),
        ("entered", Some(before)) => format!("Funnel: completed {before}{within}, the stage before {stage}"),
        ("entered", None) => format!("Funnel: entered {stage}"),
        ("open", _) => "Funnel: window still open".to_owned(),
        _ => format!("Funnel: reached {stage} at any time"),
    }
}

/// Who is listed, in one sentence. `total` is how many of `all_users` the filter and the search select.
#[must_use]
pub fn answer(total: u64, all_users: u64, criteria: &[(Criterion, String)], search: &str) -> String {
    let mut who: Vec<String> = criteria.iter().map(|(_, words)| words.clone()).collect();
    if !search.is_empty() {
        who.push(format!("“{search}” in user or device id"));
    }
    if who.is_empty() {
        return match total {
            0 => "There is no user.".to_owned(),
            1 => "There is one user.".to_owned(),
            _ => format!("All {} are listed.", users(total)),
        };
    }
    let who = who.join("; ");
    let all = users(all_users);
    match total {
        0 => format!("None of {all} fits: {who}."),
        1 => format!("One of {all} is listed: {who}."),
        _ => {
            let share = 100.0 * total as f64 / all_users as f64;
            let share =
                if share < 0.05 { format!("under {}", format::percent(0.1, 1)) } else { format::percent(share, 1) };
            format!("{} of {all} ({share}) are listed: {who}.", format::count(total))
        }
    }
}

fn users(count: u64) -> String {
    counted(count, "user", "users")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        Terms {
            definition: "classic".to_owned(),
            period: "day".to_owned(),
            cohort_period: "day".to_owned(),
            windows: vec![1, 3, 7],
            funnel_mode: "closed".to_owned(),
            funnel_window_days: None,
            stages: ["ftue_start", "level_1", "level_5"].map(str::to_owned).to_vec(),
        }
    }

    fn cohort(window: Option<u32>, which: &str) -> CohortMembers {
        CohortMembers { cohort: "2025-07-01".to_owned(), window, which: which.to_owned() }
    }

    fn funnel(stage: &str, which: &str) -> FunnelMembers {
        FunnelMembers { stage: stage.to_owned(), which: which.to_owned() }
    }

    #[test]
    fn a_cohort_is_described_by_the_definition_in_force() {
        let mut terms = terms();
        let retained = cohort(Some(7), "retained");
        assert_eq!(cohort_words(&retained, &terms), "Cohort 1 Jul 2025, retained on day 7");
        assert_eq!(cohort_words(&cohort(Some(7), "lost"), &terms), "Cohort 1 Jul 2025, not retained on day 7");
        assert_eq!(cohort_words(&cohort(Some(7), "eligible"), &terms), "Cohort 1 Jul 2025, observed up to day 7");
        assert_eq!(cohort_words(&cohort(None, "eligible"), &terms), "Cohort 1 Jul 2025");
        terms.definition = "rolling".to_owned();
        assert_eq!(cohort_words(&retained, &terms), "Cohort 1 Jul 2025, retained on day 7 or later");
        terms.definition = "bracket".to_owned();
        assert_eq!(cohort_words(&retained, &terms), "Cohort 1 Jul 2025, retained on days 4 to 7");
        assert_eq!(cohort_words(&cohort(Some(1), "lost"), &terms), "Cohort 1 Jul 2025, not retained on day 1");
        terms.period = "week".to_owned();
        terms.cohort_period = "week".to_owned();
        assert_eq!(cohort_words(&retained, &terms), "Cohort of the week from 1 Jul 2025, retained in weeks 4 to 7");
        terms.cohort_period = "month".to_owned();
        assert_eq!(cohort_words(&cohort(None, "eligible"), &terms), "Cohort of Jul 2025");
        let pooled = CohortMembers { cohort: "all".to_owned(), ..cohort(None, "eligible") };
        assert_eq!(cohort_words(&pooled, &terms), "All cohorts");
    }

    #[test]
    fn a_funnel_step_is_described_by_the_mode_in_force() {
        let mut terms = terms();
        let dropped = funnel("level_5", "dropped");
        assert_eq!(funnel_words(&dropped, &terms), "Funnel: stopped between Level 1 and Level 5");
        assert_eq!(funnel_words(&funnel("level_5", "completed"), &terms), "Funnel: completed Level 5");
        assert_eq!(funnel_words(&funnel("ftue_start", "dropped"), &terms), "Funnel: did not complete Start");
        terms.funnel_window_days = Some(1);
        assert_eq!(funnel_words(&funnel("level_5", "completed"), &terms), "Funnel: completed Level 5 within 1 day");
        terms.funnel_mode = "open".to_owned();
        assert_eq!(funnel_words(&dropped, &terms), "Funnel: did not complete Level 5 within 1 day");
        assert_eq!(funnel_words(&funnel("level_77", "reached"), &terms), "Funnel: reached Level 77 at any time");
    }

    #[test]
    fn criteria_can_be_taken_away_one_by_one() {
        let filter = UserFilter {
            behavioral: Some("churned".to_owned()),
            revenue: Some("whale".to_owned()),
            cohort: Some(cohort(None, "eligible")),
            funnel: Some(funnel("level_5", "completed")),
            journey_stage: Some("level_10".to_owned()),
        };
        let all = criteria(&filter, &terms());
        let words: Vec<&str> = all.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(
            words,
            ["Churned", "Whale", "Cohort 1 Jul 2025", "Funnel: completed Level 5", "Furthest stage: Level 10"]
        );
        let left = all.iter().fold(filter, |filter, (criterion, _)| {
            let less = criterion.removed_from(&filter);
            assert_eq!(criteria(&less, &terms()).len() + 1, criteria(&filter, &terms()).len());
            less
        });
        assert!(left.is_empty());
    }

    #[test]
    fn the_answer_says_who_is_listed() {
        let whale = [(Criterion::Revenue, "Whale".to_owned())];
        assert_eq!(answer(1, 1, &[], ""), "There is one user.");
        assert_eq!(answer(25_031, 25_031, &[], ""), "All 25\u{202f}031 users are listed.");
        assert_eq!(
            answer(1_234, 25_031, &whale, "ab"),
            "1\u{202f}234 of 25\u{202f}031 users (4.9\u{202f}%) are listed: Whale; “ab” in user or device id."
        );
        assert!(answer(2, 25_031, &whale, "").contains("(under 0.1\u{202f}%) are listed"));
        assert_eq!(answer(0, 25_031, &whale, ""), "None of 25\u{202f}031 users fits: Whale.");
        assert_eq!(answer(1, 1, &whale, ""), "One of 1 user is listed: Whale.");
    }
}
