//! Distributions of scores and revenue over the users, cached because most settings change neither.

use std::sync::Arc;

use strata_core::analysis::distribution::{
    self, ConcentrationPoint, Histogram, RevenueHistogram, revenue_concentration, revenue_histogram,
};
use strata_core::report::UserResults;

/// Number of bins of the score histogram.
const SCORE_BINS: u32 = 40;

/// The distributions of the users of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Distributions {
    scores: Arc<Vec<u64>>,
    /// Users by engagement score.
    pub score_histogram: Histogram,
    /// Users with revenue, by revenue. No setting changes it.
    pub revenue_histogram: RevenueHistogram,
    /// Cumulative share of revenue, starting with the users with the most revenue. No setting changes it.
    pub concentration: Vec<ConcentrationPoint>,
}

impl Distributions {
    /// Computes the distributions of the users' scores and revenue.
    #[must_use]
    pub fn of(users: &UserResults) -> Distributions {
        Distributions {
            score_histogram: distribution::score_histogram(&users.scores, SCORE_BINS),
            scores: Arc::clone(&users.scores),
            revenue_histogram: revenue_histogram(&users.revenue),
            concentration: revenue_concentration(&users.revenue),
        }
    }

    /// Updates the distributions for the results under other settings, if the scores have changed.
    pub fn follow(&mut self, users: &UserResults) {
        if !Arc::ptr_eq(&self.scores, &users.scores) {
            self.score_histogram = distribution::score_histogram(&users.scores, SCORE_BINS);
            self.scores = Arc::clone(&users.scores);
        }
    }
}
