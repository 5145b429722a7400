//! The funnel: how many users come from one stage to the next.

use crate::calendar::{Day, Timestamp};
use crate::journey_stage::Stage;
use crate::output::number::Fixed;
use crate::report::{Funnel, FunnelStep};
use crate::settings::{FunnelMode, Settings};
use crate::stats::normal::two_sided_z;
use crate::stats::proportion::Proportion;
use crate::users::UserTable;

use super::figures::{mean_count, percent_interval};
use super::retention::is_observed_from_install;
use super::testing::{adjust, compare_proportions};

/// Days within which stages are completed in the trend test, where no window is set.
const TREND_WINDOW_DAYS: u32 = 7;

/// The stages of the settings that the data has.
pub(super) fn stages(table: &UserTable, settings: &Settings) -> Vec<Stage> {
    let has = |stage: &Stage| *stage == Stage::FtueStart || table.stages.contains(stage);
    settings.funnel_stages.iter().copied().filter(has).collect()
}

/// Measures the funnel and tests the earlier against the later half of the cohorts.
pub(super) fn measure(table: &UserTable, settings: &Settings) -> Funnel {
    let stages = stages(table, settings);
    let mut steps = vec![StepCounts::default(); stages.len()];
    let mut users_still_open = 0;
    for user in 0..table.user_count() {
        let path = Path::of(table, user, &stages);
        for (step, time) in steps.iter_mut().zip(&path.times) {
            step.reached += u64::from(time.is_reached());
        }
        if let Some(window) = settings.funnel_window_days {
            if !is_observed_from_install(table, user, settings) {
                continue;
            }
            if !path.is_observed(window, table.as_of) {
                users_still_open += 1;
                continue;
            }
        }
        path.walk(settings.funnel_mode, settings.funnel_window_days, |step, entered, completed| {
            steps[step].count(entered, completed.then(|| path.days(step)));
        });
    }
    let halves = count_halves(table, settings, &stages);
    let p_values: Vec<Option<f64>> =
        halves.iter().map(|[earlier, later]| compare_proportions(*earlier, *later, settings)).collect();
    let trends = adjust(&p_values, settings);
    let z = two_sided_z(settings.significance_threshold);
    let user_count = table.user_count() as u64;
    let rows = stages.into_iter().zip(steps).zip(halves).zip(trends);
    let steps = rows.map(|(((stage, counts), [earlier, later]), trend)| FunnelStep {
        conversion_earlier: Fixed::percent(earlier.successes, earlier.trials),
        conversion_later: Fixed::percent(later.successes, later.trials),
        trend,
        ..counts.into_step(stage, user_count, z)
    });
    Funnel { steps: steps.collect(), users_still_open }
}

/// Entered and completed in the earlier and in the later half of the users observed for the window.
fn count_halves(table: &UserTable, settings: &Settings, stages: &[Stage]) -> Vec<[Proportion; 2]> {
    let window = settings.funnel_window_days.unwrap_or(TREND_WINDOW_DAYS);
    let mut halves = vec![[Proportion::default(); 2]; stages.len()];
    let observed: Vec<usize> = (0..table.user_count())
        .filter(|&user| is_observed_from_install(table, user, settings))
        .filter(|&user| is_observed(table.totals[user].cohort_date(), window, table.as_of))
        .collect();
    let Some(median) = lower_median(observed.iter().map(|&user| table.totals[user].cohort_date())) else {
        return halves;
    };
    for user in observed {
        let path = Path::of(table, user, stages);
        let half = usize::from(path.cohort_date > median);
        path.walk(settings.funnel_mode, Some(window), |step, entered, completed| {
            halves[step][half].trials += u64::from(entered);
            halves[step][half].successes += u64::from(completed);
        });
    }
    halves
}

fn lower_median(dates: impl Iterator<Item = Day>) -> Option<Day> {
    let mut dates: Vec<Day> = dates.collect();
    let middle = dates.len().checked_sub(1)? / 2;
    Some(*dates.select_nth_unstable(middle).1)
}

fn is_observed(cohort_date: Day, window_days: u32, as_of: Day) -> bool {
    i64::from(as_of.days_since(cohort_date)) >= i64::from(window_days)
}

/// When a user reached a stage of the funnel.
#[derive(Clone, Copy)]
enum Reached {
    /// The start, which every user reaches at install.
    AtInstall,
    At(Timestamp),
    Not,
}

impl Reached {
    fn is_reached(self) -> bool {
        !matches!(self, Reached::Not)
    }
}

/// A user's way through the funnel's stages.
struct Path {
    cohort_date: Day,
    times: Vec<Reached>,
}

impl Path {
    fn of(table: &UserTable, user: usize, stages: &[Stage]) -> Path {
        let milestones = table.milestones.of(user);
        let reached = |stage: &Stage| {
            if *stage == Stage::FtueStart {
                return Reached::AtInstall;
            }
            let found = milestones.iter().find(|milestone| milestone.stage == *stage);
            found.map_or(Reached::Not, |milestone| Reached::At(milestone.time))
        };
        Path { cohort_date: table.totals[user].cohort_date(), times: stages.iter().map(reached).collect() }
    }

    fn is_observed(&self, window_days: u32, as_of: Day) -> bool {
        is_observed(self.cohort_date, window_days, as_of)
    }

    /// Days from install to a stage that was reached; negative before it.
    fn days(&self, step: usize) -> i32 {
        match self.times[step] {
            Reached::At(time) => time.day().days_since(self.cohort_date),
            Reached::AtInstall | Reached::Not => 0,
        }
    }

    /// Tells `visit` for each step whether the user entered and completed it.
    fn walk(&self, mode: FunnelMode, window_days: Option<u32>, mut visit: impl FnMut(usize, bool, bool)) {
        let mut entered = true;
        let mut latest: Option<Timestamp> = None;
        for (step, &reached) in self.times.iter().enumerate() {
            let in_window = window_days.is_none_or(|window| i64::from(self.days(step)) <= i64::from(window));
            let in_order = match (mode, reached) {
                (FunnelMode::Ordered, Reached::At(time)) => latest.is_none_or(|latest| time >= latest),
                _ => true,
            };
            let completed = entered && reached.is_reached() && in_window && in_order;
            visit(step, entered, completed);
            if let Reached::At(time) = reached {
                latest = Some(time);
            }
            entered = completed || mode == FunnelMode::Open;
        }
    }
}

/// What is counted for a stage.
#[derive(Clone, Default)]
struct StepCounts {
    entered: u64,
    completed: u64,
    reached: u64,
    /// Users by days from install to completion.
    days: Vec<u64>,
}

impl StepCounts {
    fn count(&mut self, entered: bool, completed_days: Option<i32>) {
        self.entered += u64::from(entered);
        let Some(days) = completed_days else { return };
        self.completed += 1;
        if let Ok(days) = usize::try_from(days) {
            if self.days.len() <= days {
                self.days.resize(days + 1, 0);
            }
            self.days[days] += 1;
        }
    }

    fn into_step(self, stage: Stage, user_count: u64, z: f64) -> FunnelStep {
        let proportion = Proportion { successes: self.completed, trials: self.entered };
        FunnelStep {
            stage,
            users_entered: self.entered,
            users_completed: self.completed,
            conversion_rate: Fixed::percent(self.completed, self.entered),
            conversion_ci: proportion.wilson_interval(z).map(percent_interval),
            drop_off_rate: Fixed::percent(self.entered - self.completed, self.entered),
            avg_days: self.mean_days(),
            median_days: self.median_days(),
            users_reached: self.reached,
            overall_conversion_rate: Fixed::percent(self.reached, user_count).unwrap_or_default(),
            conversion_earlier: None,
            conversion_later: None,
            trend: None,
        }
    }

    fn mean_days(&self) -> Option<Fixed> {
        let (sum, n) = (0..).zip(&self.days).fold((0, 0), |(sum, n), (days, &users)| (sum + days * users, n + users));
        mean_count(sum, n)
    }

    fn median_days(&self) -> Option<Fixed> {
        let n: u64 = self.days.iter().sum();
        let (lower, upper) = (self.days_at(n.checked_sub(1)? / 2)?, self.days_at(n / 2)?);
        Some(Fixed::from_ratio(lower + upper, 2, 2))
    }

    /// The days of the user at this position, by days ascending.
    fn days_at(&self, position: u64) -> Option<i128> {
        let mut before = 0;
        (0_i128..).zip(&self.days).find_map(|(days, &users)| {
            before += users;
            (position < before).then_some(days)
        })
    }
}
