//! The views of the results, one module each.

mod downloads;
pub mod funnel;
pub mod overview;
pub mod quality;
mod results;
pub mod retention;
pub mod segments;
pub mod users;

pub use downloads::Downloads;
pub use funnel::Funnel;
pub use overview::Overview;
pub use quality::Quality;
pub use retention::Retention;
pub use segments::Segments;
pub use users::Users;
