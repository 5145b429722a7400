//! How far users get: a bar per stage.

mod rows;

use strata_core::value::fixed::Fixed;

use crate::axis::{self, usable_width};
use crate::scene::Scene;

/// A funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// Available width in pixels.
    pub width: f64,
    /// Title of the chart.
    pub title: String,
    /// Sentence that says what the chart shows.
    pub description: String,
    /// The stages, in order.
    pub stages: Vec<FunnelStage>,
    /// Position of the stage that loses the largest share of its users, which is highlighted.
    pub largest_drop: Option<usize>,
    /// Level of the intervals in percent, such as 95.
    pub interval_level: Fixed,
    /// Users who are in no stage because they have not been observed long enough.
    pub still_open: Option<StillOpen>,
}

/// A stage.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelStage {
    /// Its name.
    pub name: String,
    /// Users who could complete the stage.
    pub entered: u64,
    /// Users who completed it.
    pub completed: u64,
    /// Users who entered it and did not complete it.
    pub dropped: u64,
    /// Completed / entered, in percent; `None` if nobody entered.
    pub conversion_rate: Option<Fixed>,
    /// Bounds of the conversion interval in percent.
    pub conversion_interval: Option<(Fixed, Fixed)>,
    /// Dropped / entered, in percent; `None` if nobody entered.
    pub drop_off_rate: Option<Fixed>,
    /// Median number of days from install to completion.
    pub median_days: Option<Fixed>,
}

/// Users who have not been observed for the whole window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StillOpen {
    /// Number of users.
    pub users: u64,
    /// Length of the window in days.
    pub window_days: u32,
}

/// Draws a row per stage: its bar, the users lost before it, and its figures. Each row is a hit area.
#[must_use]
pub fn funnel(spec: &Funnel) -> Scene {
    let width = usable_width(spec.width);
    let start = spec.stages.first().map_or(0, |stage| stage.entered);
    let open = spec.still_open.map_or(0, |open| open.users);
    if start == 0 && open == 0 {
        let text = "No users entered the funnel.";
        return axis::nothing_to_show(width, &spec.title, &spec.description, text);
    }
    let drawn = rows::draw(spec, width);
    Scene {
        width,
        height: drawn.height,
        title: spec.title.clone(),
        description: spec.description.clone(),
        plot: drawn.plot,
        marks: drawn.marks,
        hover: Vec::new(),
        hits: drawn.hits,
    }
}
