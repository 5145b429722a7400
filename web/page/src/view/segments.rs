//! Who plays, and who pays?

mod cells;
pub mod charts;
mod matrix;
pub mod names;
mod tables;
mod words;

use leptos::prelude::*;
use strata_protocol::Histogram;

use crate::format::counted;
use crate::state::use_state;
use crate::view::results::{Chart, from_report, render_report};

use matrix::segment_matrix;
use tables::{behavioral_table, revenue_table};

/// The view that answers: Who plays, and who pays?
#[component]
#[must_use]
pub fn Segments() -> impl IntoView {
    let answer = from_report(words::answer);
    let has_scores = from_report(|report| has_users(&report.score_histogram));
    let has_revenue = from_report(|report| report.users_without_revenue < report.period.total_users);
    let association = from_report(|report| words::association(&report.matrix, report.significance_threshold));
    let is_compared = from_report(|report| report.matrix.chi_squared.is_some());
    let has_few_expected = from_report(words::has_few_expected);
    view! {
        <h1>"Who plays, and who pays?"</h1>
        <p class="answer">{answer}</p>
        <section>
            <h2>"Who plays?"</h2>
            <Chart draw=charts::behavioral_bars/>
            {render_report(behavioral_table)}
            <Show when=move || has_scores.get()>
                <h3 class="chart-head">"Users by engagement score"</h3>
                <p class="note">"Churned users are drawn too: they have a score, but a segment of their own."</p>
                <Chart draw=charts::score_histogram/>
            </Show>
        </section>
        <section>
            <h2>"Who pays?"</h2>
            <Show when=move || has_revenue.get() fallback=NoRevenue>
                <RevenueSection/>
            </Show>
        </section>
        <section>
            <h2>"Do those who play pay?"</h2>
            <p class="note">{association}</p>
            <Show when=move || has_few_expected.get()>
                <p class="user-notice">
                    "More than a fifth of the expected counts are below 5, so the p-value is only a rough guide."
                </p>
            </Show>
            <Show when=move || is_compared.get()>{render_report(segment_matrix)}</Show>
        </section>
    }
}

/// Revenue segments, distribution and concentration.
#[component]
fn RevenueSection() -> impl IntoView {
    let has_histogram = from_report(|report| has_users(&report.revenue_histogram));
    let without = from_report(|report| match report.users_without_revenue {
        0 => "Every user brought some.".to_owned(),
        without => format!("Only users with revenue; {} brought none.", counted(without, "user", "users")),
    });
    let concentration = from_report(|report| words::concentration_words(&report.concentration));
    view! {
        <Chart draw=charts::revenue_bars/>
        {render_report(revenue_table)}
        <Show when=move || has_histogram.get()>
            <h3 class="chart-head">"Users by revenue"</h3>
            <p class="note">{without}</p>
            <Chart draw=charts::revenue_histogram/>
        </Show>
        <Show when=move || concentration.with(Option::is_some)>
            <h3 class="chart-head">"How unevenly is revenue spread?"</h3>
            <p class="note">{concentration}</p>
            <Chart draw=charts::concentration/>
        </Show>
    }
}

/// What stands in place of the revenue charts where there is no revenue.
#[component]
fn NoRevenue() -> impl IntoView {
    const REVENUE_COLUMNS: [&str; 4] = ["total_revenue", "iap_revenue", "ad_revenue", "subscription_revenue"];
    let is_column = use_state().loaded.with_untracked(|loaded| {
        let mut columns = loaded.inputs.iter().flat_map(|input| &input.mapped);
        columns.any(|mapped| REVENUE_COLUMNS.contains(&mapped.column.as_str()))
    });
    let words = if is_column {
        "Nobody has brought revenue, so all users are free users."
    } else {
        "The data has no revenue column, so all users count as free users. With a column total_revenue, iap_revenue, \
         ad_revenue or subscription_revenue this section shows who pays."
    };
    view! {
        <p class="note">{words}</p>
        {render_report(revenue_table)}
    }
}

fn has_users(histogram: &Histogram) -> bool {
    histogram.counts.iter().any(|count| *count > 0)
}
