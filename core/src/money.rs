//! Exact decimal amounts: money and minutes.

use serde::Serialize;

/// A decimal with nine places, held as an integer number of billionths.
///
/// Sums of amounts are exact, so they do not depend on the order of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Amount(pub i128);

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);
    /// Billionths in one unit.
    pub const ONE: i128 = 1_000_000_000;
    /// The largest magnitude that one cell may hold: 10^18 units, so that 10^10 cells cannot overflow a sum.
    pub const MAX_CELL: i128 = 1_000_000_000_000_000_000 * Amount::ONE;

    /// The nearest floating point number (ties to even).
    #[must_use]
    pub fn to_f64(self) -> f64 {
        const EXACT: i128 = 1 << 53;
        if (-EXACT..=EXACT).contains(&self.0) {
            // Both operands are exact, so the division rounds once.
            return self.0 as f64 / 1e9;
        }
        let magnitude = self.0.unsigned_abs();
        let one = Amount::ONE.unsigned_abs();
        let text = format!("{}.{:09}", magnitude / one, magnitude % one);
        let value: f64 = text.parse().unwrap_or(f64::MAX);
        if self.0 < 0 { -value } else { value }
    }
}

impl Amount {
    /// The amount divided by a count above 0, as a floating point number.
    ///
    /// Equal quotients give equal numbers, whatever the amount and the count, as long as both fit 53 bits: the
    /// division then rounds once. Beyond that it may round twice.
    #[must_use]
    pub fn per(self, count: u64) -> f64 {
        const EXACT: i128 = 1 << 53;
        let divisor = i128::from(count) * Amount::ONE;
        if self.0.abs() <= EXACT && divisor <= EXACT {
            return self.0 as f64 / divisor as f64;
        }
        self.to_f64() / count as f64
    }
}

impl std::ops::Add for Amount {
    type Output = Amount;
    // Money cannot overflow a sum of 10^10 cells; minutes times sessions could, and stay at the largest amount.
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

    #[test]
    fn equal_quotients_are_equal_numbers() {
        let tenth = Amount(100_000_000);
        // 0.3 / 3 in floating point is not 0.1.
        assert_eq!(Amount(tenth.0 * 3).per(3).to_bits(), 0.1_f64.to_bits());
        assert_eq!(tenth.per(1).to_bits(), 0.1_f64.to_bits());
        assert_eq!(Amount(Amount::MAX_CELL).per(1_000_000_000).to_bits(), 1e9_f64.to_bits());
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
