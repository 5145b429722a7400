//! The results, and the additional data that only the page shows.

use serde::{Deserialize, Serialize};
use strata_core::analysis::distribution::{ConcentrationPoint, Histogram, RevenueHistogram};
use strata_core::output::OutputFile;
use strata_core::report::Report;
use strata_core::settings::Settings;
use strata_core::value::calendar::Day;

/// All data that the views show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The engine's results.
    pub report: Report,
    /// The settings in force.
    pub settings: Settings,
    /// The latest date in the data, and the latest as-of date that can be chosen. May be later than the as-of date in
    /// force.
    pub latest_date: Day,
    /// Users by engagement score.
    pub score_histogram: Histogram,
    /// Users with revenue, by revenue.
    pub revenue_histogram: RevenueHistogram,
    /// Cumulative share of revenue, starting with the users with the most revenue; empty without revenue.
    pub concentration: Vec<ConcentrationPoint>,
    /// The files that can be downloaded.
    pub outputs: Vec<OutputFile>,
    /// Name of the ZIP archive of all result files.
    pub archive_name: String,
}
