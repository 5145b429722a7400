//! The engagement score.

use std::sync::Arc;

use crate::report::score_value;
use crate::settings::{EngagementBasis, EngagementWeights, Normalization, Settings};
use crate::stats::rank::KeyOrder;
use crate::users::UserTable;
use crate::value::calendar::Day;
use crate::value::rounding::shift_half_even;

use super::cohorts::CohortDates;
use super::memo::StageKey;
use super::normalization::{normalized, recency};
use super::usage::Usage;

/// The settings behind sessions and events as inputs of the score.
#[derive(Debug, PartialEq)]
pub(super) struct FrequencyKey {
    basis: EngagementBasis,
}

impl StageKey for FrequencyKey {
    fn of(settings: &Settings) -> FrequencyKey {
        FrequencyKey { basis: settings.engagement_basis }
    }
}

/// Sessions (or active days) and events on the basis in force, in the order of the table; NaN if not known.
#[derive(Debug)]
pub(super) struct Frequencies {
    pub sessions: Vec<f64>,
    events: Vec<f64>,
}

impl Frequencies {
    pub fn of(table: &UserTable, usage: &Usage, cohorts: &CohortDates, key: &FrequencyKey) -> Frequencies {
        let observed_days: Vec<f64> = match key.basis {
            EngagementBasis::Total => Vec::new(),
            EngagementBasis::PerDay => {
                cohorts.dates.iter().map(|date| f64::from(observed_days(table, date.day))).collect()
            }
        };
        let by_basis = |user: usize, count: Option<u64>| match (count, key.basis) {
            (None, _) => f64::NAN,
            (Some(count), EngagementBasis::Total) => count as f64,
            (Some(count), EngagementBasis::PerDay) => count as f64 / observed_days[cohorts.of_user[user] as usize],
        };
        Frequencies {
            sessions: usage.sessions.iter().enumerate().map(|(user, count)| by_basis(user, count)).collect(),
            events: usage.events.iter().enumerate().map(|(user, count)| by_basis(user, count)).collect(),
        }
    }
}

/// Days on which a user could have been seen, including install and the as-of day; at least 1.
fn observed_days(table: &UserTable, cohort_date: Day) -> i32 {
    let from = cohort_date.max(table.first_date);
    table.as_of.days_since(from).saturating_add(1).max(1)
}

/// The settings behind the normalised frequencies.
#[derive(Debug, PartialEq)]
pub(super) struct NormalizedFrequencyKey {
    frequencies: FrequencyKey,
    normalization: Normalization,
}

impl StageKey for NormalizedFrequencyKey {
    fn of(settings: &Settings) -> NormalizedFrequencyKey {
        NormalizedFrequencyKey {
            frequencies: FrequencyKey::of(settings),
            normalization: settings.engagement_normalization,
        }
    }
}

/// Frequencies scaled to 0..1.
#[derive(Debug)]
pub(super) struct NormalizedFrequencies {
    sessions: Vec<f64>,
    events: Vec<f64>,
}

impl NormalizedFrequencies {
    pub fn of(frequencies: &Frequencies, key: &NormalizedFrequencyKey) -> NormalizedFrequencies {
        NormalizedFrequencies {
            sessions: normalized(&frequencies.sessions, key.normalization),
            events: normalized(&frequencies.events, key.normalization),
        }
    }
}

/// The settings behind the inputs of the score that have no basis.
#[derive(Debug, PartialEq)]
pub(super) struct NormalizedTimeKey {
    normalization: Normalization,
}

impl StageKey for NormalizedTimeKey {
    fn of(settings: &Settings) -> NormalizedTimeKey {
        NormalizedTimeKey { normalization: settings.engagement_normalization }
    }
}

/// Session duration and recency scaled to 0..1.
#[derive(Debug)]
pub(super) struct NormalizedTimes {
    session_duration: Vec<f64>,
    recency: Vec<f64>,
}

impl NormalizedTimes {
    pub fn of(usage: &Usage, idle_days: &[u64], key: &NormalizedTimeKey) -> NormalizedTimes {
        NormalizedTimes {
            session_duration: normalized(&usage.session_durations, key.normalization),
            recency: recency(idle_days, key.normalization),
        }
    }
}

/// The settings behind the score.
#[derive(Debug, PartialEq)]
pub(super) struct ScoreKey {
    frequencies: NormalizedFrequencyKey,
    times: NormalizedTimeKey,
    weights: EngagementWeights,
}

impl StageKey for ScoreKey {
    fn of(settings: &Settings) -> ScoreKey {
        ScoreKey {
            frequencies: NormalizedFrequencyKey::of(settings),
            times: NormalizedTimeKey::of(settings),
            weights: settings.engagement_weights(),
        }
    }
}

/// The score of every user, in the order of the table.
#[derive(Debug)]
pub(super) struct Scores {
    /// The scores in units of 10^-12.
    pub units: Arc<Vec<u64>>,
    /// The scores as floating point numbers.
    pub values: Vec<f64>,
}

impl Scores {
    pub fn of(frequencies: &NormalizedFrequencies, times: &NormalizedTimes, key: &ScoreKey) -> Scores {
        let weights = key.weights;
        let sum = weights.session_frequency + weights.session_duration + weights.event_frequency + weights.recency;
        let inputs = (frequencies.sessions.iter().zip(&times.session_duration))
            .zip(frequencies.events.iter().zip(&times.recency));
        let units: Vec<u64> = inputs
            .map(|((a, b), (c, d))| {
                score_units(
                    (weights.session_frequency * a
                        + weights.session_duration * b
                        + weights.event_frequency * c
                        + weights.recency * d)
                        / sum,
                )
            })
            .collect();
        Scores { values: units.iter().map(|&units| score_value(units)).collect(), units: Arc::new(units) }
    }

    /// The users in ascending order of score.
    pub fn order(&self) -> KeyOrder {
        KeyOrder::of(&self.units)
    }
}

/// From here to twice this number, the floating point numbers are exactly the integers.
const WHOLE_NUMBERS: f64 = (1_u64 << 52) as f64;

/// A score of 0..1 rounded to 12 decimals, half to even, as an integer.
///
/// The exact binary value is rounded: multiplying in floating point would already round once.
#[inline]
fn score_units(score: f64) -> u64 {
    // The product is off by less than 2^-13, so unless it is near a half it rounds to the same integer.
    const SURELY_NEAREST: f64 = 0.499;
    let product = score * 1e12;
    let shifted = product + WHOLE_NUMBERS;
    let nearest = shifted - WHOLE_NUMBERS;
    if (0.0..=1e12).contains(&product) && (product - nearest).abs() < SURELY_NEAREST {
        // In this range the mantissa is the integer.
        shifted.to_bits() - WHOLE_NUMBERS.to_bits()
    } else {
        exact_score_units(score)
    }
}

#[cold]
fn exact_score_units(score: f64) -> u64 {
    const MANTISSA_BITS: u32 = 52;
    const UNITS: u128 = 1_000_000_000_000;
    let bits = score.to_bits();
    // score = mantissa * 2^-shift; below 2^-75 it is less than half a unit.
    let (exponent, fraction) = ((bits >> MANTISSA_BITS) & 0x7FF, bits & ((1 << MANTISSA_BITS) - 1));
    let Some(shift) = (1075_u64).checked_sub(exponent).filter(|shift| (1..128).contains(shift)) else { return 0 };
    let product = u128::from(fraction | 1 << MANTISSA_BITS) * UNITS;
    u64::try_from(shift_half_even(product, u32::try_from(shift).unwrap_or(u32::MAX)).units).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!(score_units(1.0 + f64::EPSILON), 1_000_000_000_000);
    }

    /// Any score, including those within a few units in the 16th digit of a half.
    fn score() -> impl Strategy<Value = f64> {
        let near_half = (0_u64..1_000_000_000_000, -3_i64..=3).prop_map(|(units, steps)| {
            let half = (units as f64 + 0.5) / 1e12;
            f64::from_bits(half.to_bits().saturating_add_signed(steps))
        });
        prop_oneof![0.0..=1.0_f64, near_half, 0.0..=1e-11_f64]
    }

    proptest! {
        // Independent source: the exact decimal formatting of the standard library.
        #[test]
        fn scores_are_rounded_as_they_are_printed(score in score()) {
            let printed = format!("{score:.12}").replace('.', "");
            prop_assert_eq!(score_units(score), printed.parse::<u64>().unwrap());
            prop_assert!((score_value(score_units(score)) - score).abs() < 1e-12);
        }
    }
}
