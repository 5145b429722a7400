//! JSON files.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use crate::report::{Report, Thresholds};
use crate::settings::{SETTINGS, Settings};

use super::bundle::OutputBundle;
use super::csv::table::{Value, printed_p_value};
use super::csv::tables;
use crate::value::fixed::Fixed;

/// Writes a document, indented by two spaces and ending in a line feed.
pub(super) fn write(document: &Json, out: &mut dyn Write) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(document)?;
    text.push(b'\n');
    out.write_all(&text)
}

fn fixed(number: Option<Fixed>) -> Json {
    Value::from(number).to_json()
}

/// The document `data_quality.json`: the score, the counts behind it, and the findings.
#[must_use]
pub fn data_quality(report: &Report) -> Json {
    let quality = &report.quality;
    json!({
        "data_quality_score": fixed(Some(quality.data_quality_score)),
        "data_completeness": fixed(Some(quality.data_completeness)),
        "findings": quality.findings,
    })
}

/// The document `segment_definitions.json`.
#[must_use]
pub fn segment_definitions(bundle: &OutputBundle<'_>) -> Json {
    let report = bundle.report;
    let settings = &bundle.settings.values;
    let mut of_settings = Map::new();
    for setting in SETTINGS {
        let value = json!({
            "value": setting.value(settings),
            "source": bundle.settings.source(setting.name).as_str(),
        });
        of_settings.insert(setting.name.to_owned(), value);
    }
    let inputs: Vec<Json> = bundle
        .run
        .inputs
        .iter()
        .map(|input| json!({ "name": input.name, "bytes": input.byte_count, "blake3": input.blake3 }))
        .collect();
    json!({
        "version": bundle.run.version,
        "run_hash": settings.run_hash,
        "generated_at": bundle.run.generated_at,
        "analysis_period": report.period,
        "statistical_framework": statistical_framework(settings),
        "segment_definitions": {
            "install_cohorts": {
                "description": "Users who were installed in the same period",
                "criteria": format!(
                    "cohort_date in the same {}, at least {} users to be listed",
                    settings.cohort_period().as_str(),
                    settings.segmentation_minimum_sample_size,
                ),
            },
            "behavioral_segments": thresholds(
                "How much users do, and whether they still come",
                &behavioral_criteria(settings),
                ["high_engagement", "moderate_engagement"],
                report.engagement_thresholds,
            ),
            "revenue_segments": thresholds(
                "How much users spend",
                &revenue_criteria(settings),
                ["whale", "dolphin"],
                report.revenue_thresholds,
            ),
        },
        "settings": of_settings,
        "inputs": inputs,
        "data_quality": data_quality(report),
    })
}

fn statistical_framework(settings: &Settings) -> Json {
    json!({
        "intervals": format!("Wilson score, level 1 - {}", settings.segmentation_significance_threshold),
        "proportions": "Pearson's chi-squared test without correction; Fisher's exact test where an expected count is below 5",
        "scores": "Mann-Whitney U test, normal approximation with tie and continuity correction",
        "multiple_tests": "Benjamini-Hochberg, per family of tests",
        "significance": format!("adjusted p-value below {}", settings.segmentation_significance_threshold),
        "minimum_sample_size": settings.segmentation_minimum_sample_size,
        "quantiles": "linear interpolation (type 7)",
    })
}

fn behavioral_criteria(settings: &Settings) -> String {
    format!(
        "churned: {} days or more without activity; else by engagement score: high from percentile {}, moderate from percentile {}, low below; percentiles over {}",
        settings.churn_days_threshold,
        settings.high_engagement_percentile,
        settings.moderate_engagement_percentile,
        settings.engagement_percentile_base.as_str(),
    )
}

fn revenue_criteria(settings: &Settings) -> String {
    format!(
        "free_user: no revenue; else by total revenue: whale from percentile {}, dolphin from percentile {}, minnow below; percentiles over {}",
        settings.whale_revenue_percentile,
        settings.dolphin_revenue_percentile,
        settings.revenue_percentile_base.as_str(),
    )
}

fn thresholds(description: &str, criteria: &str, names: [&str; 2], thresholds: Thresholds) -> Json {
    json!({
        "description": description,
        "criteria": criteria,
        names[0]: { "threshold": thresholds.upper },
        names[1]: { "threshold": thresholds.middle },
    })
}

/// The document `segment_analysis_report.json`.
#[must_use]
pub fn segment_analysis_report(bundle: &OutputBundle<'_>) -> Json {
    let report = bundle.report;
    let counts = report
        .behavioral
        .iter()
        .map(|segment| segment.user_count)
        .chain(report.revenue.iter().map(|segment| segment.user_count));
    let tests = report.tests;
    let significance_rate = Fixed::from_f64(tests.significant as f64 / tests.done as f64, 4);
    let matrix = &report.matrix;
    json!({
        "version": bundle.run.version,
        "run_hash": bundle.settings.values.run_hash,
        "generated_at": bundle.run.generated_at,
        "summary": {
            "total_users": report.period.total_users,
            "total_rows": report.period.total_rows,
            "total_segments_created": counts.filter(|&count| count > 0).count(),
            "data_quality_score": fixed(Some(report.quality.data_quality_score)),
            "data_completeness": fixed(Some(report.quality.data_completeness)),
            "number_of_tests": tests.done,
            "statistical_significance_rate": fixed(significance_rate),
        },
        "segment_performance": {
            "behavioral_segments": performance(report.behavioral.iter().map(|segment| {
                (segment.segment.as_str(), segment.user_count, segment.percentage_of_total, segment.revenue_share)
            })),
            "revenue_segments": performance(report.revenue.iter().map(|segment| {
                (segment.segment.as_str(), segment.user_count, segment.percentage_of_total, segment.revenue_share)
            })),
            "segment_matrix": {
                "chi_squared": matrix.chi_squared,
                "degrees_of_freedom": matrix.degrees_of_freedom,
                "p_value": matrix.p_value.map(printed_p_value),
                "cramers_v": fixed(matrix.cramers_v),
            },
        },
        "retention": tables::pooled_retention(report).to_json_objects(),
        "funnel": {
            "stages": tables::journey_funnel_analysis(report).to_json_objects(),
            "users_still_open": report.funnel.users_still_open,
        },
        "warnings": warnings(report),
    })
}

fn performance<'a>(segments: impl Iterator<Item = (&'a str, u64, Option<Fixed>, Option<Fixed>)>) -> Json {
    let mut performance = Map::new();
    for (segment, count, percentage, revenue_share) in segments {
        let figures = json!({
            "count": count,
            "percentage": fixed(percentage),
            "revenue_share": fixed(revenue_share),
        });
        performance.insert(segment.to_owned(), figures);
    }
    Json::Object(performance)
}

/// What a reader of the results should know, one sentence each.
#[must_use]
pub fn warnings(report: &Report) -> Vec<String> {
    let mut warnings: Vec<String> = report
        .quality
        .findings
        .iter()
        .filter(|finding| finding.count > 0)
        .map(|finding| format!("{}: {}", finding.code.as_str(), finding.code.sentence(finding.count)))
        .collect();
    let small = report.retention.small_cohort_count;
    if small > 0 {
        warnings
            .push(format!("{small} cohorts are below the minimum sample size: they are in retention_detail.csv only"));
    }
    warnings
}
