//! The users that the latest query selects.

use strata_core::report::UserResults;
use strata_core::settings::Settings;
use strata_core::user_list::{UserQuery, list_users};
use strata_core::users::UserTable;

/// The users that the latest query selects, cached because paging repeats the query.
#[derive(Debug, Default)]
pub struct UserSelection {
    latest: Option<(UserQuery, Vec<u32>)>,
}

impl UserSelection {
    /// Drops the cached users, because the table or its results have changed.
    pub fn forget(&mut self) {
        self.latest = None;
    }

    /// Returns the positions of the users that a query selects, in its order.
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
