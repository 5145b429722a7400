//! Equal bands for categories.

/// Equal bands with gaps between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// First and last position in pixels.
    pub range: (f64, f64),
    /// Number of bands.
    pub count: usize,
    /// Share of a step that the gap takes, 0 to 1.
    pub gap: f64,
}

impl Band {
    /// Distance from the start of one band to the start of the next, in pixels.
    #[must_use]
    pub fn step(&self) -> f64 {
        (self.range.1 - self.range.0) / self.count.max(1) as f64
    }

    /// Width of each band in pixels.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.step() * (1.0 - self.gap)
    }

    /// Start of a band in pixels; half of the gap lies before it.
    #[must_use]
    pub fn start(&self, index: usize) -> f64 {
        self.range.0 + self.step() * (index as f64 + self.gap / 2.0)
    }

    /// Returns the band at a position, including the gap around it; `None` outside the range.
    #[must_use]
    pub fn invert(&self, position: f64) -> Option<usize> {
        let index = ((position - self.range.0) / self.step()).floor();
        let index = usize::try_from(crate::format::whole(index)).ok()?;
        (index < self.count).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bands_lie_inside_apart_and_can_be_found(count in 1_usize..40, length in 10.0_f64..2000.0, gap in 0.0_f64..0.9) {
            let band = Band { range: (7.0, 7.0 + length), count, gap };
            for index in 0..count {
                let (start, end) = (band.start(index), band.start(index) + band.width());
                prop_assert!(start >= 7.0 - 1e-9 && end <= 7.0 + length + 1e-9);
                prop_assert!(index + 1 == count || end <= band.start(index + 1) + 1e-9);
                prop_assert_eq!(band.invert(f64::midpoint(start, end)), Some(index));
            }
            prop_assert_eq!(band.invert(6.0), None);
            prop_assert_eq!(band.invert(8.0 + length), None);
        }
    }
}
