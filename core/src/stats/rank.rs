//! Average ranks.

/// The ranks of a list of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranks {
    /// Twice the average rank of each value, in the order given. Ranks start at 1; doubled they are integers.
    pub doubled: Vec<u64>,
    /// The sum of `t³ - t` over all sets of `t` tied values.
    pub tie_sum: u128,
}

/// Ranks `keys` from the smallest to the largest; tied keys share the average of their ranks.
///
/// # Formula
/// Keys at the sorted positions `a..b` (from 0) are tied: twice their average rank is `a + 1 + b`.
/// M. G. Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33 (1945), 239-251 (mid-rank method).
#[must_use]
pub fn average_ranks_doubled<K: Ord + Copy>(keys: &[K]) -> Ranks {
    // Keys are sorted along with their places: following indices into `keys` would miss the cache.
    let mut order: Vec<(K, usize)> = keys.iter().copied().zip(0..).collect();
    order.sort_unstable_by_key(|&(key, _)| key);
    let mut ranks = Ranks { doubled: vec![0; keys.len()], tie_sum: 0 };
    let mut before = 0_u64;
    for ties in order.chunk_by(|(left, _), (right, _)| left == right) {
        let count = ties.len() as u64;
        for &(_, place) in ties {
            ranks.doubled[place] = 2 * before + count + 1;
        }
        let count_wide = u128::from(count);
        ranks.tie_sum += count_wide * count_wide * count_wide - count_wide;
        before += count;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::statistics::{Data, OrderStatistics, RankTieBreaker};

    #[test]
    fn by_hand() {
        let ranks = average_ranks_doubled(&[0, 0, 1, 1, 1, -1]);
        assert_eq!(ranks.doubled, [5, 5, 10, 10, 10, 2]);
        assert_eq!(ranks.tie_sum, (8 - 2) + (27 - 3));
        assert_eq!(average_ranks_doubled::<u8>(&[]), Ranks { doubled: vec![], tie_sum: 0 });
    }

    proptest! {
        #[test]
        fn ranks_sum_to_the_triangle_and_agree_with_statrs(keys in prop::collection::vec(-5_i32..5, 1..60)) {
            let ranks = average_ranks_doubled(&keys);
            let n = keys.len() as u64;
            prop_assert_eq!(ranks.doubled.iter().sum::<u64>(), n * (n + 1));
            let mut data = Data::new(keys.iter().copied().map(f64::from).collect::<Vec<_>>());
            let reference = data.ranks(RankTieBreaker::Average);
            for (doubled, rank) in ranks.doubled.iter().zip(reference) {
                prop_assert!((*doubled as f64 - 2.0 * rank).abs() < 1e-12);
            }
        }
    }
}
