use super::*;

fn resolve(entries: &[(&str, &str)]) -> Result<ResolvedSettings, SettingError> {
    let entries = entries.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    ResolvedSettings::resolve(&[SettingLayer { source: SettingSource::Environment, entries }])
}

#[test]
fn the_catalogue_shows_the_defaults_in_force() {
    let settings = Settings::default();
    for info in SETTINGS {
        let shown = settings.value(info.name).to_text();
        match info.name {
            "RETENTION_WINDOWS" => assert!(info.default.starts_with(&shown.unwrap())),
            _ => assert!(
                shown.as_deref() == Some(info.default)
                    || (shown.is_none() && ["none", "latest date"].contains(&info.default)),
                "{}",
                info.name
            ),
        }
    }
}

#[test]
fn every_value_in_force_can_be_given_back() {
    let settings = Settings::default();
    for info in SETTINGS {
        if let Some(text) = settings.value(info.name).to_text() {
            let resolved = resolve(&[(info.name, &text)]).unwrap();
            assert_eq!(resolved.values.value(info.name), settings.value(info.name), "{}", info.name);
            assert_eq!(resolved.source(info.name), SettingSource::Environment);
        }
    }
}

#[test]
fn a_later_layer_beats_an_earlier_one_and_empty_is_unset() {
    let layer = |source, text: &str| SettingLayer {
        source,
        entries: vec![("CHURN_DAYS_THRESHOLD".to_owned(), text.to_owned())],
    };
    let resolved = ResolvedSettings::resolve(&[
        layer(SettingSource::File, "5"),
        layer(SettingSource::Environment, "7"),
        layer(SettingSource::Flag, " "),
    ])
    .unwrap();
    assert_eq!(resolved.values.churn_days_threshold, 7);
    assert_eq!(resolved.source("CHURN_DAYS_THRESHOLD"), SettingSource::Environment);
}

#[test]
fn what_is_not_allowed_names_the_variable_the_value_and_what_is() {
    for (name, text) in [
        ("RUN_HASH", ".."),
        ("RUN_HASH", "a/b"),
        ("SEGMENTATION_MINIMUM_SAMPLE_SIZE", "0"),
        ("SEGMENTATION_MINIMUM_SAMPLE_SIZE", "1.5"),
        ("SEGMENTATION_SIGNIFICANCE_THRESHOLD", "0"),
        ("SEGMENTATION_SIGNIFICANCE_THRESHOLD", "1"),
        ("SEGMENTATION_SIGNIFICANCE_THRESHOLD", "NaN"),
        ("SEGMENTATION_CONFIDENCE_THRESHOLD", "1.01"),
        ("SEGMENTATION_AS_OF_DATE", "2024-02-30"),
        ("SEGMENTATION_AS_OF_DATE", "yesterday"),
        ("ENGAGEMENT_RECENCY_WEIGHT", "-1"),
        ("ENGAGEMENT_RECENCY_WEIGHT", "inf"),
        ("ENGAGEMENT_NORMALIZATION", "zscore"),
        ("HIGH_ENGAGEMENT_PERCENTILE", "70"),
        ("CHURN_DAYS_THRESHOLD", "0"),
        ("RETENTION_WINDOWS", "0,1,7"),
        ("RETENTION_WINDOWS", "1,,7"),
        ("RETENTION_WINDOWS", "1;7"),
        ("FUNNEL_STAGES", "ftue_start,level_x"),
        ("FUNNEL_STAGES", "level_1,level_1"),
        ("FUNNEL_STAGES", "level_01"),
        ("FUNNEL_WINDOW_DAYS", "-1"),
        ("FUNNEL_MODE", "Closed"),
    ] {
        let error = resolve(&[(name, text)]).unwrap_err();
        let message = error.to_string();
        assert!(message.contains(name) && message.contains(text) && message.contains("must be"), "{message}");
    }
}

#[test]
fn percentiles_must_be_ordered_and_weights_not_all_zero() {
    let error = resolve(&[("HIGH_ENGAGEMENT_PERCENTILE", "0.3")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "HIGH_ENGAGEMENT_PERCENTILE is 0.3 and MODERATE_ENGAGEMENT_PERCENTILE is 0.3: HIGH_ENGAGEMENT_PERCENTILE must be greater than MODERATE_ENGAGEMENT_PERCENTILE"
    );
    assert!(resolve(&[("WHALE_REVENUE_PERCENTILE", "0.5")]).is_err());
    let zero = [
        ("CONFIDENCE_SIZE_WEIGHT", "0"),
        ("CONFIDENCE_COMPLETENESS_WEIGHT", "0"),
        ("CONFIDENCE_VARIANCE_WEIGHT", "-0"),
    ];
    assert!(matches!(resolve(&zero), Err(SettingError::AllZero { .. })));
    let huge = [("CONFIDENCE_SIZE_WEIGHT", "1e308"), ("CONFIDENCE_VARIANCE_WEIGHT", "1e308")];
    assert!(matches!(resolve(&huge), Err(SettingError::TooLarge { .. })));
}

#[test]
fn an_unknown_setting_suggests_the_nearest() {
    let error = resolve(&[("CHURN_DAY_THRESHOLD", "5")]).unwrap_err();
    assert_eq!(error.to_string(), "there is no setting `CHURN_DAY_THRESHOLD`: did you mean CHURN_DAYS_THRESHOLD?");
}

#[test]
fn windows_are_sorted_and_distinct_and_depend_on_the_period() {
    assert_eq!(resolve(&[("RETENTION_WINDOWS", "9, 4,2,4")]).unwrap().values.retention_windows(), [2, 4, 9]);
    let weeks = resolve(&[("RETENTION_PERIOD", "week")]).unwrap().values;
    assert_eq!(weeks.retention_windows(), (1..=12).collect::<Vec<_>>());
    assert_eq!(weeks.cohort_period(), Period::Week);
}
