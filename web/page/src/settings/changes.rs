//! What the last change of a setting did: users per segment before and after.

use leptos::prelude::*;
use strata_chart::format::{count, decimal, percent, signed};
use strata_protocol::ReportView;

use crate::format::counted;
use crate::state::{AppState, use_state};
use crate::view::segments::names::segment_name;

/// A segment's users before and after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SegmentChange {
    segment: String,
    before: u64,
    after: u64,
}

/// Every segment, behavioural ones first.
fn segment_changes(before: &ReportView, after: &ReportView) -> Vec<SegmentChange> {
    let counts = |report: &ReportView| -> Vec<(String, u64)> {
        let behavioral = report.behavioral.iter().map(|row| (row.segment.clone(), row.user_count));
        behavioral.chain(report.revenue.iter().map(|row| (row.segment.clone(), row.user_count))).collect()
    };
    let after = counts(after);
    let before = counts(before);
    let count_before = |segment: &str| before.iter().find(|(known, _)| known == segment).map_or(0, |(_, count)| *count);
    let changes = after.into_iter();
    changes.map(|(segment, after)| SegmentChange { before: count_before(&segment), after, segment }).collect()
}

/// What changed, how long it took, and what is under way.
#[component]
pub fn Changes() -> impl IntoView {
    let state = use_state();
    let is_small = crate::settings::panel::is_sheet();
    view! {
        // Of its own, because a summary is a button, whose text is not announced when it changes.
        <p class="visually-hidden" role="status">
            {move || status(state)}
        </p>
        <details class="changes" prop:open=!is_small>
            <summary>{move || status(state)}</summary>
            {move || {
                let before = state.report_before.get()?;
                let after = state.report.get()?;
                Some(table(&segment_changes(&before, &after)))
            }}
        </details>
    }
}

fn status(state: AppState) -> String {
    if state.is_pending.get() {
        let progress = state.progress.get();
        return if progress.total_bytes > 0.0 {
            let share = (progress.byte_count / progress.total_bytes * 100.0).clamp(0.0, 100.0);
            format!("Going through the rows again: {}", percent(share, 0))
        } else {
            "Updating …".to_owned()
        };
    }
    let (Some(answer_ms), Some(before), Some(after)) =
        (state.answer_ms.get(), state.report_before.get(), state.report.get())
    else {
        return "Change a setting to see what it does to the segments.".to_owned();
    };
    let changed = segment_changes(&before, &after).iter().filter(|change| change.before != change.after).count();
    let effect = match changed {
        0 => "no segment changed its size".to_owned(),
        changed => format!("{} changed", counted(changed as u64, "segment", "segments")),
    };
    format!("Updated in {} ms: {effect}.", decimal(answer_ms, 0))
}

fn table(changes: &[SegmentChange]) -> impl IntoView + use<> {
    let rows = changes.iter().map(|change| {
        let difference = change.after as f64 - change.before as f64;
        view! {
            <tr class:muted=change.before == change.after>
                <th scope="row">{segment_name(&change.segment)}</th>
                <td class="number">{count(change.before)}</td>
                <td class="number">{count(change.after)}</td>
                <td class="number">{signed(difference, 0)}</td>
            </tr>
        }
    });
    view! {
        <table>
            <caption class="visually-hidden">"Users per segment, before and after the last change"</caption>
            <thead>
                <tr>
                    <th scope="col">"Segment"</th>
                    <th scope="col" class="number">"Before"</th>
                    <th scope="col" class="number">"After"</th>
                    <th scope="col" class="number">"Change"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
