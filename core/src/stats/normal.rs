//! The standard normal distribution.

use std::f64::consts::SQRT_2;

/// The upper tail `P(Z > z)`, accurate in relative terms down to the smallest floating point numbers.
///
/// # Formula
/// `erfc(z / √2) / 2`; NaN for NaN.
#[must_use]
pub fn survival(z: f64) -> f64 {
    0.5 * libm::erfc(z / SQRT_2)
}

/// The quantile: the `z` with `P(Z <= z) = p`, to about 16 digits.
///
/// `-inf` at 0, `inf` at 1, NaN outside 0..=1.
///
/// M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution",
/// Applied Statistics 37 (1988), 477-484, function PPND16.
#[must_use]
pub fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let from_median = p - 0.5;
    if from_median.abs() <= 0.425 {
        let r = 0.180_625 - from_median * from_median;
        return from_median * ratio(r, &CENTRE);
    }
    let tail = if from_median < 0.0 { p } else { 1.0 - p };
    let magnitude = if tail == 0.0 {
        f64::INFINITY
    } else {
        let r = (-libm::log(tail)).sqrt();
        if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) }
    };
    if from_median < 0.0 { -magnitude } else { magnitude }
}

/// The `z` that a standard normal variable exceeds in magnitude with probability `significance`.
///
/// # Formula
/// `quantile(1 - significance/2)`, taken from the lower tail because `1 - significance/2` would round
/// a small significance away.
#[must_use]
pub fn two_sided_z(significance: f64) -> f64 {
    -quantile(significance / 2.0)
}

/// A rational function; coefficients of numerator and denominator from the constant term up.
struct Rational {
    numerator: [f64; 8],
    denominator: [f64; 8],
}

fn ratio(r: f64, rational: &Rational) -> f64 {
    let polynomial = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, c| sum * r + c);
    polynomial(&rational.numerator) / polynomial(&rational.denominator)
}

/// `|p - 1/2| <= 0.425`: AS 241's a and b.
#[expect(clippy::excessive_precision, reason = "the digits as published")]
const CENTRE: Rational = Rational {
    numerator: [
        3.387_132_872_796_366_608,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    denominator: [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561e3,
    ],
};

/// `sqrt(-ln(tail)) <= 5`: AS 241's c and d.
#[expect(clippy::excessive_precision, reason = "the digits as published")]
const MIDDLE: Rational = Rational {
    numerator: [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        2.417_807_251_774_506_117_7e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_4e-4,
    ],
    denominator: [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        6.897_673_349_851_000_045_5e-1,
        1.481_039_764_274_800_745_9e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
};

/// Beyond: AS 241's e and f.
#[expect(clippy::excessive_precision, reason = "the digits as published")]
const FAR: Rational = Rational {
    numerator: [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        2.965_605_718_285_048_912_3e-1,
        2.653_218_952_657_612_309_3e-2,
        1.242_660_947_388_078_438_6e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    denominator: [
        1.0,
        5.998_322_065_558_879_376_9e-1,
        1.369_298_809_227_358_053_1e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_888_7e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
};

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the edges are exact")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    fn close(value: f64, expected: f64, tolerance: f64) -> bool {
        (value - expected).abs() <= tolerance * expected.abs()
    }

    /// `mpmath` 1.3 at 50 digits: `erfc(z/sqrt(2))/2`.
    #[test]
    fn survival_in_the_tails() {
        for (z, tail) in [
            (-1.0, 0.841_344_746_068_542_9),
            (0.0, 0.5),
            (1.959_963_984_540_054, 0.025),
            (5.0, 2.866_515_718_791_939e-7),
            (10.0, 7.619_853_024_160_527e-24),
            (37.0, 5.725_571_222_524_576e-300),
        ] {
            assert!(close(survival(z), tail, 2e-13), "{z}: {}", survival(z));
        }
    }

    /// Wichura's own check values for PPND16.
    #[test]
    fn published_quantiles() {
        for (p, z) in
            [(0.25, -0.674_489_750_196_081_7), (0.001, -3.090_232_306_167_814), (1e-20, -9.262_340_089_798_408)]
        {
            assert!(close(quantile(p), z, 1e-15), "{p}: {}", quantile(p));
        }
        assert!(close(two_sided_z(0.05), 1.959_963_984_540_054_2, 1e-15));
    }

    #[test]
    fn edges_of_the_quantile() {
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
        assert!(quantile(-0.1).is_nan() && quantile(1.1).is_nan() && quantile(f64::NAN).is_nan());
        assert!(two_sided_z(f64::MIN_POSITIVE).is_finite());
    }

    proptest! {
        #[test]
        fn survival_undoes_the_quantile(exponent in -300.0..-0.302_f64) {
            let tail = libm::pow(10.0, exponent);
            let z = -quantile(tail);
            // A relative error of z moves the tail by z² times as much.
            prop_assert!(close(survival(z), tail, 1e-15 * (z * z + 2.0)));
        }

        #[test]
        fn agrees_with_statrs(z in -8.0..8.0_f64) {
            let normal = Normal::standard();
            prop_assert!(close(survival(z), normal.sf(z), 1e-9));
        }
    }
}
