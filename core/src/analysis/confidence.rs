//! How much a segment's figures can be relied upon, from 0 to 1.

use crate::money::Amount;
use crate::settings::Settings;
use crate::source::Column;
use crate::stats::moments::relative_standard_error;
use crate::users::UserTable;

use crate::report::score_value;

use super::engagement::{Engagement, amounts_as_numbers};

/// Users from which size no longer lowers the confidence.
const FULL_SIZE: f64 = 100.0;

/// What the confidence of any segment is computed from.
pub(super) struct SegmentConfidence<'a> {
    table: &'a UserTable,
    settings: &'a Settings,
    engagement: &'a Engagement,
    revenue: Vec<f64>,
}

impl<'a> SegmentConfidence<'a> {
    pub fn new(table: &'a UserTable, settings: &'a Settings, engagement: &'a Engagement, revenue: &[Amount]) -> Self {
        SegmentConfidence { table, settings, engagement, revenue: amounts_as_numbers(revenue).collect() }
    }

    /// Weighted mean of size, completeness and 1 - mean relative standard error; of an empty segment 0.
    pub fn of(&self, users: &[u32]) -> f64 {
        if users.is_empty() {
            return 0.0;
        }
        let weights = self.settings.confidence_weights;
        let size = (users.len() as f64 / FULL_SIZE).min(1.0);
        let variance = 1.0 - self.mean_relative_standard_error(users).min(1.0);
        (weights.size * size + weights.completeness * self.completeness(users) + weights.variance * variance)
            / (weights.size + weights.completeness + weights.variance)
    }

    /// Share of known metric cells in the rows of the users.
    fn completeness(&self, users: &[u32]) -> f64 {
        let has_total = self.table.has_column(Column::TotalRevenue);
        let (mut known, mut rows) = (0_u64, 0_u64);
        for &user in users {
            let totals = &self.table.totals[user as usize];
            known += totals.known_cells(has_total);
            rows += u64::from(totals.row_count);
        }
        let cells = rows * self.table.metric_column_count() as u64;
        if cells == 0 { 0.0 } else { known as f64 / cells as f64 }
    }

    fn mean_relative_standard_error(&self, users: &[u32]) -> f64 {
        let users = users.iter().map(|&user| user as usize);
        let scores: Vec<f64> = users.clone().map(|user| score_value(self.engagement.scores[user])).collect();
        let revenue: Vec<f64> = users.clone().map(|user| self.revenue[user]).collect();
        let sessions: Vec<f64> = users.filter_map(|user| self.engagement.session_frequency[user]).collect();
        (relative_standard_error(&scores) + relative_standard_error(&revenue) + relative_standard_error(&sessions))
            / 3.0
    }
}
