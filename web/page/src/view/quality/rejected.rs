//! The first rejected rows.

use leptos::prelude::*;
use strata_chart::format::count;
use strata_core::output::OutputFile;

use crate::state::use_state;
use crate::table_region::TableRegion;
use crate::view::downloads::OutputLink;
use crate::wording::numbers::{counted, whole};

/// The first rejected rows, and a link to all of them as a file; nothing if no rows were rejected.
#[component]
pub fn RejectedRows() -> impl IntoView {
    let state = use_state();
    let rejected = Memo::new(move |_| {
        state.results.with(|results| results.as_ref().map_or(0, |results| results.report.quality.rejected_rows))
    });
    let has_rejected = Memo::new(move |_| rejected.get() > 0);
    view! {
        <Show when=move || has_rejected.get()>
            <section>
                <h2>"Rejected rows"</h2>
                <p class="note">
                    {move || {
                        format!("{} could not be used. Download them in full: ", counted(rejected.get(), "row", "rows"))
                    }} <OutputLink file=OutputFile::RejectedRows />
                </p>
                <TableRegion label="Rejected rows" class="table-scroll rejected-rows">
                    {move || table(&state.loaded.get().rejected_rows)}
                </TableRegion>
            </section>
        </Show>
    }
}

fn table(rows: &[strata_protocol::RejectedRowPreview]) -> impl IntoView + use<> {
    let caption = match rows.len() {
        1 => "First rejected row".to_owned(),
        many => format!("First {many} rejected rows"),
    };
    let rows = rows.iter().map(|row| {
        view! {
            <tr>
                <td>{row.file.clone()}</td>
                <td class="number">{count(whole(row.line))}</td>
                <td>{row.reason.clone()}</td>
                <td class="mono">
                    <div class="row-text">{row.row.clone()}</div>
                </td>
            </tr>
        }
    });
    view! {
        <table class="rejected">
            <caption>{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">"File"</th>
                    <th scope="col" class="number">
                        "Line"
                    </th>
                    <th scope="col">"Reason"</th>
                    <th scope="col">"Row"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
