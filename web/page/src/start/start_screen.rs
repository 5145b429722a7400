//! The start screen: what Strata does, and where to put files.

use leptos::prelude::*;

use crate::client::use_client;
use crate::start::files_of;
use crate::state::{AppState, use_state};
use crate::wording::numbers::counted;

/// Columns and what they are used for; required ones first.
const COLUMNS: [(&str, &str); 7] = [
    ("user_id", "Required. Any text that identifies the user."),
    ("date", "Required. The day on which the user was active: 2025-07-31."),
    ("cohort_date", "The install day. Without it, the user’s first date is used."),
    ("total_events, total_sessions, total_session_time_minutes", "For the engagement score and its segments."),
    (
        "total_revenue, iap_revenue, ad_revenue, subscription_revenue",
        "For revenue segments, payers and lifetime value.",
    ),
    (
        "ftue_complete_time, level_<N>_time, game_complete_time, first_purchase_time",
        "When a stage was reached; for the funnel.",
    ),
    ("device_id", "For the output files, and to recognise duplicates."),
];

/// The start screen: what Strata does, and where to put files.
#[component]
#[must_use]
pub fn StartScreen() -> impl IntoView {
    let client = StoredValue::new_local(use_client());
    let state = use_state();
    let choose = move |event: leptos::ev::Targeted<web_sys::Event, web_sys::HtmlInputElement>| {
        let files = event.target().files().map(|list| files_of(&list)).unwrap_or_default();
        if !files.is_empty() {
            client.with_value(|client| client.open_files(files));
        }
    };
    view! {
        <div class="start">
            <h1>"See who stays, who pays and where users stop"</h1>
            <p class="answer">
                "Strata turns a table of daily user activity into retention, a funnel and segments, with intervals and \
                tests, and writes them as files."
            </p>
            {move || brought_along(state).map(|sentence| view! { <p class="notice">{sentence}</p> })}
            <div class="drop-target">
                <input
                    class="visually-hidden"
                    type="file"
                    id="files"
                    multiple
                    accept=".csv,.tsv,.txt,.gz,.zst,.parquet"
                    on:change:target=choose
                />
                <label for="files">
                    <span class="button primary">"Choose files"</span>
                    <span class="drop-hint">"or drop them anywhere on this page"</span>
                    <span class="drop-formats">
                        "CSV, TSV or Parquet, also .gz and .zst; several files are read as one table"
                    </span>
                </label>
            </div>
            <p class="sample">
                <button
                    type="button"
                    class="button"
                    on:click=move |_| client.with_value(crate::client::Client::open_sample)
                >
                    "Try the sample data"
                </button>
                <span class="muted">"50,000 synthetic rows, generated in your browser"</span>
            </p>
            <p class="privacy">
                <strong>"Nothing leaves this computer."</strong>
                " Your browser reads the file, and this page cannot contact any other address. It even works offline."
            </p>
            <section class="columns-needed">
                <h2>"What the file needs"</h2>
                <p class="note">
                    "A header, and one row per user and day of activity. Two columns are required; each of the others \
                    adds results. Names may differ slightly (" <code>"uid"</code> ", " <code>"Event Date"</code>
                    "); you are asked about columns that are not recognised."
                </p>
                <pre class="example" tabindex="0" aria-label="Example">
                    <code>
                        "user_id,date,cohort_date,total_sessions,total_revenue\nu-17,2025-07-01,2025-07-01,3,0\nu-17,2025-07-02,2025-07-01,1,4.99"
                    </code>
                </pre>
                <dl class="column-list">
                    {COLUMNS
                        .map(|(names, use_of)| {
                            view! {
                                <div>
                                    <dt>{column_names(names)}</dt>
                                    <dd>{use_of}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
            </section>
        </div>
    }
}

fn column_names(names: &'static str) -> impl IntoView {
    names
        .split(", ")
        .map(|name| {
            view! {
                <code>{name}</code>
                " "
            }
        })
        .collect_view()
}

/// Describes what the address contains, to be applied to the next file.
fn brought_along(state: AppState) -> Option<String> {
    let (view, changed) = state.address.with(|address| (address.view.name(), address.settings.len()));
    let settings = (changed > 0).then(|| counted(changed as u64, "changed setting", "changed settings"));
    if state.is_link.get() {
        let with = settings.map(|settings| format!(" with {settings}")).unwrap_or_default();
        return Some(format!("This link opens {view}{with}. It contains no data: choose a file to see it."));
    }
    settings.map(|settings| format!("{settings} will also apply to the next file."))
}
