//! The figures of each segment.

use leptos::prelude::*;
use strata_chart::format;
use strata_protocol::{BehavioralRow, ReportView, RevenueRow, UserFilter};

use crate::table_region::TableRegion;

use super::cells::{confidence_cell, figure_cell, number, percent, segment_cell, test_caption, test_cell, users_cell};
use super::names::segment_name;

/// Behavioural segments.
pub fn behavioral_table(report: &ReportView) -> impl IntoView + use<> {
    let rows = report.behavioral.iter().map(|row| behavioral_row(report, row)).collect_view();
    let caption = test_caption(report, "payer rate");
    view! {
        <TableRegion label="Behavioural segments">
            <table class="figure-table">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Segment"</th>
                        <th scope="col" class="number">"Users"</th>
                        <th scope="col" class="number">"Revenue"</th>
                        <th scope="col" class="number">"Mean revenue"</th>
                        <th scope="col" class="number">"Mean score"</th>
                        <th scope="col" class="number">"Mean sessions"</th>
                        <th scope="col" class="number">"Days since active"</th>
                        <th scope="col" class="number">"Payers"</th>
                        <th scope="col">"Difference in payers"</th>
                        <th scope="col">"Confidence"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
    }
}

fn behavioral_row(report: &ReportView, row: &BehavioralRow) -> impl IntoView + use<> {
    let filter = UserFilter { behavioral: Some(row.segment.clone()), ..UserFilter::default() };
    let interval = row.payer_rate_interval.map(|bounds| format::percent_interval(bounds.low, bounds.high, 1));
    view! {
        <tr>
            {segment_cell(report, &row.segment)}
            {figure_cell(users_cell(row.user_count, filter, &segment_name(&row.segment)), Some(percent(row.share_of_users)))}
            {figure_cell(number(row.total_revenue, 2), Some(percent(row.share_of_revenue)))}
            {figure_cell(number(row.mean_revenue, 2), None)}
            {figure_cell(number(row.mean_score, 3), None)}
            {figure_cell(number(row.mean_sessions, 1), None)}
            {figure_cell(number(row.mean_days_since_active, 1), None)}
            {figure_cell(percent(row.payer_rate), interval)}
            {test_cell(row.test.as_ref())}
            {confidence_cell(row.confidence, row.meets_confidence_threshold)}
        </tr>
    }
}

/// A figure of a revenue segment.
type Figure = fn(&RevenueRow) -> Option<f64>;

/// Revenue segments.
pub fn revenue_table(report: &ReportView) -> impl IntoView + use<> {
    let has = |of: Figure| report.revenue.iter().any(|row| of(row).is_some());
    let all_kinds: [(&str, Figure); 3] = [
        ("Purchases", |row| row.iap_contribution),
        ("Subscriptions", |row| row.subscription_contribution),
        ("Advertising", |row| row.ad_contribution),
    ];
    // A kind of revenue that the data lack has no column here either.
    let kinds: Vec<_> = all_kinds.into_iter().filter(|(_, of)| has(*of)).collect();
    let heads = kinds.iter().map(|(name, _)| view! { <th scope="col" class="number">{*name}</th> }).collect_view();
    let rows = report.revenue.iter().map(|row| {
        let contributions: Vec<_> = kinds.iter().map(|(_, of)| number(of(row), 2)).collect();
        revenue_row(report, row, contributions)
    });
    let (rows, caption) = (rows.collect_view(), test_caption(report, "engagement score"));
    view! {
        <TableRegion label="Revenue segments">
            <table class="figure-table">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Segment"</th>
                        <th scope="col" class="number">"Users"</th>
                        <th scope="col" class="number">"Revenue"</th>
                        <th scope="col" class="number">"Mean revenue"</th>
                        {heads}
                        <th scope="col" class="number">"Mean score"</th>
                        <th scope="col">"Difference in score"</th>
                        <th scope="col">"Confidence"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
    }
}

fn revenue_row(report: &ReportView, row: &RevenueRow, contributions: Vec<String>) -> impl IntoView + use<> {
    let filter = UserFilter { revenue: Some(row.segment.clone()), ..UserFilter::default() };
    let contributions = contributions.into_iter().map(|sum| figure_cell(sum, None)).collect_view();
    view! {
        <tr>
            {segment_cell(report, &row.segment)}
            {figure_cell(users_cell(row.user_count, filter, &segment_name(&row.segment)), Some(percent(row.share_of_users)))}
            {figure_cell(number(row.total_revenue, 2), Some(percent(row.share_of_revenue)))}
            {figure_cell(number(row.mean_revenue, 2), None)}
            {contributions}
            {figure_cell(number(row.mean_score, 3), None)}
            {test_cell(row.test.as_ref())}
            {confidence_cell(row.confidence, row.meets_confidence_threshold)}
        </tr>
    }
}
