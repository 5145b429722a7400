//! Figures as they are printed: rounded once, in one place for all analyses.

use crate::report::SCORE_UNITS;
use crate::stats::Interval;
use crate::value::amount::Amount;
use crate::value::fixed::Fixed;

/// Mean score; `None` without users.
pub(super) fn mean_score(sum: u128, user_count: u64) -> Option<Fixed> {
    if user_count == 0 { None } else { Fixed::from_f64(unrounded_mean_score(sum, user_count), 4) }
}

/// Mean score before rounding; NaN without users.
pub(super) fn unrounded_mean_score(sum: u128, user_count: u64) -> f64 {
    sum as f64 / SCORE_UNITS / user_count as f64
}

/// Mean of counts with two decimals; `None` if `n` is 0.
pub(super) fn mean_count(sum: u64, n: u64) -> Option<Fixed> {
    // A mean of counts is rounded from its floating point value; only money is exact to the end.
    if n == 0 { None } else { Fixed::from_f64(sum as f64 / n as f64, 2) }
}

/// Interval bounds as percentages with two decimals.
pub(super) fn percent_interval(interval: Interval) -> (Fixed, Fixed) {
    let percent = |bound: f64| Fixed::from_f64(bound * 100.0, 2).unwrap_or_default();
    (percent(interval.low), percent(interval.high))
}

/// A sum of money with two decimals.
pub(super) fn money_sum(amount: Amount) -> Fixed {
    Fixed::from_ratio(amount.0, Amount::ONE, 2)
}

/// A mean of money with four decimals; `None` if `count` is 0.
pub(super) fn money_mean(sum: Amount, count: u64) -> Option<Fixed> {
    (count > 0).then(|| Fixed::from_ratio(sum.0, i128::from(count) * Amount::ONE, 4))
}

/// A part of an amount as a percentage; `None` unless the whole is greater than 0.
pub(super) fn share_of_amount(part: Amount, whole: Amount) -> Option<Fixed> {
    (whole > Amount::ZERO).then(|| Fixed::from_ratio(part.0 * 100, whole.0, 2))
}
