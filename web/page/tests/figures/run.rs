//! Three runs of the engine, with their files as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use strata_core::analysis::analyse;
use strata_core::analysis::distribution::{revenue_concentration, revenue_histogram, score_histogram};
use strata_core::output::OutputFile;
use strata_core::report::UserResults;
use strata_core::users::UserTable;
use strata_protocol::Results;
use strata_tests::engine::{Reading, outputs, read, settings};
use strata_tests::program::{assert_success, data_directory, strata, text};

/// A row of a file: cells by column.
pub type Row = BTreeMap<String, String>;

/// A run.
pub struct Run {
    pub name: String,
    pub input: Vec<u8>,
    pub settings: Vec<(String, String)>,
    pub table: UserTable,
    pub results: Results,
    pub users: UserResults,
    pub files: BTreeMap<String, Vec<u8>>,
    pub accepted_rows: u64,
}

/// Runs two conformance cases, and one whose ratios differ when rounded in two steps instead of one.
pub fn runs() -> [Run; 3] {
    let case = |name: &str| {
        let directory = data_directory().join("conformance").join(name);
        let settings = fs::read_to_string(directory.join("settings.env")).unwrap();
        let settings = settings.lines().filter_map(|line| line.split_once('='));
        let settings = settings.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        Run::new(name, fs::read(directory.join("input.csv")).unwrap(), settings)
    };
    [case("retention_bracket"), case("every_setting_varied"), Run::new("awkward_ratios", awkward_ratios(), Vec::new())]
}

/// Cohorts of 37, 41, 16, 80, 61 and 7 users, of whom 17 of 37 and so on come back, pay and progress.
fn awkward_ratios() -> Vec<u8> {
    let mut csv = "user_id,date,cohort_date,total_events,total_sessions,total_revenue,iap_revenue,ad_revenue,\
                   subscription_revenue,ftue_complete_time,level_1_time\n"
        .to_owned();
    for (cohort, (size, returning)) in [(37, 17), (41, 5), (16, 1), (80, 33), (61, 20), (7, 3)].into_iter().enumerate()
    {
        let install = format!("2025-07-{:02}", cohort + 1);
        for user in 0..size {
            let tutorial = if user % 37 < 17 { format!("{install}T10:00:00Z") } else { String::new() };
            let level = if user % 37 < 9 { format!("{install}T11:00:00Z") } else { String::new() };
            let (purchase, ad) =
                if user % 7 == 3 { ("1.37", "0.01") } else { ("0", if user % 3 == 0 { "0.03" } else { "0" }) };
            let total = if purchase == "0" { ad } else { "1.38" };
            for day in
                [Some(0), (user < returning).then_some(1), (user % 5 == 1).then_some(3), (user % 11 == 4).then_some(7)]
                    .into_iter()
                    .flatten()
            {
                let date = format!("2025-07-{:02}", cohort + 1 + day);
                let (tutorial, level) = (&tutorial, &level);
                writeln!(
                    csv,
                    "u{cohort}_{user:02},{date},{install},{},{},{total},{purchase},{ad},0,{tutorial},{level}",
                    3 + user % 13,
                    1 + user % 4
                )
                .unwrap();
            }
        }
    }
    // A much later day, so that windows close.
    csv.push_str("late,2025-08-20,2025-08-20,1,1,0,0,0,0,,\n");
    csv.into_bytes()
}

impl Run {
    fn new(name: &str, input: Vec<u8>, entries: Vec<(String, String)>) -> Run {
        let texts: Vec<(&str, &str)> = entries.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let resolved = settings(&texts);
        let finished = read(&[("input.csv", &input)], &resolved, &Reading::default()).unwrap();
        let analysis = analyse(&finished.table, &resolved.values, &[]);
        let files = outputs(&["input.csv"], &resolved, &finished, &analysis);
        let results = Results {
            settings: resolved.values.clone(),
            latest_date: finished.table.last_date,
            score_histogram: score_histogram(&analysis.users.scores, 40),
            revenue_histogram: revenue_histogram(&analysis.users.revenue),
            concentration: revenue_concentration(&analysis.users.revenue),
            outputs: OutputFile::of_run(!finished.rejected.is_empty()).collect(),
            archive_name: String::new(),
            report: analysis.report,
        };
        Run {
            name: name.to_owned(),
            input,
            settings: entries,
            accepted_rows: finished.table.quality.accepted_rows,
            table: finished.table,
            results,
            users: analysis.users,
            files,
        }
    }

    /// Returns the text of a setting, if it is set.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// Returns the rows of a file; none of its cells is quoted.
    pub fn table(&self, name: &str) -> Vec<Row> {
        let text = std::str::from_utf8(&self.files[name]).unwrap();
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
        let header: Vec<String> = lines.next().unwrap().collect();
        lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
    }

    /// Returns the rows of all cohorts together in `retention_detail.csv`.
    pub fn pooled_retention(&self) -> Vec<Row> {
        self.table("retention_detail.csv").into_iter().filter(|row| row["cohort_date"] == "all").collect()
    }

    /// Returns what the program prints for the same input and settings.
    pub fn summary(&self) -> String {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("input.csv"), &self.input).unwrap();
        let variables = self.settings.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let mut command = strata(directory.path());
        let output = command.args(["segment", "input.csv", "--out", "out"]).envs(variables).output().unwrap();
        assert_success(&output);
        text(&output.stdout)
    }
}
