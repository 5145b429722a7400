//! Search and filters, and their description.

use std::collections::BTreeSet;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::{ev, html};
use strata_core::analysis::membership::UserFilter;
use strata_core::report::{BehavioralSegment, RevenueSegment};
use strata_core::source::Column;
use strata_core::value::stage::Stage;

use crate::address::{behavioral_segment, revenue_segment};
use crate::state::use_state;
use crate::wording::segment::{behavioral_name, revenue_name, stage_name};

use super::describe::{Terms, criteria};

/// A search starts after a pause in typing of this many milliseconds.
const SEARCH_PAUSE_MS: u32 = 200;

/// The search field. The searched text may be data, so it is not in the address.
#[component]
#[must_use]
pub fn SearchField(search: RwSignal<String>) -> impl IntoView {
    let pause = StoredValue::new_local(None::<Timeout>);
    let on_input = move |event: ev::Event| {
        let text = event_target_value(&event);
        pause.set_value(Some(Timeout::new(SEARCH_PAUSE_MS, move || {
            // The view may have been removed by the end of the pause.
            search.try_set(text.trim().to_owned());
        })));
    };
    view! {
        <label class="labelled-field">
            <span>"Search"</span>
            <input
                type="search"
                placeholder="User or device ID"
                autocomplete="off"
                spellcheck="false"
                prop:value=search.get_untracked()
                on:input=on_input
            />
        </label>
    }
}

/// The filters: behavioural segment, revenue segment and journey stage.
#[component]
#[must_use]
pub fn FilterSelects() -> impl IntoView {
    let state = use_state();
    let stages = state.loaded.with_untracked(|loaded| {
        journey_stages(loaded.inputs.iter().flat_map(|input| &input.mapped).map(|mapped| mapped.column))
    });
    let behavioral =
        BehavioralSegment::ALL.map(|segment| (segment.as_str().to_owned(), behavioral_name(segment).to_owned()));
    let revenue = RevenueSegment::ALL.map(|segment| (segment.as_str().to_owned(), revenue_name(segment).to_owned()));
    let stages = stages.into_iter().map(|stage| (stage.to_string(), stage_name(stage))).collect();
    view! {
        <FilterSelect
            label="Engagement"
            options=behavioral.to_vec()
            read=|filter| filter.behavioral.map(|segment| segment.as_str().to_owned())
            write=|filter, word| filter.behavioral = behavioral_segment(word)
        />
        <FilterSelect
            label="Spending"
            options=revenue.to_vec()
            read=|filter| filter.revenue.map(|segment| segment.as_str().to_owned())
            write=|filter, word| filter.revenue = revenue_segment(word)
        />
        <FilterSelect
            label="Furthest stage"
            options=stages
            read=|filter| filter.journey_stage.map(|stage| stage.to_string())
            write=|filter, word| filter.journey_stage = word.parse().ok()
        />
    }
}

/// The journey stages that have columns, in the order of the journey.
fn journey_stages(columns: impl Iterator<Item = Column>) -> BTreeSet<Stage> {
    let recorded = columns.filter_map(|column| match column {
        Column::Milestone(stage) => Some(stage),
        _ => None,
    });
    recorded.chain([Stage::FtueStart]).collect()
}

#[component]
fn FilterSelect(
    label: &'static str,
    options: Vec<(String, String)>,
    read: fn(&UserFilter) -> Option<String>,
    write: fn(&mut UserFilter, &str),
) -> impl IntoView {
    let state = use_state();
    let chosen = Memo::new(move |_| state.address.with(|address| read(&address.filter)).unwrap_or_default());
    let on_change = move |event: ev::Event| {
        // The empty value does not filter.
        let word = event_target_value(&event);
        state.address.update(|address| write(&mut address.filter, &word));
    };
    let option = move |(word, name): (String, String)| {
        let known = word.clone();
        view! {
            <option value=word prop:selected=move || chosen.with(|chosen| *chosen == known)>
                {name}
            </option>
        }
    };
    view! {
        <label class="labelled-field">
            <span>{label}</span>
            <select on:change=on_change>
                <option value="" prop:selected=move || chosen.with(String::is_empty)>
                    "Any"
                </option>
                {options.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// The description of the filter; each part has a button that removes it.
#[component]
#[must_use]
pub fn FilterChips(terms: Memo<Option<Terms>>) -> impl IntoView {
    let state = use_state();
    let group = NodeRef::<html::Div>::new();
    let parts = Memo::new(move |_| {
        let filter = state.address.with(|address| address.filter.clone());
        terms.with(|terms| terms.as_ref().map(|terms| criteria(&filter, terms)).unwrap_or_default())
    });
    // The clicked button is gone: the focus stays close by.
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
                <button type="button" class="button quiet small" on:click=clear>
                    "Remove all"
                </button>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_in_the_order_of_the_journey() {
        let columns = [
            Column::Milestone(Stage::FirstPurchase),
            Column::Milestone(Stage::Level(10)),
            Column::Milestone(Stage::Level(2)),
            Column::UserId,
            Column::Milestone(Stage::FtueComplete),
        ];
        let twice = columns.into_iter().chain(columns);
        let in_order = [Stage::FtueStart, Stage::FtueComplete, Stage::Level(2), Stage::Level(10), Stage::FirstPurchase];
        assert_eq!(journey_stages(twice).into_iter().collect::<Vec<_>>(), in_order);
    }
}
