//! Parquet: the same columns and rules as CSV, read batch by batch.
//!
//! Numbers, dates and times of Parquet's own types are taken as they are; everything else is read as its text
//! would be in a CSV, so that both formats give the same results.

mod cell;
mod row_groups;

use std::io;
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, RowSelection, RowSelector,
};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
/// What a Parquet file is read from: a file, or bytes in memory.
pub use parquet::file::reader::ChunkReader;

use crate::calendar::Timestamp;
use crate::journey_stage::Stage;
use crate::rows::UserDay;

use super::cells::{RowCells, text_value, user_type};
use super::column::Column;
use super::csv::push_field;
use super::error::HeaderProblem;
use super::mapping::{ColumnMapping, GivenColumn};
use super::number::Cell;
use super::rejected::{RejectReason, RejectedRow, RowSink};
pub(crate) use cell::CellColumn;
use row_groups::FileRowGroups;

/// The bytes with which a Parquet file begins and ends.
pub const MAGIC: &[u8; 4] = b"PAR1";

/// Rows decoded together.
const BATCH_ROWS: usize = 8192;

fn problem(reason: impl std::fmt::Display) -> HeaderProblem {
    HeaderProblem::Parquet { reason: reason.to_string() }
}

/// A file whose metadata is read.
pub(crate) struct OpenFile<R> {
    reader: Arc<R>,
    metadata: ArrowReaderMetadata,
}

impl<R: ChunkReader + 'static> OpenFile<R> {
    pub fn new(reader: R) -> Result<OpenFile<R>, HeaderProblem> {
        // Without the writer's Arrow schema, dictionaries come as the texts they stand for.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(&reader, options).map_err(problem)?;
        Ok(OpenFile { reader: Arc::new(reader), metadata })
    }

    pub fn column_names(&self) -> Vec<String> {
        self.metadata.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The text of this key in the file's metadata.
    pub fn metadata_text(&self, key: &str) -> Option<&str> {
        let entries = self.metadata.metadata().file_metadata().key_value_metadata()?;
        entries.iter().find(|entry| entry.key == key)?.value.as_deref()
    }

    /// All rows and columns, so many rows at a time.
    pub fn batches_of(self, batch_rows: usize) -> Result<ParquetRecordBatchReader, HeaderProblem> {
        self.selected(None, None, batch_rows)
    }

    /// The rows that are selected, or all, with the root columns of these positions, or all.
    fn batches(
        self,
        roots: Option<&[usize]>,
        rows: Option<RowSelection>,
    ) -> Result<ParquetRecordBatchReader, HeaderProblem> {
        self.selected(roots, rows, BATCH_ROWS)
    }

    fn selected(
        self,
        roots: Option<&[usize]>,
        rows: Option<RowSelection>,
        batch_rows: usize,
    ) -> Result<ParquetRecordBatchReader, HeaderProblem> {
        let schema = self.metadata.parquet_schema();
        let columns =
            roots.map_or_else(ProjectionMask::all, |roots| ProjectionMask::roots(schema, roots.iter().copied()));
        let levels = parquet_to_arrow_field_levels(schema, columns, None).map_err(problem)?;
        let row_groups = FileRowGroups::new(self.reader, Arc::clone(self.metadata.metadata()));
        ParquetRecordBatchReader::try_new_with_row_groups(&levels, &row_groups, batch_rows, rows).map_err(problem)
    }
}

/// Maps the columns of a Parquet file.
///
/// # Errors
/// The file's metadata cannot be read, or its columns cannot be mapped.
pub fn mapping<R: ChunkReader + 'static>(reader: R, given: &[GivenColumn]) -> Result<ColumnMapping, HeaderProblem> {
    ColumnMapping::new(OpenFile::new(reader)?.column_names(), given)
}

/// Decodes the rows of the file with this number, handing each to the sink. `open_file` opens it; a second time only
/// where rows are rejected, which are handed over whole.
///
/// # Errors
/// The file cannot be opened or is damaged, or a used column has a type that cannot be read.
pub fn decode<R: ChunkReader + 'static>(
    open_file: impl Fn() -> io::Result<R>,
    mapping: &ColumnMapping,
    file: u32,
    sink: &mut impl RowSink,
) -> Result<(), HeaderProblem> {
    let mut roots: Vec<usize> = mapping.columns.iter().map(|mapped| mapped.index).collect();
    roots.sort_unstable();
    roots.dedup();
    let batches = OpenFile::new(open_file().map_err(problem)?)?.batches(Some(&roots), None)?;
    let mut row_number = 0;
    let mut rejected = Vec::new();
    for batch in batches {
        let batch = batch.map_err(problem)?;
        let columns = BatchColumns::new(&batch, mapping, &roots)?;
        let mut milestones = Vec::new();
        for row in 0..batch.num_rows() {
            row_number += 1;
            if let Err(reason) = columns.row(row, file, row_number, &mut milestones, sink) {
                rejected.push((row_number, reason));
            }
        }
    }
    if rejected.is_empty() {
        return Ok(());
    }
    let rows = whole_rows(open_file().map_err(problem)?, &rejected)?;
    for ((line, reason), row) in rejected.into_iter().zip(rows) {
        sink.reject(RejectedRow { file, line, reason, row });
    }
    Ok(())
}

/// The rows of these numbers (from 1, ascending) with all their columns, as lines of CSV.
fn whole_rows<R: ChunkReader + 'static>(
    reader: R,
    wanted: &[(u64, RejectReason)],
) -> Result<Vec<Vec<u8>>, HeaderProblem> {
    let mut selectors = Vec::new();
    let mut next = 1;
    for &(row, _) in wanted {
        selectors.push(RowSelector::skip(usize::try_from(row - next).map_err(problem)?));
        selectors.push(RowSelector::select(1));
        next = row + 1;
    }
    let batches = OpenFile::new(reader)?.batches(None, Some(RowSelection::from(selectors)))?;
    let mut rows = Vec::with_capacity(wanted.len());
    for batch in batches {
        let batch = batch.map_err(problem)?;
        // What has no text, such as a list, leaves an empty field.
        let columns: Vec<Option<CellColumn>> = batch.columns().iter().map(CellColumn::new).collect();
        rows.extend((0..batch.num_rows()).map(|row| as_csv(&columns, row)));
    }
    Ok(rows)
}

/// A row as a line of CSV.
fn as_csv(columns: &[Option<CellColumn>], row: usize) -> Vec<u8> {
    let (mut line, mut text) = (Vec::new(), Vec::new());
    for (position, column) in columns.iter().enumerate() {
        if position > 0 {
            line.push(b',');
        }
        text.clear();
        if column.as_ref().is_some_and(|column| column.write_text(row, &mut text)) {
            push_field(&mut line, &text);
        }
    }
    line
}

/// The used columns of a batch.
struct BatchColumns {
    used: Vec<(Column, Arc<CellColumn>)>,
    milestones: Vec<(Stage, Arc<CellColumn>)>,
}

impl BatchColumns {
    fn new(batch: &RecordBatch, mapping: &ColumnMapping, roots: &[usize]) -> Result<BatchColumns, HeaderProblem> {
        let mut in_file_order = Vec::with_capacity(roots.len());
        for (position, &root) in roots.iter().enumerate() {
            let array = batch.column(position);
            let column = CellColumn::new(array).ok_or_else(|| {
                problem(format!(
                    "column {} has the type {}, which cannot be read",
                    mapping.header[root],
                    array.data_type()
                ))
            })?;
            in_file_order.push(Arc::new(column));
        }
        let of = |index: usize| Arc::clone(&in_file_order[roots.partition_point(|&root| root < index)]);
        let mut used = Vec::new();
        let mut milestones = Vec::new();
        for mapped in &mapping.columns {
            match mapped.column {
                Column::Milestone(stage) => milestones.push((stage, of(mapped.index))),
                column => used.push((column, of(mapped.index))),
            }
        }
        Ok(BatchColumns { used, milestones })
    }

    fn column(&self, column: Column) -> Option<&CellColumn> {
        self.used.iter().find(|(used, _)| *used == column).map(|(_, cells)| cells.as_ref())
    }

    fn text(&self, column: Column, row: usize) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let is_known = self.column(column)?.write_text(row, &mut text);
        (is_known && text_value(&text).is_some()).then_some(text)
    }

    fn row(
        &self,
        row: usize,
        file: u32,
        line: u64,
        milestones: &mut Vec<(Stage, Timestamp)>,
        sink: &mut impl RowSink,
    ) -> Result<(), RejectReason> {
        let user_id = self.text(Column::UserId, row).ok_or(RejectReason::EmptyUserId)?;
        let device_id = self.text(Column::DeviceId, row);
        if [Some(&user_id), device_id.as_ref()].into_iter().flatten().any(|text| std::str::from_utf8(text).is_err()) {
            return Err(RejectReason::InvalidUtf8);
        }
        let date = self.column(Column::Date).map(|cells| cells.date(row));
        let Some(Cell::Value(date)) = date else { return Err(RejectReason::Date) };
        let mut cells = OptionalCells { columns: self, row, cells: RowCells { sink, file, line, invalid_count: 0 } };
        milestones.clear();
        for (stage, column) in &self.milestones {
            let time = cells.checked(Column::Milestone(*stage), column, CellColumn::timestamp);
            milestones.extend(time.map(|time| (*stage, time)));
        }
        let minutes = |column: &CellColumn, row: usize| match column.amount(row) {
            Cell::Value(minutes) if minutes.0 < 0 => Cell::Invalid,
            minutes => minutes,
        };
        let user_day = UserDay {
            user_id: &user_id,
            date,
            cohort_date: cells.read(Column::CohortDate, CellColumn::date),
            device_id: device_id.as_deref(),
            total_events: cells.read(Column::TotalEvents, CellColumn::count),
            total_sessions: cells.read(Column::TotalSessions, CellColumn::count),
            total_session_minutes: cells.read(Column::TotalSessionTime, minutes),
            avg_session_minutes: cells.read(Column::AvgSessionDuration, minutes),
            days_since_last_active: cells.read(Column::DaysSinceLastActive, CellColumn::count),
            total_revenue: cells.read(Column::TotalRevenue, CellColumn::amount),
            iap_revenue: cells.read(Column::IapRevenue, CellColumn::amount),
            ad_revenue: cells.read(Column::AdRevenue, CellColumn::amount),
            subscription_revenue: cells.read(Column::SubscriptionRevenue, CellColumn::amount),
            has_total_revenue_column: self.column(Column::TotalRevenue).is_some(),
            user_type: self.text(Column::UserType, row).and_then(|text| user_type(&text)),
            last_updated: cells.read(Column::LastUpdated, CellColumn::timestamp),
            milestones,
        };
        let invalid_count = cells.cells.invalid_count;
        sink.accept(&user_day, invalid_count);
        Ok(())
    }
}

/// The optional cells of one row.
struct OptionalCells<'c, 's, S> {
    columns: &'c BatchColumns,
    row: usize,
    cells: RowCells<'s, S>,
}

impl<S: RowSink> OptionalCells<'_, '_, S> {
    fn read<T>(&mut self, column: Column, read: impl Fn(&CellColumn, usize) -> Cell<T>) -> Option<T> {
        let cells = self.columns.column(column)?;
        self.checked(column, cells, read)
    }

    fn checked<T>(
        &mut self,
        column: Column,
        cells: &CellColumn,
        read: impl Fn(&CellColumn, usize) -> Cell<T>,
    ) -> Option<T> {
        match read(cells, self.row) {
            Cell::Value(value) => Some(value),
            Cell::Null => None,
            Cell::Invalid => {
                let mut text = Vec::new();
                cells.write_text(self.row, &mut text);
                self.cells.report(column, &text);
                None
            }
        }
    }
}
