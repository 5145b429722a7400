//! What a parser does with the bytes of a range.

use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::range::RangeSplitter;
use strata_core::source::csv::splitter::Block;
use strata_core::source::subtree_hash::{PIECE_BYTES, piece_hash};

use crate::fold::RowFold;

use super::{FileRange, RangeOutcome};

/// Bytes read at a time; a block is about as long.
const READ_BYTES: u64 = 4 * PIECE_BYTES;

/// Hashes, cuts and folds the bytes of a range.
#[derive(Debug)]
pub struct RangeFold {
    range: FileRange,
    /// Which of the inputs.
    file: u32,
    splitter: RangeSplitter,
    decoder: BlockDecoder,
    blocks: Vec<Block>,
    rows: RowFold,
    /// Of the next byte to be handed in.
    position: u64,
    hashes: Vec<u8>,
    hashed_bytes: u64,
}

impl RangeFold {
    /// A fold of the range of an input with this number.
    #[must_use]
    pub fn new(range: FileRange, file: u32, delimiter: u8, decoder: BlockDecoder, rows: RowFold) -> RangeFold {
        let start = range.start();
        RangeFold {
            range,
            file,
            splitter: RangeSplitter::new(delimiter, start, range.to),
            decoder,
            blocks: Vec::new(),
            rows,
            position: if range.is_hashed { start.position() } else { range.from },
            hashes: Vec::new(),
            hashed_bytes: 0,
        }
    }

    /// Where the next bytes are.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// How many of them to append to [`RangeFold::input`]: fewer only at the end of the file.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        // What is hashed is taken by whole pieces.
        let left = if self.is_hashing() { self.range.to - self.position } else { self.splitter.wanted() };
        left.min(READ_BYTES)
    }

    /// The buffer to append them to; call [`RangeFold::take`] afterwards.
    pub fn input(&mut self) -> &mut Vec<u8> {
        self.splitter.input()
    }

    /// Takes so many bytes that were appended, none only at the end of the file; true once the range is at its end.
    pub fn take(&mut self, appended: u64, outcome: &mut RangeOutcome) -> bool {
        let mut appended = appended;
        if appended > 0 {
            let count = usize::try_from(appended).unwrap_or(usize::MAX);
            let is_hashing = self.is_hashing();
            let input = self.splitter.input();
            let before = input.len().saturating_sub(count);
            if is_hashing {
                for (number, piece) in (0..).zip(input[before..].chunks(PIECE_LENGTH)) {
                    self.hashes.extend_from_slice(&piece_hash(piece, self.position + number * PIECE_BYTES));
                }
                self.hashed_bytes += appended;
            }
            // The header's bytes are hashed, and that is all.
            let skipped = self.range.start().position().saturating_sub(self.position).min(appended);
            input.drain(before..before + usize::try_from(skipped).unwrap_or(0));
            self.position += appended;
            appended -= skipped;
            if appended == 0 {
                return false;
            }
        }
        let read = self.splitter.split(appended, &mut self.blocks);
        for block in self.blocks.drain(..) {
            self.decoder.decode(&block, self.file, &mut self.rows);
            self.splitter.recycle(block.bytes);
        }
        match read {
            Ok(None) => return false,
            Ok(Some(read)) => {
                (outcome.start, outcome.end, outcome.line_count) = (read.start, read.end, read.line_count);
            }
            Err(too_long) => outcome.too_long = Some(too_long.line),
        }
        outcome.number = self.range.number;
        outcome.row_count = self.rows.row_count();
        outcome.hashed_bytes = self.hashed_bytes;
        true
    }

    /// The part of the user table and the hashes of the range's pieces.
    #[must_use]
    pub fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        (self.rows.take_part(), self.hashes)
    }

    fn is_hashing(&self) -> bool {
        !self.range.is_hashed && self.position < self.range.to
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it fits any address space")]
const PIECE_LENGTH: usize = PIECE_BYTES as usize;
