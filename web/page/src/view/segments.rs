//! The segments view.

mod cells;
pub mod charts;
mod matrix;
pub mod sentences;
mod tables;

use leptos::prelude::*;
use strata_core::analysis::distribution::Histogram;
use strata_core::source::Column;

use crate::state::use_state;
use crate::view::results::{Chart, from_results, render_results};

use matrix::segment_matrix;
use tables::{behavioral_table, revenue_table};

/// The view that answers: Who plays, and who pays?
#[component]
#[must_use]
pub fn Segments() -> impl IntoView {
    let answer = from_results(sentences::answer);
    let has_scores = from_results(|results| has_users(&results.score_histogram));
    let has_revenue = from_results(|results| results.report.totals.users_with_revenue > 0);
    let association = from_results(|results| {
        sentences::association(&results.report.matrix, results.settings.segmentation_significance_threshold)
    });
    let is_compared = from_results(|results| results.report.matrix.chi_squared.is_some());
    let has_few_expected = from_results(sentences::has_few_expected);
    view! {
        <h1>"Who plays, and who pays?"</h1>
        <p class="answer">{answer}</p>
        <section>
            <h2>"Who plays?"</h2>
            <Chart draw=charts::behavioral_bars />
            {render_results(behavioral_table)}
            <Show when=move || has_scores.get()>
                <h3 class="chart-head">"Users by engagement score"</h3>
                <p class="note">"Includes churned users, who have a score but form a segment of their own."</p>
                <Chart draw=charts::score_histogram />
            </Show>
        </section>
        <section>
            <h2>"Who pays?"</h2>
            <Show when=move || has_revenue.get() fallback=NoRevenue>
                <RevenueSection />
            </Show>
        </section>
        <section>
            <h2>"Do engaged users pay more?"</h2>
            <p class="note">{association}</p>
            <Show when=move || has_few_expected.get()>
                <p class="user-notice">
                    "Over 20% of the expected counts are below 5, so the p-value is only a rough guide."
                </p>
            </Show>
            <Show when=move || is_compared.get()>{render_results(segment_matrix)}</Show>
        </section>
    }
}

/// Revenue segments, distribution and concentration.
#[component]
fn RevenueSection() -> impl IntoView {
    let has_histogram = from_results(|results| has_users(&results.revenue_histogram.with_revenue));
    let without = from_results(sentences::users_without_revenue);
    let concentration = from_results(|results| sentences::concentration(&results.concentration));
    view! {
        <Chart draw=charts::revenue_bars />
        {render_results(revenue_table)}
        <Show when=move || has_histogram.get()>
            <h3 class="chart-head">"Users by revenue"</h3>
            <p class="note">{without}</p>
            <Chart draw=charts::revenue_histogram />
        </Show>
        <Show when=move || concentration.with(Option::is_some)>
            <h3 class="chart-head">"How unevenly is revenue spread?"</h3>
            <p class="note">{concentration}</p>
            <Chart draw=charts::concentration />
        </Show>
    }
}

/// The message in place of the revenue charts if there is no revenue.
#[component]
fn NoRevenue() -> impl IntoView {
    const REVENUE_COLUMNS: [Column; 4] =
        [Column::TotalRevenue, Column::IapRevenue, Column::AdRevenue, Column::SubscriptionRevenue];
    let is_column = use_state().loaded.with_untracked(|loaded| {
        let mut columns = loaded.inputs.iter().flat_map(|input| &input.mapped);
        columns.any(|mapped| REVENUE_COLUMNS.contains(&mapped.column))
    });
    let explanation = if is_column {
        "No user generated revenue, so all users are free users."
    } else {
        "The data has no revenue column, so all users count as free users. Add a column total_revenue, iap_revenue, \
         ad_revenue or subscription_revenue to see who pays."
    };
    view! {
        <p class="note">{explanation}</p>
        {render_results(revenue_table)}
    }
}

fn has_users(histogram: &Histogram) -> bool {
    histogram.counts.iter().any(|count| *count > 0)
}
