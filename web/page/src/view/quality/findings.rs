//! Everything odd about the data.

use leptos::prelude::*;
use strata_chart::format::count;
use strata_protocol::FindingRow;

use crate::format::sentence;
use crate::table_region::TableRegion;

/// How many of them were found; nothing for a finding about the whole.
#[must_use]
pub fn shown_count(finding: &FindingRow) -> Option<String> {
    (!ABOUT_THE_WHOLE.contains(&finding.code.as_str())).then(|| count(finding.count))
}

/// Findings about the whole: their count is always 1 and says nothing.
const ABOUT_THE_WHOLE: [&str; 5] = [
    "incomplete_last_day",
    "oversized_first_cohort",
    "few_expected_counts",
    "all_payers_are_whales",
    "days_since_last_active_ignored",
];

/// The findings, in their order.
pub fn section(findings: &[FindingRow]) -> impl IntoView + use<> {
    let rows = findings.iter().map(row).collect_view();
    let content = if findings.is_empty() {
        view! { <p class="note">"Nothing odd was found."</p> }.into_any()
    } else {
        view! {
            <TableRegion label="Findings">
                <table class="finding-table">
                    <caption>"A finding changes no result: it says what to keep in mind"</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="number">"Count"</th>
                            <th scope="col">"What was found"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </TableRegion>
        }
        .into_any()
    };
    view! {
        <section>
            <h2>"What is odd"</h2>
            {content}
        </section>
    }
}

fn row(finding: &FindingRow) -> impl IntoView + use<> {
    let examples = finding.examples.iter().map(|example| view! { <li>{example.clone()}</li> }).collect_view();
    let examples = (!finding.examples.is_empty()).then(|| {
        view! {
            <div class="examples">
                <p>{if finding.examples.len() as u64 == finding.count { "These:" } else { "The first of them:" }}</p>
                <ul class="mono">{examples}</ul>
            </div>
        }
    });
    view! {
        <tr>
            <td class="number">{shown_count(finding)}</td>
            <td>
                <p>{sentence(&finding.explanation)} " " <code>{finding.code.clone()}</code></p>
                {examples}
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use strata_core::finding::FindingCode;

    use super::*;

    #[test]
    fn findings_about_the_whole_are_known_to_the_engine() {
        for code in FindingCode::ALL {
            assert_eq!(ABOUT_THE_WHOLE.contains(&code.as_str()), code.unit().is_none());
        }
    }
}
