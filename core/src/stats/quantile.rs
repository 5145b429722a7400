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

/// Quantiles of values that are read several times and not reordered; `None` without values.
///
/// Values are ordered by [`f64::total_cmp`].
#[must_use]
pub fn quantiles<const N: usize>(values: impl Iterator<Item = f64> + Clone, p: [f64; N]) -> [Option<f64>; N] {
    quantiles_of_keys(values.map(order_key), value_of_key, p)
}

/// Quantiles of the values that integers stand for; a larger integer stands for a larger value.
#[must_use]
pub fn quantiles_of_keys<const N: usize>(
    keys: impl Iterator<Item = u64> + Clone,
    value: impl Fn(u64) -> f64,
    p: [f64; N],
) -> [Option<f64>; N] {
    let selection = Selection::new(keys, &p);
    p.map(|p| {
        let selection = selection.as_ref()?;
        let position = Position::new(selection.count, p)?;
        let below = selection.at(position.below)?;
        let above = selection.at(position.below + 1).unwrap_or(below);
        Some(position.between(value(below), value(above)))
    })
}

/// Bins of a selection.
const BIN_BITS: u32 = 12;

/// The keys near some quantiles, sorted.
///
/// Keys are counted in bins; only those of the bins that hold a wanted position are kept.
struct Selection {
    /// How many keys there are in all.
    count: usize,
    /// Kept keys: the position of the first one among all, and the keys, ascending.
    runs: Vec<(usize, Vec<u64>)>,
}

impl Selection {
    fn new(keys: impl Iterator<Item = u64> + Clone, p: &[f64]) -> Option<Selection> {
        let (least, most) = keys.clone().fold((u64::MAX, 0), |(least, most), key| (key.min(least), key.max(most)));
        let range = most.checked_sub(least)?;
        let shift = (u64::BITS - range.leading_zeros()).saturating_sub(BIN_BITS);
        let bin = |key: u64| ((key - least) >> shift & ((1 << BIN_BITS) - 1)) as usize;
        let mut counts = vec![0_usize; 1 << BIN_BITS];
        keys.clone().for_each(|key| counts[bin(key)] += 1);
        let count = counts.iter().sum();

        let positions = p.iter().filter_map(|&p| Position::new(count, p)).map(|position| position.below);
        let mut wanted: Vec<usize> = positions.flat_map(|below| [below, (below + 1).min(count - 1)]).collect();
        wanted.sort_unstable();
        let mut wanted = wanted.into_iter().peekable();
        let mut run_of_bin = vec![usize::MAX; counts.len()];
        let mut runs = Vec::new();
        let mut before = 0;
        for (run, &in_bin) in run_of_bin.iter_mut().zip(&counts) {
            if wanted.peek().is_some_and(|&position| position < before + in_bin) {
                *run = runs.len();
                runs.push((before, Vec::with_capacity(in_bin)));
                while wanted.next_if(|&position| position < before + in_bin).is_some() {}
            }
            before += in_bin;
        }
        keys.for_each(|key| {
            if let Some((_, kept)) = runs.get_mut(run_of_bin[bin(key)]) {
                kept.push(key);
            }
        });
        for (_, kept) in &mut runs {
            kept.sort_unstable();
        }
        Some(Selection { count, runs })
    }

    /// The key at a position among all.
    fn at(&self, position: usize) -> Option<u64> {
        self.runs.iter().find_map(|(start, keys)| keys.get(position.checked_sub(*start)?)).copied()
    }
}

const SIGN: u64 = 1 << 63;

/// An integer that orders floating point numbers as [`f64::total_cmp`] does.
fn order_key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The inverse of [`order_key`].
fn value_of_key(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
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

    proptest! {
        #[test]
        fn several_at_once_are_the_same(
            values in prop::collection::vec(
                prop_oneof![-9.0..9.0_f64, any::<f64>().prop_filter("a number", |x| x.is_finite()), Just(0.0), Just(-0.0)], 0..80,
            ),
            p in [0.0..=1.0_f64, 0.0..=1.0_f64],
        ) {
            let p = [p[0], p[1], 1.0, 0.0];
            let found = quantiles(values.iter().copied(), p);
            for (p, found) in p.into_iter().zip(found) {
                let expected = quantile_unsorted(&mut values.clone(), p);
                prop_assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
            }
        }

        #[test]
        fn keys_stand_for_values(keys in prop::collection::vec(prop_oneof![0_u64..20, 0_u64..1 << 40], 0..80), p in 0.0..=1.0_f64) {
            let [found] = quantiles_of_keys(keys.iter().copied(), |key| key as f64 / 1e12, [p]);
            let mut values: Vec<f64> = keys.iter().map(|&key| key as f64 / 1e12).collect();
            prop_assert_eq!(found.map(f64::to_bits), quantile_unsorted(&mut values, p).map(f64::to_bits));
        }
    }
}
