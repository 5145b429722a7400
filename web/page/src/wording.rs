//! How the page puts results into words: one place for each thing that is said in several views.

pub mod dates;
pub mod numbers;
pub mod phrase;
pub mod segment;
pub mod significance;
pub mod window;
