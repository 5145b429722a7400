//! The masthead: name, data, navigation, and the buttons for settings and for another file.

use leptos::html;
use leptos::prelude::*;
use strata_core::analysis::membership::UserFilter;

use crate::address::{Address, View};
use crate::client::use_client;
use crate::settings::{TOGGLE_ID, focus_panel};
use crate::state::{AppState, Lifecycle, use_state};
use crate::wording::dates::range;
use crate::wording::numbers::users;
use crate::wording::phrase::names;

/// The masthead. Its elements are kept when results change, so that the focus is not lost.
#[component]
pub fn Masthead() -> impl IntoView {
    let state = use_state();
    let has_results = Memo::new(move |_| state.lifecycle.with(|lifecycle| *lifecycle == Lifecycle::Ready));
    view! {
        <header class="masthead">
            <p class="wordmark">
                <a
                    href="#/overview"
                    on:click=move |event| {
                        event.prevent_default();
                        state.address.update(|address| address.view = View::Overview);
                    }
                >
                    "Strata"
                </a>
            </p>
            <Show when=move || has_results.get()>
                <Subject />
                <nav aria-label="Views">
                    <ul class="views">{View::ALL.map(|view| link(state, view)).collect_view()}</ul>
                </nav>
            </Show>
        </header>
    }
}

fn link(state: AppState, view: View) -> impl IntoView {
    let href = move || state.address.with(|address| Address { view, ..address.clone() }.fragment());
    let current = move || state.address.with(|address| (address.view == view).then_some("page"));
    view! {
        <li>
            <a href=href aria-current=current>
                {view.name()}
            </a>
        </li>
    }
}

/// The data, and the two buttons.
#[component]
fn Subject() -> impl IntoView {
    let state = use_state();
    let client = StoredValue::new_local(use_client());
    let toggle = NodeRef::<html::Button>::new();
    let changed = Memo::new(move |_| state.address.with(|address| address.settings.len()));
    let start_over = move |_| {
        client.with_value(crate::client::Client::cancel);
        state.address.update(|address| {
            // Filters and choices refer to the previous data; settings do not.
            address.view = View::default();
            address.filter = UserFilter::default();
            address.choices.clear();
        });
    };
    let toggle_panel = move |_| {
        state.is_panel_open.update(|is_open| *is_open = !*is_open);
        if state.is_panel_open.get_untracked() {
            focus_panel();
        }
    };
    view! {
        <p class="subject">{move || subject(state)}</p>
        <p class="pending" role="status">
            {move || state.is_pending.get().then_some("Updating …")}
        </p>
        <div class="masthead-buttons">
            <button type="button" class="button small" on:click=start_over>
                "New file"
            </button>
            <button
                type="button"
                class="button small"
                id=TOGGLE_ID
                node_ref=toggle
                aria-expanded=move || state.is_panel_open.get().to_string()
                on:click=toggle_panel
            >
                {move || match changed.get() {
                    0 => "Settings".to_owned(),
                    changed => format!("Settings · {changed} changed"),
                }}
            </button>
        </div>
    }
}

/// `jan.csv · 3,412 users · 1 Jul – 28 Sep 2025`.
fn subject(state: AppState) -> String {
    let files = state.source.with(|source| source.as_ref().map(|source| names(&source.names())).unwrap_or_default());
    let Some(results) = state.results.get() else { return files };
    let period = &results.report.period;
    format!("{files} · {} · {}", users(period.total_users), range(period.start_date, period.end_date))
}
