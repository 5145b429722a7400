//! The users of the latest query.

use strata_core::report::UserResults;
use strata_core::settings::Settings;
use strata_core::user_list::{UserQuery, list_users};
use strata_core::users::UserTable;

/// The users of the latest query: paging asks for the same again and again.
#[derive(Debug, Default)]
pub struct UserSelection {
    latest: Option<(UserQuery, Vec<u32>)>,
}

impl UserSelection {
    /// Forgets the users: the table or its results have changed.
    pub fn forget(&mut self) {
        self.latest = None;
    }

    /// Positions of the users of a query, in its order.
    pub fn of_query(
        &mut self,
        table: &UserTable,
        settings: &Settings,
        users: &UserResults,
        query: &UserQuery,
    ) -> &[u32] {
        let known = self.latest.take().filter(|(latest, _)| latest == query);
        let latest = known.unwrap_or_else(|| (query.clone(), list_users(table, settings, users, query)));
        &self.latest.insert(latest).1
    }
}
