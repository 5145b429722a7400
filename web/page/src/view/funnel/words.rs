//! The funnel in words.

use strata_chart::format;
use strata_protocol::{FunnelStage, FunnelView, TestView};

use crate::format::counted;
use crate::view::segments::names::stage_name;

/// Where most users stop, in one sentence.
#[must_use]
pub fn answer(funnel: &FunnelView) -> String {
    let Some(first) = funnel.stages.first() else {
        return "The data has no column for any of the funnel’s stages.".to_owned();
    };
    if first.entered == 0 {
        return match funnel.window_days {
            Some(days) => format!("Nobody has been observed for {} yet.", counted(days.into(), "day", "days")),
            None => "There is no user in the funnel.".to_owned(),
        };
    }
    let all = counted(first.entered, "user", "users");
    let Some((at, rate)) = largest_drop(funnel) else {
        return match funnel.stages.len() {
            1 => format!("{} is the only stage with a column; {all} completed it.", stage_name(&first.stage)),
            _ => format!("Nobody stops: {all} completed every stage."),
        };
    };
    let stage = &funnel.stages[at];
    let name = stage_name(&stage.stage);
    let entered = counted(stage.entered, "user", "users");
    if funnel.mode == "open" {
        let reached = format::percent(100.0 - rate, 1);
        return format!("The stage that fewest complete is {name}: {reached} of {entered}.");
    }
    let share = format::percent(rate, 1);
    let before = at.checked_sub(1).map_or_else(|| "install".to_owned(), |at| stage_name(&funnel.stages[at].stage));
    let stop = if stage.entered == 1 { "stops" } else { "stop" };
    format!("The largest loss is between {before} and {name}: {share} of {entered} {stop} there.")
}

/// The stage at which the largest share is lost, and that share in percent; the one that the chart marks.
#[must_use]
pub fn largest_drop(funnel: &FunnelView) -> Option<(usize, f64)> {
    let at = strata_chart::chart::largest_drop(&chart_stages(funnel))?;
    Some((at, 100.0 - conversion_rate(&funnel.stages[at])?))
}

/// Completed by entered in percent; none where nobody entered. The rate of the result is rounded to two decimals, and
/// shown with one it would be rounded twice, unlike the shares that the chart takes from counts.
#[must_use]
pub fn conversion_rate(stage: &FunnelStage) -> Option<f64> {
    (stage.entered > 0).then(|| 100.0 * stage.completed as f64 / stage.entered as f64)
}

/// The stages as the chart takes them.
#[must_use]
pub fn chart_stages(funnel: &FunnelView) -> Vec<strata_chart::chart::FunnelStage> {
    let stage = |stage: &FunnelStage| strata_chart::chart::FunnelStage {
        name: stage_name(&stage.stage),
        entered: stage.entered,
        completed: stage.completed,
        conversion_rate: conversion_rate(stage),
        conversion_interval: stage.conversion_interval.map(|interval| (interval.low, interval.high)),
        median_days: stage.median_days,
    };
    funnel.stages.iter().map(stage).collect()
}

/// What counts as completing a stage: order and mode, window, observation.
#[must_use]
pub fn rule(funnel: &FunnelView, as_of_date: &str) -> String {
    let mode = match funnel.mode.as_str() {
        "ordered" => "A user counts at a stage after completing it and every stage before it, in that order",
        "open" => "Each stage counts by itself, whatever other stages a user completed",
        _ => "A user counts at a stage after completing it and every stage before it, in any order",
    };
    let window = if let Some(days) = funnel.window_days {
        let days = counted(days.into(), "day", "days");
        format!("within {days} of install, among users observed that long")
    } else {
        let day = format::parse_iso_date(as_of_date).map_or_else(|| as_of_date.to_owned(), format::date);
        format!("at any time up to {day}")
    };
    format!("{mode}; {window}.")
}

/// Who is in no step because the window is not over; none without a window or without such users.
#[must_use]
pub fn still_open(funnel: &FunnelView) -> Option<String> {
    let days = counted(funnel.window_days?.into(), "day", "days");
    match funnel.users_still_open {
        0 => None,
        1 => Some(format!("1 user is still open: installed less than {days} ago, and in no step yet.")),
        many => Some(format!(
            "{} users are still open: installed less than {days} ago, and in no step yet.",
            format::count(many)
        )),
    }
}

/// How many users entered a stage and did not complete it.
#[must_use]
pub fn dropped(stage: &FunnelStage) -> u64 {
    stage.entered.saturating_sub(stage.completed)
}

/// What a test found, beginning with its p-value: `p = 0.012, significant`.
#[must_use]
pub fn test_words(test: Option<&TestView>) -> String {
    test.map_or_else(
        || "not tested".to_owned(),
        |test| {
            let verdict = if test.is_significant { "significant" } else { "not significant" };
            format!("{}, {verdict}", p_words(test.p_adjusted))
        },
    )
}

/// `p = 0.012` or `p < 0.001`.
#[must_use]
pub fn p_words(p: f64) -> String {
    let text = format::p_value(p);
    if text.starts_with('<') { format!("p\u{202f}{text}") } else { format!("p\u{202f}=\u{202f}{text}") }
}

/// Conversion of the earlier and the later cohorts: `54.1 % → 57.3 %`.
#[must_use]
pub fn trend_words(stage: &FunnelStage) -> Option<String> {
    let (earlier, later) = (stage.conversion_earlier?, stage.conversion_later?);
    Some(format!("{} → {}", format::percent(earlier, 1), format::percent(later, 1)))
}

/// Which way a significant change goes.
#[must_use]
pub fn trend_verdict(stage: &FunnelStage) -> String {
    let direction = match (stage.trend, stage.conversion_earlier.zip(stage.conversion_later)) {
        (Some(test), Some((earlier, later))) if test.is_significant && later > earlier => ", improved",
        (Some(test), Some((earlier, later))) if test.is_significant && later < earlier => ", worsened",
        _ => "",
    };
    format!("{}{direction}", test_words(stage.trend.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(name: &str, entered: u64, completed: u64) -> FunnelStage {
        let rate = (entered > 0).then(|| 100.0 * completed as f64 / entered as f64);
        FunnelStage {
            stage: name.to_owned(),
            entered,
            completed,
            conversion_rate: rate,
            conversion_interval: None,
            drop_off_rate: rate.map(|rate| 100.0 - rate),
            mean_days: None,
            median_days: None,
            reached: completed,
            overall_rate: 0.0,
            conversion_earlier: None,
            conversion_later: None,
            trend: None,
        }
    }

    fn funnel(mode: &str, window_days: Option<u32>, stages: Vec<FunnelStage>) -> FunnelView {
        FunnelView { mode: mode.to_owned(), window_days, users_still_open: 0, stages }
    }

    fn plain(text: &str) -> String {
        text.replace(format::NARROW_SPACE, " ")
    }

    #[test]
    fn the_answer_names_the_largest_loss() {
        let stages = vec![
            stage("ftue_start", 20_000, 20_000),
            stage("level_1", 20_000, 12_345),
            stage("level_5", 12_345, 7_024),
        ];
        let mut view = funnel("closed", None, stages);
        assert_eq!(
            plain(&answer(&view)),
            "The largest loss is between Level 1 and Level 5: 43.1 % of 12 345 users stop there."
        );
        view.mode = "open".to_owned();
        assert_eq!(plain(&answer(&view)), "The stage that fewest complete is Level 5: 56.9 % of 12 345 users.");
    }

    #[test]
    fn odd_funnels_have_answers_too() {
        let closed = |window_days, stages| plain(&answer(&funnel("closed", window_days, stages)));
        assert!(closed(None, vec![]).starts_with("The data has no column"));
        assert_eq!(
            closed(None, vec![stage("ftue_start", 5, 5)]),
            "Start is the only stage with a column; 5 users completed it."
        );
        let nobody = vec![stage("ftue_start", 0, 0), stage("level_1", 0, 0)];
        assert_eq!(closed(Some(7), nobody.clone()), "Nobody has been observed for 7 days yet.");
        assert_eq!(closed(None, nobody), "There is no user in the funnel.");
        let one = vec![stage("ftue_start", 1, 1), stage("level_1", 1, 0), stage("level_5", 0, 0)];
        assert_eq!(closed(None, one), "The largest loss is between Start and Level 1: 100.0 % of 1 user stops there.");
        let all = vec![stage("ftue_start", 3, 3), stage("level_1", 3, 3)];
        assert_eq!(closed(None, all), "Nobody stops: 3 users completed every stage.");
        let late_start = vec![stage("level_1", 10, 4), stage("level_5", 4, 3)];
        assert_eq!(
            closed(None, late_start),
            "The largest loss is between install and Level 1: 60.0 % of 10 users stop there."
        );
    }

    #[test]
    fn rates_are_rounded_once() {
        let mut tutorial = stage("ftue_complete", 10_623, 9_088);
        tutorial.conversion_rate = Some(85.55);
        tutorial.drop_off_rate = Some(14.45);
        let view = funnel("closed", None, vec![stage("ftue_start", 10_623, 10_623), tutorial]);
        assert!(plain(&answer(&view)).contains("14.4 % of 10 623 users"));
        assert_eq!(format::percent(chart_stages(&view)[1].conversion_rate.unwrap(), 1), "85.6\u{202f}%");
    }

    #[test]
    fn the_rule_says_mode_order_and_window() {
        assert_eq!(
            plain(&rule(&funnel("ordered", Some(1), vec![]), "2025-09-30")),
            "A user counts at a stage after completing it and every stage before it, in that order; within 1 day of \
             install, among users observed that long."
        );
        assert!(
            rule(&funnel("closed", None, vec![]), "2025-09-30")
                .ends_with("in any order; at any time up to 30 Sep 2025.")
        );
        assert!(rule(&funnel("open", None, vec![]), "").starts_with("Each stage counts by itself"));
    }

    #[test]
    fn open_users_are_said_only_where_there_are_some() {
        let mut view = funnel("closed", Some(7), vec![]);
        assert_eq!(still_open(&view), None);
        view.users_still_open = 1_200;
        assert!(
            plain(&still_open(&view).unwrap())
                .starts_with("1 200 users are still open: installed less than 7 days ago")
        );
        view.users_still_open = 1;
        assert!(still_open(&view).unwrap().starts_with("1 user is still open"));
        view.window_days = None;
        assert_eq!(still_open(&view), None);
    }

    #[test]
    fn a_trend_says_its_direction_only_where_it_is_significant() {
        let mut stage = stage("level_1", 100, 50);
        stage.conversion_earlier = Some(54.1);
        stage.conversion_later = Some(57.3);
        assert_eq!(trend_verdict(&stage), "not tested");
        stage.trend = Some(TestView { p_value: 0.0001, p_adjusted: 0.0004, is_significant: true });
        assert_eq!(plain(&trend_verdict(&stage)), "p < 0.001, significant, improved");
        stage.trend = Some(TestView { p_value: 0.1, p_adjusted: 0.2, is_significant: false });
        assert_eq!(plain(&trend_verdict(&stage)), "p = 0.200, not significant");
        assert_eq!(plain(&trend_words(&stage).unwrap()), "54.1 % → 57.3 %");
    }
}
