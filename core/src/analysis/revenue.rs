//! Revenue segments.

use std::sync::Arc;

use crate::report::{RevenueSegment, RevenueSummary, RevenueTotals, Thresholds};
use crate::rows::RevenueKind;
use crate::settings::{RevenueBase, Settings};
use crate::source::Column;
use crate::stats::mann_whitney::mann_whitney;
use crate::stats::quantile::quantiles;
use crate::stats::rank::{KeyOrder, RankSums, average_ranks_doubled, average_ranks_doubled_of_integers};
use crate::users::{UserTable, paid_amount};
use crate::value::amount::Amount;
use crate::value::fixed::Fixed;

use super::confidence::{ConfidenceEvidence, KnownCells};
use super::engagement::{Frequencies, FrequencyKey, ScoreKey, Scores};
use super::figures::{mean_score, money_mean, money_sum, share_of_amount, unrounded_mean_score};
use super::hypothesis_tests::{UnadjustedTest, adjust};
use super::memo::StageKey;
use super::segment::{Boundaries, BySegment, SEGMENT_COUNT, Segment, errors_of_means, means};
use super::usage::Usage;

/// Revenue of every user, in the order of the table.
#[derive(Debug)]
pub(super) struct UserRevenue {
    /// Total revenue.
    pub totals: Arc<Vec<Amount>>,
    /// The totals as floating point numbers.
    pub numbers: Vec<f64>,
    /// The totals above 0.
    positive: Vec<f64>,
    /// Whether the user paid.
    pub is_payer: Vec<bool>,
    /// Twice the average rank by total revenue.
    pub doubled_ranks: Arc<Vec<u64>>,
}

impl UserRevenue {
    pub fn of(table: &UserTable) -> UserRevenue {
        let mut totals = Vec::with_capacity(table.user_count());
        let mut is_payer = Vec::with_capacity(table.user_count());
        let paying_kinds = table.paying_kinds();
        for user in 0..table.user_count() {
            let of_user = table.revenue_of(user);
            totals.push(of_user[RevenueKind::Total as usize]);
            is_payer.push(paid_amount(paying_kinds, &of_user) > Amount::ZERO);
        }
        let numbers: Vec<f64> = totals.iter().map(|amount| amount.to_f64()).collect();
        UserRevenue {
            positive: numbers.iter().copied().filter(|&number| number > 0.0).collect(),
            numbers,
            doubled_ranks: Arc::new(doubled_ranks(&totals)),
            totals: Arc::new(totals),
            is_payer,
        }
    }

    /// Users with revenue above 0.
    pub fn user_count(&self) -> u64 {
        self.positive.len() as u64
    }

    /// Revenue summed over all users.
    pub fn total(&self) -> RevenueTotals {
        let total: Amount = self.totals.iter().copied().sum();
        RevenueTotals {
            total_revenue: money_sum(total),
            revenue_per_user: money_mean(total, self.totals.len() as u64).unwrap_or_default(),
            users_with_revenue: self.user_count(),
            paying_users: self.is_payer.iter().filter(|&&is_payer| is_payer).count() as u64,
        }
    }
}

/// Twice the average rank of each amount. Only the few amounts other than zero are sorted.
fn doubled_ranks(amounts: &[Amount]) -> Vec<u64> {
    let is_other = |amount: &Amount| *amount != Amount::ZERO;
    let others: Vec<Amount> = amounts.iter().copied().filter(is_other).collect();
    let below_zero = others.iter().filter(|&&amount| amount < Amount::ZERO).count() as u64;
    let zeros = (amounts.len() - others.len()) as u64;
    let mut of_others = others.iter().zip(doubled_ranks_by_sorting(&others));
    let rank = |amount: &Amount| match is_other(amount).then(|| of_others.next()).flatten() {
        Some((other, rank)) => rank + if *other > Amount::ZERO { 2 * zeros } else { 0 },
        None => 2 * below_zero + zeros + 1,
    };
    amounts.iter().map(rank).collect()
}

fn doubled_ranks_by_sorting(amounts: &[Amount]) -> Vec<u64> {
    let least = amounts.iter().min().map_or(0, |least| least.0);
    let distance = |amount: &Amount| u64::try_from(amount.0.checked_sub(least)?).ok();
    match amounts.iter().map(distance).collect::<Option<Vec<u64>>>() {
        Some(distances) => average_ranks_doubled_of_integers(&distances).doubled,
        None => average_ranks_doubled(amounts).doubled,
    }
}

/// The settings behind the segments.
#[derive(Debug, PartialEq)]
pub(super) struct RevenueKey {
    base: RevenueBase,
    whale_percentile: f64,
    dolphin_percentile: f64,
}

impl StageKey for RevenueKey {
    fn of(settings: &Settings) -> RevenueKey {
        RevenueKey {
            base: settings.revenue_percentile_base,
            whale_percentile: settings.whale_revenue_percentile,
            dolphin_percentile: settings.dolphin_revenue_percentile,
        }
    }
}

/// The segment of every user, in the order of the table.
#[derive(Debug)]
pub(super) struct RevenueSegments {
    pub of_user: Arc<Vec<RevenueSegment>>,
    pub boundaries: Boundaries,
}

impl RevenueSegments {
    /// Assigns each user a segment: free without revenue, else by quantiles of revenue.
    pub fn of(revenue: &UserRevenue, key: &RevenueKey) -> RevenueSegments {
        let base = match key.base {
            RevenueBase::AllUsers => &revenue.numbers,
            RevenueBase::RevenueUsers => &revenue.positive,
        };
        let [upper, middle] = quantiles(base.iter().copied(), [key.whale_percentile, key.dolphin_percentile]);
        // Without a threshold, no user has revenue.
        let [from_upper, from_middle] = [upper, middle].map(|threshold| threshold.unwrap_or(f64::INFINITY));
        let segment = |&amount: &f64| {
            // Branchless: comparisons are unpredictable.
            let below_upper = if amount >= from_middle { 1 } else { 2 };
            let with_revenue = if amount >= from_upper { 0 } else { below_upper };
            RevenueSegment::ALL[if amount <= 0.0 { 3 } else { with_revenue }]
        };
        // Equal to the last bit: a threshold between two amounts matches no user.
        let amounts = &revenue.numbers;
        let users_at = |value: f64| amounts.iter().map(|amount| u64::from(amount.to_bits() == value.to_bits())).sum();
        let of_user: Vec<RevenueSegment> = amounts.iter().map(segment).collect();
        RevenueSegments {
            of_user: Arc::new(of_user),
            boundaries: Boundaries {
                thresholds: Thresholds { upper, middle },
                users_at: [upper, middle].map(|threshold| threshold.map_or(0, users_at)),
            },
        }
    }
}

/// The sums and the evidence behind a segment's figures, except scores and sessions.
#[derive(Debug)]
pub(super) struct RevenueStatistics {
    sums: Sums,
    completeness: f64,
    revenue_error: f64,
}

/// Totals over the users of a segment.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    users: u64,
    revenue_by_kind: [Amount; 4],
    cells: KnownCells,
}

impl Sums {
    fn revenue(&self) -> Amount {
        self.revenue_by_kind[RevenueKind::Total as usize]
    }
}

impl RevenueStatistics {
    /// Sums over the users of each segment.
    pub fn of(
        segments: &RevenueSegments,
        table: &UserTable,
        revenue: &UserRevenue,
        usage: &Usage,
    ) -> BySegment<RevenueStatistics> {
        let mut sums = BySegment::<Sums>::default();
        for (user, (segment, entries)) in segments.of_user.iter().zip(table.revenue.iter()).enumerate() {
            let sums = &mut sums[segment.place()];
            sums.users += 1;
            sums.cells.add(usage, user);
            for entry in entries {
                sums.revenue_by_kind[entry.kind_index()] += entry.amount();
            }
        }
        let means = sums.map(|sums| [sums.revenue().per(sums.users)]);
        let mut errors = errors_of_means(&segments.of_user, [&revenue.numbers], means).into_iter().flatten();
        sums.map(|sums| RevenueStatistics {
            sums,
            completeness: sums.cells.completeness(table.metric_column_count()),
            revenue_error: errors.next().unwrap_or_default(),
        })
    }
}

/// The settings behind the sessions of the segments.
#[derive(Debug, PartialEq)]
pub(super) struct RevenueSessionKey {
    segments: RevenueKey,
    frequencies: FrequencyKey,
}

impl StageKey for RevenueSessionKey {
    fn of(settings: &Settings) -> RevenueSessionKey {
        RevenueSessionKey { segments: RevenueKey::of(settings), frequencies: FrequencyKey::of(settings) }
    }
}

/// The relative standard error of each segment's session frequency.
pub(super) fn session_errors(segments: &RevenueSegments, frequencies: &Frequencies) -> BySegment<f64> {
    let means = means(&segments.of_user, &frequencies.sessions).map(|mean| [mean]);
    errors_of_means(&segments.of_user, [&frequencies.sessions], means).map(|[error]| error)
}

/// The settings behind the scores of the segments.
#[derive(Debug, PartialEq)]
pub(super) struct RevenueScoreKey {
    segments: RevenueKey,
    scores: ScoreKey,
}

impl StageKey for RevenueScoreKey {
    fn of(settings: &Settings) -> RevenueScoreKey {
        RevenueScoreKey { segments: RevenueKey::of(settings), scores: ScoreKey::of(settings) }
    }
}

/// The engagement scores of a segment.
#[derive(Debug)]
pub(super) struct SegmentScores {
    sum: u128,
    error: f64,
    /// Test against all other users, for any sample size.
    test: Option<UnadjustedTest>,
}

impl SegmentScores {
    /// Sums and tests the scores of each segment.
    pub fn of(segments: &RevenueSegments, scores: &Scores, order: &KeyOrder) -> BySegment<SegmentScores> {
        let mut sums = BySegment::<(u64, u128)>::default();
        for (segment, &score) in segments.of_user.iter().zip(&*scores.units) {
            let (users, score_sum) = &mut sums[segment.place()];
            *users += 1;
            *score_sum += u128::from(score);
        }
        let all_users = segments.of_user.len() as u64;
        let RankSums::<SEGMENT_COUNT> { doubled, tie_sum } = order.rank_sums(|user| segments.of_user[user].place());
        let mut rank_sums = doubled.into_iter();
        let means = sums.map(|(users, sum)| [unrounded_mean_score(sum, users)]);
        let mut errors = errors_of_means(&segments.of_user, [&scores.values], means).into_iter().flatten();
        sums.map(|(users, sum)| SegmentScores {
            sum,
            error: errors.next().unwrap_or_default(),
            test: against_others(users, all_users, rank_sums.next().unwrap_or_default().into(), tie_sum),
        })
    }
}

/// Tests the ranks of some users against those of all others. Ranks and rank sums are doubled.
fn against_others(users: u64, all_users: u64, rank_sum: u128, tie_sum: u128) -> Option<UnadjustedTest> {
    let p_value = mann_whitney(users, all_users - users, rank_sum, tie_sum)?;
    // Twice the mean rank of all users is the number of users plus one.
    let expected = u128::from(users) * (u128::from(all_users) + 1);
    Some(UnadjustedTest { p_value, direction: rank_sum.cmp(&expected).into() })
}

/// Summarises the four segments and tests the engagement score of each against all other users.
pub(super) fn summarise(
    table: &UserTable,
    statistics: &BySegment<RevenueStatistics>,
    scores: &BySegment<SegmentScores>,
    session_errors: &BySegment<f64>,
    settings: &Settings,
) -> Vec<RevenueSummary> {
    let all_users: u64 = statistics.iter().map(|of| of.sums.users).sum();
    let tests: Vec<Option<UnadjustedTest>> = (statistics.iter().zip(scores))
        .map(|(of, scores)| {
            let smaller_side = of.sums.users.min(all_users - of.sums.users);
            scores.test.filter(|_| smaller_side >= settings.segmentation_minimum_sample_size)
        })
        .collect();
    let tests = adjust(&tests, settings);
    let all_revenue: Amount = statistics.iter().map(|of| of.sums.revenue()).sum();
    let summaries = RevenueSegment::ALL.into_iter().zip(statistics).zip(scores.iter().zip(session_errors)).zip(tests);
    summaries
        .map(|(((segment, of), (scores, &session_error)), test)| {
            let is_empty = of.sums.users == 0;
            let contribution = |kind: RevenueKind, column| {
                (!is_empty && table.has_column(column)).then(|| money_sum(of.sums.revenue_by_kind[kind as usize]))
            };
            let evidence = ConfidenceEvidence {
                user_count: of.sums.users,
                completeness: of.completeness,
                errors: [scores.error, of.revenue_error, session_error],
            };
            let confidence = evidence.confidence(settings.confidence_weights());
            RevenueSummary {
                segment,
                user_count: of.sums.users,
                avg_revenue_per_user: money_mean(of.sums.revenue(), of.sums.users),
                total_revenue: (!is_empty).then(|| money_sum(of.sums.revenue())),
                iap_contribution: contribution(RevenueKind::InAppPurchase, Column::IapRevenue),
                ad_contribution: contribution(RevenueKind::Advertising, Column::AdRevenue),
                subscription_contribution: contribution(RevenueKind::Subscription, Column::SubscriptionRevenue),
                percentage_of_total: Fixed::percent(of.sums.users, all_users).filter(|_| !is_empty),
                revenue_share: share_of_amount(of.sums.revenue(), all_revenue).filter(|_| !is_empty),
                avg_engagement_score: mean_score(scores.sum, of.sums.users),
                test,
                confidence: Fixed::from_f64(confidence, 4).unwrap_or_default(),
                meets_confidence_threshold: !is_empty && confidence >= settings.segmentation_confidence_threshold,
            }
        })
        .collect()
}
