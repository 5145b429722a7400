//! The funnel.

use serde::{Deserialize, Serialize};

use crate::value::fixed::Fixed;
use crate::value::stage::Stage;

use super::TestResult;

/// The funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Funnel {
    /// The stages that the data has, in order.
    pub steps: Vec<FunnelStep>,
    /// Position of the step that loses the largest share of those who entered it; of equal ones the first. `None`
    /// where nobody is lost.
    pub largest_drop: Option<usize>,
    /// Users not observed as long as the window.
    pub users_still_open: u64,
}

/// A row of `journey_funnel_analysis.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// The stage.
    pub stage: Stage,
    /// Users who completed the stage before.
    pub users_entered: u64,
    /// Users who completed this one.
    pub users_completed: u64,
    /// Users who entered and did not complete it.
    pub users_dropped: u64,
    /// Completed by entered.
    pub conversion_rate: Option<Fixed>,
    /// Wilson interval of the conversion rate.
    pub conversion_ci: Option<(Fixed, Fixed)>,
    /// 100 - conversion rate.
    pub drop_off_rate: Option<Fixed>,
    /// Mean days from install to completion.
    pub avg_days: Option<Fixed>,
    /// Median days from install to completion.
    pub median_days: Option<Fixed>,
    /// Users who reached the stage, whatever mode and window.
    pub users_reached: u64,
    /// Reached by all users.
    pub overall_conversion_rate: Fixed,
    /// Conversion in the earlier half of the cohorts.
    pub conversion_earlier: Option<Fixed>,
    /// Conversion in the later half of the cohorts.
    pub conversion_later: Option<Fixed>,
    /// Earlier against later half.
    pub trend: Option<TestResult>,
}
