//! Inputs of the engagement score scaled to 0..1. NaN is an unknown value.

use crate::settings::Normalization;
use crate::stats::quantile::{quantiles, quantiles_of_keys};
use crate::stats::rank::average_ranks_doubled_of_integers;

/// Percentiles to which outliers are clamped.
const WINSOR_PERCENTILES: [f64; 2] = [0.01, 0.99];

/// Scales non-negative values to 0..1. Unknown values become 0, and so do all values if their range is zero.
pub(super) fn normalized(values: &[f64], normalization: Normalization) -> Vec<f64> {
    match normalization {
        Normalization::Rank => rank_shares(values),
        Normalization::MinMax => scaled(values, Range::of(values)),
        Normalization::Winsor => scaled(values, Range::between(quantiles(known(values), WINSOR_PERCENTILES))),
    }
}

/// 1 for activity on the as-of day, 0 for the longest absence.
pub(super) fn recency(idle_days: &[u64], normalization: Normalization) -> Vec<f64> {
    let days = || idle_days.iter().copied();
    let range = match normalization {
        Normalization::Rank => {
            let shares = average_ranks_doubled_of_integers(idle_days).doubled;
            return shares.into_iter().map(|doubled| 1.0 - rank_share(doubled, idle_days.len())).collect();
        }
        Normalization::MinMax => Range::between([days().min(), days().max()].map(|day| day.map(|day| day as f64))),
        Normalization::Winsor => Range::between(quantiles_of_keys(days(), |day| day as f64, WINSOR_PERCENTILES)),
    };
    let Some(range) = range.filter(|range| range.most > 0.0) else { return vec![1.0; idle_days.len()] };
    days().map(|day| 1.0 - (day as f64).clamp(range.least, range.most) / range.most).collect()
}

fn known(values: &[f64]) -> impl Iterator<Item = f64> + Clone {
    values.iter().copied().filter(|value| !value.is_nan())
}

fn scaled(values: &[f64], range: Option<Range>) -> Vec<f64> {
    let Some(range) = range.filter(|range| range.width() > 0.0) else { return vec![0.0; values.len()] };
    let scaled = values.iter().map(|&value| {
        if value.is_nan() { 0.0 } else { (value.clamp(range.least, range.most) - range.least) / range.width() }
    });
    scaled.collect()
}

/// `(average rank - 1) / (n - 1)` over the known values; 0 if all are equal.
fn rank_shares(values: &[f64]) -> Vec<f64> {
    let keys = order_keys(values);
    if keys.iter().all(|key| keys.first() == Some(key)) {
        return vec![0.0; values.len()];
    }
    let ranks = average_ranks_doubled_of_integers(&keys).doubled;
    let mut shares = ranks.into_iter().map(|doubled| rank_share(doubled, keys.len()));
    values.iter().map(|value| if value.is_nan() { 0.0 } else { shares.next().unwrap_or(0.0) }).collect()
}

/// Integers in the same order as the known values, which must not be negative.
fn order_keys(values: &[f64]) -> Vec<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "values are not negative")]
    let whole = |value: f64| value as u64;
    #[expect(clippy::float_cmp, reason = "only what is equal exactly is whole")]
    let is_whole = |value: f64| whole(value) as f64 == value;
    let mut keys = Vec::with_capacity(values.len());
    if known(values).all(is_whole) {
        // Counts lie close together, so as integers they are ranked faster.
        keys.extend(known(values).map(whole));
    } else {
        // The bits of non-negative floating point numbers sort as the numbers do.
        keys.extend(known(values).map(f64::to_bits));
    }
    keys
}

/// The position of a rank among `count` values, 0..1; 0 for a single value.
fn rank_share(doubled_rank: u64, count: usize) -> f64 {
    let others = count.saturating_sub(1) as f64;
    if others > 0.0 { (doubled_rank as f64 / 2.0 - 1.0) / others } else { 0.0 }
}

#[derive(Clone, Copy)]
struct Range {
    least: f64,
    most: f64,
}

impl Range {
    /// The range of the known values; `None` without any.
    fn of(values: &[f64]) -> Option<Range> {
        let range = known(values).fold(Range { least: f64::INFINITY, most: f64::NEG_INFINITY }, |range, value| Range {
            least: range.least.min(value),
            most: range.most.max(value),
        });
        (range.least <= range.most).then_some(range)
    }

    fn between([least, most]: [Option<f64>; 2]) -> Option<Range> {
        Some(Range { least: least?, most: most? })
    }

    fn width(self) -> f64 {
        self.most - self.least
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::quantile::quantile_sorted;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![3 => (0_u32..6).prop_map(f64::from), 2 => 0.0..9.0_f64, 1 => Just(f64::NAN)]
    }

    proptest! {
        // Independent source: the definitions in the contract, applied to one value at a time.
        #[test]
        fn inputs_are_normalised_as_defined(values in prop::collection::vec(value(), 0..40), whole: bool) {
            let values: Vec<f64> = values.iter().map(|value| if whole { value.floor() } else { *value }).collect();
            let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
            sorted.sort_by(f64::total_cmp);
            let count = sorted.len() as f64;
            for normalization in [Normalization::MinMax, Normalization::Winsor, Normalization::Rank] {
                let found = normalized(&values, normalization);
                prop_assert_eq!(found.len(), values.len());
                let ends = [0.01, 0.99].map(|p| quantile_sorted(&sorted, p).unwrap_or(0.0));
                let extremes = [sorted.first(), sorted.last()].map(|value| value.copied().unwrap_or(0.0));
                let [least, most] = if normalization == Normalization::Winsor { ends } else { extremes };
                for (&value, found) in values.iter().zip(found) {
                    let lower = sorted.iter().filter(|&&other| other < value).count() as f64;
                    let tied = sorted.iter().filter(|&&other| other.to_bits() == value.to_bits()).count() as f64;
                    let expected = match normalization {
                        _ if value.is_nan() || most <= least => 0.0,
                        Normalization::Rank => (lower + f64::midpoint(tied, 1.0) - 1.0) / (count - 1.0),
                        _ => (value.clamp(least, most) - least) / (most - least),
                    };
                    prop_assert!((found - expected).abs() < 1e-12, "{normalization:?}: {found} instead of {expected}");
                }
            }
        }

        #[test]
        fn recency_falls_from_1_with_the_days(days in prop::collection::vec(0_u64..9, 1..40)) {
            let longest = days.iter().copied().max().unwrap_or(0);
            for normalization in [Normalization::MinMax, Normalization::Winsor, Normalization::Rank] {
                let found = recency(&days, normalization);
                for (at, &day) in days.iter().enumerate() {
                    prop_assert!((0.0..=1.0).contains(&found[at]));
                    for (other, &later) in days.iter().enumerate() {
                        prop_assert!(day > later || found[at] >= found[other]);
                    }
                    if normalization == Normalization::MinMax && longest > 0 {
                        prop_assert!((found[at] - (1.0 - day as f64 / longest as f64)).abs() < 1e-12);
                    }
                }
            }
        }
    }
}
