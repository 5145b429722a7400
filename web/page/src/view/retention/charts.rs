//! The charts of retention: what of a result goes into which.

use strata_chart::Scene;
use strata_chart::chart::{self, LineChart, LinePoint, RetentionCurve, RetentionPoint};
use strata_chart::format::{self, NOT_KNOWN, ValueFormat};
use strata_protocol::ReportView;

use crate::chart_figure::DataTable;
use crate::format::counted;
use crate::view::overview::words::window_name;

/// Days whose rate is written into the curve.
const LABELLED_DAYS: [u32; 3] = [1, 7, 30];

/// The curve is lighter where less than this share of all users has been observed.
const MATURE_SHARE: f64 = 0.5;

/// Pooled retention by day.
pub fn curve(report: &ReportView, width: f64) -> Scene {
    let retention = &report.retention;
    let points = retention.curve.iter().map(|point| RetentionPoint {
        day: point.day,
        eligible: point.eligible,
        retained: point.classic_retained,
        rate: point.classic_rate,
        interval: (point.classic_interval.low, point.classic_interval.high),
        rolling_rate: Some(point.rolling_rate),
    });
    chart::retention_curve(&RetentionCurve {
        width,
        title: "Retention by day after install".to_owned(),
        description: "Share of users active on each day after install, and of those active on that day or later."
            .to_owned(),
        total_users: retention.pooled_size,
        points: points.collect(),
        mature_share: MATURE_SHARE,
        minimum_sample_size: report.minimum_sample_size,
        labelled_days: LABELLED_DAYS.to_vec(),
        interval_level: report.interval_level,
    })
}

/// Cumulative revenue per user by window.
pub fn ltv(report: &ReportView, width: f64) -> Scene {
    let retention = &report.retention;
    let letter = super::words::window_letter(&retention.period);
    let points = retention.windows.iter().zip(&retention.pooled).map(|(&window, cell)| LinePoint {
        x: f64::from(window),
        label: format!("{letter}{window}"),
        value: cell.revenue_per_user,
        detail: counted(cell.eligible, "user", "users"),
    });
    let last = retention.pooled.iter().rev().find_map(|cell| cell.revenue_per_user);
    chart::line(&LineChart {
        width,
        title: "Revenue per user since install".to_owned(),
        description: match last {
            Some(last) => format!("Cumulative revenue per user, {} at the last window observed.", format::money(last)),
            None => "Cumulative revenue per user by window.".to_owned(),
        },
        unit: "revenue per user".to_owned(),
        name: "Revenue per user".to_owned(),
        points: points.collect(),
        format: ValueFormat::Money,
    })
}

/// The curve as a table.
pub fn curve_table(report: &ReportView) -> DataTable {
    let interval = format!("{}\u{202F}% interval", format::trimmed(report.interval_level, 3));
    let header = ["Day", "Observed users", "Active on the day", "Share", &interval, "On the day or later"];
    let rows = report.retention.curve.iter().map(|point| {
        let of = point.classic_interval;
        vec![
            point.day.to_string(),
            format::count(point.eligible),
            format::count(point.classic_retained),
            format::percent(point.classic_rate, 1),
            format::percent_interval(of.low, of.high, 1),
            format::percent(point.rolling_rate, 1),
        ]
    });
    DataTable { header: header.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// The revenue curve as a table.
pub fn ltv_table(report: &ReportView) -> DataTable {
    let retention = &report.retention;
    let unit = window_name(&retention.period);
    let rows = retention.windows.iter().zip(&retention.pooled).map(|(window, cell)| {
        let revenue = cell.revenue_per_user.map_or_else(|| NOT_KNOWN.to_owned(), |value| format::decimal(value, 4));
        vec![window.to_string(), format::count(cell.eligible), revenue]
    });
    DataTable { header: [unit, "Observed users", "Revenue per user"].map(str::to_owned).to_vec(), rows: rows.collect() }
}
