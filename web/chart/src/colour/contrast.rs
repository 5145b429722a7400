//! Colour contrast, which decides whether a text is readable.

use super::Rgb;

/// Relative luminance of a colour, 0 (black) to 1 (white).
///
/// # Formula
///
/// WCAG 2.2, definition of *relative luminance*: 0.2126 R + 0.7152 G + 0.0722 B of the linear channels, where a channel
/// c is c / 12.92 up to 0.04045 and ((c + 0.055) / 1.055)^2.4 above.
#[must_use]
pub fn relative_luminance(colour: Rgb) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
}

/// Contrast ratio of two colours, 1 to 21.
///
/// # Formula
///
/// WCAG 2.2, definition of *contrast ratio*: (L1 + 0.05) / (L2 + 0.05), the lighter one first.
#[must_use]
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (relative_luminance(a), relative_luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_that_are_known() {
        assert!((contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
        assert!((contrast(Rgb(9, 9, 9), Rgb(9, 9, 9)) - 1.0).abs() < 1e-9);
        // #767676 is the lightest grey that WCAG's authors give as sufficient on white, #777777 the first that is not.
        assert!(contrast(Rgb::css("#767676"), Rgb(255, 255, 255)) >= 4.5);
        assert!(contrast(Rgb::css("#777777"), Rgb(255, 255, 255)) < 4.5);
    }
}
