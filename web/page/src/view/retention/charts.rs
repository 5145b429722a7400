//! The charts of retention, created from the results.

use strata_chart::Scene;
use strata_chart::chart::{self, LineChart, LinePoint, RetentionCurve, RetentionPoint};
use strata_chart::format::{self, NOT_KNOWN, ValueFormat};
use strata_core::report::RetentionCell;
use strata_core::value::fixed::Fixed;
use strata_protocol::Results;

use crate::chart_figure::DataTable;
use crate::wording::numbers::{interval, percent, users};
use crate::wording::window::{short_name, unit_name};

/// Days whose rate is labelled on the curve.
const LABELLED_DAYS: [u32; 3] = [1, 7, 30];

/// The curve is lighter if less than this share of all users has been observed, in percent.
const MATURE_PERCENT: u32 = 50;

/// Draws pooled retention by day.
#[must_use]
pub fn curve(results: &Results, width: f64) -> Scene {
    let retention = &results.report.retention;
    let points = retention.curve.iter().map(|point| RetentionPoint {
        day: point.day,
        eligible: point.eligible_users,
        retained: point.classic_retained,
        rate: point.classic_rate,
        interval: point.classic_ci,
        rolling_rate: Some(point.rolling_rate),
    });
    chart::retention_curve(&RetentionCurve {
        width,
        title: "Retention by day after install".to_owned(),
        description: "Share of users active on each day after install, and of those active on that day or later."
            .to_owned(),
        total_users: retention.cohort_users,
        points: points.collect(),
        mature_percent: MATURE_PERCENT,
        minimum_sample_size: results.settings.segmentation_minimum_sample_size,
        labelled_days: LABELLED_DAYS.to_vec(),
        interval_level: results.report.interval_level,
    })
}

/// Draws cumulative revenue per user by window.
#[must_use]
pub fn ltv(results: &Results, width: f64) -> Scene {
    let retention = &results.report.retention;
    // Rounded to the digits that are shown: cents.
    let revenue = |cell: &RetentionCell| Some(cell.observed?.cumulative_revenue_per_user.rounded(2));
    let points = retention.pooled.iter().map(|cell| LinePoint {
        x: f64::from(cell.window),
        label: short_name(retention.period, cell.window),
        value: revenue(cell).map(Fixed::to_f64),
        detail: users(cell.eligible_users),
    });
    let last = retention.pooled.iter().rev().find_map(revenue);
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

/// Tabulates the curve.
#[must_use]
pub fn curve_table(results: &Results) -> DataTable {
    let interval_name = format!("{} interval", format::level(results.report.interval_level));
    let header = ["Day", "Observed users", "Active on the day", "Share", &interval_name, "On the day or later"];
    let rows = results.report.retention.curve.iter().map(|point| {
        vec![
            point.day.to_string(),
            format::count(point.eligible_users),
            format::count(point.classic_retained),
            percent(point.classic_rate),
            interval(point.classic_ci),
            percent(point.rolling_rate),
        ]
    });
    DataTable { header: header.map(str::to_owned).to_vec(), rows: rows.collect() }
}

/// Tabulates the revenue curve.
#[must_use]
pub fn ltv_table(results: &Results) -> DataTable {
    let retention = &results.report.retention;
    let unit = unit_name(retention.period);
    let rows = retention.pooled.iter().map(|cell| {
        let revenue = cell.observed.map(|observed| format::number(observed.cumulative_revenue_per_user, 4));
        let revenue = revenue.unwrap_or_else(|| NOT_KNOWN.to_owned());
        vec![cell.window.to_string(), format::count(cell.eligible_users), revenue]
    });
    DataTable { header: [unit, "Observed users", "Revenue per user"].map(str::to_owned).to_vec(), rows: rows.collect() }
}
