//! Messages between the page and the coordinator worker, and the data that they carry.
//!
//! There are two closed enums: [`ToWorker`] and [`FromWorker`]. Each request carries a [`RequestId`], and its replies
//! carry the same one; the page drops replies to requests that it has superseded. A failure is a reply like any other.
//! Messages are posted as bytes; files and large buffers travel beside them as JavaScript values, so that they are not
//! copied.
//!
//! This crate computes nothing and defines nothing twice: results, settings, filters and queries are the types of
//! `strata-core`.

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
