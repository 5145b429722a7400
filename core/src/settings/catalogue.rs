//! The list of settings, in the order in which they are shown.

/// What a setting is called, means and accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingInfo {
    /// The environment variable, and the key in `strata.toml`.
    pub name: &'static str,
    /// The default, as text.
    pub default: &'static str,
    /// What is allowed, in words that follow "must be".
    pub allowed: &'static str,
    /// What it does, in one sentence.
    pub help: &'static str,
}

impl SettingInfo {
    /// The command line flag, without the leading dashes.
    #[must_use]
    pub fn flag(&self) -> String {
        self.name.to_ascii_lowercase().replace('_', "-")
    }
}

/// The setting of this exact name.
#[must_use]
pub fn find_setting(name: &str) -> Option<&'static SettingInfo> {
    SETTINGS.iter().find(|info| info.name == name)
}

const WEIGHT: &str = "a finite number >= 0, not all of the group 0";
const PERCENTILE: &str = "a number from 0 to 1";

/// Every setting.
pub const SETTINGS: &[SettingInfo] = &[
    SettingInfo {
        name: "RUN_HASH",
        default: "none",
        allowed: "letters, digits, dot, underscore and dash, and not `.` or `..`",
        help: "The pipeline run: where its files are read and written under run_logs/",
    },
    SettingInfo {
        name: "SEGMENTATION_MINIMUM_SAMPLE_SIZE",
        default: "30",
        allowed: "a whole number >= 1",
        help: "Users needed on both sides of a test, and in a cohort to be listed",
    },
    SettingInfo {
        name: "SEGMENTATION_SIGNIFICANCE_THRESHOLD",
        default: "0.05",
        allowed: "a number between 0 and 1, neither of them",
        help: "Adjusted p-values below it are significant; intervals have the level 1 minus it",
    },
    SettingInfo {
        name: "SEGMENTATION_CONFIDENCE_THRESHOLD",
        default: "0.85",
        allowed: "a number from 0 to 1",
        help: "The confidence from which a segment meets the threshold",
    },
    SettingInfo {
        name: "SEGMENTATION_AS_OF_DATE",
        default: "latest date",
        allowed: "a date as YYYY-MM-DD, not after the latest date of the data",
        help: "The day up to which the data is taken; later rows are set aside",
    },
    SettingInfo {
        name: "SEGMENTATION_COHORT_START_DATE",
        default: "none",
        allowed: "a date as YYYY-MM-DD",
        help: "Users installed before it take no part in retention",
    },
    SettingInfo {
        name: "ENGAGEMENT_SESSION_FREQUENCY_WEIGHT",
        default: "0.3",
        allowed: WEIGHT,
        help: "Weight of session frequency in the engagement score",
    },
    SettingInfo {
        name: "ENGAGEMENT_SESSION_DURATION_WEIGHT",
        default: "0.25",
        allowed: WEIGHT,
        help: "Weight of session duration in the engagement score",
    },
    SettingInfo {
        name: "ENGAGEMENT_EVENT_FREQUENCY_WEIGHT",
        default: "0.25",
        allowed: WEIGHT,
        help: "Weight of event frequency in the engagement score",
    },
    SettingInfo {
        name: "ENGAGEMENT_RECENCY_WEIGHT",
        default: "0.2",
        allowed: WEIGHT,
        help: "Weight of recency in the engagement score",
    },
    SettingInfo {
        name: "ENGAGEMENT_NORMALIZATION",
        default: "minmax",
        allowed: "minmax, winsor or rank",
        help: "How each part of the engagement score is brought to 0..1",
    },
    SettingInfo {
        name: "ENGAGEMENT_BASIS",
        default: "total",
        allowed: "total or per_day",
        help: "Sessions and events as sums, or per day since install",
    },
    SettingInfo {
        name: "ENGAGEMENT_PERCENTILE_BASE",
        default: "active_users",
        allowed: "active_users or all_users",
        help: "The users over whom the engagement percentiles are taken",
    },
    SettingInfo {
        name: "HIGH_ENGAGEMENT_PERCENTILE",
        default: "0.7",
        allowed: PERCENTILE,
        help: "The score percentile from which a user is highly engaged",
    },
    SettingInfo {
        name: "MODERATE_ENGAGEMENT_PERCENTILE",
        default: "0.3",
        allowed: PERCENTILE,
        help: "The score percentile from which a user is moderately engaged",
    },
    SettingInfo {
        name: "WHALE_REVENUE_PERCENTILE",
        default: "0.95",
        allowed: PERCENTILE,
        help: "The revenue percentile from which a user is a whale",
    },
    SettingInfo {
        name: "DOLPHIN_REVENUE_PERCENTILE",
        default: "0.8",
        allowed: PERCENTILE,
        help: "The revenue percentile from which a user is a dolphin",
    },
    SettingInfo {
        name: "REVENUE_PERCENTILE_BASE",
        default: "revenue_users",
        allowed: "revenue_users or all_users",
        help: "The users over whom the revenue percentiles are taken",
    },
    SettingInfo {
        name: "CHURN_DAYS_THRESHOLD",
        default: "14",
        allowed: "a whole number >= 1",
        help: "Days without activity from which a user is churned",
    },
    SettingInfo {
        name: "RETENTION_PERIOD",
        default: "day",
        allowed: "day, week or month",
        help: "The unit of the retention windows",
    },
    SettingInfo {
        name: "RETENTION_WINDOWS",
        default: "1,3,7,14,30,60; weeks and months 1,2,3,4,5,6,7,8,9,10,11,12",
        allowed: "whole numbers >= 1, separated by commas",
        help: "The days (weeks, months) after install at which retention is measured",
    },
    SettingInfo {
        name: "RETENTION_DEFINITION",
        default: "classic",
        allowed: "classic, rolling or bracket",
        help: "Retained: on day N, on day N or later, or after the previous window up to N",
    },
    SettingInfo {
        name: "COHORT_GRANULARITY",
        default: "day",
        allowed: "day, week or month",
        help: "The install period that makes a cohort",
    },
    SettingInfo {
        name: "FUNNEL_STAGES",
        default: "ftue_start,ftue_complete,level_1,level_5,level_10,first_purchase",
        allowed: "distinct stages separated by commas: ftue_start, ftue_complete, level_<N>, game_complete, first_purchase",
        help: "The stages of the funnel, in order",
    },
    SettingInfo {
        name: "FUNNEL_MODE",
        default: "closed",
        allowed: "closed, ordered or open",
        help: "A stage counts after all before it, after all before it in time order, or on its own",
    },
    SettingInfo {
        name: "FUNNEL_WINDOW_DAYS",
        default: "none",
        allowed: "a whole number of days >= 0",
        help: "Only completions within so many days of install, among users observed that long",
    },
    SettingInfo {
        name: "CONFIDENCE_SIZE_WEIGHT",
        default: "0.4",
        allowed: WEIGHT,
        help: "Weight of segment size in the segment confidence",
    },
    SettingInfo {
        name: "CONFIDENCE_COMPLETENESS_WEIGHT",
        default: "0.4",
        allowed: WEIGHT,
        help: "Weight of data completeness in the segment confidence",
    },
    SettingInfo {
        name: "CONFIDENCE_VARIANCE_WEIGHT",
        default: "0.2",
        allowed: WEIGHT,
        help: "Weight of the relative standard error in the segment confidence",
    },
];
