//! The matrix of behavioural and revenue segments.

use leptos::prelude::*;
use strata_chart::{chart, format};
use strata_core::analysis::membership::UserFilter;
use strata_core::report::{BehavioralSegment, MatrixCell, RevenueSegment};
use strata_protocol::Results;

use crate::table_region::TableRegion;

use crate::wording::segment::{behavioral_name, revenue_name};

use super::cells::users_cell;

/// Renders the matrix as a table; each count is a link to its users.
pub fn segment_matrix(results: &Results) -> impl IntoView + use<> {
    let heads = RevenueSegment::ALL.map(|segment| view! { <th scope="col">{revenue_name(segment)}</th> });
    let heads = heads.collect_view();
    let rows = BehavioralSegment::ALL.map(|behavioral| {
        let cells = RevenueSegment::ALL.map(|revenue| cell(find(&results.report.matrix.cells, behavioral, revenue)));
        view! {
            <tr>
                <th scope="row">{behavioral_name(behavioral)}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <TableRegion label="Engagement by spending">
            <table class="segment-matrix">
                <caption>
                    "Users, the number expected if engagement and spending were unrelated, and the adjusted residual: \
                     ▲ at +2 or above (more than chance explains), ▼ at −2 or below (fewer)."
                </caption>
                <thead>
                    <tr>
                        <td></td>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </TableRegion>
    }
}

fn find(cells: &[MatrixCell], behavioral: BehavioralSegment, revenue: RevenueSegment) -> Option<&MatrixCell> {
    cells.iter().find(|cell| cell.behavioral == behavioral && cell.revenue == revenue)
}

fn cell(of: Option<&MatrixCell>) -> AnyView {
    let Some(of) = of else { return view! { <td>{format::NOT_KNOWN}</td> }.into_any() };
    let look = chart::matrix_cell(of.adjusted_residual);
    let filter = UserFilter { behavioral: Some(of.behavioral), revenue: Some(of.revenue), ..UserFilter::default() };
    let name = format!("{}, {}", behavioral_name(of.behavioral), revenue_name(of.revenue));
    let mark = match of.adjusted_residual {
        Some(residual) if look.is_marked && residual.units > 0 => "▲ ",
        Some(_) if look.is_marked => "▼ ",
        _ => "",
    };
    let class = if look.is_marked { format!("{} is-marked", look.class) } else { look.class };
    view! {
        <td class=class>
            {users_cell(of.user_count, filter, &name)}
            <small>{format!("expected {}", format::number(of.expected_count, 1))}</small> <small class="residual">
                <span aria-hidden="true">{mark}</span>
                {look.text}
                <span class="visually-hidden">{format!(", {}", look.meaning)}</span>
            </small>
        </td>
    }
    .into_any()
}
