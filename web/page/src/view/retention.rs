//! How many come back?

mod charts;
mod controls;
mod grid;
pub mod heatmap;
mod keys;
pub mod words;

use leptos::prelude::*;

use crate::chart_figure::ChartFigure;
use crate::state::use_state;
use crate::view::results::from_report;
use controls::RetentionControls;
use grid::Heatmap;
use heatmap::Metric;

/// The view that answers: How many come back?
#[component]
#[must_use]
pub fn Retention() -> impl IntoView {
    let state = use_state();
    let metric = Memo::new(move |_| state.address.with(|address| Metric::of_choice(address.choice("metric"))));
    let has_cohorts = from_report(|report| !report.retention.cohorts.is_empty());
    let draw = move |width: f64| {
        let draw = if metric.get() == Metric::Ltv { charts::ltv } else { charts::curve };
        state.report.with(|report| report.as_deref().map(|report| draw(report, width)).unwrap_or_default())
    };
    let table = move |()| {
        let table = if metric.get() == Metric::Ltv { charts::ltv_table } else { charts::curve_table };
        state.report.with(|report| report.as_deref().map(table).unwrap_or_default())
    };
    view! {
        <h1>"How many come back?"</h1>
        <p class="answer">{from_report(words::answer)}</p>
        <p class="note">{from_report(words::note)}</p>
        <RetentionControls/>
        <Show when=move || has_cohorts.get()>
            <Heatmap metric/>
            <section>
                <h2>{move || if metric.get() == Metric::Ltv { "Revenue of a user over time" } else { "All cohorts, day by day" }}</h2>
                <p class="note">
                    {move || if metric.get() == Metric::Ltv { words::LTV_NOTE } else { words::CURVE_NOTE }}
                </p>
                <ChartFigure draw=Callback::new(draw) table=Some(Callback::new(table))/>
            </section>
        </Show>
    }
}
