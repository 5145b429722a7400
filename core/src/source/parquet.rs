//! Parquet: the same columns and rules as CSV, read batch by batch.
//!
//! Numbers, dates and times of Parquet's own types are taken as they are; everything else is read as its text
//! would be in a CSV, so that both formats give the same results.

mod cell;
mod row_groups;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, RowSelection, RowSelector,
};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
/// What a Parquet file is read from: a file, or bytes in memory.
pub use parquet::file::reader::ChunkReader;

use crate::rows::UserType;
use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

use super::cells::{RowCells, text_value, user_type};
use super::column::Column;
use super::csv::push_field;
use super::error::HeaderProblem;
use super::mapping::{ColumnMapping, GivenColumn};
use super::number::Cell;
use super::rejected::{RejectReason, RejectedRow, RowSink};
use super::row_slots::{CellReader, RowKey, RowSlots};
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

    /// All rows and columns, in batches of `batch_rows` rows.
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
/// if rows were rejected, which are handed over in full.
///
/// # Errors
/// The file cannot be opened or is damaged, or a used column has a type that cannot be read.
pub fn decode<R: ChunkReader + 'static>(
    open_file: impl Fn() -> io::Result<R>,
    mapping: &ColumnMapping,
    file: u32,
    sink: &mut impl RowSink,
) -> Result<(), HeaderProblem> {
    let mut rows = RowFolder::new(mapping, file);
    for batch in batches(&open_file, mapping)? {
        rows.fold(&batch?, sink)?;
    }
    rows.finish(open_file, sink)
}

/// Some rows of a file, with the used columns.
#[derive(Debug)]
pub struct Batch(RecordBatch);

/// The rows of a file, batch by batch, for a [`RowFolder`].
///
/// # Errors
/// The file cannot be opened or is damaged; each batch in its turn.
pub fn batches<R: ChunkReader + 'static>(
    open_file: impl Fn() -> io::Result<R>,
    mapping: &ColumnMapping,
) -> Result<impl Iterator<Item = Result<Batch, HeaderProblem>>, HeaderProblem> {
    let batches = OpenFile::new(open_file().map_err(problem)?)?.batches(Some(&used_roots(mapping)), None)?;
    Ok(batches.map(|batch| batch.map(Batch).map_err(problem)))
}

/// The positions of the used columns, ascending.
fn used_roots(mapping: &ColumnMapping) -> Vec<usize> {
    let mut roots: Vec<usize> = mapping.columns.iter().map(|mapped| mapped.index).collect();
    roots.sort_unstable();
    roots.dedup();
    roots
}

/// Hands the rows of a file's [`batches`], in order, to a sink.
#[derive(Debug)]
pub struct RowFolder<'m> {
    mapping: &'m ColumnMapping,
    roots: Vec<usize>,
    file: u32,
    /// Of the row before, from 1.
    row_number: u64,
    milestones: Vec<(Stage, Timestamp)>,
    rejected: Vec<(u64, RejectReason)>,
}

impl<'m> RowFolder<'m> {
    /// For the rows of the file with this number.
    #[must_use]
    pub fn new(mapping: &'m ColumnMapping, file: u32) -> RowFolder<'m> {
        let roots = used_roots(mapping);
        RowFolder { mapping, roots, file, row_number: 0, milestones: Vec::new(), rejected: Vec::new() }
    }

    /// Hands over the rows of the next batch, but those that are rejected.
    ///
    /// # Errors
    /// A used column has a type that cannot be read.
    pub fn fold(&mut self, Batch(batch): &Batch, sink: &mut impl RowSink) -> Result<(), HeaderProblem> {
        let cells = cells_of(batch, self.mapping, &self.roots)?;
        let columns = UsedColumns::of(&cells, self.mapping, &self.roots);
        for row in 0..batch.num_rows() {
            self.row_number += 1;
            if let Err(reason) = columns.row(row, self.file, self.row_number, &mut self.milestones, sink) {
                self.rejected.push((self.row_number, reason));
            }
        }
        Ok(())
    }

    /// Hands over the rejected rows whole, for which it opens the file again.
    ///
    /// # Errors
    /// The file cannot be opened or is damaged.
    pub fn finish<R: ChunkReader + 'static>(
        self,
        open_file: impl Fn() -> io::Result<R>,
        sink: &mut impl RowSink,
    ) -> Result<(), HeaderProblem> {
        if self.rejected.is_empty() {
            return Ok(());
        }
        let rows = whole_rows(open_file().map_err(problem)?, &self.rejected)?;
        for ((line, reason), row) in self.rejected.into_iter().zip(rows) {
            sink.reject(RejectedRow { file: self.file, line, reason, row });
        }
        Ok(())
    }
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
        // A value without a text form, such as a list, leaves an empty field.
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

/// The cells of a batch, which has the columns at the positions `roots` of the file.
fn cells_of(batch: &RecordBatch, mapping: &ColumnMapping, roots: &[usize]) -> Result<Vec<CellColumn>, HeaderProblem> {
    let cells = roots.iter().zip(batch.columns()).map(|(&root, array)| {
        CellColumn::new(array).ok_or_else(|| {
            let (name, kind) = (&mapping.header[root], array.data_type());
            problem(format!("column {name} has the type {kind}, which cannot be read"))
        })
    });
    cells.collect()
}

/// The used columns by content, so that they are not looked up for every row.
struct UsedColumns<'c> {
    slots: RowSlots<&'c CellColumn>,
    milestones: Vec<(Stage, &'c CellColumn)>,
}

impl<'c> UsedColumns<'c> {
    /// `cells` are those of the columns at the positions `roots`.
    fn of(cells: &'c [CellColumn], mapping: &ColumnMapping, roots: &[usize]) -> UsedColumns<'c> {
        let at = |index: usize| &cells[roots.partition_point(|&root| root < index)];
        let milestones = mapping.columns.iter().filter_map(|mapped| match mapped.column {
            Column::Milestone(stage) => Some((stage, at(mapped.index))),
            _ => None,
        });
        UsedColumns { slots: RowSlots::new(mapping, at), milestones: milestones.collect() }
    }

    fn row(
        &self,
        row: usize,
        file: u32,
        line: u64,
        milestones: &mut Vec<(Stage, Timestamp)>,
        sink: &mut impl RowSink,
    ) -> Result<(), RejectReason> {
        let user_id = known_text(self.slots.user_id, row).ok_or(RejectReason::EmptyUserId)?;
        let device_id = known_text(self.slots.device_id, row);
        if [Some(&user_id), device_id.as_ref()].into_iter().flatten().any(|text| std::str::from_utf8(text).is_err()) {
            return Err(RejectReason::InvalidUtf8);
        }
        let date = self.slots.date.map(|cells| cells.date(row));
        let Some(Cell::Value(date)) = date else { return Err(RejectReason::Date) };
        let mut cells = BatchCells { row, cells: RowCells { sink, file, line, invalid_count: 0 } };
        milestones.clear();
        for (stage, column) in &self.milestones {
            let time = cells.read(Column::Milestone(*stage), column, CellColumn::timestamp);
            milestones.extend(time.map(|time| (*stage, time)));
        }
        let key = RowKey { user_id: &user_id, date, device_id: device_id.as_deref(), milestones };
        let user_day = self.slots.row(key, &mut cells);
        let invalid_count = cells.cells.invalid_count;
        sink.accept(&user_day, invalid_count);
        Ok(())
    }
}

/// A cell's text, if the column is there and the cell is not null.
fn known_text(column: Option<&CellColumn>, row: usize) -> Option<Cow<'_, [u8]>> {
    column?.text(row).filter(|text| text_value(text).is_some())
}

/// The optional cells of one row.
struct BatchCells<'s, S> {
    row: usize,
    cells: RowCells<'s, S>,
}

impl<S: RowSink> BatchCells<'_, S> {
    fn read<T>(
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

impl<S: RowSink> CellReader<&CellColumn> for BatchCells<'_, S> {
    fn date(&mut self, column: Column, cells: &&CellColumn) -> Option<Day> {
        self.read(column, cells, CellColumn::date)
    }

    fn count(&mut self, column: Column, cells: &&CellColumn) -> Option<u64> {
        self.read(column, cells, CellColumn::count)
    }

    fn amount(&mut self, column: Column, cells: &&CellColumn) -> Option<Amount> {
        self.read(column, cells, CellColumn::amount)
    }

    fn minutes(&mut self, column: Column, cells: &&CellColumn) -> Option<Amount> {
        self.read(column, cells, |cells, row| match cells.amount(row) {
            Cell::Value(minutes) if minutes.0 < 0 => Cell::Invalid,
            minutes => minutes,
        })
    }

    fn user_type(&mut self, _: Column, cells: &&CellColumn) -> Option<UserType> {
        known_text(Some(cells), self.row).and_then(|text| user_type(&text))
    }

    fn repeated_timestamp(&mut self, column: Column, cells: &&CellColumn) -> Option<Timestamp> {
        self.read(column, cells, CellColumn::timestamp)
    }
}
