//! The stages of a user's journey.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::digits::write_integer;

/// A stage of the journey. Stages sort in journey order, levels by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The start, which every user reaches.
    FtueStart,
    /// The first-time user experience was completed.
    FtueComplete,
    /// The level with this number was completed.
    Level(u32),
    /// The game was completed.
    GameComplete,
    /// The first purchase, which may happen at any time and is not sequential.
    FirstPurchase,
}

impl Stage {
    /// Whether the stage has a fixed place in the journey.
    #[must_use]
    pub fn is_sequential(self) -> bool {
        self != Stage::FirstPurchase
    }

    /// The column that holds the time of the stage; `None` for the start.
    #[must_use]
    pub fn column_name(self) -> Option<String> {
        (self != Stage::FtueStart).then(|| format!("{self}_time"))
    }

    /// The name without its number, and the number if there is one.
    fn name_and_number(self) -> (&'static str, Option<u32>) {
        match self {
            Stage::FtueStart => ("ftue_start", None),
            Stage::FtueComplete => ("ftue_complete", None),
            Stage::Level(number) => ("level_", Some(number)),
            Stage::GameComplete => ("game_complete", None),
            Stage::FirstPurchase => ("first_purchase", None),
        }
    }

    /// Appends the name of the stage.
    pub fn write_to(self, out: &mut Vec<u8>) {
        let (name, number) = self.name_and_number();
        out.extend_from_slice(name.as_bytes());
        if let Some(number) = number {
            write_integer(number.into(), out);
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, number) = self.name_and_number();
        f.write_str(name)?;
        number.map_or(Ok(()), |number| write!(f, "{number}"))
    }
}

/// Serialised as its name.
impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Stage, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(|()| D::Error::custom(format!("{name:?} is not a journey stage")))
    }
}

impl FromStr for Stage {
    type Err = ();

    fn from_str(text: &str) -> Result<Stage, ()> {
        Ok(match text {
            "ftue_start" => Stage::FtueStart,
            "ftue_complete" => Stage::FtueComplete,
            "game_complete" => Stage::GameComplete,
            "first_purchase" => Stage::FirstPurchase,
            _ => {
                let digits = text.strip_prefix("level_").ok_or(())?;
                let canonical = !digits.is_empty()
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && (digits == "0" || !digits.starts_with('0'));
                let number = digits.parse().map_err(|_| ())?;
                if !canonical {
                    return Err(());
                }
                Stage::Level(number)
            }
        })
    }
}
