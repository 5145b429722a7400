//! The users as a list: selected, searched, sorted, and as texts.
//!
//! Positions are those of the user table, whose order is that of the user ids. The results are always those of the
//! same table and settings.

mod column;
mod order;
mod search;

pub use column::{UserCell, UserCells, UserColumn};
pub use order::SortDirection;

use serde::{Deserialize, Serialize};

use crate::analysis::membership::{UserFilter, select};
use crate::report::UserResults;
use crate::settings::Settings;
use crate::users::UserTable;

/// Which users, and in what order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuery {
    /// Criteria that must hold.
    pub filter: UserFilter,
    /// Text that the user id or the device id contains; ASCII letters in any case. Empty for all.
    pub search: String,
    /// The column to sort by.
    pub sort: UserColumn,
    /// Its direction. Users without a value come last in both, equal ones are in the order of their ids in both.
    pub direction: SortDirection,
}

/// Positions of the users of a query, in its order.
#[must_use]
pub fn list_users(table: &UserTable, settings: &Settings, users: &UserResults, query: &UserQuery) -> Vec<u32> {
    let mut positions = select(table, settings, users, &query.filter);
    if !query.search.is_empty() {
        let found = search::users_containing(table, query.search.as_bytes());
        positions.retain(|&user| found[user as usize]);
    }
    order::sort(table, users, positions, query.sort, query.direction)
}
