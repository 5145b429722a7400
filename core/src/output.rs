//! Results as files.

pub mod bundle;
pub mod csv;
pub mod file;
pub mod json;

pub use bundle::{OutputBundle, RunInfo};
pub use file::{FilePiece, OutputFile};
