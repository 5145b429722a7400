//! Settings that cannot be used, and checks across several settings.

use thiserror::Error;

use super::Settings;
use super::value::SettingValue;

/// A setting that cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SettingError {
    /// A value that the setting does not accept.
    #[error("{name} is `{value}`{}: it must be {allowed}", detail(.reason.as_deref()))]
    NotAllowed {
        /// The setting's name.
        name: &'static str,
        /// The text that was given.
        value: String,
        /// The values allowed, phrased to follow "must be".
        allowed: String,
        /// The part that is wrong, if the value has several parts.
        reason: Option<String>,
    },
    /// Two settings that contradict each other.
    #[error("{name} is {value} and {other} is {other_value}: {name} must be greater than {other}")]
    NotAbove {
        /// The setting that must be greater.
        name: &'static str,
        /// The value of `name`.
        value: String,
        /// The setting that must be smaller.
        other: &'static str,
        /// The value of `other`.
        other_value: String,
    },
    /// A group of weights that are all 0.
    #[error("{} are all 0: at least one of them must be greater than 0", names.join(", "))]
    AllZero {
        /// The settings in the group.
        names: Vec<&'static str>,
    },
    /// A group of weights whose sum is not finite.
    #[error("the sum of {} is too large: only their ratios matter, so use smaller weights", names.join(", "))]
    TooLarge {
        /// The settings in the group.
        names: Vec<&'static str>,
    },
    /// A name that does not belong to any setting.
    #[error("there is no setting `{name}`{}", nearest.map(|n| format!(": did you mean {n}?")).unwrap_or_default())]
    Unknown {
        /// The name that was given.
        name: String,
        /// The setting with the most similar name.
        nearest: Option<&'static str>,
    },
}

fn detail(reason: Option<&str>) -> String {
    reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
}

/// Pairs of settings; the first must be greater than the second.
const ORDERED: [[&str; 2]; 2] = [
    ["HIGH_ENGAGEMENT_PERCENTILE", "MODERATE_ENGAGEMENT_PERCENTILE"],
    ["WHALE_REVENUE_PERCENTILE", "DOLPHIN_REVENUE_PERCENTILE"],
];

/// Groups of weights; the sum of each must be finite and greater than 0.
const WEIGHTS: [&[&str]; 2] = [
    &[
        "ENGAGEMENT_SESSION_FREQUENCY_WEIGHT",
        "ENGAGEMENT_SESSION_DURATION_WEIGHT",
        "ENGAGEMENT_EVENT_FREQUENCY_WEIGHT",
        "ENGAGEMENT_RECENCY_WEIGHT",
    ],
    &["CONFIDENCE_SIZE_WEIGHT", "CONFIDENCE_COMPLETENESS_WEIGHT", "CONFIDENCE_VARIANCE_WEIGHT"],
];

/// Checks conditions that involve several settings.
pub(super) fn check_together(settings: &Settings) -> Result<(), SettingError> {
    let number = |name: &str| match settings.value(name) {
        SettingValue::Number(number) => number,
        _ => f64::NAN,
    };
    for [name, other] in ORDERED {
        let (value, other_value) = (number(name), number(other));
        if value <= other_value {
            let (value, other_value) = (value.to_string(), other_value.to_string());
            return Err(SettingError::NotAbove { name, value, other, other_value });
        }
    }
    for group in WEIGHTS {
        let sum: f64 = group.iter().map(|name| number(name)).sum();
        if sum.is_infinite() {
            return Err(SettingError::TooLarge { names: group.to_vec() });
        }
        if sum == 0.0 {
            return Err(SettingError::AllZero { names: group.to_vec() });
        }
    }
    Ok(())
}
