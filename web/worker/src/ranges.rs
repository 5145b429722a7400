//! Ranges of a plain CSV file: read by parsers side by side, joined by the coordinator in their order.
//!
//! [`RangeFold`](crate::fold::RangeFold) is what a parser does with a range, [`Joining`] what the coordinator does with what it came to. How
//! ranges are cut so that no record is lost or read twice is told in [`strata_core::source::csv::range`].

use serde::{Deserialize, Serialize};
use strata_core::source::csv::header::CsvHeader;
use strata_core::source::csv::range::{Joined, RangeJoin, RangeRead, RangeStart};
use strata_core::source::csv::splitter::RecordTooLong;

/// Ranges are cut at multiples of so many bytes.
pub const STEP_BYTES: u64 = 256 << 10;

/// Most bytes of a range, a multiple of [`STEP_BYTES`]: a range costs a stream and a part, so they are long.
pub const RANGE_BYTES: u64 = 128 * STEP_BYTES;

/// A range is at most this share of what is left of the file, so that no parser is long at work when all others are done.
const SHARE: u64 = 2;

/// The longest range has at most so many times the bytes of a shorter one, but for the file's last.
const MOST_TO_LEAST: u64 = 4;

/// A range of a file. Positions are those of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRange {
    /// Which of the file's ranges, from 0.
    pub number: u32,
    /// Its first byte, a multiple of [`STEP_BYTES`].
    pub from: u64,
    /// Behind its last byte; the last record may end behind it.
    pub to: u64,
    /// Where its records start.
    pub first: FirstRecord,
}

/// Where the records of a range start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FirstRecord {
    /// Behind a header of so many bytes and physical lines.
    AfterHeader {
        /// Bytes, a byte order mark too.
        byte_count: u64,
        /// Lines.
        line_count: u64,
    },
    /// At this position.
    At(u64),
    /// Behind the first line feed of the range, unless that is inside quotes.
    OnNextLine,
}

impl FileRange {
    pub(crate) fn start(&self) -> RangeStart {
        match self.first {
            FirstRecord::AfterHeader { byte_count, line_count } => {
                RangeStart::AfterHeader { position: byte_count, line_count }
            }
            FirstRecord::At(position) => RangeStart::Record(position),
            FirstRecord::OnNextLine => RangeStart::NextLine(self.from),
        }
    }
}

/// Whether a file is long enough to be read in ranges.
#[must_use]
pub fn has_ranges(byte_count: u64) -> bool {
    byte_count > STEP_BYTES
}

/// Cuts a file of so many bytes into ranges of at most so many, usually [`RANGE_BYTES`], which become shorter towards
/// the file's end.
#[must_use]
pub fn cut(byte_count: u64, header: &CsvHeader, most: u64) -> Vec<FileRange> {
    let header_bytes = header.byte_count as u64;
    let least = (most / MOST_TO_LEAST).max(STEP_BYTES);
    let mut ranges: Vec<FileRange> = Vec::new();
    let mut from = 0;
    while from < byte_count {
        let first = match from {
            0 => FirstRecord::AfterHeader { byte_count: header_bytes, line_count: header.line_count },
            _ => FirstRecord::OnNextLine,
        };
        // The header is within the first range.
        let length = ((byte_count - from) / SHARE).next_multiple_of(STEP_BYTES).clamp(least, most);
        let to = (from + length).max(header_bytes.next_multiple_of(STEP_BYTES)).min(byte_count);
        let number = u32::try_from(ranges.len()).unwrap_or(u32::MAX);
        ranges.push(FileRange { number, from, to, first });
        from = to;
    }
    ranges
}

/// What a range came to, beside the part of the user table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeOutcome {
    /// Which of the file's ranges.
    pub number: u32,
    /// Where the first record was taken to start.
    pub start: u64,
    /// Behind the last record.
    pub end: u64,
    /// Physical lines, a header's too.
    pub line_count: u64,
    /// A record that is too long, after which nothing was read: its line, counted from the range's first, which is 1.
    pub too_long: Option<u64>,
    /// Rows accepted.
    pub row_count: u64,
    /// Behind the last byte that was read.
    pub read_to: u64,
}

impl RangeOutcome {
    /// Bytes of its records.
    #[must_use]
    pub fn byte_count(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    fn read(&self) -> Result<RangeRead, RecordTooLong> {
        match self.too_long {
            Some(line) => Err(RecordTooLong { line }),
            None => Ok(RangeRead { start: self.start, end: self.end, line_count: self.line_count }),
        }
    }
}

/// What to do with the part of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Merge it, its lines counted from behind so many.
    Merge {
        /// Lines of the file before the range.
        lines_before: u64,
    },
    /// Drop it, and read the range again as told: it does not start where the one before ended.
    Again(FileRange),
}

/// Why a file cannot be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unjoinable {
    /// The record that starts on this physical line is too long.
    RecordTooLong {
        /// From 1.
        line: u64,
    },
    /// It is not as long as it was.
    Changed,
}

/// Joins the ranges of a file in their order.
#[derive(Debug)]
pub struct Joining {
    ranges: Vec<FileRange>,
    /// The range whose outcome is next.
    next: usize,
    join: RangeJoin,
}

impl Joining {
    /// A joining of all ranges of a file.
    #[must_use]
    pub fn new(ranges: Vec<FileRange>) -> Joining {
        let join = RangeJoin::new(ranges.first().map_or(0, |range| range.start().position()));
        Joining { ranges, next: 0, join }
    }

    /// The number of the range whose outcome must be handed in next; none once all are joined.
    #[must_use]
    pub fn next(&self) -> Option<u32> {
        self.ranges.get(self.next).map(|range| range.number)
    }

    /// Bytes of the ranges that are joined.
    #[must_use]
    pub fn byte_count(&self) -> u64 {
        self.next.checked_sub(1).map_or(0, |last| self.ranges[last].to)
    }

    /// Takes the next range's outcome.
    ///
    /// # Errors
    /// A record is too long, or the file was changed while it was read.
    pub fn take(&mut self, outcome: &RangeOutcome) -> Result<Step, Unjoinable> {
        let Some(range) = self.ranges.get_mut(self.next) else { return Err(Unjoinable::Changed) };
        if outcome.too_long.is_none() && outcome.read_to < range.to {
            return Err(Unjoinable::Changed);
        }
        let is_start_known = range.first != FirstRecord::OnNextLine;
        match self.join.take(outcome.read(), is_start_known) {
            Ok(Joined::Read { lines_before }) => {
                self.next += 1;
                Ok(Step::Merge { lines_before })
            }
            Ok(Joined::Again(start)) => {
                range.first = FirstRecord::At(start.position());
                Ok(Step::Again(*range))
            }
            Err(RecordTooLong { line }) => Err(Unjoinable::RecordTooLong { line }),
        }
    }
}
