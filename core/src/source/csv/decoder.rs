//! From a block of records to typed rows.

use std::ops::Range;

use crate::rows::UserDay;
use crate::value::calendar::Timestamp;
use crate::value::stage::Stage;

use super::super::cells::{RowCells, text_value, user_type};
use super::super::column::Column;
use super::super::mapping::ColumnMapping;
use super::super::number::{Cell, read_amount, read_count, read_minutes, read_timestamp};
use super::super::rejected::{RejectReason, RejectedRow, RowSink};
use super::recent::{RecentMonths, UnchangedTime};
use super::record::{Record, Records, unquoted, within_quotes, without_line_end};
use super::splitter::{Block, BlockKind};

/// The positions of the used columns in a file.
#[derive(Clone, Debug)]
struct Layout {
    field_count: usize,
    user_id: usize,
    date: usize,
    cohort_date: Option<usize>,
    device_id: Option<usize>,
    total_events: Option<usize>,
    total_sessions: Option<usize>,
    total_session_time: Option<usize>,
    avg_session_duration: Option<usize>,
    days_since_last_active: Option<usize>,
    total_revenue: Option<usize>,
    iap_revenue: Option<usize>,
    ad_revenue: Option<usize>,
    subscription_revenue: Option<usize>,
    user_type: Option<usize>,
    last_updated: Option<usize>,
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
        Layout {
            field_count: mapping.header.len(),
            // A mapping always has both; the first column stands in only to keep this total.
            user_id: mapping.index_of(Column::UserId).unwrap_or(0),
            date: mapping.index_of(Column::Date).unwrap_or(0),
            cohort_date: mapping.index_of(Column::CohortDate),
            device_id: mapping.index_of(Column::DeviceId),
            total_events: mapping.index_of(Column::TotalEvents),
            total_sessions: mapping.index_of(Column::TotalSessions),
            total_session_time: mapping.index_of(Column::TotalSessionTime),
            avg_session_duration: mapping.index_of(Column::AvgSessionDuration),
            days_since_last_active: mapping.index_of(Column::DaysSinceLastActive),
            total_revenue: mapping.index_of(Column::TotalRevenue),
            iap_revenue: mapping.index_of(Column::IapRevenue),
            ad_revenue: mapping.index_of(Column::AdRevenue),
            subscription_revenue: mapping.index_of(Column::SubscriptionRevenue),
            user_type: mapping.index_of(Column::UserType),
            last_updated: mapping.index_of(Column::LastUpdated),
            milestones,
        }
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
        let user_id = record.text(layout.user_id);
        let user_id = text_value(&user_id).ok_or(RejectReason::EmptyUserId)?;
        let Cell::Value(date) = self.months.read(&record.text(layout.date)) else {
            return Err(RejectReason::Date);
        };
        let device_id = record.optional_text(layout.device_id);

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
        let mut optional = OptionalCells { record, cells };
        let last_updated = optional
            .read(Column::LastUpdated, layout.last_updated, |text| self.last_updated.read(text, read_timestamp));
        let row = UserDay {
            user_id,
            date,
            cohort_date: optional.read(Column::CohortDate, layout.cohort_date, |text| self.months.read(text)),
            device_id: device_id.as_deref().and_then(text_value),
            total_events: optional.read(Column::TotalEvents, layout.total_events, read_count),
            total_sessions: optional.read(Column::TotalSessions, layout.total_sessions, read_count),
            total_session_minutes: optional.read(Column::TotalSessionTime, layout.total_session_time, read_minutes),
            avg_session_minutes: optional.read(Column::AvgSessionDuration, layout.avg_session_duration, read_minutes),
            days_since_last_active: optional.read(
                Column::DaysSinceLastActive,
                layout.days_since_last_active,
                read_count,
            ),
            total_revenue: optional.read(Column::TotalRevenue, layout.total_revenue, read_amount),
            iap_revenue: optional.read(Column::IapRevenue, layout.iap_revenue, read_amount),
            ad_revenue: optional.read(Column::AdRevenue, layout.ad_revenue, read_amount),
            subscription_revenue: optional.read(Column::SubscriptionRevenue, layout.subscription_revenue, read_amount),
            has_total_revenue_column: layout.total_revenue.is_some(),
            user_type: record.optional_text(layout.user_type).and_then(|text| user_type(&text)),
            last_updated,
            milestones: &self.milestones,
        };
        let invalid_count = optional.cells.invalid_count;
        optional.cells.sink.accept(&row, invalid_count);
        Ok(())
    }
}

/// The optional columns of one record.
struct OptionalCells<'r, 's, S> {
    record: &'r Record<'r>,
    cells: RowCells<'s, S>,
}

impl<S: RowSink> OptionalCells<'_, '_, S> {
    #[allow(clippy::inline_always, reason = "a call for each column of each row costs more than its code")]
    #[inline(always)]
    fn read<T>(&mut self, column: Column, position: Option<usize>, read: impl FnOnce(&[u8]) -> Cell<T>) -> Option<T> {
        let text = self.record.raw(position?);
        match text.first()? {
            b'"' => self.cells.value(column, &within_quotes(text), read),
            _ => self.cells.value(column, text, read),
        }
    }
}
