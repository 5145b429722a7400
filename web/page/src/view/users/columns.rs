//! The columns of the users table: names for people, and cells as they are shown.

use strata_protocol::SortDirection;

use crate::view::segments::names::{segment_name, stage_name};

/// What a column holds, and so how a cell is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// An id, verbatim.
    Id,
    /// A date, as in the file: it sorts and is as wide in every row.
    Date,
    /// A number, to the right.
    Number,
    /// A segment's word.
    Segment,
    /// A journey stage's word.
    Stage,
}

/// A column of the users table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The contract's name.
    pub name: &'static str,
    /// The name for people.
    pub label: &'static str,
    /// What it holds.
    pub kind: CellKind,
}

const fn column(name: &'static str, label: &'static str, kind: CellKind) -> Column {
    Column { name, label, kind }
}

/// The columns, in the order of [`strata_protocol::USER_COLUMNS`].
pub const COLUMNS: [Column; 14] = [
    column("user_id", "User", CellKind::Id),
    column("device_id", "Device", CellKind::Id),
    column("cohort_date", "Installed", CellKind::Date),
    column("last_active_date", "Last active", CellKind::Date),
    column("days_since_last_active", "Days since", CellKind::Number),
    column("active_days", "Active days", CellKind::Number),
    column("total_events", "Events", CellKind::Number),
    column("total_sessions", "Sessions", CellKind::Number),
    column("total_revenue", "Revenue", CellKind::Number),
    column("engagement_score", "Score", CellKind::Number),
    column("behavioral_segment", "Engagement", CellKind::Segment),
    column("revenue_segment", "Spending", CellKind::Segment),
    column("revenue_percentile", "Revenue percentile", CellKind::Number),
    column("journey_stage", "Furthest stage", CellKind::Stage),
];

/// By what the table is sorted: a column's position and the direction.
pub type Sort = (usize, SortDirection);

/// The sort that an address names, as `-total_revenue` for largest first; without one by user id.
#[must_use]
pub fn sort_of(choice: Option<&str>) -> Sort {
    let text = choice.unwrap_or_default();
    let (name, direction) =
        text.strip_prefix('-').map_or((text, SortDirection::Ascending), |name| (name, SortDirection::Descending));
    COLUMNS.iter().position(|column| column.name == name).map_or((0, SortDirection::Ascending), |at| (at, direction))
}

/// The choice for the address; empty for the sort that needs no saying.
#[must_use]
pub fn sort_choice((column, direction): Sort) -> String {
    let name = COLUMNS.get(column).map_or("", |column| column.name);
    match direction {
        SortDirection::Ascending if column == 0 => String::new(),
        SortDirection::Ascending => name.to_owned(),
        SortDirection::Descending => format!("-{name}"),
    }
}

/// The sort after a column's header was pressed: numbers and dates start with the largest, the rest with the
/// smallest; a second press turns the order round.
#[must_use]
pub fn pressed((column, direction): Sort, at: usize) -> Sort {
    let first = match COLUMNS.get(at).map(|column| column.kind) {
        Some(CellKind::Number | CellKind::Date) => SortDirection::Descending,
        _ => SortDirection::Ascending,
    };
    let turned = match direction {
        SortDirection::Ascending => SortDirection::Descending,
        SortDirection::Descending => SortDirection::Ascending,
    };
    (at, if column == at { turned } else { first })
}

/// A cell as it is shown; none where there is no value.
#[must_use]
pub fn shown(kind: CellKind, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    Some(match kind {
        CellKind::Id | CellKind::Date => text.to_owned(),
        CellKind::Number => grouped(text),
        CellKind::Segment => segment_name(text),
        CellKind::Stage => stage_name(text),
    })
}

/// A number with a narrow space between thousands, and without the decimals of a plain zero.
fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("\u{2212}", digits));
    let (whole, decimals) = digits.split_once('.').map_or((digits, ""), |(whole, decimals)| (whole, decimals));
    if !whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    if whole == "0" && decimals.bytes().all(|byte| byte == b'0') {
        return "0".to_owned();
    }
    let mut shown = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            shown.push('\u{202f}');
        }
        shown.push(digit);
    }
    if !decimals.is_empty() {
        shown.push('.');
        shown.push_str(decimals);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_protocol::USER_COLUMNS;

    #[test]
    fn columns_are_those_of_the_protocol() {
        assert_eq!(COLUMNS.map(|column| column.name), USER_COLUMNS);
    }

    #[test]
    fn a_sort_survives_the_address() {
        for column in 0..COLUMNS.len() {
            for direction in [SortDirection::Ascending, SortDirection::Descending] {
                assert_eq!(sort_of(Some(&sort_choice((column, direction)))), (column, direction));
            }
        }
        assert_eq!(sort_of(Some("-odd")), (0, SortDirection::Ascending));
        assert_eq!(sort_of(None), (0, SortDirection::Ascending));
        assert_eq!(sort_choice((0, SortDirection::Ascending)), "");
    }

    #[test]
    fn a_header_sorts_and_then_turns_the_order() {
        let by_revenue = pressed((0, SortDirection::Ascending), 8);
        assert_eq!(by_revenue, (8, SortDirection::Descending));
        assert_eq!(pressed(by_revenue, 8), (8, SortDirection::Ascending));
        assert_eq!(pressed(by_revenue, 0), (0, SortDirection::Ascending));
    }

    #[test]
    fn cells_are_shown_for_people() {
        assert_eq!(shown(CellKind::Number, "1234567.5000").as_deref(), Some("1\u{202f}234\u{202f}567.5000"));
        assert_eq!(shown(CellKind::Number, "0.0000").as_deref(), Some("0"));
        assert_eq!(shown(CellKind::Number, "0.0034").as_deref(), Some("0.0034"));
        assert_eq!(shown(CellKind::Number, "-12.0000").as_deref(), Some("\u{2212}12.0000"));
        assert_eq!(shown(CellKind::Number, "1e5").as_deref(), Some("1e5"));
        assert_eq!(shown(CellKind::Id, "0012").as_deref(), Some("0012"));
        assert_eq!(shown(CellKind::Segment, "free_user").as_deref(), Some("Free user"));
        assert_eq!(shown(CellKind::Stage, "").as_deref(), None);
    }
}
