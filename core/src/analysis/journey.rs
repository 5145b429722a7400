//! How far each user came.

use crate::calendar::Day;
use crate::journey_stage::Stage;
use crate::report::Journey;
use crate::users::{Milestone, UserTable};

/// The journey of every user, in the order of the table.
pub(super) fn of_users(table: &UserTable, installs: &[Day]) -> Vec<Journey> {
    let sequential: Vec<Stage> = table.stages.iter().copied().filter(|stage| stage.is_sequential()).collect();
    let users = table.milestones.iter().zip(installs);
    users.map(|(reached, &install)| journey(reached, install, &sequential)).collect()
}

fn journey(reached: &[Milestone], install: Day, sequential: &[Stage]) -> Journey {
    let in_sequence = reached.iter().filter(|milestone| milestone.stage.is_sequential());
    let highest = in_sequence.clone().next_back().map(|milestone| milestone.stage);
    let expected = highest.map_or(0, |highest| sequential.partition_point(|&stage| stage <= highest));
    let mut before: Option<&Milestone> = None;
    let mut in_order = 0;
    for milestone in in_sequence {
        in_order += u32::from(before.is_none_or(|before| milestone.time >= before.time));
        before = Some(milestone);
    }
    let last = reached.last();
    let days = last.map_or(0, |last| last.time.day().days_since(install));
    Journey {
        stage: last.map_or(Stage::FtueStart, |last| last.stage),
        time: last.map(|last| last.time),
        days: (days >= 0).then_some(days),
        stages_in_order: in_order,
        stages_expected: u32::try_from(expected).unwrap_or(u32::MAX),
    }
}
