//! Linear scales and their ticks at 1, 2 or 5 times a power of ten.

use crate::format::whole;

/// A linear scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    /// First and last value.
    pub domain: (f64, f64),
    /// Their positions in pixels; may be descending.
    pub range: (f64, f64),
}

/// Values at which an axis is labelled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ticks {
    /// The values, ascending.
    pub values: Vec<f64>,
    /// Number of decimals that keeps their labels distinct.
    pub places: usize,
}

impl Linear {
    /// Creates a scale over these values; a domain that is empty or not finite becomes 0 to 1.
    #[must_use]
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        let (low, high) = domain;
        // Beyond these limits, differences and powers of ten are not finite.
        let is_usable = low.abs() < 1e150 && high.abs() < 1e150 && high - low > 1e-150;
        Self { domain: if is_usable { domain } else { (0.0, 1.0) }, range }
    }

    /// Creates a scale from 0 to the first tick above `highest`, or to slightly above `highest` if that tick is far
    /// away.
    #[must_use]
    pub fn from_zero(highest: f64, most_ticks: usize, range: (f64, f64)) -> Self {
        let high = if highest.is_finite() && highest > 1e-12 { highest.min(1e149) } else { 1.0 };
        let step = Step::for_span(high, most_ticks);
        let tick = step.value((high / step.value(1) - 1e-9).ceil());
        // Without a tick above 0, the scale could not be read.
        let is_first = tick <= step.value(1);
        Self::new((0.0, if is_first || tick <= high * 1.12 { tick } else { high * 1.05 }), range)
    }

    /// Returns the position of a value in pixels; values outside the domain lie outside the range.
    #[must_use]
    pub fn position(&self, value: f64) -> f64 {
        let share = (value - self.domain.0) / (self.domain.1 - self.domain.0);
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// Returns the position of a value in pixels; values outside the domain lie at its end.
    #[must_use]
    pub fn clamped(&self, value: f64) -> f64 {
        self.position(value.clamp(self.domain.0, self.domain.1))
    }

    /// Returns the value at a position in pixels.
    #[must_use]
    pub fn invert(&self, position: f64) -> f64 {
        let share = (position - self.range.0) / (self.range.1 - self.range.0);
        self.domain.0 + share * (self.domain.1 - self.domain.0)
    }

    /// Returns ticks inside the domain: at least one step, and at most `most` (but not fewer than 2).
    #[must_use]
    pub fn ticks(&self, most: usize) -> Ticks {
        let (low, high) = self.domain;
        let step = Step::for_span(high - low, most);
        let size = step.value(1);
        let (first, last) = ((low / size - 1e-9).ceil(), (high / size + 1e-9).floor());
        let steps = whole(last - first).clamp(0, 1000);
        let values = (0..=steps).map(|index| step.value(first + index as f64).clamp(low, high)).collect();
        Ticks { values, places: step.places() }
    }

    /// Returns ticks at whole numbers only, for counts.
    #[must_use]
    pub fn whole_ticks(&self, most: usize) -> Ticks {
        let mut ticks = self.ticks(most);
        ticks.values.retain(|value| (value - value.round()).abs() < 1e-9 * value.abs().max(1.0));
        ticks.places = 0;
        ticks
    }
}

/// A distance between ticks: 1, 2 or 5 times a power of ten.
#[derive(Clone, Copy)]
struct Step {
    digit: f64,
    exponent: i32,
}

impl Step {
    /// The smallest step that divides the span into at most `most` - 1 parts.
    fn for_span(span: f64, most: usize) -> Self {
        let least = span / (most.max(2) - 1) as f64;
        let exponent = i32::try_from(whole(least.log10().floor())).unwrap_or(0);
        let candidates = [(1.0, exponent), (2.0, exponent), (5.0, exponent), (1.0, exponent + 1), (2.0, exponent + 1)];
        let steps = candidates.map(|(digit, exponent)| Self { digit, exponent });
        steps.into_iter().find(|step| step.value(1) >= least * (1.0 - 1e-9)).unwrap_or(steps[4])
    }

    /// The value of this many steps. Below 1 it is divided, so that three tenths are 0.3.
    fn value(self, steps: impl Into<f64>) -> f64 {
        let units = self.digit * steps.into();
        if self.exponent < 0 { units / 10_f64.powi(-self.exponent) } else { units * 10_f64.powi(self.exponent) }
    }

    fn places(self) -> usize {
        usize::try_from(-self.exponent).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_are_round() {
        let ticks = Linear::new((0.0, 0.7), (0.0, 100.0)).ticks(6);
        assert_eq!(ticks, Ticks { values: vec![0.0, 0.2, 0.4, 0.6], places: 1 });
        let ticks = Linear::new((0.0, 12_345.0), (0.0, 100.0)).ticks(4);
        assert_eq!(ticks.values, [0.0, 5_000.0, 10_000.0]);
        let ticks = Linear::new((0.0, 0.3), (0.0, 100.0)).ticks(4);
        assert_eq!(ticks.values, [0.0, 0.1, 0.2, 0.3]);
    }

    #[test]
    fn a_scale_from_zero_ends_at_a_tick_that_is_near() {
        assert_eq!(Linear::from_zero(46.0, 6, (0.0, 1.0)).domain, (0.0, 50.0));
        assert_eq!(Linear::from_zero(42.0, 6, (0.0, 1.0)).domain, (0.0, 42.0 * 1.05));
        assert_eq!(Linear::from_zero(50.0, 6, (0.0, 1.0)).domain, (0.0, 50.0));
        assert_eq!(Linear::from_zero(0.0, 6, (0.0, 1.0)).domain, (0.0, 1.0));
        assert_eq!(Linear::from_zero(f64::NAN, 6, (0.0, 1.0)).domain, (0.0, 1.0));
    }

    #[test]
    fn counts_have_whole_ticks() {
        assert_eq!(Linear::from_zero(2.0, 6, (0.0, 1.0)).whole_ticks(6).values, [0.0, 1.0, 2.0]);
    }

    #[test]
    fn an_unusable_domain_is_replaced() {
        for domain in [(3.0, 3.0), (5.0, 2.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (-1e300, 1e308)] {
            assert_eq!(Linear::new(domain, (0.0, 1.0)).domain, (0.0, 1.0));
        }
    }

    proptest! {
        #[test]
        fn ticks_lie_inside_rise_and_are_few(low in -1e9_f64..1e9, span in 1e-6_f64..1e9, most in 2_usize..12) {
            let scale = Linear::new((low, low + span), (0.0, 500.0));
            let ticks = scale.ticks(most);
            prop_assert!(ticks.values.len() <= most);
            prop_assert!(ticks.values.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(ticks.values.iter().all(|value| (low..=low + span).contains(value)));
        }

        #[test]
        fn a_scale_from_zero_holds_its_highest(highest in 1e-9_f64..1e15, most in 3_usize..12) {
            let scale = Linear::from_zero(highest, most, (0.0, 100.0));
            prop_assert!(scale.domain.1 >= highest * (1.0 - 1e-8));
            let ticks = scale.ticks(most);
            prop_assert!(ticks.values.len() >= 2 && ticks.values.len() <= most);
            prop_assert!(scale.domain.1 <= (highest * 1.12).max(ticks.values[1]) * (1.0 + 1e-8));
        }

        #[test]
        fn inversion_gives_the_value_back(low in -1e6_f64..1e6, span in 1e-3_f64..1e6, share in 0.0_f64..1.0) {
            let scale = Linear::new((low, low + span), (400.0, 20.0));
            let value = low + share * span;
            prop_assert!((scale.invert(scale.position(value)) - value).abs() < 1e-9 * (low.abs() + span));
        }

        #[test]
        fn positions_keep_the_order(a in -1e6_f64..1e6, b in -1e6_f64..1e6) {
            let scale = Linear::new((-1e6, 1e6), (0.0, 300.0));
            prop_assert_eq!(a < b, scale.position(a) < scale.position(b));
        }
    }
}
