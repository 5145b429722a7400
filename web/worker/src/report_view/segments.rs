//! Segments and what they have to do with each other.

use strata_core::report::{BehavioralSummary, MatrixCell, Report, RevenueSummary, SegmentMatrix};
use strata_core::value::fixed::Fixed;
use strata_protocol::{BehavioralRow, MatrixCellView, MatrixView, RevenueRow, SegmentThresholds};

use super::{interval, number, test};

pub fn behavioral(summary: &BehavioralSummary) -> BehavioralRow {
    BehavioralRow {
        segment: summary.segment.as_str().to_owned(),
        user_count: summary.user_count,
        share_of_users: number(summary.percentage_of_total),
        share_of_revenue: number(summary.revenue_share),
        mean_score: number(summary.avg_engagement_score),
        mean_revenue: number(summary.avg_revenue_per_user),
        total_revenue: number(summary.total_revenue),
        mean_sessions: number(summary.avg_sessions),
        mean_days_since_active: number(summary.avg_days_since_active),
        payer_rate: number(summary.payer_rate),
        payer_rate_interval: summary.payer_rate_ci.map(interval),
        test: summary.test.map(test),
        confidence: summary.confidence.to_f64(),
        meets_confidence_threshold: summary.meets_confidence_threshold,
    }
}

pub fn revenue(summary: &RevenueSummary) -> RevenueRow {
    RevenueRow {
        segment: summary.segment.as_str().to_owned(),
        user_count: summary.user_count,
        share_of_users: number(summary.percentage_of_total),
        share_of_revenue: number(summary.revenue_share),
        mean_revenue: number(summary.avg_revenue_per_user),
        total_revenue: number(summary.total_revenue),
        iap_contribution: number(summary.iap_contribution),
        ad_contribution: number(summary.ad_contribution),
        subscription_contribution: number(summary.subscription_contribution),
        mean_score: number(summary.avg_engagement_score),
        test: summary.test.map(test),
        confidence: summary.confidence.to_f64(),
        meets_confidence_threshold: summary.meets_confidence_threshold,
    }
}

pub fn thresholds(report: &Report) -> SegmentThresholds {
    SegmentThresholds {
        high_engagement: report.engagement_thresholds.upper,
        moderate_engagement: report.engagement_thresholds.middle,
        whale: report.revenue_thresholds.upper,
        dolphin: report.revenue_thresholds.middle,
    }
}

pub fn matrix(matrix: &SegmentMatrix) -> MatrixView {
    let cell = |cell: &MatrixCell| MatrixCellView {
        behavioral: cell.behavioral.as_str().to_owned(),
        revenue: cell.revenue.as_str().to_owned(),
        user_count: cell.user_count,
        expected: cell.expected_count.to_f64(),
        residual: number(cell.adjusted_residual),
    };
    MatrixView {
        cells: matrix.cells.iter().map(cell).collect(),
        chi_squared: matrix.chi_squared,
        degrees_of_freedom: matrix.degrees_of_freedom,
        p_value: matrix.p_value,
        cramers_v: matrix.cramers_v.map(Fixed::to_f64),
    }
}
