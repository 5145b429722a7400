//! Notices about the settings, shown in every view.

use leptos::prelude::*;

use crate::state::{AppState, use_state};

/// Settings of a link that were ignored, and settings that cannot be applied while the panel is closed.
#[component]
pub fn Notices() -> impl IntoView {
    let state = use_state();
    view! {
        {move || left_out(state)}
        {move || {
            let failure = state.settings_failure.get().filter(|_| !state.is_panel_open.get())?;
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
    }
}

fn left_out(state: AppState) -> Option<impl IntoView> {
    let left_out = state.left_out.get();
    if left_out.is_empty() {
        return None;
    }
    let heading = match left_out.len() {
        1 => "One setting was ignored because it is not valid:".to_owned(),
        count => format!("{count} settings were ignored because they are not valid:"),
    };
    let items = left_out.into_iter().map(|setting| {
        view! {
            <li>
                <code>{setting.name}"="{setting.text}</code>
                " "
                {setting.reason}
            </li>
        }
    });
    Some(view! {
        <div class="notice" role="alert">
            <p>
                <strong>{heading}</strong>
            </p>
            <ul>{items.collect_view()}</ul>
            <button type="button" class="button small" on:click=move |_| state.left_out.set(Vec::new())>
                "Dismiss"
            </button>
        </div>
    })
}
