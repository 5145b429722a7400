//! The diverging scale of residuals: ochre below the expected count, teal above.
//!
//! The two hues remain distinct in all common forms of colour blindness; the sign is printed as well.

use super::{CellColour, Rgb, Role, Theme, on_ramp, readable_on};
use crate::format::whole;

/// Number of levels on each side of zero in style sheets.
pub const RESIDUAL_LEVELS: i32 = 4;
/// The colour is at its strongest from this absolute value.
const STRONGEST: f64 = 8.0;

const LIGHT_MORE: [Rgb; 3] = [Rgb::css("#f3f3ee"), Rgb::css("#9fcec6"), Rgb::css("#2f837d")];
const LIGHT_LESS: [Rgb; 3] = [Rgb::css("#f3f3ee"), Rgb::css("#e8bf8b"), Rgb::css("#b06a1c")];
const DARK_MORE: [Rgb; 3] = [Rgb::css("#1d2120"), Rgb::css("#235652"), Rgb::css("#59aca3")];
const DARK_LESS: [Rgb; 3] = [Rgb::css("#1d2120"), Rgb::css("#634419"), Rgb::css("#d08f45")];

/// Returns the colours of a cell by its residual; a residual that is not finite looks like 0.
///
/// The scale has levels, 0 within ±1 and one more at 2, 4 and 8, so that deviations within chance keep the paper
/// colour.
#[must_use]
pub fn residual(value: f64, theme: Theme) -> CellColour {
    let level = residual_level(value);
    let share = f64::from(level.abs()) / f64::from(RESIDUAL_LEVELS);
    let stops = match (theme, level < 0) {
        (Theme::Light, false) => &LIGHT_MORE,
        (Theme::Light, true) => &LIGHT_LESS,
        (Theme::Dark, false) => &DARK_MORE,
        (Theme::Dark, true) => &DARK_LESS,
    };
    let fill = if level == 0 { theme.colour(Role::Background) } else { on_ramp(stops, share) };
    readable_on(fill, theme)
}

/// The level of a residual, -[`RESIDUAL_LEVELS`] to [`RESIDUAL_LEVELS`]: 0 below a size of 1, then 1, 2 from 2, 3 from
/// 4, 4 from 8.
#[must_use]
pub fn residual_level(value: f64) -> i32 {
    let size = if value.is_finite() { value.abs().min(STRONGEST) } else { 0.0 };
    let level = if size < 1.0 { 0.0 } else { 1.0 + size.log2().floor() };
    let level = i32::try_from(whole(level)).unwrap_or(0);
    if value < 0.0 { -level } else { level }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::contrast;

    #[test]
    fn levels_double() {
        let values = [0.0, 0.99, 1.0, 1.99, 2.0, 3.99, 4.0, 7.99, 8.0, 500.0, f64::NAN, f64::INFINITY];
        assert_eq!(values.map(residual_level), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0]);
        assert_eq!(
            values[..10].iter().map(|value| residual_level(-value)).collect::<Vec<_>>(),
            [0, 0, -1, -1, -2, -2, -3, -3, -4, -4]
        );
    }

    #[test]
    fn text_can_be_read_in_every_cell() {
        for theme in Theme::ALL {
            for tenth in -100..=100 {
                let cell = residual(f64::from(tenth) / 10.0, theme);
                assert!(contrast(cell.fill, cell.text) >= 4.5, "{theme:?} {tenth}");
            }
        }
    }

    #[test]
    fn signs_differ_in_hue() {
        for theme in Theme::ALL {
            for size in [1.0, 3.0, 5.0, 9.0] {
                let (more, less) = (residual(size, theme).fill, residual(-size, theme).fill);
                assert!(more.2 > more.0, "teal has more blue than red: {more}");
                assert!(less.0 > less.2, "ochre has more red than blue: {less}");
            }
        }
    }
}
