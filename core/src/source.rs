//! From bytes to typed rows: compression, dialect, header, column mapping, cells.

mod cells;
pub mod column;
pub mod compression;
pub mod csv;
pub mod error;
pub mod input_file;
pub mod mapping;
pub mod number;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod rejected;
mod row_slots;
mod short_number;
pub mod subtree_hash;

pub use column::Column;
pub use error::{HeaderProblem, SourceError};
pub use input_file::{Digest, DigestReader, InputFile, repeated_inputs};
pub use mapping::{ColumnMapping, MatchedBy};
pub use rejected::{InvalidValue, RejectReason, RejectedRow, RowSink};
