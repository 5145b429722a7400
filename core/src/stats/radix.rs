//! Sorting integers by their digits.

/// Numbers are distributed into buckets until one holds at most this many: a second-level cache of 1 MB fits twice
/// that.
const CACHED: usize = 1 << 16;
/// Bits that select a bucket: few enough that each bucket is written to a page of its own.
const BUCKET_BITS: u32 = 8;
/// Bits of a digit within a bucket: as many counters as fit the first-level cache.
const DIGIT_BITS: u32 = 11;
const DIGITS: usize = 1 << DIGIT_BITS;
/// Fewer numbers than this are sorted by comparison.
const FEW: usize = 64;

/// Sorts numbers by `bit_count` of their bits from `lowest_bit` upwards. Numbers that agree in these keep their order.
///
/// # Formula
/// Counting sorts: into buckets by the highest bits, and within a bucket one for each digit, from the lowest to the
/// highest.
///
/// D. E. Knuth, "The Art of Computer Programming", volume 3 (1998), section 5.2.5, algorithm R.
pub(super) fn sort_by_bits(numbers: &mut [u64], lowest_bit: u32, bit_count: u32) {
    let mut spare = vec![0; numbers.len()];
    sort(numbers, &mut spare, lowest_bit, bit_count);
}

fn sort(numbers: &mut [u64], spare: &mut [u64], lowest_bit: u32, bit_count: u32) {
    if numbers.len() <= CACHED || bit_count <= BUCKET_BITS {
        return sort_by_digits(numbers, spare, lowest_bit, bit_count);
    }
    let bits_below = bit_count - BUCKET_BITS;
    let ends = distribute(numbers, spare, Digit { lowest_bit: lowest_bit + bits_below, bit_count: BUCKET_BITS });
    numbers.copy_from_slice(spare);
    let mut start = 0;
    for &end in &ends[..1 << BUCKET_BITS] {
        sort(&mut numbers[start..end], &mut spare[start..end], lowest_bit, bits_below);
        start = end;
    }
}

fn sort_by_digits(numbers: &mut [u64], spare: &mut [u64], lowest_bit: u32, bit_count: u32) {
    if numbers.len() < FEW {
        let bits = Digit { lowest_bit, bit_count };
        return numbers.sort_by_key(|&number| bits.of(number));
    }
    let pass_count = bit_count.div_ceil(DIGIT_BITS);
    let (mut from, mut to) = (&mut *numbers, &mut *spare);
    for pass in 0..pass_count {
        let [begin, end] = [pass, pass + 1].map(|pass| bit_count * pass / pass_count);
        distribute(from, to, Digit { lowest_bit: lowest_bit + begin, bit_count: end - begin });
        std::mem::swap(&mut from, &mut to);
    }
    if pass_count % 2 == 1 {
        numbers.copy_from_slice(spare);
    }
}

/// Some bits of a number, at most 64.
#[derive(Clone, Copy)]
struct Digit {
    lowest_bit: u32,
    bit_count: u32,
}

impl Digit {
    #[inline]
    fn of(self, number: u64) -> u64 {
        number >> self.lowest_bit & u64::MAX.checked_shr(u64::BITS - self.bit_count).unwrap_or(0)
    }
}

/// Copies numbers to their places by a digit of at most [`DIGIT_BITS`]; returns where those of each digit end.
fn distribute(from: &[u64], to: &mut [u64], digit: Digit) -> [usize; DIGITS] {
    #[expect(clippy::cast_possible_truncation, reason = "a digit has few bits")]
    let digit_of = |number: u64| digit.of(number) as usize % DIGITS;
    let mut places = [0; DIGITS];
    for &number in from {
        places[digit_of(number)] += 1;
    }
    let mut before = 0;
    for place in &mut places {
        (*place, before) = (before, before + *place);
    }
    for &number in from {
        let place = &mut places[digit_of(number)];
        to[*place] = number;
        *place += 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_by_these_bits_and_keeps_the_order_of_equal_ones(
            numbers in prop_oneof![
                9 => prop::collection::vec(any::<u64>(), 0..300), 1 => prop::collection::vec(any::<u64>(), CACHED - 1..CACHED + 9_000),
            ],
            narrow in 0u32..60, lowest_bit in 0u32..30, bit_count in 0u32..35,
        ) {
            let numbers: Vec<u64> = numbers.into_iter().map(|number| number >> narrow).collect();
            let mut expected = numbers.clone();
            expected.sort_by_key(|number| (number >> lowest_bit) & ((1 << bit_count) - 1));
            let mut sorted = numbers;
            sort_by_bits(&mut sorted, lowest_bit, bit_count);
            prop_assert_eq!(sorted, expected);
        }
    }
}
