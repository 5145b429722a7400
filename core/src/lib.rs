//! Strata's engine: turns rows, one per user and day, into retention, a funnel and segments.
//!
//! Bytes and settings go in, plain data comes out. The crate accesses no files, clock, environment or network and
//! starts no threads (a caller that has threads lends them through [`parallel::Parallel`]), so the command line, a
//! browser worker and a test all run the same code and get the same bytes.
//!
//! ```text
//! bytes -> source -> rows -> users -> analysis -> report -> output -> files
//! ```
//!
//! [`source`] turns bytes into typed [`rows`], [`users`] folds them into one record per user, [`analysis`] computes a
//! [`report`], and [`output`] writes it as files.
//!
//! # Example
//!
//! Three users install on the same day; one of them comes back the next day.
//!
//! ```
//! use strata_core::analysis::analyse;
//! use strata_core::parallel::Sequential;
//! use strata_core::rows::UserDay;
//! use strata_core::settings::Settings;
//! use strata_core::source::RowSink;
//! use strata_core::users::UserTableBuilder;
//! use strata_core::value::calendar::Day;
//!
//! let install = Day(20_000);
//! let mut builder = UserTableBuilder::new(None, vec!["rows.csv".to_owned()]);
//! for (user, day) in [("ann", 0), ("bob", 0), ("cem", 0), ("ann", 1)] {
//!     let row = UserDay { user_id: user.as_bytes(), date: Day(install.0 + day), ..UserDay::default() };
//!     builder.accept(&row, 0);
//! }
//! let table = builder.finish(&Sequential)?.table;
//!
//! let report = analyse(&table, &Settings::default(), &[]).report;
//! let day_1 = &report.retention.pooled[0];
//! assert_eq!((day_1.window, day_1.eligible_users), (1, 3));
//! assert_eq!(day_1.observed.map(|observed| observed.rate.to_string()).as_deref(), Some("33.33"));
//! # Ok::<(), strata_core::source::SourceError>(())
//! ```
//!
//! `examples/segment.rs` reads a CSV file instead and writes result files.

pub mod analysis;
pub mod finding;
pub mod output;
pub mod parallel;
pub mod reduction_sql;
pub mod report;
pub mod rows;
pub mod settings;
pub mod source;
pub mod stats;
pub mod user_list;
pub mod users;
pub mod value;

mod nearest;
mod text_order;

pub use nearest::nearest_name;
