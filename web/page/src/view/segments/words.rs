//! Segments in words.

use strata_chart::format;
use strata_protocol::{ConcentrationPoint, MatrixView, ReportView, SegmentThresholds, TestView};

use crate::format::counted;
use crate::view::funnel::words::p_words;

use super::names::segment_members;

/// Who plays and who pays, in one sentence.
#[must_use]
pub fn answer(report: &ReportView) -> String {
    let all = report.period.total_users;
    if all == 0 {
        return "There is no user.".to_owned();
    }
    if all == 1 {
        return one_user(report);
    }
    let of = |segment: &str| report.behavioral.iter().find(|row| row.segment == segment);
    let share = |segment: &str| of(segment).and_then(|row| row.share_of_users).unwrap_or(0.0);
    let play = format!(
        "Of {}, {} are highly engaged and {} have churned",
        counted(all, "user", "users"),
        format::percent(share("high_engagement"), 1),
        format::percent(share("churned"), 1),
    );
    let whales = report.revenue.iter().find(|row| row.segment == "whale").filter(|row| row.user_count > 0);
    let with_revenue = all.saturating_sub(report.users_without_revenue);
    match whales {
        _ if with_revenue == 0 => format!("{play}; nobody has brought revenue."),
        Some(row) => {
            let bring = if row.user_count == 1 { "brings" } else { "bring" };
            let whales = counted(row.user_count, "whale", "whales");
            let users = format::percent(row.share_of_users.unwrap_or(0.0), 1);
            match row.share_of_revenue {
                Some(revenue) => {
                    let revenue = format::percent(revenue, 1);
                    format!("{play}; {whales} ({users} of users) {bring} {revenue} of revenue.")
                }
                None => format!("{play}; {whales} ({users} of users) {bring} the most revenue."),
            }
        }
        None => format!("{play}; {} brought revenue.", counted(with_revenue, "user", "users")),
    }
}

fn one_user(report: &ReportView) -> String {
    let engagement = report.behavioral.iter().find(|row| row.user_count > 0).map(|row| row.segment.as_str());
    let spending = report.revenue.iter().find(|row| row.user_count > 0).map(|row| row.segment.as_str());
    let member = |segment: Option<&str>| segment_members(segment.unwrap_or_default(), 1);
    format!("There is one user: a {} and a {}.", member(engagement), member(spending))
}

/// From where a user is in a segment, as `score from 0.512`; none where nobody can be.
#[must_use]
pub fn criterion(segment: &str, thresholds: &SegmentThresholds, churn_days: u64) -> Option<String> {
    let score = |value: Option<f64>| value.map(|value| format::decimal(value, 3));
    let money = |value: Option<f64>| value.map(format::money);
    match segment {
        "high_engagement" => score(thresholds.high_engagement).map(|from| format!("score from {from}")),
        "moderate_engagement" => score(thresholds.moderate_engagement).map(|from| format!("score from {from}")),
        "low_engagement" => score(thresholds.moderate_engagement).map(|to| format!("score below {to}")),
        "churned" => Some(format!("not active for {} or more", counted(churn_days, "day", "days"))),
        "whale" => money(thresholds.whale).map(|from| format!("revenue from {from}")),
        "dolphin" => money(thresholds.dolphin).map(|from| format!("revenue from {from}")),
        "minnow" => money(thresholds.dolphin).map(|to| format!("revenue below {to}")),
        "free_user" => Some("no revenue".to_owned()),
        _ => None,
    }
}

/// What a test of a segment against all other users found.
#[must_use]
pub fn test_words(test: Option<&TestView>) -> String {
    test.map_or_else(
        || "not tested".to_owned(),
        |test| {
            let verdict = if test.is_significant { "differs" } else { "no clear difference" };
            format!("{verdict}, {}", p_words(test.p_adjusted))
        },
    )
}

/// A confidence and whether it is enough.
#[must_use]
pub fn confidence_words(confidence: f64, meets_threshold: bool) -> String {
    let verdict = if meets_threshold { "enough" } else { "too low" };
    format!("{}, {verdict}", format::decimal(confidence, 2))
}

/// How unevenly revenue is spread, in one sentence; none without revenue.
#[must_use]
pub fn concentration_words(points: &[ConcentrationPoint]) -> Option<String> {
    let at = |share: f64| points.iter().find(|point| point.users_share >= share - 1e-9 && point.users_share < 100.0);
    let first = at(1.0)?;
    let say =
        |point: &ConcentrationPoint| (format::trimmed(point.users_share, 1), format::percent(point.revenue_share, 1));
    let (users, revenue) = say(first);
    let next = at(10.0).filter(|next| next.users_share > first.users_share);
    let more =
        next.map(say).map_or_else(String::new, |(users, revenue)| format!(", the top {users}\u{202f}% {revenue}"));
    Some(format!("The top {users}\u{202f}% of users bring {revenue} of revenue{more}."))
}

/// Whether engagement and spending go together, in one sentence.
#[must_use]
pub fn association(matrix: &MatrixView, significance_threshold: f64) -> String {
    let (Some(chi_squared), Some(p)) = (matrix.chi_squared, matrix.p_value) else {
        return "All users are in one row or one column, so there is nothing to compare.".to_owned();
    };
    let verdict = if p < significance_threshold {
        match matrix.cramers_v {
            Some(v) if v >= 0.5 => "Engagement and spending go together strongly",
            Some(v) if v >= 0.3 => "Engagement and spending go together moderately",
            Some(v) if v < 0.1 => "Engagement and spending go together, but hardly",
            _ => "Engagement and spending go together weakly",
        }
    } else {
        "It cannot be shown that engagement and spending go together"
    };
    let v = matrix
        .cramers_v
        .map_or_else(String::new, |v| format!(", Cramér’s V\u{202f}=\u{202f}{}", format::decimal(v, 2)));
    let freedom = counted(u64::from(matrix.degrees_of_freedom), "degree", "degrees");
    let chi_squared = format::decimal(chi_squared, 1);
    format!("{verdict}: χ²\u{202f}=\u{202f}{chi_squared} with {freedom} of freedom, {}{v}.", p_words(p))
}

/// Whether the matrix has too few users for its test to be relied on.
#[must_use]
pub fn has_few_expected(report: &ReportView) -> bool {
    report.quality.findings.iter().any(|finding| finding.code == "few_expected_counts" && finding.count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.replace(format::NARROW_SPACE, " ")
    }

    fn points(pairs: &[(f64, f64)]) -> Vec<ConcentrationPoint> {
        pairs.iter().map(|&(users_share, revenue_share)| ConcentrationPoint { users_share, revenue_share }).collect()
    }

    fn matrix(chi_squared: Option<f64>, p_value: Option<f64>, cramers_v: Option<f64>) -> MatrixView {
        MatrixView { cells: vec![], chi_squared, degrees_of_freedom: 9, p_value, cramers_v }
    }

    #[test]
    fn concentration_is_said_for_one_and_ten_percent() {
        let curve = points(&[(0.0, 0.0), (0.5, 30.0), (1.0, 43.0), (10.0, 81.25), (100.0, 100.0)]);
        assert_eq!(
            plain(&concentration_words(&curve).unwrap()),
            "The top 1 % of users bring 43.0 % of revenue, the top 10 % 81.2 %."
        );
        assert_eq!(
            plain(&concentration_words(&points(&[(0.0, 0.0), (50.0, 90.0), (100.0, 100.0)])).unwrap()),
            "The top 50 % of users bring 90.0 % of revenue."
        );
        assert_eq!(concentration_words(&[]), None);
        assert_eq!(concentration_words(&points(&[(100.0, 100.0)])), None);
    }

    #[test]
    fn an_association_is_claimed_only_where_the_test_is_significant() {
        assert_eq!(
            plain(&association(&matrix(Some(1234.56), Some(1e-9), Some(0.21)), 0.05)),
            "Engagement and spending go together weakly: χ² = 1 234.6 with 9 degrees of freedom, p < 0.001, \
             Cramér’s V = 0.21."
        );
        assert!(association(&matrix(Some(9.0), Some(0.4), Some(0.6)), 0.05).starts_with("It cannot be shown"));
        assert!(association(&matrix(None, None, None), 0.05).starts_with("All users are in one"));
    }

    #[test]
    fn a_test_is_never_said_to_be_a_probability_of_an_effect() {
        let test = |p_adjusted: f64, is_significant| TestView { p_value: p_adjusted, p_adjusted, is_significant };
        assert_eq!(plain(&test_words(Some(&test(0.012, true)))), "differs, p = 0.012");
        assert_eq!(plain(&test_words(Some(&test(0.5, false)))), "no clear difference, p = 0.500");
        assert_eq!(test_words(None), "not tested");
    }

    #[test]
    fn criteria_are_the_thresholds() {
        let thresholds = SegmentThresholds {
            high_engagement: Some(0.512_34),
            moderate_engagement: Some(0.2),
            whale: Some(49.99),
            dolphin: None,
        };
        let of = |segment| criterion(segment, &thresholds, 14);
        assert_eq!(of("high_engagement").as_deref(), Some("score from 0.512"));
        assert_eq!(of("low_engagement").as_deref(), Some("score below 0.200"));
        assert_eq!(of("churned").as_deref(), Some("not active for 14 days or more"));
        assert_eq!(of("whale").as_deref(), Some("revenue from 49.99"));
        assert_eq!(of("minnow"), None);
    }

    #[test]
    fn confidence_says_whether_it_is_enough() {
        assert_eq!(confidence_words(0.914, true), "0.91, enough");
        assert_eq!(confidence_words(0.2, false), "0.20, too low");
    }
}
