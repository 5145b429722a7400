//! Sample quantiles of type 7, the default of R and numpy.
//!
//! R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), 361-365.

/// The `p`-quantile of values in ascending order; `None` without values. `p` outside 0..=1 is moved to its end.
///
/// # Formula
/// With `h = (n - 1) p` and `x` from 0: `x[⌊h⌋] + (h - ⌊h⌋) (x[⌊h⌋ + 1] - x[⌊h⌋])`.
#[must_use]
pub fn quantile_sorted(sorted: &[f64], p: f64) -> Option<f64> {
    let position = Position::new(sorted.len(), p)?;
    let below = *sorted.get(position.below)?;
    let above = sorted.get(position.below + 1).copied().unwrap_or(below);
    Some(position.between(below, above))
}

/// The same for values in any order, which it reorders; faster than sorting where one quantile is wanted.
///
/// Values are ordered by [`f64::total_cmp`].
#[must_use]
pub fn quantile_unsorted(values: &mut [f64], p: f64) -> Option<f64> {
    let position = Position::new(values.len(), p)?;
    let (_, &mut below, rest) = values.select_nth_unstable_by(position.below, f64::total_cmp);
    let above = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
    Some(position.between(below, above))
}

/// Where a quantile lies between two neighbouring values.
struct Position {
    below: usize,
    fraction: f64,
}

impl Position {
    fn new(count: usize, p: f64) -> Option<Position> {
        let last = count.checked_sub(1)?;
        let h = last as f64 * p.clamp(0.0, 1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= h <= n - 1")]
        let below = (h.floor() as usize).min(last);
        Some(Position { below, fraction: h - h.floor() })
    }

    fn between(&self, below: f64, above: f64) -> f64 {
        below + self.fraction * (above - below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R: `quantile(c(1, 2, 4, 8), c(0, 0.25, 0.5, 0.9, 1))`.
    #[test]
    fn values_of_r() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (p, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0), (2.0, 8.0), (-1.0, 1.0)] {
            let value = quantile_sorted(&sorted, p).unwrap();
            assert!((value - expected).abs() < 1e-14, "{p}: {value}");
        }
    }

    #[test]
    fn few_values() {
        assert_eq!(quantile_sorted(&[], 0.5), None);
        assert_eq!(quantile_unsorted(&mut [], 0.5), None);
        assert_eq!(quantile_sorted(&[3.5], 0.99), Some(3.5));
        assert_eq!(quantile_unsorted(&mut [3.0, 1.0], 0.5), Some(2.0));
    }

    proptest! {
        #[test]
        fn order_does_not_matter(values in prop::collection::vec(-1e6..1e6_f64, 1..50), p in 0.0..=1.0_f64) {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let expected = quantile_sorted(&sorted, p).unwrap();
            prop_assert_eq!(quantile_unsorted(&mut values.clone(), p).unwrap().to_bits(), expected.to_bits());
            prop_assert!(sorted[0] <= expected && expected <= sorted[sorted.len() - 1]);
        }
    }
}
