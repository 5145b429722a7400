//! The overview.

pub mod charts;
pub mod sentences;
pub mod tables;

use leptos::prelude::*;
use strata_chart::format;
use strata_core::finding::Finding;
use strata_protocol::Results;

use crate::address::{Address, View};
use crate::state::use_state;
use crate::table_region::TableRegion;
use crate::view::funnel::sentences::answer as funnel_answer;
use crate::view::quality::findings::shown_count;
use crate::view::results::{Chart, from_results, render_results};
use crate::view::segments::charts::{behavioral_bars, revenue_bars};
use crate::wording::numbers::{interval, percent};
use crate::wording::phrase::sentence;
use crate::wording::window;

/// Number of findings shown here; the others are in the data quality view.
const FINDING_COUNT: usize = 3;

/// The view that answers: How is the game doing?
#[component]
#[must_use]
pub fn Overview() -> impl IntoView {
    let has_revenue = from_results(sentences::has_revenue);
    view! {
        <h1>"How is the game doing?"</h1>
        <p class="answer">{from_results(sentences::answer)}</p>
        {render_results(key_figures)}
        <section>
            <h2>"Active users by day"</h2>
            <Chart draw=charts::activity table=tables::activity />
        </section>
        <Show when=move || has_revenue.get()>
            <section>
                <h2>"Revenue by day"</h2>
                <Chart draw=charts::revenue table=tables::revenue />
            </section>
        </Show>
        <section>
            <h2>"How many users come back"</h2>
            <p class="note">{from_results(sentences::retention_note)}</p>
            {render_results(pooled_retention)}
            <ViewLink view=View::Retention text="Retention by cohort" />
        </section>
        <section>
            <h2>"How far users get"</h2>
            <p class="summary">{from_results(funnel_answer)}</p>
            <ViewLink view=View::Funnel text="Full funnel" />
        </section>
        <section>
            <h2>"Who plays, and who pays"</h2>
            <p class="note">"Select a segment to see its users."</p>
            <Chart draw=behavioral_bars table=tables::behavioral links=tables::behavioral_links />
            <Show when=move || has_revenue.get()>
                <Chart draw=revenue_bars table=tables::spending links=tables::spending_links />
            </Show>
            <ViewLink view=View::Segments text="All segments" />
        </section>
        <section>
            <h2>"Data quality"</h2>
            <p class="summary">{from_results(|results| sentences::quality(&results.report.quality))}</p>
            {render_results(first_findings)}
            <ViewLink view=View::Quality text="Full data quality report" />
        </section>
    }
}

/// A link to a view with more details, under the same settings.
#[component]
fn ViewLink(
    /// The view.
    view: View,
    /// Text of the link.
    text: &'static str,
) -> impl IntoView {
    let state = use_state();
    let href = move || state.address.with(|address| Address { view, ..address.clone() }.fragment());
    view! {
        <p>
            <a href=href>{text}</a>
        </p>
    }
}

/// Users, rows, period and latest activity, as a row of figures.
fn key_figures(results: &Results) -> impl IntoView + use<> {
    let figures = sentences::key_figures(results).into_iter().map(|figure| {
        view! {
            <div>
                <dt>{figure.name}</dt>
                <dd>{figure.value}</dd>
                <dd class="muted small">{figure.detail}</dd>
            </div>
        }
    });
    view! { <dl class="key-figures">{figures.collect_view()}</dl> }
}

/// Pooled retention at each window.
fn pooled_retention(results: &Results) -> impl IntoView + use<> {
    let report = &results.report;
    let rows = report.retention.pooled.iter().map(|cell| {
        let name = window::name(report.retention.period, cell.window);
        let rate = match cell.observed {
            Some(observed) => percent(observed.rate),
            None => "not yet observed".to_owned(),
        };
        let of = cell.observed.map(|observed| {
            format!("{} of {}", format::count(observed.retained_users), format::count(cell.eligible_users))
        });
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="number">{rate}</td>
                <td class="number">{cell.observed.map(|observed| interval(observed.ci))}</td>
                <td class="number">{of}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let interval_head = format!("{} interval", format::level(report.interval_level));
    view! {
        <TableRegion label="Pooled retention">
            <table class="narrow">
                <thead>
                    <tr>
                        <th scope="col">"Window"</th>
                        <th scope="col" class="number">
                            "Came back"
                        </th>
                        <th scope="col" class="number">
                            {interval_head}
                        </th>
                        <th scope="col" class="number">
                            "Users"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
    }
}

fn first_findings(results: &Results) -> Option<impl IntoView + use<>> {
    let found: Vec<_> =
        results.report.quality.findings.iter().filter(|row| row.count > 0).take(FINDING_COUNT).map(finding).collect();
    // An empty list is omitted.
    (!found.is_empty()).then(|| view! { <ul class="findings">{found}</ul> })
}

fn finding(row: &Finding) -> impl IntoView + use<> {
    view! {
        <li>
            <span class="number">{shown_count(row)}</span>
            <span>{sentence(row.code.explanation(row.count))} " " <code class="muted">{row.code.as_str()}</code></span>
        </li>
    }
}
