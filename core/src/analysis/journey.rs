//! How far each user got.

use crate::report::Journey;
use crate::users::{Milestone, UserTable};
use crate::value::calendar::Day;
use crate::value::stage::Stage;

/// The journey of every user, in the order of the table.
pub(super) fn of_users(table: &UserTable, installs: &[Day]) -> Vec<Journey> {
    let sequential: Vec<Stage> = table.stages.iter().copied().filter(|stage| stage.is_sequential()).collect();
    let users = table.milestones.iter().zip(installs);
    users.map(|(reached, &install)| journey(reached, install, &sequential)).collect()
}

fn journey(reached: &[Milestone], install: Day, sequential: &[Stage]) -> Journey {
    // Stages ascend, and stages without a fixed place in the journey come last.
    let in_sequence = match reached.split_last() {
        Some((last, before)) if !last.stage.is_sequential() => before,
        _ => reached,
    };
    let expected = in_sequence.last().map_or(0, |highest| sequential.partition_point(|&stage| stage <= highest.stage));
    let later = in_sequence.windows(2).filter(|pair| pair[1].time >= pair[0].time).count();
    let in_order = later + usize::from(!in_sequence.is_empty());
    let last = reached.last();
    let days = last.map_or(0, |last| last.time.day().days_since(install));
    Journey {
        stage: last.map_or(Stage::FtueStart, |last| last.stage),
        time: last.map(|last| last.time),
        days: (days >= 0).then_some(days),
        stages_in_order: u32::try_from(in_order).unwrap_or(u32::MAX),
        stages_expected: u32::try_from(expected).unwrap_or(u32::MAX),
    }
}
