//! Whether a table fits into the memory of a tab.

/// A WebAssembly memory has at most 4 GiB. Beyond this much the next large list may not fit any more.
const MOST_NOW: f64 = 3.2 * GIB;

/// Finishing the table takes some more than reading it, so the end of reading must stay below this.
const MOST_AT_END: f64 = 3.0 * GIB;

/// A program that ends without a word while it uses more than this got no more memory.
pub const MUCH: f64 = 1.5 * GIB;

const GIB: f64 = 1_073_741_824.0;

/// Before so much is read a projection says nothing.
const LEAST_SHARE: f64 = 0.02;
const LEAST_BYTES: f64 = 64e6;

/// Memory of the coordinator while it reads. All in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryUse {
    /// When reading began: what was loaded before stays until the new table is there.
    pub at_start: f64,
    /// Now.
    pub now: f64,
    /// Of the inputs, read so far.
    pub read: f64,
    /// Of the inputs in all.
    pub total: f64,
}

/// Why reading must stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Excess {
    /// So many bytes are in use.
    Now {
        /// In use.
        bytes: f64,
    },
    /// So many bytes would be in use when all is read.
    Projected {
        /// At the end.
        bytes: f64,
    },
}

impl MemoryUse {
    /// Why reading must stop, if it must: memory grows as the rows do, so its end can be foreseen early.
    #[must_use]
    pub fn excess(&self) -> Option<Excess> {
        if self.now > MOST_NOW {
            return Some(Excess::Now { bytes: self.now });
        }
        let share = self.read / self.total;
        if self.read <= LEAST_BYTES || share.is_nan() || share < LEAST_SHARE {
            return None;
        }
        let bytes = self.at_start + (self.now - self.at_start) / share;
        // Lists double when they are full, and buffers count from the start: early on, a projection can be twice what
        // it will come to. What cannot fit even so is refused at once, the rest as it becomes certain.
        (bytes > MOST_AT_END * (2.0 - share)).then_some(Excess::Projected { bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USE: MemoryUse = MemoryUse { at_start: 0.1 * GIB, now: 0.5 * GIB, read: 1e9, total: 4e9 };

    #[test]
    fn what_fits_goes_on() {
        assert_eq!(USE.excess(), None);
        assert_eq!(MemoryUse { read: 4e9, now: 2.9 * GIB, ..USE }.excess(), None);
        // Five million rows in a browser after 3, 25, 50 and 92 %, of which 0.97 GB were used at the end.
        for (read, now) in [(67e6, 49e6), (583e6, 216e6), (1_111e6, 392e6), (2_108e6, 772e6)] {
            assert_eq!(MemoryUse { at_start: 2e6, now, read, total: 2_287e6 }.excess(), None);
            // The same of three times as many rows.
            assert_eq!(MemoryUse { at_start: 2e6, now, read, total: 3.0 * 2_287e6 }.excess(), None);
        }
    }

    #[test]
    fn growth_is_projected_from_where_it_began() {
        // 1.4 GiB for a quarter is 5.6 GiB for all, on top of 0.1 GiB, where 3 * 1.75 GiB are allowed.
        let Some(Excess::Projected { bytes }) = (MemoryUse { now: 1.5 * GIB, ..USE }).excess() else {
            panic!("it would not fit");
        };
        assert!((bytes / GIB - 5.7).abs() < 1e-9);
        // The same memory, most of which was there before.
        assert_eq!(MemoryUse { now: 1.5 * GIB, at_start: 1.4 * GIB, ..USE }.excess(), None);
    }

    #[test]
    fn the_nearer_the_end_the_more_a_projection_counts() {
        let at = |share: f64| MemoryUse { at_start: 0.0, now: 3.15 * GIB * share, read: 4e9 * share, total: 4e9 };
        assert_eq!(at(0.5).excess(), None);
        assert!(matches!(at(0.99).excess(), Some(Excess::Projected { .. })));
    }

    #[test]
    fn nothing_is_projected_from_the_first_bytes() {
        assert_eq!(MemoryUse { now: GIB, read: 60e6, ..USE }.excess(), None);
        assert_eq!(MemoryUse { now: GIB, read: 1e9, total: 60e9, ..USE }.excess(), None);
        assert_eq!(MemoryUse { now: GIB, read: 0.0, total: 0.0, ..USE }.excess(), None);
    }

    #[test]
    fn what_is_in_use_counts_from_the_first_byte() {
        let bytes = 3.3 * GIB;
        assert_eq!(MemoryUse { now: bytes, read: 0.0, ..USE }.excess(), Some(Excess::Now { bytes }));
    }
}
