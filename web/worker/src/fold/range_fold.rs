//! The parser's work on the bytes of a range.

use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::range::RangeReader;

use crate::ranges::{FileRange, RangeOutcome, STEP_BYTES};

use super::{Part, RowFold};

/// Bytes read at a time, and the approximate length of a block.
const READ_BYTES: u64 = 4 * STEP_BYTES;

/// Splits and folds the bytes of a range.
#[derive(Debug)]
pub struct RangeFold {
    number: u32,
    /// Number of the input.
    file: u32,
    reader: RangeReader,
    decoder: BlockDecoder,
    rows: RowFold,
}

impl RangeFold {
    /// Creates a fold of a range of the input with this number.
    #[must_use]
    pub fn new(range: FileRange, file: u32, delimiter: u8, decoder: BlockDecoder, rows: RowFold) -> RangeFold {
        let reader = RangeReader::new(delimiter, range.start(), range.to, None, READ_BYTES);
        RangeFold { number: range.number, file, reader, decoder, rows }
    }

    /// Returns the position of the next bytes.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.reader.position()
    }

    /// Returns the number of bytes to append to [`RangeFold::input`]: fewer are available only at the end of the file.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        self.reader.wanted()
    }

    /// Returns the buffer to append bytes to; call [`RangeFold::take`] afterwards.
    pub fn input(&mut self) -> &mut Vec<u8> {
        self.reader.input()
    }

    /// Processes the bytes that were appended, 0 only at the end of the file; returns true at the end of the range.
    #[inline(never)]
    pub fn take(&mut self, appended: u64, outcome: &mut RangeOutcome) -> bool {
        match self.reader.take(appended, |block| self.decoder.decode(block, self.file, &mut self.rows)) {
            Ok(None) => return false,
            Ok(Some(read)) => {
                (outcome.start, outcome.end, outcome.line_count) = (read.start, read.end, read.line_count);
            }
            Err(too_long) => outcome.too_long = Some(too_long.line),
        }
        outcome.number = self.number;
        outcome.row_count = self.rows.row_count();
        outcome.read_to = self.reader.position();
        true
    }

    /// Returns the outcome of the range.
    #[must_use]
    pub fn finish(mut self) -> Part {
        self.rows.take_part()
    }
}
