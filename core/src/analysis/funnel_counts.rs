//! Numbers of users at the steps of the funnel.

use crate::settings::{FunnelMode, Settings};
use crate::stats::proportion::Proportion;
use crate::users::{Milestone, UserTable};
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

use super::cohorts::CohortDates;
use super::memo::StageKey;

/// Days within which the trend test counts completions if no window is set.
const TREND_WINDOW_DAYS: u32 = 7;

/// How many users reached each stage, for any mode and window.
#[derive(Debug)]
pub(super) struct StageReach {
    user_count: u64,
    /// Ordered by stage.
    by_stage: Vec<(Stage, u64)>,
}

impl StageReach {
    pub fn of(table: &UserTable) -> StageReach {
        let mut by_stage: Vec<(Stage, u64)> = table.stages.iter().map(|&stage| (stage, 0)).collect();
        for milestones in table.milestones.iter() {
            // Both are ascending.
            let mut stages = by_stage.iter_mut();
            for milestone in milestones {
                if let Some((_, users)) = stages.find(|(stage, _)| *stage == milestone.stage) {
                    *users += 1;
                }
            }
        }
        StageReach { user_count: table.user_count() as u64, by_stage }
    }

    /// Users who reached a stage; all users reach the start.
    pub fn users(&self, stage: Stage) -> u64 {
        if stage == Stage::FtueStart {
            return self.user_count;
        }
        self.by_stage.iter().find(|(known, _)| *known == stage).map_or(0, |&(_, users)| users)
    }
}

/// The settings behind the counts of the funnel.
#[derive(Debug, PartialEq)]
pub(super) struct FunnelKey {
    stages: Vec<Stage>,
    mode: FunnelMode,
    window_days: Option<u32>,
    cohort_start: Option<Day>,
}

impl StageKey for FunnelKey {
    fn of(settings: &Settings) -> FunnelKey {
        FunnelKey {
            stages: settings.funnel_stages.clone(),
            mode: settings.funnel_mode,
            window_days: settings.funnel_window_days,
            cohort_start: settings.segmentation_cohort_start_date,
        }
    }
}

/// The funnel as numbers of users.
#[derive(Debug)]
pub(super) struct FunnelCounts {
    /// The stages that have a column in the data, in order.
    pub steps: Vec<StepCounts>,
    /// Users not observed for the whole window.
    pub users_still_open: u64,
}

/// The counts of one stage.
#[derive(Debug)]
pub(super) struct StepCounts {
    pub stage: Stage,
    pub entered: u64,
    pub completed: u64,
    /// Users by days from install to completion, except completions before install.
    pub by_days: Vec<u64>,
    /// Completed / entered, among users observed for the trend's window, in the earlier and in the later half of the
    /// cohorts.
    pub halves: [Proportion; 2],
}

impl StepCounts {
    fn count(&mut self, is_completed: bool, days: i32) {
        self.entered += 1;
        if !is_completed {
            return;
        }
        self.completed += 1;
        if let Ok(days) = usize::try_from(days) {
            if self.by_days.len() <= days {
                self.by_days.resize(days + 1, 0);
            }
            self.by_days[days] += 1;
        }
    }

    fn count_in_half(&mut self, half: usize, is_completed: bool) {
        self.halves[half].trials += 1;
        self.halves[half].successes += u64::from(is_completed);
    }
}

/// What users with the same install day count in.
#[derive(Clone, Copy)]
struct Role {
    /// Whether they count in the funnel.
    is_counted: bool,
    /// The half of the trend that they count in: 0 for the earlier, 1 for the later.
    half: Option<usize>,
}

/// The funnel stages that have a column in the data, in the order given.
pub(super) fn stages_with_a_column(table: &UserTable, stages: &[Stage]) -> Vec<Stage> {
    let has = |stage: &Stage| *stage == Stage::FtueStart || table.stages.contains(stage);
    stages.iter().copied().filter(has).collect()
}

/// Counts the users who entered and completed each step.
pub(super) fn count(table: &UserTable, cohorts: &CohortDates, key: &FunnelKey) -> FunnelCounts {
    let stages = stages_with_a_column(table, &key.stages).into_iter();
    let mut steps: Vec<StepCounts> = stages
        .map(|stage| StepCounts { stage, entered: 0, completed: 0, by_days: Vec::new(), halves: Default::default() })
        .collect();
    let (roles, users_still_open) = roles(cohorts, table.as_of, key);
    for (milestones, &cohort) in table.milestones.iter().zip(&cohorts.of_user) {
        count_user(&mut steps, milestones, cohorts.dates[cohort as usize].day, roles[cohort as usize], key);
    }
    FunnelCounts { steps, users_still_open }
}

/// The role of each install day, and the number of users not observed for the whole window.
fn roles(cohorts: &CohortDates, as_of: Day, key: &FunnelKey) -> (Vec<Role>, u64) {
    let is_observed = |day: Day, window: u32| i64::from(as_of.days_since(day)) >= i64::from(window);
    let trend_window = key.window_days.unwrap_or(TREND_WINDOW_DAYS);
    let takes_part: Vec<bool> =
        cohorts.dates.iter().map(|date| date.is_observed_from_install(key.cohort_start)).collect();
    let dates = || cohorts.dates.iter().zip(&takes_part);
    let in_trend: Vec<bool> =
        dates().map(|(date, &takes_part)| takes_part && is_observed(date.day, trend_window)).collect();

    // The lower median of the install days of users in the trend.
    let users_in_trend =
        || cohorts.dates.iter().zip(&in_trend).map(|(date, &is_in)| if is_in { date.users } else { 0 });
    let middle = users_in_trend().sum::<u64>().saturating_sub(1) / 2;
    let up_to = users_in_trend().scan(0, |sum, users| {
        *sum += users;
        Some(*sum)
    });
    let median = up_to.take_while(|&users| users <= middle).count();

    let mut users_still_open = 0;
    let roles = dates().zip(&in_trend).enumerate().map(|(place, ((date, &takes_part), &is_in_trend))| {
        let is_counted = key.window_days.is_none_or(|window| takes_part && is_observed(date.day, window));
        if takes_part && !is_counted {
            users_still_open += date.users;
        }
        Role { is_counted, half: is_in_trend.then(|| usize::from(place > median)) }
    });
    (roles.collect(), users_still_open)
}

/// Takes a user through the steps of the funnel and of the trend at once.
fn count_user(steps: &mut [StepCounts], milestones: &[Milestone], cohort_date: Day, role: Role, key: &FunnelKey) {
    let trend_window = key.window_days.unwrap_or(TREND_WINDOW_DAYS);
    let mut has_entered = role.is_counted;
    let mut half = role.half;
    let mut latest: Option<Timestamp> = None;
    let mut milestones = Milestones { ascending: milestones, next: 0 };
    for step in steps {
        if !has_entered && half.is_none() {
            break;
        }
        // Installing reaches the start, which has no time.
        let is_start = step.stage == Stage::FtueStart;
        let time = if is_start { None } else { milestones.time_of(step.stage) };
        let is_reached = is_start || time.is_some();
        let is_in_order =
            key.mode != FunnelMode::Ordered || time.zip(latest).is_none_or(|(time, latest)| time >= latest);
        let days = time.map_or(0, |time| time.day().days_since(cohort_date));
        let is_completed_within = |window: Option<u32>| {
            is_reached && is_in_order && window.is_none_or(|window| i64::from(days) <= i64::from(window))
        };
        let goes_on = |is_completed: bool| is_completed || key.mode == FunnelMode::Open;
        if has_entered {
            let is_completed = is_completed_within(key.window_days);
            step.count(is_completed, days);
            has_entered = goes_on(is_completed);
        }
        if let Some(place) = half {
            let is_completed = is_completed_within(Some(trend_window));
            step.count_in_half(place, is_completed);
            half = half.filter(|_| goes_on(is_completed));
        }
        latest = time.or(latest);
    }
}

/// A user's milestones, for looking up one stage after another.
struct Milestones<'a> {
    ascending: &'a [Milestone],
    /// Index of the first milestone later in the journey than the stage looked up last.
    next: usize,
}

impl Milestones<'_> {
    /// The time at which the user reached a stage, if it has one. Fastest if stages are looked up in journey order.
    fn time_of(&mut self, stage: Stage) -> Option<Timestamp> {
        let is_behind = self.next.checked_sub(1).is_some_and(|before| self.ascending[before].stage >= stage);
        if is_behind {
            self.next = 0;
        }
        while let Some(milestone) = self.ascending.get(self.next).filter(|milestone| milestone.stage <= stage) {
            self.next += 1;
            if milestone.stage == stage {
                return Some(milestone.time);
            }
        }
        None
    }
}
