//! Exact money.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg};

use crate::text::push_millionths;

/// An amount in millionths of the currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Money {
    micros: i64,
}

impl Money {
    pub(crate) const ZERO: Self = Self { micros: 0 };

    pub(crate) const fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    pub(crate) const fn from_cents(cents: i64) -> Self {
        Self { micros: cents * 10_000 }
    }

    pub(crate) const fn times(self, n: u32) -> Self {
        Self { micros: self.micros * n as i64 }
    }

    /// Appends the amount as a decimal.
    pub(crate) fn push(self, out: &mut Vec<u8>) {
        if self.micros < 0 {
            out.push(b'-');
        }
        push_millionths(out, self.micros.unsigned_abs());
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { micros: self.micros + other.micros }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self { micros: -self.micros }
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn prints_like_pandas() {
        for (micros, text) in [
            (0, "0.0"),
            (1, "0.000001"),
            (12_340, "0.01234"),
            (1_000_000, "1.0"),
            (9_990_000, "9.99"),
            (1_234_500_000, "1234.5"),
            (-4_990_000, "-4.99"),
            (-10_000, "-0.01"),
        ] {
            let mut out = Vec::new();
            Money::from_micros(micros).push(&mut out);
            assert_eq!(String::from_utf8_lossy(&out), text);
        }
    }
}
