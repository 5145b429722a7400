//! Folds rows into users.

mod current_milestones;
mod devices;
mod finish;
mod part;
mod replay;
mod row_entry;
#[cfg(feature = "parquet")]
mod table_file;

pub use part::PartError;
#[cfg(feature = "user-table-writer")]
pub use table_file::TableWriteError;
#[cfg(feature = "parquet")]
pub use table_file::{RunInputs, TableInput, TableMetadata, TableProblem};

use std::collections::BTreeSet;

use crate::finding::excerpt;
use crate::parallel::{Parallel, join};
use crate::rows::{RevenueKind, UserDay};
use crate::source::{Column, ColumnMapping, InvalidValue, RejectedRow, RowSink, SourceError};
use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};

use super::grouped::UserLog;
use super::interner::{UserInterner, number};
use super::quality::{RowTallies, of_rows};
use super::same_text::is_same_text;
use super::table::{FinishedTable, Milestone, RevenueEntry, TextColumn};
use super::totals::UserTotals;
use current_milestones::CurrentMilestones;
use devices::{DeviceTexts, Devices, LatestDevice};
use finish::Finishing;
use row_entry::RowEntry;

/// Builds a [`UserTable`](super::UserTable) from rows in any order.
///
/// Builders can work side by side on parts of the rows and be merged; the result is the same, whatever the
/// order of rows, parts and merges.
#[derive(Debug, Default)]
pub struct UserTableBuilder {
    as_of: Option<Day>,
    input_names: Vec<String>,
    columns: BTreeSet<Column>,
    users: UserInterner,
    totals: Vec<UserTotals>,
    devices: Devices,
    latest_device: LatestDevice,
    /// Kept only where the table is written to a file.
    device_texts: Option<DeviceTexts>,
    rows: UserLog<RowEntry>,
    revenue: UserLog<RevenueEntry>,
    milestones: UserLog<Milestone>,
    /// The number of milestones at which repeated ones are folded.
    milestone_limit: usize,
    /// The user of the previous row, whose milestones are not in the log yet.
    current: Option<u32>,
    current_milestones: CurrentMilestones,
    latest_date: Option<Day>,
    earliest_date: Option<Day>,
    newest_update: Option<Timestamp>,
    tallies: RowTallies,
    rejected: Vec<RejectedRow>,
}

/// The contents that a builder hands over to another.
struct Contents {
    columns: BTreeSet<Column>,
    ids: TextColumn,
    totals: Vec<UserTotals>,
    devices: Devices,
    device_texts: Option<DeviceTexts>,
    rows: UserLog<RowEntry>,
    revenue: UserLog<RevenueEntry>,
    milestones: UserLog<Milestone>,
    latest_date: Option<Day>,
    earliest_date: Option<Day>,
    newest_update: Option<Timestamp>,
    tallies: RowTallies,
    rejected: Vec<RejectedRow>,
}

/// What is kept once for each user.
struct KnownUsers<'b> {
    users: &'b mut UserInterner,
    totals: &'b mut Vec<UserTotals>,
    devices: &'b mut Devices,
}

impl KnownUsers<'_> {
    /// A user's number; that of a new one is the next.
    #[inline]
    fn number_of(&mut self, id: &[u8]) -> u32 {
        let (number, is_new) = self.users.number_of(id);
        if is_new {
            self.totals.push(UserTotals::default());
            self.devices.push_unknown();
        }
        number
    }

    /// Adds another builder's users; says which number each of them has here.
    fn merge(&mut self, ids: &TextColumn, totals: &[UserTotals], devices: &Devices) -> Vec<u32> {
        let user_count = self.totals.len();
        // Users mostly continue where those of the previous part ended.
        if let Some(known_count) = self.users.append_ascending(ids) {
            let first = user_count - known_count;
            self.totals.extend_from_slice(&totals[known_count..]);
            self.devices.append(devices, known_count);
            if known_count > 0 {
                self.merge_user(number(first), &totals[0], devices, 0);
            }
            return (number(first)..).take(totals.len()).collect();
        }
        let mut numbers = Vec::with_capacity(totals.len());
        for (number, totals) in (0_u32..).zip(totals) {
            let user = self.number_of(ids.get(number as usize));
            numbers.push(user);
            self.merge_user(user, totals, devices, number);
        }
        numbers
    }

    /// Adds a user of another builder, who has this number there.
    fn merge_user(&mut self, user: u32, totals: &UserTotals, devices: &Devices, number: u32) {
        self.totals[user as usize].merge(totals);
        if let Some(date) = devices.date(number) {
            self.devices.offer(user, date, devices.text(number));
        }
    }
}

/// Milestones held before repeated ones are folded for the first time.
const FIRST_MILESTONE_LIMIT: usize = 1 << 20;

impl UserTableBuilder {
    /// A builder for data up to `as_of`, or up to the latest date where it is `None`.
    ///
    /// `input_names` are the files' names, for messages; rows refer to their file by its position.
    #[must_use]
    pub fn new(as_of: Option<Day>, input_names: Vec<String>) -> UserTableBuilder {
        UserTableBuilder { as_of, input_names, milestone_limit: FIRST_MILESTONE_LIMIT, ..UserTableBuilder::default() }
    }

    /// Keeps the text of every device, so that the table can be written to a file.
    #[must_use]
    pub fn keeping_devices(mut self) -> UserTableBuilder {
        self.device_texts = Some(DeviceTexts::default());
        self
    }

    /// Makes the columns of a file known, also those without a single value.
    pub fn add_columns(&mut self, mapping: &ColumnMapping) {
        self.columns.extend(mapping.columns.iter().map(|mapped| mapped.column));
    }

    /// Rows rejected so far.
    #[must_use]
    pub fn rejected_row_count(&self) -> u64 {
        self.tallies.rejected.count()
    }

    /// The latest date of an accepted row, also after the as-of date.
    #[must_use]
    pub fn latest_date(&self) -> Option<Day> {
        self.latest_date
    }

    /// Rows accepted so far.
    #[must_use]
    pub fn accepted_row_count(&self) -> u64 {
        self.tallies.accepted_rows
    }

    /// Cells found invalid so far.
    #[must_use]
    pub fn invalid_value_count(&self) -> u64 {
        self.tallies.invalid_values.count()
    }

    /// Counts the lines of all rows from `line_count` lines earlier: a part of a file counts from its own first line.
    pub fn add_lines(&mut self, line_count: u64) {
        add_lines(&mut self.tallies, &mut self.rejected, line_count);
    }

    /// Adds another builder's part of the same inputs, with the caller's threads.
    pub fn merge(&mut self, mut other: UserTableBuilder, parallel: &dyn Parallel) {
        other.flush_milestones();
        self.merge_contents(other.into_contents(), parallel);
    }

    fn merge_contents(&mut self, mut other: Contents, parallel: &dyn Parallel) {
        self.flush_milestones();
        let mut known = KnownUsers { users: &mut self.users, totals: &mut self.totals, devices: &mut self.devices };
        let (rows, revenue, milestones) = (&mut self.rows, &mut self.revenue, &mut self.milestones);
        let (numbers, (new_rows, new_revenue, new_milestones)) = join(
            parallel,
            || known.merge(&other.ids, &other.totals, &other.devices),
            || (rows.append(other.rows), revenue.append(other.revenue), milestones.append(other.milestones)),
        );
        self.rows.renumber(new_rows, &numbers);
        self.revenue.renumber(new_revenue, &numbers);
        self.milestones.renumber(new_milestones, &numbers);
        if let (Some(texts), Some(others)) = (&mut self.device_texts, &other.device_texts) {
            texts.merge(others);
        }
        self.columns.append(&mut other.columns);
        self.latest_date = self.latest_date.max(other.latest_date);
        self.earliest_date = min_known(self.earliest_date, other.earliest_date);
        self.newest_update = self.newest_update.max(other.newest_update);
        self.tallies.merge(other.tallies);
        self.rejected.append(&mut other.rejected);
    }

    /// What was built so far; milestones of the current user must be in the log.
    fn into_contents(self) -> Contents {
        Contents {
            columns: self.columns,
            ids: self.users.into_ids(),
            totals: self.totals,
            devices: self.devices,
            device_texts: self.device_texts,
            rows: self.rows,
            revenue: self.revenue,
            milestones: self.milestones,
            latest_date: self.latest_date,
            earliest_date: self.earliest_date,
            newest_update: self.newest_update,
            tallies: self.tallies,
            rejected: self.rejected,
        }
    }

    /// Bytes of memory that users and logs take.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        let rejected: usize = self.rejected.iter().map(|row| row.row.capacity() + size_of::<RejectedRow>()).sum();
        self.users.byte_count()
            + self.totals.capacity() * size_of::<UserTotals>()
            + self.devices.byte_count()
            + self.device_texts.as_ref().map_or(0, DeviceTexts::byte_count)
            + self.rows.byte_count()
            + self.revenue.byte_count()
            + self.milestones.byte_count()
            + rejected
    }

    fn user_number(&mut self, id: &[u8]) -> u32 {
        KnownUsers { users: &mut self.users, totals: &mut self.totals, devices: &mut self.devices }.number_of(id)
    }

    /// The row's user, without a look-up if it is the user of the previous row.
    #[inline]
    fn turn_to_user(&mut self, id: &[u8]) -> u32 {
        if let Some(current) = self.current {
            if is_same_text(self.users.id(current), id) {
                return current;
            }
            self.flush_milestones();
        }
        let user = self.user_number(id);
        self.current = Some(user);
        user
    }

    fn flush_milestones(&mut self) {
        if let Some(user) = self.current.take() {
            self.current_milestones.drain(|milestone| self.milestones.push(user, milestone));
        }
        if self.milestones.len() > self.milestone_limit {
            if !self.milestones.is_in_order() {
                let mut grouped = std::mem::take(&mut self.milestones).group(self.users.len(), |user| user as usize);
                grouped.shorten(|_, list| earliest_of_each_stage(list));
                self.milestones = grouped.into_log();
            }
            self.milestone_limit = FIRST_MILESTONE_LIMIT.max(self.milestones.len() * 2);
        }
    }

    /// The finished table, with the caller's threads.
    ///
    /// # Errors
    /// No row was accepted, or the as-of date lies outside the data.
    pub fn finish(mut self, parallel: &dyn Parallel) -> Result<FinishedTable, SourceError> {
        self.flush_milestones();
        let as_of = self.as_of_date()?;
        self.rejected.sort();
        Ok(Finishing::new(self, as_of).finish(parallel))
    }

    /// The day up to which the data is taken.
    ///
    /// # Errors
    /// No row was accepted, or the as-of date lies outside the data.
    pub fn as_of_date(&self) -> Result<Day, SourceError> {
        let (Some(first), Some(last)) = (self.earliest_date, self.latest_date) else {
            return Err(SourceError::NoAcceptedRow {
                files: self.input_names.clone(),
                rejected: self.tallies.rejected.count(),
                first_rejection: self.first_rejection(),
            });
        };
        let as_of = self.as_of.unwrap_or(last);
        if as_of < first || as_of > last {
            return Err(SourceError::AsOfOutsideData { as_of, first, last });
        }
        Ok(as_of)
    }

    /// The first rejected row, for a message; its file is named only if there are several.
    fn first_rejection(&self) -> Option<String> {
        let row = self.rejected.iter().min()?;
        let name = self.input_names.get(row.file as usize).filter(|_| self.input_names.len() > 1);
        let place = name.map(|name| format!("{name}, ")).unwrap_or_default();
        Some(format!("{place}line {}, {} (`{}`)", row.line, row.reason, excerpt(&row.row, 80)))
    }

    /// Ends with an error where a row was rejected or a value invalid.
    ///
    /// # Errors
    /// The first of them.
    pub fn check_strict(&self) -> Result<(), SourceError> {
        let (rejected, invalid) = (&self.tallies.rejected, &self.tallies.invalid_values);
        if rejected.count() + invalid.count() == 0 {
            return Ok(());
        }
        let first = [rejected, invalid].into_iter().flat_map(|tally| of_rows(tally, &self.input_names)).next();
        Err(SourceError::Strict {
            rejected: rejected.count(),
            invalid: invalid.count(),
            first: first.unwrap_or_default(),
        })
    }

    /// How many users there are.
    #[must_use]
    pub fn user_count(&self) -> usize {
        self.users.len()
    }
}

impl RowSink for UserTableBuilder {
    #[allow(clippy::inline_always, reason = "a row need not be put together in memory where it is taken apart at once")]
    #[inline(always)]
    fn accept(&mut self, row: &UserDay<'_>, invalid_value_count: u32) {
        self.tallies.accepted_rows += 1;
        self.tallies.rows_with_invalid_values += u64::from(invalid_value_count > 0);
        self.latest_date = self.latest_date.max(Some(row.date));
        self.earliest_date = min_known(self.earliest_date, Some(row.date));
        let user = self.turn_to_user(row.user_id);
        let revenue = row.revenue();
        let device = self.latest_device.hash_of(row.device_id);
        self.rows.push(user, RowEntry::of(row, &revenue, device));
        if let (Some(texts), Some(device)) = (&mut self.device_texts, row.device_id) {
            texts.keep(device);
        }
        if self.as_of.is_some_and(|as_of| row.date > as_of) {
            let key = (row.user_id.to_vec(), row.date.0);
            self.tallies.rows_after_as_of.add(key, || user_on_day(row.user_id, row.date));
            return;
        }
        self.newest_update = self.newest_update.max(row.last_updated);
        self.totals[user as usize].add(row);
        if let Some(device) = row.device_id {
            self.devices.offer(user, row.date, device);
        }
        if revenue != [Amount::ZERO; 4] {
            for (kind, amount) in RevenueKind::ALL.into_iter().zip(revenue) {
                for entry in RevenueEntry::for_amount(row.date, kind, amount) {
                    self.revenue.push(user, entry);
                }
            }
        }
        for &(stage, time) in row.milestones {
            self.current_milestones.offer(stage, time);
        }
    }

    fn reject(&mut self, row: RejectedRow) {
        let key = (row.file, row.line);
        self.tallies.rejected.add(key, || format!("{}: {}", row.reason, excerpt(&row.row, 80)));
        self.rejected.push(row);
    }

    fn invalid(&mut self, value: InvalidValue<'_>) {
        let key = (value.file, value.line);
        self.tallies.invalid_values.add(key, || format!("{} is `{}`", value.column, excerpt(value.text, 60)));
    }
}

fn add_lines(tallies: &mut RowTallies, rejected: &mut [RejectedRow], line_count: u64) {
    tallies.add_lines(line_count);
    for row in rejected {
        row.line += line_count;
    }
}

fn min_known(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn user_on_day(user_id: &[u8], date: Day) -> String {
    format!("{} on {date}", excerpt(user_id, 60))
}

/// Puts the earliest of each stage in front, ascending by stage, and says how many there are.
fn earliest_of_each_stage(list: &mut [Milestone]) -> usize {
    // As they mostly come.
    if list.is_sorted_by(|a, b| a.stage < b.stage) {
        return list.len();
    }
    list.sort_unstable();
    let mut kept = 0;
    for position in 0..list.len() {
        if kept == 0 || list[kept - 1].stage != list[position].stage {
            list[kept] = list[position];
            kept += 1;
        }
    }
    kept
}
