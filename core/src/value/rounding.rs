//! Rounding half to even, the only kind of rounding in the engine.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A whole part, or the next integer above it, depending on how the discarded fraction compares with one half.
#[inline]
pub(crate) fn half_even(whole: u128, fraction_to_half: Ordering) -> u128 {
    let is_rounded_up = match fraction_to_half {
        Ordering::Less => false,
        Ordering::Equal => whole % 2 == 1,
        Ordering::Greater => true,
    };
    whole.saturating_add(is_rounded_up.into())
}

/// Where an exact number lies relative to the rounded one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Remainder {
    /// The two are equal.
    #[default]
    Zero,
    /// The exact number is nearer to zero.
    Added,
    /// The exact number is further from zero.
    Dropped,
}

/// A rounded quotient, and where the exact one lies relative to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quotient {
    pub(crate) units: u128,
    pub(crate) remainder: Remainder,
}

impl Quotient {
    /// A quotient without a remainder.
    pub(crate) fn exact(units: u128) -> Quotient {
        Quotient { units, remainder: Remainder::Zero }
    }

    /// A whole part rounded by [`half_even`]; `is_exact` means that no fraction was discarded.
    #[inline]
    pub(crate) fn half_even(whole: u128, fraction_to_half: Ordering, is_exact: bool) -> Quotient {
        let units = half_even(whole, fraction_to_half);
        let remainder = match (is_exact, units > whole) {
            (true, _) => Remainder::Zero,
            (false, true) => Remainder::Added,
            (false, false) => Remainder::Dropped,
        };
        Quotient { units, remainder }
    }
}

/// `dividend / divisor`; the divisor must not be 0.
#[inline]
pub(crate) fn divide_half_even(dividend: u128, divisor: u128) -> Quotient {
    let remainder = dividend % divisor;
    // Doubling the remainder could overflow.
    Quotient::half_even(dividend / divisor, remainder.cmp(&(divisor - remainder)), remainder == 0)
}

/// `value / 2^shift` for a shift of 1..=127.
#[inline]
pub(crate) fn shift_half_even(value: u128, shift: u32) -> Quotient {
    let remainder = value & ((1 << shift) - 1);
    Quotient::half_even(value >> shift, remainder.cmp(&(1 << (shift - 1))), remainder == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let quarters = |range: std::ops::RangeInclusive<u128>| range.map(|quarter| divide_half_even(quarter, 4).units);
        assert_eq!(quarters(0..=12).collect::<Vec<_>>(), [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3]);
        assert_eq!(divide_half_even(u128::MAX, u128::MAX - 1).units, 1);
        assert_eq!(half_even(u128::MAX, Ordering::Greater), u128::MAX);
    }

    proptest! {
        #[test]
        fn a_shift_is_a_division_by_a_power_of_two(value: u128, shift in 1_u32..=127) {
            prop_assert_eq!(shift_half_even(value, shift), divide_half_even(value, 1 << shift));
        }
    }
}
