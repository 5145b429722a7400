//! The charts, one module each: each turns a specification of plain data into a scene.
//!
//! Each chart gets its available width in pixels and decides its own height. Percentages are 0 to 100; days are days
//! since 1970-01-01 unless stated to be days since install. Values that are not finite are not drawn.

mod concentration;
mod funnel;
mod histogram;
mod line;
mod residual_matrix;
mod retention_curve;
mod segment_bars;
mod time_series;

pub use concentration::{Concentration, concentration};
pub use funnel::{Funnel, FunnelStage, StillOpen, funnel};
pub use histogram::{Histogram, Threshold, histogram};
pub use line::{LineChart, LinePoint, line};
pub use residual_matrix::{MatrixCell, matrix_cell};
pub use retention_curve::{RetentionCurve, RetentionPoint, retention_curve};
pub use segment_bars::{SegmentBars, SegmentShare, segment_bars};
pub use time_series::{Series, TimeSeries, TimeSeriesKind, time_series};
