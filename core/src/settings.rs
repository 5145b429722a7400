//! Every setting: its name, default, what is allowed, and the typed value.
//!
//! Text goes in (from a flag, an environment variable, a file or the page), typed values come out.
//! Nothing here reads the environment: the caller hands over what it found, layer by layer.

mod catalogue;
mod error;
mod kind;
mod options;
mod value;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use catalogue::{SETTINGS, Setting, find_setting};
pub use error::SettingError;
pub use kind::Kind;
pub use options::{
    EngagementBase, EngagementBasis, FunnelMode, Normalization, Period, RetentionDefinition, RevenueBase,
    SettingSource, Word,
};
pub use value::SettingValue;

use crate::value::calendar::Day;
use crate::value::stage::Stage;

/// The weights of the four parts of the engagement score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngagementWeights {
    /// Session frequency.
    pub session_frequency: f64,
    /// Session duration.
    pub session_duration: f64,
    /// Event frequency.
    pub event_frequency: f64,
    /// Recency.
    pub recency: f64,
}

/// The weights of the three parts of a segment's confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceWeights {
    /// Segment size.
    pub size: f64,
    /// Completeness of the metric columns.
    pub completeness: f64,
    /// Relative standard error.
    pub variance: f64,
}

/// Declares the struct and `blank`, from which the defaults start.
macro_rules! settings {
    ($(#[$attribute:meta])* pub struct Settings { $($(#[$doc:meta])* pub $field:ident: $type:ty,)+ }) => {
        $(#[$attribute])*
        pub struct Settings { $($(#[$doc])* pub $field: $type,)+ }

        impl Settings {
            fn blank() -> Settings {
                Settings { $($field: <$type>::default(),)+ }
            }
        }
    };
}

settings! {
    /// Every setting, typed and checked. A field has the setting's name in snake case.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct Settings {
        /// `RUN_HASH`: the pipeline run.
        pub run_hash: Option<String>,
        /// `SEGMENTATION_MINIMUM_SAMPLE_SIZE`: users on each side of a test, and in a listed cohort.
        pub segmentation_minimum_sample_size: u64,
        /// `SEGMENTATION_SIGNIFICANCE_THRESHOLD`: alpha of tests, 1 - level of intervals.
        pub segmentation_significance_threshold: f64,
        /// `SEGMENTATION_CONFIDENCE_THRESHOLD`: confidence that a segment must reach.
        pub segmentation_confidence_threshold: f64,
        /// `SEGMENTATION_AS_OF_DATE`: the day up to which the data is taken.
        pub segmentation_as_of_date: Option<Day>,
        /// `SEGMENTATION_COHORT_START_DATE`: earlier cohorts take no part in retention.
        pub segmentation_cohort_start_date: Option<Day>,
        /// `ENGAGEMENT_SESSION_FREQUENCY_WEIGHT`; the four together are [`Settings::engagement_weights`].
        pub engagement_session_frequency_weight: f64,
        /// `ENGAGEMENT_SESSION_DURATION_WEIGHT`.
        pub engagement_session_duration_weight: f64,
        /// `ENGAGEMENT_EVENT_FREQUENCY_WEIGHT`.
        pub engagement_event_frequency_weight: f64,
        /// `ENGAGEMENT_RECENCY_WEIGHT`.
        pub engagement_recency_weight: f64,
        /// `ENGAGEMENT_NORMALIZATION`.
        pub engagement_normalization: Normalization,
        /// `ENGAGEMENT_BASIS`.
        pub engagement_basis: EngagementBasis,
        /// `ENGAGEMENT_PERCENTILE_BASE`.
        pub engagement_percentile_base: EngagementBase,
        /// `HIGH_ENGAGEMENT_PERCENTILE`, 0..1.
        pub high_engagement_percentile: f64,
        /// `MODERATE_ENGAGEMENT_PERCENTILE`, 0..1.
        pub moderate_engagement_percentile: f64,
        /// `WHALE_REVENUE_PERCENTILE`, 0..1.
        pub whale_revenue_percentile: f64,
        /// `DOLPHIN_REVENUE_PERCENTILE`, 0..1.
        pub dolphin_revenue_percentile: f64,
        /// `REVENUE_PERCENTILE_BASE`.
        pub revenue_percentile_base: RevenueBase,
        /// `CHURN_DAYS_THRESHOLD`, days.
        pub churn_days_threshold: u64,
        /// `RETENTION_PERIOD`.
        pub retention_period: Period,
        /// `RETENTION_WINDOWS` as given, sorted and distinct; see [`Settings::retention_windows`].
        pub retention_windows: Option<Vec<u32>>,
        /// `RETENTION_DEFINITION`.
        pub retention_definition: RetentionDefinition,
        /// `COHORT_GRANULARITY` as given; see [`Settings::cohort_period`].
        pub cohort_granularity: Period,
        /// `FUNNEL_STAGES`, in order.
        pub funnel_stages: Vec<Stage>,
        /// `FUNNEL_MODE`.
        pub funnel_mode: FunnelMode,
        /// `FUNNEL_WINDOW_DAYS`, days since install.
        pub funnel_window_days: Option<u32>,
        /// `CONFIDENCE_SIZE_WEIGHT`; the three together are [`Settings::confidence_weights`].
        pub confidence_size_weight: f64,
        /// `CONFIDENCE_COMPLETENESS_WEIGHT`.
        pub confidence_completeness_weight: f64,
        /// `CONFIDENCE_VARIANCE_WEIGHT`.
        pub confidence_variance_weight: f64,
    }
}

impl Default for Settings {
    /// The defaults of the catalogue.
    fn default() -> Settings {
        let mut settings = Settings::blank();
        for setting in SETTINGS.iter().filter(|setting| !setting.is_optional) {
            let set = setting.set(&mut settings, setting.default);
            debug_assert_eq!(set, Ok(()), "a default of the catalogue is not allowed");
        }
        settings
    }
}

impl Settings {
    /// The value in force of the setting of this name; [`SettingValue::Unset`] where there is none.
    #[must_use]
    pub fn value(&self, name: &str) -> SettingValue {
        find_setting(name).map_or(SettingValue::Unset, |setting| setting.value(self))
    }

    /// The retention windows in force: as given, else the period's default.
    #[must_use]
    pub fn retention_windows(&self) -> Vec<u32> {
        match (&self.retention_windows, self.retention_period) {
            (Some(windows), _) => windows.clone(),
            (None, Period::Day) => vec![1, 3, 7, 14, 30, 60],
            (None, Period::Week | Period::Month) => (1..=12).collect(),
        }
    }

    /// The width of a cohort in force: at least as coarse as the retention period.
    #[must_use]
    pub fn cohort_period(&self) -> Period {
        self.cohort_granularity.max(self.retention_period)
    }

    /// The weights of the engagement score.
    #[must_use]
    pub fn engagement_weights(&self) -> EngagementWeights {
        EngagementWeights {
            session_frequency: self.engagement_session_frequency_weight,
            session_duration: self.engagement_session_duration_weight,
            event_frequency: self.engagement_event_frequency_weight,
            recency: self.engagement_recency_weight,
        }
    }

    /// The weights of a segment's confidence.
    #[must_use]
    pub fn confidence_weights(&self) -> ConfidenceWeights {
        ConfidenceWeights {
            size: self.confidence_size_weight,
            completeness: self.confidence_completeness_weight,
            variance: self.confidence_variance_weight,
        }
    }
}

/// Settings together with where each came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResolvedSettings {
    /// The typed values.
    pub values: Settings,
    sources: BTreeMap<&'static str, SettingSource>,
}

/// One layer of settings as text: what a file, the environment or the flags say.
#[derive(Clone, Debug)]
pub struct SettingLayer {
    /// Where the texts come from.
    pub source: SettingSource,
    /// Variable name and text. An empty text is unset.
    pub entries: Vec<(String, String)>,
}

impl ResolvedSettings {
    /// Puts layers over the defaults; a later layer beats an earlier one.
    ///
    /// # Errors
    /// An unknown name, a text that is not allowed, or two settings that contradict each other.
    pub fn resolve(layers: &[SettingLayer]) -> Result<ResolvedSettings, SettingError> {
        let mut texts = BTreeMap::new();
        for layer in layers {
            for (name, text) in &layer.entries {
                let setting = find_setting(name).ok_or_else(|| SettingError::unknown(name))?;
                let text = text.trim();
                if !text.is_empty() {
                    texts.insert(setting.name, (setting, layer.source, text));
                }
            }
        }
        let mut resolved = ResolvedSettings::default();
        for (name, (setting, source, text)) in texts {
            setting.set(&mut resolved.values, text)?;
            resolved.sources.insert(name, source);
        }
        error::check_together(&resolved.values)?;
        Ok(resolved)
    }

    /// Where the setting of this name came from.
    #[must_use]
    pub fn source(&self, name: &str) -> SettingSource {
        self.sources.get(name).copied().unwrap_or(SettingSource::Default)
    }
}

#[cfg(test)]
mod tests;
