//! Average ranks.

use super::radix;

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
    let ties = order.chunk_by(|(left, _), (right, _)| left == right);
    ranks.add_in_order(0, ties.map(|ties| ties.iter().map(|&(_, place)| place)));
    ranks
}

/// Keys that differ by less than this are counted rather than sorted, however few there are.
const FEW_KEYS: usize = 1 << 12;

/// What [`average_ranks_doubled`] gives, for integers in time proportional to their number.
#[must_use]
pub fn average_ranks_doubled_of_integers(keys: &[u64]) -> Ranks {
    let Some(&least) = keys.iter().min() else { return Ranks { doubled: Vec::new(), tie_sum: 0 } };
    // Low bits in which no key differs from the least one tell nothing.
    let differing = keys.iter().fold(0, |bits, &key| bits | (key - least));
    let unused_bits = differing.trailing_zeros() % u64::BITS;
    let distances = keys.iter().map(|&key| (key - least) >> unused_bits);
    let widest = distances.clone().max().unwrap_or(0);
    match usize::try_from(widest) {
        Ok(widest) if widest < FEW_KEYS.max(keys.len()) => ranks_by_counting(distances, widest),
        _ if u32::try_from(keys.len()).is_ok() => ranks_by_sorting(keys, distances, widest),
        _ => average_ranks_doubled(keys),
    }
}

/// Ranks of numbers from 0 to `widest`.
#[expect(clippy::cast_possible_truncation, reason = "no number is above `widest`, which is an index")]
fn ranks_by_counting(numbers: impl Iterator<Item = u64> + Clone, widest: usize) -> Ranks {
    let mut counts = vec![0_u64; widest + 1];
    for number in numbers.clone() {
        counts[number as usize] += 1;
    }
    let (mut before, mut tie_sum) = (0, 0);
    for count in &mut counts {
        let tied = *count;
        *count = doubled_rank(before, tied);
        tie_sum += tie_term(tied);
        before += tied;
    }
    Ranks { doubled: numbers.map(|number| counts[number as usize]).collect(), tie_sum }
}

/// Bits by which keys are sorted before those that are still equal are told apart: three digits.
const SORTED_BITS: u32 = 33;

/// Ranks of at most 2^32 keys, of which `distances` to the least one keep the order, up to `widest`.
fn ranks_by_sorting(keys: &[u64], distances: impl Iterator<Item = u64>, widest: u64) -> Ranks {
    // A number holds a key's highest bits, all of them where there is room, and below them the key's place.
    let place_bits = u64::BITS - (keys.len() as u64).leading_zeros();
    let key_bits = u64::BITS - widest.leading_zeros();
    let left_out = (key_bits + place_bits).saturating_sub(u64::BITS);
    #[expect(clippy::cast_possible_truncation, reason = "a place has at most 32 bits")]
    let place = |number: u64| (number & ((1 << place_bits) - 1)) as usize;
    let numbers = (0_u64..).zip(distances).map(|(place, distance)| (distance >> left_out) << place_bits | place);
    let held_bits = key_bits - left_out;
    let sorted_bits = held_bits.min(SORTED_BITS);
    let lowest_sorted_bit = place_bits + held_bits - sorted_bits;
    let mut sorted = radix::sort_by_bits(numbers.collect(), lowest_sorted_bit, sorted_bits);

    let mut ranks = Ranks { doubled: vec![0; keys.len()], tie_sum: 0 };
    let mut whole_keys = Vec::new();
    let mut start = 0;
    while start < sorted.len() {
        let highest_bits = sorted[start] >> lowest_sorted_bit;
        let rest = &mut sorted[start..];
        let length = 1 + rest[1..].iter().take_while(|&&number| number >> lowest_sorted_bit == highest_bits).count();
        let (run, before) = (&mut rest[..length], start as u64);
        start += length;
        if length == 1 {
            ranks.doubled[place(run[0])] = doubled_rank(before, 1);
        } else if left_out == 0 {
            // The place keeps tied keys apart.
            run.sort_unstable();
            let is_tied = |&left: &u64, &right: &u64| left >> place_bits == right >> place_bits;
            ranks.add_in_order(before, run.chunk_by(is_tied).map(|ties| ties.iter().map(|&number| place(number))));
        } else {
            whole_keys.clear();
            whole_keys.extend(run.iter().map(|&number| (keys[place(number)], place(number))));
            whole_keys.sort_unstable();
            let ties = whole_keys.chunk_by(|(left, _), (right, _)| left == right);
            ranks.add_in_order(before, ties.map(|ties| ties.iter().map(|&(_, place)| place)));
        }
    }
    ranks
}

impl Ranks {
    /// Ranks keys that come behind so many others in order: the places of each set of tied ones.
    fn add_in_order(&mut self, mut before: u64, sets: impl Iterator<Item = impl ExactSizeIterator<Item = usize>>) {
        for places in sets {
            let tied = places.len() as u64;
            for place in places {
                self.doubled[place] = doubled_rank(before, tied);
            }
            self.tie_sum += tie_term(tied);
            before += tied;
        }
    }
}

/// Twice the average rank of so many tied keys behind so many others.
fn doubled_rank(before: u64, tied: u64) -> u64 {
    2 * before + tied + 1
}

fn tie_term(tied: u64) -> u128 {
    let tied = u128::from(tied);
    tied * tied * tied - tied
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

        #[test]
        fn integers_have_the_same_ranks(
            keys in prop::collection::vec(prop_oneof![0_u64..9, 0_u64..1 << 20, any::<u64>()], 0..200),
            narrow in 0u32..64, zero_bits in 0u32..40, offset: u64,
        ) {
            let keys: Vec<u64> = keys.iter().map(|&key| (key >> narrow << zero_bits).saturating_add(offset)).collect();
            prop_assert_eq!(average_ranks_doubled_of_integers(&keys), average_ranks_doubled(&keys));
        }

        #[test]
        fn keys_that_differ_only_in_low_bits_are_told_apart(low in prop::collection::vec(0_u64..4, 2..60), far: bool) {
            let mut keys = low;
            if far {
                keys.push(u64::MAX);
            }
            prop_assert_eq!(average_ranks_doubled_of_integers(&keys), average_ranks_doubled(&keys));
        }
    }
}
