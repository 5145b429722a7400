//! Logarithmic scales and their ticks at 1, 2 and 5 times the powers of ten.

use super::Ticks;
use crate::format::whole;

/// A logarithmic scale of positive values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Log {
    /// First and last value, both above 0.
    pub domain: (f64, f64),
    /// Their positions in pixels.
    pub range: (f64, f64),
}

impl Log {
    /// Creates a scale over these values; `None` unless both are finite, above 0 and in order.
    #[must_use]
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Option<Self> {
        let is_usable = domain.0 > 1e-300 && domain.1 > domain.0 && domain.1.is_finite();
        is_usable.then_some(Self { domain, range })
    }

    /// Returns the position of a value in pixels; a value that is not above 0 lies at the start.
    #[must_use]
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = (self.domain.0.log10(), self.domain.1.log10());
        let share = if value > 0.0 { (value.log10() - low) / (high - low) } else { 0.0 };
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// Returns the value at a position in pixels.
    #[must_use]
    pub fn invert(&self, position: f64) -> f64 {
        let (low, high) = (self.domain.0.log10(), self.domain.1.log10());
        let share = (position - self.range.0) / (self.range.1 - self.range.0);
        10_f64.powf(low + share * (high - low))
    }

    /// Returns ticks inside the domain: 1, 2 and 5 times the powers of ten if these are at most `most`, otherwise
    /// powers of ten, otherwise every second, third, … of these.
    #[must_use]
    pub fn ticks(&self, most: usize) -> Ticks {
        let first = whole(self.domain.0.log10().floor());
        let last = whole(self.domain.1.log10().ceil());
        let fine = self.inside((first..=last).flat_map(|exponent| [1.0, 2.0, 5.0].map(|digit| (digit, exponent))));
        if fine.values.len() <= most.max(3) {
            return fine;
        }
        (1..1000)
            .map(|stride: i64| {
                self.inside((first..=last).filter(|exponent| exponent.rem_euclid(stride) == 0).map(|e| (1.0, e)))
            })
            .find(|ticks| ticks.values.len() <= most.max(1))
            .unwrap_or_default()
    }

    fn inside(&self, steps: impl Iterator<Item = (f64, i64)>) -> Ticks {
        let (low, high) = self.domain;
        let power = |exponent: i64| 10_f64.powi(i32::try_from(exponent).unwrap_or(0));
        let value = |(digit, e): (f64, i64)| if e < 0 { digit / power(-e) } else { digit * power(e) };
        let values: Vec<f64> = steps.map(value).filter(|value| (low..=high).contains(value)).collect();
        let places =
            values.first().map_or(0, |smallest| usize::try_from(whole(-smallest.log10().floor())).unwrap_or(0));
        Ticks { values, places }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_are_one_two_five_where_there_is_room() {
        let scale = Log::new((0.5, 60.0), (0.0, 100.0)).unwrap();
        assert_eq!(scale.ticks(8).values, [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]);
        assert_eq!(scale.ticks(4).values, [1.0, 10.0]);
        let wide = Log::new((1.0, 1e9), (0.0, 100.0)).unwrap();
        assert_eq!(wide.ticks(5).values, [1.0, 100.0, 1e4, 1e6, 1e8]);
    }

    #[test]
    fn only_positive_values_have_a_scale() {
        for domain in [(0.0, 1.0), (-1.0, 1.0), (2.0, 2.0), (1.0, f64::INFINITY), (f64::NAN, 1.0)] {
            assert_eq!(Log::new(domain, (0.0, 1.0)), None);
        }
    }

    proptest! {
        #[test]
        fn ticks_lie_inside_and_rise(low in 1e-6_f64..1e6, ratio in 1.01_f64..1e9, most in 2_usize..12) {
            let scale = Log::new((low, low * ratio), (0.0, 500.0)).unwrap();
            let ticks = scale.ticks(most);
            prop_assert!(ticks.values.len() <= most.max(3));
            prop_assert!(ticks.values.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(ticks.values.iter().all(|value| (low..=low * ratio).contains(value)));
        }

        #[test]
        fn inversion_gives_the_value_back(low in 1e-3_f64..1e3, ratio in 1.1_f64..1e6, share in 0.0_f64..1.0) {
            let scale = Log::new((low, low * ratio), (0.0, 500.0)).unwrap();
            let value = low * ratio.powf(share);
            prop_assert!((scale.invert(scale.position(value)) / value - 1.0).abs() < 1e-9);
        }
    }
}
