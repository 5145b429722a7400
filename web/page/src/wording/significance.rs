//! Test results in words. A p-value is never called a probability of an effect, and no significant difference is never
//! called equality.

use strata_chart::format;
use strata_core::report::{Direction, TestResult};

/// Formats a p-value: `p = 0.012` or `p < 0.001`.
#[must_use]
pub fn p_value(p: f64) -> String {
    match format::p_value(p).strip_prefix('<') {
        Some(bound) => format!("p < {bound}"),
        None => format!("p = {}", format::p_value(p)),
    }
}

/// Compares a group with all others: `higher than others, p < 0.001`.
#[must_use]
pub fn against_others(test: Option<TestResult>) -> String {
    let Some(test) = test else { return "not tested".to_owned() };
    let verdict = match (test.is_significant, test.direction) {
        (false, _) => "no significant difference",
        (true, Direction::Higher) => "higher than others",
        (true, Direction::Lower) => "lower than others",
        (true, Direction::Equal) => "different from others",
    };
    format!("{verdict}, {}", p_value(test.p_adjusted))
}

/// Compares later with earlier cohorts: `improved, p < 0.001`.
#[must_use]
pub fn change(test: Option<TestResult>) -> String {
    let Some(test) = test else { return "not tested".to_owned() };
    let verdict = match (test.is_significant, test.direction) {
        (false, _) => "no significant change",
        (true, Direction::Higher) => "improved",
        (true, Direction::Lower) => "worsened",
        (true, Direction::Equal) => "changed",
    };
    format!("{verdict}, {}", p_value(test.p_adjusted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(p_adjusted: f64, is_significant: bool, direction: Direction) -> TestResult {
        TestResult { p_value: p_adjusted, p_adjusted, is_significant, direction }
    }

    #[test]
    fn a_verdict_says_which_way_only_where_it_is_significant() {
        assert_eq!(against_others(Some(test(0.000_1, true, Direction::Higher))), "higher than others, p < 0.001");
        assert_eq!(against_others(Some(test(0.012, true, Direction::Lower))), "lower than others, p = 0.012");
        assert_eq!(against_others(Some(test(0.5, false, Direction::Higher))), "no significant difference, p = 0.500");
        assert_eq!(against_others(None), "not tested");
    }

    #[test]
    fn a_change_says_its_direction() {
        assert_eq!(change(Some(test(0.000_4, true, Direction::Higher))), "improved, p < 0.001");
        assert_eq!(change(Some(test(0.03, true, Direction::Lower))), "worsened, p = 0.030");
        assert_eq!(change(Some(test(0.2, false, Direction::Higher))), "no significant change, p = 0.200");
        assert_eq!(change(None), "not tested");
    }
}
