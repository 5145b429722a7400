//! A scrollable region for a wide table.

use leptos::prelude::*;

/// A region for a table that may be wider than the page: it scrolls separately, including by keyboard.
#[component]
pub fn TableRegion(
    /// Label for screen readers.
    #[prop(into)]
    label: String,
    /// Its classes.
    #[prop(default = "table-scroll")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=class tabindex="0" role="region" aria-label=label>
            {children()}
        </div>
    }
}
