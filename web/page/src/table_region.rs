//! The frame of a table that may be wider than the page.

use leptos::prelude::*;

/// A table that may be wider than the page: it scrolls by itself, by keyboard too.
#[component]
pub fn TableRegion(
    /// What is in it, for those who do not see it.
    #[prop(into)]
    label: String,
    /// Its classes.
    #[prop(default = "table-scroll")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! { <div class=class tabindex="0" role="region" aria-label=label>{children()}</div> }
}
