//! From a file to a builder.

use arrow_array::RecordBatch;

use crate::finding::excerpt;
use crate::rows::RevenueKind;
use crate::source::Column;
use crate::source::parquet::{ChunkReader, OpenFile};
use crate::value::amount::Amount;
use crate::value::calendar::Day;

use super::super::super::table::RevenueEntry;
use super::super::super::totals::UserTotals;
use super::super::row_entry::{RowEntry, hash_of};
use super::super::{UserTableBuilder, min_known, user_on_day};
use super::cells::{Texts, amount_at, count_at, damaged, day_at, integers, missing, time_of, value_at};
use super::columns::UserColumns;
use super::schema::{DAYS, INPUT_COLUMNS, METADATA_KEY, ROW_COUNTS, TABLE_VERSION, VERSION};
use super::{TableMetadata, TableProblem};

/// Users decoded together. A user has many days, so these are fewer than rows of a user-daily table.
const BATCH_USERS: usize = 1024;

impl TableMetadata {
    /// The metadata of a Parquet file; `None` if it is not a user table, or cannot be read at all.
    ///
    /// # Errors
    /// The metadata is damaged or of another version.
    pub fn read<R: ChunkReader + 'static>(reader: R) -> Result<Option<TableMetadata>, TableProblem> {
        let Ok(file) = OpenFile::new(reader) else { return Ok(None) };
        if let Some(text) = file.metadata_text(METADATA_KEY) {
            return TableMetadata::from_json(text).map(Some);
        }
        // SQL cannot write metadata everywhere.
        let is_table = file.column_names().iter().any(|name| name == TABLE_VERSION);
        Ok(is_table.then(TableMetadata::default))
    }

    /// The columns that the rows of a user table had.
    ///
    /// # Errors
    /// The table is damaged or of another version.
    pub fn columns<R: ChunkReader + 'static>(reader: R) -> Result<Vec<Column>, TableProblem> {
        let file = OpenFile::new(reader).map_err(|problem| damaged(problem.to_string()))?;
        let mut batches = file.batches_of(1).map_err(|problem| damaged(problem.to_string()))?;
        let Some(batch) = batches.next() else { return Ok(Vec::new()) };
        let batch = batch.map_err(|reason| damaged(reason.to_string()))?;
        check_version(&batch)?;
        let column = batch.column_by_name(INPUT_COLUMNS).ok_or_else(|| missing(INPUT_COLUMNS))?;
        columns_of(Texts::new(column, INPUT_COLUMNS)?.get(0).unwrap_or_default())
    }
}

impl UserTableBuilder {
    /// Adds a user table, whose inputs have the numbers from `first_file` on.
    ///
    /// # Errors
    /// The table is damaged, or of another version or as-of date. Then a part of it may have been added.
    pub fn merge_table<R: ChunkReader + 'static>(
        &mut self,
        reader: R,
        metadata: &TableMetadata,
        first_file: u32,
    ) -> Result<(), TableProblem> {
        self.merge_table_in_steps(reader, metadata, first_file, |_| ())
    }

    /// The same, with a look at the builder after each of many steps; what it has may be taken then.
    ///
    /// # Errors
    /// As above.
    pub fn merge_table_in_steps<R: ChunkReader + 'static>(
        &mut self,
        reader: R,
        metadata: &TableMetadata,
        first_file: u32,
        mut look: impl FnMut(&mut UserTableBuilder),
    ) -> Result<(), TableProblem> {
        let asked = self.as_of;
        if let Some(table) = metadata.as_of.filter(|&table| asked != Some(table)) {
            return Err(TableProblem::OtherAsOf { table, asked });
        }
        self.flush_milestones();
        let file = OpenFile::new(reader).map_err(|problem| damaged(problem.to_string()))?;
        let batches = file.batches_of(BATCH_USERS).map_err(|problem| damaged(problem.to_string()))?;
        let mut constants = Constants::default();
        for batch in batches {
            let batch = batch.map_err(|reason| damaged(reason.to_string()))?;
            check_version(&batch)?;
            let users = UserColumns::new(&batch)?;
            for user in 0..batch.num_rows() {
                constants.take(&users, user, self)?;
                let id = users.id.get(user).ok_or_else(|| damaged("a user has no user_id"))?;
                self.add_user(id, &users, user, metadata.as_of.is_some()).map_err(|problem| match problem {
                    TableProblem::Damaged { reason } => damaged(format!("user {}: {reason}", excerpt(id, 60))),
                    other => other,
                })?;
            }
            look(self);
        }
        self.tallies.merge(metadata.tallies(first_file));
        for row in &metadata.rejected {
            let row = crate::source::RejectedRow { file: row.file + first_file, ..row.clone() };
            crate::source::RowSink::reject(self, row);
        }
        Ok(())
    }

    fn add_user(&mut self, id: &[u8], users: &UserColumns, user: usize, is_cut: bool) -> Result<(), TableProblem> {
        if id.is_empty() {
            return Err(damaged("its user_id is empty"));
        }
        let number = self.user_number(id);
        let devices = users.devices_of(user)?;
        let mut rows = 0_u64;
        let mut totals = UserTotals::default();
        let mut dates = Vec::new();
        for at in users.days.range(user) {
            let day = DayRows::read(users, at, &devices)?;
            rows += day.row_count;
            self.latest_date = self.latest_date.max(Some(day.date));
            self.earliest_date = min_known(self.earliest_date, Some(day.date));
            day.push_to(&mut self.rows, number);
            if let (Some(texts), Some(device)) = (&mut self.device_texts, day.device) {
                texts.keep(device);
            }
            if let Some(as_of) = self.as_of.filter(|&as_of| day.date > as_of) {
                if !is_cut {
                    return Err(TableProblem::DaysAfterAsOf { date: day.date, as_of });
                }
                for _ in 0..day.row_count {
                    self.tallies.rows_after_as_of.add((id.to_vec(), day.date.0), || user_on_day(id, day.date));
                }
                continue;
            }
            let row_count = u32::try_from(day.row_count).unwrap_or(u32::MAX);
            totals.row_count = totals.row_count.saturating_add(row_count);
            totals.first_date = totals.first_date.min(day.date);
            dates.push(day.date);
            if let Some(device) = day.device {
                self.devices.offer(number, day.date, device);
            }
        }
        if rows == 0 {
            return Err(damaged("it has no days"));
        }
        self.tallies.accepted_rows += rows;
        users.read_sums(user, &mut totals)?;
        self.totals[number as usize].merge(&totals);

        dates.sort_unstable();
        for at in users.revenue_days.range(user) {
            let date = day_at(&users.revenue_date, at, "revenue_days")?;
            if dates.binary_search(&date).is_err() {
                return Err(damaged(format!("it has revenue on {date}, but no row of that day")));
            }
            for (kind, amounts) in RevenueKind::ALL.into_iter().zip(&users.revenues) {
                let limit = Amount::MAX_CELL * 3 * i128::from(totals.row_count);
                let amount = amount_at(amounts, at, limit, "revenue")?.unwrap_or_default();
                for entry in RevenueEntry::for_amount(date, kind, amount) {
                    self.revenue.push(number, entry);
                }
            }
        }
        for at in users.milestones.range(user) {
            let milestone = users.milestone(at)?;
            if !self.columns.contains(&Column::Milestone(milestone.stage)) {
                let stage = milestone.stage;
                return Err(damaged(format!("it reached {stage}, but input_columns has no {stage}_time")));
            }
            self.milestones.push(number, milestone);
        }
        Ok(())
    }
}

/// Another version may have other columns, so the version is checked first.
fn check_version(batch: &RecordBatch) -> Result<(), TableProblem> {
    let version = batch.column_by_name(TABLE_VERSION).ok_or_else(|| missing(TABLE_VERSION))?;
    let versions = integers(version, TABLE_VERSION)?;
    match versions.iter().find(|version| *version != Some(VERSION)) {
        None => Ok(()),
        Some(Some(found)) => Err(TableProblem::OtherVersion { found }),
        Some(None) => Err(damaged(format!("{TABLE_VERSION} is null"))),
    }
}

/// The columns that a list names.
fn columns_of(names: &[u8]) -> Result<Vec<Column>, TableProblem> {
    let column_of = |name: &str| {
        let shown = || excerpt(name.as_bytes(), 60);
        Column::from_name(name)
            .ok_or_else(|| damaged(format!("{INPUT_COLUMNS} names `{}`, which is no known column", shown())))
    };
    String::from_utf8_lossy(names).split(',').map(column_of).collect()
}

/// Values that every row of the file repeats.
#[derive(Default)]
struct Constants {
    columns: Vec<u8>,
}

impl Constants {
    fn take(&mut self, users: &UserColumns, user: usize, builder: &mut UserTableBuilder) -> Result<(), TableProblem> {
        let columns = users.input_columns.get(user).unwrap_or_default();
        if columns != self.columns {
            self.columns = columns.to_vec();
            builder.columns.extend(columns_of(columns)?);
        }
        if let Some(micros) = value_at(&users.newest_update, user) {
            builder.newest_update = builder.newest_update.max(Some(time_of(micros)?));
        }
        Ok(())
    }
}

/// The rows of a user on one day and device.
struct DayRows<'d> {
    date: Day,
    device: Option<&'d [u8]>,
    row_count: u64,
    flagged: [u64; RowEntry::FLAGS.len()],
}

impl<'d> DayRows<'d> {
    fn read(users: &UserColumns, at: usize, devices: &[&'d [u8]]) -> Result<DayRows<'d>, TableProblem> {
        let date = day_at(&users.day_date, at, DAYS)?;
        let device = match value_at(&users.day_device, at) {
            None => None,
            Some(number) => {
                let position = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
                let device = position.and_then(|position| devices.get(position));
                Some(
                    *device
                        .ok_or_else(|| damaged(format!("{date} has device number {number}, which is not listed")))?,
                )
            }
        };
        let mut counts = [0; ROW_COUNTS.len()];
        for ((count, column), name) in counts.iter_mut().zip(&users.day_counts).zip(ROW_COUNTS) {
            *count = count_at(column, at, u64::from(u32::MAX), name)?.unwrap_or(0);
        }
        let [row_count, flagged @ ..] = counts;
        let [_, new, returning, ..] = flagged;
        if row_count == 0 || flagged.iter().any(|&count| count > row_count) || new + returning > row_count {
            return Err(damaged(format!("the counts of rows on {date} do not fit together")));
        }
        Ok(DayRows { date, device, row_count, flagged })
    }

    /// Any rows with these counts will do: only the counts are used.
    fn push_to(&self, log: &mut super::super::UserLog<RowEntry>, user: u32) {
        let device = hash_of(self.device);
        let [active, new, returning, negative, differing] = self.flagged;
        for row in 0..self.row_count {
            let is_marked =
                [row < active, row < new, (new..new + returning).contains(&row), row < negative, row < differing];
            let marks = RowEntry::FLAGS.into_iter().zip(is_marked);
            let flags = marks.filter(|(_, is_marked)| *is_marked).fold(0, |flags, (flag, _)| flags | flag);
            log.push(user, RowEntry::from_parts(self.date, flags, device));
        }
    }
}
