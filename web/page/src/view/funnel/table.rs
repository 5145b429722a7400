//! Every figure of the funnel.

use leptos::prelude::*;
use strata_chart::format;
use strata_protocol::{FunnelMembers, FunnelStage, FunnelView, ReportView, UserFilter};

use crate::state::use_state;
use crate::table_region::TableRegion;
use crate::view::segments::names::stage_name;
use crate::view::users::link::users_link;

use super::words::{conversion_rate, dropped, largest_drop, trend_verdict, trend_words};

/// The table, a row per stage.
pub fn funnel_table(report: &ReportView) -> impl IntoView + use<> {
    let largest = largest_drop(&report.funnel).map(|(at, _)| at);
    let rows = report.funnel.stages.iter().enumerate();
    let rows = rows.map(|(at, stage)| row(stage, largest == Some(at), report.period.total_users)).collect_view();
    let caption = format!(
        "Intervals are Wilson’s at {}. Reached counts all users, whatever mode and window.",
        format::percent(report.interval_level, 0)
    );
    view! {
        <TableRegion label="Funnel figures">
            <table class="figure-table">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Stage"</th>
                        <th scope="col" class="number">"Entered"</th>
                        <th scope="col" class="number">"Completed"</th>
                        <th scope="col" class="number">"Conversion"</th>
                        <th scope="col" class="number">"Dropped off"</th>
                        <th scope="col" class="number">"Mean days"</th>
                        <th scope="col" class="number">"Median days"</th>
                        <th scope="col" class="number">"Reached"</th>
                        <th scope="col">"Earlier → later cohorts"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </TableRegion>
        <p class="note">{trend_note(&report.funnel)}</p>
    }
}

fn row(stage: &FunnelStage, is_largest: bool, all_users: u64) -> impl IntoView + use<> {
    let name = stage_name(&stage.stage);
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| format::NOT_KNOWN.to_owned());
    let percent = |rate: Option<f64>| or_dash(rate.map(|rate| format::percent(rate, 1)));
    let days = |value: Option<f64>| or_dash(value.map(|value| format::decimal(value, 1)));
    let interval = stage.conversion_interval.map(|bounds| format::percent_interval(bounds.low, bounds.high, 1));
    let reached_share = (all_users > 0).then(|| format::percent(100.0 * stage.reached as f64 / all_users as f64, 1));
    let completed_name = format!(" users completed {name}");
    let dropped_name = format!(" users dropped off before {name}");
    view! {
        <tr>
            <th scope="row">
                {name}
                <code class="contract-name">{stage.stage.clone()}</code>
            </th>
            <td class="number">{format::count(stage.entered)}</td>
            <td class="number">
                {members_link(stage, "completed", stage.completed, completed_name)}
            </td>
            <td class="number">
                {percent(conversion_rate(stage))}
                <small>{interval}</small>
            </td>
            <td class="number">
                {members_link(stage, "dropped", dropped(stage), dropped_name)}
                <small class:largest=is_largest>
                    {percent(conversion_rate(stage).map(|rate| 100.0 - rate))}
                    {is_largest.then_some(", the largest")}
                </small>
            </td>
            <td class="number">{days(stage.mean_days)}</td>
            <td class="number">{days(stage.median_days)}</td>
            <td class="number">
                {format::count(stage.reached)}
                <small>{reached_share}</small>
            </td>
            <td>
                {or_dash(trend_words(stage))}
                <small>{trend_verdict(stage)}</small>
            </td>
        </tr>
    }
}

/// A count that leads to the users counted.
fn members_link(stage: &FunnelStage, which: &str, count: u64, name: String) -> AnyView {
    if count == 0 {
        return format::count(count).into_any();
    }
    let members = FunnelMembers { stage: stage.stage.clone(), which: which.to_owned() };
    let filter = UserFilter { funnel: Some(members), ..UserFilter::default() };
    let href = use_state().address.with_untracked(|address| users_link(address, filter));
    view! {
        <a href=href>{format::count(count)}<span class="visually-hidden">{name}</span></a>
    }
    .into_any()
}

fn trend_note(funnel: &FunnelView) -> String {
    let days = funnel.window_days.unwrap_or(DEFAULT_TREND_DAYS);
    let days = crate::format::counted(days.into(), "day", "days");
    format!(
        "Earlier and later are the two halves of the cohorts by install date, each counted within {days} of install. \
         p is adjusted over the stages (Benjamini–Hochberg)."
    )
}

/// The window of the trend test where none is set, days.
const DEFAULT_TREND_DAYS: u32 = 7;
