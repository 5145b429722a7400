//! Groups and labels of the settings in the panel: the only table of settings in the page.
//!
//! The engine's catalogue describes each setting, its allowed values and their meaning.

/// Settings that belong together.
pub struct Group {
    /// Its heading.
    pub title: &'static str,
    /// Its settings: the variable and its label.
    pub fields: &'static [(&'static str, &'static str)],
}

/// Every setting, the most frequently changed ones first.
pub const GROUPS: &[Group] = &[
    Group {
        title: "Dates",
        fields: &[("SEGMENTATION_AS_OF_DATE", "As-of date"), ("SEGMENTATION_COHORT_START_DATE", "First cohort")],
    },
    Group { title: "Churn", fields: &[("CHURN_DAYS_THRESHOLD", "Days until churned")] },
    Group {
        title: "Retention",
        fields: &[
            ("RETENTION_DEFINITION", "Retention definition"),
            ("RETENTION_PERIOD", "Window unit"),
            ("RETENTION_WINDOWS", "Windows"),
            ("COHORT_GRANULARITY", "Cohort width"),
        ],
    },
    Group {
        title: "Funnel",
        fields: &[
            ("FUNNEL_STAGES", "Stages"),
            ("FUNNEL_MODE", "Funnel mode"),
            ("FUNNEL_WINDOW_DAYS", "Window (days after install)"),
        ],
    },
    Group {
        title: "Engagement segments",
        fields: &[
            ("HIGH_ENGAGEMENT_PERCENTILE", "High from percentile"),
            ("MODERATE_ENGAGEMENT_PERCENTILE", "Moderate from percentile"),
            ("ENGAGEMENT_PERCENTILE_BASE", "Percentiles among"),
        ],
    },
    Group {
        title: "Revenue segments",
        fields: &[
            ("WHALE_REVENUE_PERCENTILE", "Whale from percentile"),
            ("DOLPHIN_REVENUE_PERCENTILE", "Dolphin from percentile"),
            ("REVENUE_PERCENTILE_BASE", "Percentiles among"),
        ],
    },
    Group {
        title: "Engagement score",
        fields: &[
            ("ENGAGEMENT_SESSION_FREQUENCY_WEIGHT", "Session frequency weight"),
            ("ENGAGEMENT_SESSION_DURATION_WEIGHT", "Session duration weight"),
            ("ENGAGEMENT_EVENT_FREQUENCY_WEIGHT", "Event frequency weight"),
            ("ENGAGEMENT_RECENCY_WEIGHT", "Recency weight"),
            ("ENGAGEMENT_NORMALIZATION", "Scaling"),
            ("ENGAGEMENT_BASIS", "Basis for sessions and events"),
        ],
    },
    Group {
        title: "Samples and significance",
        fields: &[
            ("SEGMENTATION_MINIMUM_SAMPLE_SIZE", "Minimum sample size (users)"),
            ("SEGMENTATION_SIGNIFICANCE_THRESHOLD", "Significance level"),
        ],
    },
    Group {
        title: "Confidence",
        fields: &[
            ("SEGMENTATION_CONFIDENCE_THRESHOLD", "Confidence threshold"),
            ("CONFIDENCE_SIZE_WEIGHT", "Segment size weight"),
            ("CONFIDENCE_COMPLETENESS_WEIGHT", "Completeness weight"),
            ("CONFIDENCE_VARIANCE_WEIGHT", "Variance weight"),
        ],
    },
    Group { title: "Run", fields: &[("RUN_HASH", "Run hash")] },
];

/// Returns the label of a setting.
#[must_use]
pub fn label(name: &str) -> Option<&'static str> {
    fields().find(|(known, _)| *known == name).map(|(_, label)| *label)
}

fn fields() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    GROUPS.iter().flat_map(|group| group.fields)
}

#[cfg(test)]
mod tests {
    use strata_core::settings::{Kind, SETTINGS, SettingValue, Settings};
    use strata_protocol::SettingText;

    use super::*;
    use crate::settings::check::resolve;

    #[test]
    fn every_setting_is_in_the_panel_once() {
        let mut shown: Vec<&str> = fields().map(|(name, _)| *name).collect();
        let mut known: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
        shown.sort_unstable();
        known.sort_unstable();
        assert_eq!(shown, known);
    }

    #[test]
    fn the_words_of_a_setting_are_those_that_the_engine_accepts() {
        for setting in SETTINGS {
            let Kind::Word(words) = setting.kind else {
                let default = setting.value(&Settings::default());
                assert!(!matches!(default, SettingValue::Text(_)), "{} has words", setting.name);
                continue;
            };
            let allowed = setting.allowed().replace(" or ", ", ");
            let allowed: Vec<&str> = allowed.split(", ").collect();
            assert_eq!(words.iter().map(|word| word.word).collect::<Vec<_>>(), allowed, "{}", setting.name);
            for word in words {
                let text = SettingText { name: setting.name.to_owned(), text: word.word.to_owned() };
                assert!(resolve(&[text]).is_ok());
            }
        }
    }
}
