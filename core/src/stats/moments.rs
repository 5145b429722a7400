//! Means and their standard errors.

use std::borrow::Borrow;

/// The arithmetic mean; `None` without values.
///
/// The sum is compensated (A. Neumaier, ZAMM 54 (1974), 39-51), so that its error does not grow with the number of
/// values.
pub fn mean<V: Borrow<f64>>(values: impl IntoIterator<Item = V>) -> Option<f64> {
    let (mut count, mut sum) = (0_u64, CompensatedSum::default());
    for value in values {
        count += 1;
        sum.add(*value.borrow());
    }
    (count > 0).then(|| sum.value() / count as f64)
}

/// The standard error of the mean relative to its magnitude: how uncertain a mean is.
///
/// # Formula
/// `(s / √n) / |mean|`, `s` the sample standard deviation (divisor `n - 1`) in two passes.
/// 1 for fewer than two values, else 0 where all are equal, else 1 where the mean is 0.
pub fn relative_standard_error<V: Borrow<f64>>(values: impl IntoIterator<Item = V, IntoIter: Clone>) -> f64 {
    let values = values.into_iter().map(|value| *value.borrow());
    let mut mean = RunningMean::default();
    values.clone().for_each(|value| mean.add(value));
    let mut spread = SpreadAbout::mean(mean.value().unwrap_or(0.0));
    values.for_each(|value| spread.add(value));
    spread.relative_standard_error()
}

/// The mean of values that arrive one by one.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunningMean {
    count: u64,
    sum: BlockedSum,
}

impl RunningMean {
    /// Adds a value.
    #[inline]
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum.add(value);
    }

    /// The mean; `None` without values.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum.value() / self.count as f64)
    }
}

/// The spread of values that arrive one by one, about their known mean.
#[derive(Clone, Copy, Debug)]
pub struct SpreadAbout {
    mean: f64,
    count: u64,
    first: f64,
    differs: bool,
    squares: BlockedSum,
}

impl SpreadAbout {
    /// No values yet; `mean` is the mean of those to come.
    #[must_use]
    pub fn mean(mean: f64) -> SpreadAbout {
        SpreadAbout { mean, count: 0, first: 0.0, differs: false, squares: BlockedSum::default() }
    }

    /// Adds a value.
    #[inline]
    #[expect(clippy::float_cmp, reason = "only values that are equal exactly have no spread")]
    pub fn add(&mut self, value: f64) {
        if self.count == 0 {
            self.first = value;
        }
        self.count += 1;
        self.differs |= value != self.first;
        self.squares.add((value - self.mean) * (value - self.mean));
    }

    /// The [`relative_standard_error`] of the values.
    #[must_use]
    pub fn relative_standard_error(&self) -> f64 {
        if self.count < 2 {
            return 1.0;
        }
        if !self.differs {
            return 0.0;
        }
        if self.mean == 0.0 {
            return 1.0;
        }
        let variance = self.squares.value() / (self.count - 1) as f64;
        (variance / self.count as f64).sqrt() / self.mean.abs()
    }
}

/// A sum of many values: plain within a block, so that additions are fast, and compensated from block
/// to block, so that its error does not grow with their number.
#[derive(Clone, Copy, Debug, Default)]
struct BlockedSum {
    in_block: u32,
    block: f64,
    blocks: CompensatedSum,
}

impl BlockedSum {
    const BLOCK: u32 = 256;

    #[inline]
    fn add(&mut self, value: f64) {
        self.block += value;
        self.in_block += 1;
        if self.in_block == BlockedSum::BLOCK {
            self.blocks.add(self.block);
            (self.in_block, self.block) = (0, 0.0);
        }
    }

    fn value(mut self) -> f64 {
        self.blocks.add(self.block);
        self.blocks.value()
    }
}

/// A sum and the error that its additions accumulated.
#[derive(Clone, Copy, Debug, Default)]
struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    #[inline]
    fn add(&mut self, value: f64) {
        let next = self.sum + value;
        let (larger, smaller) = if self.sum.abs() >= value.abs() { (self.sum, value) } else { (value, self.sum) };
        self.lost += (larger - next) + smaller;
        self.sum = next;
    }

    fn value(self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::statistics::Statistics;

    fn close(value: f64, expected: f64, tolerance: f64) -> bool {
        (value - expected).abs() <= tolerance * expected.abs()
    }

    #[test]
    fn mean_loses_nothing_to_large_values() {
        assert_eq!(mean([1.0, 1e100, 1.0, -1e100]), Some(0.5));
        assert_eq!(mean([2.0, 4.0]), Some(3.0));
        assert_eq!(mean([0.0; 0]), None);
    }

    #[test]
    fn relative_standard_error_by_hand() {
        // s² = 2, n = 2, mean = 2.
        assert!(close(relative_standard_error([1.0, 3.0]), 0.5, 1e-15));
        assert!(close(relative_standard_error([-1.0, -3.0]), 0.5, 1e-15));
    }

    #[test]
    fn relative_standard_error_edges() {
        for (values, expected) in [
            (&[][..], 1.0),
            (&[3.0], 1.0),
            (&[0.0], 1.0),
            (&[0.0, 0.0], 0.0),
            (&[2.0, 2.0, 2.0], 0.0),
            (&[0.1, 0.1, 0.1], 0.0),
            (&[-1.0, 1.0], 1.0),
        ] {
            assert!(close(relative_standard_error(values), expected, 0.0), "{values:?}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_statrs(
            values in prop_oneof![prop::collection::vec(0.1..1e3_f64, 2..60), prop::collection::vec(0.1..1e3_f64, 250..1100)],
        ) {
            let expected = values.iter().std_dev() / (values.len() as f64).sqrt() / values.iter().mean();
            prop_assert!(close(relative_standard_error(&values), expected, 1e-10));
            let average = mean(&values).unwrap();
            prop_assert!(close(average, values.iter().mean(), 1e-12));
        }
    }
}
