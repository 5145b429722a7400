//! The files of a run, and how each is written.

use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::bundle::OutputBundle;
use super::csv::table::{ColumnInfo, Table, describe};
use super::csv::{tables, users};
use super::json;
use crate::report::Report;

/// The content of a file and how it is generated.
enum Content {
    /// Rows from the report.
    Table { columns: fn() -> Vec<ColumnInfo>, table: for<'a> fn(&'a Report) -> Table<'a> },
    /// A row per user or per rejected row. Rows per user are written for a range of users at a time.
    Rows { columns: fn() -> Vec<ColumnInfo>, is_per_user: bool, write: WriteRows },
    /// A JSON document.
    Document(fn(&OutputBundle<'_>) -> Json),
}

type WriteRows = fn(&OutputBundle<'_>, Range<u32>, &mut dyn Write) -> io::Result<()>;

/// Declares the files of a run: an entry each, with its name, description and content.
///
/// Names and descriptions are kept apart from the content, so that a program that only lists the files does not contain the
/// code that writes them.
macro_rules! output_files {
    ($($variant:ident = $name:literal, $description:literal, $content:expr;)+) => {
        /// One file of a run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum OutputFile {
            $(#[doc = concat!("`", $name, "`: ", $description, ".")] $variant,)+
        }

        impl OutputFile {
            /// Every file that a run can have.
            pub const ALL: [OutputFile; [$($name),+].len()] = [$(OutputFile::$variant),+];

            /// The file's name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(OutputFile::$variant => $name),+ }
            }

            /// What the file holds, in one phrase without a full stop.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(OutputFile::$variant => $description),+ }
            }

            /// Whether it grows with the users.
            #[must_use]
            pub fn has_a_row_per_user(self) -> bool {
                match self {
                    $(OutputFile::$variant => const { matches!($content, Content::Rows { is_per_user: true, .. }) }),+
                }
            }

            fn content(self) -> &'static Content {
                match self { $(OutputFile::$variant => const { &$content }),+ }
            }
        }
    };
}

output_files! {
    RetentionCohorts = "retention_cohorts.csv",
        "Retention by window, and revenue, of each install cohort that meets the minimum sample size",
        Content::Table { columns: tables::cohort_columns, table: tables::retention_cohorts };
    BehavioralSegmentSummary = "behavioral_segment_summary.csv",
        "The four behavioural segments: size, activity, payer rate with interval and test, confidence",
        Content::Table {
            columns: || describe(tables::BEHAVIORAL_SEGMENTS),
            table: tables::behavioral_segment_summary,
        };
    RevenueSegmentSummary = "revenue_segment_summary.csv",
        "The four revenue segments: size, revenue by source, engagement score with test, confidence",
        Content::Table { columns: || describe(tables::REVENUE_SEGMENTS), table: tables::revenue_segment_summary };
    UserJourneySegments = "user_journey_segments.csv",
        "Each user's furthest journey stage, when it was reached, and how consistent the record is",
        Content::Rows { columns: users::journey_columns, is_per_user: true, write: users::journey_segments };
    JourneyFunnelAnalysis = "journey_funnel_analysis.csv",
        "Each funnel stage: conversion with interval, drop-off, days to complete, trend",
        Content::Table { columns: || describe(tables::FUNNEL), table: tables::journey_funnel_analysis };
    SegmentDefinitions = "segment_definitions.json",
        "Definitions, unrounded thresholds, settings and where each came from, inputs with their hashes",
        Content::Document(json::segment_definitions);
    SegmentAnalysisReport = "segment_analysis_report.json",
        "The main results in one document, for programs",
        Content::Document(json::segment_analysis_report);
    UserSegments = "user_segments.csv",
        "Each user: dates, activity, revenue, engagement score, segments, journey stage",
        Content::Rows { columns: users::user_columns, is_per_user: true, write: users::user_segments };
    RetentionDetail = "retention_detail.csv",
        "Each cohort and window, and all cohorts pooled: retained and eligible users, interval, test, revenue per user",
        Content::Table { columns: || describe(tables::RETENTION), table: tables::retention_detail };
    RetentionCurve = "retention_curve.csv",
        "Retention of all cohorts pooled, day by day, classic and rolling",
        Content::Table { columns: || describe(tables::RETENTION_CURVE), table: tables::retention_curve };
    SegmentMatrix = "segment_matrix.csv",
        "Behavioural by revenue segments: observed and expected users, adjusted residual",
        Content::Table { columns: || describe(tables::MATRIX), table: tables::segment_matrix };
    DailyMetrics = "daily_metrics.csv",
        "Each calendar day: DAU, WAU, MAU, payers, revenue",
        Content::Table { columns: || describe(tables::DAILY_METRICS), table: tables::daily_metrics };
    DataQuality = "data_quality.json",
        "Data quality score, completeness, and findings with examples",
        Content::Document(|bundle| json::data_quality(bundle.report));
    RejectedRows = "rejected_rows.csv",
        "Rows that could not be used, in full, with line and reason; only if there are any",
        Content::Rows { columns: users::rejected_columns, is_per_user: false, write: users::rejected_rows };
}

impl OutputFile {
    /// The files of a run. The file of rejected rows is included only if rows were rejected.
    pub fn of_run(has_rejected_rows: bool) -> impl Iterator<Item = OutputFile> {
        OutputFile::ALL.into_iter().filter(move |file| *file != OutputFile::RejectedRows || has_rejected_rows)
    }

    /// The columns of a CSV file, in order; empty for JSON.
    #[must_use]
    pub fn columns(self) -> Vec<ColumnInfo> {
        match self.content() {
            Content::Table { columns, .. } | Content::Rows { columns, .. } => columns(),
            Content::Document(_) => Vec::new(),
        }
    }
}

/// A part of a file that can be written independently of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePiece {
    /// The file that the piece belongs to.
    pub file: OutputFile,
    /// Index of the piece in the file, from 0; all pieces in order make up the file.
    pub number: usize,
    /// The users whose rows it has, by position in the table. A file without a row per user is a single piece for all
    /// users.
    users: Range<u32>,
}

impl OutputBundle<'_> {
    /// Splits all files into pieces of at most `most_users` users each. Files that grow with the users come first.
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
        OutputFile::of_run(!self.rejected.is_empty())
    }

    /// Writes one file. Bytes arrive in chunks of about 64 kB, so the writer needs no buffer.
    ///
    /// # Errors
    /// Any error of the writer.
    pub fn write(&self, file: OutputFile, out: &mut dyn Write) -> io::Result<()> {
        self.pieces(u32::MAX)
            .iter()
            .filter(|piece| piece.file == file)
            .try_for_each(|piece| self.write_piece(piece, out))
    }

    /// Writes a piece of a file in the same way.
    ///
    /// # Errors
    /// Any error of the writer.
    pub fn write_piece(&self, piece: &FilePiece, out: &mut dyn Write) -> io::Result<()> {
        match piece.file.content() {
            Content::Table { table, .. } => table(self.report).write(out),
            Content::Rows { write, .. } => write(self, piece.users.clone(), out),
            Content::Document(document) => json::write(&document(self), out),
        }
    }
}
