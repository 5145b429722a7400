//! Whether the settings panel is beside the results or covers them as a sheet, and how it scrolls.

use gloo_events::EventListener;
use leptos::prelude::*;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Matches if the panel does not fit beside the results. Keep in line with shell.css.
const SHEET_QUERY: &str = "(max-width: 63.99rem)";

/// Whether the panel covers the results.
pub(super) fn is_sheet() -> bool {
    window().match_media(SHEET_QUERY).ok().flatten().is_some_and(|query| query.matches())
}

/// Tracks whether the window is wide or narrow.
pub(super) fn follow_width(is_sheet: RwSignal<bool>) {
    let Some(query) = window().match_media(SHEET_QUERY).ok().flatten() else { return };
    let known = query.clone();
    let listener = EventListener::new(&query, "change", move |_| is_sheet.set(known.matches()));
    let listener = StoredValue::new_local(Some(listener));
    on_cleanup(move || listener.dispose());
}

/// Scrolls as little as needed to show an entire element.
pub(super) fn bring_into_view(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
