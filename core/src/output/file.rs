//! Which files a run has, and how each is written.

use std::io::{self, Write};

use super::bundle::OutputBundle;
use super::{csv, json};

/// One file of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFile {
    /// `retention_cohorts.csv`
    RetentionCohorts,
    /// `behavioral_segment_summary.csv`
    BehavioralSegmentSummary,
    /// `revenue_segment_summary.csv`
    RevenueSegmentSummary,
    /// `user_journey_segments.csv`
    UserJourneySegments,
    /// `journey_funnel_analysis.csv`
    JourneyFunnelAnalysis,
    /// `segment_definitions.json`
    SegmentDefinitions,
    /// `segment_analysis_report.json`
    SegmentAnalysisReport,
    /// `user_segments.csv`
    UserSegments,
    /// `retention_detail.csv`
    RetentionDetail,
    /// `retention_curve.csv`
    RetentionCurve,
    /// `segment_matrix.csv`
    SegmentMatrix,
    /// `daily_metrics.csv`
    DailyMetrics,
    /// `data_quality.json`
    DataQuality,
    /// `rejected_rows.csv`, where a row was rejected.
    RejectedRows,
}

impl OutputFile {
    /// Every file that a run can have.
    pub const ALL: [OutputFile; 14] = [
        OutputFile::RetentionCohorts,
        OutputFile::BehavioralSegmentSummary,
        OutputFile::RevenueSegmentSummary,
        OutputFile::UserJourneySegments,
        OutputFile::JourneyFunnelAnalysis,
        OutputFile::SegmentDefinitions,
        OutputFile::SegmentAnalysisReport,
        OutputFile::UserSegments,
        OutputFile::RetentionDetail,
        OutputFile::RetentionCurve,
        OutputFile::SegmentMatrix,
        OutputFile::DailyMetrics,
        OutputFile::DataQuality,
        OutputFile::RejectedRows,
    ];

    /// The file's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            OutputFile::RetentionCohorts => "retention_cohorts.csv",
            OutputFile::BehavioralSegmentSummary => "behavioral_segment_summary.csv",
            OutputFile::RevenueSegmentSummary => "revenue_segment_summary.csv",
            OutputFile::UserJourneySegments => "user_journey_segments.csv",
            OutputFile::JourneyFunnelAnalysis => "journey_funnel_analysis.csv",
            OutputFile::SegmentDefinitions => "segment_definitions.json",
            OutputFile::SegmentAnalysisReport => "segment_analysis_report.json",
            OutputFile::UserSegments => "user_segments.csv",
            OutputFile::RetentionDetail => "retention_detail.csv",
            OutputFile::RetentionCurve => "retention_curve.csv",
            OutputFile::SegmentMatrix => "segment_matrix.csv",
            OutputFile::DailyMetrics => "daily_metrics.csv",
            OutputFile::DataQuality => "data_quality.json",
            OutputFile::RejectedRows => "rejected_rows.csv",
        }
    }
}

impl OutputBundle<'_> {
    /// The files of this run.
    pub fn files(&self) -> impl Iterator<Item = OutputFile> {
        let has_rejected_rows = !self.rejected.is_empty();
        OutputFile::ALL.into_iter().filter(move |file| *file != OutputFile::RejectedRows || has_rejected_rows)
    }

    /// Writes one file. Bytes come in pieces of some 64 kB, so the writer needs no buffer.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, file: OutputFile, out: &mut dyn Write) -> io::Result<()> {
        let report = self.report;
        match file {
            OutputFile::RetentionCohorts => csv::tables::retention_cohorts(report).write(out),
            OutputFile::BehavioralSegmentSummary => csv::tables::behavioral_segment_summary(report).write(out),
            OutputFile::RevenueSegmentSummary => csv::tables::revenue_segment_summary(report).write(out),
            OutputFile::UserJourneySegments => csv::users::journey_segments(self, out),
            OutputFile::JourneyFunnelAnalysis => csv::tables::journey_funnel_analysis(report).write(out),
            OutputFile::SegmentDefinitions => json::write(&json::segment_definitions(self), out),
            OutputFile::SegmentAnalysisReport => json::write(&json::segment_analysis_report(self), out),
            OutputFile::UserSegments => csv::users::user_segments(self, out),
            OutputFile::RetentionDetail => csv::tables::retention_detail(report).write(out),
            OutputFile::RetentionCurve => csv::tables::retention_curve(report).write(out),
            OutputFile::SegmentMatrix => csv::tables::segment_matrix(report).write(out),
            OutputFile::DailyMetrics => csv::tables::daily_metrics(report).write(out),
            OutputFile::DataQuality => json::write(&json::data_quality(report), out),
            OutputFile::RejectedRows => csv::users::rejected_rows(self, out),
        }
    }
}
