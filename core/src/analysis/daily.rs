//! Activity and revenue by calendar day.

use crate::calendar::Day;
use crate::money::Amount;
use crate::output::number::Fixed;
use crate::report::DailyMetrics;
use crate::rows::RevenueKind;
use crate::source::Column;
use crate::users::UserTable;

use super::figures::{money_mean, money_sum};

/// Days of a trailing week and month.
const WEEK_DAYS: usize = 7;
const MONTH_DAYS: usize = 30;

/// Measures every calendar day from the first date to the as-of day.
pub(super) fn measure(table: &UserTable) -> Vec<DailyMetrics> {
    let day_count = usize::try_from(table.as_of.days_since(table.first_date)).unwrap_or(0) + 1;
    let mut days = vec![DayCounts::default(); day_count];
    let mut week = TrailingUsers::new(day_count, WEEK_DAYS);
    let mut month = TrailingUsers::new(day_count, MONTH_DAYS);
    for user in 0..table.user_count() {
        let cohort_date = table.totals[user].cohort_date();
        let mut offsets = table.active_days.of(user).iter().map(|&day| offset(table, day)).peekable();
        while let Some(day) = offsets.next() {
            days[day].active += 1;
            days[day].new += u64::from(Day(table.first_date.0 + i32::try_from(day).unwrap_or(0)) == cohort_date);
            week.add(day, offsets.peek().copied());
            month.add(day, offsets.peek().copied());
        }
        for of_day in table.revenue.of(user).chunk_by(|a, b| a.day() == b.day()) {
            let mut revenue = [Amount::ZERO; 4];
            for entry in of_day {
                revenue[entry.kind_index()] += entry.amount();
            }
            let day = &mut days[offset(table, of_day[0].day().0)];
            day.payers += u64::from(table.paid_amount(&revenue) > Amount::ZERO);
            for (sum, amount) in day.revenue.iter_mut().zip(revenue) {
                *sum += amount;
            }
        }
    }
    let trailing = week.counts().zip(month.counts());
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
    new: u64,
    payers: u64,
    revenue: [Amount; 4],
}

/// Distinct users of the days up to each day, by where each user begins and ceases to count.
struct TrailingUsers {
    width: usize,
    begin: Vec<u64>,
    cease: Vec<u64>,
}

impl TrailingUsers {
    fn new(day_count: usize, width: usize) -> TrailingUsers {
        TrailingUsers { width, begin: vec![0; day_count], cease: vec![0; day_count] }
    }

    /// A user was active on a day and next on another.
    fn add(&mut self, day: usize, next: Option<usize>) {
        self.begin[day] += 1;
        let end = next.map_or(day + self.width, |next| next.min(day + self.width));
        if let Some(cease) = self.cease.get_mut(end) {
            *cease += 1;
        }
    }

    /// Users by day; `None` until there are as many days as the width.
    fn counts(self) -> impl Iterator<Item = Option<u64>> {
        let mut users = 0;
        let changes = self.begin.into_iter().zip(self.cease).enumerate();
        changes.map(move |(day, (begin, cease))| {
            users = users + begin - cease;
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
        arppu: money_mean(table.paid_amount(&counts.revenue), counts.payers),
    }
}
