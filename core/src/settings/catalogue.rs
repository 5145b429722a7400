//! The list of settings, in display order.

use super::Settings;
use super::error::SettingError;
use super::kind::{FieldValue, Kind, NotAllowed};
use super::options::{
    EngagementBase, EngagementBasis, FunnelMode, Normalization, Period, RetentionDefinition, RevenueBase,
};
use super::value::SettingValue;
use crate::nearest::nearest_name;

/// A setting: its name, what it does and accepts, and where its value is kept.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The environment variable, and the key in `strata.toml`.
    pub name: &'static str,
    /// The default as people read it: a value, or a phrase such as `none` if [`Setting::is_optional`].
    pub default: &'static str,
    /// Whether the setting has no value until one is given.
    pub is_optional: bool,
    /// What the setting does, in one sentence without a full stop.
    pub help: &'static str,
    /// The values it accepts.
    pub kind: Kind,
    set: fn(&mut Settings, &str, Kind) -> Result<(), NotAllowed>,
    get: fn(&Settings) -> SettingValue,
}

impl Setting {
    /// The command-line flag, without the leading dashes.
    #[must_use]
    pub fn flag(&self) -> String {
        self.name.to_ascii_lowercase().replace('_', "-")
    }

    /// The values allowed, phrased to follow "must be".
    #[must_use]
    pub fn allowed(&self) -> String {
        self.kind.allowed().into_owned()
    }

    /// The value in force; [`SettingValue::Unset`] without one.
    #[must_use]
    pub fn value(&self, settings: &Settings) -> SettingValue {
        (self.get)(settings)
    }

    /// Sets the value from text.
    pub(super) fn set(&self, settings: &mut Settings, text: &str) -> Result<(), SettingError> {
        (self.set)(settings, text, self.kind).map_err(|NotAllowed(reason)| SettingError::NotAllowed {
            name: self.name,
            value: text.to_owned(),
            allowed: self.allowed(),
            reason,
        })
    }
}

/// Finds the setting with exactly this name.
#[must_use]
pub fn find_setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// The setting of this exact name.
///
/// # Errors
/// There is none; the error suggests the most similar name.
pub fn known_setting(name: &str) -> Result<&'static Setting, SettingError> {
    find_setting(name).ok_or_else(|| SettingError::Unknown {
        name: name.to_owned(),
        nearest: nearest_name(name, SETTINGS.iter().map(|setting| setting.name)),
    })
}

/// An entry: the setting's name, field, kind and default, and what it does.
macro_rules! setting {
    ($name:literal, $field:ident: $kind:expr; $default:literal, $help:literal) => {{
        const { assert!($name.eq_ignore_ascii_case(stringify!($field))) };
        Setting {
            name: $name,
            default: $default,
            is_optional: false,
            help: $help,
            kind: $kind,
            set: |settings, text, kind| {
                settings.$field = FieldValue::read(text, kind)?;
                Ok(())
            },
            get: |settings| settings.$field.shown(),
        }
    }};
    ($name:literal, $field:ident: $kind:expr; unset $default:literal, $help:literal) => {
        Setting { is_optional: true, ..setting!($name, $field: $kind; $default, $help) }
    };
}

const RUN_HASH: Kind = Kind::Text {
    allowed: "made of letters, digits, `.`, `_` and `-`, but not `.` or `..`",
    accepts: |text| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        text.chars().all(is_plain) && text != "." && text != ".."
    },
};
const WINDOWS: Kind = Kind::Text { allowed: "whole numbers, 1 or greater, separated by commas", accepts: |_| true };
const STAGES: Kind = Kind::Text {
    allowed: "distinct stages separated by commas: ftue_start, ftue_complete, level_<N>, game_complete, first_purchase",
    accepts: |_| true,
};

/// All settings.
#[rustfmt::skip] // Entries of two lines are read more easily as a table.
pub const SETTINGS: &[Setting] = &[
    setting!("RUN_HASH", run_hash: RUN_HASH; unset "none",
        "The pipeline run whose files under run_logs/ are read and written"),
    setting!("SEGMENTATION_MINIMUM_SAMPLE_SIZE", segmentation_minimum_sample_size: Kind::Whole { least: 1 }; "30",
        "Users required on each side of a test, and in a cohort for it to be listed"),
    setting!("SEGMENTATION_SIGNIFICANCE_THRESHOLD", segmentation_significance_threshold: Kind::OpenFraction; "0.05",
        "Adjusted p-values below this are significant; the level of confidence intervals is 1 minus this"),
    setting!("SEGMENTATION_CONFIDENCE_THRESHOLD", segmentation_confidence_threshold: Kind::Fraction; "0.85",
        "A segment whose confidence is at least this meets the threshold"),
    setting!("SEGMENTATION_AS_OF_DATE", segmentation_as_of_date: Kind::Date { within_data: true }; unset "latest date",
        "The last day of data to use; later rows are set aside"),
    setting!("SEGMENTATION_COHORT_START_DATE", segmentation_cohort_start_date: Kind::Date { within_data: false }; unset "none",
        "Users who installed before this date are left out of retention"),
    setting!("ENGAGEMENT_SESSION_FREQUENCY_WEIGHT", engagement_session_frequency_weight: Kind::Weight; "0.3",
        "Weight of session frequency in the engagement score"),
    setting!("ENGAGEMENT_SESSION_DURATION_WEIGHT", engagement_session_duration_weight: Kind::Weight; "0.25",
        "Weight of session duration in the engagement score"),
    setting!("ENGAGEMENT_EVENT_FREQUENCY_WEIGHT", engagement_event_frequency_weight: Kind::Weight; "0.25",
        "Weight of event frequency in the engagement score"),
    setting!("ENGAGEMENT_RECENCY_WEIGHT", engagement_recency_weight: Kind::Weight; "0.2",
        "Weight of recency in the engagement score"),
    setting!("ENGAGEMENT_NORMALIZATION", engagement_normalization: Kind::Word(Normalization::WORDS); "minmax",
        "How each component of the engagement score is scaled to 0..1"),
    setting!("ENGAGEMENT_BASIS", engagement_basis: Kind::Word(EngagementBasis::WORDS); "total",
        "Whether the engagement score uses total sessions and events or daily averages"),
    setting!("ENGAGEMENT_PERCENTILE_BASE", engagement_percentile_base: Kind::Word(EngagementBase::WORDS); "active_users",
        "The users over whom the engagement percentiles are computed"),
    setting!("HIGH_ENGAGEMENT_PERCENTILE", high_engagement_percentile: Kind::Fraction; "0.7",
        "Users at or above this score percentile are highly engaged"),
    setting!("MODERATE_ENGAGEMENT_PERCENTILE", moderate_engagement_percentile: Kind::Fraction; "0.3",
        "Users at or above this score percentile, and below the high one, are moderately engaged"),
    setting!("WHALE_REVENUE_PERCENTILE", whale_revenue_percentile: Kind::Fraction; "0.95",
        "Users at or above this revenue percentile are whales"),
    setting!("DOLPHIN_REVENUE_PERCENTILE", dolphin_revenue_percentile: Kind::Fraction; "0.8",
        "Users at or above this revenue percentile, and below the whale one, are dolphins"),
    setting!("REVENUE_PERCENTILE_BASE", revenue_percentile_base: Kind::Word(RevenueBase::WORDS); "revenue_users",
        "The users over whom the revenue percentiles are computed"),
    setting!("CHURN_DAYS_THRESHOLD", churn_days_threshold: Kind::Whole { least: 1 }; "14",
        "Users who have been inactive for this many days or more have churned"),
    setting!("RETENTION_PERIOD", retention_period: Kind::Word(Period::WORDS); "day",
        "The unit of the retention windows"),
    Setting {
        get: |settings| settings.retention_windows().shown(),
        ..setting!("RETENTION_WINDOWS", retention_windows: WINDOWS;
            unset "1,3,7,14,30,60; weeks and months 1,2,3,4,5,6,7,8,9,10,11,12",
            "The days (or weeks, or months) after install at which retention is measured")
    },
    setting!("RETENTION_DEFINITION", retention_definition: Kind::Word(RetentionDefinition::WORDS); "classic",
        "Which activity counts as retained in a window"),
    setting!("COHORT_GRANULARITY", cohort_granularity: Kind::Word(Period::WORDS); "day",
        "The install period that defines a cohort"),
    setting!("FUNNEL_STAGES", funnel_stages: STAGES; "ftue_start,ftue_complete,level_1,level_5,level_10,first_purchase",
        "The stages of the funnel, in order"),
    setting!("FUNNEL_MODE", funnel_mode: Kind::Word(FunnelMode::WORDS); "closed",
        "Which users complete a funnel stage"),
    setting!("FUNNEL_WINDOW_DAYS", funnel_window_days: Kind::Whole { least: 0 }; unset "none",
        "Count only completions within this many days of install, among users observed that long"),
    setting!("CONFIDENCE_SIZE_WEIGHT", confidence_size_weight: Kind::Weight; "0.4",
        "Weight of segment size in segment confidence"),
    setting!("CONFIDENCE_COMPLETENESS_WEIGHT", confidence_completeness_weight: Kind::Weight; "0.4",
        "Weight of data completeness in segment confidence"),
    setting!("CONFIDENCE_VARIANCE_WEIGHT", confidence_variance_weight: Kind::Weight; "0.2",
        "Weight of the relative standard error in segment confidence"),
];
