//! From a block of records to typed rows.

use std::borrow::Cow;

use crate::calendar::Timestamp;
use crate::journey_stage::Stage;
use crate::rows::UserDay;

use super::super::cells::{RowCells, text_value, user_type};
use super::super::column::Column;
use super::super::mapping::ColumnMapping;
use super::super::number::{Cell, read_amount, read_count, read_minutes};
use super::super::rejected::{RejectReason, RejectedRow, RowSink};
use super::index::FieldIndex;
use super::recent::{MonthOfDates, UnchangedTime};
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
    milestones: Vec<(usize, Stage)>,
}

impl Layout {
    fn new(mapping: &ColumnMapping) -> Layout {
        let milestones = mapping.columns.iter().filter_map(|mapped| match mapped.column {
            Column::Milestone(stage) => Some((mapped.index, stage)),
            _ => None,
        });
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
            milestones: milestones.collect(),
        }
    }
}

/// Decodes the blocks of one file. Buffers are reused from block to block.
#[derive(Debug)]
pub struct BlockDecoder {
    delimiter: u8,
    layout: Layout,
    index: FieldIndex,
    milestones: Vec<(Stage, Timestamp)>,
    dates: MonthOfDates,
    cohort_dates: MonthOfDates,
    milestone_dates: MonthOfDates,
    last_updated: UnchangedTime,
}

impl BlockDecoder {
    /// A decoder for a file with this delimiter and mapping.
    #[must_use]
    pub fn new(delimiter: u8, mapping: &ColumnMapping) -> BlockDecoder {
        BlockDecoder {
            delimiter,
            layout: Layout::new(mapping),
            index: FieldIndex::default(),
            milestones: Vec::new(),
            dates: MonthOfDates::default(),
            cohort_dates: MonthOfDates::default(),
            milestone_dates: MonthOfDates::default(),
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
        let mut index = std::mem::take(&mut self.index);
        index.build(&block.bytes, self.delimiter);
        let mut records = Records::new(block, &index);
        while let Some(record) = records.next() {
            match self.row(&record, file, records.line, sink) {
                Ok(()) => {}
                Err(reason) => {
                    let row = record.bytes().to_vec();
                    sink.reject(RejectedRow { file, line: records.line, reason, row });
                }
            }
        }
        self.index = index;
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
        let Cell::Value(date) = self.dates.read(&record.text(layout.date)) else {
            return Err(RejectReason::Date);
        };
        let device_id = record.optional_text(layout.device_id);

        let mut cells = RowCells { sink, file, line, invalid_count: 0 };
        self.milestones.clear();
        for &(position, stage) in &layout.milestones {
            let text = record.raw(position);
            if !text.is_empty() {
                let time =
                    cells.value(Column::Milestone(stage), &unquoted(text), |text| self.milestone_dates.read_time(text));
                self.milestones.extend(time.map(|time| (stage, time)));
            }
        }
        let mut optional = OptionalCells { record, cells };
        let last_updated = optional.read(Column::LastUpdated, layout.last_updated, |text| self.last_updated.read(text));
        let row = UserDay {
            user_id,
            date,
            cohort_date: optional.read(Column::CohortDate, layout.cohort_date, |text| self.cohort_dates.read(text)),
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
    #[inline]
    fn read<T>(&mut self, column: Column, position: Option<usize>, read: impl FnOnce(&[u8]) -> Cell<T>) -> Option<T> {
        let text = self.record.raw(position?);
        if text.is_empty() {
            return None;
        }
        self.cells.value(column, &unquoted(text), read)
    }
}

/// Walks the records of a block.
struct Records<'b> {
    bytes: &'b [u8],
    index: &'b FieldIndex,
    is_utf8: bool,
    has_quoted_line_feeds: bool,
    number: usize,
    separators_before: usize,
    start: usize,
    /// Physical line of the current record.
    line: u64,
    next_line: u64,
    bad_quotes: &'b [u32],
}

impl<'b> Records<'b> {
    fn new(block: &'b Block, index: &'b FieldIndex) -> Records<'b> {
        Records {
            bytes: &block.bytes,
            index,
            is_utf8: simdutf8::basic::from_utf8(&block.bytes).is_ok(),
            has_quoted_line_feeds: index.has_quoted_line_feeds,
            number: 0,
            separators_before: 0,
            start: 0,
            line: block.first_line,
            next_line: block.first_line,
            bad_quotes: &index.text_after_quote,
        }
    }

    /// The next record that is not an empty line.
    fn next(&mut self) -> Option<Record<'b>> {
        loop {
            let separators_end = *self.index.record_ends.get(self.number)? as usize;
            self.number += 1;
            let separators = &self.index.separators()[self.separators_before..separators_end];
            self.separators_before = separators_end;
            let end = separators.last().map_or(self.start, |&end| end as usize);
            let start = self.start;
            let whole = &self.bytes[start..end];
            let text = without_line_end(whole);
            self.start = end + 1;
            self.line = self.next_line;
            self.next_line += 1;
            if self.has_quoted_line_feeds {
                self.next_line += line_feeds(whole);
            }
            let bad = self.bad_quotes.partition_point(|&quote| (quote as usize) < end);
            self.bad_quotes = &self.bad_quotes[bad..];
            if text.is_empty() {
                continue;
            }
            return Some(Record {
                bytes: self.bytes,
                start,
                end: start + text.len(),
                separators,
                is_utf8: self.is_utf8 || simdutf8::basic::from_utf8(text).is_ok(),
                text_after_quote: bad > 0,
            });
        }
    }
}

fn line_feeds(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// One record, its fields not yet unquoted.
struct Record<'b> {
    bytes: &'b [u8],
    start: usize,
    end: usize,
    separators: &'b [u32],
    is_utf8: bool,
    text_after_quote: bool,
}

impl<'b> Record<'b> {
    fn bytes(&self) -> &'b [u8] {
        &self.bytes[self.start..self.end]
    }

    fn field_count(&self) -> usize {
        self.separators.len()
    }

    /// A field as it stands, with its quotes. The position is below the field count.
    #[inline]
    fn raw(&self, position: usize) -> &'b [u8] {
        let start = match position.checked_sub(1) {
            Some(before) => self.separators[before] as usize + 1,
            None => self.start,
        };
        let end = (self.separators[position] as usize).min(self.end);
        &self.bytes[start..end]
    }

    #[inline]
    fn text(&self, position: usize) -> Cow<'b, [u8]> {
        unquoted(self.raw(position))
    }

    #[inline]
    fn optional_text(&self, position: Option<usize>) -> Option<Cow<'b, [u8]>> {
        position.map(|position| self.text(position))
    }
}

/// A field's text: without its quotes, doubled ones halved. Only a field with doubled quotes is copied.
#[inline]
fn unquoted(raw: &[u8]) -> Cow<'_, [u8]> {
    match raw.first() {
        Some(b'"') => within_quotes(raw),
        _ => Cow::Borrowed(raw),
    }
}

#[cold]
fn within_quotes(raw: &[u8]) -> Cow<'_, [u8]> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if memchr::memchr(b'"', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(quote) = memchr::memchr(b'"', rest) {
        text.extend_from_slice(&rest[..=quote]);
        rest = rest.get(quote + 2..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}
