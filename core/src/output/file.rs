//! Which files a run has, and how each is written.

use std::io::{self, Write};
use std::ops::Range;

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

    /// Whether it grows with the users.
    #[must_use]
    pub fn has_a_row_per_user(self) -> bool {
        matches!(self, OutputFile::UserSegments | OutputFile::UserJourneySegments)
    }

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

/// A piece of a file, which can be written apart from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePiece {
    /// The file.
    pub file: OutputFile,
    /// Which of the file's pieces, from 0; one after the other they are the file.
    pub number: usize,
    /// The users whose rows it has, by their position in the table. A file without a row per user is a single piece of
    /// all users.
    users: Range<u32>,
}

impl OutputBundle<'_> {
    /// The pieces of all files, of at most so many users each. Files that grow with the users come first.
    #[must_use]
    pub fn pieces(&self, most_users: u32) -> Vec<FilePiece> {
        let user_count = u32::try_from(self.table.user_count()).unwrap_or(u32::MAX);
        let mut files: Vec<OutputFile> = self.files().collect();
        files.sort_by_key(|file| !file.has_a_row_per_user());
        let mut pieces = Vec::new();
        for file in files {
            let step = if file.has_a_row_per_user() { most_users.max(1) } else { u32::MAX };
            let starts = (0..user_count.max(1)).step_by(step as usize);
            pieces.extend(starts.enumerate().map(|(number, start)| {
                let users = start..start.saturating_add(step).min(user_count);
                FilePiece { file, number, users }
            }));
        }
        pieces
    }

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
        self.pieces(u32::MAX)
            .iter()
            .filter(|piece| piece.file == file)
            .try_for_each(|piece| self.write_piece(piece, out))
    }

    /// Writes a piece of a file, in the same way.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_piece(&self, piece: &FilePiece, out: &mut dyn Write) -> io::Result<()> {
        let report = self.report;
        let users = piece.users.clone();
        match piece.file {
            OutputFile::RetentionCohorts => csv::tables::retention_cohorts(report).write(out),
            OutputFile::BehavioralSegmentSummary => csv::tables::behavioral_segment_summary(report).write(out),
            OutputFile::RevenueSegmentSummary => csv::tables::revenue_segment_summary(report).write(out),
            OutputFile::UserJourneySegments => csv::users::journey_segments(self, users, out),
            OutputFile::JourneyFunnelAnalysis => csv::tables::journey_funnel_analysis(report).write(out),
            OutputFile::SegmentDefinitions => json::write(&json::segment_definitions(self), out),
            OutputFile::SegmentAnalysisReport => json::write(&json::segment_analysis_report(self), out),
            OutputFile::UserSegments => csv::users::user_segments(self, users, out),
            OutputFile::RetentionDetail => csv::tables::retention_detail(report).write(out),
            OutputFile::RetentionCurve => csv::tables::retention_curve(report).write(out),
            OutputFile::SegmentMatrix => csv::tables::segment_matrix(report).write(out),
            OutputFile::DailyMetrics => csv::tables::daily_metrics(report).write(out),
            OutputFile::DataQuality => json::write(&json::data_quality(report), out),
            OutputFile::RejectedRows => csv::users::rejected_rows(self, out),
        }
    }
}
