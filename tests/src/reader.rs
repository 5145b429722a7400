//! Compares the CSV reader with a literal, byte-by-byte implementation of the contract.
//!
//! The fuzz target and the corpus test call [`check`]: for any bytes, the reader must return the same records as the
//! literal implementation, however the bytes are split into chunks, and never panic.

use strata_core::rows::UserDay;
use strata_core::source::csv::MAX_QUOTED_BYTES;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::{CsvHeader, read_header};
use strata_core::source::number::{Cell, is_null_text, read_date};
use strata_core::source::{Column, ColumnMapping, InvalidValue, RejectReason, RejectedRow, RowSink};

use crate::engine::{Reading, split};

/// One record as read: the user, day and device of an accepted row, or the line, reason and bytes of a rejected one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadRecord {
    /// A row that was accepted.
    Row {
        /// The `user_id`, verbatim.
        user_id: Vec<u8>,
        /// The `date`, in days since 1970-01-01.
        day: i32,
        /// The `device_id`, if the row has one.
        device_id: Option<Vec<u8>>,
    },
    /// A row that was rejected.
    Rejected(RejectedRow),
}

/// A sink that records everything the decoder emits.
#[derive(Debug, Default)]
pub struct Collector {
    /// Records in the order in which they arrived.
    pub records: Vec<ReadRecord>,
    /// Line, column and text of each invalid value.
    pub invalid: Vec<(u64, Column, Vec<u8>)>,
}

impl RowSink for Collector {
    fn accept(&mut self, row: &UserDay<'_>, _invalid_value_count: u32) {
        let device_id = row.device_id.map(<[u8]>::to_vec);
        self.records.push(ReadRecord::Row { user_id: row.user_id.to_vec(), day: row.date.0, device_id });
    }

    fn reject(&mut self, row: RejectedRow) {
        self.records.push(ReadRecord::Rejected(row));
    }

    fn invalid(&mut self, value: InvalidValue<'_>) {
        self.invalid.push((value.line, value.column, value.text.to_vec()));
    }
}

/// Reads a whole file with the engine.
#[must_use]
pub fn read_with_engine(body: &[u8], header: &CsvHeader, mapping: &ColumnMapping, chunk_bytes: usize) -> Collector {
    let reading = Reading { chunk_bytes, ..Reading::default() };
    let mut collector = Collector::default();
    let mut decoder = BlockDecoder::new(mapping);
    for block in split(body, header.delimiter, header.line_count, &reading) {
        decoder.decode(&block, 0, &mut collector);
    }
    collector
}

/// Panics if the reader and the literal implementation differ on these bytes.
pub fn check(bytes: &[u8]) {
    let Ok(Some(header)) = read_header(bytes, true) else { return };
    let Ok(mapping) = ColumnMapping::new(header.names.clone(), &[]) else { return };
    let body = &bytes[header.byte_count.min(bytes.len())..];
    let expected = plain::read(body, &header, &mapping);
    let whole = read_with_engine(body, &header, &mapping, usize::MAX);
    assert_eq!(whole.records, expected);
    for chunk_bytes in [1, 7, 64, 1000] {
        if body.len() / chunk_bytes > 100_000 {
            continue;
        }
        let cut = read_with_engine(body, &header, &mapping, chunk_bytes);
        assert_eq!(cut.records, expected, "cut into {chunk_bytes} bytes");
        assert_eq!(cut.invalid, whole.invalid, "cut into {chunk_bytes} bytes");
    }
}

/// The contract implemented literally, one byte after the other.
mod plain {
    use super::{
        Cell, Column, ColumnMapping, CsvHeader, MAX_QUOTED_BYTES, ReadRecord, RejectReason, RejectedRow, is_null_text,
        read_date,
    };

    struct Record {
        line: u64,
        raw: Vec<u8>,
        fields: Vec<Vec<u8>>,
        text_after_quote: bool,
        unclosed: bool,
    }

    pub fn read(body: &[u8], header: &CsvHeader, mapping: &ColumnMapping) -> Vec<ReadRecord> {
        let (records, _) = records(body, header.delimiter, header.line_count + 1);
        let records = records.into_iter().filter(|record| !record.raw.is_empty());
        records.map(|record| judged(record, mapping)).collect()
    }

    fn judged(record: Record, mapping: &ColumnMapping) -> ReadRecord {
        let user_id = mapping.index_of(Column::UserId).unwrap();
        let date = mapping.index_of(Column::Date).unwrap();
        let expected = mapping.header.len();
        let reason = if record.unclosed {
            RejectReason::UnclosedQuote
        } else if record.fields.len() != expected {
            RejectReason::FieldCount { found: record.fields.len(), expected }
        } else if std::str::from_utf8(&record.raw).is_err() {
            RejectReason::InvalidUtf8
        } else if record.text_after_quote {
            RejectReason::TextAfterQuote
        } else if is_null_text(&record.fields[user_id]) {
            RejectReason::EmptyUserId
        } else if let Cell::Value(day) = read_date(&record.fields[date]) {
            let device = mapping.index_of(Column::DeviceId).map(|index| record.fields[index].clone());
            return ReadRecord::Row {
                user_id: record.fields[user_id].clone(),
                day: day.0,
                device_id: device.filter(|device| !is_null_text(device)),
            };
        } else {
            RejectReason::Date
        };
        ReadRecord::Rejected(RejectedRow { file: 0, line: record.line, reason, row: record.raw })
    }

    fn records(body: &[u8], delimiter: u8, first_line: u64) -> (Vec<Record>, u64) {
        let (mut records, mut at, mut line) = (Vec::new(), 0, first_line);
        while at < body.len() {
            let (record, end) = record(body, at, delimiter, line);
            line += body[at..end].split(|&byte| byte == b'\n').count() as u64 - 1;
            at = end;
            records.push(record);
        }
        (records, line)
    }

    /// The record that starts here, and the position at which the next one starts.
    fn record(body: &[u8], start: usize, delimiter: u8, line: u64) -> (Record, usize) {
        let mut record = Record { line, raw: Vec::new(), fields: Vec::new(), text_after_quote: false, unclosed: false };
        let mut at = start;
        loop {
            let mut field = Vec::new();
            if body.get(at) == Some(&b'"') {
                let Some(close) = closing_quote(body, at) else {
                    let end = line_end(body, at);
                    record.unclosed = true;
                    record.raw = without_line_end(&body[start..end]);
                    return (record, end);
                };
                field = String::from_utf8_lossy(&body[at + 1..close]).replace("\"\"", "\"").into_bytes();
                if std::str::from_utf8(&body[at + 1..close]).is_err() {
                    field = Vec::new();
                }
                at = close + 1;
                let rest = &body[at..];
                let ends = rest.is_empty()
                    || rest[0] == delimiter
                    || rest[0] == b'\n'
                    || rest == b"\r"
                    || rest.starts_with(b"\r\n");
                record.text_after_quote |= !ends;
            }
            while at < body.len() && body[at] != delimiter && body[at] != b'\n' {
                field.push(body[at]);
                at += 1;
            }
            let is_last = at >= body.len() || body[at] == b'\n';
            if is_last && field.last() == Some(&b'\r') {
                field.pop();
            }
            record.fields.push(field);
            at += 1;
            if is_last {
                let end = at.min(body.len());
                record.raw = without_line_end(&body[start..end]);
                return (record, end);
            }
        }
    }

    fn closing_quote(body: &[u8], open: usize) -> Option<usize> {
        let mut at = open + 1;
        while at < body.len() && at - open - 1 <= MAX_QUOTED_BYTES {
            if body[at] != b'"' {
                at += 1;
            } else if body.get(at + 1) == Some(&b'"') {
                at += 2;
            } else {
                return Some(at);
            }
        }
        None
    }

    fn line_end(body: &[u8], from: usize) -> usize {
        body[from..].iter().position(|&byte| byte == b'\n').map_or(body.len(), |end| from + end + 1)
    }

    fn without_line_end(raw: &[u8]) -> Vec<u8> {
        let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
        raw.strip_suffix(b"\r").unwrap_or(raw).to_vec()
    }
}
