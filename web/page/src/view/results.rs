//! What views show of the results in force.

use leptos::prelude::*;
use strata_chart::Scene;
use strata_protocol::ReportView;

use crate::address::Address;
use crate::chart_figure::{ChartFigure, DataTable, HitLink};
use crate::state::use_state;

/// A value read from the current report; its default while there is none.
pub fn from_report<T: Clone + Default + PartialEq + Send + Sync + 'static>(read: fn(&ReportView) -> T) -> Memo<T> {
    let state = use_state();
    Memo::new(move |_| state.report.with(|report| report.as_deref().map(read).unwrap_or_default()))
}

/// A part of a view that is rendered again with each report.
pub fn render_report<V: IntoView + 'static>(render: fn(&ReportView) -> V) -> impl Fn() -> Option<AnyView> + Copy {
    let state = use_state();
    move || state.report.with(|report| report.as_deref().map(|report| render(report).into_any()))
}

/// A chart of the results in force. It stays in the document when they change, and so does what is open or focused.
#[component]
pub fn Chart(
    /// Makes the scene for a width in pixels.
    draw: fn(&ReportView, f64) -> Scene,
    /// The same data as a table; without it the table holds what the chart says on hover.
    #[prop(optional)]
    table: Option<fn(&ReportView) -> DataTable>,
    /// Where its parts lead.
    #[prop(default = |_, _| Vec::new())]
    links: fn(&ReportView, &Address) -> Vec<HitLink>,
) -> impl IntoView {
    let state = use_state();
    let draw = move |width| {
        state.report.with(|report| report.as_deref().map(|report| draw(report, width)).unwrap_or_default())
    };
    let table = table.map(|table| {
        Callback::new(move |()| state.report.with(|report| report.as_deref().map(table).unwrap_or_default()))
    });
    // Settings change together with the results; nothing else in the address is part of these links.
    let links = move |()| {
        let address = state.address.get_untracked();
        state.report.with(|report| report.as_deref().map(|report| links(report, &address)).unwrap_or_default())
    };
    view! { <ChartFigure draw=Callback::new(draw) table links=Callback::new(links)/> }
}
