//! The settings panel, and the export of settings as a command and as a file.
//!
//! Texts are checked by the engine's rules ([`check`]); the page does not know what a setting does.

pub mod check;
pub mod command;
pub mod layout;
pub mod toml;

mod changes;
mod editing;
mod field;
mod panel;
mod share;
mod sheet;

pub use panel::{SettingsPanel, TOGGLE_ID, focus_panel};

#[cfg(test)]
pub(crate) mod tests {
    use strata_protocol::SettingText;

    /// Every setting, with a value that is not its default.
    pub fn changed_everywhere() -> Vec<SettingText> {
        [
            ("RUN_HASH", "abc-1"),
            ("SEGMENTATION_MINIMUM_SAMPLE_SIZE", "10"),
            ("SEGMENTATION_SIGNIFICANCE_THRESHOLD", "0.01"),
            ("SEGMENTATION_CONFIDENCE_THRESHOLD", "1"),
            ("SEGMENTATION_AS_OF_DATE", "2025-08-31"),
            ("SEGMENTATION_COHORT_START_DATE", "2025-07-02"),
            ("ENGAGEMENT_SESSION_FREQUENCY_WEIGHT", "0"),
            ("ENGAGEMENT_SESSION_DURATION_WEIGHT", "2"),
            ("ENGAGEMENT_EVENT_FREQUENCY_WEIGHT", "0.125"),
            ("ENGAGEMENT_RECENCY_WEIGHT", "1e-3"),
            ("ENGAGEMENT_NORMALIZATION", "rank"),
            ("ENGAGEMENT_BASIS", "per_day"),
            ("ENGAGEMENT_PERCENTILE_BASE", "all_users"),
            ("HIGH_ENGAGEMENT_PERCENTILE", "0.9"),
            ("MODERATE_ENGAGEMENT_PERCENTILE", "0.5"),
            ("WHALE_REVENUE_PERCENTILE", "0.99"),
            ("DOLPHIN_REVENUE_PERCENTILE", "0.5"),
            ("REVENUE_PERCENTILE_BASE", "all_users"),
            ("CHURN_DAYS_THRESHOLD", "7"),
            ("RETENTION_PERIOD", "week"),
            ("RETENTION_WINDOWS", "1,2,4"),
            ("RETENTION_DEFINITION", "bracket"),
            ("COHORT_GRANULARITY", "month"),
            ("FUNNEL_STAGES", "ftue_start,level_2,game_complete"),
            ("FUNNEL_MODE", "ordered"),
            ("FUNNEL_WINDOW_DAYS", "14"),
            ("CONFIDENCE_SIZE_WEIGHT", "1"),
            ("CONFIDENCE_COMPLETENESS_WEIGHT", "0"),
            ("CONFIDENCE_VARIANCE_WEIGHT", "0.5"),
        ]
        .map(|(name, text)| SettingText { name: name.to_owned(), text: text.to_owned() })
        .into()
    }
}
