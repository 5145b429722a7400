//! Messages between the page and the coordinator worker, and the data that they carry.
//!
//! Two closed enums: [`ToWorker`] and [`FromWorker`]. Each request carries a [`RequestId`] and is answered by replies
//! with the same one; the page drops replies that are no longer wanted. A failure is a reply like any other.
//! Messages are posted as bytes; files and big buffers beside them as JavaScript values, so that they are not copied.
//!
//! Nothing here computes: rates are percentages as they are printed, money and scores are numbers already rounded to
//! the printed places, dates are texts (`YYYY-MM-DD`), `None` is "not known", "not observed yet" or "not tested".

mod failure;
mod input;
mod message;
mod report;
mod users;
mod wire;

pub use failure::{Failure, FailureKind};
pub use input::{
    AbsentColumn, AmbiguousColumn, GivenColumn, InputPreview, LoadedInput, MappedColumn, RejectedRowPreview,
};
pub use message::{FileRequest, FromWorker, Progress, RequestId, SettingText, ToWorker};
pub use report::{
    BehavioralRow, CohortRow, ConcentrationPoint, CurvePoint, DailyRow, FindingRow, FunnelStage, FunnelView, Histogram,
    Interval, MatrixCellView, MatrixView, OutputName, PeriodView, QualityView, ReportView, RetentionCellView,
    RetentionView, RevenueRow, SegmentThresholds, TestView,
};
pub use users::{
    CohortMembers, FunnelMembers, SortDirection, USER_COLUMNS, UserFilter, UserQuery, UserRow, UserTablePage,
};
pub use wire::{Message, Packed, pack, unpack};
