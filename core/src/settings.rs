//! Every setting: its name, default, what is allowed, and the typed value.
//!
//! Text goes in (from a flag, an environment variable, a file or the page), typed values come out.
//! Nothing here reads the environment: the caller hands over what it found, layer by layer.

mod catalogue;
mod parse;
mod value;

use std::collections::BTreeMap;

use serde::Serialize;

pub use catalogue::{SETTINGS, SettingInfo, find_setting};
pub use parse::SettingError;
pub use value::SettingValue;

use crate::value::calendar::Day;
use crate::value::stage::Stage;

/// Where a setting's value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SettingSource {
    /// Nobody set it.
    Default,
    /// A settings file (`strata.toml`).
    File,
    /// An environment variable.
    Environment,
    /// A command line flag.
    Flag,
    /// The page's settings panel.
    Page,
}

impl SettingSource {
    /// The word used in outputs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SettingSource::Default => "default",
            SettingSource::File => "file",
            SettingSource::Environment => "environment",
            SettingSource::Flag => "flag",
            SettingSource::Page => "page",
        }
    }
}

/// How the engagement inputs are brought to 0..1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    /// `(x - min) / (max - min)`.
    MinMax,
    /// The same after clamping to the 1st..99th percentile.
    Winsor,
    /// `(average rank - 1) / (n - 1)`.
    Rank,
}

impl Normalization {
    /// Every normalisation.
    pub const ALL: [Normalization; 3] = [Normalization::MinMax, Normalization::Winsor, Normalization::Rank];
}

/// Whether sessions and events are taken as sums or per observed day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngagementBasis {
    /// Sums over the user's life.
    Total,
    /// Divided by the days the user was observed.
    PerDay,
}

impl EngagementBasis {
    /// Every basis.
    pub const ALL: [EngagementBasis; 2] = [EngagementBasis::Total, EngagementBasis::PerDay];
}

/// The users over whom the engagement quantiles are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngagementBase {
    /// Users who have not churned.
    ActiveUsers,
    /// Everybody.
    AllUsers,
}

/// The users over whom the revenue quantiles are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevenueBase {
    /// Users with revenue above zero.
    RevenueUsers,
    /// Everybody.
    AllUsers,
}

/// What counts as retained on day N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionDefinition {
    /// Active on day N exactly.
    Classic,
    /// Active on day N or later.
    Rolling,
    /// Active on any day after the previous window up to N.
    Bracket,
}

/// A calendar period: the unit of a retention window or the width of a cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// One day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
}

/// Which users complete a funnel stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunnelMode {
    /// Those who completed it and every stage before.
    Closed,
    /// The same, in time order.
    Ordered,
    /// Those who completed this one.
    Open,
}

/// The weights of the four parts of the engagement score.
#[derive(Clone, Copy, Debug, PartialEq)]
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConfidenceWeights {
    /// Segment size.
    pub size: f64,
    /// Completeness of the metric columns.
    pub completeness: f64,
    /// Relative standard error.
    pub variance: f64,
}

/// Every setting, typed and checked.
#[derive(Clone, Debug, PartialEq)]
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

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            run_hash: None,
            segmentation_minimum_sample_size: 30,
            segmentation_significance_threshold: 0.05,
            segmentation_confidence_threshold: 0.85,
            segmentation_as_of_date: None,
            segmentation_cohort_start_date: None,
            engagement_session_frequency_weight: 0.3,
            engagement_session_duration_weight: 0.25,
            engagement_event_frequency_weight: 0.25,
            engagement_recency_weight: 0.2,
            engagement_normalization: Normalization::MinMax,
            engagement_basis: EngagementBasis::Total,
            engagement_percentile_base: EngagementBase::ActiveUsers,
            high_engagement_percentile: 0.7,
            moderate_engagement_percentile: 0.3,
            whale_revenue_percentile: 0.95,
            dolphin_revenue_percentile: 0.8,
            revenue_percentile_base: RevenueBase::RevenueUsers,
            churn_days_threshold: 14,
            retention_period: Period::Day,
            retention_windows: None,
            retention_definition: RetentionDefinition::Classic,
            cohort_granularity: Period::Day,
            funnel_stages: vec![
                Stage::FtueStart,
                Stage::FtueComplete,
                Stage::Level(1),
                Stage::Level(5),
                Stage::Level(10),
                Stage::FirstPurchase,
            ],
            funnel_mode: FunnelMode::Closed,
            funnel_window_days: None,
            confidence_size_weight: 0.4,
            confidence_completeness_weight: 0.4,
            confidence_variance_weight: 0.2,
        }
    }
}

impl Settings {
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
        let mut texts: BTreeMap<&'static str, (SettingSource, &str)> = BTreeMap::new();
        for layer in layers {
            for (name, text) in &layer.entries {
                let info = find_setting(name).ok_or_else(|| parse::unknown_setting(name))?;
                let text = text.trim();
                if !text.is_empty() {
                    texts.insert(info.name, (layer.source, text));
                }
            }
        }
        let mut resolved = ResolvedSettings::default();
        for (name, (source, text)) in texts {
            parse::set(&mut resolved.values, name, text)?;
            resolved.sources.insert(name, source);
        }
        parse::check_together(&resolved.values)?;
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
