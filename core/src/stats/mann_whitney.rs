//! The Mann-Whitney U test: does one of two groups tend to have the larger values?

use std::f64::consts::SQRT_2;

/// The two-sided p-value by the normal approximation with tie and continuity correction.
///
/// Takes what one ranking of everybody gives for any group, see
/// [`average_ranks_doubled`](super::rank::average_ranks_doubled): the sizes of the group and of all others, twice the
/// sum of the group's average ranks among everybody, and the sum of `t³ - t` over all sets of `t` tied values.
///
/// `None` where a group is empty or all values are tied (and beyond 2^42 values, where integers would overflow).
///
/// # Formula
/// With `U = R₁ - n₁(n₁+1)/2`, `n = n₁ + n₂` and the tie sum `T`,
///
/// ```text
/// σ² = n₁n₂/12 (n + 1 - T/(n(n-1)))
/// z  = (|U - n₁n₂/2| - 1/2) / σ
/// p  = min(1, 2 P(Z > z))
/// ```
///
/// H. B. Mann and D. R. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than
/// the Other", Annals of Mathematical Statistics 18 (1947), 50-60; ties as in E. L. Lehmann, "Nonparametrics:
/// Statistical Methods Based on Ranks" (1975), 1.4. Equal to scipy's `mannwhitneyu(method="asymptotic")`.
#[must_use]
pub fn mann_whitney(n1: u64, n2: u64, doubled_rank_sum_1: u128, tie_sum: u128) -> Option<f64> {
    if n1 == 0 || n2 == 0 {
        return None;
    }
    let (n1, n2) = (u128::from(n1), u128::from(n2));
    let n = n1 + n2;
    // n³ - n - T is 0 where all are tied.
    let untied = n.checked_mul(n)?.checked_mul(n)?.checked_sub(n)?.checked_sub(tie_sum)?;
    if untied == 0 {
        return None;
    }
    // |2U - n₁n₂|, an integer.
    let distance = doubled_rank_sum_1.abs_diff(n1.checked_mul(n + 1)?);
    let variance = (n1 * n2) as f64 / 12.0 * (untied as f64 / (n * (n - 1)) as f64);
    let z = (distance as f64 - 1.0) / 2.0 / variance.sqrt();
    Some(libm::erfc(z / SQRT_2).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rank::average_ranks_doubled;
    use proptest::prelude::*;

    fn of_samples(first: &[i64], second: &[i64]) -> Option<f64> {
        let ranks = average_ranks_doubled(&[first, second].concat());
        let sum = ranks.doubled[..first.len()].iter().map(|&rank| u128::from(rank)).sum();
        mann_whitney(first.len() as u64, second.len() as u64, sum, ranks.tie_sum)
    }

    /// scipy 1.17: `mannwhitneyu(x, y, method="asymptotic")`; R: `wilcox.test(x, y, exact=FALSE)`.
    #[test]
    fn values_of_scipy() {
        let males: &[i64] = &[19, 22, 16, 29, 24];
        for (x, y, p) in [
            (males, &[20, 11, 17, 12][..], 0.111_346_886_533_140_41),
            (&[1, 2, 3], &[4, 5, 6], 0.080_855_598_370_052_87),
            (&[1, 1, 2], &[1, 2, 2], 0.619_256_754_176_862_1),
        ] {
            let value = of_samples(x, y).unwrap();
            assert!((value - p).abs() < 1e-12, "{value} {p}");
        }
    }

    #[test]
    fn not_estimable() {
        assert_eq!(of_samples(&[], &[1, 2]), None);
        assert_eq!(of_samples(&[1, 2], &[]), None);
        assert_eq!(of_samples(&[7, 7], &[7]), None);
        assert_eq!(mann_whitney(1 << 50, 1 << 50, 1 << 100, 0), None);
    }

    #[test]
    fn no_difference_is_certain() {
        assert_eq!(of_samples(&[1, 4], &[2, 3]), Some(1.0));
    }

    #[test]
    fn millions_do_not_overflow() {
        // Every second of 10^9 values: the sum of ranks differs from its mean by n1/2 = 2.5e8; σ is 4.6e12.
        let half = 500_000_000_u64;
        let doubled_rank_sum = u128::from(half) * (u128::from(half) + 1) * 2;
        assert!(mann_whitney(half, half, doubled_rank_sum, 0).unwrap() > 0.999);
    }

    proptest! {
        #[test]
        fn symmetric(first in prop::collection::vec(0_i64..9, 1..20), second in prop::collection::vec(0_i64..9, 1..20)) {
            let (p, swapped) = (of_samples(&first, &second), of_samples(&second, &first));
            prop_assert_eq!(p, swapped);
            let negated = |values: &[i64]| values.iter().map(|value| -value).collect::<Vec<_>>();
            prop_assert_eq!(p, of_samples(&negated(&first), &negated(&second)));
            prop_assert!(p.is_none_or(|p| p > 0.0 && p <= 1.0));
        }
    }
}
