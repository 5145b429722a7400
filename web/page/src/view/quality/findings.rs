//! The findings about the data.

use leptos::prelude::*;
use strata_chart::format::count;
use strata_core::finding::Finding;

use crate::table_region::TableRegion;
use crate::wording::phrase::sentence;

/// Returns the count of a finding; `None` for a finding about the data as a whole.
#[must_use]
pub fn shown_count(finding: &Finding) -> Option<String> {
    finding.code.unit().map(|_| count(finding.count))
}

/// Renders the findings, in order.
pub fn section(findings: &[&Finding]) -> impl IntoView + use<> {
    let rows = findings.iter().map(|finding| row(finding)).collect_view();
    let content = if findings.is_empty() {
        view! { <p class="note">"No issues found."</p> }.into_any()
    } else {
        view! {
            <TableRegion label="Findings">
                <table class="finding-table">
                    <caption>"Findings do not change results; they say what to keep in mind"</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="number">
                                "Count"
                            </th>
                            <th scope="col">"Finding"</th>
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
            <h2>"Findings"</h2>
            {content}
        </section>
    }
}

fn row(finding: &Finding) -> impl IntoView + use<> {
    let examples = finding.examples.iter().map(|example| view! { <li>{example.clone()}</li> }).collect_view();
    let examples = (!finding.examples.is_empty()).then(|| {
        view! {
            <div class="examples">
                <p>{if finding.examples.len() as u64 == finding.count { "Examples:" } else { "First examples:" }}</p>
                <ul class="mono">{examples}</ul>
            </div>
        }
    });
    view! {
        <tr>
            <td class="number">{shown_count(finding)}</td>
            <td>
                <p>{sentence(finding.code.explanation(finding.count))} " " <code>{finding.code.as_str()}</code></p>
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
    fn findings_about_the_whole_show_no_count() {
        for &code in FindingCode::ALL {
            let shown = shown_count(&Finding { code, count: 1_234, examples: Vec::new() });
            assert_eq!(shown, code.unit().map(|_| "1,234".to_owned()), "{code:?}");
        }
    }
}
