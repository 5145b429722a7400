//! Which users are behind a figure.
//!
//! The rules are those of retention and the funnel, applied to one user instead of all. For every cell, step and
//! segment, tests check that the number of users selected equals the number in the report.

use serde::{Deserialize, Serialize};

use crate::report::{BehavioralSegment, RevenueSegment, UserResults};
use crate::settings::{FunnelMode, RetentionDefinition, Settings};
use crate::users::UserTable;
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

use super::funnel_counts::stages_with_a_column;
use super::period::{period_after, period_start};
use super::retention::is_observed_from_install;

/// Which users to select: those who meet every criterion that is set. Without criteria, all users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserFilter {
    /// Members of a cohort.
    pub cohort: Option<CohortFilter>,
    /// Users at a step of the funnel.
    pub funnel: Option<FunnelFilter>,
    /// Users in a behavioural segment.
    pub behavioral: Option<BehavioralSegment>,
    /// Users in a revenue segment.
    pub revenue: Option<RevenueSegment>,
    /// Users whose highest stage is this one.
    pub journey_stage: Option<Stage>,
}

impl UserFilter {
    /// Whether no criterion is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == UserFilter::default()
    }
}

/// Users of a cohort, or of one of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortFilter {
    /// The first day of the cohort's period; `None` for all cohorts together.
    pub cohort_date: Option<Day>,
    /// Which of the cohort's users.
    pub members: CohortMembers,
}

/// Which users of a cohort. A window is one of those in force, in units of the retention period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CohortMembers {
    /// Every user of the cohort.
    All,
    /// Users observed for the whole window.
    Eligible {
        /// The window, in units of the retention period.
        window: u32,
    },
    /// Users who came back in the window, by the retention definition in force.
    Retained {
        /// The window, in units of the retention period.
        window: u32,
    },
    /// Users observed for the whole window who did not come back in it.
    NotRetained {
        /// The window, in units of the retention period.
        window: u32,
    },
}

/// Users at a step of the funnel. No users have entered a stage that is not a step of the funnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FunnelFilter {
    /// Users who completed the stage before this one.
    Entered(Stage),
    /// Users who also completed this stage.
    Completed(Stage),
    /// Users who entered this stage and did not complete it.
    DroppedOff(Stage),
    /// Users who reached this stage, in any mode and window.
    Reached(Stage),
    /// Users not observed for the whole funnel window.
    StillOpen,
}

/// Selects users, as ascending positions in the table.
///
/// `users` must be the results of this table under these settings.
#[must_use]
pub fn select(table: &UserTable, settings: &Settings, users: &UserResults, filter: &UserFilter) -> Vec<u32> {
    let cohort = filter.cohort.map(|filter| CohortRule::new(table, settings, filter));
    let funnel = filter.funnel.map(|filter| FunnelRule::new(table, settings, filter));
    let holds = |&position: &u32| {
        let user = position as usize;
        filter.behavioral.is_none_or(|segment| users.behavioral[user] == segment)
            && filter.revenue.is_none_or(|segment| users.revenue_segments[user] == segment)
            && filter.journey_stage.is_none_or(|stage| users.journeys[user].stage == stage)
            && cohort.as_ref().is_none_or(|cohort| cohort.holds(user))
            && funnel.as_ref().is_none_or(|funnel| funnel.holds(user))
    };
    (0..).take(table.user_count()).filter(holds).collect()
}

/// Whether a user belongs to a cohort or a cell.
struct CohortRule<'t> {
    table: &'t UserTable,
    settings: &'t Settings,
    filter: CohortFilter,
    /// The window before the filter's, after which a bracket begins; 0 if there is none.
    previous_window: u32,
}

impl<'t> CohortRule<'t> {
    fn new(table: &'t UserTable, settings: &'t Settings, filter: CohortFilter) -> CohortRule<'t> {
        let previous_window = match filter.members {
            CohortMembers::All => 0,
            CohortMembers::Eligible { window }
            | CohortMembers::Retained { window }
            | CohortMembers::NotRetained { window } => {
                settings.retention_windows().into_iter().take_while(|&before| before < window).last().unwrap_or(0)
            }
        };
        CohortRule { table, settings, filter, previous_window }
    }

    fn holds(&self, user: usize) -> bool {
        let cohort_date = self.table.totals[user].cohort_date();
        let starts_on = |date| period_start(self.settings.cohort_period(), cohort_date) == date;
        if !self.filter.cohort_date.is_none_or(starts_on) || !is_observed_from_install(self.table, user, self.settings)
        {
            return false;
        }
        match self.filter.members {
            CohortMembers::All => true,
            CohortMembers::Eligible { window } => self.is_eligible(cohort_date, window),
            CohortMembers::Retained { window } => {
                self.is_eligible(cohort_date, window) && self.is_retained(user, cohort_date, window)
            }
            CohortMembers::NotRetained { window } => {
                self.is_eligible(cohort_date, window) && !self.is_retained(user, cohort_date, window)
            }
        }
    }

    fn is_eligible(&self, cohort_date: Day, window: u32) -> bool {
        period_after(self.settings.retention_period, cohort_date, window).last <= i64::from(self.table.as_of.0)
    }

    fn is_retained(&self, user: usize, cohort_date: Day, window: u32) -> bool {
        let period = self.settings.retention_period;
        let whole = period_after(period, cohort_date, window);
        let (first, last) = match self.settings.retention_definition {
            RetentionDefinition::Classic => (whole.first, whole.last),
            RetentionDefinition::Rolling => (whole.first, i64::MAX),
            RetentionDefinition::Bracket => {
                (period_after(period, cohort_date, self.previous_window + 1).first, whole.last)
            }
        };
        // A window is at least 1, so its days come after install; days before install do not count.
        let active_days = self.table.active_days.of(user);
        let at = active_days.partition_point(|&day| i64::from(day) < first);
        active_days.get(at).is_some_and(|&day| i64::from(day) <= last)
    }
}

/// Whether a user is at a step of the funnel.
struct FunnelRule<'t> {
    table: &'t UserTable,
    settings: &'t Settings,
    filter: FunnelFilter,
    /// The funnel's stages up to the filter's; empty if that stage is not one of them.
    stages: Vec<Stage>,
}

/// Whether a user entered and completed a step.
struct StepState {
    entered: bool,
    completed: bool,
}

impl<'t> FunnelRule<'t> {
    fn new(table: &'t UserTable, settings: &'t Settings, filter: FunnelFilter) -> FunnelRule<'t> {
        let mut stages = stages_with_a_column(table, &settings.funnel_stages);
        let step = match filter {
            FunnelFilter::Entered(stage) | FunnelFilter::Completed(stage) | FunnelFilter::DroppedOff(stage) => {
                stages.iter().position(|&step| step == stage)
            }
            FunnelFilter::Reached(_) | FunnelFilter::StillOpen => None,
        };
        stages.truncate(step.map_or(0, |step| step + 1));
        FunnelRule { table, settings, filter, stages }
    }

    fn holds(&self, user: usize) -> bool {
        match self.filter {
            FunnelFilter::Reached(stage) => stage == Stage::FtueStart || self.time_of(user, stage).is_some(),
            FunnelFilter::StillOpen => {
                is_observed_from_install(self.table, user, self.settings) && !self.is_window_over(user)
            }
            FunnelFilter::Entered(_) | FunnelFilter::Completed(_) | FunnelFilter::DroppedOff(_) => {
                let takes_part = self.settings.funnel_window_days.is_none()
                    || (is_observed_from_install(self.table, user, self.settings) && self.is_window_over(user));
                takes_part && self.step_state(user).is_some_and(|state| self.is_wanted(&state))
            }
        }
    }

    fn is_wanted(&self, state: &StepState) -> bool {
        match self.filter {
            FunnelFilter::Completed(_) => state.completed,
            FunnelFilter::DroppedOff(_) => state.entered && !state.completed,
            _ => state.entered,
        }
    }

    /// Whether the user was observed for the whole window; true without a window.
    fn is_window_over(&self, user: usize) -> bool {
        let age = i64::from(self.table.as_of.days_since(self.table.totals[user].cohort_date()));
        self.settings.funnel_window_days.is_none_or(|window| age >= i64::from(window))
    }

    fn time_of(&self, user: usize, stage: Stage) -> Option<Timestamp> {
        let milestones = self.table.milestones.of(user);
        let at = milestones.binary_search_by_key(&stage, |milestone| milestone.stage).ok()?;
        Some(milestones[at].time)
    }

    /// The user's state at the last of the stages.
    fn step_state(&self, user: usize) -> Option<StepState> {
        let cohort_date = self.table.totals[user].cohort_date();
        let mode = self.settings.funnel_mode;
        let mut latest: Option<Timestamp> = None;
        let mut entered = true;
        let mut state = None;
        for &stage in &self.stages {
            let time = self.time_of(user, stage);
            let is_reached = stage == Stage::FtueStart || time.is_some();
            let days = time.map_or(0, |time| i64::from(time.day().days_since(cohort_date)));
            let in_window = self.settings.funnel_window_days.is_none_or(|window| days <= i64::from(window));
            let is_later = time.zip(latest).is_none_or(|(time, latest)| time >= latest);
            let in_order = mode != FunnelMode::Ordered || is_later;
            let completed = entered && is_reached && in_window && in_order;
            state = Some(StepState { entered, completed });
            latest = time.or(latest);
            entered = completed || mode == FunnelMode::Open;
        }
        state
    }
}
