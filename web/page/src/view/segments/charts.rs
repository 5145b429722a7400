//! The charts of the segments, created from the results.

use strata_chart::format::ValueFormat;
use strata_chart::{Scene, chart, format};
use strata_core::value::fixed::Fixed;
use strata_protocol::Results;

use crate::wording::segment::{behavioral_name, revenue_name};

use super::sentences;

/// Shares of users that are labelled on the concentration curve, in percent.
const LABELLED_SHARES: [f64; 4] = [1.0, 5.0, 10.0, 20.0];

/// Draws shares of users and revenue by behavioural segment.
#[must_use]
pub fn behavioral_bars(results: &Results, width: f64) -> Scene {
    let rows = results.report.behavioral.iter();
    let segments =
        rows.map(|row| share(behavioral_name(row.segment), row.user_count, row.percentage_of_total, row.revenue_share));
    bars(width, "Users and revenue by engagement", segments.collect())
}

/// Draws shares of users and revenue by revenue segment.
#[must_use]
pub fn revenue_bars(results: &Results, width: f64) -> Scene {
    let rows = results.report.revenue.iter();
    let segments =
        rows.map(|row| share(revenue_name(row.segment), row.user_count, row.percentage_of_total, row.revenue_share));
    bars(width, "Users and revenue by spending", segments.collect())
}

fn bars(width: f64, title: &str, segments: Vec<chart::SegmentShare>) -> Scene {
    let description = "Each segment’s share of all users and of all revenue.".to_owned();
    chart::segment_bars(&chart::SegmentBars { width, title: title.to_owned(), description, segments })
}

fn share(name: &str, users: u64, users_share: Option<Fixed>, revenue_share: Option<Fixed>) -> chart::SegmentShare {
    chart::SegmentShare { name: name.to_owned(), users, users_share, revenue_share }
}

/// Draws users by engagement score. Churned users are included, whatever their score.
#[must_use]
pub fn score_histogram(results: &Results, width: f64) -> Scene {
    let of = &results.report.engagement_thresholds;
    let histogram = &results.score_histogram;
    let thresholds = [(of.middle, "Moderate engagement"), (of.upper, "High engagement")];
    chart::histogram(&chart::Histogram {
        width,
        title: "Users by engagement score".to_owned(),
        description: "Number of users by engagement score, from 0 to 1, with the thresholds of the segments."
            .to_owned(),
        value_name: "engagement score".to_owned(),
        format: ValueFormat::Decimal(2),
        edges: histogram.edges.clone(),
        counts: histogram.counts.clone(),
        is_logarithmic: false,
        thresholds: drawn(&thresholds, |value| format::decimal(value, 3)),
        segments: Vec::new(),
    })
}

/// Draws users with revenue, by revenue.
#[must_use]
pub fn revenue_histogram(results: &Results, width: f64) -> Scene {
    let of = &results.report.revenue_thresholds;
    let histogram = &results.revenue_histogram.with_revenue;
    chart::histogram(&chart::Histogram {
        width,
        title: "Users by revenue".to_owned(),
        description: "Number of users with revenue, by revenue, with the thresholds of the segments.".to_owned(),
        value_name: "revenue".to_owned(),
        format: ValueFormat::Money,
        edges: histogram.edges.clone(),
        counts: histogram.counts.clone(),
        is_logarithmic: true,
        thresholds: drawn(&[(of.middle, "Dolphin"), (of.upper, "Whale")], |value| format::decimal(value, 2)),
        segments: Vec::new(),
    })
}

fn drawn(thresholds: &[(Option<f64>, &str)], write: impl Fn(f64) -> String) -> Vec<chart::Threshold> {
    let known = thresholds.iter().filter_map(|(value, name)| Some((value.as_ref()?, name)));
    known
        .map(|(value, name)| chart::Threshold { value: *value, label: format!("{name} from {}", write(*value)) })
        .collect()
}

/// Draws the share of revenue that the users with the most revenue generated.
#[must_use]
pub fn concentration(results: &Results, width: f64) -> Scene {
    chart::concentration(&chart::Concentration {
        width,
        title: "Share of revenue by share of users".to_owned(),
        description: sentences::concentration(&results.concentration).unwrap_or_default(),
        points: results.concentration.iter().map(|point| (point.users_share, point.revenue_share)).collect(),
        labelled: LABELLED_SHARES.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_thresholds_are_drawn() {
        let drawn = drawn(&[(None, "Dolphin"), (Some(12.5), "Whale")], |value| format::decimal(value, 2));
        assert_eq!(drawn, [chart::Threshold { value: 12.5, label: "Whale from 12.50".to_owned() }]);
    }
}
