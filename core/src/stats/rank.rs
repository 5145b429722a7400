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

/// What [`average_ranks_doubled`] gives, for at most 2^32 integers in time proportional to their number.
#[must_use]
pub fn average_ranks_doubled_of_integers(keys: &[u64]) -> Ranks {
    let distances = Distances::of(keys);
    match usize::try_from(distances.widest) {
        Ok(widest) if widest < FEW_KEYS.max(keys.len()) => ranks_by_counting(distances.iter(), widest),
        _ => KeyOrder::of(keys).ranks(),
    }
}

/// The distance of keys from the smallest, without the low bits in which no key differs.
struct Distances<'k> {
    keys: &'k [u64],
    least: u64,
    unused_bits: u32,
    widest: u64,
}

impl Distances<'_> {
    fn of(keys: &[u64]) -> Distances<'_> {
        let first = keys.first().copied().unwrap_or(0);
        let (mut least, mut most, mut differing) = (first, first, 0);
        for &key in keys {
            least = key.min(least);
            most = key.max(most);
            differing |= key ^ first;
        }
        // Low bits in which no key differs carry no information.
        let unused_bits = differing.trailing_zeros() % u64::BITS;
        Distances { keys, least, unused_bits, widest: (most - least) >> unused_bits }
    }

    fn iter(&self) -> impl Iterator<Item = u64> + Clone {
        let &Distances { keys, least, unused_bits, .. } = self;
        keys.iter().map(move |&key| (key - least) >> unused_bits)
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

/// At most 2^32 integers in ascending order.
#[derive(Debug)]
pub struct KeyOrder {
    /// For each key a number that orders as the keys do and is equal for equal ones only, and below it the key's place
    /// among those given.
    entries: Vec<u64>,
    place_bits: u32,
}

impl KeyOrder {
    /// Sorts keys.
    #[must_use]
    pub fn of(keys: &[u64]) -> KeyOrder {
        let distances = Distances::of(keys);
        let place_bits = u64::BITS - (keys.len() as u64).leading_zeros();
        let key_bits = u64::BITS - distances.widest.leading_zeros();
        // If there is no room for all bits of a key, the lowest are left out.
        let left_out = (key_bits + place_bits).saturating_sub(u64::BITS);
        let numbers = (0_u64..).zip(distances.iter());
        let entries = numbers.map(|(place, distance)| (distance >> left_out) << place_bits | place).collect();
        let mut order = KeyOrder { entries, place_bits };
        radix::sort_by_bits(&mut order.entries, place_bits, key_bits - left_out);
        if left_out > 0 {
            order.tell_apart(keys);
        }
        order
    }

    /// Numbers distinct keys one by one, in place of those of their bits that an entry has room for.
    fn tell_apart(&mut self, keys: &[u64]) {
        let (mut whole_keys, mut start, mut distinct) = (Vec::new(), 0, 0_u64);
        while start < self.entries.len() {
            let rest = &self.entries[start..];
            let highest_bits = rest[0] >> self.place_bits;
            let length = 1 + rest[1..].iter().take_while(|&&entry| entry >> self.place_bits == highest_bits).count();
            whole_keys.clear();
            whole_keys.extend(rest[..length].iter().map(|&entry| (keys[self.place(entry)], self.place(entry) as u64)));
            whole_keys.sort_unstable();
            let entries = self.entries[start..].iter_mut();
            let mut before = whole_keys[0].0;
            for (entry, &(key, place)) in entries.zip(&whole_keys) {
                distinct += u64::from(key != before);
                before = key;
                *entry = distinct << self.place_bits | place;
            }
            distinct += 1;
            start += length;
        }
    }

    /// The average rank of every key.
    #[must_use]
    pub fn ranks(&self) -> Ranks {
        let mut ranks = Ranks { doubled: vec![0; self.entries.len()], tie_sum: 0 };
        ranks.add_in_order(0, self.ties().map(|ties| ties.iter().map(|&entry| self.place(entry))));
        ranks
    }

    /// What the ranks of each group add up to; `group_of` says which group the key at a place is in.
    #[must_use]
    pub fn rank_sums<const N: usize>(&self, group_of: impl Fn(usize) -> usize) -> RankSums<N> {
        let mut sums = RankSums { doubled: [0; N], tie_sum: 0 };
        let (mut start, mut rest) = (0, &self.entries[..]);
        // Most keys are not tied. One comparison here shows it, where forming sets first would take more.
        while let [first, others @ ..] = rest {
            let is_tied = |entry: &u64| entry >> self.place_bits == first >> self.place_bits;
            if others.first().is_some_and(is_tied) {
                let (entries, above) = rest.split_at(1 + others.iter().take_while(|entry| is_tied(entry)).count());
                let tied = entries.len() as u64;
                for &entry in entries {
                    sums.doubled[group_of(self.place(entry))] += doubled_rank(start, tied);
                }
                sums.tie_sum += tie_term(tied);
                (start, rest) = (start + tied, above);
            } else {
                sums.doubled[group_of(self.place(*first))] += doubled_rank(start, 1);
                (start, rest) = (start + 1, others);
            }
        }
        sums
    }

    /// The entries of each set of tied keys, from the smallest key to the largest.
    fn ties(&self) -> impl Iterator<Item = &[u64]> {
        self.entries.chunk_by(|left, right| left >> self.place_bits == right >> self.place_bits)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a place is an index")]
    #[inline]
    fn place(&self, entry: u64) -> usize {
        (entry & ((1 << self.place_bits) - 1)) as usize
    }
}

/// What ranks add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankSums<const N: usize> {
    /// For each group twice the sum of its average ranks among everybody: of all groups less than 2^64.
    pub doubled: [u64; N],
    /// The sum of `t³ - t` over all sets of `t` tied values.
    pub tie_sum: u128,
}

impl Ranks {
    /// Ranks keys that follow `before` others in order, given the places of each set of tied ones.
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

/// Twice the average rank of tied keys that follow a number of others.
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
            let expected = average_ranks_doubled(&keys);
            prop_assert_eq!(&average_ranks_doubled_of_integers(&keys), &expected);
            prop_assert_eq!(&KeyOrder::of(&keys).ranks(), &expected);
            let mut doubled = [0; 3];
            expected.doubled.iter().enumerate().for_each(|(place, &rank)| doubled[place % 3] += rank);
            let sums = KeyOrder::of(&keys).rank_sums(|place| place % 3);
            prop_assert_eq!(sums, RankSums { doubled, tie_sum: expected.tie_sum });
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
