//! The values of a chart as a table.

use leptos::ev;
use leptos::prelude::*;
use strata_chart::Scene;
use strata_chart::scene::HoverPoint;

use crate::table_region::TableRegion;

/// The data of a chart: column names, and rows of the same length. The first column names the row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataTable {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Cells as they are displayed.
    pub rows: Vec<Vec<String>>,
}

/// The values of a chart, in a collapsed table. It is built when it is first opened.
#[component]
#[must_use]
pub fn ValuesTable(
    /// The chart.
    scene: Memo<Scene>,
    /// Its data; without it, the hover texts.
    table: Option<Callback<(), DataTable>>,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let on_toggle = move |event: ev::Event| {
        let details: web_sys::HtmlDetailsElement = event_target(&event);
        is_open.set(details.open());
    };
    let shown = move || {
        let data = table.map(|table| table.run(()));
        scene.with(|scene| table_view(&scene.title, &data.unwrap_or_else(|| hover_table(&scene.hover))))
    };
    view! {
        <details class="values" on:toggle=on_toggle>
            <summary>"Values as a table"</summary>
            {move || is_open.get().then(shown)}
        </details>
    }
}

fn table_view(title: &str, table: &DataTable) -> impl IntoView + use<> {
    let header = table.header.iter().enumerate().map(|(column, name)| {
        // An empty name does not make a header.
        if name.is_empty() {
            view! { <td></td> }.into_any()
        } else {
            view! {
                <th scope="col" class=(column > 0).then_some("number")>
                    {name.clone()}
                </th>
            }
            .into_any()
        }
    });
    let rows = table.rows.iter().map(|row| {
        let mut cells = row.iter().cloned();
        let name = cells.next();
        view! {
            <tr>
                <th scope="row">{name}</th>
                {cells.map(|cell| view! { <td class="number">{cell}</td> }).collect_view()}
            </tr>
        }
    });
    let (header, rows, caption) = (header.collect_view(), rows.collect_view(), title.to_owned());
    view! {
        <TableRegion label=format!("Values of {title}") class="table-scroll values-scroll">
            <table>
                <caption>{caption}</caption>
                <thead>
                    <tr>{header}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
    }
}

/// Builds a table from the hover texts: a column for each named value, in order of first appearance.
fn hover_table(points: &[HoverPoint]) -> DataTable {
    let mut names: Vec<String> = Vec::new();
    for value in points.iter().flat_map(|point| &point.values) {
        if !names.contains(&value.name) {
            names.push(value.name.clone());
        }
    }
    let rows = points.iter().map(|point| {
        let values = names.iter().map(|name| {
            let value = point.values.iter().find(|value| value.name == *name);
            value.map_or_else(|| "–".to_owned(), |value| value.text.clone())
        });
        std::iter::once(point.label.clone()).chain(values).collect()
    });
    let rows = rows.collect();
    DataTable { header: std::iter::once(String::new()).chain(names).collect(), rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_chart::Role;
    use strata_chart::scene::HoverValue;

    #[test]
    fn every_value_has_a_column_even_one_that_comes_late() {
        let point = |label: &str, names: &[&str]| HoverPoint {
            x: 0.0,
            label: label.to_owned(),
            values: names
                .iter()
                .map(|&name| HoverValue {
                    name: name.to_owned(),
                    text: name.to_lowercase(),
                    y: None,
                    role: Role::Accent,
                })
                .collect(),
        };
        let table = hover_table(&[point("1 Jul", &["DAU"]), point("2 Jul", &["WAU", "DAU"])]);
        assert_eq!(table.header, ["", "DAU", "WAU"]);
        assert_eq!(table.rows, [["1 Jul", "dau", "–"], ["2 Jul", "dau", "wau"]]);
        assert!(hover_table(&[]).rows.is_empty());
    }
}
