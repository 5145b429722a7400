//! Pooled retention, day by day.

use crate::report::RetentionCurvePoint;
use crate::settings::Settings;
use crate::stats::proportion::Proportion;
use crate::users::UserTable;
use crate::value::calendar::Day;
use crate::value::fixed::Fixed;

use super::cohorts::CohortDates;
use super::figures::percent_interval;
use super::memo::StageKey;

/// The settings behind the curve.
#[derive(Debug, PartialEq)]
pub(super) struct CurveKey {
    cohort_start: Option<Day>,
}

impl StageKey for CurveKey {
    fn of(settings: &Settings) -> CurveKey {
        CurveKey { cohort_start: settings.segmentation_cohort_start_date }
    }
}

/// Users by day since install, from day 0 to the last day with an eligible user.
#[derive(Debug)]
pub(super) struct CurveCounts(Vec<DayCounts>);

#[derive(Clone, Copy, Debug, Default)]
struct DayCounts {
    eligible: u64,
    active: u64,
    /// Users active on the day or later.
    still_active: u64,
}

impl CurveCounts {
    pub fn of(table: &UserTable, cohorts: &CohortDates, key: &CurveKey) -> CurveCounts {
        // `None` for users who do not count and for users who installed after the as-of day: no day of theirs is
        // counted.
        let observed_days: Vec<Option<usize>> = (cohorts.dates.iter())
            .map(|date| {
                let takes_part = date.is_observed_from_install(key.cohort_start);
                usize::try_from(table.as_of.days_since(date.day)).ok().filter(|_| takes_part)
            })
            .collect();
        let Some(last_day) = observed_days.iter().flatten().max() else { return CurveCounts(Vec::new()) };
        let mut counts = vec![DayCounts::default(); last_day + 1];
        for (date, last_eligible) in cohorts.dates.iter().zip(&observed_days) {
            if let &Some(last_eligible) = last_eligible {
                counts[last_eligible].eligible += date.users;
            }
        }
        for (active_days, &cohort) in table.active_days.iter().zip(&cohorts.of_user) {
            if observed_days[cohort as usize].is_none() {
                continue;
            }
            let cohort_date = cohorts.dates[cohort as usize].day.0;
            let mut last_active = None;
            for day in active_days.iter().filter_map(|&day| usize::try_from(day - cohort_date).ok()) {
                counts[day].active += 1;
                last_active = Some(day);
            }
            if let Some(day) = last_active {
                counts[day].still_active += 1;
            }
        }
        // A user eligible (active) for the last time on a day is eligible (still active) on every earlier day.
        for day in (1..counts.len()).rev() {
            counts[day - 1].eligible += counts[day].eligible;
            counts[day - 1].still_active += counts[day].still_active;
        }
        CurveCounts(counts)
    }

    /// The points of the curve, with intervals for this normal quantile.
    pub fn points(&self, z: f64) -> Vec<RetentionCurvePoint> {
        (0..).zip(&self.0).filter_map(|(day, counts)| point(day, counts, z)).collect()
    }
}

fn point(day: u32, counts: &DayCounts, z: f64) -> Option<RetentionCurvePoint> {
    let proportion = Proportion { successes: counts.active, trials: counts.eligible };
    Some(RetentionCurvePoint {
        day,
        eligible_users: counts.eligible,
        classic_retained: counts.active,
        classic_rate: Fixed::percent(counts.active, counts.eligible)?,
        classic_ci: percent_interval(proportion.wilson_interval(z)?),
        rolling_retained: counts.still_active,
        rolling_rate: Fixed::percent(counts.still_active, counts.eligible)?,
    })
}
