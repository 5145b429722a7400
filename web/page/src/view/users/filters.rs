//! Search, filters and what they say in words.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::{ev, html};
use strata_protocol::UserFilter;

use crate::state::use_state;
use crate::view::segments::names::{BEHAVIORAL, REVENUE, journey_stages, stage_name};

use super::describe::{Terms, criteria};

/// Typing that pauses so long is a search, milliseconds.
const SEARCH_PAUSE_MS: u32 = 200;

/// The search field. What is searched for may be data, so it stays out of the address.
#[component]
#[must_use]
pub fn SearchField(search: RwSignal<String>) -> impl IntoView {
    let pause = StoredValue::new_local(None::<Timeout>);
    let on_input = move |event: ev::Event| {
        let text = event_target_value(&event);
        pause.set_value(Some(Timeout::new(SEARCH_PAUSE_MS, move || {
            // The view may be gone when the pause is over.
            search.try_set(text.trim().to_owned());
        })));
    };
    view! {
        <label class="labelled-field">
            <span>"Search"</span>
            <input
                type="search"
                placeholder="User or device id"
                autocomplete="off"
                spellcheck="false"
                prop:value=search.get_untracked()
                on:input=on_input
            />
        </label>
    }
}

/// The selects: one of the behavioural segments, one of the revenue segments, one journey stage.
#[component]
#[must_use]
pub fn FilterSelects() -> impl IntoView {
    let state = use_state();
    let stages = state.loaded.with_untracked(|loaded| {
        let columns = loaded.inputs.iter().flat_map(|input| &input.mapped).map(|mapped| mapped.column.as_str());
        journey_stages(columns)
    });
    let stages = stages.into_iter().map(|stage| (stage.clone(), stage_name(&stage))).collect();
    let named = |pairs: [(&str, &str); 4]| pairs.map(|(word, name)| (word.to_owned(), name.to_owned())).to_vec();
    view! {
        <FilterSelect
            label="Engagement"
            options=named(BEHAVIORAL)
            read=|filter| filter.behavioral.clone()
            write=|filter, word| filter.behavioral = word
        />
        <FilterSelect
            label="Spending"
            options=named(REVENUE)
            read=|filter| filter.revenue.clone()
            write=|filter, word| filter.revenue = word
        />
        <FilterSelect
            label="Furthest stage"
            options=stages
            read=|filter| filter.journey_stage.clone()
            write=|filter, word| filter.journey_stage = word
        />
    }
}

#[component]
fn FilterSelect(
    label: &'static str,
    options: Vec<(String, String)>,
    read: fn(&UserFilter) -> Option<String>,
    write: fn(&mut UserFilter, Option<String>),
) -> impl IntoView {
    let state = use_state();
    let chosen = Memo::new(move |_| state.address.with(|address| read(&address.filter)).unwrap_or_default());
    let on_change = move |event: ev::Event| {
        let word = Some(event_target_value(&event)).filter(|word| !word.is_empty());
        state.address.update(|address| write(&mut address.filter, word));
    };
    let option = move |(word, name): (String, String)| {
        let known = word.clone();
        view! { <option value=word prop:selected=move || chosen.with(|chosen| *chosen == known)>{name}</option> }
    };
    view! {
        <label class="labelled-field">
            <span>{label}</span>
            <select on:change=on_change>
                <option value="" prop:selected=move || chosen.with(String::is_empty)>"Any"</option>
                {options.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// What the filter says, each part with a button that takes it away.
#[component]
#[must_use]
pub fn FilterChips(terms: Memo<Terms>) -> impl IntoView {
    let state = use_state();
    let group = NodeRef::<html::Div>::new();
    let parts = Memo::new(move |_| {
        let filter = state.address.with(|address| address.filter.clone());
        terms.with(|terms| criteria(&filter, terms))
    });
    // The button that was pressed is gone: the focus stays near.
    let keep_focus = move || {
        if let Some(group) = group.get_untracked() {
            let _ = group.focus();
        }
    };
    let chip = move |(criterion, words): (super::describe::Criterion, String)| {
        let remove = move |_| {
            state.address.update(|address| address.filter = criterion.removed_from(&address.filter));
            keep_focus();
        };
        let name = format!("Remove filter: {words}");
        view! {
            <li>
                <button type="button" class="filter-chip" aria-label=name on:click=remove>
                    {words}
                    <span aria-hidden="true">"×"</span>
                </button>
            </li>
        }
    };
    let clear = move |_| {
        state.address.update(|address| address.filter = UserFilter::default());
        keep_focus();
    };
    view! {
        <div class="filter-chips" role="group" aria-label="Filters in force" tabindex="-1" node_ref=group>
            <ul>{move || parts.get().into_iter().map(chip).collect_view()}</ul>
            <Show when=move || parts.with(|parts| parts.len() > 1)>
                <button type="button" class="button quiet small" on:click=clear>"Remove all"</button>
            </Show>
        </div>
    }
}
