//! The views of the results, one module each.

mod downloads;
mod funnel;
pub mod overview;
pub mod quality;
mod results;
mod retention;
pub mod segments;
mod users;

pub use downloads::Downloads;
pub use funnel::Funnel;
pub use overview::Overview;
pub use quality::Quality;
pub use retention::Retention;
pub use segments::Segments;
pub use users::Users;
