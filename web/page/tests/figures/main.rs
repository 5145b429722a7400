//! Every figure that the page or the program shows comes from the result files: each number in the summary, in the
//! sentences and tables of every view, and in chart labels is a cell of these files, or a share of two counts in them,
//! rounded once.
//!
//! The files are read as text, and shares are rounded by this test's own integer arithmetic.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod allowed;
mod numbers;
mod run;
mod scene;

use strata_core::user_list::{UserCells, UserColumn};
use strata_page::view::retention::heatmap::Metric;
use strata_page::view::users::{columns, describe};
use strata_page::view::{funnel, overview, quality, retention, segments};

use allowed::Allowed;
use numbers::{numbers, plain};
use run::{Row, Run, runs};

/// Fails at the first number in the texts that is not allowed.
#[track_caller]
fn assert_traceable(run: &Run, texts: &[String], allowed: &Allowed) {
    let mut found = 0;
    for text in texts {
        for number in numbers(text) {
            found += 1;
            assert!(allowed.holds(&number), "{}: {number} in {text:?} is not in the files", run.name);
        }
    }
    assert!(found > 0, "{}: no number was found", run.name);
}

#[test]
fn the_overview_shows_figures_of_the_files() {
    for run in runs() {
        let results = &run.results;
        let mut allowed = Allowed::default();
        allowed
            .period(&run)
            .windows(&run)
            .pooled_retention(&run)
            .segments(&run)
            .payers(&run)
            .revenue(&run)
            .quality(&run);
        for row in run.table("daily_metrics.csv") {
            allowed.cells(&row, &["dau", "new_users", "wau", "mau", "payers", "arpdau"]).share(&row, "dau", "mau");
            allowed.cells(&row, &["total_revenue", "iap_revenue", "ad_revenue", "subscription_revenue"]);
            allowed.rounded(&row, &["arppu"], 2);
        }
        let mut texts = vec![
            overview::sentences::answer(results),
            overview::sentences::retention_note(results),
            overview::sentences::quality(&results.report.quality),
        ];
        texts.extend(overview::sentences::key_figures(results).into_iter().flat_map(|of| [of.value, of.detail]));
        let tables = [
            overview::tables::activity(results),
            overview::tables::revenue(results),
            overview::tables::behavioral(results),
            overview::tables::spending(results),
        ];
        texts.extend(tables.into_iter().flat_map(|table| table.rows).flatten());
        for draw in [overview::charts::activity, overview::charts::revenue] {
            texts.extend(scene::texts(&draw(results, 900.0)));
        }
        assert_traceable(&run, &texts, &allowed);
    }
}

#[test]
fn retention_shows_figures_of_the_files() {
    for run in runs() {
        let (results, of) = (&run.results, &run.results.report.retention);
        let minimum_size = results.settings.segmentation_minimum_sample_size;
        let mut allowed = Allowed::default();
        allowed.windows(&run).level(&run).pooled_retention(&run).number(&minimum_size.to_string());
        allowed.number(&of.small_cohort_count.to_string()).number("50");
        let pooled = run.pooled_retention();
        for row in run.table("retention_detail.csv") {
            let count = |row: &Row, name: &str| row[name].parse::<u128>().unwrap_or(0);
            let (retained, eligible) = (count(&row, "retained_users"), count(&row, "eligible_users"));
            allowed.share(&row, "retained_users", "eligible_users").true_share(retained, eligible);
            allowed.rounded(&row, &["ci_low", "ci_high"], 1).rounded(&row, &["cumulative_revenue_per_user"], 2);
            allowed.cells(&row, &["cumulative_revenue_per_user"]).rounded(&row, &["p_adjusted"], 3);
            if let Some(all) = pooled.iter().find(|all| all["day"] == row["day"]).filter(|_| eligible > 0) {
                let all = (count(all, "retained_users"), count(all, "eligible_users"));
                allowed.points((retained, eligible), all);
            }
        }
        for row in run.table("retention_curve.csv") {
            allowed.share(&row, "classic_retained", "eligible_users").share(&row, "rolling_retained", "eligible_users");
            allowed.cells(&row, &["day"]).rounded(&row, &["classic_ci_low", "classic_ci_high"], 1);
        }
        let mut texts = vec![retention::sentences::answer(results), retention::sentences::note(results)];
        texts
            .extend(of.cells.iter().chain(&of.pooled).flat_map(|cell| retention::sentences::cell_lines(results, cell)));
        for metric in [Metric::Rate, Metric::Count, Metric::Ltv] {
            let rows = retention::heatmap::rows(of, minimum_size, metric, false);
            texts.extend(rows.into_iter().flat_map(|row| row.cells).map(|cell| cell.text));
        }
        for draw in [retention::charts::curve, retention::charts::ltv] {
            texts.extend(scene::texts(&draw(results, 900.0)));
        }
        for table in [retention::charts::curve_table(results), retention::charts::ltv_table(results)] {
            texts.extend(table.rows.into_iter().flatten());
        }
        assert_traceable(&run, &texts, &allowed);
    }
}

#[test]
fn the_funnel_shows_figures_of_the_files() {
    for run in runs() {
        let results = &run.results;
        let mut allowed = Allowed::default();
        allowed.funnel(&run).level(&run);
        let mut texts = vec![funnel::sentences::answer(results)];
        texts.extend(results.report.funnel.steps.iter().map(funnel::sentences::trend));
        for width in [900.0, 360.0] {
            texts.extend(scene::texts(&funnel::chart(results, width)));
        }
        assert_traceable(&run, &texts, &allowed);
    }
}

#[test]
fn segments_show_figures_of_the_files() {
    for run in runs() {
        let results = &run.results;
        let mut allowed = Allowed::default();
        allowed.segments(&run).concentration(&run);
        let mut texts = vec![segments::sentences::answer(results)];
        texts.extend(segments::sentences::concentration(&results.concentration));
        let confidences = results.report.behavioral.iter().map(|row| (row.confidence, row.meets_confidence_threshold));
        texts.extend(confidences.map(|(confidence, meets)| segments::sentences::confidence(confidence, meets)));
        for draw in [segments::charts::behavioral_bars, segments::charts::revenue_bars, segments::charts::concentration]
        {
            texts.extend(scene::texts(&draw(results, 900.0)));
        }
        assert_traceable(&run, &texts, &allowed);
    }
}

#[test]
fn the_users_table_shows_the_cells_of_its_file() {
    for run in runs() {
        let cells = UserCells::new(&run.table, &run.users);
        let rows = run.table("user_segments.csv");
        for (user, row) in (0..).zip(&rows) {
            for (column, cell) in UserColumn::ALL.into_iter().zip(cells.of_user(user)) {
                if columns::kind(column) == columns::CellKind::Number {
                    let shown = columns::shown(&cell).map(|text| plain(&text)).unwrap_or_default();
                    let expected = &row[column.name()];
                    let is_zero = shown == "0" && expected.parse() == Ok(0.0);
                    assert!(is_zero || shown == *expected, "{}: {shown} instead of {expected}", run.name);
                }
            }
        }
        let whales = rows.iter().filter(|row| row["revenue_segment"] == "whale").count() as u64;
        let mut allowed = Allowed::default();
        allowed.share_of(whales.into(), rows.len() as u128);
        let criteria = [(describe::Criterion::Revenue, "Whale".to_owned())];
        assert_traceable(&run, &[describe::answer(whales, rows.len() as u64, &criteria, "")], &allowed);
    }
}

#[test]
fn data_quality_shows_figures_of_the_files() {
    for run in runs() {
        let mut allowed = Allowed::default();
        allowed.quality(&run);
        let of = &run.results.report.quality;
        let mut texts = vec![quality::answer(of)];
        texts.extend(quality::figures(of).map(|(_, value, _)| value));
        assert_traceable(&run, &texts, &allowed);
    }
}

#[test]
fn the_summary_shows_figures_of_the_files() {
    for run in runs() {
        let mut allowed = Allowed::default();
        allowed.period(&run).windows(&run).pooled_retention(&run).segments(&run).funnel(&run);
        allowed.number(&run.files.len().to_string());
        for row in run.table("behavioral_segment_summary.csv") {
            allowed.rounded(&row, &["payer_rate"], 1).cells(&row, &["segment_confidence"]);
        }
        for row in run.table("revenue_segment_summary.csv") {
            allowed.cells(&row, &["total_revenue", "segment_confidence"]);
        }
        for row in run.table("journey_funnel_analysis.csv") {
            allowed.cells(&row, &["median_time_to_complete_days"]);
        }
        let summary = run.summary();
        // Findings are the engine's sentences, and the elapsed time depends on the machine.
        let shown: Vec<String> =
            summary.lines().take_while(|line| !line.starts_with("Data quality")).map(str::to_owned).collect();
        assert_traceable(&run, &shown, &allowed);
    }
}
