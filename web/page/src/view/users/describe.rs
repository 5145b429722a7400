//! Describes the filter of the users table.

use strata_chart::format;
use strata_core::analysis::membership::{CohortFilter, CohortMembers, FunnelFilter, UserFilter};
use strata_core::settings::{FunnelMode, Period};
use strata_core::value::fixed::Fixed;
use strata_core::value::stage::Stage;
use strata_protocol::Results;

use crate::wording::dates::{date, period_from};
use crate::wording::numbers::{days, percent, users};
use crate::wording::segment::{behavioral_name, revenue_name, stage_name};
use crate::wording::window::WindowTerms;

/// A part of the filter that can be removed separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The behavioural segment.
    Behavioral,
    /// The revenue segment.
    Revenue,
    /// Users of a retention cell.
    Cohort,
    /// Users of a funnel stage.
    Funnel,
    /// The furthest journey stage.
    JourneyStage,
}

impl Criterion {
    /// Returns the filter without this part.
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

/// The settings that affect the meaning of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The meaning of a retention window.
    pub windows: WindowTerms,
    /// Width of a cohort.
    pub cohort_period: Period,
    /// Which users complete a stage.
    pub funnel_mode: FunnelMode,
    /// Days within which a completion counts.
    pub funnel_window_days: Option<u32>,
    /// The funnel's stages, in order.
    pub stages: Vec<Stage>,
}

impl Terms {
    /// Returns the settings of a result.
    #[must_use]
    pub fn of(results: &Results) -> Terms {
        let Results { report, settings, .. } = results;
        Terms {
            windows: WindowTerms::of(&report.retention),
            cohort_period: report.retention.cohort_period,
            funnel_mode: settings.funnel_mode,
            funnel_window_days: settings.funnel_window_days,
            stages: report.funnel.steps.iter().map(|step| step.stage).collect(),
        }
    }
}

/// Describes each part of a filter.
#[must_use]
pub fn criteria(filter: &UserFilter, terms: &Terms) -> Vec<(Criterion, String)> {
    let parts = [
        (Criterion::Behavioral, filter.behavioral.map(|segment| behavioral_name(segment).to_owned())),
        (Criterion::Revenue, filter.revenue.map(|segment| revenue_name(segment).to_owned())),
        (Criterion::Cohort, filter.cohort.map(|of| cohort_words(of, terms))),
        (Criterion::Funnel, filter.funnel.map(|of| funnel_words(of, terms))),
        (Criterion::JourneyStage, filter.journey_stage.map(|stage| format!("Furthest stage: {}", stage_name(stage)))),
    ];
    parts.into_iter().filter_map(|(criterion, words)| Some((criterion, words?))).collect()
}

fn cohort_words(of: CohortFilter, terms: &Terms) -> String {
    let cohort = match (of.cohort_date, terms.cohort_period) {
        (None, _) => "All cohorts".to_owned(),
        (Some(first_day), Period::Week) => format!("Cohort of the week of {}", date(first_day)),
        (Some(first_day), Period::Month) => format!("Cohort of {}", period_from(first_day, Period::Month)),
        (Some(first_day), Period::Day) => format!("Cohort of {}", date(first_day)),
    };
    match of.members {
        CohortMembers::All => cohort,
        CohortMembers::Eligible { window } => {
            format!("{cohort}, observed up to {} {window}", terms.windows.period.as_str())
        }
        CohortMembers::Retained { window } => format!("{cohort}, retained {}", terms.windows.when(window)),
        CohortMembers::NotRetained { window } => format!("{cohort}, not retained {}", terms.windows.when(window)),
    }
}

fn funnel_words(of: FunnelFilter, terms: &Terms) -> String {
    let within = terms.funnel_window_days.map_or_else(String::new, |window| format!(" within {}", days(window.into())));
    let before = |stage: Stage| {
        let position = terms.stages.iter().position(|known| *known == stage)?;
        let before = position.checked_sub(1).filter(|_| terms.funnel_mode != FunnelMode::Open)?;
        Some(stage_name(terms.stages[before]))
    };
    match of {
        FunnelFilter::Completed(stage) => format!("Funnel: completed {}{within}", stage_name(stage)),
        FunnelFilter::DroppedOff(stage) => match before(stage) {
            Some(before) => format!("Funnel: stopped between {before} and {}{within}", stage_name(stage)),
            None => format!("Funnel: did not complete {}{within}", stage_name(stage)),
        },
        FunnelFilter::Entered(stage) => match before(stage) {
            Some(before) => format!("Funnel: completed {before}{within}, the stage before {}", stage_name(stage)),
            None => format!("Funnel: entered {}", stage_name(stage)),
        },
        FunnelFilter::Reached(stage) => format!("Funnel: reached {} at any time", stage_name(stage)),
        FunnelFilter::StillOpen => "Funnel: window still open".to_owned(),
    }
}

/// Returns a sentence that says which users are listed. The filter and the search select `total` of `all_users`.
#[must_use]
pub fn answer(total: u64, all_users: u64, criteria: &[(Criterion, String)], search: &str) -> String {
    let mut who: Vec<String> = criteria.iter().map(|(_, words)| words.clone()).collect();
    if !search.is_empty() {
        who.push(format!("“{search}” in the user or device ID"));
    }
    if who.is_empty() {
        return match total {
            0 => "There are no users.".to_owned(),
            1 => "There is one user.".to_owned(),
            _ => format!("All {} are listed.", users(total)),
        };
    }
    let who = who.join("; ");
    match total {
        0 if all_users == 1 => format!("The only user does not match: {who}."),
        0 => format!("None of {} match: {who}.", users(all_users)),
        1 if all_users == 1 => format!("The only user is listed: {who}."),
        1 => format!("1 of {} is listed: {who}.", users(all_users)),
        _ => format!(
            "{} of {} ({}) are listed: {who}.",
            format::count(total),
            users(all_users),
            of_all(total, all_users)
        ),
    }
}

/// Formats a share that is never shown as 0, since some users are listed.
fn of_all(total: u64, all_users: u64) -> String {
    match Fixed::percent(total, all_users) {
        Some(share) if share.rounded(1).units == 0 => "under 0.1%".to_owned(),
        Some(share) => percent(share),
        None => format::NOT_KNOWN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::report::{BehavioralSegment, RevenueSegment};
    use strata_core::settings::RetentionDefinition;
    use strata_core::value::calendar::Day;

    fn terms() -> Terms {
        Terms {
            windows: WindowTerms {
                definition: RetentionDefinition::Classic,
                period: Period::Day,
                windows: vec![1, 3, 7],
            },
            cohort_period: Period::Day,
            funnel_mode: FunnelMode::Closed,
            funnel_window_days: None,
            stages: vec![Stage::FtueStart, Stage::Level(1), Stage::Level(5)],
        }
    }

    fn cohort(members: CohortMembers) -> CohortFilter {
        CohortFilter { cohort_date: Day::parse(b"2025-07-01"), members }
    }

    #[test]
    fn a_cohort_is_described_by_the_definition_in_force() {
        let mut terms = terms();
        let retained = cohort(CohortMembers::Retained { window: 7 });
        let lost = |window| cohort(CohortMembers::NotRetained { window });
        assert_eq!(cohort_words(retained, &terms), "Cohort of 1 Jul 2025, retained on day 7");
        assert_eq!(cohort_words(lost(7), &terms), "Cohort of 1 Jul 2025, not retained on day 7");
        let eligible = cohort(CohortMembers::Eligible { window: 7 });
        assert_eq!(cohort_words(eligible, &terms), "Cohort of 1 Jul 2025, observed up to day 7");
        assert_eq!(cohort_words(cohort(CohortMembers::All), &terms), "Cohort of 1 Jul 2025");
        terms.windows.definition = RetentionDefinition::Rolling;
        assert_eq!(cohort_words(retained, &terms), "Cohort of 1 Jul 2025, retained on day 7 or later");
        terms.windows.definition = RetentionDefinition::Bracket;
        assert_eq!(cohort_words(retained, &terms), "Cohort of 1 Jul 2025, retained between days 4 and 7");
        assert_eq!(cohort_words(lost(1), &terms), "Cohort of 1 Jul 2025, not retained on day 1");
        terms.windows.period = Period::Week;
        terms.cohort_period = Period::Week;
        assert_eq!(cohort_words(retained, &terms), "Cohort of the week of 1 Jul 2025, retained between weeks 4 and 7");
        terms.cohort_period = Period::Month;
        assert_eq!(cohort_words(cohort(CohortMembers::All), &terms), "Cohort of Jul 2025");
        let pooled = CohortFilter { cohort_date: None, members: CohortMembers::All };
        assert_eq!(cohort_words(pooled, &terms), "All cohorts");
    }

    #[test]
    fn a_funnel_step_is_described_by_the_mode_in_force() {
        let mut terms = terms();
        let level_5 = Stage::Level(5);
        let dropped = FunnelFilter::DroppedOff(level_5);
        assert_eq!(funnel_words(dropped, &terms), "Funnel: stopped between Level 1 and Level 5");
        assert_eq!(funnel_words(FunnelFilter::Completed(level_5), &terms), "Funnel: completed Level 5");
        assert_eq!(funnel_words(FunnelFilter::DroppedOff(Stage::FtueStart), &terms), "Funnel: did not complete Start");
        terms.funnel_window_days = Some(1);
        assert_eq!(funnel_words(FunnelFilter::Completed(level_5), &terms), "Funnel: completed Level 5 within 1 day");
        terms.funnel_mode = FunnelMode::Open;
        assert_eq!(funnel_words(dropped, &terms), "Funnel: did not complete Level 5 within 1 day");
        assert_eq!(
            funnel_words(FunnelFilter::Reached(Stage::Level(77)), &terms),
            "Funnel: reached Level 77 at any time"
        );
        assert_eq!(funnel_words(FunnelFilter::StillOpen, &terms), "Funnel: window still open");
    }

    #[test]
    fn criteria_can_be_taken_away_one_by_one() {
        let filter = UserFilter {
            behavioral: Some(BehavioralSegment::Churned),
            revenue: Some(RevenueSegment::Whale),
            cohort: Some(cohort(CohortMembers::All)),
            funnel: Some(FunnelFilter::Completed(Stage::Level(5))),
            journey_stage: Some(Stage::Level(10)),
        };
        let all = criteria(&filter, &terms());
        let words: Vec<&str> = all.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(
            words,
            ["Churned", "Whale", "Cohort of 1 Jul 2025", "Funnel: completed Level 5", "Furthest stage: Level 10"]
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
        assert_eq!(answer(25_031, 25_031, &[], ""), "All 25,031 users are listed.");
        assert_eq!(
            answer(1_234, 25_031, &whale, "ab"),
            "1,234 of 25,031 users (4.9%) are listed: Whale; “ab” in the user or device ID."
        );
        assert!(answer(2, 25_031, &whale, "").contains("(under 0.1%) are listed"));
        assert_eq!(answer(0, 25_031, &whale, ""), "None of 25,031 users match: Whale.");
        assert_eq!(answer(0, 1, &whale, ""), "The only user does not match: Whale.");
        assert_eq!(answer(1, 1, &whale, ""), "The only user is listed: Whale.");
        assert_eq!(answer(1, 9, &whale, ""), "1 of 9 users is listed: Whale.");
    }
}
