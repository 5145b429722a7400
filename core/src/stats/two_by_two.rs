//! Two proportions compared: Pearson's chi-squared and Fisher's exact test.

use super::chi_squared;
use super::proportion::Proportion;

/// Tables up to this much more probable than the observed one count as no more probable: symmetric tables
/// have equal probabilities, which rounding may separate (R's `fisher.test` uses the same tolerance).
const RELATIVE_TOLERANCE: f64 = 1e-7;

/// The probability weight of the most probable table. Only ratios matter; starting high leaves the whole
/// range of floating point numbers to the tails.
const MODE_WEIGHT: f64 = 1e270;

/// The share of the sum below which further terms, which shrink at least geometrically, are left out.
const NEGLIGIBLE: f64 = 1e-24;

/// One group against all others: a 2 x 2 table of successes and failures.
///
/// Every test here is two-sided and symmetric in the two groups, and in success and failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoByTwo {
    /// The group in question.
    pub this: Proportion,
    /// Everybody else.
    pub others: Proportion,
}

impl TwoByTwo {
    /// The table of two disjoint groups.
    #[must_use]
    pub fn new(this: Proportion, others: Proportion) -> TwoByTwo {
        TwoByTwo { this, others }
    }

    /// The counts expected without any difference, `row * column / n`: per group (this, others) successes and
    /// failures. `None` without trials.
    #[must_use]
    pub fn expected_counts(&self) -> Option<[[f64; 2]; 2]> {
        let n = self.total();
        (n > 0).then(|| self.rows().map(|row| self.columns().map(|column| row as f64 * column as f64 / n as f64)))
    }

    /// The p-value of the test that suits the counts: [`fisher_exact`](Self::fisher_exact) where an expected
    /// count is below 5, else [`pearson`](Self::pearson). `None` where a row or column is empty.
    #[must_use]
    pub fn test(&self) -> Option<f64> {
        let smallest_row = self.rows().into_iter().min()?;
        let smallest_column = self.columns().into_iter().min()?;
        // In integers, so that an expected count of exactly 5 is never rounded below it.
        if smallest_row.saturating_mul(smallest_column) < 5 * self.total() {
            self.fisher_exact()
        } else {
            self.pearson()
        }
    }

    /// The p-value of Pearson's chi-squared test with one degree of freedom, without continuity correction.
    /// `None` where a row or column is empty.
    ///
    /// # Formula
    /// `χ² = n (ad - bc)² / ((a+b)(c+d)(a+c)(b+d))`
    ///
    /// K. Pearson, Philosophical Magazine 50 (1900), 157-175.
    #[must_use]
    pub fn pearson(&self) -> Option<f64> {
        if self.has_empty_margin() {
            return None;
        }
        let product = |x: u64, y: u64| u128::from(x) * u128::from(y);
        let difference = product(self.this.successes, self.others.failures())
            .abs_diff(product(self.this.failures(), self.others.successes)) as f64;
        let [[this, others], [successes, failures]] =
            [self.rows(), self.columns()].map(|margins| margins.map(|margin| margin as f64));
        let statistic = difference * difference / (this * others) * self.total() as f64 / (successes * failures);
        Some(chi_squared::survival(statistic, 1))
    }

    /// The p-value of Fisher's exact test: the probability, given the margins, of all tables no more probable
    /// than this one (relative tolerance 1e-7). `None` where a row or column is empty; 0 where the p-value is
    /// below the smallest floating point number.
    ///
    /// # Formula
    /// The hypergeometric probabilities `p(x) = C(r, x) C(n - r, c - x) / C(n, c)` of the count `x` in the first
    /// cell are built from the mode outwards by their ratios,
    ///
    /// ```text
    /// p(x+1) / p(x) = (r - x)(c - x) / ((x + 1)(n - r - c + x + 1))
    /// ```
    ///
    /// so that every one keeps its relative accuracy: no factorial is evaluated and none is subtracted. The
    /// time is proportional to the number of tables whose probability matters.
    ///
    /// R. A. Fisher, "The Logic of Inductive Inference", JRSS 98 (1935), 39-82.
    #[must_use]
    pub fn fisher_exact(&self) -> Option<f64> {
        if self.has_empty_margin() {
            return None;
        }
        // Symmetric, so the orientation is free: the smaller margins make the smaller support.
        let [successes, failures] = self.columns();
        let flipped = failures < successes;
        let cell = |group: Proportion| if flipped { group.failures() } else { group.successes };
        let hypergeometric = Hypergeometric {
            cell: cell(self.this),
            row: self.this.trials,
            other_row: self.others.trials,
            column: cell(self.this).saturating_add(cell(self.others)),
        };
        Some(hypergeometric.two_sided())
    }

    fn rows(&self) -> [u128; 2] {
        [self.this.trials, self.others.trials].map(u128::from)
    }

    fn columns(&self) -> [u128; 2] {
        [
            u128::from(self.this.successes) + u128::from(self.others.successes),
            u128::from(self.this.failures()) + u128::from(self.others.failures()),
        ]
    }

    fn total(&self) -> u128 {
        u128::from(self.this.trials) + u128::from(self.others.trials)
    }

    fn has_empty_margin(&self) -> bool {
        self.rows().contains(&0) || self.columns().contains(&0)
    }
}

/// A first cell with its margins.
#[derive(Clone, Copy)]
struct Hypergeometric {
    cell: u64,
    row: u64,
    other_row: u64,
    column: u64,
}

impl Hypergeometric {
    fn two_sided(self) -> f64 {
        let mode = self.mode();
        let observed = if self.cell >= mode {
            self.upwards(mode).find(|&(x, _)| x == self.cell)
        } else {
            self.downwards(mode).find(|&(x, _)| x == self.cell)
        };
        let observed = observed.map_or(0.0, |(_, weight)| weight);
        if observed == 0.0 {
            return 0.0;
        }
        let mut sums = Sums { limit: observed * (1.0 + RELATIVE_TOLERANCE), all: 0.0, tails: 0.0 };
        // The observed table's side first: it shows how small the other tail must become to be negligible.
        if self.cell >= mode {
            sums.add(self.upwards(mode));
            sums.add(self.downwards(mode).skip(1));
        } else {
            sums.add(self.downwards(mode));
            sums.add(self.upwards(mode).skip(1));
        }
        (sums.tails / sums.all).min(1.0)
    }

    fn mode(self) -> u64 {
        let [row, other_row, column] = [self.row, self.other_row, self.column].map(u128::from);
        let mode = (row + 1) * (column + 1) / (row + other_row + 2);
        let last = self.row.min(self.column);
        u64::try_from(mode).map_or(last, |mode| mode.clamp(self.first(), last))
    }

    fn first(self) -> u64 {
        self.column.saturating_sub(self.other_row)
    }

    /// `p(x+1) / p(x)`.
    fn ratio(self, x: u64) -> f64 {
        // In this order no intermediate count is negative.
        let rest = self.other_row - (self.column - x) + 1;
        ((self.row - x) as f64 * (self.column - x) as f64) / ((x + 1) as f64 * rest as f64)
    }

    /// Tables from `mode` on with their weights.
    fn upwards(self, mode: u64) -> impl Iterator<Item = (u64, f64)> {
        let last = self.row.min(self.column);
        std::iter::successors(Some((mode, MODE_WEIGHT)), move |&(x, weight)| {
            (x < last && weight > 0.0).then(|| (x + 1, weight * self.ratio(x)))
        })
    }

    /// Tables from `mode` down with their weights.
    fn downwards(self, mode: u64) -> impl Iterator<Item = (u64, f64)> {
        let first = self.first();
        std::iter::successors(Some((mode, MODE_WEIGHT)), move |&(x, weight)| {
            (x > first && weight > 0.0).then(|| (x - 1, weight / self.ratio(x - 1)))
        })
    }
}

/// Running sums of weights: of all tables, and of those up to the limit.
struct Sums {
    limit: f64,
    all: f64,
    tails: f64,
}

impl Sums {
    fn add(&mut self, weights: impl Iterator<Item = (u64, f64)>) {
        for (_, weight) in weights {
            self.all += weight;
            if weight <= self.limit {
                if weight <= self.tails * NEGLIGIBLE {
                    return;
                }
                self.tails += weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::distribution::{Discrete, Hypergeometric as Reference};

    fn table(a: u64, b: u64, c: u64, d: u64) -> TwoByTwo {
        TwoByTwo::new(Proportion::new(a, a + b), Proportion::new(c, c + d))
    }

    fn close(value: f64, expected: f64, tolerance: f64) -> bool {
        (value - expected).abs() <= tolerance * expected.abs()
    }

    /// Fisher's tea tasting (R: `fisher.test(matrix(c(3,1,1,3),2))`: 0.4857), and the example of scipy's
    /// documentation (`fisher_exact([[8, 2], [1, 5]])`: 0.034965); the others by hand.
    #[test]
    fn published_fisher_values() {
        for ((a, b, c, d), p) in [
            ((3, 1, 1, 3), 34.0 / 70.0),
            ((8, 2, 1, 5), 0.034_965_034_965_034_97),
            ((1, 0, 0, 1), 1.0),
            ((0, 5, 5, 0), 2.0 / 252.0),
        ] {
            let value = table(a, b, c, d).fisher_exact().unwrap();
            assert!(close(value, p, 1e-14), "{a} {b} {c} {d}: {value}");
        }
    }

    /// `mpmath` 1.3 at 40 digits, the definition summed.
    #[test]
    fn fisher_far_tails() {
        for ((a, b, c, d), p) in [
            ((60, 20, 40, 2000), 1.676_523_005_652_149_4e-71),
            ((90, 9910, 10, 990_000), 1.052_975_274_152_599_6e-167),
            ((3, 4_999_997, 60, 4_999_940), 9.046_871_117_624_541e-15),
            ((130, 0, 1, 130), 7.233_859_163_637_938e-76),
        ] {
            let value = table(a, b, c, d).fisher_exact().unwrap();
            assert!(close(value, p, 1e-10), "{a} {b} {c} {d}: {value:e} {p:e}");
        }
        // Below the smallest normal number fewer bits are left.
        let subnormal = table(2_530_000, 2_470_000, 2_470_000, 2_530_000).fisher_exact().unwrap();
        assert!(close(subnormal, 4.298_891_19e-315, 1e-8), "{subnormal:e}");
        assert_eq!(table(200, 0, 0, 1_000_000).fisher_exact(), Some(0.0));
    }

    #[test]
    fn the_observed_mode_is_certain() {
        for (a, b, c, d) in [(10, 10, 10, 10), (50_000, 50_000, 50_000, 50_000), (1, 99, 1, 99)] {
            assert_eq!(table(a, b, c, d).fisher_exact(), Some(1.0));
        }
    }

    /// R: `chisq.test(matrix(c(10,30,20,40),2), correct=FALSE)`.
    #[test]
    fn pearson_by_hand() {
        // χ² = 100 (10·40 - 20·30)² / (30·70·40·60) = 50/63.
        let p = table(10, 20, 30, 40).pearson().unwrap();
        assert!(close(p, chi_squared::survival(50.0 / 63.0, 1), 1e-14), "{p}");
        assert!(close(p, 0.372_998_483_613_487_3, 1e-12), "{p}");
        assert_eq!(table(5, 5, 5, 5).pearson(), Some(1.0));
    }

    #[test]
    fn empty_margins_are_not_estimable() {
        for (a, b, c, d) in [(0, 0, 3, 4), (3, 4, 0, 0), (0, 3, 0, 4), (3, 0, 4, 0), (0, 0, 0, 0)] {
            let table = table(a, b, c, d);
            assert_eq!((table.pearson(), table.fisher_exact(), table.test()), (None, None, None));
        }
        assert_eq!(table(0, 0, 0, 0).expected_counts(), None);
        assert_eq!(table(1, 1, 0, 2).expected_counts(), Some([[0.5, 1.5], [0.5, 1.5]]));
    }

    #[test]
    fn five_expected_is_enough_for_chi_squared() {
        let at_five = table(3, 7, 7, 3);
        assert_eq!(at_five.test(), at_five.pearson());
        let below = table(3, 7, 6, 4);
        assert_eq!(below.test(), below.fisher_exact());
        assert_ne!(below.test(), below.pearson());
        // 77 * 65 / 1001 is 5, although 65 / 1001 is not an exact float.
        let exact = table(5, 72, 60, 864);
        assert_eq!(exact.test(), exact.pearson());
    }

    fn counts() -> impl Strategy<Value = (u64, u64, u64, u64)> {
        (0_u64..60, 0_u64..60, 0_u64..60, 0_u64..60)
    }

    proptest! {
        #[test]
        fn tests_are_symmetric((a, b, c, d) in counts()) {
            let direct = table(a, b, c, d);
            for other in [table(c, d, a, b), table(b, a, d, c), table(a, c, b, d)] {
                prop_assert_eq!(direct.test().is_some(), other.test().is_some());
                if let (Some(x), Some(y)) = (direct.fisher_exact(), other.fisher_exact()) {
                    prop_assert!(close(x, y, 1e-12));
                    prop_assert!((0.0..=1.0).contains(&x));
                }
                if let (Some(x), Some(y)) = (direct.pearson(), other.pearson()) {
                    prop_assert!(close(x, y, 1e-12));
                }
            }
        }

        #[test]
        fn fisher_agrees_with_the_definition((a, b, c, d) in counts()) {
            if let Some(p) = table(a, b, c, d).fisher_exact() {
                let reference = Reference::new(a + b + c + d, a + c, a + b).unwrap();
                let limit = reference.pmf(a) * (1.0 + RELATIVE_TOLERANCE);
                let first = (a + c).saturating_sub(c + d);
                let last = (a + b).min(a + c);
                let sum: f64 = (first..=last).map(|x| reference.pmf(x)).filter(|&w| w <= limit).sum();
                prop_assert!(close(p, sum, 1e-9), "{} {}", p, sum);
            }
        }
    }
}
