//! Colours: the role of a mark, and how it looks in the light and dark themes.

mod contrast;
mod heat;
mod residual;

pub use contrast::{contrast, relative_luminance};
pub use heat::{HEAT_STEPS, heat, heat_step};
pub use residual::{RESIDUAL_LEVELS, residual, residual_level};

use std::fmt;

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// Fill and text of a table cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellColour {
    /// Background of the cell.
    pub fill: Rgb,
    /// Text on it, with a contrast of at least 4.5:1.
    pub text: Rgb,
}

/// The role of a mark, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The paper; also the rim around texts and points.
    Background,
    /// The empty part of a bar.
    Raised,
    /// Text.
    Label,
    /// Secondary text.
    LabelMuted,
    /// Hairlines behind the data.
    Grid,
    /// Axes, and other lines that must be visible.
    Axis,
    /// The data.
    Accent,
    /// Secondary data, and edges of soft areas.
    AccentMid,
    /// Areas of data.
    AccentSoft,
    /// Text on `Accent`.
    OnAccent,
    /// The uncertainty around data.
    Band,
    /// Data for comparison.
    Context,
    /// Bars of data for comparison, and tertiary data.
    ContextMid,
    /// Areas of data for comparison.
    ContextSoft,
    /// Marks that need attention.
    Warning,
    /// Areas that need attention.
    WarningSoft,
    /// The rim around the element that has keyboard focus.
    Focus,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 17] = [
        Self::Background,
        Self::Raised,
        Self::Label,
        Self::LabelMuted,
        Self::Grid,
        Self::Axis,
        Self::Accent,
        Self::AccentMid,
        Self::AccentSoft,
        Self::OnAccent,
        Self::Band,
        Self::Context,
        Self::ContextMid,
        Self::ContextSoft,
        Self::Warning,
        Self::WarningSoft,
        Self::Focus,
    ];

    /// Name of the role's colour in style sheets, without leading dashes: `accent-soft`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Background => "paper",
            Self::Raised => "paper-raised",
            Self::Label => "ink",
            Self::LabelMuted => "ink-muted",
            Self::Grid => "hairline",
            Self::Axis => "control",
            Self::Accent => "accent",
            Self::AccentMid => "accent-mid",
            Self::AccentSoft => "accent-soft",
            Self::OnAccent => "on-accent",
            Self::Band => "band",
            Self::Context => "context",
            Self::ContextMid => "context-mid",
            Self::ContextSoft => "context-soft",
            Self::Warning => "warning",
            Self::WarningSoft => "warning-soft",
            Self::Focus => "focus",
        }
    }
}

/// Colour theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on warm white paper.
    #[default]
    Light,
    /// Light ink on near black.
    Dark,
}

impl Theme {
    /// Both themes.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// Returns the colour of a role in this theme.
    #[must_use]
    pub const fn colour(self, role: Role) -> Rgb {
        let (light, dark) = match role {
            Role::Background => ("#fbfaf6", "#141716"),
            Role::Raised => ("#f0eee6", "#202523"),
            Role::Label => ("#1d1f1e", "#ecebe5"),
            Role::LabelMuted => ("#5a5f5c", "#a6aca8"),
            Role::Grid => ("#d9d6cb", "#343a38"),
            Role::Axis => ("#8a8f8b", "#7d8581"),
            Role::Accent | Role::Focus => ("#0b5d5a", "#6fc7bd"),
            Role::AccentMid => ("#4f938c", "#4b918a"),
            Role::AccentSoft => ("#cfe3df", "#1f3d3a"),
            Role::OnAccent => ("#ffffff", "#0b1514"),
            Role::Band => ("#dbeae5", "#1c3230"),
            Role::Context => ("#6a6f6c", "#949b97"),
            Role::ContextMid => ("#8c908a", "#707773"),
            Role::ContextSoft => ("#e0dfd8", "#2e3331"),
            Role::Warning => ("#8a4b00", "#f0b266"),
            Role::WarningSoft => ("#f7e6cf", "#3a2a12"),
        };
        Rgb::css(match self {
            Self::Light => light,
            Self::Dark => dark,
        })
    }
}

impl Rgb {
    /// Parses a colour as written in style sheets, `#0b5d5a`; a character that is not a digit counts as 0.
    const fn css(text: &str) -> Self {
        let digits = text.as_bytes();
        Self(channel(digits[1], digits[2]), channel(digits[3], digits[4]), channel(digits[5], digits[6]))
    }

    /// Mixes two colours: `share` 0 is this one, 1 is the other.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let channel = |from: u8, to: u8| {
            let value = f64::from(from) + (f64::from(to) - f64::from(from)) * share.clamp(0.0, 1.0);
            u8::try_from(crate::format::whole(value)).unwrap_or(u8::MAX)
        };
        Self(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }
}

const fn channel(high: u8, low: u8) -> u8 {
    hexadecimal(high) * 16 + hexadecimal(low)
}

const fn hexadecimal(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => 0,
    }
}

/// Formats the colour as in style sheets: `#0b5d5a`.
impl fmt::Display for Rgb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// The colour at a position on a ramp of equally spaced stops.
fn on_ramp(stops: &[Rgb], share: f64) -> Rgb {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let position = share * (stops.len() - 1) as f64;
    let index = usize::try_from(crate::format::whole(position.floor())).unwrap_or(0).min(stops.len() - 2);
    stops[index].mix(stops[index + 1], position - index as f64)
}

/// Chooses a readable text colour for a fill: ink if its contrast is sufficient, otherwise white, otherwise black.
/// White or black is always sufficient.
fn readable_on(fill: Rgb, theme: Theme) -> CellColour {
    const ENOUGH: f64 = 4.5;
    let ink = match theme {
        Theme::Light => [Theme::Light.colour(Role::Label), Rgb(255, 255, 255)],
        Theme::Dark => [Theme::Dark.colour(Role::Label), Theme::Dark.colour(Role::OnAccent)],
    };
    let choices = [ink[0], ink[1], Rgb(255, 255, 255), Rgb(0, 0, 0)];
    let text = choices.into_iter().find(|text| contrast(*text, fill) >= ENOUGH).unwrap_or(Rgb(0, 0, 0));
    CellColour { fill, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: f64 = 4.5;
    const GRAPHIC: f64 = 3.0;

    fn against(theme: Theme, role: Role, background: Role) -> f64 {
        contrast(theme.colour(role), theme.colour(background))
    }

    #[test]
    fn text_can_be_read_on_paper_and_bars() {
        for theme in Theme::ALL {
            for role in [Role::Label, Role::LabelMuted, Role::Accent, Role::Context, Role::Warning] {
                assert!(against(theme, role, Role::Background) >= TEXT, "{theme:?} {role:?}");
            }
            for role in [Role::Label, Role::LabelMuted, Role::Accent, Role::Warning] {
                assert!(against(theme, role, Role::Raised) >= TEXT, "{theme:?} {role:?}");
            }
            assert!(against(theme, Role::OnAccent, Role::Accent) >= TEXT, "{theme:?}");
            assert!(against(theme, Role::Label, Role::AccentSoft) >= TEXT, "{theme:?}");
            assert!(against(theme, Role::Warning, Role::WarningSoft) >= TEXT, "{theme:?}");
        }
    }

    #[test]
    fn lines_and_shapes_can_be_seen() {
        for theme in Theme::ALL {
            let seen = [
                Role::Axis,
                Role::Accent,
                Role::AccentMid,
                Role::Context,
                Role::ContextMid,
                Role::Warning,
                Role::Focus,
            ];
            for role in seen {
                assert!(against(theme, role, Role::Background) >= GRAPHIC, "{theme:?} {role:?}");
            }
            assert!(against(theme, Role::Accent, Role::Raised) >= GRAPHIC, "{theme:?}");
            assert!(against(theme, Role::Warning, Role::Raised) >= GRAPHIC, "{theme:?}");
        }
    }

    #[test]
    fn hairlines_stay_behind_the_data() {
        for theme in Theme::ALL {
            assert!(against(theme, Role::Grid, Role::Background) < 2.0);
            assert!(against(theme, Role::Grid, Role::Background) > 1.2);
        }
    }

    #[test]
    fn names_are_distinct() {
        let mut names = Role::ALL.map(Role::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn colours_are_written_as_in_style_sheets() {
        assert_eq!(Rgb(11, 93, 90).to_string(), "#0b5d5a");
        assert_eq!(Rgb::css("#0b5d5a"), Rgb(11, 93, 90));
        assert_eq!(Rgb(0, 0, 0).mix(Rgb(255, 255, 255), 0.5), Rgb(128, 128, 128));
    }
}
