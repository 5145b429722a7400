//! Estimates the remaining reading time.

use strata_protocol::Progress;

/// Before this time, the rate is not meaningful.
const LEAST_ELAPSED_MS: f64 = 1500.0;

/// Share of the rate that a second of reading replaces: the remainder smooths the estimate.
const RENEWAL_PER_SECOND: f64 = 0.35;

/// Tracks the rate at which bytes are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeLeft {
    /// Time and bytes of the last update.
    last: Option<(f64, f64)>,
    /// Bytes per millisecond, smoothed.
    rate: Option<f64>,
}

impl TimeLeft {
    /// Records progress and returns the seconds left, as soon as there is an estimate.
    pub fn update(&mut self, progress: &Progress) -> Option<f64> {
        let now = (progress.elapsed_ms, progress.byte_count);
        let (before_ms, before_bytes) = self.last.unwrap_or_default();
        let elapsed_ms = now.0 - before_ms;
        if elapsed_ms < 0.0 || now.1 < before_bytes {
            // Another reading was started.
            *self = TimeLeft::default();
            return None;
        }
        if elapsed_ms > 0.0 {
            let rate = (now.1 - before_bytes) / elapsed_ms;
            let renewal = 1.0 - (1.0 - RENEWAL_PER_SECOND).powf(elapsed_ms / 1000.0);
            self.rate = Some(self.rate.map_or(rate, |known| known + renewal * (rate - known)));
            self.last = Some(now);
        }
        let rate = self.rate.filter(|rate| *rate > 0.0 && progress.elapsed_ms >= LEAST_ELAPSED_MS)?;
        Some((progress.total_bytes - progress.byte_count).max(0.0) / rate / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(elapsed_ms: f64, byte_count: f64) -> Progress {
        Progress { elapsed_ms, byte_count, total_bytes: 10_000.0, ..Progress::default() }
    }

    #[test]
    fn a_steady_rate_is_extrapolated() {
        let mut left = TimeLeft::default();
        assert_eq!(left.update(&at(500.0, 500.0)), None);
        assert_eq!(left.update(&at(1000.0, 1000.0)), None);
        let seconds = left.update(&at(2000.0, 2000.0)).unwrap();
        assert!((seconds - 8.0).abs() < 1e-9, "{seconds}");
        // Updated again without progress.
        assert_eq!(left.update(&at(2000.0, 2000.0)), Some(seconds));
    }

    #[test]
    fn a_pause_changes_the_estimate_slowly() {
        let mut left = TimeLeft::default();
        left.update(&at(2000.0, 2000.0));
        let paused = left.update(&at(2100.0, 2000.0)).unwrap();
        assert!(paused > 8.0 && paused < 9.0, "{paused}");
    }

    #[test]
    fn nothing_read_or_another_reading_is_no_estimate() {
        let mut left = TimeLeft::default();
        assert_eq!(left.update(&at(3000.0, 0.0)), None);
        left.update(&at(4000.0, 4000.0));
        assert_eq!(left.update(&at(100.0, 10.0)), None);
    }
}
