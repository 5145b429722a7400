//! From a file to a builder.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, PrimitiveArray, RecordBatch, StructArray};
use arrow_schema::DataType;

use crate::calendar::{Day, Timestamp};
use crate::diagnostic::excerpt;
use crate::journey_stage::Stage;
use crate::money::Amount;
use crate::rows::RevenueKind;
use crate::source::Column;
use crate::source::number::MAX_COUNT;
use crate::source::parquet::{CellColumn, ChunkReader, OpenFile};

use super::super::super::table::{Milestone, RevenueEntry};
use super::super::super::totals::{OptionalCount, UserTotals};
use super::super::row_entry::{RowEntry, hash_of};
use super::super::{UserTableBuilder, min_known, user_on_day};
use super::schema::{
    AMOUNT_LIMIT, AMOUNT_PLACES, COHORT_DATE, DATE, DAYS, DAYS_SINCE_LAST_ACTIVE, DERIVED_CELLS, DEVICE, DEVICES,
    INPUT_COLUMNS, KNOWN_CELLS, METADATA_KEY, MILESTONES, MINUTES, MINUTES_WEIGHT, NEWEST_UPDATE, REVENUE_DAYS,
    REVENUES, ROW_COUNTS, SEVERAL_COHORT_DATES, STAGE, TABLE_VERSION, TIME, TOTAL_EVENTS, TOTAL_SESSIONS, USER_ID,
    VERSION, WEIGHTED_MINUTES,
};
use super::{TableMetadata, TableProblem};

/// Users decoded together. A user has many days, so these are fewer than rows of a user-daily table.
const BATCH_USERS: usize = 1024;

fn damaged(reason: impl Into<String>) -> TableProblem {
    TableProblem::Damaged { reason: reason.into() }
}

impl TableMetadata {
    /// What a Parquet file tells of itself; `None` where it is no user table, or cannot be read at all.
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

/// Another version may have other columns, so it is told first.
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

/// What each row of the file repeats.
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

    /// Any rows with these counts will do: nothing but the counts is told of them.
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

/// The columns of a batch.
struct UserColumns {
    input_columns: Texts,
    newest_update: Int64Array,
    id: Texts,
    cohort_date: PrimitiveArray<Date32Type>,
    has_several_cohort_dates: BooleanArray,
    counts: [Int64Array; 3],
    minutes: PrimitiveArray<Decimal128Type>,
    weighted_minutes: PrimitiveArray<Decimal128Type>,
    minutes_weight: Int64Array,
    known_cells: Int64Array,
    derived_cells: Int64Array,
    devices: Lists,
    device_texts: Texts,
    days: Lists,
    day_date: PrimitiveArray<Date32Type>,
    day_device: Int64Array,
    day_counts: Vec<Int64Array>,
    revenue_days: Lists,
    revenue_date: PrimitiveArray<Date32Type>,
    revenues: Vec<PrimitiveArray<Decimal128Type>>,
    milestones: Lists,
    stage: Texts,
    time: Int64Array,
}

impl UserColumns {
    fn new(batch: &RecordBatch) -> Result<UserColumns, TableProblem> {
        let column = |name: &str| batch.column_by_name(name).ok_or_else(|| missing(name));
        let (devices, device_values) = lists(column(DEVICES)?, DEVICES)?;
        let (days, day_values) = lists(column(DAYS)?, DAYS)?;
        let day = structs(&day_values, DAYS)?;
        let (revenue_days, revenue_values) = lists(column(REVENUE_DAYS)?, REVENUE_DAYS)?;
        let revenue = structs(&revenue_values, REVENUE_DAYS)?;
        let (milestones, milestone_values) = lists(column(MILESTONES)?, MILESTONES)?;
        let milestone = structs(&milestone_values, MILESTONES)?;
        Ok(UserColumns {
            input_columns: Texts::new(column(INPUT_COLUMNS)?, INPUT_COLUMNS)?,
            newest_update: integers(column(NEWEST_UPDATE)?, NEWEST_UPDATE)?,
            id: Texts::new(column(USER_ID)?, USER_ID)?,
            cohort_date: dates(column(COHORT_DATE)?, COHORT_DATE)?,
            has_several_cohort_dates: column(SEVERAL_COHORT_DATES)?
                .as_boolean_opt()
                .cloned()
                .ok_or_else(|| wrong_type(column(SEVERAL_COHORT_DATES), SEVERAL_COHORT_DATES, "BOOLEAN"))?,
            counts: [
                integers(column(TOTAL_EVENTS)?, TOTAL_EVENTS)?,
                integers(column(TOTAL_SESSIONS)?, TOTAL_SESSIONS)?,
                integers(column(DAYS_SINCE_LAST_ACTIVE)?, DAYS_SINCE_LAST_ACTIVE)?,
            ],
            minutes: amounts(column(MINUTES)?, MINUTES)?,
            weighted_minutes: amounts(column(WEIGHTED_MINUTES)?, WEIGHTED_MINUTES)?,
            minutes_weight: integers(column(MINUTES_WEIGHT)?, MINUTES_WEIGHT)?,
            known_cells: integers(column(KNOWN_CELLS)?, KNOWN_CELLS)?,
            derived_cells: integers(column(DERIVED_CELLS)?, DERIVED_CELLS)?,
            devices,
            device_texts: Texts::new(&device_values, DEVICES)?,
            days,
            day_date: dates(field(day, DATE)?, DATE)?,
            day_device: integers(field(day, DEVICE)?, DEVICE)?,
            day_counts: ROW_COUNTS.iter().map(|name| integers(field(day, name)?, name)).collect::<Result<_, _>>()?,
            revenue_days,
            revenue_date: dates(field(revenue, DATE)?, DATE)?,
            revenues: REVENUES.iter().map(|name| amounts(field(revenue, name)?, name)).collect::<Result<_, _>>()?,
            milestones,
            stage: Texts::new(field(milestone, STAGE)?, STAGE)?,
            time: integers(field(milestone, TIME)?, TIME)?,
        })
    }

    fn devices_of(&self, user: usize) -> Result<Vec<&[u8]>, TableProblem> {
        let range = self.devices.range(user);
        range.map(|at| self.device_texts.get(at).ok_or_else(|| damaged("a device is null"))).collect()
    }

    /// Reads the sums; the count of rows is known.
    fn read_sums(&self, user: usize, totals: &mut UserTotals) -> Result<(), TableProblem> {
        let rows = u64::from(totals.row_count);
        let most = rows.saturating_mul(MAX_COUNT);
        let [events, sessions, days_since_last_active] = &self.counts;
        totals.events = OptionalCount::from(count_at(events, user, most, TOTAL_EVENTS)?);
        totals.sessions = OptionalCount::from(count_at(sessions, user, most, TOTAL_SESSIONS)?);
        let days = count_at(days_since_last_active, user, MAX_COUNT, DAYS_SINCE_LAST_ACTIVE)?;
        totals.days_since_last_active = OptionalCount::from(days);
        let minutes = amount_at(&self.minutes, user, Amount::MAX_CELL * i128::from(rows), MINUTES)?;
        totals.has_minutes = minutes.is_some();
        totals.minutes = minutes.unwrap_or_default();
        let weighted = amount_at(&self.weighted_minutes, user, AMOUNT_LIMIT, WEIGHTED_MINUTES)?;
        totals.weighted_minutes = weighted.unwrap_or_default();
        totals.minutes_weight = count_at(&self.minutes_weight, user, most, MINUTES_WEIGHT)?.unwrap_or(0);
        if totals.minutes < Amount::ZERO || totals.weighted_minutes < Amount::ZERO {
            return Err(damaged("its minutes are below zero"));
        }
        let cells = rows.saturating_mul(Column::METRICS.len() as u64);
        totals.known_metric_cells = count_at(&self.known_cells, user, cells, KNOWN_CELLS)?.unwrap_or(0);
        let derived = count_at(&self.derived_cells, user, rows, DERIVED_CELLS)?.unwrap_or(0);
        totals.derived_total_count = u32::try_from(derived).unwrap_or(u32::MAX);
        if self.cohort_date.is_valid(user) {
            totals.told_cohort_date = Some(day_at(&self.cohort_date, user, COHORT_DATE)?);
        }
        let several = &self.has_several_cohort_dates;
        totals.has_several_cohort_dates = several.is_valid(user) && several.value(user);
        Ok(())
    }

    fn milestone(&self, at: usize) -> Result<Milestone, TableProblem> {
        let name = self.stage.get(at).unwrap_or_default();
        let stage = std::str::from_utf8(name).ok().and_then(|name| name.parse::<Stage>().ok());
        let stage = stage.filter(|&stage| stage != Stage::FtueStart);
        let stage = stage.ok_or_else(|| damaged(format!("`{}` is no stage with a time", excerpt(name, 60))))?;
        let micros = value_at(&self.time, at).ok_or_else(|| damaged(format!("the time of {stage} is null")))?;
        Ok(Milestone { stage, time: time_of(micros)? })
    }
}

/// Texts, checked to be UTF-8.
struct Texts(CellColumn);

impl Texts {
    fn new(array: &ArrayRef, name: &str) -> Result<Texts, TableProblem> {
        let wrong = || wrong_type(Ok(array), name, "text");
        match CellColumn::new(array) {
            Some(texts @ CellColumn::Texts(_)) => Ok(Texts(texts)),
            _ => Err(wrong()),
        }
    }

    fn get(&self, at: usize) -> Option<&[u8]> {
        let CellColumn::Texts(texts) = &self.0 else { return None };
        texts.get(at).filter(|text| std::str::from_utf8(text).is_ok())
    }
}

/// Where the list of each user is among the values; null is empty.
struct Lists(Vec<Range<usize>>);

impl Lists {
    fn range(&self, user: usize) -> Range<usize> {
        self.0[user].clone()
    }
}

fn lists(array: &ArrayRef, name: &str) -> Result<(Lists, ArrayRef), TableProblem> {
    let list = array.as_list_opt::<i32>().ok_or_else(|| wrong_type(Ok(array), name, "LIST"))?;
    let index = |offset: i32| usize::try_from(offset).unwrap_or(0);
    let range = |(at, pair): (usize, &[i32])| {
        let end = if list.is_valid(at) { pair[1] } else { pair[0] };
        index(pair[0])..index(end)
    };
    let ranges = list.value_offsets().windows(2).enumerate().map(range).collect();
    Ok((Lists(ranges), ArrayRef::clone(list.values())))
}

fn structs<'a>(array: &'a ArrayRef, name: &str) -> Result<&'a StructArray, TableProblem> {
    array.as_struct_opt().ok_or_else(|| wrong_type(Ok(array), name, "LIST of STRUCT"))
}

fn field<'a>(array: &'a StructArray, name: &str) -> Result<&'a ArrayRef, TableProblem> {
    array.column_by_name(name).ok_or_else(|| missing(name))
}

fn integers(array: &ArrayRef, name: &str) -> Result<Int64Array, TableProblem> {
    match array.data_type() {
        DataType::Int64 => Ok(array.as_primitive::<Int64Type>().clone()),
        DataType::Int32 => Ok(array.as_primitive::<Int32Type>().iter().map(|cell| cell.map(i64::from)).collect()),
        _ => Err(wrong_type(Ok(array), name, "BIGINT")),
    }
}

fn dates(array: &ArrayRef, name: &str) -> Result<PrimitiveArray<Date32Type>, TableProblem> {
    array.as_primitive_opt::<Date32Type>().cloned().ok_or_else(|| wrong_type(Ok(array), name, "DATE"))
}

fn amounts(array: &ArrayRef, name: &str) -> Result<PrimitiveArray<Decimal128Type>, TableProblem> {
    let amounts = array.as_primitive_opt::<Decimal128Type>().filter(|amounts| amounts.scale() == AMOUNT_PLACES);
    amounts.cloned().ok_or_else(|| wrong_type(Ok(array), name, "DECIMAL(38, 9)"))
}

fn missing(name: &str) -> TableProblem {
    damaged(format!("it has no column {name}"))
}

fn wrong_type(array: Result<&ArrayRef, TableProblem>, name: &str, expected: &str) -> TableProblem {
    match array {
        Ok(array) => damaged(format!("column {name} has the type {}, expected {expected}", array.data_type())),
        Err(problem) => problem,
    }
}

fn value_at(array: &Int64Array, at: usize) -> Option<i64> {
    array.is_valid(at).then(|| array.value(at))
}

fn count_at(array: &Int64Array, at: usize, most: u64, name: &str) -> Result<Option<u64>, TableProblem> {
    let Some(value) = value_at(array, at) else { return Ok(None) };
    let count = u64::try_from(value).ok().filter(|&count| count <= most);
    count.map(Some).ok_or_else(|| damaged(format!("{name} is {value}, expected 0 to {most}")))
}

fn amount_at(
    array: &PrimitiveArray<Decimal128Type>,
    at: usize,
    limit: i128,
    name: &str,
) -> Result<Option<Amount>, TableProblem> {
    if array.is_null(at) {
        return Ok(None);
    }
    let amount = array.value(at);
    if amount.unsigned_abs() > limit.min(AMOUNT_LIMIT).unsigned_abs() {
        return Err(damaged(format!("{name} is larger than its rows can be")));
    }
    Ok(Some(Amount(amount)))
}

fn day_at(array: &PrimitiveArray<Date32Type>, at: usize, name: &str) -> Result<Day, TableProblem> {
    let day = array.is_valid(at).then(|| Day(array.value(at)));
    let day = day.filter(|day| (Day::MIN..=Day::MAX).contains(day));
    day.ok_or_else(|| damaged(format!("a date of {name} is null or outside the years 1 to 9999")))
}

fn time_of(micros: i64) -> Result<Timestamp, TableProblem> {
    let time = Timestamp(micros);
    let is_in_calendar = (Day::MIN..=Day::MAX).contains(&time.day());
    is_in_calendar.then_some(time).ok_or_else(|| damaged(format!("time {micros} is outside the years 1 to 9999")))
}
