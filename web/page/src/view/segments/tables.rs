//! The tables of segment figures.

use leptos::prelude::*;
use strata_core::analysis::membership::UserFilter;
use strata_core::report::{BehavioralSummary, RevenueSummary};
use strata_core::value::fixed::Fixed;
use strata_protocol::Results;

use crate::table_region::TableRegion;

use crate::wording::numbers::{interval, known_number, known_percent};
use crate::wording::segment::{behavioral_name, revenue_name};

use super::cells::{confidence_cell, figure_cell, segment_cell, test_caption, test_cell, users_cell};
use super::sentences::{behavioral_criterion, revenue_criterion};

/// Renders behavioural segments.
pub fn behavioral_table(results: &Results) -> impl IntoView + use<> {
    let rows = results.report.behavioral.iter().map(|row| behavioral_row(results, row)).collect_view();
    let caption = test_caption(results, "payer rate");
    view! {
        <TableRegion label="Behavioural segments">
            <table class="figure-table">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Segment"</th>
                        <th scope="col" class="number">
                            "Users"
                        </th>
                        <th scope="col" class="number">
                            "Revenue"
                        </th>
                        <th scope="col" class="number">
                            "Mean revenue"
                        </th>
                        <th scope="col" class="number">
                            "Mean score"
                        </th>
                        <th scope="col" class="number">
                            "Mean sessions"
                        </th>
                        <th scope="col" class="number">
                            "Days since active"
                        </th>
                        <th scope="col" class="number">
                            "Payers"
                        </th>
                        <th scope="col">"Difference in payers"</th>
                        <th scope="col">"Confidence"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
    }
}

fn behavioral_row(results: &Results, row: &BehavioralSummary) -> impl IntoView + use<> {
    let filter = UserFilter { behavioral: Some(row.segment), ..UserFilter::default() };
    let name = behavioral_name(row.segment);
    let thresholds = &results.report.engagement_thresholds;
    let criterion = behavioral_criterion(row.segment, thresholds, results.settings.churn_days_threshold);
    view! {
        <tr>
            {segment_cell(name, row.segment.as_str(), criterion)}
            {figure_cell(users_cell(row.user_count, filter, name), Some(known_percent(row.percentage_of_total)))}
            {figure_cell(known_number(row.total_revenue, 2), Some(known_percent(row.revenue_share)))}
            {figure_cell(known_number(row.avg_revenue_per_user, 2), None)}
            {figure_cell(known_number(row.avg_engagement_score, 3), None)}
            {figure_cell(known_number(row.avg_sessions, 1), None)}
            {figure_cell(known_number(row.avg_days_since_active, 1), None)}
            {figure_cell(known_percent(row.payer_rate), row.payer_rate_ci.map(interval))} {test_cell(row.test)}
            {confidence_cell(row.confidence, row.meets_confidence_threshold)}
        </tr>
    }
}

/// A figure of a revenue segment.
type Figure = fn(&RevenueSummary) -> Option<Fixed>;

/// Renders revenue segments.
pub fn revenue_table(results: &Results) -> impl IntoView + use<> {
    let has = |of: Figure| results.report.revenue.iter().any(|row| of(row).is_some());
    let all_kinds: [(&str, Figure); 3] = [
        ("Purchases", |row| row.iap_contribution),
        ("Subscriptions", |row| row.subscription_contribution),
        ("Advertising", |row| row.ad_contribution),
    ];
    // A kind of revenue that the data does not have gets no column.
    let kinds: Vec<_> = all_kinds.into_iter().filter(|(_, of)| has(*of)).collect();
    let heads = kinds
        .iter()
        .map(|(name, _)| {
            view! {
                <th scope="col" class="number">
                    {*name}
                </th>
            }
        })
        .collect_view();
    let rows = results.report.revenue.iter().map(|row| {
        let contributions: Vec<_> = kinds.iter().map(|(_, of)| known_number(of(row), 2)).collect();
        revenue_row(results, row, contributions)
    });
    let (rows, caption) = (rows.collect_view(), test_caption(results, "engagement score"));
    view! {
        <TableRegion label="Revenue segments">
            <table class="figure-table">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Segment"</th>
                        <th scope="col" class="number">
                            "Users"
                        </th>
                        <th scope="col" class="number">
                            "Revenue"
                        </th>
                        <th scope="col" class="number">
                            "Mean revenue"
                        </th>
                        {heads}
                        <th scope="col" class="number">
                            "Mean score"
                        </th>
                        <th scope="col">"Difference in score"</th>
                        <th scope="col">"Confidence"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
    }
}

fn revenue_row(results: &Results, row: &RevenueSummary, contributions: Vec<String>) -> impl IntoView + use<> {
    let filter = UserFilter { revenue: Some(row.segment), ..UserFilter::default() };
    let name = revenue_name(row.segment);
    let criterion = revenue_criterion(row.segment, &results.report.revenue_thresholds);
    let contributions = contributions.into_iter().map(|sum| figure_cell(sum, None)).collect_view();
    view! {
        <tr>
            {segment_cell(name, row.segment.as_str(), criterion)}
            {figure_cell(users_cell(row.user_count, filter, name), Some(known_percent(row.percentage_of_total)))}
            {figure_cell(known_number(row.total_revenue, 2), Some(known_percent(row.revenue_share)))}
            {figure_cell(known_number(row.avg_revenue_per_user, 2), None)} {contributions}
            {figure_cell(known_number(row.avg_engagement_score, 3), None)} {test_cell(row.test)}
            {confidence_cell(row.confidence, row.meets_confidence_threshold)}
        </tr>
    }
}
