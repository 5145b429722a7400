//! Links to the users counted in a figure.

use strata_core::analysis::membership::UserFilter;

use crate::address::{Address, View};

/// Returns the address of the list of users that a filter selects, under the same settings.
#[must_use]
pub fn users_link(address: &Address, filter: UserFilter) -> String {
    Address { view: View::Users, filter, choices: Vec::new(), ..address.clone() }.fragment()
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::report::BehavioralSegment;

    #[test]
    fn a_link_keeps_settings_and_nothing_else() {
        let address = Address::parse("#/segments?CHURN_DAYS_THRESHOLD=7&revenue=whale&metric=ltv");
        let filter = UserFilter { behavioral: Some(BehavioralSegment::Churned), ..UserFilter::default() };
        assert_eq!(users_link(&address, filter), "#/users?CHURN_DAYS_THRESHOLD=7&behavioral=churned");
    }
}
