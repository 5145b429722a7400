//! The effect of the last change of settings: users per segment before and after.

use leptos::prelude::*;
use strata_chart::format::{ValueFormat, count, decimal, signed};
use strata_core::report::Report;
use strata_core::value::fixed::Fixed;

use crate::settings::sheet::is_sheet;
use crate::state::{AppState, use_state};
use crate::wording::numbers::counted;
use crate::wording::segment::{behavioral_name, revenue_name};

/// A segment's users before and after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SegmentChange {
    name: &'static str,
    before: u64,
    after: u64,
}

/// Every segment, behavioural ones first.
fn segment_changes(before: &Report, after: &Report) -> Vec<SegmentChange> {
    let behavioral = before.behavioral.iter().zip(&after.behavioral).map(|(before, after)| SegmentChange {
        name: behavioral_name(after.segment),
        before: before.user_count,
        after: after.user_count,
    });
    let revenue = before.revenue.iter().zip(&after.revenue).map(|(before, after)| SegmentChange {
        name: revenue_name(after.segment),
        before: before.user_count,
        after: after.user_count,
    });
    behavioral.chain(revenue).collect()
}

/// The changes, how long they took, and a reading in progress.
#[component]
pub fn Changes() -> impl IntoView {
    let state = use_state();
    let is_small = is_sheet();
    view! {
        // A separate element, because a summary is a button, and changes of its text are not announced.
        <p class="visually-hidden" role="status">
            {move || status(state)}
        </p>
        <details class="changes" prop:open=!is_small>
            <summary>{move || status(state)}</summary>
            {move || {
                let before = state.results_before.get()?;
                let after = state.results.get()?;
                Some(table(&segment_changes(&before.report, &after.report)))
            }}
        </details>
    }
}

fn status(state: AppState) -> String {
    if state.is_pending.get() {
        let progress = state.progress.get();
        return if progress.total_bytes > 0.0 {
            let share = (progress.byte_count / progress.total_bytes * 100.0).clamp(0.0, 100.0);
            format!("Reading the rows again: {}", ValueFormat::Percent(0).exact(share))
        } else {
            "Updating …".to_owned()
        };
    }
    let (Some(answer_ms), Some(before), Some(after)) =
        (state.answer_ms.get(), state.results_before.get(), state.results.get())
    else {
        return "Change a setting to see its effect on the segments.".to_owned();
    };
    let changed = segment_changes(&before.report, &after.report)
        .into_iter()
        .filter(|change| change.before != change.after)
        .count();
    let effect = match changed {
        0 => "no segment changed size".to_owned(),
        changed => format!("{} changed", counted(changed as u64, "segment", "segments")),
    };
    format!("Updated in {} ms: {effect}.", decimal(answer_ms, 0))
}

fn table(changes: &[SegmentChange]) -> impl IntoView + use<> {
    let rows = changes.iter().map(|change| {
        let difference = Fixed::exact(i128::from(change.after) - i128::from(change.before), 0);
        view! {
            <tr class:muted=change.before == change.after>
                <th scope="row">{change.name}</th>
                <td class="number">{count(change.before)}</td>
                <td class="number">{count(change.after)}</td>
                <td class="number">{signed(difference, 0)}</td>
            </tr>
        }
    });
    view! {
        <table>
            <caption class="visually-hidden">"Users per segment before and after the last change"</caption>
            <thead>
                <tr>
                    <th scope="col">"Segment"</th>
                    <th scope="col" class="number">
                        "Before"
                    </th>
                    <th scope="col" class="number">
                        "After"
                    </th>
                    <th scope="col" class="number">
                        "Change"
                    </th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
