//! The wording of results: one place for each phrase that several views use.

pub mod dates;
pub mod numbers;
pub mod phrase;
pub mod segment;
pub mod significance;
pub mod window;
