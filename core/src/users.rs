//! The user table: one record per user, built from rows in any order, in parts that merge.

mod builder;
mod grouped;
mod interner;
mod quality;
mod row_journal;
mod same_text;
mod table;
mod totals;
mod wire;

#[cfg(feature = "user-table-writer")]
pub use builder::TableWriteError;
pub use builder::{PartError, UserTableBuilder};
#[cfg(feature = "parquet")]
pub use builder::{RunInputs, TableInput, TableMetadata, TableProblem};
pub use grouped::Grouped;
pub use quality::RowQuality;
pub use row_journal::{DamagedJournal, RowJournal, replay};
pub use table::{FinishedTable, Milestone, RevenueEntry, TextColumn, UserTable, paid_amount};
pub use totals::{OptionalCount, UserTotals};
