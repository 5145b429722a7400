//! Results as files.

pub mod bundle;
pub mod csv;
pub mod json;
pub mod number;

pub use bundle::{InputFile, OutputBundle, OutputFile, RunInfo};
