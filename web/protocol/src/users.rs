//! The users table.

use serde::{Deserialize, Serialize};
use strata_core::user_list::UserCell;

/// Rows of the users table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserTablePage {
    /// Number of users that the query selects.
    pub total: u32,
    /// Position of the first row.
    pub offset: u32,
    /// The rows: all that exist from the offset, up to the limit.
    pub rows: Vec<UserRow>,
}

/// The cells of a user, in the order of [`UserColumn::ALL`](strata_core::user_list::UserColumn::ALL).
pub type UserRow = Vec<UserCell>;
