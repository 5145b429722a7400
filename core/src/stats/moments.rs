//! Means and their standard errors.

use std::borrow::Borrow;

/// The arithmetic mean; `None` without values.
///
/// The sum is compensated (A. Neumaier, ZAMM 54 (1974), 39-51), so that its error does not grow with the number of values.
pub fn mean<V: Borrow<f64>>(values: impl IntoIterator<Item = V>) -> Option<f64> {
    let mut count = 0_u64;
    let sum = compensated_sum(values.into_iter().map(|value| {
        count += 1;
        *value.borrow()
    }));
    (count > 0).then(|| sum / count as f64)
}

/// The standard error of the mean relative to its magnitude: how uncertain a mean is.
///
/// # Formula
/// `(s / √n) / |mean|`, `s` the sample standard deviation (divisor `n - 1`) in two passes.
/// 1 for fewer than two values, else 0 where all are equal, else 1 where the mean is 0.
#[expect(clippy::float_cmp, reason = "only values that are equal exactly have no spread")]
pub fn relative_standard_error<V: Borrow<f64>>(values: impl IntoIterator<Item = V, IntoIter: Clone>) -> f64 {
    let values = values.into_iter().map(|value| *value.borrow());
    let n = values.clone().count();
    let (Some(first), Some(mean)) = (values.clone().next(), mean(values.clone())) else { return 1.0 };
    if n < 2 {
        return 1.0;
    }
    if values.clone().all(|value| value == first) {
        return 0.0;
    }
    if mean == 0.0 {
        return 1.0;
    }
    let squares = compensated_sum(values.map(|value| (value - mean) * (value - mean)));
    let variance = squares / (n - 1) as f64;
    (variance / n as f64).sqrt() / mean.abs()
}

fn compensated_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
        sum = next;
    }
    sum + lost
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
        fn agrees_with_statrs(values in prop::collection::vec(0.1..1e3_f64, 2..60)) {
            let expected = values.iter().std_dev() / (values.len() as f64).sqrt() / values.iter().mean();
            prop_assert!(close(relative_standard_error(&values), expected, 1e-10));
            let average = mean(&values).unwrap();
            prop_assert!(close(average, values.iter().mean(), 1e-12));
        }
    }
}
