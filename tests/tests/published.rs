//! Published figures for real data.

use std::fs;

use strata_core::analysis::analyse;
use strata_core::report::Analysis;
use strata_tests::engine::{Reading, read, settings};
use strata_tests::program::data_directory;

/// The first cohort of the UCI Online Retail data set, by month: 948 customers, of whom 362, 317 and 367 come back
/// in the three months that follow (see `data/published/README.md`).
#[test]
fn the_first_cohort_of_online_retail_comes_back_as_published() {
    let bytes = fs::read(data_directory().join("published/online_retail_2010_12.csv")).unwrap();
    let settings =
        settings(&[("COHORT_GRANULARITY", "month"), ("RETENTION_PERIOD", "month"), ("RETENTION_WINDOWS", "1,2,3,4")]);
    let table = read(&[("online_retail.csv", &bytes)], &settings, &Reading::default()).unwrap().table;
    let Analysis { report, .. } = analyse(&table, &settings.values, &[]);
    let cells = &report.retention.cells;
    assert_eq!(cells[0].cohort_size, 948);
    let retained: Vec<Option<u64>> =
        cells.iter().map(|cell| cell.observed.map(|observed| observed.retained_users)).collect();
    // This extract ends before the fourth month.
    assert_eq!(retained, [Some(362), Some(317), Some(367), None]);
}
