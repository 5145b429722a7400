//! Properties of any data: how it is read changes no byte of the results, and counts add up.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use strata_core::analysis::{AnalysisCache, analyse};
use strata_core::report::{Analysis, Report};
use strata_core::settings::{ResolvedSettings, SETTINGS};
use strata_core::value::fixed::Fixed;
use strata_tests::engine::{Reading, outputs, read, segment, settings};
use strata_tests::outputs::differences;
use strata_tests::program::data_directory;

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

const HEADER: &str = "user_id,device_id,date,cohort_date,total_events,total_sessions,avg_session_duration_minutes,\
total_revenue,iap_revenue,ad_revenue,ftue_complete_time,level_2_time,level_10_time,first_purchase_time,user_type,last_updated\n";

/// A row of a small world: few users, days and amounts, so that ties, duplicates and gaps are frequent.
fn row() -> impl Strategy<Value = String> {
    let user = 0u32..12;
    let device = prop::sample::select(vec!["", "d1", "d2", "NULL"]);
    let day = 1u32..28;
    let install = prop_oneof![4 => (1u32..10).prop_map(Some), 1 => Just(None)];
    let count = prop::sample::select(vec!["", "0", "1", "3", "12.0", "ten"]);
    let minutes = prop::sample::select(vec!["", "0", "1.5", "7.25", "0.333333333333", "-1"]);
    let money = prop::sample::select(vec!["", "0", "0.1", "0.2", "0.3", "9.99", "-5", "1e-7", "123456.789"]);
    let time = prop_oneof![3 => Just(String::new()), 2 => (1u32..28, 0u32..24).prop_map(|(day, hour)| {
        format!("2024-01-{day:02} {hour:02}:00:00")
    })];
    let user_type = prop::sample::select(vec!["new", "returning", ""]);
    (user, device, day, install, count.clone(), count, minutes, [money.clone(), money.clone(), money], [time.clone(), time.clone(), time.clone(), time], user_type)
        .prop_map(|(user, device, day, install, events, sessions, minutes, [total, iap, ad], times, user_type)| {
            let install = install.map(|install| format!("2024-01-{install:02}")).unwrap_or_default();
            let times = times.join(",");
            format!(
                "u{user},{device},2024-01-{day:02},{install},{events},{sessions},{minutes},{total},{iap},{ad},{times},{user_type},2024-01-29 05:00:00\n"
            )
        })
}

pub(crate) fn rows() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(row(), 1..120)
}

pub(crate) fn variants() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    prop::sample::subsequence(
        vec![
            ("SEGMENTATION_MINIMUM_SAMPLE_SIZE", "2"),
            ("ENGAGEMENT_NORMALIZATION", "rank"),
            ("ENGAGEMENT_BASIS", "per_day"),
            ("REVENUE_PERCENTILE_BASE", "all_users"),
            ("RETENTION_DEFINITION", "bracket"),
            ("RETENTION_PERIOD", "week"),
            ("COHORT_GRANULARITY", "month"),
            ("FUNNEL_STAGES", "ftue_start,ftue_complete,level_2,level_10,first_purchase"),
            ("FUNNEL_MODE", "ordered"),
            ("FUNNEL_WINDOW_DAYS", "9"),
            ("CHURN_DAYS_THRESHOLD", "5"),
        ],
        0..=11,
    )
}

/// Values for every setting that changes results; any combination of them is allowed.
const CHANGES: &[(&str, &[&str])] = &[
    ("SEGMENTATION_MINIMUM_SAMPLE_SIZE", &["1", "2", "4"]),
    ("SEGMENTATION_SIGNIFICANCE_THRESHOLD", &["0.05", "0.5"]),
    ("SEGMENTATION_CONFIDENCE_THRESHOLD", &["0.85", "0.3"]),
    ("SEGMENTATION_COHORT_START_DATE", &["", "2024-01-03", "2024-01-06"]),
    ("ENGAGEMENT_SESSION_FREQUENCY_WEIGHT", &["0.3", "0", "2"]),
    ("ENGAGEMENT_SESSION_DURATION_WEIGHT", &["0.25", "1"]),
    ("ENGAGEMENT_EVENT_FREQUENCY_WEIGHT", &["0.25", "0.7"]),
    ("ENGAGEMENT_RECENCY_WEIGHT", &["0.2", "0.9"]),
    ("ENGAGEMENT_NORMALIZATION", &["minmax", "winsor", "rank"]),
    ("ENGAGEMENT_BASIS", &["total", "per_day"]),
    ("ENGAGEMENT_PERCENTILE_BASE", &["active_users", "all_users"]),
    ("HIGH_ENGAGEMENT_PERCENTILE", &["0.7", "0.9"]),
    ("MODERATE_ENGAGEMENT_PERCENTILE", &["0.3", "0.5"]),
    ("WHALE_REVENUE_PERCENTILE", &["0.95", "0.85"]),
    ("DOLPHIN_REVENUE_PERCENTILE", &["0.8", "0.4"]),
    ("REVENUE_PERCENTILE_BASE", &["revenue_users", "all_users"]),
    ("CHURN_DAYS_THRESHOLD", &["14", "5", "1"]),
    ("RETENTION_PERIOD", &["day", "week", "month"]),
    ("RETENTION_WINDOWS", &["", "1,2,9", "4"]),
    ("RETENTION_DEFINITION", &["classic", "rolling", "bracket"]),
    ("COHORT_GRANULARITY", &["day", "week", "month"]),
    ("FUNNEL_STAGES", &["", "level_10,level_2,ftue_start", "ftue_start,ftue_complete,level_2,first_purchase,level_3"]),
    ("FUNNEL_MODE", &["closed", "ordered", "open"]),
    ("FUNNEL_WINDOW_DAYS", &["", "9", "0"]),
    ("CONFIDENCE_SIZE_WEIGHT", &["0.4", "0"]),
    ("CONFIDENCE_COMPLETENESS_WEIGHT", &["0.4", "0.1"]),
    ("CONFIDENCE_VARIANCE_WEIGHT", &["0.2", "1"]),
];

/// A sequence of settings, each the previous one with some changes.
fn settings_sequence() -> impl Strategy<Value = Vec<ResolvedSettings>> {
    let change = (0..CHANGES.len(), any::<prop::sample::Index>());
    prop::collection::vec(prop::collection::vec(change, 1..3), 1..12).prop_map(|steps| {
        let mut in_force = BTreeMap::new();
        let sequence = steps.into_iter().map(|changes| {
            in_force.extend(changes.into_iter().map(|(setting, value)| {
                let (name, texts) = CHANGES[setting];
                (name, *value.get(texts))
            }));
            settings(&in_force.clone().into_iter().collect::<Vec<_>>())
        });
        sequence.collect()
    })
}

pub(crate) fn file(rows: &[String]) -> Vec<u8> {
    [HEADER, &rows.concat()].concat().into_bytes()
}

/// The files without line and file numbers, which change when rows move.
fn without_locations(files: Files) -> Files {
    files
        .into_iter()
        .filter(|(name, _)| name != "segment_definitions.json")
        .map(|(name, bytes)| {
            if name != "data_quality.json" {
                return (name, bytes);
            }
            let mut quality: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            for finding in quality["findings"].as_array_mut().unwrap() {
                if finding["code"] == "invalid_values" {
                    finding["examples"] = serde_json::Value::Null;
                }
            }
            (name, quality.to_string().into_bytes())
        })
        .collect()
}

pub(crate) fn assert_same(expected: &Files, found: &Files, what: &str) {
    assert!(expected == found, "{what}:\n{}", differences(expected, found).join("\n"));
}

#[test]
fn every_setting_that_changes_results_is_changed_above() {
    let others = ["RUN_HASH", "SEGMENTATION_AS_OF_DATE"];
    let changed: Vec<&str> = CHANGES.iter().map(|(name, _)| *name).chain(others).collect();
    for setting in SETTINGS {
        assert!(changed.contains(&setting.name), "{}", setting.name);
    }
}

#[test]
fn cutting_and_merging_change_no_byte_of_the_conformance_cases() {
    for entry in fs::read_dir(data_directory().join("conformance")).unwrap() {
        let input = entry.unwrap().path().join("input.csv");
        let Ok(bytes) = fs::read(&input) else { continue };
        let inputs = [("input.csv", &bytes[..])];
        let Ok(expected) = segment(&inputs, &settings(&[]), &Reading::default()) else { continue };
        for (chunk_bytes, builder_count, merge_backwards) in [(997, 1, false), (4096, 3, true), (64, 7, false)] {
            let reading = Reading { chunk_bytes, builder_count, merge_backwards };
            let found = segment(&inputs, &settings(&[]), &reading).unwrap();
            assert_same(&expected, &found, &format!("{} {reading:?}", input.display()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cutting_and_merging_change_no_byte(
        rows in rows(), variants in variants(), chunk_bytes in 1usize..400, builder_count in 1usize..6, merge_backwards: bool,
    ) {
        let bytes = file(&rows);
        let inputs = [("a.csv", &bytes[..])];
        let settings = settings(&variants);
        let expected = segment(&inputs, &settings, &Reading::default()).unwrap();
        let reading = Reading { chunk_bytes, builder_count, merge_backwards };
        assert_same(&expected, &segment(&inputs, &settings, &reading).unwrap(), "cut");
    }

    #[test]
    fn the_order_of_the_rows_changes_no_byte(
        (rows, shuffled) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())), variants in variants(),
    ) {
        let settings = settings(&variants);
        let outputs = |rows: &[String]| {
            let bytes = file(rows);
            without_locations(segment(&[("a.csv", &bytes[..])], &settings, &Reading::default()).unwrap())
        };
        assert_same(&outputs(&rows), &outputs(&shuffled), "shuffled");
    }

    #[test]
    fn the_split_over_files_changes_no_byte(rows in rows(), cuts in prop::collection::vec(0usize..120, 0..4)) {
        let settings = settings(&[]);
        let whole = file(&rows);
        let expected = without_locations(segment(&[("a.csv", &whole[..])], &settings, &Reading::default()).unwrap());
        let mut parts = vec![Vec::new(); cuts.len() + 1];
        for (position, row) in rows.iter().enumerate() {
            let part = cuts.iter().filter(|&&cut| cut <= position).count();
            parts[part].push(row.clone());
        }
        let parts: Vec<Vec<u8>> = parts.iter().map(|rows| file(rows)).collect();
        let inputs: Vec<(&str, &[u8])> = parts.iter().map(|part| ("part.csv", &part[..])).collect();
        let found = without_locations(segment(&inputs, &settings, &Reading { builder_count: 2, ..Reading::default() }).unwrap());
        assert_same(&expected, &found, "split over files");
    }

    #[test]
    fn what_an_analysis_keeps_changes_no_byte(rows in rows(), sequence in settings_sequence(), prepared: bool) {
        let bytes = file(&rows);
        let finished = read(&[("a.csv", &bytes[..])], &settings(&[]), &Reading::default()).unwrap();
        let mut cache = AnalysisCache::default();
        for (step, settings) in sequence.iter().enumerate() {
            let kept = cache.analyse(&finished.table, &settings.values, &[]);
            if prepared {
                cache.prepare(&finished.table, &settings.values);
            }
            let fresh = analyse(&finished.table, &settings.values, &[]);
            // The files show rounded figures; the debug form shows every bit.
            prop_assert_eq!(format!("{kept:?}"), format!("{fresh:?}"), "step {}", step);
            let files = [&fresh, &kept].map(|analysis| outputs(&["a.csv"], settings, &finished, analysis));
            assert_same(&files[0], &files[1], "kept");
        }
    }

    #[test]
    fn counts_add_up(rows in rows(), variants in variants()) {
        let bytes = file(&rows);
        let settings = settings(&variants);
        let finished = read(&[("a.csv", &bytes[..])], &settings, &Reading::default()).unwrap();
        let Analysis { report, .. } = analyse(&finished.table, &settings.values, &[]);
        assert_counts_add_up(&report);
        let is_closed = !variants.contains(&("FUNNEL_MODE", "open"));
        for pair in report.funnel.steps.windows(2).filter(|_| is_closed) {
            prop_assert_eq!(pair[1].users_entered, pair[0].users_completed);
        }
    }
}

fn contains((low, high): (Fixed, Fixed), rate: Fixed) -> bool {
    (low.to_f64()..=high.to_f64()).contains(&rate.to_f64())
}

fn assert_counts_add_up(report: &Report) {
    let users = report.period.total_users;
    assert_eq!(report.behavioral.iter().map(|segment| segment.user_count).sum::<u64>(), users);
    assert_eq!(report.revenue.iter().map(|segment| segment.user_count).sum::<u64>(), users);
    assert_eq!(report.matrix.cells.iter().map(|cell| cell.user_count).sum::<u64>(), users);
    for segment in &report.behavioral {
        let in_matrix = report.matrix.cells.iter().filter(|cell| cell.behavioral == segment.segment);
        assert_eq!(in_matrix.map(|cell| cell.user_count).sum::<u64>(), segment.user_count);
        assert!(segment.payer_rate.zip(segment.payer_rate_ci).is_none_or(|(rate, ci)| contains(ci, rate)));
    }
    let windows = report.retention.windows.len();
    for (window, pooled) in report.retention.pooled.iter().enumerate() {
        let of_window = || report.retention.cells.iter().skip(window).step_by(windows);
        assert_eq!(of_window().map(|cell| cell.eligible_users).sum::<u64>(), pooled.eligible_users);
        assert_eq!(of_window().map(|cell| cell.cohort_size).sum::<u64>(), pooled.cohort_size);
        assert!(pooled.cohort_size <= users);
    }
    for cell in report.retention.cells.iter().chain(&report.retention.pooled) {
        assert!(cell.eligible_users <= cell.cohort_size);
        assert_eq!(cell.observed.is_some(), cell.eligible_users > 0);
        if let Some(observed) = cell.observed {
            assert!(observed.retained_users <= cell.eligible_users);
            assert!(contains(observed.ci, observed.rate));
        }
    }
    for pair in report.retention.curve.windows(2) {
        assert!(pair[1].eligible_users <= pair[0].eligible_users);
        assert!(pair[1].rolling_retained <= pair[0].rolling_retained);
    }
    for point in &report.retention.curve {
        assert!(point.classic_retained <= point.rolling_retained && point.rolling_retained <= point.eligible_users);
    }
    for step in &report.funnel.steps {
        assert!(step.users_completed <= step.users_entered && step.users_completed <= step.users_reached);
        assert!(step.conversion_rate.zip(step.conversion_ci).is_none_or(|(rate, ci)| contains(ci, rate)));
    }
    for day in &report.daily {
        assert!(day.new_users <= day.dau && day.wau.is_none_or(|wau| day.dau <= wau));
        assert!(day.wau.zip(day.mau).is_none_or(|(wau, mau)| wau <= mau));
    }
    for test in report.retention.cells.iter().filter_map(|cell| cell.test) {
        assert!((0.0..=1.0).contains(&test.p_value) && test.p_value <= test.p_adjusted && test.p_adjusted <= 1.0);
    }
}
