//! Pooled retention, day by day.

use crate::output::number::Fixed;
use crate::report::RetentionCurvePoint;
use crate::stats::proportion::Proportion;
use crate::users::UserTable;

use super::figures::percent_interval;

/// Retention of these users from day 0 to the last day with an eligible user.
pub(super) fn measure(table: &UserTable, users: &[usize], z: f64) -> Vec<RetentionCurvePoint> {
    let observed = |user: usize| usize::try_from(table.as_of.days_since(table.totals[user].cohort_date())).ok();
    let Some(last_day) = users.iter().filter_map(|&user| observed(user)).max() else { return Vec::new() };
    let mut counts = vec![DayCounts::default(); last_day + 1];
    for &user in users {
        let Some(observed) = observed(user) else { continue };
        counts[observed].last_eligible += 1;
        let cohort_date = table.totals[user].cohort_date().0;
        let active_days = table.active_days.of(user);
        let since_install = active_days.iter().filter_map(|&day| usize::try_from(day - cohort_date).ok());
        let mut last_active = None;
        for day in since_install {
            counts[day].active += 1;
            last_active = Some(day);
        }
        if let Some(day) = last_active {
            counts[day].last_active += 1;
        }
    }
    // Whoever is eligible (active) for the last time on a day is eligible (still to come) on every day before.
    let (mut eligible, mut rolling) = (0, 0);
    let mut curve: Vec<RetentionCurvePoint> = (0_u32..)
        .zip(counts)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .filter_map(|(day, counts)| {
            eligible += counts.last_eligible;
            rolling += counts.last_active;
            point(day, eligible, counts.active, rolling, z)
        })
        .collect();
    curve.reverse();
    curve
}

#[derive(Clone, Copy, Default)]
struct DayCounts {
    last_eligible: u64,
    active: u64,
    last_active: u64,
}

fn point(day: u32, eligible_users: u64, classic: u64, rolling: u64, z: f64) -> Option<RetentionCurvePoint> {
    let proportion = Proportion { successes: classic, trials: eligible_users };
    Some(RetentionCurvePoint {
        day,
        eligible_users,
        classic_retained: classic,
        classic_rate: Fixed::percent(classic, eligible_users)?,
        classic_ci: percent_interval(proportion.wilson_interval(z)?),
        rolling_retained: rolling,
        rolling_rate: Fixed::percent(rolling, eligible_users)?,
    })
}
