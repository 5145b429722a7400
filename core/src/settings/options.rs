//! Settings whose value is one of a few words.

use serde::{Deserialize, Serialize};

use super::kind::{FieldValue, Kind, NotAllowed, Word};
use super::value::SettingValue;

/// Declares an enum whose variants are words. The first one is the default.
macro_rules! words {
    ($($(#[$attribute:meta])* $type:ident { $($variant:ident = $word:literal: $meaning:literal,)+ })+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $type {
            $(#[doc = concat!("`", $word, "`: ", $meaning, ".")] #[serde(rename = $word)] $variant,)+
        }

        impl $type {
            /// All values, in order; the first is the default.
            pub const ALL: [$type; [$($word),+].len()] = [$($type::$variant),+];

            /// The word for each value of [`Self::ALL`], with its meaning.
            pub const WORDS: &'static [Word] = &[$(Word { word: $word, meaning: $meaning }),+];

            /// The word for this value.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }
        }

        impl Default for $type {
            fn default() -> $type {
                $type::ALL[0]
            }
        }

        impl FieldValue for $type {
            fn read(text: &str, _: Kind) -> Result<$type, NotAllowed> {
                $type::ALL.into_iter().find(|value| value.as_str() == text).ok_or(NotAllowed::WHOLE)
            }

            fn shown(&self) -> SettingValue {
                SettingValue::Text(self.as_str().to_owned())
            }
        }
    )+};
}

words! {
    /// How the components of the engagement score are scaled to 0..1.
    Normalization {
        MinMax = "minmax": "smallest to largest value",
        Winsor = "winsor": "1st to 99th percentile, values outside clamped",
        Rank = "rank": "average rank among all users",
    }
    /// How sessions and events enter the engagement score.
    EngagementBasis {
        Total = "total": "totals since install",
        PerDay = "per_day": "averages per day since install",
    }
    /// The users over whom the engagement percentiles are computed.
    EngagementBase {
        ActiveUsers = "active_users": "users who have not churned",
        AllUsers = "all_users": "all users",
    }
    /// The users over whom the revenue percentiles are computed.
    RevenueBase {
        RevenueUsers = "revenue_users": "users with revenue",
        AllUsers = "all_users": "all users",
    }
    /// What counts as retained on day N.
    RetentionDefinition {
        Classic = "classic": "active on day N exactly",
        Rolling = "rolling": "active on day N or later",
        Bracket = "bracket": "active after the previous window, up to day N",
    }
    /// A calendar period: the unit of a retention window or the width of a cohort.
    Period {
        Day = "day": "calendar day",
        Week = "week": "calendar week, from Monday",
        Month = "month": "calendar month",
    }
    /// Which users complete a funnel stage.
    FunnelMode {
        Closed = "closed": "users who also completed every earlier stage",
        Ordered = "ordered": "users who completed every earlier stage first",
        Open = "open": "all users who completed the stage",
    }
    /// Where the value of a setting came from.
    SettingSource {
        Default = "default": "not set",
        File = "file": "a settings file (`strata.toml`)",
        Environment = "environment": "an environment variable",
        Flag = "flag": "a command-line flag",
        Page = "page": "the settings panel of the web app",
    }
}
