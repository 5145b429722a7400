//! How far users come: a bar per stage.

mod rows;

use strata_core::value::fixed::Fixed;

use crate::axis::{self, usable_width};
use crate::scene::Scene;

/// A funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// Pixels to use.
    pub width: f64,
    /// Name of the chart.
    pub title: String,
    /// What there is to see, in a sentence.
    pub description: String,
    /// The stages, in order.
    pub stages: Vec<FunnelStage>,
    /// Position of the stage that loses the largest share of its users, which is marked.
    pub largest_drop: Option<usize>,
    /// Level of the intervals in percent, as 95.
    pub interval_level: Fixed,
    /// Users who are in no stage, because they have not been observed long enough.
    pub still_open: Option<StillOpen>,
}

/// A stage.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelStage {
    /// Its name.
    pub name: String,
    /// Users who could complete it.
    pub entered: u64,
    /// Users who did.
    pub completed: u64,
    /// Users who could and did not.
    pub dropped: u64,
    /// Share of those who entered that completed it, in percent; `None` where nobody entered.
    pub conversion_rate: Option<Fixed>,
    /// Bounds of its interval in percent.
    pub conversion_interval: Option<(Fixed, Fixed)>,
    /// Share of those who entered that did not, in percent; `None` where nobody entered.
    pub drop_off_rate: Option<Fixed>,
    /// Median days from install to completion.
    pub median_days: Option<Fixed>,
}

/// Users not observed as long as the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StillOpen {
    /// How many.
    pub users: u64,
    /// Days of the window.
    pub window_days: u32,
}

/// Draws a row per stage: its bar, what was lost before it, and its figures. Rows can be pointed at.
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
