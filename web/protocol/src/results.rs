//! The results, and what only the page shows beside them.

use serde::{Deserialize, Serialize};
use strata_core::analysis::distribution::{ConcentrationPoint, Histogram, RevenueHistogram};
use strata_core::output::OutputFile;
use strata_core::report::Report;
use strata_core::settings::Settings;
use strata_core::value::calendar::Day;

/// Everything that the views show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The engine's results.
    pub report: Report,
    /// The settings in force.
    pub settings: Settings,
    /// The latest date of the data, which may be later than the as-of date: the latest that can be chosen.
    pub latest_date: Day,
    /// Users by engagement score.
    pub score_histogram: Histogram,
    /// Users with revenue, by revenue.
    pub revenue_histogram: RevenueHistogram,
    /// Share of revenue of the users with most of it; empty without revenue.
    pub concentration: Vec<ConcentrationPoint>,
    /// The files that can be downloaded.
    pub outputs: Vec<OutputFile>,
    /// Name of the archive of all of them.
    pub archive_name: String,
}
