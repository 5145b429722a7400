//! Table cells that the segment tables share.

use leptos::prelude::*;
use strata_chart::format;
use strata_protocol::{ReportView, TestView, UserFilter};

use crate::format::counted;
use crate::state::use_state;
use crate::view::users::link::users_link;

use super::names::segment_name;
use super::words::{confidence_words, criterion, test_words};

/// A segment's name, its word in the files, and who is in it.
pub fn segment_cell(report: &ReportView, segment: &str) -> impl IntoView + use<> {
    view! {
        <th scope="row">
            {segment_name(segment)}
            <code class="contract-name">{segment.to_owned()}</code>
            <small>{criterion(segment, &report.thresholds, report.churn_days)}</small>
        </th>
    }
}

/// A count that leads to the users counted; the name says which, for those who hear the link by itself.
pub fn users_cell(count: u64, filter: UserFilter, name: &str) -> AnyView {
    if count == 0 {
        return "0".into_any();
    }
    let href = use_state().address.with_untracked(|address| users_link(address, filter));
    let unit = if count == 1 { "user" } else { "users" };
    view! {
        <a href=href>{format::count(count)}<span class="visually-hidden">{format!(" {unit}: {name}")}</span></a>
    }
    .into_any()
}

/// A figure, and under it what belongs to it: its share or interval.
pub fn figure_cell(figure: impl IntoView, detail: Option<String>) -> AnyView {
    view! { <td class="number">{figure.into_any()}{detail.map(|detail| view! { <small>{detail}</small> })}</td> }
        .into_any()
}

/// A share in percent.
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| format::NOT_KNOWN.to_owned(), |share| format::percent(share, 1))
}

/// A number with so many decimals.
pub fn number(value: Option<f64>, places: usize) -> String {
    value.map_or_else(|| format::NOT_KNOWN.to_owned(), |value| format::decimal(value, places))
}

/// What a test found.
pub fn test_cell(test: Option<&TestView>) -> impl IntoView + use<> {
    let is_significant = test.is_some_and(|test| test.is_significant);
    view! { <td class:significant=is_significant>{test_words(test)}</td> }
}

/// A confidence.
pub fn confidence_cell(confidence: f64, meets_threshold: bool) -> impl IntoView {
    view! { <td class:muted=!meets_threshold>{confidence_words(confidence, meets_threshold)}</td> }
}

/// How the tests are to be read, for the caption.
pub fn test_caption(report: &ReportView, compared: &str) -> String {
    format!(
        "Difference: {compared} against all other users; p adjusted over the segments (Benjamini–Hochberg), at least {} \
         on both sides, a difference where p < {}. Confidence: from size, completeness and spread, 0 to 1.",
        counted(report.minimum_sample_size, "user", "users"),
        format::trimmed(report.significance_threshold, 4),
    )
}
