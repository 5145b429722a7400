//! The kinds of value that settings accept, and how text becomes a value.

use std::borrow::Cow;
use std::str::FromStr;

use super::value::SettingValue;
use crate::value::calendar::Day;
use crate::value::stage::Stage;

/// A word that a setting accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word itself, as in `rolling`.
    pub word: &'static str,
    /// What it stands for, in lower case and without a full stop: "active on day N or later".
    pub meaning: &'static str,
}

/// The kind of value that a setting accepts, in enough detail to describe it in words and to choose a control for it.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A whole number.
    Whole {
        /// The smallest value allowed.
        least: u32,
    },
    /// A number from 0 to 1.
    Fraction,
    /// A number greater than 0 and less than 1.
    OpenFraction,
    /// A weight. Only its ratio to the other weights in its group matters.
    Weight,
    /// One of a few words.
    Word(&'static [Word]),
    /// A date.
    Date {
        /// Whether it must not be after the latest date in the data, which is checked once the data has been read.
        within_data: bool,
    },
    /// Text, or a list separated by commas.
    Text {
        /// The values allowed, phrased to follow "must be".
        allowed: &'static str,
        /// Whether a single text is allowed. The type of a list's items checks them itself.
        accepts: fn(&str) -> bool,
    },
}

impl Kind {
    /// The values allowed, phrased to follow "must be".
    #[must_use]
    pub fn allowed(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Kind::Whole { least } => return format!("a whole number, {least} or greater").into(),
            Kind::Fraction => "a number from 0 to 1",
            Kind::OpenFraction => "greater than 0 and less than 1",
            Kind::Weight => "a finite number, 0 or greater, and not 0 for every weight in its group",
            Kind::Word(words) => return alternatives(words).into(),
            Kind::Date { within_data: true } => "a date (YYYY-MM-DD) no later than the latest date in the data",
            Kind::Date { within_data: false } => "a date (YYYY-MM-DD)",
            Kind::Text { allowed, .. } => allowed,
        })
    }

    fn accepts_number(self, number: f64) -> bool {
        match self {
            Kind::Fraction => (0.0..=1.0).contains(&number),
            Kind::OpenFraction => number > 0.0 && number < 1.0,
            Kind::Weight => number >= 0.0,
            _ => true,
        }
    }
}

/// Joins words as in `day, week or month`.
fn alternatives(words: &[Word]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.word).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The error for text that a setting does not accept, with the part that is wrong if the text has several parts.
pub struct NotAllowed(pub Option<String>);

impl NotAllowed {
    /// The text as a whole is not allowed.
    pub const WHOLE: NotAllowed = NotAllowed(None);
}

/// A type for a field of [`Settings`](super::Settings).
pub trait FieldValue: Sized {
    /// Reads text that is neither empty nor surrounded by spaces.
    fn read(text: &str, kind: Kind) -> Result<Self, NotAllowed>;

    /// The value, for JSON and for people to edit.
    fn shown(&self) -> SettingValue;
}

impl<T: FieldValue> FieldValue for Option<T> {
    fn read(text: &str, kind: Kind) -> Result<Option<T>, NotAllowed> {
        T::read(text, kind).map(Some)
    }

    fn shown(&self) -> SettingValue {
        self.as_ref().map_or(SettingValue::Unset, T::shown)
    }
}

impl FieldValue for u64 {
    fn read(text: &str, kind: Kind) -> Result<u64, NotAllowed> {
        let least = if let Kind::Whole { least } = kind { least } else { 0 };
        u64::from_str(text).ok().filter(|&number| number >= u64::from(least)).ok_or(NotAllowed::WHOLE)
    }

    fn shown(&self) -> SettingValue {
        SettingValue::Integer(*self)
    }
}

impl FieldValue for u32 {
    fn read(text: &str, kind: Kind) -> Result<u32, NotAllowed> {
        u64::read(text, kind)?.try_into().map_err(|_| NotAllowed::WHOLE)
    }

    fn shown(&self) -> SettingValue {
        SettingValue::Integer((*self).into())
    }
}

impl FieldValue for f64 {
    fn read(text: &str, kind: Kind) -> Result<f64, NotAllowed> {
        let number = f64::from_str(text).ok().filter(|number| number.is_finite() && kind.accepts_number(*number));
        // -0 equals 0 in every use and must not be shown.
        number.map(|number| number + 0.0).ok_or(NotAllowed::WHOLE)
    }

    fn shown(&self) -> SettingValue {
        SettingValue::Number(*self)
    }
}

impl FieldValue for Day {
    fn read(text: &str, _: Kind) -> Result<Day, NotAllowed> {
        Day::parse(text.as_bytes()).ok_or(NotAllowed::WHOLE)
    }

    fn shown(&self) -> SettingValue {
        SettingValue::Text(self.to_string())
    }
}

impl FieldValue for String {
    fn read(text: &str, kind: Kind) -> Result<String, NotAllowed> {
        let is_allowed = if let Kind::Text { accepts, .. } = kind { accepts(text) } else { true };
        if is_allowed { Ok(text.to_owned()) } else { Err(NotAllowed::WHOLE) }
    }

    fn shown(&self) -> SettingValue {
        SettingValue::Text(self.clone())
    }
}

/// Retention windows, sorted and without duplicates.
impl FieldValue for Vec<u32> {
    fn read(text: &str, _: Kind) -> Result<Vec<u32>, NotAllowed> {
        let window = |item: &str| item.parse().ok().filter(|&window| window >= 1);
        let mut windows = items(text)
            .map(|item| window(item).ok_or_else(|| NotAllowed(Some(format!("`{item}` is not a window")))))
            .collect::<Result<Vec<u32>, NotAllowed>>()?;
        windows.sort_unstable();
        windows.dedup();
        Ok(windows)
    }

    fn shown(&self) -> SettingValue {
        SettingValue::Integers(self.clone())
    }
}

/// Funnel stages without duplicates, in the order given.
impl FieldValue for Vec<Stage> {
    fn read(text: &str, _: Kind) -> Result<Vec<Stage>, NotAllowed> {
        let mut stages = Vec::new();
        for item in items(text) {
            let stage = item.parse().map_err(|()| NotAllowed(Some(format!("`{item}` is not a stage"))))?;
            if stages.contains(&stage) {
                return Err(NotAllowed(Some(format!("`{item}` appears twice"))));
            }
            stages.push(stage);
        }
        Ok(stages)
    }

    fn shown(&self) -> SettingValue {
        SettingValue::Texts(self.iter().map(ToString::to_string).collect())
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}
