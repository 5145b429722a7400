//! Reports why nothing could be loaded, and what to do.

use leptos::html;
use leptos::prelude::*;
use strata_protocol::Failure;

use crate::state::use_state;
use crate::wording::phrase::names;

/// Reports why nothing could be loaded, and what to do. Receives the focus; the start screen follows below.
#[component]
#[must_use]
pub fn FailedNotice(failure: Failure) -> impl IntoView {
    let state = use_state();
    let notice = NodeRef::<html::Section>::new();
    Effect::new(move || {
        if let Some(notice) = notice.get() {
            let _ = notice.focus();
        }
    });
    let files = state.source.with_untracked(|source| source.as_ref().map(crate::state::DataSource::names));
    // Most failures already name the file.
    let files = files.filter(|files| !files.iter().any(|file| failure.detail.contains(file.as_str())));
    view! {
        <section class="failed" role="alert" tabindex="-1" node_ref=notice>
            <h2>{failure.title}</h2>
            {files.map(|files| view! { <p class="failed-files">{names(&files)}</p> })}
            <p class="failed-detail">{failure.detail}</p>
            <p>{failure.advice}</p>
        </section>
    }
}
