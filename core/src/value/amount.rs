//! Exact decimal amounts: money and minutes.

use serde::Serialize;

/// A decimal number with nine decimals, stored as an integer number of billionths.
///
/// Sums of amounts are exact, so the order of the rows does not affect them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Amount(pub i128);

impl Amount {
    /// The amount 0.
    pub const ZERO: Amount = Amount(0);
    /// Billionths in one unit.
    pub const ONE: i128 = 1_000_000_000;
    /// The largest magnitude that one cell may hold: 10^18 units, so that 10^10 cells cannot overflow a sum.
    pub const MAX_CELL: i128 = 1_000_000_000_000_000_000 * Amount::ONE;

    /// The nearest floating point number, with ties to even.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        if let Some(nano) = exact_f64(self.0) {
            // Both operands are exact, so the division rounds once.
            return nano / 1e9;
        }
        let magnitude = self.0.unsigned_abs();
        let one = Amount::ONE.unsigned_abs();
        let text = format!("{}.{:09}", magnitude / one, magnitude % one);
        let value: f64 = text.parse().unwrap_or(f64::MAX);
        if self.0 < 0 { -value } else { value }
    }
}

impl Amount {
    /// The amount divided by a count greater than 0, as the nearest floating point number (ties to even): equal
    /// quotients give equal numbers, for any amount and count.
    #[must_use]
    pub fn per(self, count: u64) -> f64 {
        // Long division, 32 bits at a time, until the quotient has more bits than a floating point number.
        const STEP_BITS: u32 = 32;
        const ENOUGH: u128 = 1 << 56;
        let divisor = i128::from(count.max(1)) * Amount::ONE;
        if let (Some(nano), Some(divisor)) = (exact_f64(self.0), exact_f64(divisor)) {
            // Both operands are exact here, too.
            return nano / divisor;
        }
        let (magnitude, divisor) = (self.0.unsigned_abs(), divisor.unsigned_abs());
        let (mut quotient, mut remainder) = (magnitude / divisor, magnitude % divisor);
        let mut scale = 1.0;
        while quotient < ENOUGH && remainder > 0 {
            remainder <<= STEP_BITS;
            quotient = (quotient << STEP_BITS) | (remainder / divisor);
            remainder %= divisor;
            scale /= (1_u64 << STEP_BITS) as f64;
        }
        // The last bit stands for any remainder, so that the conversion rounds once.
        let rounded = (quotient | u128::from(remainder > 0)) as f64 * scale;
        if self.0 < 0 { -rounded } else { rounded }
    }
}

impl Amount {
    /// The amount multiplied by a count; saturates at the largest amount.
    #[inline]
    #[must_use]
    pub fn times(self, count: u64) -> Amount {
        Amount(match i64::try_from(self.0) {
            // The product fits in 128 bits for any factors.
            Ok(amount) => i128::from(amount) * i128::from(count),
            Err(_) => self.0.saturating_mul(count.into()),
        })
    }
}

/// The number as floating point, if it and all integers of smaller magnitude are exact.
#[inline]
fn exact_f64(number: i128) -> Option<f64> {
    let number = i64::try_from(number).ok()?;
    (number.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS).then_some(number as f64)
}

impl std::ops::Add for Amount {
    type Output = Amount;
    // Money cannot overflow a sum of 10^10 cells; minutes times sessions could, and saturate at the largest amount.
    fn add(self, other: Amount) -> Amount {
        Amount(self.0.saturating_add(other.0))
    }
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        *self = *self + other;
    }
}

impl std::ops::Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        Amount(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::ZERO, |sum, amount| sum + amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_quotients_are_equal_numbers() {
        let tenth = Amount(100_000_000);
        // 0.3 / 3 in floating point is not 0.1.
        assert_eq!(Amount(tenth.0 * 3).per(3).to_bits(), 0.1_f64.to_bits());
        assert_eq!(tenth.per(1).to_bits(), 0.1_f64.to_bits());
        assert_eq!(Amount(Amount::MAX_CELL).per(1_000_000_000).to_bits(), 1e9_f64.to_bits());
        assert_eq!(Amount(-1).per(u64::MAX).to_bits(), (-1e-9 / 18_446_744_073_709_551_616.0_f64).to_bits());
        assert_eq!(Amount(0).per(5).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn products_end_at_the_largest_amount() {
        for amount in [0, 1, -1, i64::MAX.into(), i64::MIN.into(), i128::from(i64::MAX) + 1, i128::MAX, i128::MIN] {
            for count in [0, 1, 3, u64::MAX] {
                assert_eq!(
                    Amount(amount).times(count),
                    Amount(amount.saturating_mul(count.into())),
                    "{amount} {count}"
                );
            }
        }
    }

    proptest! {
        /// Independent source: the standard library parses any decimal to the nearest number.
        #[test]
        fn a_quotient_is_that_of_long_division(nano in -(1_i128 << 54)..1 << 54, count in 1_u64..20_000_000) {
            let divisor = u128::from(count) * Amount::ONE.unsigned_abs();
            let (mut text, mut remainder) = (format!("{}.", nano.unsigned_abs() / divisor), nano.unsigned_abs() % divisor);
            for _ in 0..60 {
                text += &(remainder * 10 / divisor).to_string();
                remainder = remainder * 10 % divisor;
            }
            // The remainder matters only if the digits are halfway between two numbers.
            text += if remainder > 0 { "1" } else { "0" };
            let magnitude: f64 = text.parse().unwrap();
            let expected = if nano < 0 { -magnitude } else { magnitude };
            prop_assert_eq!(Amount(nano).per(count).to_bits(), expected.to_bits());
        }

        #[test]
        fn a_quotient_is_the_nearest_number(whole in 0_i64..1 << 53, count in 1_u64..1 << 20) {
            // Both operands are exact, so the processor's division rounds once.
            let expected = whole as f64 / count as f64;
            let amount = Amount(i128::from(whole) * Amount::ONE);
            prop_assert_eq!(amount.per(count).to_bits(), expected.to_bits());
        }
    }

    #[test]
    fn conversion_rounds_once() {
        for text in ["0.3", "8300065.81", "123456789012.345678901", "-98765432109876.123456789", "0.000000001"] {
            let (whole, fraction) = text.split_once('.').unwrap();
            let nano: i128 = format!("{whole}{fraction:0<9}").parse().unwrap();
            assert_eq!(Amount(nano).to_f64().to_string(), text.parse::<f64>().unwrap().to_string());
        }
    }
}
