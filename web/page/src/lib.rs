//! The page: holds choices and shows results. The page never reads the rows of a file or computes a statistic; the
//! workers do.
//!
//! Data flows in one direction: a choice changes the [`address`], the address changes the [`state`], the state makes
//! the [`client`] request results, and the [`view`]s show them.

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
