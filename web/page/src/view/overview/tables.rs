//! The charts of the overview as tables, and where their parts lead.

use strata_chart::format::{self, NOT_KNOWN};
use strata_protocol::{DailyRow, ReportView, UserFilter};

use crate::address::Address;
use crate::chart_figure::{DataTable, HitLink};
use crate::format::counted;
use crate::view::segments::names::segment_name;
use crate::view::users::link::users_link;

/// A column of a table by day.
type Column = (&'static str, fn(&DailyRow) -> Option<String>);

const ACTIVITY: [Column; 5] = [
    ("DAU", |day| Some(format::count(day.dau))),
    ("WAU", |day| day.wau.map(format::count)),
    ("MAU", |day| day.mau.map(format::count)),
    ("DAU by MAU", |day| day.stickiness.map(|share| format::percent(share, 1))),
    ("New users", |day| Some(format::count(day.new_users))),
];

const REVENUE: [Column; 7] = [
    ("Revenue", |day| Some(format::money(day.total_revenue))),
    ("Purchases", |day| day.iap_revenue.map(format::money)),
    ("Advertising", |day| day.ad_revenue.map(format::money)),
    ("Subscriptions", |day| day.subscription_revenue.map(format::money)),
    ("Payers", |day| Some(format::count(day.payers))),
    ("Revenue per active user", |day| day.arpdau.map(|value| format::decimal(value, 4))),
    ("Paid revenue per payer", |day| day.arppu.map(format::money)),
];

/// Active users by day.
pub fn activity(report: &ReportView) -> DataTable {
    by_day(&report.daily, &ACTIVITY)
}

/// Revenue by day.
pub fn revenue(report: &ReportView) -> DataTable {
    by_day(&report.daily, &REVENUE)
}

/// A row per day, without columns that are not known on any.
fn by_day(days: &[DailyRow], columns: &[Column]) -> DataTable {
    let known: Vec<_> = columns.iter().filter(|(_, write)| days.iter().any(|day| write(day).is_some())).collect();
    let row = |day: &DailyRow| {
        let cells = known.iter().map(|(_, write)| write(day).unwrap_or_else(|| NOT_KNOWN.to_owned()));
        std::iter::once(format::weekday_date(day.day)).chain(cells).collect()
    };
    let names = known.iter().map(|(name, _)| (*name).to_owned());
    DataTable { header: std::iter::once("Day".to_owned()).chain(names).collect(), rows: days.iter().map(row).collect() }
}

/// A segment with its share of users and of revenue.
struct Share<'a> {
    segment: &'a str,
    users: u64,
    of_users: Option<f64>,
    of_revenue: Option<f64>,
}

fn by_engagement(report: &ReportView) -> impl Iterator<Item = Share<'_>> {
    report.behavioral.iter().map(|row| Share {
        segment: &row.segment,
        users: row.user_count,
        of_users: row.share_of_users,
        of_revenue: row.share_of_revenue,
    })
}

fn by_spending(report: &ReportView) -> impl Iterator<Item = Share<'_>> {
    report.revenue.iter().map(|row| Share {
        segment: &row.segment,
        users: row.user_count,
        of_users: row.share_of_users,
        of_revenue: row.share_of_revenue,
    })
}

/// Behavioural segments.
pub fn behavioral(report: &ReportView) -> DataTable {
    shares(by_engagement(report))
}

/// Revenue segments.
pub fn spending(report: &ReportView) -> DataTable {
    shares(by_spending(report))
}

fn shares<'a>(segments: impl Iterator<Item = Share<'a>>) -> DataTable {
    let row = |of: Share| {
        vec![segment_name(of.segment), format::count(of.users), percent(of.of_users), percent(of.of_revenue)]
    };
    DataTable {
        header: ["Segment", "Users", "Share of users", "Share of revenue"].map(str::to_owned).to_vec(),
        rows: segments.map(row).collect(),
    }
}

/// From each behavioural segment to its users.
pub fn behavioral_links(report: &ReportView, address: &Address) -> Vec<HitLink> {
    let filter = |segment: &str| UserFilter { behavioral: Some(segment.to_owned()), ..UserFilter::default() };
    by_engagement(report).map(|of| link(&of, users_link(address, filter(of.segment)))).collect()
}

/// From each revenue segment to its users.
pub fn spending_links(report: &ReportView, address: &Address) -> Vec<HitLink> {
    let filter = |segment: &str| UserFilter { revenue: Some(segment.to_owned()), ..UserFilter::default() };
    by_spending(report).map(|of| link(&of, users_link(address, filter(of.segment)))).collect()
}

fn link(of: &Share, href: String) -> HitLink {
    let label = format!(
        "{}: {}, {} of users, {} of revenue",
        segment_name(of.segment),
        counted(of.users, "user", "users"),
        percent(of.of_users),
        percent(of.of_revenue)
    );
    HitLink { href, label }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| NOT_KNOWN.to_owned(), |share| format::percent(share, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i32, wau: Option<u64>) -> DailyRow {
        DailyRow {
            day,
            dau: 1234,
            new_users: 5,
            wau,
            mau: None,
            stickiness: None,
            payers: 2,
            total_revenue: 3.5,
            iap_revenue: None,
            ad_revenue: Some(3.5),
            subscription_revenue: None,
            arpdau: Some(0.002_836),
            arppu: None,
        }
    }

    #[test]
    fn columns_that_are_never_known_are_left_out() {
        let days = [day(0, None), day(1, Some(9))];
        let table = by_day(&days, &ACTIVITY);
        assert_eq!(table.header, ["Day", "DAU", "WAU", "New users"]);
        assert_eq!(table.rows[0][1..], ["1\u{202F}234", NOT_KNOWN, "5"]);
        assert_eq!(table.rows[1][2], "9");
        let table = by_day(&days, &REVENUE);
        assert_eq!(table.header, ["Day", "Revenue", "Advertising", "Payers", "Revenue per active user"]);
        assert_eq!(table.rows[0][1..], ["3.50", "3.50", "2", "0.0028"]);
    }

    #[test]
    fn a_link_says_what_the_bars_show() {
        let of = Share { segment: "high_engagement", users: 1, of_users: Some(12.34), of_revenue: None };
        let label = link(&of, String::new()).label;
        assert_eq!(label, "High engagement: 1 user, 12.3\u{202F}% of users, – of revenue");
        assert_eq!(shares([of].into_iter()).rows, [["High engagement", "1", "12.3\u{202F}%", "–"]]);
    }
}
