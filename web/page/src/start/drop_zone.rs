//! Accepts files dropped anywhere on the page.

use leptos::ev;
use leptos::prelude::*;
use web_sys::{DataTransfer, DragEvent};

use crate::client::use_client;
use crate::start::files_of;
use crate::state::{Lifecycle, use_state};

/// Accepts files dropped anywhere on the page, and indicates this while they are dragged over it.
#[component]
#[must_use]
pub fn DropZone() -> impl IntoView {
    let client = StoredValue::new_local(use_client());
    let state = use_state();
    let is_over = RwSignal::new(false);
    let listeners = [
        // The browser allows a drop only if these events are prevented.
        window_event_listener(ev::dragenter, move |event| is_over.set(accept(&event))),
        window_event_listener(ev::dragover, move |event| is_over.set(accept(&event))),
        window_event_listener(ev::dragleave, move |event| {
            // Moving between elements is not leaving the page.
            if event.related_target().is_none() {
                is_over.set(false);
            }
        }),
        window_event_listener(ev::drop, move |event| {
            is_over.set(false);
            if !accept(&event) {
                return;
            }
            let files = event.data_transfer().and_then(|data| data.files()).map(|list| files_of(&list));
            if let Some(files) = files.filter(|files| !files.is_empty()) {
                client.with_value(|client| client.open_files(files));
            }
        }),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    let replaces = move || {
        let has_data = state.lifecycle.with(|lifecycle| matches!(lifecycle, Lifecycle::Ready | Lifecycle::Loading));
        has_data.then_some("They replace the current data.")
    };
    view! {
        <Show when=move || is_over.get()>
            <div class="drop-overlay" aria-hidden="true">
                <p>"Drop the files to read them"</p>
                <p class="small">{replaces}</p>
            </div>
        </Show>
    }
}

/// Whether files are dragged; if so, keeps the browser from opening them itself. Dragging text is unaffected.
fn accept(event: &DragEvent) -> bool {
    let Some(data) = event.data_transfer().filter(holds_files) else { return false };
    event.prevent_default();
    data.set_drop_effect("copy");
    true
}

fn holds_files(data: &DataTransfer) -> bool {
    data.types().includes(&"Files".into(), 0)
}
