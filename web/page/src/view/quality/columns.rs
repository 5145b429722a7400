//! How the columns of each file are used.

use leptos::prelude::*;
use strata_chart::format::bytes;
use strata_protocol::LoadedInput;

use crate::state::use_state;
use crate::table_region::TableRegion;
use crate::wording::numbers::whole;
use crate::wording::phrase::sentence;

/// Up to this many files are expanded; if there are more, only the first is.
const OPEN_AT_MOST: usize = 2;

/// How the columns of each file are used, which are missing and which are not used.
#[component]
pub fn Columns() -> impl IntoView {
    let state = use_state();
    let content = move || {
        let loaded = state.loaded.get();
        let count = loaded.inputs.len();
        let inputs = loaded.inputs.iter().enumerate();
        inputs.map(|(position, of)| input(of, position == 0 || count <= OPEN_AT_MOST)).collect_view()
    };
    view! {
        <section>
            <h2>"Files and columns"</h2>
            {content}
        </section>
    }
}

fn input(input: &LoadedInput, is_open: bool) -> impl IntoView + use<> {
    let size = bytes(whole(input.byte_count));
    let content = if input.is_duplicate {
        view! { <p class="note">"Not read: another file has the same content."</p> }.into_any()
    } else {
        view! {
            {names("Files that this user table was built from", &input.made_of)}
            {mapped(input)}
            {absent(input)}
            {names("Unused columns", &input.unused)}
        }
        .into_any()
    };
    view! {
        <details class="input" open=is_open>
            <summary>
                <strong>{input.name.clone()}</strong>
                <span class="muted">" " {input.format.clone()} ", " {size}</span>
            </summary>
            {content}
        </details>
    }
}

fn mapped(input: &LoadedInput) -> impl IntoView + use<> {
    let (same, renamed): (Vec<_>, Vec<_>) =
        input.mapped.iter().partition(|mapped| mapped.column.to_string() == mapped.header);
    let same: Vec<String> = same.iter().map(|mapped| mapped.column.to_string()).collect();
    let rows = renamed.iter().map(|mapped| {
        view! {
            <tr>
                <th scope="row">
                    <code>{mapped.column.to_string()}</code>
                </th>
                <td>"← " <code>{mapped.header.clone()}</code></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let label = format!("Columns of {}", input.name);
    let table = (!renamed.is_empty()).then(|| {
        view! {
            <h3>"Columns with another name in the file"</h3>
            <TableRegion label=label>
                <table class="mapped">
                    <caption class="visually-hidden">"Columns with another name in the file"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Column"</th>
                            <th scope="col">"In the file"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableRegion>
        }
    });
    view! {
        {table}
        {names("Columns with their standard name", &same)}
    }
}

fn absent(input: &LoadedInput) -> Option<impl IntoView + use<>> {
    if input.absent.is_empty() {
        return None;
    }
    let items = input.absent.iter().map(|column| {
        view! {
            <div>
                <dt>
                    <code>{column.to_string()}</code>
                </dt>
                <dd>{sentence(column.cost_of_absence())}</dd>
            </div>
        }
    });
    Some(view! {
        <h3>"Missing columns and their effect"</h3>
        <dl class="column-list">{items.collect_view()}</dl>
    })
}

/// A list of names under a heading; `None` if it is empty.
fn names(heading: &'static str, names: &[String]) -> Option<impl IntoView + use<>> {
    if names.is_empty() {
        return None;
    }
    let items = names.iter().map(|name| {
        view! {
            <li>
                <code>{name.clone()}</code>
            </li>
        }
    });
    Some(view! {
        <h3>{heading}</h3>
        <ul class="names">{items.collect_view()}</ul>
    })
}
