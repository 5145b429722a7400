//! Ranges of an uncompressed CSV file: parsers read them in parallel, and the coordinator joins them in order.
//!
//! [`RangeFold`](crate::fold::RangeFold) is the parser's work on a range, [`Joining`] the coordinator's work on the
//! outcomes. See [`strata_core::source::csv::range`] for how a file is split so that no record is lost or read twice.

use serde::{Deserialize, Serialize};
use strata_core::source::csv::header::CsvHeader;
use strata_core::source::csv::range::{Joined, RangeJoin, RangeRead, RangeStart};
use strata_core::source::csv::splitter::RecordTooLong;

/// Ranges start at multiples of this many bytes.
pub const STEP_BYTES: u64 = 256 << 10;

/// Maximum length of a range in bytes, a multiple of [`STEP_BYTES`]: each range needs a stream and a part, so ranges
/// are long.
pub const RANGE_BYTES: u64 = 128 * STEP_BYTES;

/// A range is at most the rest of the file divided by this, so that no parser is busy long after the others have
/// finished.
const SHARE: u64 = 2;

/// The longest range is at most this many times as long as any other, except the last one of the file.
const MOST_TO_LEAST: u64 = 4;

/// A range of a file. Positions are bytes from the start of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRange {
    /// Number of the range in the file, from 0.
    pub number: u32,
    /// Position of the first byte, a multiple of [`STEP_BYTES`].
    pub from: u64,
    /// Position after the last byte; the last record may end beyond it.
    pub to: u64,
    /// Where its first record starts.
    pub first: FirstRecord,
}

/// Where the first record of a range starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FirstRecord {
    /// After a header of this many bytes and physical lines.
    AfterHeader {
        /// Length in bytes, including a byte order mark.
        byte_count: u64,
        /// Number of lines.
        line_count: u64,
    },
    /// At this position.
    At(u64),
    /// After the first line feed in the range, unless it is inside quotes.
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

/// Splits a file of this many bytes into ranges of at most the given length, usually [`RANGE_BYTES`]. Ranges become
/// shorter towards the end of the file.
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
        // The header lies within the first range.
        let length = ((byte_count - from) / SHARE).next_multiple_of(STEP_BYTES).clamp(least, most);
        let to = (from + length).max(header_bytes.next_multiple_of(STEP_BYTES)).min(byte_count);
        let number = u32::try_from(ranges.len()).unwrap_or(u32::MAX);
        ranges.push(FileRange { number, from, to, first });
        from = to;
    }
    ranges
}

/// The outcome of reading a range, in addition to its part of the user table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeOutcome {
    /// Number of the range in the file.
    pub number: u32,
    /// Position at which the first record was assumed to start.
    pub start: u64,
    /// Position after the last record.
    pub end: u64,
    /// Number of physical lines, including those of a header.
    pub line_count: u64,
    /// The line of a record that is too long, after which nothing was read. The first line of the range is line 1.
    pub too_long: Option<u64>,
    /// Accepted rows.
    pub row_count: u64,
    /// Position after the last byte that was read.
    pub read_to: u64,
}

impl RangeOutcome {
    /// Returns the length of its records in bytes.
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
    /// Merge it, with its lines counted from this number.
    Merge {
        /// Number of lines in the file before the range.
        lines_before: u64,
    },
    /// Drop it and read the range again as given: it does not start where the previous one ended.
    Again(FileRange),
}

/// Why the ranges of a file cannot be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unjoinable {
    /// The record that starts on this physical line is too long.
    RecordTooLong {
        /// From 1.
        line: u64,
    },
    /// The length of the file has changed.
    Changed,
}

/// Joins the ranges of a file in order.
#[derive(Debug)]
pub struct Joining {
    ranges: Vec<FileRange>,
    /// The range whose outcome is next.
    next: usize,
    join: RangeJoin,
}

impl Joining {
    /// Creates a join of all ranges of a file.
    #[must_use]
    pub fn new(ranges: Vec<FileRange>) -> Joining {
        let join = RangeJoin::new(ranges.first().map_or(0, |range| range.start().position()));
        Joining { ranges, next: 0, join }
    }

    /// Returns the number of the range whose outcome is expected next; `None` once all are joined.
    #[must_use]
    pub fn next(&self) -> Option<u32> {
        self.ranges.get(self.next).map(|range| range.number)
    }

    /// Returns the length of the joined ranges in bytes.
    #[must_use]
    pub fn byte_count(&self) -> u64 {
        self.next.checked_sub(1).map_or(0, |last| self.ranges[last].to)
    }

    /// Accepts the outcome of the next range.
    ///
    /// # Errors
    /// A record is too long, or the file changed while it was read.
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
