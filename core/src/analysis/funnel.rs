//! The funnel: how many users get from one stage to the next.

use crate::report::{Direction, Funnel, FunnelStep};
use crate::settings::Settings;
use crate::stats::normal::two_sided_z;
use crate::stats::proportion::Proportion;
use crate::users::UserTable;
use crate::value::fixed::Fixed;

use super::figures::{mean_count, percent_interval};
use super::funnel_counts::{FunnelCounts, StageReach, StepCounts};
use super::hypothesis_tests::{UnadjustedTest, adjust, compare_proportions};

/// Measures the funnel and tests the later half of the cohorts against the earlier half.
pub(super) fn measure(table: &UserTable, counts: &FunnelCounts, reach: &StageReach, settings: &Settings) -> Funnel {
    let trends: Vec<_> = counts.steps.iter().map(|step| test_trend(step.halves, settings)).collect();
    let trends = adjust(&trends, settings);
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
            users_dropped: proportion.failures(),
            conversion_rate: Fixed::percent(counts.completed, counts.entered),
            conversion_ci: proportion.wilson_interval(z).map(percent_interval),
            drop_off_rate: Fixed::percent(proportion.failures(), counts.entered),
            avg_days: mean_days(counts),
            median_days: median_days(counts),
            users_reached,
            overall_conversion_rate: Fixed::percent(users_reached, user_count).unwrap_or_default(),
            conversion_earlier: Fixed::percent(earlier.successes, earlier.trials),
            conversion_later: Fixed::percent(later.successes, later.trials),
            trend,
        }
    });
    Funnel {
        steps: steps.collect(),
        largest_drop: largest_drop(&counts.steps),
        users_still_open: counts.users_still_open,
    }
}

/// Tests the later half of the cohorts against the earlier half.
fn test_trend([earlier, later]: [Proportion; 2], settings: &Settings) -> Option<UnadjustedTest> {
    let UnadjustedTest { p_value, direction } = compare_proportions(earlier, later, settings)?;
    let direction = match direction {
        Direction::Lower => Direction::Higher,
        Direction::Equal => Direction::Equal,
        Direction::Higher => Direction::Lower,
    };
    Some(UnadjustedTest { p_value, direction })
}

/// Index of the step that loses the largest share of those who entered it, compared exactly; the first of equal ones.
/// `None` if no step loses a user.
fn largest_drop(steps: &[StepCounts]) -> Option<usize> {
    let lost = |step: &StepCounts| u128::from(step.entered - step.completed);
    let loses_more = |a: &StepCounts, b: &StepCounts| lost(a) * u128::from(b.entered) > lost(b) * u128::from(a.entered);
    let losing = (0..steps.len()).filter(|&at| lost(&steps[at]) > 0);
    losing.reduce(|largest, at| if loses_more(&steps[at], &steps[largest]) { at } else { largest })
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

/// Days of the user at `position`, with users ordered by days ascending.
fn days_at(by_days: &[u64], position: u64) -> Option<i128> {
    let mut before = 0;
    (0_i128..).zip(by_days).find_map(|(days, &users)| {
        before += users;
        (position < before).then_some(days)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::stage::Stage;

    fn largest_of(steps: &[(u64, u64)]) -> Option<usize> {
        let step = |&(entered, completed): &(u64, u64)| StepCounts {
            stage: Stage::FtueStart,
            entered,
            completed,
            by_days: Vec::new(),
            halves: Default::default(),
        };
        largest_drop(&steps.iter().map(step).collect::<Vec<_>>())
    }

    #[test]
    fn the_largest_drop_is_by_share_and_the_first_of_equals() {
        assert_eq!(largest_of(&[(100, 100), (100, 60), (60, 12)]), Some(2));
        assert_eq!(largest_of(&[(100, 90), (90, 81), (81, 80)]), Some(0));
        // 45.946% and 45.950%: equal once rounded to two decimals.
        assert_eq!(largest_of(&[(37, 20), (100_000, 54_049)]), Some(1));
        assert_eq!(largest_of(&[(100_000, 54_049), (37, 20)]), Some(0));
        assert_eq!(largest_of(&[(100, 100), (100, 100)]), None);
        assert_eq!(largest_of(&[(0, 0), (0, 0)]), None);
        assert_eq!(largest_of(&[]), None);
    }
}
