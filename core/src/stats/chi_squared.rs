//! The chi-squared distribution.

use std::f64::consts::PI;

/// Where the running sum is scaled down, and by how much in the exponent.
const LARGE: f64 = 1e100;
const STEP: f64 = 100.0;

/// The upper tail `P(X > x)` for `degrees_of_freedom >= 1`, accurate in relative terms to about 1e-13
/// down to the smallest floating point numbers.
///
/// 1 for `x <= 0`, NaN for NaN. Zero degrees of freedom are the constant 0. Time grows with the degrees of freedom.
///
/// # Formula
/// With `h = x/2`, for an even number `2m` the Poisson sum, for an odd number `2m + 1` its half-step twin:
///
/// ```text
/// exp(-h) Σ_{k=0}^{m-1} h^k / k!
/// erfc(√h) + exp(-h) Σ_{k=1}^{m} h^(k-1/2) / Γ(k+1/2)
/// ```
///
/// M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions", 26.4.4 and 26.4.5.
#[must_use]
pub fn survival(x: f64, degrees_of_freedom: u32) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x <= 0.0 {
        return 1.0;
    }
    let h = x / 2.0;
    if h > LARGE {
        return 0.0;
    }
    let pairs = degrees_of_freedom / 2;
    let (upper_tail, first, offset) = if degrees_of_freedom.is_multiple_of(2) {
        (0.0, 1.0, 0.0)
    } else {
        let root = h.sqrt();
        (libm::erfc(root), 2.0 * root / PI.sqrt(), 0.5)
    };
    (upper_tail + scaled_sum(h, pairs, first, offset)).min(1.0)
}

/// `exp(-h) (t_1 + … + t_count)` with `t_1 = first` and `t_(k+1) = t_k h / (k + offset)`.
fn scaled_sum(h: f64, count: u32, first: f64, offset: f64) -> f64 {
    let mut term = first;
    let mut sum = 0.0;
    let mut exponent = h;
    for k in 1..=count {
        sum += term;
        term *= h / (f64::from(k) + offset);
        // Part of exp(-h) is taken early, so that many large terms do not overflow. The subtraction is exact.
        while sum.max(term) > LARGE {
            let part = libm::exp(-STEP);
            sum *= part;
            term *= part;
            exponent -= STEP;
        }
    }
    // In halves, because exp(-h) alone may be subnormal where the product is not.
    let half = libm::exp(-exponent / 2.0);
    sum * half * half
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the edges are exact")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    fn close(value: f64, expected: f64, tolerance: f64) -> bool {
        (value - expected).abs() <= tolerance * expected.abs()
    }

    /// Abramowitz and Stegun, table 26.8: percentage points.
    #[test]
    fn published_percentage_points() {
        for (x, df, p) in [
            (3.841_46, 1, 0.05),
            (5.991_47, 2, 0.05),
            (7.814_73, 3, 0.05),
            (16.918_98, 9, 0.05),
            (27.877_17, 9, 0.001),
            (124.342, 100, 0.05),
        ] {
            assert!(close(survival(x, df), p, 2e-5), "{x} {df}: {}", survival(x, df));
        }
    }

    /// `mpmath` 1.3 at 50 digits: `gammainc(df/2, x/2, inf, regularized=True)`.
    #[test]
    fn far_tails() {
        for (x, df, p) in [
            (50.0, 1, 1.537_459_794_428_035e-12),
            (700.5, 1, 2.327_962_200_974_238_6e-154),
            (1400.0, 1, 2.101_014_516_264_217_5e-306),
            (1400.0, 2, 9.859_676_543_759_77e-305),
            (1410.0, 9, 5.340_307_643_576_678e-298),
            (300.0, 3, 9.948_758_346_327_71e-65),
            (300.0, 8, 4.117_794_754_095_028_3e-60),
            (3000.0, 2000, 2.204_698_611_388_996e-43),
            (2000.0, 2001, 0.502_102_849_858_023_3),
            (1e-6, 3, 0.999_999_999_734_038_5),
            (2.5, 7, 0.927_097_065_013_473_8),
        ] {
            assert!(close(survival(x, df), p, 3e-13), "{x} {df}: {} {p}", survival(x, df));
        }
        assert!(survival(1480.0, 1) > 0.0, "subnormal, not zero");
        assert_eq!(survival(5000.0, 1000), 0.0);
        assert_eq!(survival(f64::INFINITY, 3), 0.0);
    }

    #[test]
    fn edges() {
        assert_eq!(survival(0.0, 4), 1.0);
        assert_eq!(survival(-1.0, 3), 1.0);
        assert_eq!(survival(1e-300, 1), 1.0);
        assert!(survival(f64::NAN, 1).is_nan());
        assert_eq!((survival(0.0, 0), survival(1.0, 0)), (1.0, 0.0));
    }

    proptest! {
        #[test]
        fn agrees_with_statrs(x in 0.0..200.0_f64, df in 1_u32..60) {
            let reference = ChiSquared::new(f64::from(df)).unwrap().sf(x);
            prop_assert!((survival(x, df) - reference).abs() <= 1e-9 * reference + 1e-13);
        }

        #[test]
        fn falls_in_x_and_rises_in_freedom(x in 0.0..1400.0_f64, step in 0.1..10.0_f64, df in 1_u32..300) {
            prop_assert!(survival(x + step, df) <= survival(x, df) * (1.0 + 1e-12));
            prop_assert!(survival(x, df) <= survival(x, df + 1) * (1.0 + 1e-12));
        }
    }
}
