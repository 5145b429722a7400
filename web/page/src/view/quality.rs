//! Can the data be trusted?

mod columns;
pub mod findings;
mod rejected;

use leptos::prelude::*;
use strata_chart::format::{count, percent};
use strata_protocol::QualityView;

use crate::format::counted;
use crate::state::use_state;
use crate::table_region::TableRegion;

/// The view that answers: Can the data be trusted?
#[component]
#[must_use]
pub fn Quality() -> impl IntoView {
    let state = use_state();
    let quality = Memo::new(move |_| state.report.with(|report| report.as_ref().map(|report| report.quality.clone())));
    view! {
        <h1>"Can the data be trusted?"</h1>
        {move || quality.get().map(|quality| view! {
            <p class="answer">{answer(&quality)}</p>
            {figures(&quality)}
            {findings::section(&quality.findings)}
        })}
        <rejected::RejectedRows/>
        <columns::Columns/>
    }
}

/// The heading's question, answered from the figures.
fn answer(quality: &QualityView) -> String {
    let all = quality.accepted_rows + quality.rejected_rows;
    let read = match (quality.rejected_rows, all) {
        (0, 1) => "The one row was read".to_owned(),
        (0, _) => format!("All {} were read", counted(all, "row", "rows")),
        (rejected, _) => {
            format!(
                "{} of {} were read, {} rejected",
                count(all - rejected),
                counted(all, "row", "rows"),
                count(rejected)
            )
        }
    };
    let doubt = match quality.findings.len() {
        0 => "and nothing odd was found.".to_owned(),
        1 => "and one thing is worth a look before you rely on the results.".to_owned(),
        findings => format!("and {findings} things are worth a look before you rely on the results."),
    };
    let verdict = match (quality.findings.len(), quality.score) {
        (0, _) => "Yes.",
        (_, score) if score >= 0.99 => "Largely.",
        (_, score) if score >= 0.9 => "With care.",
        _ => "Not without a check.",
    };
    format!("{verdict} {read}, {doubt}")
}

fn figures(quality: &QualityView) -> impl IntoView + use<> {
    let share = |fraction: f64| percent(fraction * 100.0, 2);
    let rows = [
        (
            "Quality score",
            share(quality.score),
            "Of all rows read, those that were neither rejected, nor a duplicate, nor hold a value that cannot be read.",
        ),
        (
            "Completeness",
            share(quality.completeness),
            "Cells that hold a value, in the columns of events, sessions, minutes and revenue that the file has.",
        ),
        ("Rows accepted", count(quality.accepted_rows), "They are in the results."),
        (
            "Rows rejected",
            count(quality.rejected_rows),
            "Without a user, a date or the right number of fields. They are in no result.",
        ),
        (
            "Invalid values",
            count(quality.invalid_values),
            "Cells that cannot be read; they count as empty, their row counts.",
        ),
        (
            "Duplicate rows",
            count(quality.duplicate_rows),
            "Same user, device and day as another row. All of them count.",
        ),
    ];
    view! {
        <TableRegion label="Quality in figures">
            <table class="quality-figures">
                <caption class="visually-hidden">"Quality in figures"</caption>
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">"Figure"</th>
                        <th scope="col">"Value"</th>
                        <th scope="col">"Meaning"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .map(|(name, value, meaning)| view! {
                            <tr>
                                <th scope="row">{name}</th>
                                <td class="number">{value}</td>
                                <td class="muted">{meaning}</td>
                            </tr>
                        })
                        .collect_view()}
                </tbody>
            </table>
        </TableRegion>
    }
}

#[cfg(test)]
mod tests {
    use strata_protocol::FindingRow;

    use super::*;

    fn quality(accepted_rows: u64, rejected_rows: u64, finding_count: usize, score: f64) -> QualityView {
        let finding = FindingRow { code: "x".to_owned(), count: 1, explanation: String::new(), examples: Vec::new() };
        QualityView {
            score,
            completeness: 1.0,
            accepted_rows,
            rejected_rows,
            invalid_values: 0,
            duplicate_rows: 0,
            findings: vec![finding; finding_count],
        }
    }

    #[test]
    fn the_answer_follows_the_figures() {
        assert_eq!(answer(&quality(1, 0, 0, 1.0)), "Yes. The one row was read, and nothing odd was found.");
        assert_eq!(
            answer(&quality(900, 0, 1, 0.995)),
            "Largely. All 900 rows were read, and one thing is worth a look before you rely on the results."
        );
        assert_eq!(
            answer(&quality(9, 1, 2, 0.9)),
            "With care. 9 of 10 rows were read, 1 rejected, and 2 things are worth a look before you rely on the results."
        );
        assert!(answer(&quality(1, 9, 3, 0.1)).starts_with("Not without a check."));
    }
}
