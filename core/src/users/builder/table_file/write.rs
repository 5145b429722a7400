//! From a builder to a file.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Int64Array, ListArray, PrimitiveArray, RecordBatch, StringArray, StructArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{ArrowError, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::finding::excerpt;
use crate::source::SourceError;
use crate::value::amount::Amount;
use crate::value::calendar::Day;

use super::super::super::grouped::Grouped;
use super::super::super::table::{Milestone, RevenueEntry};
use super::super::row_entry::RowEntry;
use super::super::{UserTableBuilder, earliest_of_each_stage};
use super::schema::{
    AMOUNT_LIMIT, AMOUNT_PLACES, COHORT_DATE, COUNTS, DATE, DAYS, DERIVED_CELLS, DEVICE, DEVICES, INPUT_COLUMNS,
    KNOWN_CELLS, METADATA_KEY, MILESTONES, MINUTES, MINUTES_WEIGHT, NEWEST_UPDATE, REVENUE_DAYS, REVENUES, ROW_COUNTS,
    SEVERAL_COHORT_DATES, STAGE, TABLE_VERSION, TIME, USER_ID, VERSION, WEIGHTED_MINUTES,
};
use super::{TableInput, TableMetadata};

/// Users encoded together.
const BATCH_USERS: usize = 8192;
/// Users of a row group. Both are fixed, so that the same users give the same bytes.
const ROW_GROUP_USERS: usize = 1 << 17;
/// Digits of amounts, places too: what all dialects of SQL have.
const AMOUNT_DIGITS: u8 = 38;
/// Zstandard's own default.
const ZSTANDARD_LEVEL: i32 = 3;

/// Why a user table was not written.
#[derive(Debug, thiserror::Error)]
pub enum TableWriteError {
    /// The builder's data cannot be a table.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A sum is too large for the columns.
    #[error(
        "user {user}: the sum of {column} is too large for a user table; check the rows of this user, or run `strata segment` on the rows themselves"
    )]
    TooLarge {
        /// The user.
        user: String,
        /// The column.
        column: &'static str,
    },
    /// The file could not be written.
    #[error("{0}")]
    Write(io::Error),
}

impl From<ParquetError> for TableWriteError {
    fn from(reason: ParquetError) -> TableWriteError {
        TableWriteError::Write(match reason {
            ParquetError::External(reason) => match reason.downcast::<io::Error>() {
                Ok(reason) => *reason,
                Err(reason) => io::Error::other(reason.to_string()),
            },
            reason => io::Error::other(reason),
        })
    }
}

impl From<ArrowError> for TableWriteError {
    fn from(reason: ArrowError) -> TableWriteError {
        TableWriteError::Write(io::Error::other(reason))
    }
}

impl UserTableBuilder {
    /// Writes the table as a Parquet file. The builder must have kept the devices
    /// ([`UserTableBuilder::keeping_devices`]).
    ///
    /// The same rows give the same bytes, whatever their order and that of merges.
    ///
    /// # Errors
    /// There is no row, the as-of date lies outside the data, a sum is too large, or writing fails.
    pub fn write_table(mut self, out: impl Write + Send, inputs: Vec<TableInput>) -> Result<(), TableWriteError> {
        self.flush_milestones();
        self.as_of_date()?;
        let rejected = std::mem::take(&mut self.rejected);
        let metadata = TableMetadata::new(self.as_of, inputs, &self.tallies, rejected);
        let json = metadata.to_json().map_err(|reason| TableWriteError::Write(reason.into()))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTANDARD_LEVEL)?))
            .set_max_row_group_row_count(Some(ROW_GROUP_USERS))
            .set_created_by(concat!("strata version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(vec![KeyValue::new(METADATA_KEY.to_owned(), json)]))
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let users = SortedUsers::new(self);
        let schema = users.batch(0..0)?.schema();
        let mut writer = ArrowWriter::try_new_with_options(out, schema, options)?;
        for start in (0..users.order.len()).step_by(BATCH_USERS) {
            let end = users.order.len().min(start + BATCH_USERS);
            writer.write(&users.batch(start..end)?)?;
        }
        writer.close()?;
        Ok(())
    }
}

/// A builder's users by id, with the lists of each.
struct SortedUsers {
    builder: UserTableBuilder,
    order: Vec<u32>,
    input_columns: String,
    rows: Grouped<RowEntry>,
    revenue: Grouped<RevenueEntry>,
    milestones: Grouped<Milestone>,
}

impl SortedUsers {
    fn new(mut builder: UserTableBuilder) -> SortedUsers {
        let user_count = builder.totals.len();
        let mut order: Vec<u32> = (0..).take(user_count).collect();
        order.sort_unstable_by(|&a, &b| builder.users.id(a).cmp(builder.users.id(b)));
        let mut positions = vec![0_u32; user_count];
        for (position, &user) in (0..).zip(&order) {
            positions[user as usize] = position;
        }
        let place = |user: u32| positions[user as usize] as usize;
        let mut rows = std::mem::take(&mut builder.rows).group(user_count, place);
        let mut revenue = std::mem::take(&mut builder.revenue).group(user_count, place);
        let mut milestones = std::mem::take(&mut builder.milestones).group(user_count, place);
        milestones.shorten(|_, list| earliest_of_each_stage(list));
        for user in 0..user_count {
            rows.of_mut(user).sort_unstable_by_key(|row| row.duplicate_key());
            revenue.of_mut(user).sort_unstable();
        }
        let names: Vec<String> = builder.columns.iter().map(ToString::to_string).collect();
        SortedUsers { builder, order, input_columns: names.join(","), rows, revenue, milestones }
    }

    /// The records of the users at these positions.
    fn batch(&self, users: std::ops::Range<usize>) -> Result<RecordBatch, TableWriteError> {
        let mut columns = Columns::default();
        for position in users.clone() {
            self.add_user(position, &mut columns)?;
        }
        let count = users.len();
        let newest = self.builder.newest_update.map(|time| time.0);
        let texts = |texts: Vec<&str>| Arc::new(StringArray::from(texts)) as ArrayRef;
        let ids = users.map(|position| utf8(self.builder.users.id(self.order[position]))).collect();
        let mut fields: Vec<(&str, ArrayRef, bool)> = vec![
            (TABLE_VERSION, numbers(vec![VERSION; count]), false),
            (INPUT_COLUMNS, texts(vec![self.input_columns.as_str(); count]), false),
            (NEWEST_UPDATE, Arc::new(Int64Array::from(vec![newest; count])), true),
            (USER_ID, texts(ids), false),
            (COHORT_DATE, Arc::new(PrimitiveArray::<Date32Type>::from(columns.cohort_date)), true),
            (SEVERAL_COHORT_DATES, Arc::new(BooleanArray::from(columns.several_cohort_dates)), false),
        ];
        let counts = COUNTS.iter().zip(columns.counts);
        fields.extend(counts.map(|(column, counts)| (column.name, Arc::new(Int64Array::from(counts)) as _, true)));
        fields.extend([
            (MINUTES, amounts(columns.minutes)?, true),
            (WEIGHTED_MINUTES, amounts(columns.weighted_minutes)?, false),
            (MINUTES_WEIGHT, numbers(columns.minutes_weight), false),
            (KNOWN_CELLS, numbers(columns.known_cells), false),
            (DERIVED_CELLS, numbers(columns.derived_cells), false),
            (DEVICES, list(columns.device_counts, Arc::new(StringArray::from_iter_values(columns.devices)))?, false),
            (DAYS, list(columns.day_counts, columns.days.into_array()?)?, false),
            (REVENUE_DAYS, list(columns.revenue_day_counts, columns.revenue_days.into_array()?)?, false),
            (MILESTONES, list(columns.milestone_counts, columns.milestones.into_array()?)?, false),
        ]);
        let schema = fields.iter().map(|(name, array, null)| Field::new(*name, array.data_type().clone(), *null));
        let schema = Schema::new(schema.collect::<Vec<_>>());
        Ok(RecordBatch::try_new(Arc::new(schema), fields.into_iter().map(|(_, array, _)| array).collect())?)
    }

    fn add_user(&self, position: usize, columns: &mut Columns) -> Result<(), TableWriteError> {
        let user = self.order[position];
        let id = self.builder.users.id(user);
        let too_large = |column| TableWriteError::TooLarge { user: excerpt(id, 60), column };
        let whole = |count: u64, column| i64::try_from(count).map_err(|_| too_large(column));
        let held = |amount: Amount, column| {
            let fits = amount.0.unsigned_abs() <= AMOUNT_LIMIT.unsigned_abs();
            fits.then_some(amount.0).ok_or_else(|| too_large(column))
        };
        let totals = &self.builder.totals[user as usize];
        columns.cohort_date.push(totals.told_cohort_date.map(|day| day.0));
        columns.several_cohort_dates.push(totals.has_several_cohort_dates);
        for (column, counts) in COUNTS.iter().zip(&mut columns.counts) {
            let count = (column.get)(totals).get();
            counts.push(count.map(|count| whole(count, column.name)).transpose()?);
        }
        columns.minutes.push(totals.minutes().map(|minutes| held(minutes, MINUTES)).transpose()?);
        columns.weighted_minutes.push(Some(held(totals.weighted_minutes, WEIGHTED_MINUTES)?));
        columns.minutes_weight.push(whole(totals.minutes_weight, MINUTES_WEIGHT)?);
        columns.known_cells.push(whole(totals.known_metric_cells, KNOWN_CELLS)?);
        columns.derived_cells.push(totals.derived_total_count.into());
        self.add_days(position, columns);
        self.add_revenue(position, columns);
        let milestones = self.milestones.of(position);
        columns.milestone_counts.push(milestones.len());
        for milestone in milestones {
            columns.milestones.stage.push(milestone.stage.to_string());
            columns.milestones.time.push(milestone.time.0);
        }
        Ok(())
    }

    fn add_days(&self, position: usize, columns: &mut Columns) {
        let rows = self.rows.of(position);
        let text = |device: u64| self.builder.device_texts.as_ref().and_then(|texts| texts.get(device));
        let mut devices: Vec<&str> = rows.iter().filter_map(|row| text(row.device())).map(utf8).collect();
        devices.sort_unstable();
        devices.dedup();
        let number = |row: RowEntry| {
            let place = devices.binary_search(&utf8(text(row.device())?)).ok()?;
            i64::try_from(place + 1).ok()
        };
        let mut days: Vec<(Day, Option<i64>, &[RowEntry])> = rows
            .chunk_by(|a, b| a.duplicate_key() == b.duplicate_key())
            .map(|alike| (alike[0].day(), number(alike[0]), alike))
            .collect();
        days.sort_unstable_by_key(|&(day, device, _)| (day, device));
        columns.day_counts.push(days.len());
        for (day, device, alike) in days {
            let flagged = RowEntry::FLAGS.iter().map(|&flag| alike.iter().filter(|row| row.has(flag)).count());
            columns.days.date.push(day.0);
            columns.days.device.push(device);
            for (column, count) in columns.days.counts.iter_mut().zip([alike.len()].into_iter().chain(flagged)) {
                column.push(i64::try_from(count).unwrap_or(i64::MAX));
            }
        }
        columns.device_counts.push(devices.len());
        columns.devices.extend(devices.into_iter().map(str::to_owned));
    }

    fn add_revenue(&self, position: usize, columns: &mut Columns) {
        let mut count = 0;
        for of_day in self.revenue.of(position).chunk_by(|a, b| a.day() == b.day()) {
            let mut sums = [Amount::ZERO; 4];
            for entry in of_day {
                sums[entry.kind_index()] += entry.amount();
            }
            // Revenue refunded on the same day leaves nothing.
            if sums != [Amount::ZERO; 4] {
                count += 1;
                columns.revenue_days.date.push(of_day[0].day().0);
                for (column, sum) in columns.revenue_days.sums.iter_mut().zip(sums) {
                    column.push(Some(sum.0));
                }
            }
        }
        columns.revenue_day_counts.push(count);
    }
}

/// The cells of a batch.
#[derive(Default)]
struct Columns {
    cohort_date: Vec<Option<i32>>,
    several_cohort_dates: Vec<bool>,
    counts: [Vec<Option<i64>>; COUNTS.len()],
    minutes: Vec<Option<i128>>,
    weighted_minutes: Vec<Option<i128>>,
    minutes_weight: Vec<i64>,
    known_cells: Vec<i64>,
    derived_cells: Vec<i64>,
    device_counts: Vec<usize>,
    devices: Vec<String>,
    day_counts: Vec<usize>,
    days: DayCells,
    revenue_day_counts: Vec<usize>,
    revenue_days: RevenueCells,
    milestone_counts: Vec<usize>,
    milestones: MilestoneCells,
}

#[derive(Default)]
struct DayCells {
    date: Vec<i32>,
    device: Vec<Option<i64>>,
    counts: [Vec<i64>; ROW_COUNTS.len()],
}

impl DayCells {
    fn into_array(self) -> Result<ArrayRef, TableWriteError> {
        let mut fields =
            vec![(DATE, dates(self.date), false), (DEVICE, Arc::new(Int64Array::from(self.device)) as _, true)];
        fields.extend(ROW_COUNTS.into_iter().zip(self.counts).map(|(name, counts)| (name, numbers(counts), false)));
        records(fields)
    }
}

#[derive(Default)]
struct RevenueCells {
    date: Vec<i32>,
    sums: [Vec<Option<i128>>; REVENUES.len()],
}

impl RevenueCells {
    fn into_array(self) -> Result<ArrayRef, TableWriteError> {
        let mut fields = vec![(DATE, dates(self.date), false)];
        for (name, sums) in REVENUES.into_iter().zip(self.sums) {
            fields.push((name, amounts(sums)?, false));
        }
        records(fields)
    }
}

#[derive(Default)]
struct MilestoneCells {
    stage: Vec<String>,
    time: Vec<i64>,
}

impl MilestoneCells {
    fn into_array(self) -> Result<ArrayRef, TableWriteError> {
        let stages: ArrayRef = Arc::new(StringArray::from_iter_values(self.stage));
        records(vec![(STAGE, stages, false), (TIME, numbers(self.time), false)])
    }
}

fn numbers(values: Vec<i64>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

fn dates(values: Vec<i32>) -> ArrayRef {
    Arc::new(PrimitiveArray::<Date32Type>::from(values))
}

fn amounts(values: Vec<Option<i128>>) -> Result<ArrayRef, TableWriteError> {
    let array = PrimitiveArray::<Decimal128Type>::from(values);
    Ok(Arc::new(array.with_precision_and_scale(AMOUNT_DIGITS, AMOUNT_PLACES)?))
}

fn records(fields: Vec<(&str, ArrayRef, bool)>) -> Result<ArrayRef, TableWriteError> {
    let schema: Fields =
        fields.iter().map(|(name, array, null)| Field::new(*name, array.data_type().clone(), *null)).collect();
    let arrays = fields.into_iter().map(|(_, array, _)| array).collect();
    Ok(Arc::new(StructArray::try_new(schema, arrays, None)?))
}

fn list(lengths: Vec<usize>, values: ArrayRef) -> Result<ArrayRef, TableWriteError> {
    let element = Arc::new(Field::new("element", values.data_type().clone(), false));
    Ok(Arc::new(ListArray::try_new(element, OffsetBuffer::<i32>::from_lengths(lengths), values, None)?))
}

/// A text that was accepted, so that it is UTF-8.
fn utf8(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}
