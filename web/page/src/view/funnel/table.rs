//! The table of all funnel figures.

use leptos::prelude::*;
use strata_chart::format;
use strata_core::analysis::membership::{FunnelFilter, UserFilter};
use strata_core::report::FunnelStep;
use strata_protocol::Results;

use crate::state::use_state;
use crate::table_region::TableRegion;
use crate::view::users::link::users_link;
use crate::wording::numbers::{days, interval, known_number, known_percent, percent};
use crate::wording::segment::stage_name;
use crate::wording::significance::change;

use super::sentences::trend;

/// Renders the table, with a row per stage.
pub fn funnel_table(results: &Results) -> impl IntoView + use<> {
    let funnel = &results.report.funnel;
    let rows = funnel.steps.iter().enumerate();
    let rows = rows.map(|(at, step)| row(step, funnel.largest_drop == Some(at))).collect_view();
    let caption = format!(
        "Wilson intervals at the {} level. Reached counts all users, regardless of mode and window.",
        format::level(results.report.interval_level)
    );
    view! {
        <TableRegion label="Funnel figures">
            <table class="figure-table">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Stage"</th>
                        <th scope="col" class="number">
                            "Entered"
                        </th>
                        <th scope="col" class="number">
                            "Completed"
                        </th>
                        <th scope="col" class="number">
                            "Conversion"
                        </th>
                        <th scope="col" class="number">
                            "Dropped off"
                        </th>
                        <th scope="col" class="number">
                            "Mean days"
                        </th>
                        <th scope="col" class="number">
                            "Median days"
                        </th>
                        <th scope="col" class="number">
                            "Reached"
                        </th>
                        <th scope="col">"Earlier → later cohorts"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
        <p class="note">{trend_note(results.settings.funnel_window_days)}</p>
    }
}

fn row(step: &FunnelStep, is_largest: bool) -> impl IntoView + use<> {
    let name = stage_name(step.stage);
    let noun = |count: u64| if count == 1 { "user" } else { "users" };
    let completed_name = format!(" {} completed {name}", noun(step.users_completed));
    let dropped_name = format!(" {} dropped off before {name}", noun(step.users_dropped));
    view! {
        <tr>
            <th scope="row">{name} <code class="contract-name">{step.stage.to_string()}</code></th>
            <td class="number">{format::count(step.users_entered)}</td>
            <td class="number">
                {members_link(FunnelFilter::Completed(step.stage), step.users_completed, completed_name)}
            </td>
            <td class="number">
                {known_percent(step.conversion_rate)} <small>{step.conversion_ci.map(interval)}</small>
            </td>
            <td class="number">
                {members_link(FunnelFilter::DroppedOff(step.stage), step.users_dropped, dropped_name)}
                <small class:largest=is_largest>
                    {known_percent(step.drop_off_rate)} {is_largest.then_some(", the largest")}
                </small>
            </td>
            <td class="number">{known_number(step.avg_days, 1)}</td>
            <td class="number">{known_number(step.median_days, 1)}</td>
            <td class="number">
                {format::count(step.users_reached)} <small>{percent(step.overall_conversion_rate)}</small>
            </td>
            <td>{trend(step)} <small>{change(step.trend)}</small></td>
        </tr>
    }
}

/// A count with a link to its users.
fn members_link(members: FunnelFilter, count: u64, name: String) -> AnyView {
    if count == 0 {
        return format::count(count).into_any();
    }
    let filter = UserFilter { funnel: Some(members), ..UserFilter::default() };
    let href = use_state().address.with_untracked(|address| users_link(address, filter));
    view! { <a href=href>{format::count(count)}<span class="visually-hidden">{name}</span></a> }.into_any()
}

fn trend_note(window_days: Option<u32>) -> String {
    let window = days(window_days.unwrap_or(DEFAULT_TREND_DAYS).into());
    format!(
        "Earlier and later are the two halves of the cohorts by install date, each counted within {window} of install. \
         p is adjusted over the stages (Benjamini–Hochberg)."
    )
}

/// The window of the trend test if none is set, in days.
const DEFAULT_TREND_DAYS: u32 = 7;
