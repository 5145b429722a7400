//! Pure functions from the user table and the settings to results.

mod activity;
mod behavior;
mod cache;
mod cohorts;
mod confidence;
mod daily;
pub mod distribution;
mod engagement;
mod figures;
mod findings;
mod funnel;
mod funnel_counts;
mod hypothesis_tests;
mod journey;
mod matrix;
pub mod membership;
mod memo;
mod normalization;
mod period;
mod retained_counts;
mod retention;
mod retention_curve;
mod revenue;
mod segment;
mod usage;

use crate::parallel::{Parallel, Sequential};
use crate::report::Analysis;
use crate::settings::Settings;
use crate::users::UserTable;
use crate::value::fixed::Fixed;

pub use cache::AnalysisCache;

/// Computes every result.
///
/// `duplicate_files` names the inputs that were left out because another input has the same bytes.
///
/// To analyse the same table under several settings, use [`AnalysisCache`]: it reuses the results they share.
#[must_use]
pub fn analyse(table: &UserTable, settings: &Settings, duplicate_files: &[String]) -> Analysis {
    analyse_with(&Sequential, table, settings, duplicate_files)
}

/// Like [`analyse`], on the caller's threads.
#[must_use]
pub fn analyse_with(
    parallel: &dyn Parallel,
    table: &UserTable,
    settings: &Settings,
    duplicate_files: &[String],
) -> Analysis {
    AnalysisCache::default().analyse_with(parallel, table, settings, duplicate_files)
}

/// A share from 0 to 1, with four decimals.
fn share(share: f64) -> Fixed {
    Fixed::from_f64(share, 4).unwrap_or_default()
}
