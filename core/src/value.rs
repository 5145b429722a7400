//! Small values that every other module may import: days, amounts, printed numbers, stages.
//!
//! None of these modules imports anything from the crate outside this folder.

pub mod amount;
pub mod calendar;
pub mod digits;
pub mod fixed;
pub(crate) mod rounding;
pub mod stage;
