//! The overview's charts as tables, and the links of their parts.

use strata_chart::format::{self, NOT_KNOWN};
use strata_core::analysis::membership::UserFilter;
use strata_core::report::{BehavioralSummary, DailyMetrics, RevenueSummary};
use strata_core::value::fixed::Fixed;
use strata_protocol::Results;

use crate::address::Address;
use crate::chart_figure::{DataTable, HitLink};
use crate::view::users::link::users_link;
use crate::wording::numbers::{known_percent, percent, users};
use crate::wording::segment::{behavioral_name, revenue_name};

/// A column of a table by day.
type Column = (&'static str, fn(&DailyMetrics) -> Option<String>);

const ACTIVITY: [Column; 5] = [
    ("DAU", |day| Some(format::count(day.dau))),
    ("WAU", |day| day.wau.map(format::count)),
    ("MAU", |day| day.mau.map(format::count)),
    ("DAU by MAU", |day| day.stickiness.map(percent)),
    ("New users", |day| Some(format::count(day.new_users))),
];

const REVENUE: [Column; 7] = [
    ("Revenue", |day| Some(format::money(day.total_revenue))),
    ("Purchases", |day| day.iap_revenue.map(format::money)),
    ("Advertising", |day| day.ad_revenue.map(format::money)),
    ("Subscriptions", |day| day.subscription_revenue.map(format::money)),
    ("Payers", |day| Some(format::count(day.payers))),
    ("Revenue per active user", |day| day.arpdau.map(|value| format::number(value, 4))),
    ("Paid revenue per payer", |day| day.arppu.map(format::money)),
];

/// Tabulates active users by day.
#[must_use]
pub fn activity(results: &Results) -> DataTable {
    by_day(&results.report.daily, &ACTIVITY)
}

/// Tabulates revenue by day.
#[must_use]
pub fn revenue(results: &Results) -> DataTable {
    by_day(&results.report.daily, &REVENUE)
}

/// Returns a row per day, without columns that are unknown on every day.
fn by_day(days: &[DailyMetrics], columns: &[Column]) -> DataTable {
    let known: Vec<_> = columns.iter().filter(|(_, write)| days.iter().any(|day| write(day).is_some())).collect();
    let row = |day: &DailyMetrics| {
        let cells = known.iter().map(|(_, write)| write(day).unwrap_or_else(|| NOT_KNOWN.to_owned()));
        std::iter::once(format::weekday_date(day.date)).chain(cells).collect()
    };
    let names = known.iter().map(|(name, _)| (*name).to_owned());
    DataTable { header: std::iter::once("Day".to_owned()).chain(names).collect(), rows: days.iter().map(row).collect() }
}

/// A segment with its share of users and of revenue.
struct Share {
    name: &'static str,
    filter: UserFilter,
    users: u64,
    of_users: Option<Fixed>,
    of_revenue: Option<Fixed>,
}

fn by_engagement(results: &Results) -> impl Iterator<Item = Share> {
    results.report.behavioral.iter().map(|row: &BehavioralSummary| Share {
        name: behavioral_name(row.segment),
        filter: UserFilter { behavioral: Some(row.segment), ..UserFilter::default() },
        users: row.user_count,
        of_users: row.percentage_of_total,
        of_revenue: row.revenue_share,
    })
}

fn by_spending(results: &Results) -> impl Iterator<Item = Share> {
    results.report.revenue.iter().map(|row: &RevenueSummary| Share {
        name: revenue_name(row.segment),
        filter: UserFilter { revenue: Some(row.segment), ..UserFilter::default() },
        users: row.user_count,
        of_users: row.percentage_of_total,
        of_revenue: row.revenue_share,
    })
}

/// Tabulates behavioural segments.
#[must_use]
pub fn behavioral(results: &Results) -> DataTable {
    shares(by_engagement(results))
}

/// Tabulates revenue segments.
#[must_use]
pub fn spending(results: &Results) -> DataTable {
    shares(by_spending(results))
}

fn shares(segments: impl Iterator<Item = Share>) -> DataTable {
    let row = |of: Share| {
        vec![of.name.to_owned(), format::count(of.users), known_percent(of.of_users), known_percent(of.of_revenue)]
    };
    DataTable {
        header: ["Segment", "Users", "Share of users", "Share of revenue"].map(str::to_owned).to_vec(),
        rows: segments.map(row).collect(),
    }
}

/// Returns links from each behavioural segment to its users.
#[must_use]
pub fn behavioral_links(results: &Results, address: &Address) -> Vec<HitLink> {
    by_engagement(results).map(|of| link(of, address)).collect()
}

/// Returns links from each revenue segment to its users.
#[must_use]
pub fn spending_links(results: &Results, address: &Address) -> Vec<HitLink> {
    by_spending(results).map(|of| link(of, address)).collect()
}

fn link(of: Share, address: &Address) -> HitLink {
    let label = format!(
        "{}: {}, {} of users, {} of revenue",
        of.name,
        users(of.users),
        known_percent(of.of_users),
        known_percent(of.of_revenue)
    );
    HitLink { href: users_link(address, of.filter), label }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::value::calendar::Day;

    fn day(day: i32, wau: Option<u64>) -> DailyMetrics {
        DailyMetrics {
            date: Day(day),
            dau: 1234,
            new_users: 5,
            wau,
            mau: None,
            stickiness: None,
            payers: 2,
            total_revenue: Fixed::exact(350, 2),
            iap_revenue: None,
            ad_revenue: Some(Fixed::exact(350, 2)),
            subscription_revenue: None,
            arpdau: Some(Fixed::exact(28, 4)),
            arppu: None,
        }
    }

    #[test]
    fn columns_that_are_never_known_are_left_out() {
        let days = [day(0, None), day(1, Some(9))];
        let table = by_day(&days, &ACTIVITY);
        assert_eq!(table.header, ["Day", "DAU", "WAU", "New users"]);
        assert_eq!(table.rows[0][1..], ["1,234", NOT_KNOWN, "5"]);
        assert_eq!(table.rows[1][2], "9");
        let table = by_day(&days, &REVENUE);
        assert_eq!(table.header, ["Day", "Revenue", "Advertising", "Payers", "Revenue per active user"]);
        assert_eq!(table.rows[0][1..], ["3.50", "3.50", "2", "0.0028"]);
    }

    #[test]
    fn a_link_says_what_the_bars_show() {
        let of = || Share {
            name: "High engagement",
            filter: UserFilter::default(),
            users: 1,
            of_users: Some(Fixed::exact(1_234, 2)),
            of_revenue: None,
        };
        let label = link(of(), &Address::default()).label;
        assert_eq!(label, "High engagement: 1 user, 12.3% of users, – of revenue");
        assert_eq!(shares([of()].into_iter()).rows, [["High engagement", "1", "12.3%", "–"]]);
    }
}
