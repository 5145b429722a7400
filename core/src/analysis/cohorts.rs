//! The install days, and the users of each.

use crate::users::{UserTable, UserTotals};
use crate::value::amount::Amount;
use crate::value::calendar::Day;

/// Users by install day.
#[derive(Debug)]
pub(super) struct CohortDates {
    /// The distinct install days, ascending.
    pub dates: Vec<CohortDate>,
    /// The index in `dates` of each user's install day, in the order of the table.
    pub of_user: Vec<u32>,
}

/// The install day of every user, in the order of the table.
pub(super) fn install_days(table: &UserTable) -> Vec<Day> {
    table.totals.iter().map(UserTotals::cohort_date).collect()
}

/// The users with one install day.
#[derive(Clone, Copy, Debug)]
pub(super) struct CohortDate {
    pub day: Day,
    pub users: u64,
    pub revenue: Amount,
    /// Whether the users installed before the first date of the data.
    pub is_left_truncated: bool,
}

impl CohortDate {
    /// Whether retention can count these users: observed from install on, in a cohort that the cohort start date
    /// includes.
    pub fn is_observed_from_install(&self, cohort_start: Option<Day>) -> bool {
        !self.is_left_truncated && cohort_start.is_none_or(|start| self.day >= start)
    }
}

impl CohortDates {
    /// `installs` holds every user's install day, `revenue` every user's total.
    pub fn of(table: &UserTable, installs: &[Day], revenue: &[Amount]) -> CohortDates {
        let days = || installs.iter().map(|day| day.0);
        let least = days().min().unwrap_or(0);
        let offset = |day: i32| usize::try_from(i64::from(day) - i64::from(least)).unwrap_or(0);
        let mut places = vec![u32::MAX; days().max().map_or(0, |most| offset(most) + 1)];
        for day in days() {
            places[offset(day)] = 0;
        }
        let mut dates: Vec<CohortDate> = Vec::new();
        for (day, place) in (least..).zip(&mut places).filter(|(_, place)| **place == 0) {
            *place = u32::try_from(dates.len()).unwrap_or(u32::MAX);
            let is_left_truncated = Day(day) < table.first_date;
            dates.push(CohortDate { day: Day(day), users: 0, revenue: Amount::ZERO, is_left_truncated });
        }
        let of_user: Vec<u32> = days().map(|day| places[offset(day)]).collect();
        for (&place, &revenue) in of_user.iter().zip(revenue) {
            let date = &mut dates[place as usize];
            date.users += 1;
            date.revenue += revenue;
        }
        CohortDates { dates, of_user }
    }
}
