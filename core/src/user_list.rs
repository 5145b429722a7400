//! The users as a list: selected, searched, sorted and written as text.
//!
//! Positions are those in the user table, which is sorted by user id. Results must be those of the same table and
//! settings.

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

/// Which users to list, and in what order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuery {
    /// Criteria that every listed user meets.
    pub filter: UserFilter,
    /// Text that the user id or the device id contains; ASCII letters match in any case. Empty for all users.
    pub search: String,
    /// The column to sort by.
    pub sort: UserColumn,
    /// The sort direction. In both directions, users without a value come last, and users with equal values are sorted
    /// by user id.
    pub direction: SortDirection,
}

/// Lists the users that match a query, as positions in the table, in the order of the query.
#[must_use]
pub fn list_users(table: &UserTable, settings: &Settings, users: &UserResults, query: &UserQuery) -> Vec<u32> {
    let mut positions = select(table, settings, users, &query.filter);
    if !query.search.is_empty() {
        let found = search::users_containing(table, query.search.as_bytes());
        positions.retain(|&user| found[user as usize]);
    }
    order::sort(table, users, positions, query.sort, query.direction)
}
