//! Maps values to positions and back, and chooses ticks.

mod band;
mod days;
mod linear;
mod log;

pub use band::Band;
pub use days::{DayTick, day_ticks, elapsed_day_ticks};
pub use linear::{Linear, Ticks};
pub use log::Log;

/// A continuous scale from values to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Continuous {
    /// Equal differences have equal distances.
    Linear(Linear),
    /// Equal ratios have equal distances.
    Log(Log),
}

impl Continuous {
    /// Returns the position of a value in pixels.
    #[must_use]
    pub fn position(&self, value: f64) -> f64 {
        match self {
            Self::Linear(scale) => scale.position(value),
            Self::Log(scale) => scale.position(value),
        }
    }

    /// Returns ticks, at most about `most` of them.
    #[must_use]
    pub fn ticks(&self, most: usize) -> Ticks {
        match self {
            Self::Linear(scale) => scale.ticks(most),
            Self::Log(scale) => scale.ticks(most),
        }
    }
}
