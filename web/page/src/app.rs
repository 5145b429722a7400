//! The page as a whole: what it shows in each state, and how address, state and worker are connected.

mod masthead;
mod notices;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::address::{Address, View};
use crate::client::Client;
use crate::left_out::LeftOut;
use crate::settings::SettingsPanel;
use crate::settings::check::usable;
use crate::start::{DropZone, FailedNotice, LoadingScreen, MappingStep, StartScreen};
use crate::state::{AppState, Lifecycle, use_state};
use crate::view;
use masthead::Masthead;
use notices::Notices;

/// The page's title while there are no results.
const TITLE: &str = "Strata: retention, funnel and segments in your browser";

/// The page.
#[component]
#[must_use]
pub fn App() -> impl IntoView {
    let (address, left_out) = current_address();
    let state = AppState::new(address);
    state.left_out.set(left_out);
    let client = Client::new(state);
    provide_context(state);
    provide_context(StoredValue::new_local(client.clone()));
    follow_address(state, client.clone());
    show_title(state);
    // `data=sample` in the address opens the sample data immediately.
    if state.address.with_untracked(|address| address.choice("data") == Some("sample")) {
        client.open_sample();
    } else {
        client.warm_up();
    }

    let has_panel = Memo::new(move |_| {
        state.is_panel_open.get() && state.lifecycle.with(|lifecycle| *lifecycle == Lifecycle::Ready)
    });
    view! {
        <a
            class="skip-link"
            href="#main"
            on:click=move |event| {
                event.prevent_default();
                focus_main();
            }
        >
            "Skip to the results"
        </a>
        <Masthead />
        <div class="page" class:with-panel=has_panel>
            <main id="main" tabindex="-1">
                <Notices />
                {move || match state.lifecycle.get() {
                    Lifecycle::Empty => view! { <StartScreen /> }.into_any(),
                    Lifecycle::Mapping(inputs) => view! { <MappingStep inputs /> }.into_any(),
                    Lifecycle::Loading => view! { <LoadingScreen /> }.into_any(),
                    Lifecycle::Failed(failure) => {
                        view! {
                            <FailedNotice failure />
                            <StartScreen />
                        }
                            .into_any()
                    }
                    Lifecycle::Ready => view! { <Results /> }.into_any(),
                }}
            </main>
            <Show when=move || has_panel.get()>
                <SettingsPanel />
            </Show>
        </div>
        <DropZone />
    }
}

/// The view in the address.
#[component]
fn Results() -> impl IntoView {
    let state = use_state();
    let current = Memo::new(move |_| state.address.with(|address| address.view));
    Effect::new(move |before: Option<View>| {
        let view = current.get();
        if before.is_some_and(|before| before != view) {
            begin_at_the_top();
        }
        view
    });
    view! {
        <div class="view">
            {move || match current.get() {
                View::Overview => view! { <view::Overview /> }.into_any(),
                View::Retention => view! { <view::Retention /> }.into_any(),
                View::Funnel => view! { <view::Funnel /> }.into_any(),
                View::Segments => view! { <view::Segments /> }.into_any(),
                View::Users => view! { <view::Users /> }.into_any(),
                View::Quality => view! { <view::Quality /> }.into_any(),
                View::Downloads => view! { <view::Downloads /> }.into_any(),
            }}
        </div>
    }
}

/// Keeps the browser's address and the state in sync, and requests results when settings change.
fn follow_address(state: AppState, client: Client) {
    let listener = window_event_listener(ev::hashchange, move |_| {
        let (address, left_out) = current_address();
        if !left_out.is_empty() {
            state.left_out.set(left_out);
        }
        if state.address.with_untracked(|known| *known != address) {
            state.address.set(address);
        }
    });
    on_cleanup(move || listener.remove());
    Effect::new(move |before: Option<Address>| {
        let address = state.address.get();
        show_address(&address, before.as_ref().is_some_and(|before| before.view != address.view));
        if before.as_ref().is_some_and(|before| before.settings != address.settings) {
            client.apply_settings();
        }
        address
    });
}

/// Parses the browser's address, and returns the settings in it that are not valid.
fn current_address() -> (Address, Vec<LeftOut>) {
    let mut address = Address::parse(&window().location().hash().unwrap_or_default());
    let (settings, left_out) = usable(&address.settings);
    address.settings = settings;
    (address, left_out)
}

/// Writes the address if it differs; a change of view is a step that the back button undoes.
fn show_address(address: &Address, is_step: bool) {
    let fragment = address.fragment();
    let window = window();
    if window.location().hash().is_ok_and(|known| known == fragment) {
        return;
    }
    let Ok(history) = window.history() else { return };
    let nothing = wasm_bindgen::JsValue::NULL;
    // If the browser refuses (too many changes in a short time), it only shows an older address.
    let _ = if is_step {
        history.push_state_with_url(&nothing, "", Some(&fragment))
    } else {
        history.replace_state_with_url(&nothing, "", Some(&fragment))
    };
}

/// Puts the view and the data into the title, for tabs, bookmarks and history.
fn show_title(state: AppState) {
    Effect::new(move || {
        let view = state.address.with(|address| address.view.name());
        let title = state.lifecycle.with(|lifecycle| match lifecycle {
            Lifecycle::Ready => format!("{view} · Strata"),
            Lifecycle::Loading => "Reading · Strata".to_owned(),
            Lifecycle::Mapping(_) => "Which columns? · Strata".to_owned(),
            Lifecycle::Empty | Lifecycle::Failed(_) => TITLE.to_owned(),
        });
        document().set_title(&title);
    });
}

/// Moves to the heading of a new view, including the keyboard focus if the focused element is gone.
fn begin_at_the_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
    let document = document();
    let is_lost = document.active_element().is_none_or(|element| element.tag_name().eq_ignore_ascii_case("body"));
    if is_lost {
        focus_main();
    }
}

/// Moves the focus to the results without changing the fragment, which is the address of a view.
fn focus_main() {
    let main = document().get_element_by_id("main");
    if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
        // If the element cannot take the focus, the focus stays where it is.
        let _ = main.focus();
    }
}
