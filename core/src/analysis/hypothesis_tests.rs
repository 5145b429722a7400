//! Tests of two proportions under the contract's conditions, and their adjustment.

use crate::report::{TestCount, TestResult};
use crate::settings::Settings;
use crate::stats::{Proportion, TwoByTwo, benjamini_hochberg};

/// The p-value of one proportion against another; `None` where either has fewer trials than the minimum
/// sample, or a row or column of the table is empty.
pub(super) fn compare_proportions(this: Proportion, others: Proportion, settings: &Settings) -> Option<f64> {
    let enough = this.trials.min(others.trials) >= settings.segmentation_minimum_sample_size;
    enough.then(|| TwoByTwo::new(this, others).test()).flatten()
}

/// Adjusts the p-values of one family of tests.
pub(super) fn adjust(p_values: &[Option<f64>], settings: &Settings) -> Vec<Option<TestResult>> {
    let adjusted = benjamini_hochberg(p_values);
    p_values
        .iter()
        .zip(adjusted)
        .map(|(p_value, adjusted)| {
            let (p_value, p_adjusted) = (*p_value).zip(adjusted)?;
            let is_significant = is_below(p_adjusted, settings.segmentation_significance_threshold);
            Some(TestResult { p_value, p_adjusted, is_significant })
        })
        .collect()
}

/// Whether a p-value is below a threshold; one that differs from it by rounding only is not.
fn is_below(p_value: f64, threshold: f64) -> bool {
    // Exact tests have p-values such as 1/10, which floating point can miss by a few units of the 16th digit.
    p_value < threshold * (1.0 - 1e-12)
}

/// Counts tests.
pub(super) fn count_tests(tests: impl Iterator<Item = Option<TestResult>>) -> TestCount {
    tests.flatten().fold(TestCount::default(), |count, test| TestCount {
        done: count.done + 1,
        significant: count.significant + u64::from(test.is_significant),
    })
}
