//! What a parser does with the bytes of a range.

use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::range::RangeReader;

use crate::ranges::{FileRange, RangeOutcome, STEP_BYTES};

use super::{Part, RowFold};

/// Bytes read at a time; a block is about as long.
const READ_BYTES: u64 = 4 * STEP_BYTES;

/// Cuts and folds the bytes of a range.
#[derive(Debug)]
pub struct RangeFold {
    number: u32,
    /// Which of the inputs.
    file: u32,
    reader: RangeReader,
    decoder: BlockDecoder,
    rows: RowFold,
}

impl RangeFold {
    /// A fold of the range of an input with this number.
    #[must_use]
    pub fn new(range: FileRange, file: u32, delimiter: u8, decoder: BlockDecoder, rows: RowFold) -> RangeFold {
        let reader = RangeReader::new(delimiter, range.start(), range.to, None, READ_BYTES);
        RangeFold { number: range.number, file, reader, decoder, rows }
    }

    /// Where the next bytes are.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.reader.position()
    }

    /// How many of them to append to [`RangeFold::input`]: fewer only at the end of the file.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        self.reader.wanted()
    }

    /// The buffer to append them to; call [`RangeFold::take`] afterwards.
    pub fn input(&mut self) -> &mut Vec<u8> {
        self.reader.input()
    }

    /// Takes so many bytes that were appended, none only at the end of the file; true once the range is at its end.
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

    /// What became of its rows.
    #[must_use]
    pub fn finish(mut self) -> Part {
        self.rows.take_part()
    }
}
