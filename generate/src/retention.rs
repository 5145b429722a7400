//! How long users stay.

use crate::random::{Random, Share};

/// Share of users active on a day after install, the curve being straight between these points
/// where both axes are logarithmic. The shares are those before the cohort, the channel and paying
/// move a user up or down.
const ANCHORS: [(f64, f64); 6] =
    [(1.0, 0.39), (7.0, 0.145), (30.0, 0.048), (90.0, 0.021), (400.0, 0.006), (3_660.0, 0.001)];

/// Share of days on which somebody who still plays is active: more at weekends.
const ACTIVE_ON_WEEKDAY: Share = Share::per_mille(730);
const ACTIVE_ON_WEEKEND: Share = Share::per_mille(800);
/// The mean of a week of the two.
const ACTIVE_PER_MILLE: u32 = 750;

/// How much later cohorts lose, in per mille of the mean.
const FIRST_COHORT_PER_MILLE: u32 = 1_070;
const LAST_COHORT_PER_MILLE: u32 = 930;

/// The lifetimes of users.
#[derive(Debug, Clone)]
pub(crate) struct Retention {
    /// For day 1, 2, … after install: below which draws (of 2^32) a user still plays.
    alive: Vec<u32>,
    days: u32,
}

impl Retention {
    pub(crate) fn new(days: u32) -> Self {
        let alive = (1..days).map(|day| share_of_draws(active_share(day) * 1_000.0 / f64::from(ACTIVE_PER_MILLE)));
        Self { alive: alive.collect(), days }
    }

    /// The last day after install on which a user still plays, 0 for the day itself. `per_mille` is
    /// how much likelier than the mean the user is to stay.
    pub(crate) fn lifetime(&self, install: u32, per_mille: u32, random: &mut Random) -> u32 {
        let favour = u64::from(self.cohort_per_mille(install)) * u64::from(per_mille);
        let draw = u64::from(random.word()) * 1_000_000 / favour.max(1);
        let days = self.alive.partition_point(|&alive| u64::from(alive) > draw);
        u32::try_from(days).unwrap_or(u32::MAX)
    }

    pub(crate) fn is_active(weekend: bool, random: &mut Random) -> bool {
        random.chance(if weekend { ACTIVE_ON_WEEKEND } else { ACTIVE_ON_WEEKDAY })
    }

    fn cohort_per_mille(&self, install: u32) -> u32 {
        let lost = FIRST_COHORT_PER_MILLE - LAST_COHORT_PER_MILLE;
        FIRST_COHORT_PER_MILLE - lost * install / self.days.saturating_sub(1).max(1)
    }

    /// About how many rows 1,024 users have: the active days, install day included, of users
    /// who install on any day of the table alike.
    pub(crate) fn rows_per_1024_users(&self) -> u64 {
        let days = u64::from(self.days);
        let active_days: u64 = (1_u64..)
            .zip(&self.alive)
            // Day N after install is in the table for all but the last N install days.
            .map(|(day, &alive)| (u64::from(alive) >> 16) * (days - day))
            .sum();
        1_024 + ((active_days / days * u64::from(ACTIVE_PER_MILLE) / 1_000) >> 6)
    }
}

fn active_share(day: u32) -> f64 {
    let x = libm::log(f64::from(day));
    let mut share = 0.0;
    for pair in ANCHORS.windows(2) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]].map(|(day, share)| (libm::log(day), libm::log(share)));
        share = libm::exp(y0 + (y1 - y0) * (x - x0) / (x1 - x0));
        if x <= x1 {
            break;
        }
    }
    share
}

fn share_of_draws(share: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share between 0 and 1 of 2^32 - 1")]
    let draws = (share.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32;
    draws
}

#[cfg(test)]
mod tests {
    use super::{Retention, active_share};

    #[test]
    fn the_curve_goes_through_its_anchors_and_falls() {
        for (day, share) in [(1, 0.39), (7, 0.145), (30, 0.048), (90, 0.021)] {
            assert!((active_share(day) - share).abs() < 1e-9);
        }
        assert!(Retention::new(3_660).alive.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn a_table_of_one_day_has_one_row_per_user() {
        assert_eq!(Retention::new(1).rows_per_1024_users(), 1_024);
    }
}
