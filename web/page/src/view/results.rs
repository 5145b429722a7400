//! What views show of the current results.

use leptos::prelude::*;
use strata_chart::Scene;
use strata_protocol::Results;

use crate::address::Address;
use crate::chart_figure::{ChartFigure, DataTable, HitLink};
use crate::state::use_state;

/// A value read from the current results; its default while there is none.
pub fn from_results<T: Clone + Default + PartialEq + Send + Sync + 'static>(read: fn(&Results) -> T) -> Memo<T> {
    let state = use_state();
    Memo::new(move |_| state.results.with(|results| results.as_deref().map(read).unwrap_or_default()))
}

/// A part of a view that is rendered again with each result.
pub fn render_results<V: IntoView + 'static>(render: fn(&Results) -> V) -> impl Fn() -> Option<AnyView> + Copy {
    let state = use_state();
    move || state.results.with(|results| results.as_deref().map(|results| render(results).into_any()))
}

/// A chart of the current results. It stays in the document when they change, and so does what is open or focused.
#[component]
pub fn Chart(
    /// Makes the scene for a width in pixels.
    draw: fn(&Results, f64) -> Scene,
    /// The same data as a table; without it the table holds what the chart says on hover.
    #[prop(optional)]
    table: Option<fn(&Results) -> DataTable>,
    /// Where its parts lead.
    #[prop(default = |_, _| Vec::new())]
    links: fn(&Results, &Address) -> Vec<HitLink>,
) -> impl IntoView {
    let state = use_state();
    let draw = move |width| {
        state.results.with(|results| results.as_deref().map(|results| draw(results, width)).unwrap_or_default())
    };
    let table = table.map(|table| {
        Callback::new(move |()| state.results.with(|results| results.as_deref().map(table).unwrap_or_default()))
    });
    // Settings change together with the results; nothing else in the address is part of these links.
    let links = move |()| {
        let address = state.address.get_untracked();
        state.results.with(|results| results.as_deref().map(|results| links(results, &address)).unwrap_or_default())
    };
    view! { <ChartFigure draw=Callback::new(draw) table links=Callback::new(links)/> }
}
