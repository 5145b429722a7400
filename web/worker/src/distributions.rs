//! How scores and revenue are distributed over the users: kept, because most settings change neither.

use std::sync::Arc;

use strata_core::analysis::distribution::{
    self, ConcentrationPoint, Histogram, RevenueHistogram, revenue_concentration, revenue_histogram,
};
use strata_core::report::UserResults;

/// Bins of the histogram of scores.
const SCORE_BINS: u32 = 40;

/// The distributions of the users of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Distributions {
    scores: Arc<Vec<u64>>,
    /// Users by engagement score.
    pub score_histogram: Histogram,
    /// Users with revenue, by revenue. No setting changes it.
    pub revenue_histogram: RevenueHistogram,
    /// Share of revenue of the users with most of it. No setting changes it.
    pub concentration: Vec<ConcentrationPoint>,
}

impl Distributions {
    /// Those of the users' scores and revenue.
    #[must_use]
    pub fn of(users: &UserResults) -> Distributions {
        Distributions {
            score_histogram: distribution::score_histogram(&users.scores, SCORE_BINS),
            scores: Arc::clone(&users.scores),
            revenue_histogram: revenue_histogram(&users.revenue),
            concentration: revenue_concentration(&users.revenue),
        }
    }

    /// Takes the results under other settings, which may have the same scores.
    pub fn follow(&mut self, users: &UserResults) {
        if !Arc::ptr_eq(&self.scores, &users.scores) {
            self.score_histogram = distribution::score_histogram(&users.scores, SCORE_BINS);
            self.scores = Arc::clone(&users.scores);
        }
    }
}
