//! Segments in sentences.

use strata_chart::format;
use strata_core::analysis::distribution::ConcentrationPoint;
use strata_core::finding::FindingCode;
use strata_core::report::{BehavioralSegment, Report, RevenueSegment, SegmentMatrix, Thresholds};
use strata_core::value::fixed::Fixed;
use strata_protocol::Results;

use crate::wording::numbers::{counted, days, percent, share, users};
use crate::wording::segment::{behavioral_member, revenue_member};
use crate::wording::significance::p_value;

/// Returns a sentence that says who plays and who pays.
#[must_use]
pub fn answer(results: &Results) -> String {
    let report = &results.report;
    let all = report.period.total_users;
    match all {
        0 => return "There are no users.".to_owned(),
        1 => return the_only_user(report),
        _ => {}
    }
    let of = |segment| report.behavioral.iter().find(|row| row.segment == segment).map_or(0, |row| row.user_count);
    let play = format!(
        "Of {}, {} are highly engaged and {} have churned",
        users(all),
        share(of(BehavioralSegment::HighEngagement), all),
        share(of(BehavioralSegment::Churned), all),
    );
    let with_revenue = report.totals.users_with_revenue;
    if with_revenue == 0 {
        return format!("{play}; no user generated revenue.");
    }
    let whales = report.revenue.iter().find(|row| row.segment == RevenueSegment::Whale);
    match whales.filter(|row| row.user_count > 0) {
        Some(row) => {
            let whales = counted(row.user_count, "whale", "whales");
            let of_revenue = match row.revenue_share {
                Some(of_revenue) => format!("{} of revenue", percent(of_revenue)),
                None => "the most revenue".to_owned(),
            };
            format!("{play}; {whales} ({} of users) generated {of_revenue}.", share(row.user_count, all))
        }
        None => format!("{play}; {} generated revenue.", users(with_revenue)),
    }
}

fn the_only_user(report: &Report) -> String {
    let engagement = report.behavioral.iter().find(|row| row.user_count > 0).map(|row| behavioral_member(row.segment));
    let spending = report.revenue.iter().find(|row| row.user_count > 0).map(|row| revenue_member(row.segment));
    let known: Vec<&str> = engagement.into_iter().chain(spending).collect();
    format!("There is one user: {}.", known.join(" and "))
}

/// Returns the note about users with revenue under their histogram.
#[must_use]
pub fn users_without_revenue(results: &Results) -> String {
    match results.revenue_histogram.without_revenue {
        0 => "Every user generated revenue.".to_owned(),
        without => format!("Only users with revenue; {} generated none.", users(without)),
    }
}

/// Returns the criterion of a behavioural segment, such as `score of 0.512 or more`; `None` if the segment cannot have
/// users.
#[must_use]
pub fn behavioral_criterion(segment: BehavioralSegment, thresholds: &Thresholds, churn_days: u64) -> Option<String> {
    let score = |value: f64| format::decimal(value, 3);
    match segment {
        BehavioralSegment::HighEngagement => thresholds.upper.map(|from| format!("score of {} or more", score(from))),
        BehavioralSegment::ModerateEngagement => {
            thresholds.middle.map(|from| format!("score of {} or more", score(from)))
        }
        BehavioralSegment::LowEngagement => thresholds.middle.map(|to| format!("score below {}", score(to))),
        BehavioralSegment::Churned => Some(format!("not active for {} or more", days(churn_days))),
    }
}

/// Returns the criterion of a revenue segment, such as `revenue of 49.99 or more`; `None` if the segment cannot have
/// users.
#[must_use]
pub fn revenue_criterion(segment: RevenueSegment, thresholds: &Thresholds) -> Option<String> {
    let money = |value: f64| format::decimal(value, 2);
    match segment {
        RevenueSegment::Whale => thresholds.upper.map(|from| format!("revenue of {} or more", money(from))),
        RevenueSegment::Dolphin => thresholds.middle.map(|from| format!("revenue of {} or more", money(from))),
        RevenueSegment::Minnow => thresholds.middle.map(|to| format!("revenue below {}", money(to))),
        RevenueSegment::FreeUser => Some("no revenue".to_owned()),
    }
}

/// Formats a confidence: `0.99`, or `0.20, below threshold`.
#[must_use]
pub fn confidence(confidence: Fixed, meets_threshold: bool) -> String {
    let number = format::number(confidence, 2);
    if meets_threshold { number } else { format!("{number}, below threshold") }
}

/// Returns a sentence that says how unevenly revenue is spread; `None` without revenue.
#[must_use]
pub fn concentration(points: &[ConcentrationPoint]) -> Option<String> {
    let at = |share: f64| points.iter().find(|point| point.users_share >= share - 1e-9 && point.users_share < 100.0);
    let top = |point: &ConcentrationPoint| format!("top {}%", format::trimmed(point.users_share, 1));
    let revenue = |point: &ConcentrationPoint| format::ValueFormat::Percent(1).exact(point.revenue_share);
    let first = at(1.0)?;
    let next = at(10.0).filter(|next| next.users_share > first.users_share);
    let more = next.map_or_else(String::new, |next| format!(", the {} {}", top(next), revenue(next)));
    Some(format!("The {} of users generated {} of revenue{more}.", top(first), revenue(first)))
}

/// Returns a sentence that says whether engagement and spending are related.
#[must_use]
pub fn association(matrix: &SegmentMatrix, significance_threshold: f64) -> String {
    let (Some(chi_squared), Some(p)) = (matrix.chi_squared, matrix.p_value) else {
        return "All users are in one segment, so there is nothing to compare.".to_owned();
    };
    let verdict = if p < significance_threshold {
        match matrix.cramers_v.map(Fixed::to_f64) {
            Some(v) if v >= 0.5 => "Engagement and spending are strongly related",
            Some(v) if v >= 0.3 => "Engagement and spending are moderately related",
            Some(v) if v >= 0.1 => "Engagement and spending are weakly related",
            _ => "Engagement and spending are only very weakly related",
        }
    } else {
        "No significant relation between engagement and spending"
    };
    let v = matrix.cramers_v.map_or_else(String::new, |v| format!(", Cramér’s V = {}", format::number(v, 2)));
    let freedom = counted(u64::from(matrix.degrees_of_freedom), "degree", "degrees");
    format!("{verdict}: χ² = {} with {freedom} of freedom, {}{v}.", format::decimal(chi_squared, 1), p_value(p))
}

/// Whether the matrix has too few users for a reliable test.
#[must_use]
pub fn has_few_expected(results: &Results) -> bool {
    let findings = &results.report.quality.findings;
    findings.iter().any(|finding| finding.code == FindingCode::FewExpectedCounts && finding.count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(pairs: &[(f64, f64)]) -> Vec<ConcentrationPoint> {
        pairs.iter().map(|&(users_share, revenue_share)| ConcentrationPoint { users_share, revenue_share }).collect()
    }

    fn matrix(chi_squared: Option<f64>, p_value: Option<f64>, hundredths: Option<i128>) -> SegmentMatrix {
        let cramers_v = hundredths.map(|units| Fixed::exact(units, 2));
        SegmentMatrix { cells: vec![], chi_squared, degrees_of_freedom: 9, p_value, cramers_v }
    }

    #[test]
    fn concentration_is_said_for_one_and_ten_percent() {
        let curve = points(&[(0.0, 0.0), (0.5, 30.0), (1.0, 43.0), (10.0, 81.25), (100.0, 100.0)]);
        assert_eq!(
            concentration(&curve).unwrap(),
            "The top 1% of users generated 43.0% of revenue, the top 10% 81.2%."
        );
        assert_eq!(
            concentration(&points(&[(0.0, 0.0), (50.0, 90.0), (100.0, 100.0)])).unwrap(),
            "The top 50% of users generated 90.0% of revenue."
        );
        assert_eq!(concentration(&[]), None);
        assert_eq!(concentration(&points(&[(100.0, 100.0)])), None);
    }

    #[test]
    fn an_association_is_claimed_only_where_the_test_is_significant() {
        assert_eq!(
            association(&matrix(Some(1234.56), Some(1e-9), Some(21)), 0.05),
            "Engagement and spending are weakly related: χ² = 1,234.6 with 9 degrees of freedom, p < 0.001, \
             Cramér’s V = 0.21."
        );
        assert!(association(&matrix(Some(9.0), Some(0.4), Some(60)), 0.05).starts_with("No significant relation"));
        assert!(association(&matrix(None, None, None), 0.05).starts_with("All users are in one segment"));
    }

    #[test]
    fn criteria_are_the_thresholds() {
        let thresholds = Thresholds { upper: Some(0.512_34), middle: Some(0.2) };
        let of = |segment| behavioral_criterion(segment, &thresholds, 14);
        assert_eq!(of(BehavioralSegment::HighEngagement).as_deref(), Some("score of 0.512 or more"));
        assert_eq!(of(BehavioralSegment::LowEngagement).as_deref(), Some("score below 0.200"));
        assert_eq!(of(BehavioralSegment::Churned).as_deref(), Some("not active for 14 days or more"));
        let thresholds = Thresholds { upper: Some(49.99), middle: None };
        let whale = revenue_criterion(RevenueSegment::Whale, &thresholds);
        assert_eq!(whale.as_deref(), Some("revenue of 49.99 or more"));
        assert_eq!(revenue_criterion(RevenueSegment::Minnow, &thresholds), None);
    }

    #[test]
    fn a_confidence_says_where_it_is_too_low() {
        assert_eq!(confidence(Fixed::exact(9_140, 4), true), "0.91");
        assert_eq!(confidence(Fixed::exact(2_000, 4), false), "0.20, below threshold");
    }
}
