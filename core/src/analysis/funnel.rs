//! The funnel: how many users come from one stage to the next.

use crate::report::{Funnel, FunnelStep};
use crate::settings::Settings;
use crate::stats::normal::two_sided_z;
use crate::stats::proportion::Proportion;
use crate::users::UserTable;
use crate::value::fixed::Fixed;

use super::figures::{mean_count, percent_interval};
use super::funnel_counts::{FunnelCounts, StageReach, StepCounts};
use super::hypothesis_tests::{adjust, compare_proportions};

/// Measures the funnel and tests the earlier against the later half of the cohorts.
pub(super) fn measure(table: &UserTable, counts: &FunnelCounts, reach: &StageReach, settings: &Settings) -> Funnel {
    let p_values: Vec<Option<f64>> =
        counts.steps.iter().map(|step| compare_proportions(step.halves[0], step.halves[1], settings)).collect();
    let trends = adjust(&p_values, settings);
    let z = two_sided_z(settings.segmentation_significance_threshold);
    let user_count = table.user_count() as u64;
    let steps = counts.steps.iter().zip(trends).map(|(counts, trend)| {
        let users_reached = reach.users(counts.stage);
        let [earlier, later] = counts.halves;
        let proportion = Proportion { successes: counts.completed, trials: counts.entered };
        FunnelStep {
            stage: counts.stage,
            users_entered: counts.entered,
            users_completed: counts.completed,
            conversion_rate: Fixed::percent(counts.completed, counts.entered),
            conversion_ci: proportion.wilson_interval(z).map(percent_interval),
            drop_off_rate: Fixed::percent(counts.entered - counts.completed, counts.entered),
            avg_days: mean_days(counts),
            median_days: median_days(counts),
            users_reached,
            overall_conversion_rate: Fixed::percent(users_reached, user_count).unwrap_or_default(),
            conversion_earlier: Fixed::percent(earlier.successes, earlier.trials),
            conversion_later: Fixed::percent(later.successes, later.trials),
            trend,
        }
    });
    Funnel { steps: steps.collect(), users_still_open: counts.users_still_open }
}

fn mean_days(counts: &StepCounts) -> Option<Fixed> {
    let by_days = (0..).zip(&counts.by_days);
    let (sum, n) = by_days.fold((0, 0), |(sum, n), (days, &users)| (sum + days * users, n + users));
    mean_count(sum, n)
}

fn median_days(counts: &StepCounts) -> Option<Fixed> {
    let n: u64 = counts.by_days.iter().sum();
    let (lower, upper) = (days_at(&counts.by_days, n.checked_sub(1)? / 2)?, days_at(&counts.by_days, n / 2)?);
    Some(Fixed::from_ratio(lower + upper, 2, 2))
}

/// The days of the user at this position, by days ascending.
fn days_at(by_days: &[u64], position: u64) -> Option<i128> {
    let mut before = 0;
    (0_i128..).zip(by_days).find_map(|(days, &users)| {
        before += users;
        (position < before).then_some(days)
    })
}
