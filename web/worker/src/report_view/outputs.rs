//! The files that can be downloaded.

use strata_core::output::OutputFile;
use strata_protocol::OutputName;

/// Names and descriptions of a run's files.
pub fn names(has_rejected_rows: bool) -> Vec<OutputName> {
    let files = OutputFile::ALL.into_iter().filter(|file| *file != OutputFile::RejectedRows || has_rejected_rows);
    files.map(|file| OutputName { name: file.name().to_owned(), description: file.description().to_owned() }).collect()
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
