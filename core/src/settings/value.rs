//! The value of a setting outside [`Settings`](super::Settings).

use serde::Serialize;

/// A setting's value, typed for JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// No value.
    Unset,
    /// A whole number.
    Integer(u64),
    /// A number.
    Number(f64),
    /// A word, a date or other text.
    Text(String),
    /// A list of whole numbers.
    Integers(Vec<u32>),
    /// A list of texts.
    Texts(Vec<String>),
}

impl SettingValue {
    /// The value as a user would type it; `None` if it is not set.
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
