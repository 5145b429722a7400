//! The users view: every user, or those that a filter selects.

mod cells;
pub mod columns;
pub mod describe;
mod filters;
pub mod link;
mod list;
mod pages;
mod table;
mod window;

use leptos::prelude::*;
use strata_chart::format;
use strata_core::user_list::UserQuery;
use strata_protocol::FileRequest;

use crate::client::use_client;
use crate::save::{mime_type, save_parts};
use crate::state::use_state;
use crate::wording::numbers::users;

use columns::sort_of;
use describe::{Terms, answer, criteria};
use filters::{FilterChips, FilterSelects, SearchField};
use list::UserList;
use table::UserTable;

/// The view that answers: Who are the users?
#[component]
#[must_use]
pub fn Users() -> impl IntoView {
    let state = use_state();
    let list = UserList::new(use_client());
    let search = RwSignal::new(String::new());
    let filter = Memo::new(move |_| state.address.with(|address| address.filter.clone()));
    let sort = Memo::new(move |_| state.address.with(|address| sort_of(address.choice("sort"))));
    let terms = Memo::new(move |_| state.results.with(|results| results.as_deref().map(Terms::of)));
    let all_users = Memo::new(move |_| {
        state.results.with(|results| results.as_ref().map_or(0, |results| results.report.period.total_users))
    });

    Effect::new(move |_| {
        // New results need a new list, even if the query is the same.
        state.results.track();
        let (sort, direction) = sort.get();
        list.want(UserQuery { filter: filter.get(), search: search.get(), sort, direction });
    });

    let has_failed = Memo::new(move |_| list.failure.with(Option::is_some));
    // The sentence describes the rows on the page, so it changes with them, not before.
    let sentence = Memo::new(move |before: Option<&String>| {
        let is_waiting = list.is_waiting.get();
        let total = list.total.get();
        if has_failed.get() {
            return "The user list could not be loaded.".to_owned();
        }
        match (before, total) {
            (Some(before), _) if is_waiting => before.clone(),
            (_, Some(total)) => {
                let parts = terms.with_untracked(|terms| {
                    terms.as_ref().map(|terms| criteria(&filter.get_untracked(), terms)).unwrap_or_default()
                });
                answer(u64::from(total), all_users.get_untracked(), &parts, &search.get_untracked())
            }
            _ => String::new(),
        }
    });
    let count = move || match list.total.get() {
        Some(total) if !has_failed.get() => {
            format!("{} of {}", format::count(u64::from(total)), users(all_users.get()))
        }
        _ => String::new(),
    };
    let is_empty = move || list.total.get() == Some(0) && !has_failed.get();
    view! {
        <h1>"Who are the users?"</h1>
        <p class="answer">{sentence}</p>
        <div class="user-filters" role="search">
            <SearchField search />
            <FilterSelects />
        </div>
        <FilterChips terms />
        <div class="user-status">
            <p role="status">{count}</p>
            <DownloadList list />
        </div>
        {move || {
            list.failure
                .get()
                .map(|failure| {
                    view! {
                        <p class="user-notice" role="alert">
                            <strong>{failure.title}"."</strong>
                            " "
                            {failure.detail}
                            " "
                            {failure.advice}
                        </p>
                    }
                })
        }}
        <Show when=is_empty>
            <p class="user-notice">"No users match. Remove a filter or search for something else."</p>
        </Show>
        <div class:is-hidden=move || is_empty() || has_failed.get()>
            <UserTable list />
        </div>
    }
}

/// The state of the list's download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Download {
    Idle,
    Writing,
    Failed,
}

/// The button that saves the list as CSV.
#[component]
fn DownloadList(list: UserList) -> impl IntoView {
    let state = use_state();
    let client = StoredValue::new_local(use_client());
    let download = RwSignal::new(Download::Idle);
    let save = move |_| {
        if download.get_untracked() == Download::Writing {
            return;
        }
        download.set(Download::Writing);
        client.with_value(|client| {
            client.write(FileRequest::Users(list.query()), state.spreadsheet_safe.get_untracked(), move |file| {
                let outcome = match file {
                    Ok(file) if save_parts(&file.name, mime_type(&file.name), &file.parts).is_ok() => Download::Idle,
                    _ => Download::Failed,
                };
                download.try_set(outcome);
            });
        });
    };
    let message = move || match download.get() {
        Download::Idle => "",
        Download::Writing => "Writing the file …",
        Download::Failed => "The file could not be written. Try again.",
    };
    view! {
        <p class="user-download">
            <span class="muted small" role="status">
                {message}
            </span>
            <button
                type="button"
                class="button small"
                aria-disabled=move || (download.get() == Download::Writing).to_string()
                on:click=save
            >
                "Download this list (CSV)"
            </button>
        </p>
    }
}
