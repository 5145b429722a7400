//! The page: holds choices and shows results. Nothing here reads a file's rows or computes a statistic; both are the
//! workers' business.
//!
//! Data goes round in one direction: a choice changes the [`address`], the address changes the [`state`], the state
//! asks the [`client`] for results, and results are shown by the [`view`]s.

#![expect(clippy::must_use_candidate, reason = "the macro `component` does not hand `#[must_use]` on")]

pub mod address;
pub mod app;
pub mod chart_figure;
pub mod client;
mod frames;
pub mod left_out;
pub mod save;
pub mod settings;
pub mod start;
pub mod state;
mod table_region;
pub mod view;
pub mod wording;
