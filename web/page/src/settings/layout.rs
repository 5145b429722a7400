//! How settings are grouped, called and entered in the panel.

/// Settings that belong together.
pub struct Group {
    /// Its heading.
    pub title: &'static str,
    /// Its settings.
    pub fields: &'static [FieldLayout],
}

/// A setting in the panel. What it does and accepts is in the engine's catalogue.
pub struct FieldLayout {
    /// The variable.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// How it is entered.
    pub control: Control,
}

/// How a setting is entered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Control {
    /// A whole number from this one up.
    Whole {
        /// The smallest.
        least: u32,
    },
    /// A number that goes up and down by this much.
    Decimal {
        /// The step, as text.
        step: &'static str,
    },
    /// A number from 0 to 1 with a slider; more can be typed where the setting allows it.
    Slider {
        /// The step, as text.
        step: &'static str,
    },
    /// One of some words; each with what it means.
    Words(&'static [(&'static str, &'static str)]),
    /// A day.
    Date {
        /// Whether it must lie in the period of the data.
        within_data: bool,
    },
    /// Free text.
    Text,
}

const fn field(name: &'static str, label: &'static str, control: Control) -> FieldLayout {
    FieldLayout { name, label, control }
}

const WEIGHT: Control = Control::Slider { step: "0.05" };
const PERCENTILE: Control = Control::Slider { step: "0.01" };

/// Every setting, those first that are changed most.
pub const GROUPS: &[Group] = &[
    Group {
        title: "Dates",
        fields: &[
            field("SEGMENTATION_AS_OF_DATE", "As-of date", Control::Date { within_data: true }),
            field("SEGMENTATION_COHORT_START_DATE", "First cohort", Control::Date { within_data: false }),
        ],
    },
    Group {
        title: "Churn",
        fields: &[field("CHURN_DAYS_THRESHOLD", "Days until churned", Control::Whole { least: 1 })],
    },
    Group {
        title: "Retention",
        fields: &[
            field(
                "RETENTION_DEFINITION",
                "Retained means",
                Control::Words(&[
                    ("classic", "active on day N exactly"),
                    ("rolling", "active on day N or later"),
                    ("bracket", "active after the last window, up to N"),
                ]),
            ),
            field(
                "RETENTION_PERIOD",
                "Windows count",
                Control::Words(&[("day", "days"), ("week", "weeks from Monday"), ("month", "calendar months")]),
            ),
            field("RETENTION_WINDOWS", "Windows", Control::Text),
            field(
                "COHORT_GRANULARITY",
                "Cohort by install",
                Control::Words(&[("day", "day"), ("week", "week from Monday"), ("month", "calendar month")]),
            ),
        ],
    },
    Group {
        title: "Funnel",
        fields: &[
            field("FUNNEL_STAGES", "Stages", Control::Text),
            field(
                "FUNNEL_MODE",
                "A stage counts",
                Control::Words(&[
                    ("closed", "after all before it"),
                    ("ordered", "after all before it, in time order"),
                    ("open", "on its own"),
                ]),
            ),
            field("FUNNEL_WINDOW_DAYS", "Within days of install", Control::Whole { least: 0 }),
        ],
    },
    Group {
        title: "Engagement segments",
        fields: &[
            field("HIGH_ENGAGEMENT_PERCENTILE", "High from percentile", PERCENTILE),
            field("MODERATE_ENGAGEMENT_PERCENTILE", "Moderate from percentile", PERCENTILE),
            field(
                "ENGAGEMENT_PERCENTILE_BASE",
                "Percentiles over",
                Control::Words(&[("active_users", "users who have not churned"), ("all_users", "all users")]),
            ),
        ],
    },
    Group {
        title: "Revenue segments",
        fields: &[
            field("WHALE_REVENUE_PERCENTILE", "Whale from percentile", PERCENTILE),
            field("DOLPHIN_REVENUE_PERCENTILE", "Dolphin from percentile", PERCENTILE),
            field(
                "REVENUE_PERCENTILE_BASE",
                "Percentiles over",
                Control::Words(&[("revenue_users", "users with revenue"), ("all_users", "all users")]),
            ),
        ],
    },
    Group {
        title: "Engagement score",
        fields: &[
            field("ENGAGEMENT_SESSION_FREQUENCY_WEIGHT", "Weight of session frequency", WEIGHT),
            field("ENGAGEMENT_SESSION_DURATION_WEIGHT", "Weight of session duration", WEIGHT),
            field("ENGAGEMENT_EVENT_FREQUENCY_WEIGHT", "Weight of event frequency", WEIGHT),
            field("ENGAGEMENT_RECENCY_WEIGHT", "Weight of recency", WEIGHT),
            field(
                "ENGAGEMENT_NORMALIZATION",
                "Scale of each part",
                Control::Words(&[
                    ("minmax", "smallest to largest value"),
                    ("winsor", "1st to 99th percentile"),
                    ("rank", "rank among all users"),
                ]),
            ),
            field(
                "ENGAGEMENT_BASIS",
                "Sessions and events",
                Control::Words(&[("total", "as sums"), ("per_day", "per day since install")]),
            ),
        ],
    },
    Group {
        title: "Samples and significance",
        fields: &[
            field("SEGMENTATION_MINIMUM_SAMPLE_SIZE", "Smallest sample, users", Control::Whole { least: 1 }),
            field("SEGMENTATION_SIGNIFICANCE_THRESHOLD", "Significance level", Control::Decimal { step: "0.01" }),
        ],
    },
    Group {
        title: "Confidence",
        fields: &[
            field("SEGMENTATION_CONFIDENCE_THRESHOLD", "Confidence to reach", PERCENTILE),
            field("CONFIDENCE_SIZE_WEIGHT", "Weight of segment size", WEIGHT),
            field("CONFIDENCE_COMPLETENESS_WEIGHT", "Weight of completeness", WEIGHT),
            field("CONFIDENCE_VARIANCE_WEIGHT", "Weight of variance", WEIGHT),
        ],
    },
    Group { title: "Run", fields: &[field("RUN_HASH", "Run hash", Control::Text)] },
];

/// What people call a setting.
#[must_use]
pub fn label(name: &str) -> Option<&'static str> {
    fields().find(|field| field.name == name).map(|field| field.label)
}

fn fields() -> impl Iterator<Item = &'static FieldLayout> {
    GROUPS.iter().flat_map(|group| group.fields)
}

#[cfg(test)]
mod tests {
    use strata_core::settings::{SETTINGS, SettingValue, Settings};
    use strata_protocol::SettingText;

    use super::*;
    use crate::settings::check::resolve;

    #[test]
    fn every_setting_is_in_the_panel_once() {
        let mut shown: Vec<&str> = fields().map(|field| field.name).collect();
        let mut known: Vec<&str> = SETTINGS.iter().map(|info| info.name).collect();
        shown.sort_unstable();
        known.sort_unstable();
        assert_eq!(shown, known);
    }

    #[test]
    fn the_words_of_a_setting_are_those_that_the_engine_accepts() {
        for field in fields() {
            let info = strata_core::settings::find_setting(field.name).unwrap();
            let Control::Words(words) = field.control else {
                let default = Settings::default().value(field.name);
                assert!(!matches!(default, SettingValue::Text(_)), "{} has words", field.name);
                continue;
            };
            let allowed = info.allowed.replace(" or ", ", ");
            let allowed: Vec<&str> = allowed.split(", ").collect();
            assert_eq!(words.iter().map(|(word, _)| *word).collect::<Vec<_>>(), allowed, "{}", field.name);
            for (word, _) in words {
                assert!(resolve(&[SettingText { name: field.name.to_owned(), text: (*word).to_owned() }]).is_ok());
            }
        }
    }
}
