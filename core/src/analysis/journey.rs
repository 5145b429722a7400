//! How far each user came.

use crate::journey_stage::Stage;
use crate::report::Journey;
use crate::users::{Milestone, UserTable};

/// The journey of every user, in the order of the table.
pub(super) fn of_users(table: &UserTable) -> Vec<Journey> {
    let sequential: Vec<Stage> = table.stages.iter().copied().filter(|stage| stage.is_sequential()).collect();
    (0..table.user_count()).map(|user| journey(table, user, &sequential)).collect()
}

fn journey(table: &UserTable, user: usize, sequential: &[Stage]) -> Journey {
    let reached = table.milestones.of(user);
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
    let days = last.map_or(0, |last| last.time.day().days_since(table.totals[user].cohort_date()));
    Journey {
        stage: last.map_or(Stage::FtueStart, |last| last.stage),
        time: last.map(|last| last.time),
        days: (days >= 0).then_some(days),
        stages_in_order: in_order,
        stages_expected: u32::try_from(expected).unwrap_or(u32::MAX),
    }
}
