//! The funnel in sentences.

use strata_chart::format;
use strata_core::report::{Funnel, FunnelStep};
use strata_core::settings::FunnelMode;
use strata_core::value::calendar::Day;
use strata_protocol::Results;

use crate::wording::dates::date;
use crate::wording::numbers::{days, known_percent, percent, users};
use crate::wording::segment::stage_name;

/// Returns a sentence that says where most users stop.
#[must_use]
pub fn answer(results: &Results) -> String {
    sentence(&results.report.funnel, results.settings.funnel_mode, results.settings.funnel_window_days)
}

fn sentence(funnel: &Funnel, mode: FunnelMode, window_days: Option<u32>) -> String {
    let Some(first) = funnel.steps.first() else {
        return "The data has no column for any of the funnel’s stages.".to_owned();
    };
    if first.users_entered == 0 {
        return match window_days {
            Some(window) => format!("No user has been observed for {} yet.", days(window.into())),
            None => "No users entered the funnel.".to_owned(),
        };
    }
    let all = users(first.users_entered);
    let Some((at, step)) = funnel.largest_drop.and_then(|at| Some((at, funnel.steps.get(at)?))) else {
        return match funnel.steps.len() {
            1 => format!("{} is the only stage with a column; {all} completed it.", stage_name(first.stage)),
            _ if first.users_entered == 1 => "The only user completed every stage.".to_owned(),
            _ => format!("All {all} completed every stage."),
        };
    };
    let name = stage_name(step.stage);
    let entered = users(step.users_entered);
    if mode == FunnelMode::Open {
        return format!("Fewest users complete {name}: {} of {entered}.", known_percent(step.conversion_rate));
    }
    let before = at.checked_sub(1).map_or_else(|| "install".to_owned(), |at| stage_name(funnel.steps[at].stage));
    if step.users_entered == 1 {
        return match at {
            0 => format!("The only user did not get to {name}."),
            _ => format!("The only user did not get past {before}."),
        };
    }
    let share = known_percent(step.drop_off_rate);
    format!("The largest drop-off is between {before} and {name}: {share} of {entered} stop there.")
}

/// Returns what counts as completing a stage: order and mode, window, observation.
#[must_use]
pub fn rule(mode: FunnelMode, window_days: Option<u32>, as_of: Day) -> String {
    let mode = match mode {
        FunnelMode::Closed => "A user counts at a stage after completing it and every stage before it, in any order",
        FunnelMode::Ordered => "A user counts at a stage after completing it and every stage before it, in that order",
        FunnelMode::Open => "Each stage counts on its own, regardless of the other stages",
    };
    let window = match window_days {
        Some(window) => format!("within {} of install, among users observed that long", days(window.into())),
        None => format!("at any time up to {}", date(as_of)),
    };
    format!("{mode}; {window}.")
}

/// Returns how many users are in no stage because their window is not over; `None` without a window or without such
/// users.
#[must_use]
pub fn still_open(funnel: &Funnel, window_days: Option<u32>) -> Option<String> {
    let window = days(window_days?.into());
    let (verb, count) = match funnel.users_still_open {
        0 => return None,
        1 => ("is", 1),
        many => ("are", many),
    };
    Some(format!("{} {verb} still open: installed less than {window} ago, and not in any stage yet.", users(count)))
}

/// Returns the stages for the chart.
#[must_use]
pub fn chart_stages(funnel: &Funnel) -> Vec<strata_chart::chart::FunnelStage> {
    let stage = |step: &FunnelStep| strata_chart::chart::FunnelStage {
        name: stage_name(step.stage),
        entered: step.users_entered,
        completed: step.users_completed,
        dropped: step.users_dropped,
        conversion_rate: step.conversion_rate,
        conversion_interval: step.conversion_ci,
        drop_off_rate: step.drop_off_rate,
        median_days: step.median_days,
    };
    funnel.steps.iter().map(stage).collect()
}

/// Returns the conversion of the earlier and the later cohorts: `54.1% → 57.3%`; a dash if either is unknown.
#[must_use]
pub fn trend(step: &FunnelStep) -> String {
    match (step.conversion_earlier, step.conversion_later) {
        (Some(earlier), Some(later)) => format!("{} → {}", percent(earlier), percent(later)),
        _ => format::NOT_KNOWN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::value::fixed::Fixed;
    use strata_core::value::stage::Stage;

    fn step(stage: Stage, entered: u64, completed: u64) -> FunnelStep {
        FunnelStep {
            stage,
            users_entered: entered,
            users_completed: completed,
            users_dropped: entered - completed,
            conversion_rate: Fixed::percent(completed, entered),
            conversion_ci: None,
            drop_off_rate: Fixed::percent(entered - completed, entered),
            avg_days: None,
            median_days: None,
            users_reached: completed,
            overall_conversion_rate: Fixed::default(),
            conversion_earlier: None,
            conversion_later: None,
            trend: None,
        }
    }

    fn funnel(steps: Vec<FunnelStep>, largest_drop: Option<usize>) -> Funnel {
        Funnel { steps, largest_drop, users_still_open: 0 }
    }

    const CLOSED: FunnelMode = FunnelMode::Closed;

    #[test]
    fn the_answer_names_the_largest_drop_off() {
        let steps = vec![
            step(Stage::FtueStart, 20_000, 20_000),
            step(Stage::Level(1), 20_000, 12_345),
            step(Stage::Level(5), 12_345, 7_024),
        ];
        let funnel = funnel(steps, Some(2));
        assert_eq!(
            sentence(&funnel, CLOSED, None),
            "The largest drop-off is between Level 1 and Level 5: 43.1% of 12,345 users stop there."
        );
        assert_eq!(sentence(&funnel, FunnelMode::Open, None), "Fewest users complete Level 5: 56.9% of 12,345 users.");
    }

    #[test]
    fn odd_funnels_have_answers_too() {
        let say = |steps, largest, window| sentence(&funnel(steps, largest), CLOSED, window);
        assert!(say(vec![], None, None).starts_with("The data has no column"));
        assert_eq!(
            say(vec![step(Stage::FtueStart, 5, 5)], None, None),
            "Start is the only stage with a column; 5 users completed it."
        );
        let nobody = || vec![step(Stage::FtueStart, 0, 0), step(Stage::Level(1), 0, 0)];
        assert_eq!(say(nobody(), None, Some(7)), "No user has been observed for 7 days yet.");
        assert_eq!(say(nobody(), None, None), "No users entered the funnel.");
        let one = vec![step(Stage::FtueStart, 1, 1), step(Stage::Level(1), 1, 0), step(Stage::Level(5), 0, 0)];
        assert_eq!(say(one, Some(1), None), "The only user did not get past Start.");
        assert_eq!(say(vec![step(Stage::Level(1), 1, 0)], Some(0), None), "The only user did not get to Level 1.");
        let all = vec![step(Stage::FtueStart, 3, 3), step(Stage::Level(1), 3, 3)];
        assert_eq!(say(all, None, None), "All 3 users completed every stage.");
        let only = vec![step(Stage::FtueStart, 1, 1), step(Stage::Level(1), 1, 1)];
        assert_eq!(say(only, None, None), "The only user completed every stage.");
        let late_start = vec![step(Stage::Level(1), 10, 4), step(Stage::Level(5), 4, 3)];
        assert_eq!(
            say(late_start, Some(0), None),
            "The largest drop-off is between install and Level 1: 60.0% of 10 users stop there."
        );
    }

    #[test]
    fn rates_are_rounded_once() {
        let steps = vec![step(Stage::FtueStart, 10_623, 10_623), step(Stage::FtueComplete, 10_623, 9_088)];
        let funnel = funnel(steps, Some(1));
        assert!(sentence(&funnel, CLOSED, None).contains("14.4% of 10,623 users"), "14.45 would round up");
        assert_eq!(chart_stages(&funnel)[1].conversion_rate.map(percent).as_deref(), Some("85.6%"));
    }

    #[test]
    fn the_rule_says_mode_order_and_window() {
        let as_of = Day::parse(b"2025-09-30").unwrap();
        assert_eq!(
            rule(FunnelMode::Ordered, Some(1), as_of),
            "A user counts at a stage after completing it and every stage before it, in that order; within 1 day of \
             install, among users observed that long."
        );
        assert!(rule(CLOSED, None, as_of).ends_with("in any order; at any time up to 30 Sep 2025."));
        assert!(rule(FunnelMode::Open, None, as_of).starts_with("Each stage counts on its own"));
    }

    #[test]
    fn open_users_are_said_only_where_there_are_some() {
        let mut funnel = funnel(vec![], None);
        assert_eq!(still_open(&funnel, Some(7)), None);
        funnel.users_still_open = 1_200;
        let words = still_open(&funnel, Some(7)).unwrap();
        assert!(words.starts_with("1,200 users are still open: installed less than 7 days ago"));
        funnel.users_still_open = 1;
        assert!(still_open(&funnel, Some(7)).unwrap().starts_with("1 user is still open"));
        assert_eq!(still_open(&funnel, None), None);
    }

    #[test]
    fn a_trend_shows_both_halves() {
        let mut step = step(Stage::Level(1), 100, 50);
        assert_eq!(trend(&step), "–");
        (step.conversion_earlier, step.conversion_later) = (Fixed::percent(541, 1000), Fixed::percent(573, 1000));
        assert_eq!(trend(&step), "54.1% → 57.3%");
    }
}
