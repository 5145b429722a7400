//! Rounding half to even: the only kind of rounding in the engine.

use std::cmp::Ordering;

/// A whole part, or the next number above it, by how the discarded fraction compares with one half.
#[inline]
pub(crate) fn half_even(whole: u128, fraction_to_half: Ordering) -> u128 {
    let is_rounded_up = match fraction_to_half {
        Ordering::Less => false,
        Ordering::Equal => whole % 2 == 1,
        Ordering::Greater => true,
    };
    whole.saturating_add(is_rounded_up.into())
}

/// `dividend / divisor`, which must not be 0.
#[inline]
pub(crate) fn divide_half_even(dividend: u128, divisor: u128) -> u128 {
    let remainder = dividend % divisor;
    // Doubling the remainder could overflow.
    half_even(dividend / divisor, remainder.cmp(&(divisor - remainder)))
}

/// `value / 2^shift` for a shift of 1..=127.
#[inline]
pub(crate) fn shift_half_even(value: u128, shift: u32) -> u128 {
    let remainder = value & ((1 << shift) - 1);
    half_even(value >> shift, remainder.cmp(&(1 << (shift - 1))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let quarters = |range: std::ops::RangeInclusive<u128>| range.map(|quarter| divide_half_even(quarter, 4));
        assert_eq!(quarters(0..=12).collect::<Vec<_>>(), [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3]);
        assert_eq!(divide_half_even(u128::MAX, u128::MAX - 1), 1);
        assert_eq!(half_even(u128::MAX, Ordering::Greater), u128::MAX);
    }

    proptest! {
        #[test]
        fn a_shift_is_a_division_by_a_power_of_two(value: u128, shift in 1_u32..=127) {
            prop_assert_eq!(shift_half_even(value, shift), divide_half_even(value, 1 << shift));
        }
    }
}
