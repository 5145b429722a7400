//! Checks whether a table fits into the memory of a browser tab.

/// A WebAssembly memory has at most 4 GiB. Above this limit, the next large list may no longer fit.
const MOST_NOW: f64 = 3.2 * GIB;

/// Completing the table takes slightly more memory than reading it, so memory must stay below this when reading ends.
const MOST_AT_END: f64 = 3.0 * GIB;

/// If the program ends without an error message while it uses more than this, it ran out of memory.
pub const MUCH: f64 = 1.5 * GIB;

const GIB: f64 = 1_073_741_824.0;

/// A projection from less than this share is not meaningful.
const LEAST_SHARE: f64 = 0.02;
const LEAST_BYTES: f64 = 64e6;

/// Memory of the coordinator while it reads, in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryUse {
    /// Memory at the start of reading, including the previously loaded table, which is kept until the new one is
    /// complete.
    pub at_start: f64,
    /// Memory in use now.
    pub now: f64,
    /// Bytes of the inputs read so far.
    pub read: f64,
    /// Total bytes of the inputs.
    pub total: f64,
}

/// Why reading must stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Excess {
    /// Too many bytes are in use.
    Now {
        /// Bytes in use.
        bytes: f64,
    },
    /// Too many bytes would be in use at the end of reading.
    Projected {
        /// Bytes at the end of reading.
        bytes: f64,
    },
}

impl MemoryUse {
    /// Returns the reason if reading must stop: memory grows with the number of rows, so the total can be projected
    /// early.
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
        // Lists double when they are full, and buffers are included from the start: an early projection can be twice
        // the final size. What would not fit even then is refused immediately, the rest when the projection is certain.
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
        // Five million rows in a browser after 3%, 25%, 50% and 92%, which used 0.97 GB at the end.
        for (read, now) in [(67e6, 49e6), (583e6, 216e6), (1_111e6, 392e6), (2_108e6, 772e6)] {
            assert_eq!(MemoryUse { at_start: 2e6, now, read, total: 2_287e6 }.excess(), None);
            // The same with three times as many rows.
            assert_eq!(MemoryUse { at_start: 2e6, now, read, total: 3.0 * 2_287e6 }.excess(), None);
        }
    }

    #[test]
    fn growth_is_projected_from_where_it_began() {
        // 1.4 GiB for a quarter is 5.6 GiB for everything, in addition to 0.1 GiB; 3 * 1.75 GiB are allowed.
        let Some(Excess::Projected { bytes }) = (MemoryUse { now: 1.5 * GIB, ..USE }).excess() else {
            panic!("it would not fit");
        };
        assert!((bytes / GIB - 5.7).abs() < 1e-9);
        // The same memory, most of which was already in use at the start.
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
