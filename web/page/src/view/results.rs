//! Views of the current results.

use leptos::prelude::*;
use strata_chart::Scene;
use strata_protocol::Results;

use crate::address::Address;
use crate::chart_figure::{ChartFigure, DataTable, HitLink};
use crate::state::use_state;

/// Returns a value from the current results; its default if there are none.
pub fn from_results<T: Clone + Default + PartialEq + Send + Sync + 'static>(read: fn(&Results) -> T) -> Memo<T> {
    let state = use_state();
    Memo::new(move |_| state.results.with(|results| results.as_deref().map(read).unwrap_or_default()))
}

/// Renders a part of a view again with each new result.
pub fn render_results<V: IntoView + 'static>(render: fn(&Results) -> V) -> impl Fn() -> Option<AnyView> + Copy {
    let state = use_state();
    move || state.results.with(|results| results.as_deref().map(|results| render(results).into_any()))
}

/// A chart of the current results. It stays in the document when they change, and so do its open table and the focus.
#[component]
pub fn Chart(
    /// Creates the scene for a width in pixels.
    draw: fn(&Results, f64) -> Scene,
    /// The same data as a table; without it, the table contains the hover texts.
    #[prop(optional)]
    table: Option<fn(&Results) -> DataTable>,
    /// The links of its parts.
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
    // Settings change together with the results; these links contain nothing else from the address.
    let links = move |()| {
        let address = state.address.get_untracked();
        state.results.with(|results| results.as_deref().map(|results| links(results, &address)).unwrap_or_default())
    };
    view! { <ChartFigure draw=Callback::new(draw) table links=Callback::new(links) /> }
}
