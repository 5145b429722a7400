//! The heatmap as a table: one listener for all cells, and the details of the current cell beside it.

use std::sync::Arc;

use leptos::either::EitherOf3;
use leptos::html;
use leptos::prelude::*;
use strata_chart::format;
use strata_core::analysis::membership::{CohortFilter, CohortMembers, UserFilter};
use strata_core::report::{Retention, RetentionCell};
use strata_core::value::calendar::Day;
use strata_protocol::Results;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlElement, HtmlTableCellElement, HtmlTableRowElement, KeyboardEvent, MouseEvent, PointerEvent,
};

use super::heatmap::{self, Metric, ShownCell, ShownRow};
use super::keys::{Place, moved};
use super::sentences;
use crate::address::Address;
use crate::frames::in_a_later_frame;
use crate::state::use_state;
use crate::view::users::link::users_link;
use crate::wording::window;

/// Number of rows built at once; a long table is built over several frames, so that the page stays responsive.
const ROWS_PER_FRAME: usize = 24;

/// Number of columns before the windows: cohort and size.
const HEADING_COLUMNS: usize = 2;

/// The heatmap, and the details of the cell under the pointer or the focus.
#[component]
#[must_use]
pub fn Heatmap(
    /// What the cells show.
    metric: Memo<Metric>,
) -> impl IntoView {
    let state = use_state();
    let is_newest_first = Memo::new(move |_| state.address.with(|address| address.choice("order") == Some("newest")));
    let rows = Memo::new(move |_| {
        state.results.with(|results| {
            let rows = |results: &Results| {
                let minimum_size = results.settings.segmentation_minimum_sample_size;
                heatmap::rows(&results.report.retention, minimum_size, metric.get(), is_newest_first.get())
            };
            Arc::new(results.as_deref().map(rows).unwrap_or_default())
        })
    });
    let place = RwSignal::new(None::<Place>);
    let table = NodeRef::<html::Table>::new();
    let at = move |event: &Event| place_of(event.target()?.dyn_ref::<Element>()?);
    let point_at = move |event: &Event| {
        if let Some(at) = at(event) {
            place.set(Some(at));
        }
    };
    let list_users = move |at: Place| {
        let cell =
            state.results.with_untracked(|results| cell_of(results.as_deref()?, at, is_newest_first.get_untracked()));
        if let Some(members) = cell.as_ref().and_then(CellMembers::of) {
            state.address.update(|address| *address = Address::parse(&members.retained_link(address)));
        }
    };
    let on_click = move |event: MouseEvent| {
        // Without hover, tapping is the only way to read a cell; the list is linked beside the table.
        let is_touch = event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch");
        if let Some(at) = at(&event).filter(|_| !is_touch) {
            list_users(at);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let Some(from) = at(&event) else { return };
        if event.key() == "Enter" || event.key() == " " {
            event.prevent_default();
            list_users(from);
            return;
        }
        let size = rows.with_untracked(|rows| Some((rows.len(), rows.first()?.cells.len())));
        let Some((row_count, column_count)) = size else { return };
        let is_control = event.ctrl_key() || event.meta_key();
        if let Some(to) = moved(from, &event.key(), is_control, row_count, column_count) {
            event.prevent_default();
            if let Some(table) = table.get_untracked() {
                move_focus(&table, to);
            }
        }
    };
    let drawing = RwSignal::new(Drawing::default());
    Effect::new(move |_| {
        let minimum =
            state.results.with(|results| results.as_ref().map_or(0, |of| of.settings.segmentation_minimum_sample_size));
        drawing.set(Drawing { rows: rows.get(), minimum, block_count: 1 });
    });
    Effect::new(move |_| {
        if drawing.with(|drawing| !drawing.is_done()) {
            in_a_later_frame(move || {
                // The view may have been removed by then.
                drawing.try_update(|drawing| drawing.block_count += 1);
            });
        }
    });
    let block_count = Memo::new(move |_| drawing.with(|drawing| drawing.rows.len().div_ceil(ROWS_PER_FRAME)));
    // Results under other settings may have removed the row of the cell that Tab reached. Rendering has finished when
    // the browser is about to draw.
    Effect::new(move |_| {
        rows.track();
        request_animation_frame(move || {
            if let Some(Some(table)) = table.try_get_untracked() {
                make_reachable(&table);
            }
        });
    });
    view! {
        <div class="heatmap">
            <div class="table-scroll heatmap-scroll">
                <table
                    node_ref=table
                    role="grid"
                    aria-label="Retention by cohort"
                    aria-busy=move || drawing.with(|drawing| (!drawing.is_done()).then_some("true"))
                    on:pointerover=move |event| point_at(&event)
                    on:focusin=move |event| point_at(&event)
                    on:keydown=on_key
                    on:click=on_click
                >
                    {move || state.results.with(|results| results.as_deref().map(|of| head_view(&of.report.retention)))}
                    <tbody>
                        {move || (0..block_count.get()).map(|block| block_view(drawing, block)).collect_view()}
                    </tbody>
                </table>
            </div>
            <Details place is_newest_first />
        </div>
    }
}

/// Progress of drawing the table.
#[derive(Clone, Debug, Default)]
struct Drawing {
    /// All rows.
    rows: Arc<Vec<ShownRow>>,
    /// Minimum size of a cohort that is not small, in users.
    minimum: u64,
    /// Number of blocks that may be drawn so far; the others keep their previous content.
    block_count: usize,
}

impl Drawing {
    fn is_done(&self) -> bool {
        self.block_count * ROWS_PER_FRAME >= self.rows.len()
    }
}

/// A block of rows: updated when its turn comes, and only if its rows have changed.
fn block_view(drawing: RwSignal<Drawing>, block: usize) -> impl IntoView {
    let first = block * ROWS_PER_FRAME;
    let shown = Memo::new(move |before: Option<&Arc<(Vec<ShownRow>, u64)>>| {
        drawing.with(|drawing| {
            if block >= drawing.block_count {
                return before.cloned().unwrap_or_default();
            }
            let rows = drawing.rows.iter().skip(first).take(ROWS_PER_FRAME).cloned().collect();
            Arc::new((rows, drawing.minimum))
        })
    });
    move || {
        shown.with(|shown| {
            let (rows, minimum) = shown.as_ref();
            rows.iter().enumerate().map(|(number, row)| row_view(first + number, row, *minimum)).collect_view()
        })
    }
}

fn head_view(retention: &Retention) -> impl IntoView + use<> {
    let windows = retention.windows.iter().map(|&at| {
        view! {
            <th scope="col" class="number">
                {window::name(retention.period, at)}
            </th>
        }
    });
    view! {
        <thead>
            <tr>
                <th scope="col" class="cohort">
                    {heatmap::cohort_heading(retention.cohort_period)}
                </th>
                <th scope="col" class="number size">
                    "Users"
                </th>
                {windows.collect_view()}
            </tr>
        </thead>
    }
}

fn row_view(number: usize, row: &ShownRow, minimum: u64) -> impl IntoView + use<> {
    let class = match (number, row.is_small) {
        (0, _) => "pooled",
        (_, true) => "small-cohort",
        _ => "",
    };
    let small =
        row.is_small.then(|| view! { <span class="small-mark">{format!("n<{}", format::count(minimum))}</span> });
    let cells = row.cells.iter().map(cell_view);
    view! {
        <tr class=class>
            <th scope="row" class="cohort">
                {row.name.clone()}
            </th>
            <td class="number size">{small}{format::count(row.size)}</td>
            {cells.collect_view()}
        </tr>
    }
}

/// A cell. There are thousands of them, so each holds only what it needs: its position is that of its element, and it
/// becomes focusable only when it is current.
fn cell_view(cell: &ShownCell) -> impl IntoView + use<> {
    let shade = cell.shade.map(|step| format!(" heat-{step}")).unwrap_or_default();
    let class = format!("cell {}{shade}", cell.state.class());
    let text = cell.text.clone();
    if let Some(description) = cell.description.clone() {
        EitherOf3::A(view! { <td class=class>{text}<span class="visually-hidden">{description}</span></td> })
    } else if cell.is_partial {
        EitherOf3::B(
            view! { <td class=class>{text}<small>{format!("n={}", format::count(cell.eligible))}</small></td> },
        )
    } else {
        EitherOf3::C(view! { <td class=class>{text}</td> })
    }
}

/// Returns the cell that contains an element.
fn place_of(element: &Element) -> Option<Place> {
    let cell = element.closest("td.cell").ok()??.dyn_into::<HtmlTableCellElement>().ok()?;
    let row = cell.parent_element()?.dyn_into::<HtmlTableRowElement>().ok()?;
    let column = usize::try_from(cell.cell_index()).ok()?.checked_sub(HEADING_COLUMNS)?;
    Some(Place { row: usize::try_from(row.section_row_index()).ok()?, column })
}

fn cell_at(table: &Element, Place { row, column }: Place) -> Option<HtmlElement> {
    let selector = format!("tbody tr:nth-child({}) > :nth-child({})", row + 1, column + HEADING_COLUMNS + 1);
    table.query_selector(&selector).ok()?.and_then(|cell| cell.dyn_into().ok())
}

/// Moves the focus to a cell, which also becomes the one that Tab enters the table at.
fn move_focus(table: &Element, to: Place) {
    let Some(next) = cell_at(table, to) else { return };
    if let Some(before) = reachable(table) {
        before.set_tab_index(-1);
    }
    next.set_tab_index(0);
    // An element in the document can always be focused.
    let _ = next.focus();
}

/// Ensures that Tab can enter the table at a cell.
fn make_reachable(table: &Element) {
    if reachable(table).is_none()
        && let Some(first) = cell_at(table, Place::default())
    {
        first.set_tab_index(0);
    }
}

fn reachable(table: &Element) -> Option<HtmlElement> {
    table.query_selector("td[tabindex=\"0\"]").ok()?.and_then(|cell| cell.dyn_into().ok())
}

/// Returns the cell of the results at a position in the table.
fn cell_of(results: &Results, at: Place, is_newest_first: bool) -> Option<RetentionCell> {
    heatmap::cells_by_row(&results.report.retention, is_newest_first).get(at.row)?.get(at.column).cloned()
}

/// The users counted in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CellMembers {
    cohort_date: Option<Day>,
    window: u32,
    /// Users who came back.
    retained: u64,
    /// Users who did not.
    lost: u64,
}

impl CellMembers {
    /// Returns the users of a cell; `None` if no users have been observed.
    fn of(cell: &RetentionCell) -> Option<CellMembers> {
        let observed = cell.observed?;
        Some(CellMembers {
            cohort_date: cell.cohort_date,
            window: cell.window,
            retained: observed.retained_users,
            lost: observed.lost_users,
        })
    }

    /// Returns the address of the list of users who came back.
    fn retained_link(self, address: &Address) -> String {
        self.link(address, CohortMembers::Retained { window: self.window })
    }

    /// Returns the address of the list of users who did not come back.
    fn lost_link(self, address: &Address) -> String {
        self.link(address, CohortMembers::NotRetained { window: self.window })
    }

    fn link(self, address: &Address, members: CohortMembers) -> String {
        let cohort = CohortFilter { cohort_date: self.cohort_date, members };
        users_link(address, UserFilter { cohort: Some(cohort), ..UserFilter::default() })
    }
}

/// The details of the current cell; initially, of the first pooled one.
#[component]
fn Details(
    /// The current cell.
    place: RwSignal<Option<Place>>,
    /// Whether the newest cohort is the first.
    is_newest_first: Memo<bool>,
) -> impl IntoView {
    let state = use_state();
    let details = Memo::new(move |_| {
        let at = place.get().unwrap_or_default();
        state.results.with(|results| {
            let results = results.as_deref()?;
            let cell = cell_of(results, at, is_newest_first.get())?;
            Some((sentences::cell_lines(results, &cell), CellMembers::of(&cell)))
        })
    });
    let lists = move || {
        let members = details.with(|details| details.as_ref()?.1)?;
        let address = state.address.get();
        let list = |count: u64, href: String, words: &str| {
            (count > 0).then(|| {
                view! {
                    <li>
                        <a href=href>{format!("{} {words}", format::count(count))}</a>
                    </li>
                }
            })
        };
        Some(view! {
            <ul class="cell-lists" aria-label="Lists of users">
                {list(members.retained, members.retained_link(&address), "who came back")}
                {list(members.lost, members.lost_link(&address), "who did not")}
            </ul>
        })
    };
    view! {
        <div class="cell-details" class:is-chosen=move || place.with(Option::is_some)>
            <div aria-live="polite">
                {move || {
                    let mut lines = details.get()?.0.into_iter();
                    let title = lines.next().map(|line| view! { <p class="cell-title">{line}</p> });
                    Some((title, lines.map(|line| view! { <p>{line}</p> }).collect_view()))
                }}
            </div>
            {lists}
        </div>
    }
}
