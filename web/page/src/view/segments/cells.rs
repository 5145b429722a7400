//! Table cells that the segment tables share.

use leptos::prelude::*;
use strata_chart::format;
use strata_core::analysis::membership::UserFilter;
use strata_core::report::TestResult;
use strata_core::value::fixed::Fixed;
use strata_protocol::Results;

use crate::state::use_state;
use crate::view::users::link::users_link;
use crate::wording::numbers::users;
use crate::wording::significance::against_others;

use super::sentences;

/// Renders a segment's name, its word in the files, and its criterion.
pub fn segment_cell(name: &'static str, word: &'static str, criterion: Option<String>) -> impl IntoView + use<> {
    view! { <th scope="row">{name} <code class="contract-name">{word}</code> <small>{criterion}</small></th> }
}

/// Renders a count with a link to its users; the link's label includes the name, for screen readers.
pub fn users_cell(count: u64, filter: UserFilter, name: &str) -> AnyView {
    if count == 0 {
        return "0".into_any();
    }
    let href = use_state().address.with_untracked(|address| users_link(address, filter));
    let unit = if count == 1 { "user" } else { "users" };
    view! { <a href=href>{format::count(count)}<span class="visually-hidden">{format!(" {unit}: {name}")}</span></a> }
        .into_any()
}

/// Renders a figure, with its share or interval under it.
pub fn figure_cell(figure: impl IntoView, detail: Option<String>) -> AnyView {
    view! { <td class="number">{figure.into_any()}{detail.map(|detail| view! { <small>{detail}</small> })}</td> }
        .into_any()
}

/// Renders the result of a test.
pub fn test_cell(test: Option<TestResult>) -> impl IntoView + use<> {
    let is_significant = test.is_some_and(|test| test.is_significant);
    view! { <td class:significant=is_significant>{against_others(test)}</td> }
}

/// Renders a confidence.
pub fn confidence_cell(confidence: Fixed, meets_threshold: bool) -> impl IntoView {
    view! { <td class:muted=!meets_threshold>{sentences::confidence(confidence, meets_threshold)}</td> }
}

/// Explains the tests, for the caption.
pub fn test_caption(results: &Results, compared: &str) -> String {
    format!(
        "Difference: {compared} compared with all other users. p is adjusted across segments (Benjamini–Hochberg); each \
         side needs at least {}; significant if p < {}. Confidence: from size, completeness and spread, 0 to 1.",
        users(results.settings.segmentation_minimum_sample_size),
        format::trimmed(results.settings.segmentation_significance_threshold, 4),
    )
}
