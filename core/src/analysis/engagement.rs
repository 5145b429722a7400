//! The engagement score.

use crate::money::Amount;
use crate::settings::{EngagementBasis, Normalization, Settings};
use crate::source::Column;
use crate::stats::quantile::quantile_unsorted;
use crate::stats::rank::average_ranks_doubled;
use crate::users::UserTable;

use super::activity::Activity;

/// The inputs of the score and the score itself, in the order of the table.
pub(super) struct Engagement {
    /// Sessions (or active days), by the basis in force; `None` where not known.
    pub session_frequency: Vec<Option<f64>>,
    /// Score in units of 10^-12.
    pub scores: Vec<u64>,
}

/// Sessions of a user, or active days where the data has no sessions.
pub(super) fn session_count(table: &UserTable, user: usize) -> Option<u64> {
    if table.has_column(Column::TotalSessions) {
        table.totals[user].sessions.get()
    } else {
        Some(table.active_days.of(user).len() as u64)
    }
}

/// Mean minutes of a user's sessions.
fn session_duration(table: &UserTable, user: usize) -> Option<f64> {
    let totals = &table.totals[user];
    let (minutes, sessions) = if table.has_column(Column::AvgSessionDuration) {
        (totals.weighted_minutes, totals.minutes_weight)
    } else {
        (totals.minutes()?, totals.sessions.get()?)
    };
    (sessions > 0).then(|| minutes.per(sessions))
}

/// Days on which the user could have been seen, install and as-of day included; at least 1.
fn observed_days(table: &UserTable, user: usize) -> f64 {
    let from = table.totals[user].cohort_date().max(table.first_date);
    f64::from(table.as_of.days_since(from).saturating_add(1).max(1))
}

/// Scores every user.
pub(super) fn score_users(table: &UserTable, activity: &Activity, settings: &Settings) -> Engagement {
    let users = 0..table.user_count();
    let by_basis = |user: usize, count: u64| match settings.engagement_basis {
        EngagementBasis::Total => count as f64,
        EngagementBasis::PerDay => count as f64 / observed_days(table, user),
    };
    let session_frequency: Vec<Option<f64>> =
        users.clone().map(|user| session_count(table, user).map(|count| by_basis(user, count))).collect();
    let duration: Vec<Option<f64>> = users.clone().map(|user| session_duration(table, user)).collect();
    let events: Vec<Option<f64>> =
        users.clone().map(|user| table.totals[user].events.get().map(|count| by_basis(user, count))).collect();
    let idle_days: Vec<Option<f64>> = activity.days_since_last_active.iter().map(|&days| Some(days as f64)).collect();

    let weights = settings.engagement_weights;
    let sum = weights.session_frequency + weights.session_duration + weights.event_frequency + weights.recency;
    let normalization = settings.normalization;
    let a = normalized(&session_frequency, normalization);
    let b = normalized(&duration, normalization);
    let c = normalized(&events, normalization);
    let d = recency(&idle_days, normalization);
    let scores = users.map(|user| {
        let score = (weights.session_frequency * a[user]
            + weights.session_duration * b[user]
            + weights.event_frequency * c[user]
            + weights.recency * d[user])
            / sum;
        score_units(score)
    });
    Engagement { scores: scores.collect(), session_frequency }
}

/// A score of 0..1 rounded to 12 decimals, half to even, as an integer.
///
/// The exact binary value is rounded, as a multiplication in floating point would round before.
fn score_units(score: f64) -> u64 {
    const MANTISSA_BITS: u32 = 52;
    const UNITS: u128 = 1_000_000_000_000;
    let bits = score.to_bits();
    // score = mantissa * 2^-shift; below 2^-75 it is less than half a unit.
    let (exponent, fraction) = ((bits >> MANTISSA_BITS) & 0x7FF, bits & ((1 << MANTISSA_BITS) - 1));
    let Some(shift) = (1075_u64).checked_sub(exponent).filter(|shift| (1..128).contains(shift)) else { return 0 };
    let product = u128::from(fraction | 1 << MANTISSA_BITS) * UNITS;
    let (units, rest, half) = (product >> shift, product & ((1 << shift) - 1), 1 << (shift - 1));
    let up = rest > half || (rest == half && units % 2 == 1);
    u64::try_from(units + u128::from(up)).unwrap_or(u64::MAX)
}

/// Brings values to 0..1; null and a range of zero give 0.
fn normalized(values: &[Option<f64>], normalization: Normalization) -> Vec<f64> {
    match normalization {
        Normalization::Rank => {
            let ranks = rank_shares(values);
            let has_range = Range::of(values.iter().flatten().copied()).is_some_and(|range| range.width() > 0.0);
            ranks.into_iter().map(|rank| rank.filter(|_| has_range).unwrap_or(0.0)).collect()
        }
        Normalization::MinMax => scaled(values, Range::of(values.iter().flatten().copied())),
        Normalization::Winsor => scaled(values, winsor_range(values)),
    }
}

fn scaled(values: &[Option<f64>], range: Option<Range>) -> Vec<f64> {
    let Some(range) = range.filter(|range| range.width() > 0.0) else { return vec![0.0; values.len()] };
    values
        .iter()
        .map(|value| value.map_or(0.0, |value| (value.clamp(range.least, range.most) - range.least) / range.width()))
        .collect()
}

/// 1 for activity on the as-of day, 0 for the longest absence.
fn recency(idle_days: &[Option<f64>], normalization: Normalization) -> Vec<f64> {
    let range = match normalization {
        Normalization::Rank => {
            return rank_shares(idle_days).into_iter().map(|rank| 1.0 - rank.unwrap_or(0.0)).collect();
        }
        Normalization::MinMax => Range::of(idle_days.iter().flatten().copied()),
        Normalization::Winsor => winsor_range(idle_days),
    };
    let Some(range) = range.filter(|range| range.most > 0.0) else { return vec![1.0; idle_days.len()] };
    idle_days
        .iter()
        .map(|days| days.map_or(0.0, |days| 1.0 - days.clamp(range.least, range.most) / range.most))
        .collect()
}

/// `(average rank - 1) / (n - 1)` over the known values; of a single one 0.
fn rank_shares(values: &[Option<f64>]) -> Vec<Option<f64>> {
    // Values are not negative, so their bits sort as they do.
    let known: Vec<u64> = values.iter().flatten().map(|value| value.to_bits()).collect();
    let ranks = average_ranks_doubled(&known).doubled;
    let others = known.len().saturating_sub(1) as f64;
    let mut shares =
        ranks.into_iter().map(|doubled| if others > 0.0 { (doubled as f64 / 2.0 - 1.0) / others } else { 0.0 });
    values.iter().map(|value| value.and_then(|_| shares.next())).collect()
}

#[derive(Clone, Copy)]
struct Range {
    least: f64,
    most: f64,
}

impl Range {
    fn of(values: impl Iterator<Item = f64>) -> Option<Range> {
        values.fold(None, |range, value| {
            Some(range.map_or(Range { least: value, most: value }, |range: Range| Range {
                least: range.least.min(value),
                most: range.most.max(value),
            }))
        })
    }

    fn width(self) -> f64 {
        self.most - self.least
    }
}

/// From the 1st to the 99th percentile.
fn winsor_range(values: &[Option<f64>]) -> Option<Range> {
    let mut known: Vec<f64> = values.iter().flatten().copied().collect();
    let least = quantile_unsorted(&mut known, 0.01)?;
    let most = quantile_unsorted(&mut known, 0.99)?;
    Some(Range { least, most })
}

/// Amounts as the nearest floating point numbers.
pub(super) fn amounts_as_numbers(amounts: &[Amount]) -> impl Iterator<Item = f64> {
    amounts.iter().map(|amount| amount.to_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::score_value;
    use proptest::prelude::*;

    #[test]
    fn scores_are_rounded_from_their_exact_value() {
        assert_eq!(score_units(0.0), 0);
        assert_eq!(score_units(1.0), 1_000_000_000_000);
        assert_eq!(score_units(0.5), 500_000_000_000);
        // Python 3.11: round(0.0000000000005, 12) == 0.0, as the nearest double is below it; 1.5e-12 is above.
        assert_eq!(score_units(0.000_000_000_000_5), 0);
        assert_eq!(score_units(0.000_000_000_001_5), 2);
        assert_eq!(score_units(1e-300), 0);
        assert_eq!(score_units(f64::MIN_POSITIVE / 2.0), 0);
    }

    proptest! {
        // Independent source: the standard library's exact decimal formatting.
        #[test]
        fn scores_are_rounded_as_they_are_printed(score in 0.0..=1.0_f64) {
            let printed = format!("{score:.12}").replace('.', "");
            prop_assert_eq!(score_units(score), printed.parse::<u64>().unwrap());
            prop_assert!((score_value(score_units(score)) - score).abs() < 1e-12);
        }
    }
}
