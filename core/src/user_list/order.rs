//! The order of the user list.

use serde::{Deserialize, Serialize};

use crate::report::UserResults;
use crate::text_order::{leading_bytes, shared_prefix};
use crate::users::{TextColumn, UserTable};
use crate::value::stage::Stage;

use super::column::UserColumn;

/// The direction of a sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortDirection {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// Sorts users, given in the order of the table, by a column. Unknown values come last; equal values are sorted by user
/// id.
pub(super) fn sort(
    table: &UserTable,
    users: &UserResults,
    mut positions: Vec<u32>,
    column: UserColumn,
    direction: SortDirection,
) -> Vec<u32> {
    match column {
        UserColumn::UserId => {
            if direction == SortDirection::Descending {
                positions.reverse();
            }
            positions
        }
        UserColumn::DeviceId => by_text(&table.devices, &positions, direction),
        _ => by_key(&positions, direction, |user| key(table, users, column, user)),
    }
}

/// A number that sorts users like the column does; `None` for an empty cell and for columns of text.
fn key(table: &UserTable, users: &UserResults, column: UserColumn, user: usize) -> Option<u64> {
    let totals = &table.totals[user];
    match column {
        UserColumn::UserId | UserColumn::DeviceId => None,
        UserColumn::CohortDate => Some(ordered(totals.cohort_date().0)),
        UserColumn::LastActiveDate => users.last_active_dates[user].map(|day| ordered(day.0)),
        UserColumn::DaysSinceLastActive => Some(users.days_since_last_active[user]),
        UserColumn::ActiveDays => Some(table.active_days.of(user).len() as u64),
        UserColumn::TotalEvents => totals.events.get(),
        UserColumn::TotalSessions => totals.sessions.get(),
        // Ranks sort like the amounts, which need more than 64 bits.
        UserColumn::TotalRevenue | UserColumn::RevenuePercentile => Some(users.doubled_revenue_ranks[user]),
        UserColumn::EngagementScore => Some(users.scores[user]),
        UserColumn::BehavioralSegment => Some(users.behavioral[user] as u64),
        UserColumn::RevenueSegment => Some(users.revenue_segments[user] as u64),
        UserColumn::JourneyStage => Some(stage_key(users.journeys[user].stage)),
    }
}

/// Maps a signed number to an unsigned one, preserving order.
fn ordered(number: i32) -> u64 {
    u64::from(number.cast_unsigned() ^ 1 << 31)
}

fn stage_key(stage: Stage) -> u64 {
    const ABOVE_LEVELS: u64 = 1 << 33;
    match stage {
        Stage::FtueStart => 0,
        Stage::FtueComplete => 1,
        Stage::Level(number) => 2 + u64::from(number),
        Stage::GameComplete => ABOVE_LEVELS,
        Stage::FirstPurchase => ABOVE_LEVELS + 1,
    }
}

fn by_key(positions: &[u32], direction: SortDirection, key: impl Fn(usize) -> Option<u64>) -> Vec<u32> {
    let (keyed, unknown) = sorted_by_key(positions, direction, key);
    keyed.into_iter().map(|(_, user)| user).chain(unknown).collect()
}

/// Users with their keys (complemented when sorting largest first), sorted; and users without a key.
fn sorted_by_key(
    positions: &[u32],
    direction: SortDirection,
    key: impl Fn(usize) -> Option<u64>,
) -> (Vec<(u64, u32)>, Vec<u32>) {
    let mut keyed = Vec::with_capacity(positions.len());
    let mut unknown = Vec::new();
    for &user in positions {
        match (key(user as usize), direction) {
            (Some(key), SortDirection::Ascending) => keyed.push((key, user)),
            (Some(key), SortDirection::Descending) => keyed.push((!key, user)),
            (None, _) => unknown.push(user),
        }
    }
    keyed.sort_unstable();
    (keyed, unknown)
}

fn by_text(texts: &TextColumn, positions: &[u32], direction: SortDirection) -> Vec<u32> {
    let known = |user: usize| Some(texts.get(user)).filter(|text| !text.is_empty());
    let shared = shared_prefix(positions.iter().filter_map(|&user| known(user as usize)));
    // The next eight bytes distinguish nearly all texts.
    let (mut keyed, unknown) =
        sorted_by_key(positions, direction, |user| known(user).map(|text| leading_bytes(&text[shared..])));
    for same in keyed.chunk_by_mut(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        let text = |user: u32| texts.get(user as usize);
        // A stable sort keeps equal texts in the order of the table.
        same.sort_by(|&(_, a), &(_, b)| match direction {
            SortDirection::Ascending => text(a).cmp(text(b)),
            SortDirection::Descending => text(b).cmp(text(a)),
        });
    }
    keyed.into_iter().map(|(_, user)| user).chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_sorted_by_bytes_the_empty_ones_last(
            texts in prop::collection::vec("(device_[ab\u{0}]{0,10})?", 0..30), prefix in "[a-z]{0,3}", descending: bool,
        ) {
            let mut column = TextColumn::default();
            let texts: Vec<String> =
                texts.iter().map(|text| if text.is_empty() { String::new() } else { format!("{prefix}{text}") }).collect();
            for text in &texts {
                column.push(text.as_bytes());
            }
            let positions: Vec<u32> = (0..).take(texts.len()).collect();
            let direction = if descending { SortDirection::Descending } else { SortDirection::Ascending };
            let mut expected = positions.clone();
            let text = |user: u32| texts[user as usize].as_str();
            // A stable sort keeps equal values in the order of the table.
            expected.sort_by(|&a, &b| {
                let by_text = if descending { text(b).cmp(text(a)) } else { text(a).cmp(text(b)) };
                text(a).is_empty().cmp(&text(b).is_empty()).then(by_text)
            });
            prop_assert_eq!(by_text(&column, &positions, direction), expected);
        }
    }

    #[test]
    fn keys_keep_the_order() {
        assert!([i32::MIN, -1, 0, 1, i32::MAX].map(ordered).is_sorted_by(|a, b| a < b));
        let stages = [
            Stage::FtueStart,
            Stage::FtueComplete,
            Stage::Level(0),
            Stage::Level(u32::MAX),
            Stage::GameComplete,
            Stage::FirstPurchase,
        ];
        assert!(stages.is_sorted() && stages.map(stage_key).is_sorted_by(|a, b| a < b));
    }
}
