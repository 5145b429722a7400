//! From text to typed settings.

use std::str::FromStr;

use thiserror::Error;

use super::{
    EngagementBase, EngagementBasis, FunnelMode, Normalization, Period, RetentionDefinition, RevenueBase, SETTINGS,
    Settings, find_setting,
};
use crate::nearest::nearest_name;
use crate::value::calendar::Day;
use crate::value::stage::Stage;

/// A setting that cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SettingError {
    /// The value is not one that the setting accepts.
    #[error("{name} is `{value}`{}: it must be {allowed}", detail(.reason.as_deref()))]
    NotAllowed {
        /// The variable.
        name: &'static str,
        /// The text that was given.
        value: String,
        /// What is allowed.
        allowed: String,
        /// The part that is wrong, where the value has several.
        reason: Option<String>,
    },
    /// Two settings contradict each other.
    #[error("{name} is {value} and {other} is {other_value}: {name} must be above {other}")]
    NotAbove {
        /// The variable that must be the larger one.
        name: &'static str,
        /// Its value.
        value: String,
        /// The variable that must be the smaller one.
        other: &'static str,
        /// Its value.
        other_value: String,
    },
    /// A group of weights that adds up to nothing.
    #[error("{} are all 0: at least one of them must be above 0", names.join(", "))]
    AllZero {
        /// The variables of the group.
        names: Vec<&'static str>,
    },
    /// A group of weights too large to be added up.
    #[error("{} add up to more than a number can hold: only their ratios matter, so make them smaller", names.join(", "))]
    TooLarge {
        /// The variables of the group.
        names: Vec<&'static str>,
    },
    /// No setting has this name.
    #[error("there is no setting `{name}`{}", nearest.map(|n| format!(": did you mean {n}?")).unwrap_or_default())]
    Unknown {
        /// The name that was given.
        name: String,
        /// The setting whose name is nearest.
        nearest: Option<&'static str>,
    },
}

fn detail(reason: Option<&str>) -> String {
    reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
}

pub(super) fn unknown_setting(name: &str) -> SettingError {
    let names = SETTINGS.iter().map(|info| info.name);
    SettingError::Unknown { name: name.to_owned(), nearest: nearest_name(name, names) }
}

/// Sets the one setting of this name from its text.
pub(super) fn set(settings: &mut Settings, name: &'static str, text: &str) -> Result<(), SettingError> {
    let field = Field { name, text };
    match name {
        "RUN_HASH" => settings.run_hash = Some(field.run_hash()?),
        "SEGMENTATION_MINIMUM_SAMPLE_SIZE" => settings.segmentation_minimum_sample_size = field.whole_number(1)?,
        "SEGMENTATION_SIGNIFICANCE_THRESHOLD" => {
            settings.segmentation_significance_threshold = field.number(|x| x > 0.0 && x < 1.0)?;
        }
        "SEGMENTATION_CONFIDENCE_THRESHOLD" => settings.segmentation_confidence_threshold = field.fraction()?,
        "SEGMENTATION_AS_OF_DATE" => settings.segmentation_as_of_date = Some(field.date()?),
        "SEGMENTATION_COHORT_START_DATE" => settings.segmentation_cohort_start_date = Some(field.date()?),
        "ENGAGEMENT_SESSION_FREQUENCY_WEIGHT" => {
            settings.engagement_session_frequency_weight = field.weight()?;
        }
        "ENGAGEMENT_SESSION_DURATION_WEIGHT" => {
            settings.engagement_session_duration_weight = field.weight()?;
        }
        "ENGAGEMENT_EVENT_FREQUENCY_WEIGHT" => {
            settings.engagement_event_frequency_weight = field.weight()?;
        }
        "ENGAGEMENT_RECENCY_WEIGHT" => settings.engagement_recency_weight = field.weight()?,
        "ENGAGEMENT_NORMALIZATION" => settings.engagement_normalization = field.word(Normalization::WORDS)?,
        "ENGAGEMENT_BASIS" => settings.engagement_basis = field.word(EngagementBasis::WORDS)?,
        "ENGAGEMENT_PERCENTILE_BASE" => settings.engagement_percentile_base = field.word(EngagementBase::WORDS)?,
        "HIGH_ENGAGEMENT_PERCENTILE" => settings.high_engagement_percentile = field.fraction()?,
        "MODERATE_ENGAGEMENT_PERCENTILE" => settings.moderate_engagement_percentile = field.fraction()?,
        "WHALE_REVENUE_PERCENTILE" => settings.whale_revenue_percentile = field.fraction()?,
        "DOLPHIN_REVENUE_PERCENTILE" => settings.dolphin_revenue_percentile = field.fraction()?,
        "REVENUE_PERCENTILE_BASE" => settings.revenue_percentile_base = field.word(RevenueBase::WORDS)?,
        "CHURN_DAYS_THRESHOLD" => settings.churn_days_threshold = field.whole_number(1)?,
        "RETENTION_PERIOD" => settings.retention_period = field.word(Period::WORDS)?,
        "RETENTION_WINDOWS" => settings.retention_windows = Some(field.windows()?),
        "RETENTION_DEFINITION" => settings.retention_definition = field.word(RetentionDefinition::WORDS)?,
        "COHORT_GRANULARITY" => settings.cohort_granularity = field.word(Period::WORDS)?,
        "FUNNEL_STAGES" => settings.funnel_stages = field.stages()?,
        "FUNNEL_MODE" => settings.funnel_mode = field.word(FunnelMode::WORDS)?,
        "FUNNEL_WINDOW_DAYS" => settings.funnel_window_days = Some(field.whole_number(0)?),
        "CONFIDENCE_SIZE_WEIGHT" => settings.confidence_size_weight = field.weight()?,
        "CONFIDENCE_COMPLETENESS_WEIGHT" => settings.confidence_completeness_weight = field.weight()?,
        "CONFIDENCE_VARIANCE_WEIGHT" => settings.confidence_variance_weight = field.weight()?,
        _ => return Err(unknown_setting(name)),
    }
    Ok(())
}

/// Checks what no single setting can know.
pub(super) fn check_together(settings: &Settings) -> Result<(), SettingError> {
    let above = |name, value: f64, other, other_value: f64| {
        if value > other_value {
            return Ok(());
        }
        Err(SettingError::NotAbove { name, value: value.to_string(), other, other_value: other_value.to_string() })
    };
    above(
        "HIGH_ENGAGEMENT_PERCENTILE",
        settings.high_engagement_percentile,
        "MODERATE_ENGAGEMENT_PERCENTILE",
        settings.moderate_engagement_percentile,
    )?;
    above(
        "WHALE_REVENUE_PERCENTILE",
        settings.whale_revenue_percentile,
        "DOLPHIN_REVENUE_PERCENTILE",
        settings.dolphin_revenue_percentile,
    )?;
    let engagement = settings.engagement_weights();
    check_weights(&[
        ("ENGAGEMENT_SESSION_FREQUENCY_WEIGHT", engagement.session_frequency),
        ("ENGAGEMENT_SESSION_DURATION_WEIGHT", engagement.session_duration),
        ("ENGAGEMENT_EVENT_FREQUENCY_WEIGHT", engagement.event_frequency),
        ("ENGAGEMENT_RECENCY_WEIGHT", engagement.recency),
    ])?;
    let confidence = settings.confidence_weights();
    check_weights(&[
        ("CONFIDENCE_SIZE_WEIGHT", confidence.size),
        ("CONFIDENCE_COMPLETENESS_WEIGHT", confidence.completeness),
        ("CONFIDENCE_VARIANCE_WEIGHT", confidence.variance),
    ])
}

/// A group of weights must add up to something above 0 that is finite.
fn check_weights(group: &[(&'static str, f64)]) -> Result<(), SettingError> {
    let names = || group.iter().map(|(name, _)| *name).collect();
    let sum: f64 = group.iter().map(|(_, weight)| weight).sum();
    if sum.is_infinite() {
        return Err(SettingError::TooLarge { names: names() });
    }
    if sum == 0.0 {
        return Err(SettingError::AllZero { names: names() });
    }
    Ok(())
}

/// One setting's text on its way to a type.
struct Field<'a> {
    name: &'static str,
    text: &'a str,
}

impl Field<'_> {
    fn not_allowed(&self) -> SettingError {
        self.not_allowed_because(None)
    }

    fn not_allowed_because(&self, reason: Option<String>) -> SettingError {
        SettingError::NotAllowed {
            name: self.name,
            value: self.text.to_owned(),
            allowed: find_setting(self.name).map_or("", |info| info.allowed).to_owned(),
            reason,
        }
    }

    fn number(&self, allowed: impl Fn(f64) -> bool) -> Result<f64, SettingError> {
        let number = f64::from_str(self.text).map_err(|_| self.not_allowed())?;
        if number.is_finite() && allowed(number) {
            // -0 is 0 for every use and must not show.
            Ok(number + 0.0)
        } else {
            Err(self.not_allowed())
        }
    }

    fn fraction(&self) -> Result<f64, SettingError> {
        self.number(|x| (0.0..=1.0).contains(&x))
    }

    fn weight(&self) -> Result<f64, SettingError> {
        self.number(|x| x >= 0.0)
    }

    fn whole_number<N: FromStr + PartialOrd + Copy>(&self, least: N) -> Result<N, SettingError> {
        N::from_str(self.text).ok().filter(|number| *number >= least).ok_or_else(|| self.not_allowed())
    }

    fn date(&self) -> Result<Day, SettingError> {
        Day::parse(self.text.as_bytes()).ok_or_else(|| self.not_allowed())
    }

    fn word<T: Copy>(&self, words: &[(&'static str, T)]) -> Result<T, SettingError> {
        words.iter().find(|(word, _)| *word == self.text).map(|(_, value)| *value).ok_or_else(|| self.not_allowed())
    }

    fn run_hash(&self) -> Result<String, SettingError> {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if self.text.chars().all(legal) && self.text != "." && self.text != ".." {
            Ok(self.text.to_owned())
        } else {
            Err(self.not_allowed())
        }
    }

    fn windows(&self) -> Result<Vec<u32>, SettingError> {
        let mut windows = Vec::new();
        for part in self.text.split(',').map(str::trim) {
            let window = part.parse::<u32>().ok().filter(|&window| window >= 1);
            windows.push(window.ok_or_else(|| self.not_allowed_because(Some(format!("`{part}` is not a window"))))?);
        }
        windows.sort_unstable();
        windows.dedup();
        Ok(windows)
    }

    fn stages(&self) -> Result<Vec<Stage>, SettingError> {
        let mut stages = Vec::new();
        for part in self.text.split(',').map(str::trim) {
            let stage = part
                .parse::<Stage>()
                .map_err(|()| self.not_allowed_because(Some(format!("`{part}` is not a stage"))))?;
            if stages.contains(&stage) {
                return Err(self.not_allowed_because(Some(format!("`{part}` is named twice"))));
            }
            stages.push(stage);
        }
        Ok(stages)
    }
}
