//! Milestones: the first-time user experience (FTUE), the levels, the end of the game.

use crate::columns::LEVELS;
use crate::random::{Random, Share};

const COMPLETES_FTUE: Share = Share::per_mille(860);

/// Share of users who pass each level once they have passed the one before.
const PASSES_PER_MILLE: [u32; LEVELS as usize] = [940, 900, 880, 870, 880, 850, 840, 830, 820, 800];

/// The level at which later cohorts fall behind, and how far the last one has by then.
const HARDER_LEVEL: usize = 5;
const HARDER_BY_PER_MILLE: u32 = 160;

/// Share of active days on which somebody plays a passed level again: 2 of 64.
const REPLAYED_OF_64: u64 = 2;

/// How far a user can get.
#[derive(Debug, Clone)]
pub(crate) struct Journey {
    completes_ftue: bool,
    top_level: u32,
    levels_per_active_day: u32,
}

/// What a user reached on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Milestones {
    pub(crate) ftue_complete: bool,
    pub(crate) game_complete: bool,
    /// Bit `n` is set if level `n` was passed that day.
    levels: u32,
}

impl Journey {
    /// `install` is the day of the table, out of all its days.
    pub(crate) fn draw(install: u32, days: u32, random: &mut Random) -> Self {
        let completes_ftue = random.chance(COMPLETES_FTUE);
        let mut top_level = 0;
        for (level, &per_mille) in (1..).zip(&PASSES_PER_MILLE) {
            let harder =
                if level == HARDER_LEVEL { HARDER_BY_PER_MILLE * install / days.saturating_sub(1).max(1) } else { 0 };
            if !completes_ftue || !random.chance(Share::per_mille(per_mille - harder)) {
                break;
            }
            top_level += 1;
        }
        Self { completes_ftue, top_level, levels_per_active_day: 2 + random.below(6) }
    }

    /// The milestones of the user's `nth` active day, the first being 0.
    pub(crate) fn on_active_day(&self, nth: u32, random: &mut Random) -> Milestones {
        let passed_before = (nth * self.levels_per_active_day).min(self.top_level);
        let passed_now = (passed_before + self.levels_per_active_day).min(self.top_level);
        let mut levels = 0;
        let replays = if passed_before > 0 { random.bits() } else { u64::MAX };
        for level in 1..=passed_now {
            let replayed = (replays >> (6 * (level - 1))) % 64 < REPLAYED_OF_64;
            if level > passed_before || replayed {
                levels |= 1 << level;
            }
        }
        Milestones {
            ftue_complete: nth == 0 && self.completes_ftue,
            game_complete: passed_before < LEVELS && passed_now == LEVELS,
            levels,
        }
    }
}

impl Milestones {
    pub(crate) fn passed(self, level: u32) -> bool {
        (self.levels >> level) & 1 == 1
    }

    /// The highest level passed that day, 0 without one.
    pub(crate) fn top_level(self) -> u32 {
        self.levels.checked_ilog2().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Journey, Milestones};
    use crate::columns::LEVELS;
    use crate::random::Random;

    #[test]
    fn levels_come_in_order_and_the_game_ends_once() {
        let mut random = Random::new(1);
        let journey = Journey { completes_ftue: true, top_level: LEVELS, levels_per_active_day: 4 };
        let days: Vec<Milestones> = (0..30).map(|nth| journey.on_active_day(nth, &mut random)).collect();
        assert_eq!([days[0].top_level(), days[1].top_level(), days[2].top_level()], [4, 8, 10]);
        assert_eq!(days.iter().filter(|day| day.game_complete).count(), 1);
        assert!(days[2].game_complete && days[0].ftue_complete && !days[1].ftue_complete);
        assert!(days[3..].iter().any(|day| day.top_level() > 0), "nothing is ever replayed");
    }
}
