//! The funnel view.

mod controls;
pub mod sentences;
mod table;

use leptos::prelude::*;
use strata_chart::{Scene, chart as charts};
use strata_core::analysis::membership::{FunnelFilter, UserFilter};
use strata_protocol::Results;

use crate::state::use_state;
use crate::view::results::{Chart, from_results, render_results};
use crate::view::users::link::users_link;

use controls::FunnelControls;
use table::funnel_table;

/// The view that answers: How far do users get?
#[component]
#[must_use]
pub fn Funnel() -> impl IntoView {
    let has_stages = from_results(|results| !results.report.funnel.steps.is_empty());
    view! {
        <h1>"How far do users get?"</h1>
        <p class="answer">{from_results(sentences::answer)}</p>
        <p class="note">{from_results(rule)}</p>
        <FunnelControls />
        <Show when=move || has_stages.get()>
            <Chart draw=chart />
            <StillOpen />
            <section>
                <h2>"All figures"</h2>
                {render_results(funnel_table)}
            </section>
        </Show>
    }
}

fn rule(results: &Results) -> String {
    let Results { settings, report, .. } = results;
    sentences::rule(settings.funnel_mode, settings.funnel_window_days, report.period.as_of_date)
}

/// Users who are in no stage yet; the chart shows them as a separate band.
#[component]
fn StillOpen() -> impl IntoView {
    let state = use_state();
    let open = move || {
        let results = state.results.get()?;
        let sentence = sentences::still_open(&results.report.funnel, results.settings.funnel_window_days)?;
        let filter = UserFilter { funnel: Some(FunnelFilter::StillOpen), ..UserFilter::default() };
        let href = state.address.with_untracked(|address| users_link(address, filter));
        Some(view! { <p class="note">{sentence} " " <a href=href>"List these users"</a></p> })
    };
    view! { {open} }
}

/// Draws the chart of a result.
#[must_use]
pub fn chart(results: &Results, width: f64) -> Scene {
    let funnel = &results.report.funnel;
    let still_open = results.settings.funnel_window_days.filter(|_| funnel.users_still_open > 0);
    charts::funnel(&charts::Funnel {
        width,
        title: "How far users get".to_owned(),
        description: sentences::answer(results),
        stages: sentences::chart_stages(funnel),
        largest_drop: funnel.largest_drop,
        interval_level: results.report.interval_level,
        still_open: still_open.map(|window_days| charts::StillOpen { users: funnel.users_still_open, window_days }),
    })
}
