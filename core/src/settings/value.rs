//! From typed settings back to text and JSON.

use serde::Serialize;

use super::{
    EngagementBase, EngagementBasis, FunnelMode, Normalization, Period, RetentionDefinition, RevenueBase, Settings,
};

/// A setting's value, typed for JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// Not set.
    Unset,
    /// A whole number.
    Integer(u64),
    /// A number.
    Number(f64),
    /// A word, a date or a run hash.
    Text(String),
    /// Retention windows.
    Integers(Vec<u32>),
    /// Funnel stages.
    Texts(Vec<String>),
}

impl SettingValue {
    /// The value as it could be typed, `None` where it is not set.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        Some(match self {
            SettingValue::Unset => return None,
            SettingValue::Integer(value) => value.to_string(),
            SettingValue::Number(value) => value.to_string(),
            SettingValue::Text(value) => value.clone(),
            SettingValue::Integers(values) => values.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
            SettingValue::Texts(values) => values.join(","),
        })
    }
}

macro_rules! words {
    ($($type:ident { $($word:literal => $variant:ident),+ $(,)? })+) => {$(
        impl $type {
            /// Each word and what it means.
            pub const WORDS: &'static [(&'static str, $type)] = &[$(($word, $type::$variant)),+];

            /// The word for this value.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }
        }
    )+};
}

words! {
    Normalization { "minmax" => MinMax, "winsor" => Winsor, "rank" => Rank }
    EngagementBasis { "total" => Total, "per_day" => PerDay }
    EngagementBase { "active_users" => ActiveUsers, "all_users" => AllUsers }
    RevenueBase { "revenue_users" => RevenueUsers, "all_users" => AllUsers }
    RetentionDefinition { "classic" => Classic, "rolling" => Rolling, "bracket" => Bracket }
    Period { "day" => Day, "week" => Week, "month" => Month }
    FunnelMode { "closed" => Closed, "ordered" => Ordered, "open" => Open }
}

impl Settings {
    /// The value in force of the setting of this name; [`SettingValue::Unset`] where there is none.
    #[must_use]
    pub fn value(&self, name: &str) -> SettingValue {
        use SettingValue::{Integer, Integers, Number, Text, Texts, Unset};
        let word = |word: &str| Text(word.to_owned());
        let date = |day: Option<crate::value::calendar::Day>| day.map_or(Unset, |day| Text(day.to_string()));
        match name {
            "RUN_HASH" => self.run_hash.clone().map_or(Unset, Text),
            "SEGMENTATION_MINIMUM_SAMPLE_SIZE" => Integer(self.segmentation_minimum_sample_size),
            "SEGMENTATION_SIGNIFICANCE_THRESHOLD" => Number(self.segmentation_significance_threshold),
            "SEGMENTATION_CONFIDENCE_THRESHOLD" => Number(self.segmentation_confidence_threshold),
            "SEGMENTATION_AS_OF_DATE" => date(self.segmentation_as_of_date),
            "SEGMENTATION_COHORT_START_DATE" => date(self.segmentation_cohort_start_date),
            "ENGAGEMENT_SESSION_FREQUENCY_WEIGHT" => Number(self.engagement_session_frequency_weight),
            "ENGAGEMENT_SESSION_DURATION_WEIGHT" => Number(self.engagement_session_duration_weight),
            "ENGAGEMENT_EVENT_FREQUENCY_WEIGHT" => Number(self.engagement_event_frequency_weight),
            "ENGAGEMENT_RECENCY_WEIGHT" => Number(self.engagement_recency_weight),
            "ENGAGEMENT_NORMALIZATION" => word(self.engagement_normalization.as_str()),
            "ENGAGEMENT_BASIS" => word(self.engagement_basis.as_str()),
            "ENGAGEMENT_PERCENTILE_BASE" => word(self.engagement_percentile_base.as_str()),
            "HIGH_ENGAGEMENT_PERCENTILE" => Number(self.high_engagement_percentile),
            "MODERATE_ENGAGEMENT_PERCENTILE" => Number(self.moderate_engagement_percentile),
            "WHALE_REVENUE_PERCENTILE" => Number(self.whale_revenue_percentile),
            "DOLPHIN_REVENUE_PERCENTILE" => Number(self.dolphin_revenue_percentile),
            "REVENUE_PERCENTILE_BASE" => word(self.revenue_percentile_base.as_str()),
            "CHURN_DAYS_THRESHOLD" => Integer(self.churn_days_threshold),
            "RETENTION_PERIOD" => word(self.retention_period.as_str()),
            "RETENTION_WINDOWS" => Integers(self.retention_windows()),
            "RETENTION_DEFINITION" => word(self.retention_definition.as_str()),
            "COHORT_GRANULARITY" => word(self.cohort_granularity.as_str()),
            "FUNNEL_STAGES" => Texts(self.funnel_stages.iter().map(ToString::to_string).collect()),
            "FUNNEL_MODE" => word(self.funnel_mode.as_str()),
            "FUNNEL_WINDOW_DAYS" => self.funnel_window_days.map_or(Unset, |days| Integer(days.into())),
            "CONFIDENCE_SIZE_WEIGHT" => Number(self.confidence_size_weight),
            "CONFIDENCE_COMPLETENESS_WEIGHT" => Number(self.confidence_completeness_weight),
            "CONFIDENCE_VARIANCE_WEIGHT" => Number(self.confidence_variance_weight),
            _ => Unset,
        }
    }
}
