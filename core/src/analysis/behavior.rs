//! Behavioural segments.

use std::array;
use std::sync::Arc;

use crate::report::{BehavioralSegment, BehavioralSummary, Thresholds, score_value};
use crate::settings::{EngagementBase, Settings};
use crate::stats::normal::two_sided_z;
use crate::stats::proportion::Proportion;
use crate::stats::quantile::quantiles_of_keys;
use crate::value::amount::Amount;
use crate::value::fixed::Fixed;

use super::confidence::{ConfidenceEvidence, KnownCells};
use super::engagement::{Frequencies, ScoreKey, Scores};
use super::figures::{
    mean_count, mean_score, money_mean, money_sum, percent_interval, share_of_amount, unrounded_mean_score,
};
use super::hypothesis_tests::{adjust, compare_proportions};
use super::memo::StageKey;
use super::revenue::UserRevenue;
use super::segment::{Boundaries, BySegment, Segment, errors_of_means, means};
use super::usage::Usage;

/// The settings behind the segments.
#[derive(Debug, PartialEq)]
pub(super) struct BehavioralKey {
    scores: ScoreKey,
    churn_days: u64,
    base: EngagementBase,
    high_percentile: f64,
    moderate_percentile: f64,
}

impl StageKey for BehavioralKey {
    fn of(settings: &Settings) -> BehavioralKey {
        BehavioralKey {
            scores: ScoreKey::of(settings),
            churn_days: settings.churn_days_threshold,
            base: settings.engagement_percentile_base,
            high_percentile: settings.high_engagement_percentile,
            moderate_percentile: settings.moderate_engagement_percentile,
        }
    }
}

/// The segment of every user, in the order of the table.
#[derive(Debug)]
pub(super) struct BehavioralSegments {
    pub of_user: Arc<Vec<BehavioralSegment>>,
    pub boundaries: Boundaries,
}

impl BehavioralSegments {
    /// Assigns each user a segment: churned by days of inactivity, else by quantiles of the score.
    pub fn of(scores: &[u64], idle_days: &[u64], key: &BehavioralKey) -> BehavioralSegments {
        let is_churned = |days: u64| days >= key.churn_days;
        let percentiles = [key.high_percentile, key.moderate_percentile];
        let [upper, middle] = match key.base {
            EngagementBase::AllUsers => quantiles_of_keys(scores.iter().copied(), score_value, percentiles),
            EngagementBase::ActiveUsers => {
                let active = kept(scores, idle_days.iter().map(|&days| !is_churned(days)));
                quantiles_of_keys(active.iter().copied(), score_value, percentiles)
            }
        };
        // Without a threshold, every user has churned.
        let [from_upper, from_middle] =
            [upper, middle].map(|threshold| threshold.map_or(u64::MAX, least_score_reaching));
        let segment = |(&score, &days): (&u64, &u64)| {
            // Branchless: comparisons are unpredictable.
            let below_upper = if score >= from_middle { 1 } else { 2 };
            let active = if score >= from_upper { 0 } else { below_upper };
            BehavioralSegment::ALL[if is_churned(days) { 3 } else { active }]
        };
        let of_user: Vec<BehavioralSegment> = scores.iter().zip(idle_days).map(segment).collect();
        BehavioralSegments {
            of_user: Arc::new(of_user),
            boundaries: Boundaries {
                thresholds: Thresholds { upper, middle },
                users_at: [upper, middle].map(|threshold| threshold.map_or(0, |value| users_with(scores, value))),
            },
        }
    }
}

/// The values to keep. Branchless: comparisons are unpredictable.
fn kept(values: &[u64], is_kept: impl Iterator<Item = bool>) -> Vec<u64> {
    let mut kept = vec![0; values.len()];
    let mut count = 0;
    for (&value, is_kept) in values.iter().zip(is_kept) {
        kept[count] = value;
        count += usize::from(is_kept);
    }
    kept.truncate(count);
    kept
}

/// The smallest score, in its units, whose value is at least the threshold.
fn least_score_reaching(threshold: f64) -> u64 {
    // Score units are exact as floating point numbers, so the value rises with the units.
    let (mut below, mut reaching) = (0, 1 << f64::MANTISSA_DIGITS);
    while below < reaching {
        let middle = below + (reaching - below) / 2;
        if score_value(middle) >= threshold {
            reaching = middle;
        } else {
            below = middle + 1;
        }
    }
    reaching
}

/// Users whose score equals a value to the last bit: a threshold between two scores matches no user.
fn users_with(scores: &[u64], value: f64) -> u64 {
    let wanted = least_score_reaching(value);
    if score_value(wanted).to_bits() != value.to_bits() {
        return 0;
    }
    scores.iter().map(|&score| u64::from(score == wanted)).sum()
}

/// The inputs of a segment's statistics, apart from the segments themselves.
pub(super) struct BehavioralIngredients<'a> {
    pub scores: &'a Scores,
    pub frequencies: &'a Frequencies,
    pub revenue: &'a UserRevenue,
    pub usage: &'a Usage,
    pub idle_days: &'a [u64],
    pub metric_column_count: usize,
}

/// The sums and the evidence behind a segment's figures.
#[derive(Debug)]
pub(super) struct BehavioralStatistics {
    sums: Sums,
    confidence: ConfidenceEvidence,
}

/// Totals over the users of a segment.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    users: u64,
    payers: u64,
    scores: u128,
    revenue: Amount,
    sessions: u64,
    users_with_known_sessions: u64,
    idle_days: u64,
    cells: KnownCells,
}

/// Sums over the users of each segment.
pub(super) fn measure(
    segments: &BehavioralSegments,
    ingredients: &BehavioralIngredients<'_>,
) -> BySegment<BehavioralStatistics> {
    let BehavioralIngredients { scores, frequencies, revenue, usage, idle_days, metric_column_count } = *ingredients;
    let mut sums = BySegment::<Sums>::default();
    for (user, segment) in segments.of_user.iter().enumerate() {
        let sums = &mut sums[segment.place()];
        sums.users += 1;
        sums.payers += u64::from(revenue.is_payer[user]);
        sums.scores += u128::from(scores.units[user]);
        // Most users have no revenue.
        if revenue.numbers[user] != 0.0 {
            sums.revenue += revenue.totals[user];
        }
        let sessions = usage.sessions.get(user);
        sums.sessions = sums.sessions.saturating_add(sessions.unwrap_or(0));
        sums.users_with_known_sessions += u64::from(sessions.is_some());
        sums.idle_days = sums.idle_days.saturating_add(idle_days[user]);
        sums.cells.add(usage, user);
    }
    let variables = [&scores.values[..], &revenue.numbers, &frequencies.sessions];
    let session_means = means(&segments.of_user, &frequencies.sessions);
    let means = array::from_fn(|segment| {
        let Sums { scores, revenue, users, .. } = sums[segment];
        [unrounded_mean_score(scores, users), revenue.per(users), session_means[segment]]
    });
    let mut errors = errors_of_means(&segments.of_user, variables, means).into_iter();
    sums.map(|sums| BehavioralStatistics {
        sums,
        confidence: ConfidenceEvidence {
            user_count: sums.users,
            completeness: sums.cells.completeness(metric_column_count),
            errors: errors.next().unwrap_or_default(),
        },
    })
}

/// Summarises the four segments and tests the payer rate of each against all other users.
pub(super) fn summarise(statistics: &BySegment<BehavioralStatistics>, settings: &Settings) -> Vec<BehavioralSummary> {
    let payers = |of: &BehavioralStatistics| Proportion { successes: of.sums.payers, trials: of.sums.users };
    let all = Proportion {
        successes: statistics.iter().map(|of| of.sums.payers).sum(),
        trials: statistics.iter().map(|of| of.sums.users).sum(),
    };
    let tests = statistics.each_ref().map(|of| {
        let these = payers(of);
        let others = Proportion { successes: all.successes - these.successes, trials: all.trials - these.trials };
        compare_proportions(these, others, settings)
    });
    let tests = adjust(&tests, settings);
    let all_revenue: Amount = statistics.iter().map(|of| of.sums.revenue).sum();
    let z = two_sided_z(settings.segmentation_significance_threshold);
    let summaries = BehavioralSegment::ALL.into_iter().zip(statistics).zip(tests);
    summaries
        .map(|((segment, of), test)| {
            let sums = &of.sums;
            let is_empty = sums.users == 0;
            let confidence = of.confidence.confidence(settings.confidence_weights());
            BehavioralSummary {
                segment,
                user_count: sums.users,
                avg_engagement_score: mean_score(sums.scores, sums.users),
                avg_revenue_per_user: money_mean(sums.revenue, sums.users),
                total_revenue: (!is_empty).then(|| money_sum(sums.revenue)),
                avg_sessions: mean_count(sums.sessions, sums.users_with_known_sessions),
                avg_days_since_active: mean_count(sums.idle_days, sums.users),
                percentage_of_total: Fixed::percent(sums.users, all.trials).filter(|_| !is_empty),
                payer_rate: Fixed::percent(sums.payers, sums.users),
                payer_rate_ci: payers(of).wilson_interval(z).map(percent_interval),
                revenue_share: share_of_amount(sums.revenue, all_revenue).filter(|_| !is_empty),
                test,
                confidence: Fixed::from_f64(confidence, 4).unwrap_or_default(),
                meets_confidence_threshold: !is_empty && confidence >= settings.segmentation_confidence_threshold,
            }
        })
        .collect()
}
