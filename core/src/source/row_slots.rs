//! Which column of an input fills which field of a row: the one list that CSV and Parquet share.

use crate::rows::{UserDay, UserType};
use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

use super::column::Column;
use super::mapping::ColumnMapping;

/// Reads the optional cells of one row. A cell that cannot be read is reported and becomes `None`, like a null.
///
/// A slot of type `S` is where the format keeps a column: a position, or the column itself.
pub(super) trait CellReader<S> {
    fn date(&mut self, column: Column, slot: &S) -> Option<Day>;
    fn count(&mut self, column: Column, slot: &S) -> Option<u64>;
    fn amount(&mut self, column: Column, slot: &S) -> Option<Amount>;
    fn minutes(&mut self, column: Column, slot: &S) -> Option<Amount>;
    fn user_type(&mut self, column: Column, slot: &S) -> Option<UserType>;
    /// A timestamp that rarely changes from one row to the next.
    fn repeated_timestamp(&mut self, column: Column, slot: &S) -> Option<Timestamp>;
}

/// What every row has, and what each format finds in its own way.
pub(super) struct RowKey<'r> {
    pub user_id: &'r [u8],
    pub date: Day,
    pub device_id: Option<&'r [u8]>,
    pub milestones: &'r [(Stage, Timestamp)],
}

/// Declares [`RowSlots`] from one line for each optional field of a [`UserDay`]: its column, and how a cell is read.
macro_rules! row_slots {
    ($($field:ident: $column:ident as $kind:ident,)+) => {
        /// The slots of the used columns of an input.
        #[derive(Clone, Debug)]
        pub(super) struct RowSlots<S> {
            pub user_id: Option<S>,
            pub date: Option<S>,
            pub device_id: Option<S>,
            $($field: Option<S>,)+
        }

        impl<S> RowSlots<S> {
            /// The slots of the mapped columns; `slot_of` is given the position of a column in the header.
            pub fn new(mapping: &ColumnMapping, slot_of: impl Fn(usize) -> S) -> RowSlots<S> {
                let find = |column: Column| mapping.index_of(column).map(&slot_of);
                RowSlots {
                    user_id: find(Column::UserId),
                    date: find(Column::Date),
                    device_id: find(Column::DeviceId),
                    $($field: find(Column::$column),)+
                }
            }

            /// Assembles a row.
            #[allow(clippy::inline_always, reason = "a row is taken apart at once, so it need not exist in memory")]
            #[inline(always)]
            pub fn row<'r>(&self, key: RowKey<'r>, cells: &mut impl CellReader<S>) -> UserDay<'r> {
                let RowKey { user_id, date, device_id, milestones } = key;
                UserDay {
                    user_id,
                    date,
                    device_id,
                    milestones,
                    has_total_revenue_column: self.total_revenue.is_some(),
                    $($field: match &self.$field {
                        Some(slot) => cells.$kind(Column::$column, slot),
                        None => None,
                    },)+
                }
            }
        }
    };
}

row_slots! {
    cohort_date: CohortDate as date,
    total_events: TotalEvents as count,
    total_sessions: TotalSessions as count,
    total_session_minutes: TotalSessionTime as minutes,
    avg_session_minutes: AvgSessionDuration as minutes,
    days_since_last_active: DaysSinceLastActive as count,
    total_revenue: TotalRevenue as amount,
    iap_revenue: IapRevenue as amount,
    ad_revenue: AdRevenue as amount,
    subscription_revenue: SubscriptionRevenue as amount,
    user_type: UserType as user_type,
    last_updated: LastUpdated as repeated_timestamp,
}
