//! Messages between the page and the coordinator worker, and the data that they carry.
//!
//! Two closed enums: [`ToWorker`] and [`FromWorker`]. Each request carries a [`RequestId`] and is answered by replies
//! with the same one; the page drops replies that are no longer wanted. A failure is a reply like any other.
//! Messages are posted as bytes; files and big buffers beside them as JavaScript values, so that they are not copied.
//!
//! Nothing here computes, and nothing is defined twice: results, settings, filters and queries are the types of
//! `strata-core` themselves.

mod failure;
mod input;
mod message;
mod results;
mod users;
mod wire;

pub use failure::{Failure, FailureKind};
pub use input::{AmbiguousColumn, ColumnMapping, InputPreview, LoadedInput, MissingColumn, RejectedRowPreview};
pub use message::{FileRequest, FromWorker, Progress, RequestId, SettingText, ToWorker};
pub use results::Results;
pub use users::{UserRow, UserTablePage};
pub use wire::{Message, Packed, pack, unpack};
