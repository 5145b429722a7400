//! A share of a count, and its confidence interval.

/// How many of a number of trials succeeded.
///
/// Two proportions of disjoint groups can be added field by field; rates cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Proportion {
    /// Trials that succeeded; at most `trials`.
    pub successes: u64,
    /// All trials.
    pub trials: u64,
}

/// A closed interval of rates, `0 <= low <= high <= 1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Proportion {
    /// `successes` out of `trials`.
    #[must_use]
    pub fn new(successes: u64, trials: u64) -> Proportion {
        Proportion { successes, trials }
    }

    /// Trials that did not succeed.
    #[must_use]
    pub fn failures(self) -> u64 {
        self.trials.saturating_sub(self.successes)
    }

    /// `successes / trials`, 0..1; `None` without trials.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.trials > 0).then(|| self.successes as f64 / self.trials as f64)
    }

    /// The Wilson score interval, the rates `p` that a two-sided score test does not reject.
    ///
    /// `z >= 0` is the normal quantile of the level, see [`two_sided_z`](super::normal::two_sided_z).
    /// The interval holds the rate; it starts at exactly 0 where nothing succeeded, and ends at exactly 1
    /// where everything did. `None` without trials.
    ///
    /// # Formula
    /// The roots of `(n + z²) p² - (2k + z²) p + k²/n = 0`:
    ///
    /// ```text
    /// (k + z²/2 ± z sqrt(k(n-k)/n + z²/4)) / (n + z²)
    /// ```
    ///
    /// E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    /// JASA 22 (1927), 209-212.
    #[must_use]
    pub fn wilson_interval(self, z: f64) -> Option<Interval> {
        let rate = self.rate()?;
        let (k, n) = (self.successes as f64, self.trials as f64);
        let z_squared = z * z;
        let spread = z * (k * (self.failures() as f64) / n + z_squared / 4.0).sqrt();
        let upper = k + z_squared / 2.0 + spread;
        // The product of the roots gives the lower one without the cancellation of `- spread`.
        let low = if self.successes == 0 { 0.0 } else { k * rate / upper };
        let high = if self.failures() == 0 { 1.0 } else { upper / (n + z_squared) };
        Some(Interval { low: low.min(rate), high: high.max(rate).min(1.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal::two_sided_z;
    use proptest::prelude::*;

    #[test]
    fn nothing_tried_is_not_estimable() {
        assert_eq!(Proportion::new(0, 0).rate(), None);
        assert_eq!(Proportion::new(0, 0).wilson_interval(1.96), None);
    }

    /// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
    /// (1998), 857-872, table I, method 3.
    #[test]
    fn published_wilson_intervals() {
        for (k, n, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let interval = Proportion::new(k, n).wilson_interval(two_sided_z(0.05)).unwrap();
            assert!((interval.low - low).abs() < 5e-5, "{k}/{n}: {interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{k}/{n}: {interval:?}");
        }
    }

    #[test]
    fn ends_are_exact() {
        for n in [1, 2, 3, 49, 1000, 12_345_678] {
            let z = two_sided_z(0.05);
            assert!(Proportion::new(0, n).wilson_interval(z).unwrap().low.total_cmp(&0.0).is_eq());
            assert!(Proportion::new(n, n).wilson_interval(z).unwrap().high.total_cmp(&1.0).is_eq());
        }
    }

    proptest! {
        #[test]
        fn interval_holds_the_rate_and_mirrors(n in 1_u64..1 << 50, share in 0.0..=1.0, z in 0.0..40.0) {
            let k = Fraction(share).of(n);
            let proportion = Proportion::new(k, n);
            let (rate, interval) = (proportion.rate().unwrap(), proportion.wilson_interval(z).unwrap());
            prop_assert!(0.0 <= interval.low && interval.low <= rate);
            prop_assert!(rate <= interval.high && interval.high <= 1.0);
            let mirrored = Proportion::new(n - k, n).wilson_interval(z).unwrap();
            prop_assert!((mirrored.low - (1.0 - interval.high)).abs() < 1e-14);
        }
    }

    struct Fraction(f64);

    impl Fraction {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of n lies in 0..=n")]
        fn of(&self, n: u64) -> u64 {
            ((n as f64 * self.0) as u64).min(n)
        }
    }
}
