//! Exports the settings as a command and as a file.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::save::{mime_type, save_text};
use crate::settings::check::resolve;
use crate::settings::command::{CommandInput, CommandSource, command};
use crate::settings::toml::{FILE_NAME, strata_toml};
use crate::state::{AppState, DataSource, SAMPLE_ROWS, use_state};

/// The outcome of copying.
#[derive(Clone, PartialEq, Eq)]
enum Copied {
    /// The text is on the clipboard.
    Done(String),
    /// The browser refused; the user can copy the text manually.
    ByHand(String),
    /// There is no command, for this reason.
    Impossible(String),
}

/// `Copy as command` and `Download strata.toml`.
#[component]
pub fn Share() -> impl IntoView {
    let state = use_state();
    let copied = RwSignal::new(None::<Copied>);
    // The copied command is out of date after a change of settings.
    Effect::new(move |_| {
        state.address.with(|_| ());
        copied.set(None);
    });
    let copy = move |_| match command(&command_input(state)) {
        Ok(line) => spawn_local(async move {
            let is_copied = write_to_clipboard(&line).await.is_ok();
            copied.set(Some(if is_copied { Copied::Done(line) } else { Copied::ByHand(line) }));
        }),
        Err(reason) => copied.set(Some(Copied::Impossible(reason))),
    };
    let download = move |_| {
        let resolved = state.address.with_untracked(|address| resolve(&address.settings));
        if let Ok(resolved) = resolved {
            // If the browser refuses to save, it reports that itself.
            let _ = save_text(FILE_NAME, mime_type(FILE_NAME), &strata_toml(&resolved));
        }
    };
    view! {
        <section class="share" aria-label="Use these settings elsewhere">
            <p class="field-help">
                "The address of this page contains the settings, never the data. The command line program writes the same \
                files."
            </p>
            <div class="share-buttons">
                <button type="button" class="button small" on:click=copy>
                    "Copy as command"
                </button>
                <button type="button" class="button small" on:click=download>
                    "Download strata.toml"
                </button>
            </div>
            <div role="status">{move || copied.get().map(outcome)}</div>
        </section>
    }
}

fn outcome(copied: Copied) -> AnyView {
    match copied {
        Copied::Done(line) => view! {
            <p class="field-help">"Copied to the clipboard:"</p>
            <pre class="command" tabindex="0">
                <code>{line}</code>
            </pre>
        }
        .into_any(),
        Copied::ByHand(line) => view! { <ByHand line /> }.into_any(),
        Copied::Impossible(reason) => view! { <p class="field-error">{reason}</p> }.into_any(),
    }
}

/// The command in a field, selected, for browsers that do not let the page copy.
#[component]
fn ByHand(line: String) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    view! {
        <label class="field-help" for="command-by-hand">
            "The browser does not allow copying. Copy the command from here:"
        </label>
        <textarea id="command-by-hand" class="command" readonly rows="4" node_ref=field prop:value=line></textarea>
    }
}

fn command_input(state: AppState) -> CommandInput {
    let source = state.source.with_untracked(|source| match source {
        Some(DataSource::Files(files)) => CommandSource::Files(files.iter().map(web_sys::File::name).collect()),
        Some(DataSource::Sample) | None => CommandSource::Sample(SAMPLE_ROWS),
    });
    CommandInput {
        source,
        mapping: state.mapping.get_untracked(),
        settings: state.address.with_untracked(|address| address.settings.clone()),
        spreadsheet_safe: state.spreadsheet_safe.get_untracked(),
    }
}

/// Fails if the browser has no clipboard for this page or refuses.
async fn write_to_clipboard(text: &str) -> Result<(), JsValue> {
    let navigator = window().navigator();
    // Pages in an insecure context have none, which the typed getter does not account for.
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())?.dyn_into::<web_sys::Clipboard>()?;
    JsFuture::from(clipboard.write_text(text)).await.map(|_| ())
}
