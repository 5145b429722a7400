//! The data quality view.

mod columns;
pub mod findings;
mod rejected;

use leptos::prelude::*;
use strata_chart::format::count;
use strata_core::finding::Finding;
use strata_core::report::DataQuality;
use strata_core::value::fixed::Fixed;

use crate::state::use_state;
use crate::table_region::TableRegion;
use crate::wording::numbers::{counted, percent};

/// The view that answers: Can the data be trusted?
#[component]
#[must_use]
pub fn Quality() -> impl IntoView {
    let state = use_state();
    let quality =
        Memo::new(move |_| state.results.with(|results| results.as_ref().map(|of| of.report.quality.clone())));
    view! {
        <h1>"Can the data be trusted?"</h1>
        {move || {
            quality
                .get()
                .map(|quality| {
                    view! {
                        <p class="answer">{answer(&quality)}</p>
                        {figure_table(&quality)}
                        {findings::section(&found(&quality))}
                    }
                })
        }}
        <rejected::RejectedRows />
        <columns::Columns />
    }
}

/// The findings that occurred at least once.
fn found(quality: &DataQuality) -> Vec<&Finding> {
    quality.findings.iter().filter(|finding| finding.count > 0).collect()
}

/// Returns a sentence that answers the heading, based on the figures.
#[must_use]
pub fn answer(quality: &DataQuality) -> String {
    let read = match (quality.rejected_rows, quality.rows_read) {
        (0, 1) => "The only row was accepted".to_owned(),
        (0, all) => format!("All {} were accepted", counted(all, "row", "rows")),
        (rejected, all) => format!(
            "{} of {} were accepted, {} rejected",
            count(quality.accepted_rows),
            counted(all, "row", "rows"),
            count(rejected)
        ),
    };
    let findings = found(quality).len();
    let doubt = match findings {
        0 => "and no issues were found.".to_owned(),
        1 => "and one finding is worth a look before you rely on the results.".to_owned(),
        many => format!("and {many} findings are worth a look before you rely on the results."),
    };
    let verdict = match (findings, quality.data_quality_score.to_f64()) {
        (0, _) => "Yes.",
        (_, score) if score >= 0.99 => "Mostly.",
        (_, score) if score >= 0.9 => "With care.",
        _ => "Check the findings first.",
    };
    format!("{verdict} {read}, {doubt}")
}

/// Returns each figure: its name, value and meaning.
#[must_use]
pub fn figures(quality: &DataQuality) -> [(&'static str, String, &'static str); 6] {
    let share = |fraction: Fixed| percent(fraction.as_percent());
    [
        (
            "Quality score",
            share(quality.data_quality_score),
            "Share of rows that were not rejected, are not duplicates and have no unreadable cells.",
        ),
        (
            "Completeness",
            share(quality.data_completeness),
            "Share of cells with a value in the columns for events, sessions, minutes and revenue that the file has.",
        ),
        ("Rows accepted", count(quality.accepted_rows), "Included in the results."),
        (
            "Rows rejected",
            count(quality.rejected_rows),
            "No user ID, no date or the wrong number of fields. Not included in any result.",
        ),
        ("Unreadable cells", count(quality.invalid_values), "Treated as empty; their rows are included."),
        (
            "Duplicate rows",
            count(quality.duplicate_rows),
            "Same user, device and day as another row. All of them are included.",
        ),
    ]
}

fn figure_table(quality: &DataQuality) -> impl IntoView + use<> {
    let rows = figures(quality);
    view! {
        <TableRegion label="Data quality figures">
            <table class="quality-figures">
                <caption class="visually-hidden">"Data quality figures"</caption>
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">"Figure"</th>
                        <th scope="col">"Value"</th>
                        <th scope="col">"Meaning"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .map(|(name, value, meaning)| {
                            view! {
                                <tr>
                                    <th scope="row">{name}</th>
                                    <td class="number">{value}</td>
                                    <td class="muted">{meaning}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </TableRegion>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::finding::FindingCode;

    fn quality(accepted_rows: u64, rejected_rows: u64, finding_count: usize, score: i128) -> DataQuality {
        let finding = |count| Finding { code: FindingCode::DuplicateRows, count, examples: Vec::new() };
        let mut findings = vec![finding(1); finding_count];
        findings.push(finding(0));
        DataQuality {
            data_quality_score: Fixed::exact(score, 4),
            data_completeness: Fixed::exact(1, 0),
            rows_read: accepted_rows + rejected_rows,
            accepted_rows,
            rejected_rows,
            invalid_values: 0,
            duplicate_rows: 0,
            findings,
        }
    }

    #[test]
    fn the_answer_follows_the_figures() {
        assert_eq!(answer(&quality(1, 0, 0, 10_000)), "Yes. The only row was accepted, and no issues were found.");
        assert_eq!(
            answer(&quality(900, 0, 1, 9_950)),
            "Mostly. All 900 rows were accepted, and one finding is worth a look before you rely on the results."
        );
        assert_eq!(
            answer(&quality(9, 1, 2, 9_000)),
            "With care. 9 of 10 rows were accepted, 1 rejected, and 2 findings are worth a look before you rely on the \
             results."
        );
        assert!(answer(&quality(1, 9, 3, 1_000)).starts_with("Check the findings first."));
    }
}
