//! The retention view.

pub mod charts;
mod controls;
mod grid;
pub mod heatmap;
mod keys;
pub mod sentences;

use leptos::prelude::*;

use crate::chart_figure::ChartFigure;
use crate::state::use_state;
use crate::view::results::from_results;
use controls::RetentionControls;
use grid::Heatmap;
use heatmap::Metric;

/// The view that answers: How many users come back?
#[component]
#[must_use]
pub fn Retention() -> impl IntoView {
    let state = use_state();
    let metric = Memo::new(move |_| state.address.with(|address| Metric::of_choice(address.choice("metric"))));
    let has_cohorts = from_results(|results| !results.report.retention.cells.is_empty());
    let draw = move |width: f64| {
        let draw = if metric.get() == Metric::Ltv { charts::ltv } else { charts::curve };
        state.results.with(|results| results.as_deref().map(|results| draw(results, width)).unwrap_or_default())
    };
    let table = move |()| {
        let table = if metric.get() == Metric::Ltv { charts::ltv_table } else { charts::curve_table };
        state.results.with(|results| results.as_deref().map(table).unwrap_or_default())
    };
    view! {
        <h1>"How many users come back?"</h1>
        <p class="answer">{from_results(sentences::answer)}</p>
        <p class="note">{from_results(sentences::note)}</p>
        <RetentionControls />
        <Show when=move || has_cohorts.get()>
            <Heatmap metric />
            <section>
                <h2>
                    {move || {
                        if metric.get() == Metric::Ltv { "Revenue per user over time" } else { "All cohorts by day" }
                    }}
                </h2>
                <p class="note">
                    {move || if metric.get() == Metric::Ltv { sentences::LTV_NOTE } else { sentences::CURVE_NOTE }}
                </p>
                <ChartFigure draw=Callback::new(draw) table=Some(Callback::new(table)) />
            </section>
        </Show>
    }
}
