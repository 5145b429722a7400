//! The users table: only the visible rows, and some around them, are in the document.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::{ev, html};
use strata_core::user_list::{SortDirection, UserColumn};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::ResizeObserver;

use crate::state::use_state;

use super::cells::fill_row;
use super::columns::{CellKind, kind, label, pressed, sort_choice, sort_of};
use super::list::UserList;

/// Height of a row in units of the root font size: it adapts to the text size that the reader has chosen.
const ROW_HEIGHT_REM: f64 = 2.25;

/// Scrolling has stopped after this many milliseconds without an event.
const REST_MS: u32 = 200;

/// The table.
#[component]
#[must_use]
pub fn UserTable(list: UserList) -> impl IntoView {
    let grid = NodeRef::<html::Div>::new();
    let head = NodeRef::<html::Div>::new();
    let active = RwSignal::new(None::<u32>);
    let row_height = row_height();
    let rest = StoredValue::new_local(None::<Timeout>);
    let is_sideways = RwSignal::new(false);

    let measure = move || {
        if let (Some(grid), Some(head)) = (grid.get_untracked(), head.get_untracked()) {
            // A hidden table has no size; the last one applies until it is shown again.
            if grid.client_height() > 0 {
                list.measure(row_height, f64::from(grid.client_height() - head.offset_height()).max(row_height));
            }
        }
    };
    let scroll_to = move |scroll_top: f64| {
        if let Some(grid) = grid.get_untracked() {
            grid.set_scroll_top(pixels(scroll_top));
            list.settled(f64::from(grid.scroll_top()));
        }
    };
    let come_to_rest = move || {
        if let Some(grid) = grid.get_untracked() {
            let wanted = list.scroll_top_wanted();
            if (wanted - f64::from(grid.scroll_top())).abs() >= 1.0 {
                scroll_to(wanted);
            }
        }
    };
    let on_scroll = move |_: ev::Event| {
        let Some(grid) = grid.get_untracked() else { return };
        list.scrolled(f64::from(grid.scroll_top()));
        let is_off_start = grid.scroll_left() != 0;
        if is_sideways.get_untracked() != is_off_start {
            is_sideways.set(is_off_start);
        }
        rest.set_value(Some(Timeout::new(REST_MS, come_to_rest)));
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let is_grid = grid.get_untracked().is_some_and(|grid| event.target().as_ref() == Some(grid.as_ref()));
        if !is_grid || event.alt_key() || event.meta_key() {
            return;
        }
        let Some(end) = list.total.get_untracked().and_then(|total| total.checked_sub(1)) else { return };
        let from = active.get_untracked().map(|row| row.min(end));
        let Some(to) = moved(&event.key(), from, list.first_in_view(), list.rows_per_screen(), end) else { return };
        event.prevent_default();
        active.set(Some(to));
        scroll_to(list.reveal(to));
    };

    Effect::new(move |_| {
        list.rewinds.track();
        active.set(None);
        scroll_to(0.0);
    });
    follow_size(grid, measure);

    let row_count = move || list.total.get().map_or(-1, |total| i64::from(total) + 1);
    let active_row = move || {
        let row = active.get()?;
        list.layout.with(|layout| layout.rows.contains(&row)).then(|| row_id(row))
    };
    view! {
        <div
            class="user-grid"
            class:is-waiting=move || list.is_waiting.get()
            class:is-sideways=move || is_sideways.get()
            node_ref=grid
            role="grid"
            tabindex="0"
            aria-label="Users"
            aria-describedby="user-keys"
            aria-rowcount=row_count
            aria-colcount=UserColumn::ALL.len().to_string()
            aria-busy=move || list.is_waiting.get().to_string()
            aria-activedescendant=active_row
            style=("--row-height", format!("{row_height}px"))
            on:scroll=on_scroll
            on:keydown=on_key
        >
            <div class="user-head" role="rowgroup" node_ref=head>
                <div class="user-row" role="row" aria-rowindex="1">
                    {UserColumn::ALL
                        .into_iter()
                        .enumerate()
                        .map(|(at, column)| view! { <Header at column /> })
                        .collect_view()}
                </div>
            </div>
            <Rows list active />
        </div>
        <p class="visually-hidden" id="user-keys">
            "Arrow keys, Page Up, Page Down, Home and End move through the rows."
        </p>
    }
}

/// The visible rows and those around them, at their positions on the track.
#[component]
fn Rows(list: UserList, active: RwSignal<Option<u32>>) -> impl IntoView {
    let track = move || {
        list.total.track();
        format!("{}px", list.track())
    };
    let top = move || list.layout.with(|layout| format!("translateY({}px)", layout.top));
    let rows = move || {
        list.layout.with(|layout| {
            layout.rows.clone().map(|row| (layout.generation, row, list.has_row(row))).collect::<Vec<_>>()
        })
    };
    view! {
        <div class="user-track" role="rowgroup" style:height=track>
            <div class="user-layer" role="presentation" style:transform=top>
                <For each=rows key=|row| *row children=move |(_, row, _)| view! { <Row list row active /> } />
            </div>
        </div>
    }
}

/// A column header, which sorts the table.
#[component]
fn Header(at: usize, column: UserColumn) -> impl IntoView {
    let state = use_state();
    let sort = Memo::new(move |_| state.address.with(|address| sort_of(address.choice("sort"))));
    let direction = move || sort.with(|(sorted, direction)| (*sorted == column).then_some(*direction));
    let aria_sort = move || match direction() {
        Some(SortDirection::Ascending) => "ascending",
        Some(SortDirection::Descending) => "descending",
        None => "none",
    };
    let mark = move || match direction() {
        Some(SortDirection::Ascending) => " ▲",
        Some(SortDirection::Descending) => " ▼",
        None => "",
    };
    let press = move |_| {
        let choice = sort_choice(pressed(sort.get_untracked(), column));
        state.address.update(|address| address.set_choice("sort", &choice));
    };
    view! {
        <div
            class="user-cell"
            class:number=kind(column) == CellKind::Number
            role="columnheader"
            aria-colindex=(at + 1).to_string()
            aria-sort=aria_sort
        >
            <button type="button" title=column.name() on:click=press>
                {label(column)}
                <span class="sort-mark" aria-hidden="true">
                    {mark}
                </span>
            </button>
        </div>
    }
}

/// A row, or a placeholder until it is fetched.
#[component]
fn Row(list: UserList, row: u32, active: RwSignal<Option<u32>>) -> impl IntoView {
    let values = list.row(row);
    view! {
        <div
            class="user-row"
            class:is-coming=values.is_none()
            class:is-active=move || active.get() == Some(row)
            id=row_id(row)
            role="row"
            aria-rowindex=(u64::from(row) + 2).to_string()
            use:fill_row=values
        ></div>
    }
}

fn row_id(row: u32) -> String {
    format!("user-row-{row}")
}

/// Calls `measure` when the size of the table changes.
fn follow_size(grid: NodeRef<html::Div>, measure: impl Fn() + Copy + 'static) {
    Effect::new(move |_| {
        let Some(grid) = grid.get() else { return };
        measure();
        let on_resize = Closure::<dyn FnMut()>::new(measure);
        let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) else { return };
        observer.observe(&grid);
        let held = StoredValue::new_local((observer, on_resize));
        on_cleanup(move || held.with_value(|(observer, _)| observer.disconnect()));
    });
}

/// Returns the row that a key moves to; `None` for other keys.
fn moved(key: &str, from: Option<u32>, first_in_view: u32, per_screen: u32, last: u32) -> Option<u32> {
    let step = per_screen.saturating_sub(1).max(1);
    let to = match (key, from) {
        ("Home", _) => 0,
        ("End", _) => last,
        ("ArrowDown" | "ArrowUp", None) => first_in_view,
        ("PageDown", None) => first_in_view.saturating_add(step),
        ("PageUp", None) => first_in_view.saturating_sub(step),
        ("ArrowDown", Some(from)) => from.saturating_add(1),
        ("ArrowUp", Some(from)) => from.saturating_sub(1),
        ("PageDown", Some(from)) => from.saturating_add(step),
        ("PageUp", Some(from)) => from.saturating_sub(step),
        _ => return None,
    };
    Some(to.min(last))
}

/// Returns the height of a row in whole pixels.
fn row_height() -> f64 {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    let size = size.and_then(|size| size.trim_end_matches("px").parse::<f64>().ok()).unwrap_or(16.0);
    (size * ROW_HEIGHT_REM).round()
}

#[expect(clippy::cast_possible_truncation, reason = "a track is at most ten million pixels long")]
fn pixels(value: f64) -> i32 {
    value.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_within_the_list() {
        assert_eq!(moved("ArrowDown", None, 40, 20, 99), Some(40));
        assert_eq!(moved("ArrowDown", Some(98), 40, 20, 99), Some(99));
        assert_eq!(moved("ArrowDown", Some(99), 40, 20, 99), Some(99));
        assert_eq!(moved("ArrowUp", Some(0), 0, 20, 99), Some(0));
        assert_eq!(moved("PageDown", Some(10), 0, 20, 99), Some(29));
        assert_eq!(moved("PageUp", Some(10), 0, 20, 99), Some(0));
        assert_eq!(moved("PageDown", Some(10), 0, 1, 99), Some(11));
        assert_eq!(moved("Home", Some(10), 0, 20, 99), Some(0));
        assert_eq!(moved("End", None, 0, 20, 99), Some(99));
        assert_eq!(moved("a", Some(10), 0, 20, 99), None);
    }
}
