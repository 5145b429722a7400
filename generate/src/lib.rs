//! Sample data for Strata: a realistic *Phase 2* user-daily table as CSV, generated from a seed.
//!
//! ```
//! use strata_generate::{GenerateSpec, Generator};
//!
//! let mut generator = Generator::new(&GenerateSpec { rows: 1_000, seed: 7, ..GenerateSpec::default() })?;
//! let mut csv = generator.header().as_bytes().to_vec();
//! while generator.write_chunk(&mut csv) {
//!     // A caller that streams would write `csv` out here and clear it.
//! }
//! assert_eq!(generator.rows_written(), 1_000);
//! # Ok::<(), strata_generate::GenerateError>(())
//! ```
//!
//! # What the table looks like
//!
//! One row per user, device and UTC day on which the user was active, sorted by `user_id, date`
//! (byte order), with the column names and the column order of the upstream aggregation. About 4 %
//! of the users pay, about 22 % generate advertising revenue, and about 40 %, 15 % and 5 % of the eligible
//! users are active on day 1, 7 and 30 exactly. Later cohorts come back a little less and pass
//! level 5 less often, so that a trend test has something to find.
//!
//! Revenue is heavy-tailed: in a table of some hundred thousand rows or fewer the largest spender can
//! account for over 1 % of it, without any flaw.
//!
//! Some choices differ from what an upstream export may hold:
//! - `total_sessions` is present unless [`GenerateSpec::with_sessions`] is off;
//! - `first_purchase_time` and `last_purchase_time` are those of purchases and subscriptions of that
//!   day; advertising revenue alone leaves them empty;
//! - `total_revenue` is exactly the sum of its three parts (money is counted in millionths).
//!
//! # The same bytes everywhere
//!
//! The output depends on the [`GenerateSpec`] alone and is the same on every platform: random
//! numbers come from PCG, draws are integer comparisons, and the few transcendental functions come
//! from `libm`, not from the platform. There is no file, clock, thread or environment in here.
//!
//! # Flaws
//!
//! With [`GenerateSpec::flaws`] the table also has the flaws of real exports; [`Flaw`] lists
//! them, [`Generator::planted`] counts them.

#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::pedantic)]

mod acquisition;
mod calendar;
mod columns;
mod date;
mod day;
mod defect;
mod flaws;
mod generator;
mod journey;
mod money;
mod places;
mod population;
mod random;
mod record;
mod retention;
mod spec;
mod text;

pub use date::{Date, ParseDateError};
pub use flaws::Flaw;
pub use generator::Generator;
pub use spec::{GenerateError, GenerateSpec};
