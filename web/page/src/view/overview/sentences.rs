//! Sentences and key figures of the overview.

use strata_chart::format;
use strata_core::report::DataQuality;
use strata_protocol::Results;

use crate::wording::dates::{date, range};
use crate::wording::numbers::{counted, days, percent, share, users};
use crate::wording::window::WindowTerms;

/// A figure with its name and its basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFigure {
    /// Name of the figure.
    pub name: &'static str,
    /// The figure, with its unit.
    pub value: String,
    /// What it counts, or the period that it covers.
    pub detail: String,
}

/// Returns a sentence that answers the heading.
#[must_use]
pub fn answer(results: &Results) -> String {
    let report = &results.report;
    let of = &report.period;
    let terms = WindowTerms::of(&report.retention);
    let came_back = report
        .retention
        .pooled
        .iter()
        .find_map(|cell| Some(format!("{} came back {}", percent(cell.observed?.rate), terms.when(cell.window))));
    let payers = has_revenue(results).then(|| {
        format!(
            "{} generated revenue ({} by paying)",
            share(report.totals.users_with_revenue, of.total_users),
            share(report.totals.paying_users, of.total_users)
        )
    });
    let all = users(of.total_users);
    let dates = range(of.start_date, of.as_of_date);
    let parts: Vec<String> = came_back.into_iter().chain(payers).collect();
    match parts.as_slice() {
        [] => format!("{all}, {dates}; too early to measure retention."),
        parts => format!("Of {all} from {dates}, {}.", parts.join(" and ")),
    }
}

/// Whether any day has revenue.
#[must_use]
pub fn has_revenue(results: &Results) -> bool {
    results.report.daily.iter().any(|day| day.total_revenue.units != 0)
}

/// Returns the key figures.
#[must_use]
pub fn key_figures(results: &Results) -> Vec<KeyFigure> {
    let report = &results.report;
    let figure = |name, value, detail| KeyFigure { name, value, detail };
    let of = &report.period;
    let mut figures = vec![
        figure("Users", format::count(of.total_users), counted(of.total_rows, "row", "rows")),
        figure(
            "Period",
            days(report.daily.len() as u64),
            format!("{}, as of {}", range(of.start_date, of.end_date), date(of.as_of_date)),
        ),
    ];
    if let Some(last) = report.daily.last() {
        let stickiness = last.stickiness.map(|share| format!("{} of monthly users", percent(share)));
        let detail = stickiness.unwrap_or_else(|| date(last.date));
        figures.push(figure("Active on the last day", format::count(last.dau), detail));
        if let Some(mau) = last.mau {
            figures.push(figure("Active in the last 30 days", format::count(mau), "distinct users".to_owned()));
        }
    }
    if has_revenue(results) {
        let totals = &report.totals;
        let per_user = format!("{} per user", format::money(totals.revenue_per_user));
        figures.push(figure("Revenue", format::money(totals.total_revenue), per_user));
    }
    figures
}

/// Returns a sentence that says which users the pooled figures include.
#[must_use]
pub fn retention_note(results: &Results) -> String {
    let retention = &results.report.retention;
    let left_out = match retention.users_left_out {
        0 => String::new(),
        count => format!(" Not included: {} installed before the data begins.", users(count)),
    };
    format!(
        "All cohorts, {}; each window includes the users observed that long.{left_out}",
        users(retention.cohort_users)
    )
}

/// Returns a sentence about data quality.
#[must_use]
pub fn quality(quality: &DataQuality) -> String {
    let kinds = quality.findings.iter().filter(|finding| finding.count > 0).count() as u64;
    let found = match kinds {
        0 => "No issues found".to_owned(),
        kinds => counted(kinds, "finding", "findings"),
    };
    format!("{found}. Quality score: {}.", percent(quality.data_quality_score.as_percent()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::finding::{Finding, FindingCode};
    use strata_core::value::fixed::Fixed;

    #[test]
    fn only_findings_that_count_are_counted() {
        let finding = |count| Finding { code: FindingCode::FewExpectedCounts, count, examples: Vec::new() };
        let with = |findings| DataQuality {
            data_quality_score: Fixed::exact(9_876, 4),
            data_completeness: Fixed::exact(1, 0),
            rows_read: 9,
            accepted_rows: 9,
            rejected_rows: 0,
            invalid_values: 0,
            duplicate_rows: 0,
            findings,
        };
        assert_eq!(quality(&with(vec![finding(0)])), "No issues found. Quality score: 98.8%.");
        assert_eq!(quality(&with(vec![finding(0), finding(3)])), "1 finding. Quality score: 98.8%.");
    }
}
