//! The analysis as a graph of results; those that a changed setting does not affect are kept.

use std::cell::LazyCell;
use std::sync::Arc;

use crate::finding::Finding;
use crate::parallel::{Parallel, Sequential, join};
use crate::report::{Analysis, AnalysisPeriod, DailyMetrics, DataQuality, Journey, Report, RevenueTotals, UserResults};
use crate::settings::{EngagementBasis, Normalization, Settings};
use crate::stats::contingency::ContingencyTable;
use crate::stats::rank::KeyOrder;
use crate::users::UserTable;
use crate::value::amount::Amount;
use crate::value::fixed::Fixed;

use super::activity::Activity;
use super::behavior::{self, BehavioralIngredients, BehavioralKey, BehavioralSegments, BehavioralStatistics};
use super::cohorts::{CohortDates, install_days};
use super::engagement::{
    Frequencies, FrequencyKey, NormalizedFrequencies, NormalizedFrequencyKey, NormalizedTimeKey, NormalizedTimes,
    ScoreKey, Scores,
};
use super::funnel_counts::{self, FunnelCounts, FunnelKey, StageReach};
use super::matrix::{self, MatrixKey};
use super::memo::{Memo, MemoOfFew, StageKey};
use super::retained_counts::{self, ByWindow, RetainedKey, WindowKey};
use super::retention::RetentionIngredients;
use super::retention_curve::{CurveCounts, CurveKey};
use super::revenue::{
    self, RevenueKey, RevenueScoreKey, RevenueSegments, RevenueSessionKey, RevenueStatistics, SegmentScores,
    UserRevenue,
};
use super::segment::BySegment;
use super::usage::Usage;
use super::{daily, findings, funnel, hypothesis_tests, journey, retention, share};

/// The analysis of one user table under a sequence of settings.
///
/// Every intermediate result is kept together with the part of the settings that it was computed from, and is computed
/// again only when that part changes. The result is the same, to the last bit, as that of [`analyse`](super::analyse).
///
/// ```text
/// table ──> frequencies ──> normalised ──> scores ──> order ─────────┐
///   │   └─> times ────────────┘              ├──> behavioural ──> matrix, statistics
///   ├─────> revenue segments ────────────────┴──> statistics, scores by segment
///   ├─────> retained, revenue by window, curve
///   └─────> funnel counts
/// ```
///
/// Tests, intervals, confidence and findings are computed from these every time: their cost does not grow with the
/// users.
#[derive(Debug, Default)]
pub struct AnalysisCache {
    table: Memo<(), TableResults>,
    scores: ScoreStages,
    segments: SegmentStages,
    retention: RetentionStages,
    funnel: Memo<FunnelKey, FunnelCounts>,
}

/// Results that do not depend on any setting.
#[derive(Debug)]
struct TableResults {
    activity: Activity,
    usage: Usage,
    revenue: UserRevenue,
    totals: RevenueTotals,
    cohorts: CohortDates,
    journeys: Arc<Vec<Journey>>,
    stage_reach: StageReach,
    daily: Vec<DailyMetrics>,
    findings: Vec<Finding>,
}

#[derive(Debug, Default)]
struct ScoreStages {
    frequencies: Memo<FrequencyKey, Frequencies>,
    normalized_frequencies: MemoOfFew<NormalizedFrequencyKey, NormalizedFrequencies>,
    normalized_times: MemoOfFew<NormalizedTimeKey, NormalizedTimes>,
    scores: Memo<ScoreKey, Scores>,
    order: Memo<ScoreKey, KeyOrder>,
}

#[derive(Debug, Default)]
struct SegmentStages {
    behavioral: Memo<BehavioralKey, BehavioralSegments>,
    behavioral_statistics: Memo<BehavioralKey, BySegment<BehavioralStatistics>>,
    revenue: Memo<RevenueKey, RevenueSegments>,
    revenue_statistics: Memo<RevenueKey, BySegment<RevenueStatistics>>,
    revenue_session_errors: Memo<RevenueSessionKey, BySegment<f64>>,
    revenue_scores: Memo<RevenueScoreKey, BySegment<SegmentScores>>,
    contingency: Memo<MatrixKey, ContingencyTable>,
}

#[derive(Debug, Default)]
struct RetentionStages {
    retained: Memo<RetainedKey, ByWindow<u64>>,
    revenue: Memo<WindowKey, ByWindow<Amount>>,
    curve: Memo<CurveKey, CurveCounts>,
}

impl AnalysisCache {
    /// Computes the results affected by the settings that changed since the last call, and reuses all others.
    ///
    /// `table` must be the same in every call: results kept from another table would be wrong. `duplicate_files` names
    /// the inputs that were left out because another input has the same bytes.
    #[must_use]
    pub fn analyse(&mut self, table: &UserTable, settings: &Settings, duplicate_files: &[String]) -> Analysis {
        self.analyse_with(&Sequential, table, settings, duplicate_files)
    }

    /// Like [`AnalysisCache::analyse`], on the caller's threads.
    #[must_use]
    pub fn analyse_with(
        &mut self,
        parallel: &dyn Parallel,
        table: &UserTable,
        settings: &Settings,
        duplicate_files: &[String],
    ) -> Analysis {
        let AnalysisCache { table: of_table, scores, segments, retention, funnel } = self;
        let of_table = of_table.get(settings, |()| TableResults::of(parallel, table));
        let ((scores, segments), (retention, funnel_counts)) = join(
            parallel,
            move || {
                let scores = scores.get(table, of_table, settings);
                let segments = segments.get(table, of_table, &scores, settings);
                (scores, segments)
            },
            move || {
                let funnel_counts = funnel.get(settings, |key| funnel_counts::count(table, &of_table.cohorts, key));
                (retention.get(table, of_table, settings), funnel_counts)
            },
        );

        let behavioral = behavior::summarise(segments.behavioral_statistics, settings);
        let revenue = revenue::summarise(
            table,
            segments.revenue_statistics,
            segments.revenue_scores,
            segments.revenue_session_errors,
            settings,
        );
        let retention = retention::measure(table, &retention, settings);
        let funnel = funnel::measure(table, funnel_counts, &of_table.stage_reach, settings);
        let tests = hypothesis_tests::count_tests(
            (retention.cells.iter().map(|cell| cell.test))
                .chain(funnel.steps.iter().map(|step| step.trend))
                .chain(behavioral.iter().map(|segment| segment.test))
                .chain(revenue.iter().map(|segment| segment.test)),
        );
        let findings = findings::find(&findings::Evidence {
            table,
            settings,
            duplicate_files,
            about_table: &of_table.findings,
            engagement: segments.behavioral.boundaries,
            revenue: segments.revenue.boundaries,
            users_with_revenue: of_table.revenue.user_count(),
            contingency: segments.contingency,
            cohorts: &retention.cells,
        });
        let report = Report {
            period: AnalysisPeriod {
                start_date: table.first_date,
                end_date: table.last_date,
                as_of_date: table.as_of,
                total_users: table.user_count() as u64,
                total_rows: table.quality.accepted_rows,
            },
            interval_level: Fixed::from_f64((1.0 - settings.segmentation_significance_threshold) * 100.0, 1)
                .unwrap_or_default(),
            totals: of_table.totals,
            behavioral,
            engagement_thresholds: segments.behavioral.boundaries.thresholds,
            revenue,
            revenue_thresholds: segments.revenue.boundaries.thresholds,
            matrix: matrix::cross(segments.contingency),
            retention,
            funnel,
            daily: of_table.daily.clone(),
            quality: DataQuality {
                data_quality_score: share(table.quality.score()),
                data_completeness: share(table.quality.completeness()),
                rows_read: table.quality.accepted_rows + table.quality.rejected_rows,
                accepted_rows: table.quality.accepted_rows,
                rejected_rows: table.quality.rejected_rows,
                invalid_values: table.quality.invalid_values,
                duplicate_rows: table.quality.duplicate_rows,
                findings,
            },
            tests,
        };
        let users = UserResults {
            last_active_dates: of_table.activity.last_active_dates.clone(),
            days_since_last_active: of_table.activity.days_since_last_active.clone(),
            scores: scores.scores.units.clone(),
            behavioral: segments.behavioral.of_user.clone(),
            revenue: of_table.revenue.totals.clone(),
            revenue_segments: segments.revenue.of_user.clone(),
            doubled_revenue_ranks: of_table.revenue.doubled_ranks.clone(),
            journeys: of_table.journeys.clone(),
        };
        Analysis { report, users }
    }

    /// Computes the slowest results in advance: the inputs of the score under every normalisation and basis, most of
    /// which are ranks.
    ///
    /// `table` must be the one that was analysed.
    pub fn prepare(&mut self, table: &UserTable, settings: &Settings) {
        let of_table = self.table.get(settings, |()| TableResults::of(&Sequential, table));
        self.scores.normalize(table, of_table, settings);
    }
}

impl TableResults {
    fn of(parallel: &dyn Parallel, table: &UserTable) -> TableResults {
        let installs = install_days(table);
        let ((revenue, cohorts, daily), (usage, journeys, stage_reach, activity)) = join(
            parallel,
            || {
                let revenue = UserRevenue::of(table);
                let cohorts = CohortDates::of(table, &installs, &revenue.totals);
                (revenue, cohorts, daily::measure(table, &installs))
            },
            || {
                let journeys = journey::of_users(table, &installs);
                (Usage::of(table), journeys, StageReach::of(table), Activity::of(table, &installs))
            },
        );
        let findings = findings::about_table(table, &usage, &activity, &cohorts, &revenue.totals, &journeys);
        TableResults {
            totals: revenue.total(),
            usage,
            cohorts,
            stage_reach,
            daily,
            findings,
            activity,
            revenue,
            journeys: Arc::new(journeys),
        }
    }
}

/// The results about scores from which others are computed.
struct ScoreResults<'a> {
    frequencies: &'a Frequencies,
    scores: &'a Scores,
    order: &'a KeyOrder,
}

impl ScoreStages {
    fn get(&mut self, table: &UserTable, of_table: &TableResults, settings: &Settings) -> ScoreResults<'_> {
        let TableResults { usage, cohorts, activity, .. } = of_table;
        let frequencies = self.frequencies.get(settings, |key| Frequencies::of(table, usage, cohorts, key));
        let normalized_frequencies =
            self.normalized_frequencies.get(settings, |key| NormalizedFrequencies::of(frequencies, key));
        let normalized_times = self
            .normalized_times
            .get(settings, |key| NormalizedTimes::of(usage, &activity.days_since_last_active, key));
        let scores = self.scores.get(settings, |key| Scores::of(normalized_frequencies, normalized_times, key));
        let order = self.order.get(settings, |_| scores.order());
        ScoreResults { frequencies, scores, order }
    }

    /// Computes the inputs of the score under every normalisation and basis.
    fn normalize(&mut self, table: &UserTable, of_table: &TableResults, settings: &Settings) {
        let TableResults { usage, cohorts, activity, .. } = of_table;
        for engagement_basis in EngagementBasis::ALL {
            let frequencies = LazyCell::new(|| {
                Frequencies::of(
                    table,
                    usage,
                    cohorts,
                    &FrequencyKey::of(&Settings { engagement_basis, ..settings.clone() }),
                )
            });
            for engagement_normalization in Normalization::ALL {
                let settings = Settings { engagement_normalization, engagement_basis, ..settings.clone() };
                self.normalized_frequencies.get(&settings, |key| NormalizedFrequencies::of(&frequencies, key));
                self.normalized_times
                    .get(&settings, |key| NormalizedTimes::of(usage, &activity.days_since_last_active, key));
            }
        }
    }
}

/// The segments and the results computed from them.
struct SegmentResults<'a> {
    behavioral: &'a BehavioralSegments,
    behavioral_statistics: &'a BySegment<BehavioralStatistics>,
    revenue: &'a RevenueSegments,
    revenue_statistics: &'a BySegment<RevenueStatistics>,
    revenue_session_errors: &'a BySegment<f64>,
    revenue_scores: &'a BySegment<SegmentScores>,
    contingency: &'a ContingencyTable,
}

impl SegmentStages {
    fn get(
        &mut self,
        table: &UserTable,
        of_table: &TableResults,
        of_scores: &ScoreResults<'_>,
        settings: &Settings,
    ) -> SegmentResults<'_> {
        let TableResults { usage, activity, revenue: user_revenue, .. } = of_table;
        let &ScoreResults { frequencies, scores, order } = of_scores;
        let idle_days = &activity.days_since_last_active;
        let behavioral = self.behavioral.get(settings, |key| BehavioralSegments::of(&scores.units, idle_days, key));
        let behavioral_statistics = self.behavioral_statistics.get(settings, |_| {
            let ingredients = BehavioralIngredients {
                scores,
                frequencies,
                revenue: user_revenue,
                usage,
                idle_days,
                metric_column_count: table.metric_column_count(),
            };
            behavior::measure(behavioral, &ingredients)
        });
        let revenue = self.revenue.get(settings, |key| RevenueSegments::of(user_revenue, key));
        SegmentResults {
            revenue_statistics: self
                .revenue_statistics
                .get(settings, |_| RevenueStatistics::of(revenue, table, user_revenue, usage)),
            revenue_session_errors: self
                .revenue_session_errors
                .get(settings, |_| revenue::session_errors(revenue, frequencies)),
            revenue_scores: self.revenue_scores.get(settings, |_| SegmentScores::of(revenue, scores, order)),
            contingency: self
                .contingency
                .get(settings, |_| matrix::contingency_table(&behavioral.of_user, &revenue.of_user)),
            behavioral,
            behavioral_statistics,
            revenue,
        }
    }
}

impl RetentionStages {
    fn get<'a>(
        &'a mut self,
        table: &UserTable,
        of_table: &'a TableResults,
        settings: &Settings,
    ) -> RetentionIngredients<'a> {
        let TableResults { activity, cohorts, .. } = of_table;
        RetentionIngredients {
            cohorts,
            retained: self.retained.get(settings, |key| retained_counts::count_retained(table, activity, cohorts, key)),
            revenue: self.revenue.get(settings, |key| retained_counts::cumulative_revenue(table, cohorts, key)),
            curve: self.curve.get(settings, |key| CurveCounts::of(table, cohorts, key)),
            as_of: table.as_of,
        }
    }
}
