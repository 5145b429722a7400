//! The sequential scale of heatmaps: one hue, from paper to accent.

use super::{CellColour, Rgb, Theme, on_ramp, readable_on};
use crate::format::whole;

/// Number of steps of the scale in style sheets.
pub const HEAT_STEPS: usize = 16;

const LIGHT: [Rgb; 6] = [
    Rgb::css("#f3f5ef"),
    Rgb::css("#d3e6e0"),
    Rgb::css("#a5cfc7"),
    Rgb::css("#69aea6"),
    Rgb::css("#2f837d"),
    Rgb::css("#0a5250"),
];
const DARK: [Rgb; 6] = [
    Rgb::css("#19201f"),
    Rgb::css("#1c3836"),
    Rgb::css("#225652"),
    Rgb::css("#367d76"),
    Rgb::css("#59aca3"),
    Rgb::css("#9ae3d8"),
];

/// Returns the colours of a cell; 0 is the lowest value of the scale, 1 the highest. A value that is not finite counts
/// as 0.
#[must_use]
pub fn heat(share: f64, theme: Theme) -> CellColour {
    let stops = match theme {
        Theme::Light => &LIGHT,
        Theme::Dark => &DARK,
    };
    readable_on(on_ramp(stops, share), theme)
}

/// Returns the step of a share, 0 to [`HEAT_STEPS`] - 1, for the class `heat-<step>`.
#[must_use]
pub fn heat_step(share: f64) -> usize {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    usize::try_from(whole(share * (HEAT_STEPS - 1) as f64)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::{contrast, relative_luminance};

    #[test]
    fn text_can_be_read_on_the_whole_ramp() {
        for theme in Theme::ALL {
            for step in 0..=1000 {
                let cell = heat(f64::from(step) / 1000.0, theme);
                assert!(contrast(cell.fill, cell.text) >= 4.5, "{theme:?} {step} {cell:?}");
            }
        }
    }

    #[test]
    fn more_is_darker_in_light_and_lighter_in_dark() {
        let luminance = |theme| move |step: i32| relative_luminance(heat(f64::from(step) / 100.0, theme).fill);
        let light: Vec<f64> = (0..=100).map(luminance(Theme::Light)).collect();
        let dark: Vec<f64> = (0..=100).map(luminance(Theme::Dark)).collect();
        assert!(light.windows(2).all(|pair| pair[0] > pair[1]));
        assert!(dark.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn every_step_can_be_told_from_the_next() {
        for theme in Theme::ALL {
            for step in 1..HEAT_STEPS {
                let at = |step: usize| heat(step as f64 / (HEAT_STEPS - 1) as f64, theme).fill;
                assert!(contrast(at(step - 1), at(step)) > 1.04, "{theme:?} {step}");
            }
        }
    }

    #[test]
    fn shares_beyond_the_scale_are_at_its_ends() {
        assert_eq!(heat(-3.0, Theme::Light), heat(0.0, Theme::Light));
        assert_eq!(heat(7.0, Theme::Dark), heat(1.0, Theme::Dark));
        assert_eq!(heat(f64::NAN, Theme::Light), heat(0.0, Theme::Light));
        assert_eq!([heat_step(-1.0), heat_step(0.5), heat_step(2.0), heat_step(f64::NAN)], [0, 8, 15, 0]);
    }
}
