//! Activity and revenue by calendar day.

use crate::report::DailyMetrics;
use crate::rows::RevenueKind;
use crate::source::Column;
use crate::users::{UserTable, paid_amount};
use crate::value::amount::Amount;
use crate::value::calendar::Day;
use crate::value::fixed::Fixed;

use super::figures::{money_mean, money_sum};

/// Lengths of a trailing week and month, in days.
const WEEK_DAYS: usize = 7;
const MONTH_DAYS: usize = 30;

/// Measures every calendar day from the first date to the as-of day.
pub(super) fn measure(table: &UserTable, installs: &[Day]) -> Vec<DailyMetrics> {
    let day_count = usize::try_from(table.as_of.days_since(table.first_date)).unwrap_or(0) + 1;
    let mut days = vec![DayCounts::default(); day_count];
    let mut week = TrailingUsers::new(day_count, WEEK_DAYS);
    let mut month = TrailingUsers::new(day_count, MONTH_DAYS);
    let paying_kinds = table.paying_kinds();
    for ((active_days, revenue), install) in table.active_days.iter().zip(table.revenue.iter()).zip(installs) {
        for (place, &date) in (1..).zip(active_days) {
            let day = offset(table, date);
            days[day].active += 1;
            match active_days.get(place).map(|&next| offset(table, next)) {
                Some(next) if next <= day + WEEK_DAYS => days[next].back_within_week += 1,
                next => {
                    week.add(day, next);
                    month.add(day, next);
                }
            }
        }
        if active_days.iter().find(|&&day| day >= install.0) == Some(&install.0) {
            days[offset(table, install.0)].new += 1;
        }
        for of_day in revenue.chunk_by(|a, b| a.day() == b.day()) {
            let mut revenue = [Amount::ZERO; 4];
            for entry in of_day {
                revenue[entry.kind_index()] += entry.amount();
            }
            let day = &mut days[offset(table, of_day[0].day().0)];
            day.payers += u64::from(paid_amount(paying_kinds, &revenue) > Amount::ZERO);
            for (sum, amount) in day.revenue.iter_mut().zip(revenue) {
                *sum += amount;
            }
        }
    }
    let trailing: Vec<_> = week.counts(&days).zip(month.counts(&days)).collect();
    (table.first_date.0..)
        .map(Day)
        .zip(days)
        .zip(trailing)
        .map(|((date, counts), (wau, mau))| metrics(table, date, &counts, wau, mau))
        .collect()
}

fn offset(table: &UserTable, day: i32) -> usize {
    usize::try_from(day - table.first_date.0).unwrap_or(0)
}

#[derive(Clone, Default)]
struct DayCounts {
    active: u64,
    /// Active users who were also active in the seven days before.
    back_within_week: u64,
    new: u64,
    payers: u64,
    revenue: [Amount; 4],
}

/// Distinct users over the days up to each day: an active day counts until the user's next one, and for at most `width`
/// days.
struct TrailingUsers {
    width: usize,
    /// For each day, the active days that stop counting then, except if the user was back within a week.
    cease: Vec<u64>,
}

impl TrailingUsers {
    fn new(day_count: usize, width: usize) -> TrailingUsers {
        TrailingUsers { width, cease: vec![0; day_count] }
    }

    /// Records that a user was active on `day`, and then on `next`.
    fn add(&mut self, day: usize, next: Option<usize>) {
        let end = next.map_or(day + self.width, |next| next.min(day + self.width));
        if let Some(cease) = self.cease.get_mut(end) {
            *cease += 1;
        }
    }

    /// Users by day; `None` until the data covers `width` days.
    fn counts(self, days: &[DayCounts]) -> impl Iterator<Item = Option<u64>> {
        let mut users = 0;
        let changes = days.iter().zip(self.cease).enumerate();
        changes.map(move |(day, (counts, cease))| {
            users = users + counts.active - counts.back_within_week - cease;
            (day + 1 >= self.width).then_some(users)
        })
    }
}

fn metrics(table: &UserTable, date: Day, counts: &DayCounts, wau: Option<u64>, mau: Option<u64>) -> DailyMetrics {
    let revenue = |kind: RevenueKind| counts.revenue[kind as usize];
    let of_column = |kind, column| table.has_column(column).then(|| money_sum(revenue(kind)));
    DailyMetrics {
        date,
        dau: counts.active,
        new_users: counts.new,
        wau,
        mau,
        stickiness: mau.and_then(|mau| Fixed::percent(counts.active, mau)),
        payers: counts.payers,
        total_revenue: money_sum(revenue(RevenueKind::Total)),
        iap_revenue: of_column(RevenueKind::InAppPurchase, Column::IapRevenue),
        ad_revenue: of_column(RevenueKind::Advertising, Column::AdRevenue),
        subscription_revenue: of_column(RevenueKind::Subscription, Column::SubscriptionRevenue),
        arpdau: money_mean(revenue(RevenueKind::Total), counts.active),
        arppu: money_mean(paid_amount(table.paying_kinds(), &counts.revenue), counts.payers),
    }
}
