//! The columns of the users table: names for people, and formatted cells.

use std::borrow::Cow;

use strata_chart::format;
use strata_core::user_list::{SortDirection, UserCell, UserColumn};

use crate::wording::segment::{behavioral_name, revenue_name, stage_name};

/// The kind of a column, which decides the layout of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// An ID, verbatim.
    Id,
    /// A number, right-aligned.
    Number,
    /// A date; the latest sorts first.
    Date,
    /// A name.
    Name,
}

/// Returns the name of a column for people.
#[must_use]
pub fn label(column: UserColumn) -> &'static str {
    match column {
        UserColumn::UserId => "User",
        UserColumn::DeviceId => "Device",
        UserColumn::CohortDate => "Installed",
        UserColumn::LastActiveDate => "Last active",
        UserColumn::DaysSinceLastActive => "Days since",
        UserColumn::ActiveDays => "Active days",
        UserColumn::TotalEvents => "Events",
        UserColumn::TotalSessions => "Sessions",
        UserColumn::TotalRevenue => "Revenue",
        UserColumn::EngagementScore => "Score",
        UserColumn::BehavioralSegment => "Engagement",
        UserColumn::RevenueSegment => "Spending",
        UserColumn::RevenuePercentile => "Revenue percentile",
        UserColumn::JourneyStage => "Furthest stage",
    }
}

/// Returns the kind of a column.
#[must_use]
pub fn kind(column: UserColumn) -> CellKind {
    match column {
        UserColumn::UserId | UserColumn::DeviceId => CellKind::Id,
        UserColumn::CohortDate | UserColumn::LastActiveDate => CellKind::Date,
        UserColumn::DaysSinceLastActive
        | UserColumn::ActiveDays
        | UserColumn::TotalEvents
        | UserColumn::TotalSessions
        | UserColumn::TotalRevenue
        | UserColumn::EngagementScore
        | UserColumn::RevenuePercentile => CellKind::Number,
        UserColumn::BehavioralSegment | UserColumn::RevenueSegment | UserColumn::JourneyStage => CellKind::Name,
    }
}

/// The sort column and direction.
pub type Sort = (UserColumn, SortDirection);

/// Returns the sort in the address, such as `-total_revenue` for the largest first; by user ID if there is none.
#[must_use]
pub fn sort_of(choice: Option<&str>) -> Sort {
    let text = choice.unwrap_or_default();
    let (name, direction) =
        text.strip_prefix('-').map_or((text, SortDirection::Ascending), |name| (name, SortDirection::Descending));
    let column = UserColumn::ALL.into_iter().find(|column| column.name() == name);
    column.map(|column| (column, direction)).unwrap_or_default()
}

/// Returns the sort for the address; empty for the default.
#[must_use]
pub fn sort_choice(sort: Sort) -> String {
    match sort {
        (UserColumn::UserId, SortDirection::Ascending) => String::new(),
        (column, SortDirection::Ascending) => column.name().to_owned(),
        (column, SortDirection::Descending) => format!("-{}", column.name()),
    }
}

/// Returns the sort after a click on a column's header: numbers and dates start with the largest, others with the
/// smallest; a second click reverses the order.
#[must_use]
pub fn pressed((column, direction): Sort, on: UserColumn) -> Sort {
    let first = match kind(on) {
        CellKind::Number | CellKind::Date => SortDirection::Descending,
        CellKind::Id | CellKind::Name => SortDirection::Ascending,
    };
    let turned = match direction {
        SortDirection::Ascending => SortDirection::Descending,
        SortDirection::Descending => SortDirection::Ascending,
    };
    (on, if column == on { turned } else { first })
}

/// Formats a cell; `None` if it has no value.
#[must_use]
pub fn shown(cell: &UserCell) -> Option<Cow<'_, str>> {
    Some(match cell {
        UserCell::Empty => return None,
        UserCell::Text(text) => Cow::Borrowed(text.as_str()),
        UserCell::Date(day) => format::date(*day).into(),
        UserCell::Count(count) => format::count(*count).into(),
        UserCell::Number(number) if number.units == 0 => "0".into(),
        UserCell::Number(number) => format::number(*number, number.decimals).into(),
        UserCell::Behavioral(segment) => behavioral_name(*segment).into(),
        UserCell::Revenue(segment) => revenue_name(*segment).into(),
        UserCell::Stage(stage) => stage_name(*stage).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::report::RevenueSegment;
    use strata_core::value::calendar::Day;
    use strata_core::value::fixed::Fixed;

    #[test]
    fn a_sort_survives_the_address() {
        for column in UserColumn::ALL {
            for direction in [SortDirection::Ascending, SortDirection::Descending] {
                assert_eq!(sort_of(Some(&sort_choice((column, direction)))), (column, direction));
            }
        }
        let default = (UserColumn::UserId, SortDirection::Ascending);
        assert_eq!(sort_of(Some("-odd")), default);
        assert_eq!(sort_of(None), default);
        assert_eq!(sort_choice(default), "");
    }

    #[test]
    fn a_header_sorts_and_then_turns_the_order() {
        let by_revenue = pressed(Sort::default(), UserColumn::TotalRevenue);
        assert_eq!(by_revenue, (UserColumn::TotalRevenue, SortDirection::Descending));
        assert_eq!(pressed(by_revenue, UserColumn::TotalRevenue).1, SortDirection::Ascending);
        assert_eq!(pressed(by_revenue, UserColumn::UserId), (UserColumn::UserId, SortDirection::Ascending));
    }

    #[test]
    fn cells_are_shown_for_people() {
        let text = |cell: UserCell| shown(&cell).map(Cow::into_owned);
        assert_eq!(text(UserCell::Number(Fixed::exact(12_345_675_000, 4))).as_deref(), Some("1,234,567.5000"));
        assert_eq!(text(UserCell::Number(Fixed::exact(0, 4))).as_deref(), Some("0"));
        assert_eq!(text(UserCell::Number(Fixed::exact(34, 4))).as_deref(), Some("0.0034"));
        assert_eq!(text(UserCell::Number(Fixed::exact(-120_000, 4))).as_deref(), Some("\u{2212}12.0000"));
        assert_eq!(text(UserCell::Count(12_345)).as_deref(), Some("12,345"));
        assert_eq!(text(UserCell::Text("0012".to_owned())).as_deref(), Some("0012"));
        assert_eq!(text(UserCell::Date(Day(20_343))).as_deref(), Some("12 Sep 2025"));
        assert_eq!(text(UserCell::Revenue(RevenueSegment::FreeUser)).as_deref(), Some("Free user"));
        assert_eq!(text(UserCell::Empty), None);
    }
}
