//! Revenue segments.

use crate::money::Amount;
use crate::output::number::Fixed;
use crate::report::{RevenueSegment, RevenueSummary, Thresholds};
use crate::rows::RevenueKind;
use crate::settings::{RevenueBase, Settings};
use crate::source::Column;
use crate::stats::mann_whitney::mann_whitney;
use crate::stats::quantile::quantile_unsorted;
use crate::stats::rank::average_ranks_doubled;
use crate::users::UserTable;

use super::SegmentContext;
use super::figures::{mean_score, money_mean, money_sum, share_of_amount};
use super::members;
use super::testing::adjust;

/// Revenue of every user, in the order of the table.
pub(super) struct UserRevenue {
    /// Total.
    pub totals: Vec<Amount>,
    /// What makes a payer.
    pub paid: Vec<Amount>,
}

impl UserRevenue {
    pub fn of(table: &UserTable) -> UserRevenue {
        let mut revenue = UserRevenue {
            totals: Vec::with_capacity(table.user_count()),
            paid: Vec::with_capacity(table.user_count()),
        };
        for user in 0..table.user_count() {
            let of_user = table.revenue_of(user);
            revenue.totals.push(of_user[RevenueKind::Total as usize]);
            revenue.paid.push(table.paid_amount(&of_user));
        }
        revenue
    }
}

/// Gives each user a segment: free without revenue, else by the quantiles of revenue.
pub(super) fn assign(revenue: &[Amount], settings: &Settings) -> (Vec<RevenueSegment>, Thresholds) {
    let mut base: Vec<f64> = revenue
        .iter()
        .filter(|&&amount| settings.revenue_base == RevenueBase::AllUsers || amount > Amount::ZERO)
        .map(|amount| amount.to_f64())
        .collect();
    let thresholds = Thresholds {
        upper: quantile_unsorted(&mut base, settings.whale_revenue_percentile),
        middle: quantile_unsorted(&mut base, settings.dolphin_revenue_percentile),
    };
    let reaches =
        |amount: Amount, threshold: Option<f64>| threshold.is_some_and(|threshold| amount.to_f64() >= threshold);
    let segments = revenue.iter().map(|&amount| {
        if amount <= Amount::ZERO {
            RevenueSegment::FreeUser
        } else if reaches(amount, thresholds.upper) {
            RevenueSegment::Whale
        } else if reaches(amount, thresholds.middle) {
            RevenueSegment::Dolphin
        } else {
            RevenueSegment::Minnow
        }
    });
    (segments.collect(), thresholds)
}

/// Sums up the four segments and tests the engagement score of each against all other users.
pub(super) fn summarise(context: &SegmentContext<'_>, segments: &[RevenueSegment]) -> Vec<RevenueSummary> {
    let members = RevenueSegment::ALL.map(|segment| members(segments, segment));
    let scores = &context.engagement.scores;
    let ranks = average_ranks_doubled(scores);
    let p_values = members.each_ref().map(|users| {
        let (these, others) = (users.len() as u64, (segments.len() - users.len()) as u64);
        let rank_sum = users.iter().map(|&user| u128::from(ranks.doubled[user as usize])).sum();
        (these.min(others) >= context.settings.minimum_sample_size)
            .then(|| mann_whitney(these, others, rank_sum, ranks.tie_sum))
            .flatten()
    });
    let tests = adjust(&p_values, context.settings);
    let all_revenue: Amount = context.revenue.totals.iter().copied().sum();
    let summaries = RevenueSegment::ALL.into_iter().zip(&members).zip(tests);
    summaries
        .map(|((segment, users), test)| RevenueSummary { test, ..summary(context, segment, users, all_revenue) })
        .collect()
}

fn summary(
    context: &SegmentContext<'_>,
    segment: RevenueSegment,
    users: &[u32],
    all_revenue: Amount,
) -> RevenueSummary {
    let user_count = users.len() as u64;
    let is_empty = users.is_empty();
    let mut sums = [Amount::ZERO; 4];
    for &user in users {
        for (sum, amount) in sums.iter_mut().zip(context.table.revenue_of(user as usize)) {
            *sum += amount;
        }
    }
    let total = sums[RevenueKind::Total as usize];
    let contribution = |kind: RevenueKind, column| {
        (!is_empty && context.table.has_column(column)).then(|| money_sum(sums[kind as usize]))
    };
    let confidence = context.confidence.of(users);
    RevenueSummary {
        segment,
        user_count,
        avg_revenue_per_user: money_mean(total, user_count),
        total_revenue: (!is_empty).then(|| money_sum(total)),
        iap_contribution: contribution(RevenueKind::InAppPurchase, Column::IapRevenue),
        ad_contribution: contribution(RevenueKind::Advertising, Column::AdRevenue),
        subscription_contribution: contribution(RevenueKind::Subscription, Column::SubscriptionRevenue),
        percentage_of_total: Fixed::percent(user_count, context.table.user_count() as u64).filter(|_| !is_empty),
        revenue_share: share_of_amount(total, all_revenue).filter(|_| !is_empty),
        avg_engagement_score: mean_score(&context.engagement.scores, users),
        test: None,
        confidence: Fixed::from_f64(confidence, 4).unwrap_or_default(),
        meets_confidence_threshold: !is_empty && confidence >= context.settings.confidence_threshold,
    }
}
