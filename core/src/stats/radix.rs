//! Sorting integers by their digits.

/// Bits of a digit: as many counters as fit the processor's first cache.
const DIGIT_BITS: u32 = 11;
const DIGITS: usize = 1 << DIGIT_BITS;

/// Sorts numbers by `bit_count` of their bits from `lowest_bit` on. Numbers equal in these keep their order.
///
/// # Formula
/// One counting sort for each digit, from the lowest to the highest.
///
/// D. E. Knuth, "The Art of Computer Programming", volume 3 (1998), section 5.2.5, algorithm R.
#[must_use]
pub(super) fn sort_by_bits(mut numbers: Vec<u64>, lowest_bit: u32, bit_count: u32) -> Vec<u64> {
    let shifts: Vec<u32> = (lowest_bit..lowest_bit + bit_count).step_by(DIGIT_BITS as usize).collect();
    let end = lowest_bit + bit_count;
    #[expect(clippy::cast_possible_truncation, reason = "the mask leaves few bits")]
    let digit_at = |number: u64, shift: u32| {
        let mask = (1 << (end - shift).min(DIGIT_BITS)) - 1;
        (number >> shift & mask) as usize
    };
    let mut counts = vec![[0_usize; DIGITS]; shifts.len()];
    for &number in &numbers {
        for (&shift, counts) in shifts.iter().zip(&mut counts) {
            counts[digit_at(number, shift)] += 1;
        }
    }
    let mut sorted = vec![0; numbers.len()];
    for (shift, mut places) in shifts.into_iter().zip(counts) {
        if places.contains(&numbers.len()) {
            // All have the same digit.
            continue;
        }
        let mut before = 0;
        for place in &mut places {
            (*place, before) = (before, before + *place);
        }
        for &number in &numbers {
            let place = &mut places[digit_at(number, shift)];
            sorted[*place] = number;
            *place += 1;
        }
        std::mem::swap(&mut numbers, &mut sorted);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_by_these_bits_and_keeps_the_order_of_equal_ones(
            numbers in prop::collection::vec(any::<u64>(), 0..300), narrow in 0u32..60, lowest_bit in 0u32..30, bit_count in 0u32..34,
        ) {
            let numbers: Vec<u64> = numbers.into_iter().map(|number| number >> narrow).collect();
            let mut expected = numbers.clone();
            expected.sort_by_key(|number| (number >> lowest_bit) & ((1 << bit_count) - 1));
            prop_assert_eq!(sort_by_bits(numbers, lowest_bit, bit_count), expected);
        }
    }
}
