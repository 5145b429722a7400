//! The cells of a row. Rows change in every frame of scrolling, so their elements are cloned from a template rather
//! than created individually.

use std::cell::OnceCell;

use leptos::prelude::document;
use strata_core::user_list::UserColumn;
use strata_protocol::UserRow;
use wasm_bindgen::JsCast;
use web_sys::{DocumentFragment, Element, Node};

use super::columns::{CellKind, kind, shown};

/// Number of characters that fit into every number column.
const FITTING_DIGITS: usize = 11;

/// The elements of a row without its texts.
struct Pattern {
    cells: DocumentFragment,
    no_value: DocumentFragment,
}

thread_local! {
    static PATTERN: OnceCell<Option<Pattern>> = const { OnceCell::new() };
}

/// Puts cells into a row, with their values, or empty if the row has not been fetched yet.
#[expect(clippy::needless_pass_by_value, reason = "a directive is given values")]
pub fn fill_row(row: Element, values: Option<UserRow>) {
    PATTERN.with(|pattern| {
        let cells = pattern.get_or_init(Pattern::new).as_ref().and_then(|pattern| pattern.cells(values.as_ref()));
        if let Some(cells) = cells {
            row.replace_children_with_node_1(&cells);
        }
    });
}

impl Pattern {
    /// Returns `None` only if the browser cannot create elements.
    fn new() -> Option<Pattern> {
        let cells = document().create_document_fragment();
        for (at, column) in UserColumn::ALL.into_iter().enumerate() {
            let class = match kind(column) {
                CellKind::Id => "user-cell clipped",
                CellKind::Number => "user-cell number",
                CellKind::Date | CellKind::Name => "user-cell",
            };
            let cell = element("div", class)?;
            cell.set_attribute("role", if at == 0 { "rowheader" } else { "gridcell" }).ok()?;
            cell.set_attribute("aria-colindex", &(at + 1).to_string()).ok()?;
            cells.append_child(&cell).ok()?;
        }
        let no_value = document().create_document_fragment();
        let dash = document().create_element("span").ok()?;
        dash.set_attribute("aria-hidden", "true").ok()?;
        dash.set_text_content(Some("–"));
        no_value.append_child(&dash).ok()?;
        let words = element("span", "visually-hidden")?;
        words.set_text_content(Some("no value"));
        no_value.append_child(&words).ok()?;
        Some(Pattern { cells, no_value })
    }

    /// Returns the cells of a row.
    fn cells(&self, values: Option<&UserRow>) -> Option<Node> {
        let cells = self.cells.clone_node_with_deep(true).ok()?;
        let mut next = cells.first_child();
        for (column, value) in UserColumn::ALL.into_iter().zip(values.into_iter().flatten()) {
            let cell = next?;
            match shown(value) {
                Some(shown) => {
                    cell.set_text_content(Some(&shown));
                    if kind(column) == CellKind::Id {
                        cell.dyn_ref::<Element>()?.set_attribute("title", &shown).ok()?;
                    }
                    if kind(column) == CellKind::Number && shown.chars().count() > FITTING_DIGITS {
                        cell.dyn_ref::<Element>()?.set_class_name("user-cell number clipped");
                    }
                }
                None => {
                    cell.append_child(&self.no_value.clone_node_with_deep(true).ok()?).ok()?;
                }
            }
            next = cell.next_sibling();
        }
        Some(cells)
    }
}

fn element(name: &str, class: &str) -> Option<Element> {
    let element = document().create_element(name).ok()?;
    element.set_class_name(class);
    Some(element)
}
