//! The settings panel: every setting with its explanation, validation and reset.

use leptos::ev;
use leptos::prelude::*;
use strata_core::settings::find_setting;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::settings::changes::Changes;
use crate::settings::editing::Editing;
use crate::settings::field::SettingField;
use crate::settings::layout::GROUPS;
use crate::settings::share::Share;
use crate::settings::sheet;
use crate::state::use_state;

/// The button that opens and closes the panel, and that the focus returns to.
pub const TOGGLE_ID: &str = "settings-toggle";

const HEADING_ID: &str = "settings-heading";

/// Moves the focus into the panel after it has opened.
pub fn focus_panel() {
    request_animation_frame(|| focus(HEADING_ID));
}

fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// The settings panel, beside the results or, if there is no room, over them.
#[component]
#[must_use]
pub fn SettingsPanel() -> impl IntoView {
    let state = use_state();
    let editing = Editing::new(state);
    let is_sheet = RwSignal::new(sheet::is_sheet());
    sheet::follow_width(is_sheet);
    keep_out_of_the_rest(is_sheet);

    let close = move || {
        state.is_panel_open.set(false);
        // After the elements behind the sheet can take the focus again.
        request_animation_frame(|| focus(TOGGLE_ID));
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && is_sheet.get_untracked() {
            event.prevent_default();
            close();
        }
    };
    let can_reset = move || editing.has_refusals() || state.address.with(|address| !address.settings.is_empty());
    let groups = GROUPS.iter().map(|group| {
        let fields = group.fields.iter().filter_map(|&(name, label)| {
            let setting = find_setting(name)?;
            Some(view! { <SettingField setting label editing /> })
        });
        view! {
            <section class="setting-group">
                <h3>{group.title}</h3>
                {fields.collect_view()}
            </section>
        }
    });
    view! {
        <div
            class="settings"
            role=move || if is_sheet.get() { "dialog" } else { "complementary" }
            aria-modal=move || is_sheet.get().then_some("true")
            aria-labelledby=HEADING_ID
            on:keydown=on_key
        >
            <div class="settings-head">
                <h2 id=HEADING_ID tabindex="-1">
                    "Settings"
                </h2>
                <button
                    type="button"
                    class="button small"
                    aria-disabled=move || (!can_reset()).then_some("true")
                    on:click=move |_| editing.reset_all()
                >
                    "Reset all"
                </button>
                <button type="button" class="button small" on:click=move |_| close()>
                    "Close"
                </button>
            </div>
            <div class="settings-body" tabindex="0" role="group" aria-label="All settings">
                {move || {
                    let failure = state.settings_failure.get()?;
                    Some(
                        view! {
                            <div class="notice" role="alert">
                                <p>
                                    <strong>{failure.title}</strong>
                                </p>
                                <p>{failure.detail} " " {failure.advice}</p>
                            </div>
                        },
                    )
                }}
                <Share />
                {groups.collect_view()}
            </div>
            <Changes />
        </div>
    }
}

/// Makes the results inert while the panel covers them, so that keyboard and screen readers cannot reach them.
fn keep_out_of_the_rest(is_sheet: RwSignal<bool>) {
    let set_inert = |is_inert: bool| {
        for selector in ["main", ".masthead"] {
            if let Some(element) = document().query_selector(selector).ok().flatten() {
                let _ = element.toggle_attribute_with_force("inert", is_inert);
            }
        }
    };
    Effect::new(move || set_inert(is_sheet.get()));
    on_cleanup(move || set_inert(false));
}
