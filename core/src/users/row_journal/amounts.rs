//! The amounts of a row as small numbers: most are millionths, and many follow from others.

use crate::rows::UserDay;
use crate::value::amount::Amount;

use super::super::wire::{Damaged, WireReader, WireWriter};
use super::known;

/// Amounts of a row.
pub(super) const AMOUNTS: usize = 6;

/// The amounts of a row, in the order in which they are written.
#[inline]
fn of_row(row: &UserDay<'_>) -> [Option<Amount>; AMOUNTS] {
    [
        row.total_session_minutes,
        row.avg_session_minutes,
        row.total_revenue,
        row.iap_revenue,
        row.ad_revenue,
        row.subscription_revenue,
    ]
}

/// Magnitudes below this can be multiplied and added as they are below without running over.
const NARROW: i64 = 1 << 59;
/// The same of mean minutes and sessions.
const NARROW_MINUTES: u64 = 1 << 40;
const NARROW_SESSIONS: u64 = 1 << 19;

/// Amounts in billionths, each by how much it differs from what is expected.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Differences {
    pub minutes: i64,
    pub mean_minutes: i64,
    pub total: i64,
    pub purchases: i64,
    pub advertising: i64,
    pub subscription: i64,
}

impl Differences {
    /// Those of a row; none where one of its amounts is too large.
    #[inline]
    pub fn of(row: &UserDay<'_>) -> Option<Differences> {
        let mut magnitudes = 0;
        let amounts = of_row(row).map(|amount| {
            let billionths = i64::try_from(amount.unwrap_or_default().0).unwrap_or(i64::MAX);
            magnitudes |= billionths ^ billionths >> 63;
            billionths
        });
        let is_narrow = magnitudes < NARROW;
        let [minutes, mean_minutes, total, purchases, advertising, subscription] = amounts;
        let expected_minutes = expected_minutes(mean_minutes, row.total_sessions.unwrap_or(0));
        let parts = purchases.wrapping_add(advertising).wrapping_add(subscription);
        is_narrow.then_some(Differences {
            minutes: if row.total_session_minutes.is_some() { minutes.wrapping_sub(expected_minutes) } else { 0 },
            mean_minutes,
            total: if row.total_revenue.is_some() { total.wrapping_sub(parts) } else { 0 },
            purchases,
            advertising,
            subscription,
        })
    }

    /// The amounts, of which those are known that a row's known cells say.
    #[inline]
    pub fn amounts(&self, sessions: u64, known_cells: u16) -> [Option<Amount>; AMOUNTS] {
        let minutes = i128::from(self.minutes) + i128::from(expected_minutes(self.mean_minutes, sessions));
        let [purchases, advertising, subscription] =
            [self.purchases, self.advertising, self.subscription].map(i128::from);
        let total = i128::from(self.total) + purchases + advertising + subscription;
        let all = [minutes, self.mean_minutes.into(), total, purchases, advertising, subscription];
        only_known(all, known_cells)
    }

    /// Whether revenue of a kind other than advertising has to be written.
    #[inline]
    pub fn has_other_revenue(&self) -> bool {
        self.total | self.purchases | self.subscription != 0
    }
}

#[inline]
fn expected_minutes(mean_minutes: i64, sessions: u64) -> i64 {
    if mean_minutes.unsigned_abs() < NARROW_MINUTES && sessions < NARROW_SESSIONS {
        mean_minutes.wrapping_mul(sessions.cast_signed())
    } else {
        0
    }
}

#[inline]
fn only_known(billionths: [i128; AMOUNTS], known_cells: u16) -> [Option<Amount>; AMOUNTS] {
    let mut bit = known::AMOUNTS;
    billionths.map(|billionths| {
        let is_known = known_cells & bit != 0;
        bit <<= 1;
        is_known.then_some(Amount(billionths))
    })
}

/// Appends every amount of a row in full.
#[cold]
pub(super) fn write_wide(row: &UserDay<'_>, out: &mut WireWriter) {
    for amount in of_row(row) {
        out.signed_wide(amount.unwrap_or_default().0);
    }
}

/// Reads what was written.
#[cold]
pub(super) fn read_wide(known_cells: u16, reader: &mut WireReader<'_>) -> Result<[Option<Amount>; AMOUNTS], Damaged> {
    let mut all = [0; AMOUNTS];
    for billionths in &mut all {
        *billionths = reader.signed_wide()?;
        if !(-Amount::MAX_CELL..=Amount::MAX_CELL).contains(billionths) {
            return Err(Damaged);
        }
    }
    Ok(only_known(all, known_cells))
}

const BILLIONTHS_PER_MILLIONTH: u64 = 1_000;
const TWOS: u32 = BILLIONTHS_PER_MILLIONTH.trailing_zeros();
const ODD: u64 = BILLIONTHS_PER_MILLIONTH >> TWOS;
/// What an odd number's multiples are divided by by multiplying, which takes a fraction of the time.
const INVERSE_OF_ODD: u64 = inverse(ODD);

/// The number by which an odd one makes 1, in 64 bits. Each step doubles the bits that are right, at first three.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut bits = 3;
    while bits < u64::BITS {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        bits *= 2;
    }
    inverse
}

/// Billionths as a number that is small where they are millionths: the magnitude, above a bit for the sign and one that
/// says which of the two it is. The magnitude must be below 2^62.
#[inline]
pub(super) fn code_of(billionths: i64) -> u64 {
    let magnitude = billionths.unsigned_abs();
    let quotient = (magnitude >> TWOS).wrapping_mul(INVERSE_OF_ODD);
    let is_whole = magnitude & ((1 << TWOS) - 1) == 0 && quotient <= u64::MAX / ODD;
    let number = if is_whole { quotient } else { magnitude };
    number << 2 | u64::from(billionths < 0) << 1 | u64::from(!is_whole)
}

/// The inverse of [`code_of`].
#[inline]
pub(super) fn billionths_of(code: u64) -> Result<i64, Damaged> {
    let unit = if code & 1 == 0 { BILLIONTHS_PER_MILLIONTH } else { 1 };
    let magnitude = (code >> 2).checked_mul(unit).and_then(|magnitude| i64::try_from(magnitude).ok()).ok_or(Damaged)?;
    Ok(if code & 2 == 0 { magnitude } else { -magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_code_is_read_as_what_it_was_made_from(number: i64, shift in 2u32..64, millionths in -1_000_000_000..1_000_000_000_i64) {
            for billionths in [number >> shift, millionths * 1_000] {
                prop_assert_eq!(billionths_of(code_of(billionths)), Ok(billionths));
            }
        }
    }

    #[test]
    fn millionths_are_small() {
        for (billionths, code) in [(0, 0), (1_000, 4), (-1_000, 6), (12_209_113_000, 48_836_452), (1, 5), (-999, 3_999)]
        {
            assert_eq!(code_of(billionths), code);
        }
        assert_eq!(billionths_of(u64::MAX - 1), Err(Damaged), "no such amount is told so");
    }
}
