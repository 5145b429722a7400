//! From values to positions and back, and the ticks between.

mod band;
mod days;
mod linear;
mod log;

pub use band::Band;
pub use days::{DayTick, day_ticks, elapsed_day_ticks};
pub use linear::{Linear, Ticks};
pub use log::Log;

/// A continuous scale: values on one side, pixels on the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Continuous {
    /// Equal differences are equally far apart.
    Linear(Linear),
    /// Equal ratios are equally far apart.
    Log(Log),
}

impl Continuous {
    /// Where the value lies, in pixels.
    #[must_use]
    pub fn position(&self, value: f64) -> f64 {
        match self {
            Self::Linear(scale) => scale.position(value),
            Self::Log(scale) => scale.position(value),
        }
    }

    /// About so many ticks at most.
    #[must_use]
    pub fn ticks(&self, most: usize) -> Ticks {
        match self {
            Self::Linear(scale) => scale.ticks(most),
            Self::Log(scale) => scale.ticks(most),
        }
    }
}
