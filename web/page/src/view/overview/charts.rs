//! The charts of the overview, created from the results.

use strata_chart::chart::{self, Series, TimeSeries, TimeSeriesKind};
use strata_chart::format::ValueFormat;
use strata_chart::{Scene, format};
use strata_core::report::DailyMetrics;
use strata_core::value::calendar::Day;
use strata_protocol::Results;

/// Draws active users by day, and those of the last 7 and 30 days.
#[must_use]
pub fn activity(results: &Results, width: f64) -> Scene {
    let of = |name: &str, value: fn(&DailyMetrics) -> Option<u64>| Series {
        name: name.to_owned(),
        values: results.report.daily.iter().map(|day| value(day).map(|users| users as f64)).collect(),
    };
    by_day(
        results,
        width,
        "Active users",
        "Users active on each day (DAU), and in the 7 (WAU) and 30 days (MAU) up to it.",
        "active users",
        vec![of("DAU", |day| Some(day.dau)), of("WAU", |day| day.wau), of("MAU", |day| day.mau)],
        (ValueFormat::Count, TimeSeriesKind::Lines),
    )
}

/// Draws revenue by day.
#[must_use]
pub fn revenue(results: &Results, width: f64) -> Scene {
    let series = Series {
        name: "Revenue".to_owned(),
        values: results.report.daily.iter().map(|day| Some(day.total_revenue.to_f64())).collect(),
    };
    let total = results.report.totals.total_revenue;
    by_day(
        results,
        width,
        "Revenue",
        &format!("Revenue on each day, {} in total.", format::money(total)),
        "revenue",
        vec![series],
        (ValueFormat::Money, TimeSeriesKind::Area),
    )
}

fn by_day(
    results: &Results,
    width: f64,
    title: &str,
    description: &str,
    unit: &str,
    series: Vec<Series>,
    (format, kind): (ValueFormat, TimeSeriesKind),
) -> Scene {
    chart::time_series(&TimeSeries {
        width,
        title: title.to_owned(),
        description: description.to_owned(),
        unit: unit.to_owned(),
        first_day: results.report.daily.first().map_or(Day::default(), |day| day.date),
        series,
        format,
        kind,
    })
}
