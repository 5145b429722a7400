//! Every setting: its name, its default, the values allowed, and its typed value.
//!
//! Text goes in (from a flag, an environment variable, a file or the page); typed values come out. Nothing here reads
//! the environment: the caller passes what it found, layer by layer.

mod catalogue;
mod error;
mod kind;
mod options;
mod value;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use catalogue::{SETTINGS, Setting, find_setting, known_setting};
pub use error::SettingError;
pub use kind::{Kind, Word};
pub use options::{
    EngagementBase, EngagementBasis, FunnelMode, Normalization, Period, RetentionDefinition, RevenueBase, SettingSource,
};
pub use value::SettingValue;

use crate::value::calendar::Day;
use crate::value::stage::Stage;

/// The weights of the four components of the engagement score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngagementWeights {
    /// Weight of session frequency.
    pub session_frequency: f64,
    /// Weight of session duration.
    pub session_duration: f64,
    /// Weight of event frequency.
    pub event_frequency: f64,
    /// Weight of recency.
    pub recency: f64,
}

/// The weights of the three components of a segment's confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceWeights {
    /// Weight of segment size.
    pub size: f64,
    /// Weight of the completeness of the metric columns.
    pub completeness: f64,
    /// Weight of the relative standard error.
    pub variance: f64,
}

/// Declares the struct and `blank`, an instance without values to which the defaults are applied.
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
        /// `RUN_HASH`: the pipeline run whose files are read and written.
        pub run_hash: Option<String>,
        /// `SEGMENTATION_MINIMUM_SAMPLE_SIZE`: users required on each side of a test, and in a cohort for it to be
        /// listed.
        pub segmentation_minimum_sample_size: u64,
        /// `SEGMENTATION_SIGNIFICANCE_THRESHOLD`: adjusted p-values below this are significant; intervals have level 1
        /// - this.
        pub segmentation_significance_threshold: f64,
        /// `SEGMENTATION_CONFIDENCE_THRESHOLD`: the confidence that a segment must reach, 0..1.
        pub segmentation_confidence_threshold: f64,
        /// `SEGMENTATION_AS_OF_DATE`: the day up to which the data counts; the latest date if not set.
        pub segmentation_as_of_date: Option<Day>,
        /// `SEGMENTATION_COHORT_START_DATE`: retention leaves out users who installed before this date.
        pub segmentation_cohort_start_date: Option<Day>,
        /// `ENGAGEMENT_SESSION_FREQUENCY_WEIGHT`; [`Settings::engagement_weights`] returns all four.
        pub engagement_session_frequency_weight: f64,
        /// `ENGAGEMENT_SESSION_DURATION_WEIGHT`; see [`Settings::engagement_weights`].
        pub engagement_session_duration_weight: f64,
        /// `ENGAGEMENT_EVENT_FREQUENCY_WEIGHT`; see [`Settings::engagement_weights`].
        pub engagement_event_frequency_weight: f64,
        /// `ENGAGEMENT_RECENCY_WEIGHT`; see [`Settings::engagement_weights`].
        pub engagement_recency_weight: f64,
        /// `ENGAGEMENT_NORMALIZATION`: how the components of the engagement score are scaled to 0..1.
        pub engagement_normalization: Normalization,
        /// `ENGAGEMENT_BASIS`: whether the score uses total sessions and events or daily averages.
        pub engagement_basis: EngagementBasis,
        /// `ENGAGEMENT_PERCENTILE_BASE`: the users over whom the engagement percentiles are computed.
        pub engagement_percentile_base: EngagementBase,
        /// `HIGH_ENGAGEMENT_PERCENTILE`, 0..1: users at or above it are highly engaged.
        pub high_engagement_percentile: f64,
        /// `MODERATE_ENGAGEMENT_PERCENTILE`, 0..1: users at or above it, and below the high one, are moderately
        /// engaged.
        pub moderate_engagement_percentile: f64,
        /// `WHALE_REVENUE_PERCENTILE`, 0..1: users at or above it are whales.
        pub whale_revenue_percentile: f64,
        /// `DOLPHIN_REVENUE_PERCENTILE`, 0..1: users at or above it, and below the whale one, are dolphins.
        pub dolphin_revenue_percentile: f64,
        /// `REVENUE_PERCENTILE_BASE`: the users over whom the revenue percentiles are computed.
        pub revenue_percentile_base: RevenueBase,
        /// `CHURN_DAYS_THRESHOLD`: users inactive for at least this many days have churned.
        pub churn_days_threshold: u64,
        /// `RETENTION_PERIOD`: the unit of the retention windows.
        pub retention_period: Period,
        /// `RETENTION_WINDOWS` as given, sorted and without duplicates; [`Settings::retention_windows`] returns those
        /// in force.
        pub retention_windows: Option<Vec<u32>>,
        /// `RETENTION_DEFINITION`: which activity counts as retained in a window.
        pub retention_definition: RetentionDefinition,
        /// `COHORT_GRANULARITY` as given; [`Settings::cohort_period`] returns the one in force.
        pub cohort_granularity: Period,
        /// `FUNNEL_STAGES`: the stages of the funnel, in order.
        pub funnel_stages: Vec<Stage>,
        /// `FUNNEL_MODE`: which users complete a funnel stage.
        pub funnel_mode: FunnelMode,
        /// `FUNNEL_WINDOW_DAYS`: completions count within this many days of install; no limit if not set.
        pub funnel_window_days: Option<u32>,
        /// `CONFIDENCE_SIZE_WEIGHT`; [`Settings::confidence_weights`] returns all three.
        pub confidence_size_weight: f64,
        /// `CONFIDENCE_COMPLETENESS_WEIGHT`; see [`Settings::confidence_weights`].
        pub confidence_completeness_weight: f64,
        /// `CONFIDENCE_VARIANCE_WEIGHT`; see [`Settings::confidence_weights`].
        pub confidence_variance_weight: f64,
    }
}

impl Default for Settings {
    /// The defaults from the catalogue.
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
    /// The value in force of the setting with this name; [`SettingValue::Unset`] if it has no value or does not exist.
    #[must_use]
    pub fn value(&self, name: &str) -> SettingValue {
        find_setting(name).map_or(SettingValue::Unset, |setting| setting.value(self))
    }

    /// The retention windows in force, ascending: those given, or else the defaults for the period.
    #[must_use]
    pub fn retention_windows(&self) -> Vec<u32> {
        match (&self.retention_windows, self.retention_period) {
            (Some(windows), _) => windows.clone(),
            (None, Period::Day) => vec![1, 3, 7, 14, 30, 60],
            (None, Period::Week | Period::Month) => (1..=12).collect(),
        }
    }

    /// The cohort width in force: the one given, or the retention period if that is coarser.
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

/// Settings, and the source of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResolvedSettings {
    /// The typed values.
    pub values: Settings,
    sources: BTreeMap<&'static str, SettingSource>,
}

/// One layer of settings as text, from a file, the environment or the flags.
#[derive(Clone, Debug)]
pub struct SettingLayer {
    /// Where the entries come from.
    pub source: SettingSource,
    /// Names of environment variables, each with its text. An empty text means not set.
    pub entries: Vec<(String, String)>,
}

impl ResolvedSettings {
    /// Applies layers on top of the defaults; a later layer overrides an earlier one.
    ///
    /// # Errors
    /// An unknown name, a text that is not allowed, or settings that contradict each other.
    pub fn resolve(layers: &[SettingLayer]) -> Result<ResolvedSettings, SettingError> {
        let mut texts = BTreeMap::new();
        for layer in layers {
            for (name, text) in &layer.entries {
                let setting = known_setting(name)?;
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

    /// Where the value of the setting with this name came from.
    #[must_use]
    pub fn source(&self, name: &str) -> SettingSource {
        self.sources.get(name).copied().unwrap_or(SettingSource::Default)
    }
}

#[cfg(test)]
mod tests;
