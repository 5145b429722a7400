//! Statistics on plain numbers: nothing here knows about users, segments or settings.
//!
//! Results are the same bits on every platform. Only `+ - * /`, square roots and integer arithmetic of
//! the standard library are used, which IEEE 754 rounds correctly everywhere; exponentials, logarithms and
//! error functions come from the `libm` crate instead of the platform's C library.
//!
//! What cannot be estimated is `None`, never a p-value of 1.

pub mod chi_squared;
pub mod contingency;
pub mod mann_whitney;
pub mod moments;
pub mod multiplicity;
pub mod normal;
pub mod proportion;
pub mod quantile;
mod radix;
pub mod rank;
pub mod two_by_two;

pub use contingency::{ContingencyTable, IndependenceTest};
pub use mann_whitney::mann_whitney;
pub use multiplicity::benjamini_hochberg;
pub use proportion::{Interval, Proportion};
pub use rank::{KeyOrder, RankSums, Ranks, average_ranks_doubled, average_ranks_doubled_of_integers};
pub use two_by_two::TwoByTwo;
