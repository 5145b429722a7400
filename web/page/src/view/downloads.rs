//! The downloads view.

use std::collections::BTreeMap;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use strata_chart::format::bytes;
use strata_core::output::OutputFile;
use strata_protocol::{Failure, FileRequest};

use crate::client::{Client, FileReply, WrittenFile, use_client};
use crate::save::{StreamedFile, byte_count, mime_type, save_parts};
use crate::state::{AppState, use_state};
use crate::wording::numbers::{counted, whole};

/// The state of a file.
#[derive(Clone, Debug, PartialEq)]
enum FileState {
    /// It is being written.
    Preparing,
    /// It was passed to the browser; the size is in bytes.
    Saved(f64),
    /// It could not be written.
    Failed(Failure),
}

/// The key of the archive among the files; no file has an empty name.
const ARCHIVE: &str = "";

type FileStates = RwSignal<BTreeMap<&'static str, FileState>>;

/// The view that answers: Which files can be downloaded?
#[component]
#[must_use]
pub fn Downloads() -> impl IntoView {
    let state = use_state();
    let files: FileStates = RwSignal::new(BTreeMap::new());
    // The sizes are those of files written under the settings in force.
    Effect::new(move || {
        state.results.with(|_| ());
        state.spreadsheet_safe.with(|_| ());
        files.update(BTreeMap::clear);
    });
    let outputs = Memo::new(move |_| {
        state.results.with(|results| results.as_ref().map(|results| results.outputs.clone())).unwrap_or_default()
    });
    let archive = use_save(state, files, ARCHIVE, FileRequest::Archive);
    view! {
        <h1>"Which files can be downloaded?"</h1>
        <p class="answer">
            {move || counted(outputs.with(Vec::len) as u64, "file", "files")} ", identical to those that "
            <code>"strata segment"</code> " writes, except for their creation time."
        </p>
        <div class="download-all">
            <button type="button" class="button primary" on:click=move |_| archive()>
                "Download all (ZIP)"
            </button>
            <StateOf files name=ARCHIVE />
        </div>
        <p class="spreadsheet-safe">
            <label>
                <input
                    type="checkbox"
                    prop:checked=move || state.spreadsheet_safe.get()
                    aria-describedby="spreadsheet-safe-help"
                    on:change:target=move |event| state.spreadsheet_safe.set(event.target().checked())
                />
                "Safe for spreadsheets"
            </label>
            <span class="note" id="spreadsheet-safe-help">
                "Adds an apostrophe before text that a spreadsheet would execute as a formula. Leave it off if another \
                program reads the files."
            </span>
        </p>
        <section>
            <h2>"Individual files"</h2>
            <ul class="files">
                <For each=move || outputs.get() key=|file| file.name() let:file>
                    <li>
                        <FileLink files file />
                        <StateOf files name=file.name() />
                        <p class="file-description">{file.description()}</p>
                    </li>
                </For>
            </ul>
        </section>
    }
}

/// A link that writes and saves one of the result files. Its text is the name of the file.
#[component]
pub fn OutputLink(
    /// The file.
    file: OutputFile,
) -> impl IntoView {
    let files: FileStates = RwSignal::new(BTreeMap::new());
    view! {
        <FileLink files file />
        " "
        <StateOf files name=file.name() />
    }
}

#[component]
fn FileLink(files: FileStates, file: OutputFile) -> impl IntoView {
    let state = use_state();
    let save = use_save(state, files, file.name(), FileRequest::Output(file));
    let on_click = move |event: ev::MouseEvent| {
        event.prevent_default();
        save();
    };
    // The file is written on request; until then the link leads to the current view.
    let href = move || state.address.with(crate::address::Address::fragment);
    view! {
        <a class="file-name" href=href download=file.name() on:click=on_click>
            {file.name()}
        </a>
    }
}

#[component]
fn StateOf(files: FileStates, name: &'static str) -> impl IntoView {
    let shown = Memo::new(move |_| files.with(|files| files.get(name).cloned()));
    view! {
        <span class="file-state" role="status">
            {move || match shown.get()? {
                FileState::Preparing => Some(view! { "Writing the file …" }.into_any()),
                FileState::Saved(size) => Some(bytes(whole(size)).into_any()),
                FileState::Failed(failure) => {
                    Some(view! { <span class="field-error">{failure.title} ". " {failure.detail}</span> }.into_any())
                }
            }}
        </span>
    }
}

/// The name of a file that is saved while it is written: with a million users, one with a row for each takes a second.
fn streamed_name(state: AppState, request: &FileRequest) -> Option<String> {
    match request {
        FileRequest::Archive => {
            state.results.with_untracked(|results| results.as_ref().map(|results| results.archive_name.clone()))
        }
        FileRequest::Output(file) => file.has_a_row_per_user().then(|| file.name().to_owned()),
        FileRequest::Users(_) => None,
    }
}

/// Writes and saves a file; another click while it is written does nothing. A slow file is saved while it is written,
/// if the browser supports that.
fn use_save(state: AppState, files: FileStates, name: &'static str, request: FileRequest) -> impl Fn() + use<> {
    let client = use_client();
    move || {
        if files.with_untracked(|files| files.get(name) == Some(&FileState::Preparing)) {
            return;
        }
        // The view may have been removed when the reply arrives; the file is still saved.
        let show = move |file_state| {
            files.try_update(|files| files.insert(name, file_state));
        };
        show(FileState::Preparing);
        let (client, request, spreadsheet_safe) =
            (client.clone(), request.clone(), state.spreadsheet_safe.get_untracked());
        match streamed_name(state, &request) {
            Some(name) => spawn_local(async move {
                match StreamedFile::start(&name).await {
                    Some(file) => write_into(&client, request, spreadsheet_safe, file, show),
                    None => client.write(request, spreadsheet_safe, move |written| show(saved(written))),
                }
            }),
            None => client.write(request, spreadsheet_safe, move |written| show(saved(written))),
        }
    }
}

/// Writes a file into a download in progress.
fn write_into(
    client: &Client,
    request: FileRequest,
    spreadsheet_safe: bool,
    file: StreamedFile,
    show: impl Fn(FileState) + 'static,
) {
    let mut file = Some(file);
    client.write_in_parts(request, spreadsheet_safe, move |reply| match reply {
        FileReply::Part(bytes) => {
            if let Some(file) = &mut file {
                file.push(&bytes);
            }
        }
        FileReply::End(end) => {
            let Some(file) = file.take() else { return };
            match end {
                Ok(_) => show(FileState::Saved(file.finish())),
                Err(failure) => show(FileState::Failed(failure)),
            }
        }
    });
}

fn saved(written: Result<WrittenFile, Failure>) -> FileState {
    match written {
        Ok(file) => match save_parts(&file.name, mime_type(&file.name), &file.parts) {
            Ok(()) => FileState::Saved(byte_count(&file.parts)),
            Err(reason) => FileState::Failed(Failure {
                kind: strata_protocol::FailureKind::Internal,
                title: "The browser did not save the file".to_owned(),
                detail: format!("{reason:?}"),
                advice: String::new(),
            }),
        },
        Err(failure) => FileState::Failed(failure),
    }
}
