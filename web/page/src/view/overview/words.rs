//! The overview in words and figures.

use strata_chart::format;
use strata_protocol::{QualityView, ReportView};

use crate::format::{counted, period};

/// A figure with its name and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFigure {
    /// What it is.
    pub name: String,
    /// The figure, with unit.
    pub value: String,
    /// What it counts, or over what.
    pub detail: String,
}

/// The view's heading answered in a sentence.
#[must_use]
pub fn answer(report: &ReportView) -> String {
    let users = counted(report.period.total_users, "user", "users");
    let came_back = report.retention.windows.iter().zip(&report.retention.pooled).find_map(|(window, cell)| {
        let name = window_name(&report.retention.period).to_lowercase();
        Some(format!("{} came back on {name} {window}", format::percent(cell.rate?, 1)))
    });
    let payers = payer_share(report)
        .map(|share| format!("{} have brought revenue", format::percent(share, 1)))
        .filter(|_| has_revenue(report));
    let rest: Vec<String> = came_back.into_iter().chain(payers).collect();
    let dates = period(&report.period.start_date, &report.period.as_of_date);
    match rest.as_slice() {
        [] => format!("{users}, {dates}; too early to say how many come back."),
        parts => format!("Of {users} from {dates}, {}.", parts.join(" and ")),
    }
}

/// Whether any day has revenue.
#[must_use]
pub fn has_revenue(report: &ReportView) -> bool {
    report.daily.iter().any(|day| day.total_revenue != 0.0)
}

/// Share of users with revenue above zero, percent.
fn payer_share(report: &ReportView) -> Option<f64> {
    let total = report.period.total_users;
    let without = report.users_without_revenue;
    (total > 0).then(|| total.saturating_sub(without) as f64 * 100.0 / total as f64)
}

/// The figures at the top.
#[must_use]
pub fn key_figures(report: &ReportView) -> Vec<KeyFigure> {
    let figure = |name: &str, value: String, detail: String| KeyFigure { name: name.to_owned(), value, detail };
    let of = &report.period;
    let mut figures = vec![
        figure("Users", format::count(of.total_users), counted(of.total_rows, "row", "rows")),
        figure(
            "Period",
            counted(report.daily.len() as u64, "day", "days"),
            format!("{}, as of {}", period(&of.start_date, &of.end_date), written(&of.as_of_date)),
        ),
    ];
    if let Some(last) = report.daily.last() {
        let share = last.stickiness.map(|share| format!("{} of monthly users", format::percent(share, 1)));
        figures.push(figure(
            "Active on the last day",
            format::count(last.dau),
            share.unwrap_or_else(|| format::date(last.day)),
        ));
        if let Some(mau) = last.mau {
            figures.push(figure("Active in the last 30 days", format::count(mau), "distinct users".to_owned()));
        }
    }
    if has_revenue(report) {
        let total: f64 = report.daily.iter().map(|day| day.total_revenue).sum();
        let per_user = total / of.total_users.max(1) as f64;
        figures.push(figure("Revenue", format::money(total), format!("{} per user", format::money(per_user))));
    }
    figures
}

/// A date as people write it.
fn written(iso: &str) -> String {
    format::parse_iso_date(iso).map_or_else(|| iso.to_owned(), format::date)
}

/// What a window counts: `Day`, `Week` or `Month`.
#[must_use]
pub fn window_name(period: &str) -> &'static str {
    match period {
        "week" => "Week",
        "month" => "Month",
        _ => "Day",
    }
}

/// Who is in the pooled figures.
#[must_use]
pub fn retention_note(report: &ReportView) -> String {
    let users = report.retention.pooled_size;
    let left_out = report.period.total_users.saturating_sub(users);
    let left_out = match left_out {
        0 => String::new(),
        count => format!(" {} installed before the data begins take no part.", counted(count, "user", "users")),
    };
    format!(
        "Over {} of all cohorts, each window over those observed that long.{left_out}",
        counted(users, "user", "users")
    )
}

/// The data's quality in a sentence.
#[must_use]
pub fn quality(quality: &QualityView) -> String {
    let kinds = quality.findings.iter().filter(|finding| finding.count > 0).count() as u64;
    let score = format::percent(quality.score * 100.0, 1);
    if kinds == 0 {
        return format!("Nothing: quality score {score}.");
    }
    format!("{}; quality score {score}.", counted(kinds, "kind of finding", "kinds of findings"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_protocol::FindingRow;

    #[test]
    fn only_findings_that_count_are_counted() {
        let finding = |count| FindingRow {
            code: "few_expected_counts".to_owned(),
            count,
            explanation: String::new(),
            examples: Vec::new(),
        };
        let with = |findings| QualityView {
            score: 0.987_65,
            completeness: 1.0,
            accepted_rows: 9,
            rejected_rows: 0,
            invalid_values: 0,
            duplicate_rows: 0,
            findings,
        };
        assert_eq!(quality(&with(vec![finding(0)])), "Nothing: quality score 98.8\u{202F}%.");
        assert_eq!(quality(&with(vec![finding(0), finding(3)])), "1 kind of finding; quality score 98.8\u{202F}%.");
    }

    #[test]
    fn windows_have_the_name_of_their_unit() {
        assert_eq!(["day", "week", "month"].map(window_name), ["Day", "Week", "Month"]);
    }
}
