//! The milestones of the user whose rows are read.

use crate::value::calendar::Timestamp;
use crate::value::stage::Stage;

use super::super::table::Milestone;

/// Stages that have a place of their own: a bit for each.
const PLACES: usize = u64::BITS as usize;

/// The earliest time of each stage.
#[derive(Debug)]
pub(super) struct CurrentMilestones {
    /// One bit for each place whose time is known.
    known: u64,
    times: [Timestamp; PLACES],
    /// Those of stages without a place.
    others: Vec<Milestone>,
}

impl Default for CurrentMilestones {
    fn default() -> CurrentMilestones {
        CurrentMilestones { known: 0, times: [Timestamp(0); PLACES], others: Vec::new() }
    }
}

impl CurrentMilestones {
    /// Keeps a milestone if it is the earliest of its stage.
    #[inline]
    pub fn offer(&mut self, stage: Stage, time: Timestamp) {
        let Some(place) = place_of(stage) else { return self.offer_other(stage, time) };
        let is_earliest = self.known >> place & 1 == 0 || time < self.times[place];
        if is_earliest {
            self.times[place] = time;
        }
        self.known |= 1 << place;
    }

    #[cold]
    fn offer_other(&mut self, stage: Stage, time: Timestamp) {
        match self.others.iter_mut().find(|known| known.stage == stage) {
            Some(known) => known.time = known.time.min(time),
            None => self.others.push(Milestone { stage, time }),
        }
    }

    /// Hands over all milestones, those of places in the order of the journey.
    #[inline]
    pub fn drain(&mut self, mut take: impl FnMut(Milestone)) {
        while self.known != 0 {
            let place = self.known.trailing_zeros() as usize;
            take(Milestone { stage: stage_at(place), time: self.times[place] });
            self.known &= self.known - 1;
        }
        self.others.drain(..).for_each(take);
    }
}

/// Places are in the order of the journey.
#[inline]
fn place_of(stage: Stage) -> Option<usize> {
    match stage {
        Stage::FtueStart => Some(0),
        Stage::FtueComplete => Some(1),
        Stage::Level(number) => Some(number as usize + 2).filter(|&place| place < PLACES - 2),
        Stage::GameComplete => Some(PLACES - 2),
        Stage::FirstPurchase => Some(PLACES - 1),
    }
}

#[inline]
fn stage_at(place: usize) -> Stage {
    const GAME_COMPLETE: usize = PLACES - 2;
    const FIRST_PURCHASE: usize = PLACES - 1;
    match place {
        0 => Stage::FtueStart,
        1 => Stage::FtueComplete,
        GAME_COMPLETE => Stage::GameComplete,
        FIRST_PURCHASE => Stage::FirstPurchase,
        level => Stage::Level(u32::try_from(level - 2).unwrap_or(u32::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn places_and_stages_are_in_the_order_of_the_journey() {
        let stages: Vec<Stage> = (0..PLACES).map(stage_at).collect();
        assert!(stages.is_sorted_by(|a, b| a < b));
        assert!((0..PLACES).all(|place| place_of(stage_at(place)) == Some(place)));
        assert_eq!(place_of(Stage::Level(u32::MAX)), None);
    }

    proptest! {
        #[test]
        fn the_earliest_time_of_each_stage_is_kept(
            offers in prop::collection::vec((0u32..70, 0i64..100), 0..60), rows in 1usize..4,
        ) {
            let stage = |number: u32| match number {
                66 => Stage::FtueStart,
                67 => Stage::FtueComplete,
                68 => Stage::GameComplete,
                69 => Stage::FirstPurchase,
                level => Stage::Level(level),
            };
            let mut current = CurrentMilestones::default();
            for of_user in offers.chunks(offers.len().div_ceil(rows).max(1)) {
                let mut expected: BTreeMap<Stage, i64> = BTreeMap::new();
                for &(number, time) in of_user {
                    current.offer(stage(number), Timestamp(time));
                    expected.entry(stage(number)).and_modify(|known| *known = time.min(*known)).or_insert(time);
                }
                let mut drained = Vec::new();
                current.drain(|milestone| drained.push((milestone.stage, milestone.time.0)));
                drained.sort_unstable();
                prop_assert_eq!(drained, expected.into_iter().collect::<Vec<_>>());
            }
        }
    }
}
