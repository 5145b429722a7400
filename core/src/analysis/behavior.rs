//! Behavioural segments.

use crate::money::Amount;
use crate::output::number::Fixed;
use crate::report::{BehavioralSegment, BehavioralSummary, Thresholds, score_value};
use crate::settings::{EngagementBase, Settings};
use crate::stats::normal::two_sided_z;
use crate::stats::proportion::Proportion;
use crate::stats::quantile::quantile_unsorted;

use super::SegmentContext;
use super::engagement::session_count;
use super::figures::{mean_count, mean_score, money_mean, money_sum, percent_interval, share_of_amount};
use super::members;
use super::testing::{adjust, compare_proportions};

/// Gives each user a segment: churned by days, else by the score's quantiles.
pub(super) fn assign(scores: &[u64], idle_days: &[u64], settings: &Settings) -> (Vec<BehavioralSegment>, Thresholds) {
    let is_churned = |days: u64| days >= settings.churn_days;
    let mut base: Vec<f64> = scores
        .iter()
        .zip(idle_days)
        .filter(|&(_, &days)| settings.engagement_base == EngagementBase::AllUsers || !is_churned(days))
        .map(|(&score, _)| score_value(score))
        .collect();
    let thresholds = Thresholds {
        upper: quantile_unsorted(&mut base, settings.high_engagement_percentile),
        middle: quantile_unsorted(&mut base, settings.moderate_engagement_percentile),
    };
    let reaches = |score: f64, threshold: Option<f64>| threshold.is_some_and(|threshold| score >= threshold);
    let segments = scores.iter().zip(idle_days).map(|(&score, &days)| {
        let score = score_value(score);
        if is_churned(days) {
            BehavioralSegment::Churned
        } else if reaches(score, thresholds.upper) {
            BehavioralSegment::HighEngagement
        } else if reaches(score, thresholds.middle) {
            BehavioralSegment::ModerateEngagement
        } else {
            BehavioralSegment::LowEngagement
        }
    });
    (segments.collect(), thresholds)
}

/// Sums up the four segments and tests the payer rate of each against all other users.
pub(super) fn summarise(context: &SegmentContext<'_>, segments: &[BehavioralSegment]) -> Vec<BehavioralSummary> {
    let members = BehavioralSegment::ALL.map(|segment| members(segments, segment));
    let payers = members
        .each_ref()
        .map(|users| users.iter().filter(|&&user| context.revenue.paid[user as usize] > Amount::ZERO).count() as u64);
    let (all_users, all_payers) = (segments.len() as u64, payers.iter().sum::<u64>());
    let proportions = [0, 1, 2, 3]
        .map(|segment: usize| Proportion { successes: payers[segment], trials: members[segment].len() as u64 });
    let p_values = proportions.map(|proportion| {
        let others = Proportion { successes: all_payers - proportion.successes, trials: all_users - proportion.trials };
        compare_proportions(proportion, others, context.settings)
    });
    let tests = adjust(&p_values, context.settings);
    let all_revenue: Amount = context.revenue.totals.iter().copied().sum();
    let summaries = BehavioralSegment::ALL.into_iter().zip(&members).zip(proportions).zip(tests);
    summaries
        .map(|(((segment, users), payers), test)| BehavioralSummary {
            test,
            ..summary(context, segment, users, payers, all_revenue)
        })
        .collect()
}

/// Mean of the known ones among counts.
fn mean_of(counts: impl Iterator<Item = u64>) -> Option<Fixed> {
    let (sum, n) = counts.fold((0_u64, 0), |(sum, n), count| (sum.saturating_add(count), n + 1));
    mean_count(sum, n)
}

fn summary(
    context: &SegmentContext<'_>,
    segment: BehavioralSegment,
    users: &[u32],
    payers: Proportion,
    all_revenue: Amount,
) -> BehavioralSummary {
    let indices = || users.iter().map(|&user| user as usize);
    let revenue: Amount = indices().map(|user| context.revenue.totals[user]).sum();
    let confidence = context.confidence.of(users);
    let is_empty = users.is_empty();
    let interval = payers.wilson_interval(two_sided_z(context.settings.significance_threshold));
    BehavioralSummary {
        segment,
        user_count: payers.trials,
        avg_engagement_score: mean_score(&context.engagement.scores, users),
        avg_revenue_per_user: money_mean(revenue, payers.trials),
        total_revenue: (!is_empty).then(|| money_sum(revenue)),
        avg_sessions: mean_of(indices().filter_map(|user| session_count(context.table, user))),
        avg_days_since_active: mean_of(indices().map(|user| context.activity.days_since_last_active[user])),
        percentage_of_total: Fixed::percent(payers.trials, context.table.user_count() as u64).filter(|_| !is_empty),
        payer_rate: Fixed::percent(payers.successes, payers.trials),
        payer_rate_ci: interval.map(percent_interval),
        revenue_share: share_of_amount(revenue, all_revenue).filter(|_| !is_empty),
        test: None,
        confidence: Fixed::from_f64(confidence, 4).unwrap_or_default(),
        meets_confidence_threshold: !is_empty && confidence >= context.settings.confidence_threshold,
    }
}
