//! From results to what the views show. Nothing is computed here but the day on which a cell closes: the page shows
//! the digits that the files have.

mod outputs;
mod retention;
mod segments;

use std::sync::Arc;

use strata_core::analysis::distribution::{self, RevenueHistogram};
use strata_core::report::{DailyMetrics, DataQuality, Funnel, Report, TestResult};
use strata_core::settings::Settings;
use strata_core::users::{RowQuality, UserTable};
use strata_core::value::amount::Amount;
use strata_core::value::calendar::Day;
use strata_core::value::fixed::Fixed;
use strata_protocol::{
    ConcentrationPoint, DailyRow, FindingRow, FunnelStage, FunnelView, Histogram, Interval, PeriodView, QualityView,
    ReportView, TestView,
};

/// What a view is made of.
#[derive(Clone, Copy, Debug)]
pub struct ReportSource<'a> {
    /// The users.
    pub table: &'a UserTable,
    /// The results.
    pub report: &'a Report,
    /// The settings in force.
    pub settings: &'a Settings,
    /// The latest date of the data, also where the as-of date is earlier.
    pub latest_date: Day,
    /// How the report's scores are distributed.
    pub scores: &'a ScoreDistribution,
    /// How revenue is distributed.
    pub revenue: &'a RevenueDistribution,
}

/// Bins of the histogram of scores.
const SCORE_BINS: u32 = 40;

/// How scores are distributed over the users. Most settings do not change it.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreDistribution {
    scores: Arc<Vec<u64>>,
    histogram: distribution::Histogram,
}

impl ScoreDistribution {
    /// The distribution of the users' scores.
    #[must_use]
    pub fn of(scores: &Arc<Vec<u64>>) -> ScoreDistribution {
        ScoreDistribution { histogram: distribution::score_histogram(scores, SCORE_BINS), scores: Arc::clone(scores) }
    }

    /// Takes the scores of another report, which may be the same.
    pub fn follow(&mut self, scores: &Arc<Vec<u64>>) {
        if !Arc::ptr_eq(&self.scores, scores) {
            *self = ScoreDistribution::of(scores);
        }
    }
}

/// How revenue is distributed over the users. No setting changes it.
#[derive(Clone, Debug, PartialEq)]
pub struct RevenueDistribution {
    histogram: RevenueHistogram,
    concentration: Vec<ConcentrationPoint>,
}

impl RevenueDistribution {
    /// The distribution of the users' revenue.
    #[must_use]
    pub fn of(revenue: &[Amount]) -> RevenueDistribution {
        let points = distribution::revenue_concentration(revenue).into_iter();
        let view = |point: distribution::ConcentrationPoint| {
            let distribution::ConcentrationPoint { users_share, revenue_share } = point;
            ConcentrationPoint { users_share, revenue_share }
        };
        RevenueDistribution {
            histogram: distribution::revenue_histogram(revenue),
            concentration: points.map(view).collect(),
        }
    }
}

/// The results, as the views show them.
#[must_use]
pub fn of(source: ReportSource<'_>) -> ReportView {
    let ReportSource { table, report, settings, latest_date, scores, revenue } = source;
    ReportView {
        period: PeriodView {
            start_date: report.period.start_date.to_string(),
            end_date: report.period.end_date.to_string(),
            as_of_date: report.period.as_of_date.to_string(),
            latest_date: latest_date.to_string(),
            total_users: report.period.total_users,
            total_rows: report.period.total_rows,
        },
        interval_level: Fixed::from_f64((1.0 - settings.segmentation_significance_threshold) * 100.0, 1)
            .map_or(0.0, Fixed::to_f64),
        significance_threshold: settings.segmentation_significance_threshold,
        minimum_sample_size: settings.segmentation_minimum_sample_size,
        churn_days: settings.churn_days_threshold,
        daily: report.daily.iter().map(daily).collect(),
        retention: retention::view(&report.retention, settings),
        funnel: funnel(&report.funnel, settings),
        behavioral: report.behavioral.iter().map(segments::behavioral).collect(),
        revenue: report.revenue.iter().map(segments::revenue).collect(),
        thresholds: segments::thresholds(report),
        matrix: segments::matrix(&report.matrix),
        score_histogram: histogram(&scores.histogram, false),
        revenue_histogram: histogram(&revenue.histogram.with_revenue, true),
        users_without_revenue: revenue.histogram.without_revenue,
        concentration: revenue.concentration.clone(),
        quality: quality(&report.quality, &table.quality),
        test_count: report.tests.done,
        significant_test_count: report.tests.significant,
        outputs: outputs::names(table.quality.rejected_rows > 0),
        archive_name: crate::archive::name(settings, report.period.as_of_date),
    }
}

fn histogram(histogram: &distribution::Histogram, is_logarithmic: bool) -> Histogram {
    Histogram { edges: histogram.edges.clone(), counts: histogram.counts.clone(), is_logarithmic }
}

fn number(fixed: Option<Fixed>) -> Option<f64> {
    fixed.map(Fixed::to_f64)
}

fn interval(bounds: (Fixed, Fixed)) -> Interval {
    Interval { low: bounds.0.to_f64(), high: bounds.1.to_f64() }
}

fn test(result: TestResult) -> TestView {
    let TestResult { p_value, p_adjusted, is_significant } = result;
    TestView { p_value, p_adjusted, is_significant }
}

fn daily(day: &DailyMetrics) -> DailyRow {
    DailyRow {
        day: day.date.0,
        dau: day.dau,
        new_users: day.new_users,
        wau: day.wau,
        mau: day.mau,
        stickiness: number(day.stickiness),
        payers: day.payers,
        total_revenue: day.total_revenue.to_f64(),
        iap_revenue: number(day.iap_revenue),
        ad_revenue: number(day.ad_revenue),
        subscription_revenue: number(day.subscription_revenue),
        arpdau: number(day.arpdau),
        arppu: number(day.arppu),
    }
}

fn funnel(funnel: &Funnel, settings: &Settings) -> FunnelView {
    let stage = |step: &strata_core::report::FunnelStep| FunnelStage {
        stage: step.stage.to_string(),
        entered: step.users_entered,
        completed: step.users_completed,
        conversion_rate: number(step.conversion_rate),
        conversion_interval: step.conversion_ci.map(interval),
        drop_off_rate: number(step.drop_off_rate),
        mean_days: number(step.avg_days),
        median_days: number(step.median_days),
        reached: step.users_reached,
        overall_rate: step.overall_conversion_rate.to_f64(),
        conversion_earlier: number(step.conversion_earlier),
        conversion_later: number(step.conversion_later),
        trend: step.trend.map(test),
    };
    FunnelView {
        mode: settings.funnel_mode.as_str().to_owned(),
        window_days: settings.funnel_window_days,
        users_still_open: funnel.users_still_open,
        stages: funnel.steps.iter().map(stage).collect(),
    }
}

fn quality(quality: &DataQuality, rows: &RowQuality) -> QualityView {
    let findings = quality.findings.iter().filter(|finding| finding.count > 0);
    QualityView {
        score: quality.data_quality_score.to_f64(),
        completeness: quality.data_completeness.to_f64(),
        accepted_rows: rows.accepted_rows,
        rejected_rows: rows.rejected_rows,
        invalid_values: rows.invalid_values,
        duplicate_rows: rows.duplicate_rows,
        findings: findings
            .map(|finding| FindingRow {
                code: finding.code.as_str().to_owned(),
                count: finding.count,
                explanation: finding.code.explanation(finding.count).to_owned(),
                examples: finding.examples.clone(),
            })
            .collect(),
    }
}
