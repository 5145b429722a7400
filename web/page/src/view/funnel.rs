//! How far do they come?

mod controls;
mod table;
pub mod words;

use leptos::prelude::*;
use strata_chart::{Scene, chart};
use strata_protocol::{FunnelMembers, ReportView, UserFilter};

use crate::state::use_state;
use crate::view::results::{Chart, from_report, render_report};
use crate::view::users::link::users_link;

use controls::FunnelControls;
use table::funnel_table;

/// The view that answers: How far do they come?
#[component]
#[must_use]
pub fn Funnel() -> impl IntoView {
    let has_stages = from_report(|report| !report.funnel.stages.is_empty());
    view! {
        <h1>"How far do they come?"</h1>
        <p class="answer">{from_report(|report| words::answer(&report.funnel))}</p>
        <p class="note">{from_report(|report| words::rule(&report.funnel, &report.period.as_of_date))}</p>
        <FunnelControls/>
        <Show when=move || has_stages.get()>
            <Chart draw=draw/>
            <StillOpen/>
            <section>
                <h2>"All figures"</h2>
                {render_report(funnel_table)}
            </section>
        </Show>
    }
}

/// Who is in no step yet; the chart draws them as a band of its own.
#[component]
fn StillOpen() -> impl IntoView {
    let state = use_state();
    let open = move || {
        let report = state.report.get()?;
        let words = words::still_open(&report.funnel)?;
        let stage = report.funnel.stages.first()?.stage.clone();
        let members = FunnelMembers { stage, which: "open".to_owned() };
        let filter = UserFilter { funnel: Some(members), ..UserFilter::default() };
        let href = state.address.with_untracked(|address| users_link(address, filter));
        Some(view! {
            <p class="note">
                {words}
                " "
                <a href=href>"Who they are"</a>
            </p>
        })
    };
    view! { {open} }
}

/// The chart of a result.
fn draw(report: &ReportView, width: f64) -> Scene {
    let funnel = &report.funnel;
    let still_open = funnel.window_days.filter(|_| funnel.users_still_open > 0);
    chart::funnel(&chart::Funnel {
        width,
        title: "How far they came".to_owned(),
        description: words::answer(funnel),
        stages: words::chart_stages(funnel),
        interval_level: report.interval_level,
        still_open: still_open.map(|window_days| chart::StillOpen { users: funnel.users_still_open, window_days }),
    })
}
