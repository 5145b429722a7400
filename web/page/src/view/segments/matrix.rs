//! Behavioural by revenue segments.

use leptos::prelude::*;
use strata_chart::{chart, format};
use strata_protocol::{MatrixCellView, ReportView, UserFilter};

use crate::table_region::TableRegion;

use super::cells::users_cell;
use super::names::{BEHAVIORAL, REVENUE, segment_name};

/// The matrix as a table; each count leads to its users.
pub fn segment_matrix(report: &ReportView) -> impl IntoView + use<> {
    let heads = REVENUE.map(|(_, name)| view! { <th scope="col">{name}</th> }).collect_view();
    let rows = BEHAVIORAL.map(|(behavioral, name)| {
        let cells = REVENUE.map(|(revenue, _)| cell(find(&report.matrix.cells, behavioral, revenue)));
        view! { <tr><th scope="row">{name}</th>{cells.collect_view()}</tr> }
    });
    view! {
        <TableRegion label="Engagement by spending">
            <table class="segment-matrix">
                <caption>
                    "Users, how many would be expected if engagement and spending had nothing to do with each other, and \
                     the adjusted residual: from +2 on more than chance would explain (▲), from −2 on fewer (▼)."
                </caption>
                <thead>
                    <tr><td></td>{heads}</tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </TableRegion>
    }
}

fn find<'a>(cells: &'a [MatrixCellView], behavioral: &str, revenue: &str) -> Option<&'a MatrixCellView> {
    cells.iter().find(|cell| cell.behavioral == behavioral && cell.revenue == revenue)
}

fn cell(of: Option<&MatrixCellView>) -> AnyView {
    let Some(of) = of else { return view! { <td>{format::NOT_KNOWN}</td> }.into_any() };
    let look = chart::matrix_cell(of.residual);
    let filter = UserFilter {
        behavioral: Some(of.behavioral.clone()),
        revenue: Some(of.revenue.clone()),
        ..UserFilter::default()
    };
    let name = format!("{}, {}", segment_name(&of.behavioral), segment_name(&of.revenue));
    let mark = match of.residual {
        Some(residual) if look.is_marked && residual > 0.0 => "▲ ",
        Some(_) if look.is_marked => "▼ ",
        _ => "",
    };
    let class = if look.is_marked { format!("{} is-marked", look.class) } else { look.class };
    view! {
        <td class=class>
            {users_cell(of.user_count, filter, &name)}
            <small>{format!("expected {}", format::decimal(of.expected, 1))}</small>
            <small class="residual">
                <span aria-hidden="true">{mark}</span>
                {look.text}
                <span class="visually-hidden">{format!(", {}", look.meaning)}</span>
            </small>
        </td>
    }
    .into_any()
}
