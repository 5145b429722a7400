//! How far users come: a bar per stage.

mod rows;

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
    /// Level of the intervals in percent, as 95.
    pub interval_level: f64,
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
    /// Completed of entered in percent; `None` where nobody entered.
    pub conversion_rate: Option<f64>,
    /// Bounds of its interval in percent.
    pub conversion_interval: Option<(f64, f64)>,
    /// Median days from install to completion.
    pub median_days: Option<f64>,
}

/// Users not observed as long as the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StillOpen {
    /// How many.
    pub users: u64,
    /// Days of the window.
    pub window_days: u32,
}

impl FunnelStage {
    /// Share of users lost in percent.
    fn drop_off_rate(&self) -> Option<f64> {
        self.conversion_rate.filter(|rate| rate.is_finite()).map(|rate| 100.0 - rate)
    }
}

/// The stage that loses the largest share of those who entered it, if any loses some; of equal ones the last.
#[must_use]
pub fn largest_drop(stages: &[FunnelStage]) -> Option<usize> {
    let drop = |index: &usize| stages[*index].drop_off_rate().unwrap_or(0.0);
    let largest = (0..stages.len()).max_by(|a, b| drop(a).total_cmp(&drop(b)))?;
    (drop(&largest) > 0.0).then_some(largest)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(rate: Option<f64>) -> FunnelStage {
        FunnelStage {
            name: "level_1".into(),
            entered: 100,
            completed: 50,
            conversion_rate: rate,
            conversion_interval: None,
            median_days: None,
        }
    }

    #[test]
    fn the_largest_drop_is_by_share() {
        let stages = [stage(Some(100.0)), stage(Some(60.0)), stage(Some(20.0)), stage(None)];
        assert_eq!(largest_drop(&stages), Some(2));
        assert_eq!(largest_drop(&stages[..1]), None);
        assert_eq!(largest_drop(&[stage(None), stage(Some(f64::NAN))]), None);
        assert_eq!(largest_drop(&[]), None);
    }
}
