//! From a block of records to typed rows.

use std::ops::Range;

use crate::rows::UserType;
use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

use super::super::cells::{RowCells, text_value, user_type};
use super::super::column::Column;
use super::super::mapping::ColumnMapping;
use super::super::number::{Cell, read_amount, read_count, read_minutes, read_timestamp};
use super::super::rejected::{RejectReason, RejectedRow, RowSink};
use super::super::row_slots::{CellReader, RowKey, RowSlots};
use super::recent::{RecentMonths, UnchangedTime};
use super::record::{Record, Records, unquoted, within_quotes, without_line_end};
use super::splitter::{Block, BlockKind};

/// The positions of the used columns in a file.
#[derive(Clone, Debug)]
struct Layout {
    field_count: usize,
    slots: RowSlots<usize>,
    /// The columns of milestones that stand side by side, and the stage of each.
    milestones: Vec<(Range<usize>, Vec<Stage>)>,
}

impl Layout {
    fn new(mapping: &ColumnMapping) -> Layout {
        let mut milestones: Vec<(Range<usize>, Vec<Stage>)> = Vec::new();
        for mapped in &mapping.columns {
            let Column::Milestone(stage) = mapped.column else { continue };
            match milestones.last_mut() {
                Some((fields, stages)) if fields.end == mapped.index => {
                    fields.end += 1;
                    stages.push(stage);
                }
                _ => milestones.push((mapped.index..mapped.index + 1, vec![stage])),
            }
        }
        Layout { field_count: mapping.header.len(), slots: RowSlots::new(mapping, |position| position), milestones }
    }
}

/// Decodes the blocks of one file. Buffers are reused from block to block.
#[derive(Debug)]
pub struct BlockDecoder {
    layout: Layout,
    milestones: Vec<(Stage, Timestamp)>,
    months: RecentMonths,
    last_updated: UnchangedTime,
}

impl BlockDecoder {
    /// A decoder for a file with this mapping.
    #[must_use]
    pub fn new(mapping: &ColumnMapping) -> BlockDecoder {
        let layout = Layout::new(mapping);
        BlockDecoder {
            layout,
            milestones: Vec::new(),
            months: RecentMonths::default(),
            last_updated: UnchangedTime::default(),
        }
    }

    /// Decodes a block of the file with this number, handing each row to the sink.
    pub fn decode(&mut self, block: &Block, file: u32, sink: &mut impl RowSink) {
        if block.kind == BlockKind::UnclosedQuote {
            let row = without_line_end(&block.bytes).to_vec();
            sink.reject(RejectedRow { file, line: block.first_line, reason: RejectReason::UnclosedQuote, row });
            return;
        }
        let mut records = Records::new(block);
        while let Some(record) = records.next() {
            match self.row(&record, file, records.line, sink) {
                Ok(()) => {}
                Err(reason) => {
                    let row = record.bytes().to_vec();
                    sink.reject(RejectedRow { file, line: records.line, reason, row });
                }
            }
        }
    }

    #[inline]
    fn row(&mut self, record: &Record<'_>, file: u32, line: u64, sink: &mut impl RowSink) -> Result<(), RejectReason> {
        let layout = &self.layout;
        if record.field_count() != layout.field_count {
            return Err(RejectReason::FieldCount { found: record.field_count(), expected: layout.field_count });
        }
        if !record.is_utf8 {
            return Err(RejectReason::InvalidUtf8);
        }
        if record.text_after_quote {
            return Err(RejectReason::TextAfterQuote);
        }
        let slots = &layout.slots;
        let user_id = record.optional_text(slots.user_id);
        let user_id = user_id.as_deref().and_then(text_value).ok_or(RejectReason::EmptyUserId)?;
        let date = record.optional_text(slots.date).map(|text| self.months.read(&text));
        let Some(Cell::Value(date)) = date else { return Err(RejectReason::Date) };
        let device_id = record.optional_text(slots.device_id);
        let device_id = device_id.as_deref().and_then(text_value);

        let mut cells = RowCells { sink, file, line, invalid_count: 0 };
        self.milestones.clear();
        for (fields, stages) in &layout.milestones {
            if record.are_empty(fields) {
                continue;
            }
            for (text, &stage) in record.raw_fields(fields).zip(stages) {
                if !text.is_empty() {
                    let read = |text: &[u8]| self.months.read_time(text);
                    let time = cells.value(Column::Milestone(stage), &unquoted(text), read);
                    self.milestones.extend(time.map(|time| (stage, time)));
                }
            }
        }
        let mut cells = RecordCells { record, cells, months: &mut self.months, last_updated: &mut self.last_updated };
        let row = slots.row(RowKey { user_id, date, device_id, milestones: &self.milestones }, &mut cells);
        let invalid_count = cells.cells.invalid_count;
        cells.cells.sink.accept(&row, invalid_count);
        Ok(())
    }
}

/// The optional cells of one record.
struct RecordCells<'r, 's, S> {
    record: &'r Record<'r>,
    cells: RowCells<'s, S>,
    months: &'r mut RecentMonths,
    last_updated: &'r mut UnchangedTime,
}

#[allow(clippy::inline_always, reason = "a call for each column of each row costs more than its code")]
#[inline(always)]
fn read_field<T, S: RowSink>(
    record: &Record<'_>,
    cells: &mut RowCells<'_, S>,
    column: Column,
    position: usize,
    read: impl FnOnce(&[u8]) -> Cell<T>,
) -> Option<T> {
    let text = record.raw(position);
    match text.first()? {
        b'"' => cells.value(column, &within_quotes(text), read),
        _ => cells.value(column, text, read),
    }
}

#[allow(clippy::inline_always, reason = "a call for each column of each row costs more than its code")]
impl<S: RowSink> CellReader<usize> for RecordCells<'_, '_, S> {
    #[inline(always)]
    fn date(&mut self, column: Column, position: &usize) -> Option<Day> {
        read_field(self.record, &mut self.cells, column, *position, |text| self.months.read(text))
    }

    #[inline(always)]
    fn count(&mut self, column: Column, position: &usize) -> Option<u64> {
        read_field(self.record, &mut self.cells, column, *position, read_count)
    }

    #[inline(always)]
    fn amount(&mut self, column: Column, position: &usize) -> Option<Amount> {
        read_field(self.record, &mut self.cells, column, *position, read_amount)
    }

    #[inline(always)]
    fn minutes(&mut self, column: Column, position: &usize) -> Option<Amount> {
        read_field(self.record, &mut self.cells, column, *position, read_minutes)
    }

    #[inline(always)]
    fn user_type(&mut self, _: Column, position: &usize) -> Option<UserType> {
        user_type(&self.record.text(*position))
    }

    #[inline(always)]
    fn repeated_timestamp(&mut self, column: Column, position: &usize) -> Option<Timestamp> {
        let read = |text: &[u8]| self.last_updated.read(text, read_timestamp);
        read_field(self.record, &mut self.cells, column, *position, read)
    }
}
