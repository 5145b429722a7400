//! The users table.

use serde::{Deserialize, Serialize};
use strata_core::user_list::UserCell;

/// Rows of the users table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserTablePage {
    /// How many users the query selects.
    pub total: u32,
    /// Position of the first row.
    pub offset: u32,
    /// Rows, as many as there are up to the limit.
    pub rows: Vec<UserRow>,
}

/// The cells of a user, in the order of [`UserColumn::ALL`](strata_core::user_list::UserColumn::ALL).
pub type UserRow = Vec<UserCell>;
