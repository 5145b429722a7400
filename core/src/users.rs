//! The user table: one record per user, built from rows in any order, in parts that merge.

mod builder;
mod grouped;
mod interner;
mod quality;
mod table;
mod totals;
mod wire;

pub use builder::{PartError, UserTableBuilder};
pub use grouped::Grouped;
pub use quality::RowQuality;
pub use table::{FinishedTable, Milestone, RevenueEntry, TextColumn, UserTable};
pub use totals::{OptionalCount, UserTotals};
