//! Results as files.

pub mod bundle;
pub mod csv;
pub mod file;
pub mod json;

pub use bundle::{OutputBundle, RunInfo};
pub use csv::table::ColumnInfo;
pub use file::{FilePiece, OutputFile};
