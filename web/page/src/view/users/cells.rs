//! The cells of a row. Rows come and go with every frame of scrolling, so their elements are copied from a pattern rather
//! than made one by one.

use std::cell::OnceCell;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{DocumentFragment, Element, Node};

use super::columns::{COLUMNS, CellKind, shown};

/// Characters of a number that every column has room for.
const FITTING_DIGITS: usize = 11;

/// What every row has before its texts are in.
struct Pattern {
    cells: DocumentFragment,
    no_value: DocumentFragment,
}

thread_local! {
    static PATTERN: OnceCell<Option<Pattern>> = const { OnceCell::new() };
}

/// Puts cells into a row, with texts in the order of the columns, or without any where the row is on its way.
#[expect(clippy::needless_pass_by_value, reason = "a directive is given values")]
pub fn fill_row(row: Element, texts: Option<Vec<String>>) {
    PATTERN.with(|pattern| {
        let cells = pattern.get_or_init(Pattern::new).as_ref().and_then(|pattern| pattern.cells(texts.as_deref()));
        if let Some(cells) = cells {
            row.replace_children_with_node_1(&cells);
        }
    });
}

impl Pattern {
    /// `None` only where the browser makes no elements.
    fn new() -> Option<Pattern> {
        let cells = document().create_document_fragment();
        for (at, column) in COLUMNS.iter().enumerate() {
            let class = match column.kind {
                CellKind::Id => "user-cell clipped",
                CellKind::Number => "user-cell number",
                _ => "user-cell",
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

    /// The cells of a row.
    fn cells(&self, texts: Option<&[String]>) -> Option<Node> {
        let cells = self.cells.clone_node_with_deep(true).ok()?;
        let mut next = cells.first_child();
        for (column, text) in COLUMNS.iter().zip(texts.unwrap_or_default()) {
            let cell = next?;
            match shown(column.kind, text) {
                Some(shown) => {
                    cell.set_text_content(Some(&shown));
                    if column.kind == CellKind::Number && shown.chars().count() > FITTING_DIGITS {
                        cell.dyn_ref::<Element>()?.set_class_name("user-cell number clipped");
                    }
                }
                None => {
                    cell.append_child(&self.no_value.clone_node_with_deep(true).ok()?).ok()?;
                }
            }
            if column.kind == CellKind::Id {
                cell.dyn_ref::<Element>()?.set_attribute("title", text).ok()?;
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
