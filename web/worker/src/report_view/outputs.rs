//! The files that can be downloaded.

use strata_core::output::OutputFile;
use strata_protocol::OutputName;

/// Names and descriptions of a run's files.
pub fn names(has_rejected_rows: bool) -> Vec<OutputName> {
    let files = OutputFile::ALL.into_iter().filter(|file| *file != OutputFile::RejectedRows || has_rejected_rows);
    files.map(|file| OutputName { name: file.name().to_owned(), description: description(file).to_owned() }).collect()
}

/// What is in a file.
fn description(file: OutputFile) -> &'static str {
    match file {
        OutputFile::RetentionCohorts => "Retention and revenue of each cohort",
        OutputFile::BehavioralSegmentSummary => "Users, revenue and payers of each behavioural segment",
        OutputFile::RevenueSegmentSummary => "Users and revenue of each revenue segment",
        OutputFile::UserJourneySegments => "How far each user came, and when",
        OutputFile::JourneyFunnelAnalysis => "Conversion and time of each funnel stage",
        OutputFile::SegmentDefinitions => "Definitions, settings and inputs of this run",
        OutputFile::SegmentAnalysisReport => "The results in one document, for machines",
        OutputFile::UserSegments => "Each user's figures and segments",
        OutputFile::RetentionDetail => "Each cohort and window: counts, interval, test, revenue",
        OutputFile::RetentionCurve => "Retention of all cohorts together, day by day",
        OutputFile::SegmentMatrix => "Users by behavioural and revenue segment",
        OutputFile::DailyMetrics => "Active users, payers and revenue of each day",
        OutputFile::DataQuality => "What was odd about the data",
        OutputFile::RejectedRows => "The rows that could not be used, whole, with the reason",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_rows_are_a_file_where_there_are_some() {
        let has_file = |has_rejected| names(has_rejected).iter().any(|output| output.name == "rejected_rows.csv");
        assert!(has_file(true));
        assert!(!has_file(false));
        assert_eq!(names(true).len(), OutputFile::ALL.len());
    }
}
