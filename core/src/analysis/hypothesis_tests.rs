//! Tests of two proportions under the contract's conditions, and their adjustment.

use crate::report::{Direction, TestCount, TestResult};
use crate::settings::Settings;
use crate::stats::{Proportion, TwoByTwo, benjamini_hochberg};

/// A test before adjustment.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnadjustedTest {
    pub p_value: f64,
    /// How the tested group compares with the other.
    pub direction: Direction,
}

/// Tests one proportion against another; `None` if either has fewer trials than the minimum sample, or if a row or
/// column of the table is empty.
pub(super) fn compare_proportions(this: Proportion, others: Proportion, settings: &Settings) -> Option<UnadjustedTest> {
    if this.trials.min(others.trials) < settings.segmentation_minimum_sample_size {
        return None;
    }
    let p_value = TwoByTwo::new(this, others).test()?;
    let cross = |a: Proportion, b: Proportion| u128::from(a.successes) * u128::from(b.trials);
    Some(UnadjustedTest { p_value, direction: cross(this, others).cmp(&cross(others, this)).into() })
}

/// Adjusts the p-values of a family of tests.
pub(super) fn adjust(tests: &[Option<UnadjustedTest>], settings: &Settings) -> Vec<Option<TestResult>> {
    let p_values: Vec<Option<f64>> = tests.iter().map(|test| test.map(|test| test.p_value)).collect();
    tests
        .iter()
        .zip(benjamini_hochberg(&p_values))
        .map(|(test, adjusted)| {
            let (UnadjustedTest { p_value, direction }, p_adjusted) = (*test).zip(adjusted)?;
            let is_significant = is_below(p_adjusted, settings.segmentation_significance_threshold);
            Some(TestResult { p_value, p_adjusted, is_significant, direction })
        })
        .collect()
}

/// Whether a p-value is below a threshold. A difference within rounding error does not count.
fn is_below(p_value: f64, threshold: f64) -> bool {
    // Exact tests give p-values such as 1/10, which floating point can miss by a few units in the 16th digit.
    p_value < threshold * (1.0 - 1e-12)
}

/// Counts the tests done and those that are significant.
pub(super) fn count_tests(tests: impl Iterator<Item = Option<TestResult>>) -> TestCount {
    tests.flatten().fold(TestCount::default(), |count, test| TestCount {
        done: count.done + 1,
        significant: count.significant + u64::from(test.is_significant),
    })
}
