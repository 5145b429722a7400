//! How far a segment's figures can be relied on, from 0 to 1.

use crate::settings::ConfidenceWeights;

use super::usage::Usage;

/// From this number of users, size no longer lowers the confidence.
const FULL_SIZE: f64 = 100.0;

/// What the confidence of a segment is computed from.
#[derive(Debug)]
pub(super) struct ConfidenceEvidence {
    pub user_count: u64,
    /// Share of metric cells with a known value in the users' rows.
    pub completeness: f64,
    /// Relative standard errors of score, revenue and session frequency.
    pub errors: [f64; 3],
}

impl ConfidenceEvidence {
    /// Weighted mean of size, completeness and 1 - mean relative standard error; 0 for an empty segment.
    pub fn confidence(&self, weights: ConfidenceWeights) -> f64 {
        if self.user_count == 0 {
            return 0.0;
        }
        let size = (self.user_count as f64 / FULL_SIZE).min(1.0);
        let [score, revenue, sessions] = self.errors;
        let variance = 1.0 - ((score + revenue + sessions) / 3.0).min(1.0);
        (weights.size * size + weights.completeness * self.completeness + weights.variance * variance)
            / (weights.size + weights.completeness + weights.variance)
    }
}

/// Known metric cells of some users, and all their rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KnownCells {
    known: u64,
    rows: u64,
}

impl KnownCells {
    #[inline]
    pub fn add(&mut self, usage: &Usage, user: usize) {
        self.known += usage.known_cells[user];
        self.rows += u64::from(usage.row_counts[user]);
    }

    /// The share of metric cells that are known; 0 without cells.
    pub fn completeness(self, metric_column_count: usize) -> f64 {
        let cells = self.rows * metric_column_count as u64;
        if cells == 0 { 0.0 } else { self.known as f64 / cells as f64 }
    }
}
