//! The value of a setting, outside of [`Settings`](super::Settings).

use serde::Serialize;

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
    /// A word, a date or another text.
    Text(String),
    /// A list of whole numbers.
    Integers(Vec<u32>),
    /// A list of texts.
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
