//! How scores and revenue are distributed over the users.

use serde::{Deserialize, Serialize};

use crate::report::SCORE_UNITS;
use crate::value::amount::Amount;

/// Users by value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Bin edges, ascending, one more than there are bins; of no bin none. A lower bound belongs to its bin, and the
    /// last edge to the last bin.
    pub edges: Vec<f64>,
    /// Users per bin.
    pub counts: Vec<u64>,
}

/// Users with revenue, by revenue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RevenueHistogram {
    /// Users with revenue above 0; bins of 1-2-5 steps or of powers of ten, in the currency's unit.
    pub with_revenue: Histogram,
    /// Users with revenue of 0 or less, who are in no bin.
    pub without_revenue: u64,
}

/// A point of the concentration curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConcentrationPoint {
    /// Share of all users, percent, counted from the highest revenue down.
    pub users_share: f64,
    /// Their share of all revenue, percent.
    pub revenue_share: f64,
}

/// Users by engagement score (in units of 10^-12, as the report has them), in equal bins of 0..1.
///
/// # Formula
/// With `b` bins a score `s` is in bin `min(floor(s * b), b - 1)`, in exact arithmetic.
#[must_use]
pub fn score_histogram(scores: &[u64], bin_count: u32) -> Histogram {
    const UNITS: u128 = 1_000_000_000_000;
    let bins = bin_count.max(1);
    let lower_bound = |bin: u32| u64::try_from((u128::from(bin) * UNITS).div_ceil(bins.into())).unwrap_or(u64::MAX);
    let lower_bounds: Vec<u64> = (0..bins).map(lower_bound).collect();
    let bins_per_unit = f64::from(bins) / SCORE_UNITS;
    let mut counts = vec![0; lower_bounds.len()];
    for &score in scores {
        // In floating point the bin may be missed by one.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and moved into range"
        )]
        let near = ((score as f64 * bins_per_unit) as usize).min(counts.len() - 1);
        let is_below = score < lower_bounds[near];
        let is_above = lower_bounds.get(near + 1).is_some_and(|&next| next <= score);
        counts[near + usize::from(is_above) - usize::from(is_below)] += 1;
    }
    Histogram { edges: (0..=bins).map(|edge| f64::from(edge) / f64::from(bins)).collect(), counts }
}

/// The most bins that a revenue histogram has.
const MOST_REVENUE_BINS: usize = 40;

/// Users by revenue, in bins between edges of 1, 2 and 5 times powers of ten; where these would be more than 40, of
/// powers of ten alone.
///
/// The first bin holds the smallest revenue above 0, the last one the largest. A bin holds `lower <= revenue < upper`,
/// compared exactly.
#[must_use]
pub fn revenue_histogram(revenue: &[Amount]) -> RevenueHistogram {
    let with_revenue = revenue.iter().copied().filter(|&amount| amount > Amount::ZERO);
    let (Some(least), Some(most)) = (with_revenue.clone().min(), with_revenue.clone().max()) else {
        return RevenueHistogram { without_revenue: revenue.len() as u64, ..RevenueHistogram::default() };
    };
    let edges = Some(edges_around(least, most, &[1, 2, 5])).filter(|edges| edges.len() <= MOST_REVENUE_BINS + 1);
    let edges = edges.unwrap_or_else(|| edges_around(least, most, &[1]));
    let mut counts = vec![0; edges.len() - 1];
    let mut user_count = 0;
    for amount in with_revenue {
        let edges_up_to = edges.partition_point(|&edge| edge <= amount);
        counts[(edges_up_to - 1).min(edges.len() - 2)] += 1;
        user_count += 1;
    }
    let edges = edges.into_iter().map(Amount::to_f64).collect();
    RevenueHistogram { with_revenue: Histogram { edges, counts }, without_revenue: revenue.len() as u64 - user_count }
}

/// The multiples of powers of ten from the last that is not above `least` to the first above `greatest`.
fn edges_around(least: Amount, greatest: Amount, multiples: &[i128]) -> Vec<Amount> {
    let powers = (0..).map_while(|exponent| 10_i128.checked_pow(exponent));
    let all = powers.flat_map(|power| multiples.iter().map(move |&multiple| power.saturating_mul(multiple)));
    // Amounts that large are beyond any sum of cells; they stay in the last bin.
    let mut edges: Vec<Amount> = all.chain([i128::MAX]).map(Amount).collect();
    edges.dedup();
    let above = edges.partition_point(|&edge| edge <= greatest).min(edges.len() - 1);
    let from = (edges.partition_point(|&edge| edge <= least) - 1).min(edges.len() - 2);
    edges[from..=above].to_vec()
}

/// Points of the concentration curve, in thousandths of the users: every tenth of a percent to 1 %, then every percent.
fn curve_positions() -> impl Iterator<Item = u64> {
    (0..10).chain((10..=1000).step_by(10))
}

/// Which share of the revenue the users with most of it have: the Lorenz curve from the top.
///
/// Empty where there is no revenue or less than none. All users take part. Where some have revenue below 0 (refunds),
/// the curve rises above 100 % and comes back.
///
/// # Formula
/// Amounts descending `x_1 >= … >= x_n`, for the share `p` of the users `k = p * n`:
/// `(x_1 + … + x_⌊k⌋ + (k - ⌊k⌋) * x_(⌊k⌋+1)) / (x_1 + … + x_n)`; a part of a user counts as that part of the amount.
#[must_use]
pub fn revenue_concentration(revenue: &[Amount]) -> Vec<ConcentrationPoint> {
    let total: Amount = revenue.iter().copied().sum();
    if total <= Amount::ZERO {
        return Vec::new();
    }
    let mut descending = revenue.to_vec();
    descending.sort_unstable_by(|a, b| b.cmp(a));
    let user_count = descending.len() as u64;
    let (mut next, mut sum) = (0, Amount::ZERO);
    let points = curve_positions().map(|thousandths| {
        let users = user_count * thousandths;
        while next < users / 1000 {
            sum += descending[usize::try_from(next).unwrap_or(usize::MAX)];
            next += 1;
        }
        let of_next = usize::try_from(next).ok().and_then(|next| descending.get(next)).copied().unwrap_or_default();
        let part = (users % 1000) as f64 / 1000.0 * of_next.to_f64();
        ConcentrationPoint {
            users_share: thousandths as f64 / 10.0,
            revenue_share: 100.0 * ((sum.to_f64() + part) / total.to_f64()),
        }
    });
    points.collect()
}

/// The Gini coefficient of revenue over all users: 0 where all have the same, nearly 1 where one has everything, above
/// 1 only where some have less than nothing. `None` without revenue.
///
/// # Formula
/// With `x_1 <= … <= x_n`: `2 * (1 x_1 + 2 x_2 + … + n x_n) / (n * (x_1 + … + x_n)) - (n + 1) / n`
/// (Gini's mean difference divided by twice the mean).
#[must_use]
pub fn gini_coefficient(revenue: &[Amount]) -> Option<f64> {
    let total: Amount = revenue.iter().copied().sum();
    if total <= Amount::ZERO {
        return None;
    }
    let mut ascending = revenue.to_vec();
    ascending.sort_unstable();
    let n = ascending.len() as f64;
    let total = total.to_f64();
    // (2 i - n - 1) x_i instead of the sum and a difference at the end, which would cancel.
    let weighted: f64 = (1_u32..).zip(&ascending).map(|(i, x)| (2.0 * f64::from(i) - n - 1.0) * x.to_f64()).sum();
    Some(weighted / (n * total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amounts(values: &[f64]) -> Vec<Amount> {
        let billionths = |value: &f64| format!("{value:.9}").replace('.', "").parse().unwrap();
        values.iter().map(|value| Amount(billionths(value))).collect()
    }

    #[test]
    fn revenue_bins_have_round_edges() {
        let found = revenue_histogram(&amounts(&[0.0, -3.0, 0.5, 0.99, 1.0, 4.99, 5.0, 60.0]));
        assert_eq!(found.without_revenue, 2);
        assert_eq!(found.with_revenue.edges, [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
        assert_eq!(found.with_revenue.counts, [2, 1, 1, 1, 0, 0, 1]);
        let wide = revenue_histogram(&[Amount(1), Amount(Amount::MAX_CELL * 10_000_000_000)]);
        assert!(wide.with_revenue.counts.len() <= MOST_REVENUE_BINS);
        assert_eq!(wide.with_revenue.edges[..3], [1e-9, 1e-8, 1e-7]);
        assert_eq!(revenue_histogram(&[]), RevenueHistogram::default());
        assert_eq!(revenue_histogram(&amounts(&[0.0])).with_revenue.counts, Vec::<u64>::new());
        assert_eq!(revenue_histogram(&[Amount(i128::MAX)]).with_revenue.counts.iter().sum::<u64>(), 1);
    }

    #[test]
    fn scores_on_an_edge_belong_to_the_upper_bin() {
        let unit = 1_000_000_000_000;
        assert_eq!((unit as f64).to_bits(), crate::report::SCORE_UNITS.to_bits());
        let found = score_histogram(&[0, unit / 4 - 1, unit / 4, unit / 2, unit], 4);
        assert_eq!(found.edges, [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(found.counts, [2, 1, 1, 1]);
    }

    const SKEWED: [f64; 12] = [0.0, 0.0, 0.0, 0.5, 0.99, 1.0, 4.99, 4.99, 9.99, 19.99, 99.99, 250.25];

    /// numpy 2.4 in Python 3.11, `x` ascending: `d = np.abs(np.subtract.outer(x, x)).mean(); d / (2 * x.mean())`.
    #[test]
    fn the_gini_coefficient_is_half_the_relative_mean_difference() {
        let close = |values: &[f64], expected: f64| {
            let found = gini_coefficient(&amounts(values)).unwrap();
            assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
        };
        close(&SKEWED, 0.818_293_904_436_918_1);
        close(&[-5.0, 0.0, 3.0, 20.0, 20.0], 0.736_842_105_263_157_9);
        close(&[7.0, 7.0, 7.0], 0.0);
        assert_eq!(gini_coefficient(&amounts(&[0.0, 0.0])), None);
        assert_eq!(gini_coefficient(&amounts(&[1.0, -2.0])), None);
        assert_eq!(gini_coefficient(&[]), None);
    }

    /// numpy: `y = np.r_[0, np.cumsum(x[::-1])] / x.sum() * 100; np.interp(p / 100 * n, np.arange(n + 1), y)`.
    #[test]
    fn the_concentration_curve_is_the_interpolated_cumulative_share() {
        let curve = revenue_concentration(&amounts(&SKEWED));
        assert_eq!(curve.len(), 110);
        for (share, expected) in [
            (0.0, 0.0),
            (0.5, 3.823_626_779_393_414_7),
            (1.0, 7.647_253_558_786_829),
            (8.0, 61.178_028_470_294_635),
            (10.0, 68.819_679_645_521_92),
            (25.0, 94.280_475_693_294_97),
            (50.0, 99.365_912_042_578_13),
            (75.0, 100.0),
            (100.0, 100.0),
        ] {
            let point = curve.iter().find(|point| (point.users_share - share).abs() < 1e-9).unwrap();
            assert!((point.revenue_share - expected).abs() < 1e-10, "{share} %: {}", point.revenue_share);
        }
        assert_eq!(revenue_concentration(&amounts(&[5.0, -5.0])), []);
        assert_eq!(revenue_concentration(&[]), []);
    }

    proptest! {
        #[test]
        fn every_user_is_in_the_bin_whose_edges_enclose_the_value(
            scores in prop::collection::vec(prop_oneof![0..=1_000_000_000_000_u64, Just(1_000_000_000_000), Just(0)], 0..60),
            revenue in prop::collection::vec((-5_i64..1_000_000, 0u32..20), 0..60),
            bin_count in 1u32..70,
        ) {
            let by_score = score_histogram(&scores, bin_count);
            prop_assert_eq!(by_score.edges.len(), by_score.counts.len() + 1);
            prop_assert_eq!(by_score.counts.iter().sum::<u64>(), scores.len() as u64);
            for (bin, &count) in (0_u64..).zip(&by_score.counts) {
                let unit = 1_000_000_000_000_u128;
                let (low, high) = (u128::from(bin) * unit, u128::from(bin + 1) * unit);
                let is_last = bin + 1 == u64::from(bin_count);
                let inside = scores.iter().map(|&score| u128::from(score) * u128::from(bin_count));
                let expected = inside.filter(|&score| low <= score && (score < high || is_last)).count() as u64;
                prop_assert_eq!(count, expected);
            }

            let revenue: Vec<Amount> = revenue.iter().map(|&(n, power)| Amount(i128::from(n) * 10_i128.pow(power))).collect();
            let found = revenue_histogram(&revenue);
            let RevenueHistogram { with_revenue: Histogram { edges, counts }, without_revenue } = &found;
            prop_assert_eq!(counts.iter().sum::<u64>() + without_revenue, revenue.len() as u64);
            prop_assert!(counts.len() <= MOST_REVENUE_BINS);
            prop_assert!(edges.is_sorted());
            // The ends are not empty.
            prop_assert!(counts.first().is_none_or(|&count| count > 0) && counts.last().is_none_or(|&count| count > 0));
            for (edges, &count) in edges.windows(2).zip(counts) {
                // Edges are the nearest numbers to decimals, and conversion keeps the order.
                let inside = revenue.iter().map(|amount| amount.to_f64()).filter(|&x| edges[0] <= x && x < edges[1]);
                prop_assert_eq!(inside.count() as u64, count);
            }
        }

        #[test]
        fn the_curve_rises_ever_slower_to_100_percent(revenue in prop::collection::vec(0_i64..1_000_000, 1..300)) {
            let revenue: Vec<Amount> = revenue.iter().map(|&n| Amount(i128::from(n) * 10_000_000)).collect();
            let curve = revenue_concentration(&revenue);
            prop_assume!(!curve.is_empty());
            prop_assert_eq!(curve[0].revenue_share.to_bits(), 0.0_f64.to_bits());
            prop_assert_eq!(curve[curve.len() - 1].revenue_share.to_bits(), 100.0_f64.to_bits());
            let slope = |pair: &[ConcentrationPoint]| {
                (pair[1].revenue_share - pair[0].revenue_share) / (pair[1].users_share - pair[0].users_share)
            };
            for three in curve.windows(3) {
                prop_assert!(slope(&three[1..]) <= slope(&three[..2]) + 1e-6);
            }
            let gini = gini_coefficient(&revenue).unwrap();
            prop_assert!((0.0..1.0).contains(&(gini + 1e-12)));
        }
    }
}
