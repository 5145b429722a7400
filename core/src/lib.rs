//! Strata's engine: from user-day rows to retention, funnel and segments.
//!
//! Bytes and settings go in, data comes out. The crate touches no file, clock, environment or thread (a caller that has
//! threads lends them by [`parallel::Parallel`]),
//! so that the command line, a browser worker and a test all run the same code and get the same bytes.
//!
//! Data flows one way:
//!
//! ```text
//! bytes -> source (decode, map) -> rows -> users (one record per user) -> analysis -> report -> output
//! ```

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
