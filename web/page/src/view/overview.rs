//! How is the game doing?

mod charts;
mod tables;
pub mod words;

use leptos::prelude::*;
use strata_chart::format;
use strata_protocol::{FindingRow, ReportView};

use crate::address::{Address, View};
use crate::format::sentence;
use crate::state::use_state;
use crate::table_region::TableRegion;
use crate::view::funnel::words::answer as funnel_answer;
use crate::view::quality::findings::shown_count;
use crate::view::results::{Chart, from_report, render_report};
use crate::view::segments::charts::{behavioral_bars, revenue_bars};

/// Findings that are shown here; the others are with the data quality.
const FINDING_COUNT: usize = 3;

/// The view that answers: How is the game doing?
#[component]
#[must_use]
pub fn Overview() -> impl IntoView {
    let has_revenue = from_report(words::has_revenue);
    view! {
        <h1>"How is the game doing?"</h1>
        <p class="answer">{from_report(words::answer)}</p>
        {render_report(key_figures)}
        <section>
            <h2>"Who plays, day by day"</h2>
            <Chart draw=charts::activity table=tables::activity/>
        </section>
        <Show when=move || has_revenue.get()>
            <section>
                <h2>"Revenue, day by day"</h2>
                <Chart draw=charts::revenue table=tables::revenue/>
            </section>
        </Show>
        <section>
            <h2>"How many come back"</h2>
            <p class="note">{from_report(words::retention_note)}</p>
            {render_report(pooled_retention)}
            <ViewLink view=View::Retention text="Retention by cohort"/>
        </section>
        <section>
            <h2>"How far they come"</h2>
            <p class="summary">{from_report(|report| funnel_answer(&report.funnel))}</p>
            <ViewLink view=View::Funnel text="The whole funnel"/>
        </section>
        <section>
            <h2>"Who plays, and who pays"</h2>
            <p class="note">"Choose a segment to see its users."</p>
            <Chart draw=behavioral_bars table=tables::behavioral links=tables::behavioral_links/>
            <Show when=move || has_revenue.get()>
                <Chart draw=revenue_bars table=tables::spending links=tables::spending_links/>
            </Show>
            <ViewLink view=View::Segments text="Segments in full"/>
        </section>
        <section>
            <h2>"What is odd about the data"</h2>
            <p class="summary">{from_report(|report| words::quality(&report.quality))}</p>
            {render_report(first_findings)}
            <ViewLink view=View::Quality text="Data quality in full"/>
        </section>
    }
}

/// The way to a view that says more, under the same settings.
#[component]
fn ViewLink(
    /// Where it leads.
    view: View,
    /// What is there.
    text: &'static str,
) -> impl IntoView {
    let state = use_state();
    let href = move || state.address.with(|address| Address { view, ..address.clone() }.fragment());
    view! { <p><a href=href>{text}</a></p> }
}

/// Users, rows, period and the latest activity, as a row of figures.
fn key_figures(report: &ReportView) -> impl IntoView + use<> {
    let figures = words::key_figures(report).into_iter().map(|figure| {
        view! { <div><dt>{figure.name}</dt><dd>{figure.value}</dd><dd class="muted small">{figure.detail}</dd></div> }
    });
    view! { <dl class="key-figures">{figures.collect_view()}</dl> }
}

/// Pooled retention at each window.
fn pooled_retention(report: &ReportView) -> impl IntoView + use<> {
    let retention = &report.retention;
    let rows = retention.windows.iter().zip(&retention.pooled).map(|(&window, cell)| {
        let name = format!("{} {window}", words::window_name(&retention.period));
        let rate = cell.rate.map_or_else(|| "not observed yet".to_owned(), |rate| format::percent(rate, 1));
        let interval = cell.interval.map(|of| format::percent_interval(of.low, of.high, 1)).unwrap_or_default();
        let of = cell.retained.map(|count| format!("{} of {}", format::count(count), format::count(cell.eligible)));
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="number">{rate}</td>
                <td class="number">{interval}</td>
                <td class="number">{of}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let interval_head = format!("{}\u{202F}% interval", format::trimmed(report.interval_level, 3));
    view! {
        <TableRegion label="Pooled retention">
            <table class="narrow">
                <thead>
                    <tr>
                        <th scope="col">"After install"</th>
                        <th scope="col" class="number">"Came back"</th>
                        <th scope="col" class="number">
                            {interval_head}
                        </th>
                        <th scope="col" class="number">"Users"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
    }
}

fn first_findings(report: &ReportView) -> Option<impl IntoView + use<>> {
    let found: Vec<_> =
        report.quality.findings.iter().filter(|row| row.count > 0).take(FINDING_COUNT).map(finding).collect();
    // A list without entries is no list.
    (!found.is_empty()).then(|| view! { <ul class="findings">{found}</ul> })
}

fn finding(row: &FindingRow) -> impl IntoView + use<> {
    view! {
        <li>
            <span class="number">{shown_count(row)}</span>
            <span>{sentence(&row.explanation)} " " <code class="muted">{row.code.clone()}</code></span>
        </li>
    }
}
