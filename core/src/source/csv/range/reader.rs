//! Reads one range: its bytes are hashed by pieces and cut into blocks of whole records.

use super::super::super::subtree_hash::{PIECE_BYTES, PieceHash, piece_hash};
use super::super::splitter::{Block, RecordTooLong};
use super::{RangeRead, RangeSplitter, RangeStart};

#[expect(clippy::cast_possible_truncation, reason = "it fits any address space")]
const PIECE_LENGTH: usize = PIECE_BYTES as usize;

/// Hashes and cuts the bytes of a range, which whoever has the file hands in.
#[derive(Debug)]
pub struct RangeReader {
    start: RangeStart,
    end: u64,
    is_hashed: bool,
    splitter: RangeSplitter,
    blocks: Vec<Block>,
    /// Of the next byte to be handed in.
    position: u64,
    most: u64,
    hashes: RangeHashes,
}

/// The hashes of a range's pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeHashes {
    /// Those of whole pieces, but for the file's last.
    pub pieces: Vec<PieceHash>,
    /// How many bytes they are of.
    pub byte_count: u64,
}

impl RangeReader {
    /// A reader for the records that start at `start` or behind, and up to the position `end`, that one included.
    ///
    /// The bytes from `hash_from`, a multiple of [`PIECE_BYTES`], to `end` are hashed, and those before the start are
    /// for that alone. None: nothing is hashed, because the range has been read before. It takes at most so many bytes
    /// at a time, a multiple of [`PIECE_BYTES`].
    #[must_use]
    pub fn new(delimiter: u8, start: RangeStart, end: u64, hash_from: Option<u64>, most: u64) -> RangeReader {
        RangeReader {
            start,
            end,
            is_hashed: hash_from.is_some(),
            splitter: RangeSplitter::new(delimiter, start, end),
            blocks: Vec::new(),
            position: hash_from.unwrap_or(start.position()),
            most,
            hashes: RangeHashes::default(),
        }
    }

    /// Ends the range earlier, because somebody else reads the rest: at a multiple of [`PIECE_BYTES`], not before
    /// what was handed in.
    pub fn shorten(&mut self, end: u64) {
        self.end = self.end.min(end.max(self.position));
        self.splitter.shorten(end);
    }

    /// Where the next bytes are.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// How many of them to append to [`RangeReader::input`]: fewer only at the end of the file.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        // What is hashed is taken by whole pieces.
        let left = if self.is_hashing() { self.end - self.position } else { self.splitter.wanted() };
        left.min(self.most)
    }

    /// The buffer to append them to; call [`RangeReader::take`] afterwards.
    pub fn input(&mut self) -> &mut Vec<u8> {
        self.splitter.input()
    }

    /// Takes so many bytes that were appended, none only at the end of the file, and gives out whole records. Tells what
    /// was read once the range is at its end.
    ///
    /// # Errors
    /// A record is longer than [`super::super::splitter::MAX_RECORD_BYTES`]; its line is counted from the range's first.
    pub fn take(&mut self, appended: u64, mut decode: impl FnMut(&Block)) -> Result<Option<RangeRead>, RecordTooLong> {
        let of_range = self.hash(appended);
        if appended > 0 && of_range == 0 {
            return Ok(None);
        }
        let read = self.splitter.split(of_range, &mut self.blocks);
        for block in self.blocks.drain(..) {
            decode(&block);
            self.splitter.recycle(block);
        }
        read
    }

    /// The hashes of the pieces taken so far.
    #[must_use]
    pub fn hashes(&self) -> &RangeHashes {
        &self.hashes
    }

    /// Hashes what was appended, and takes away what stands before the start; says how much is left of it.
    fn hash(&mut self, appended: u64) -> u64 {
        let is_hashing = self.is_hashing();
        let input = self.splitter.input();
        let before = input.len().saturating_sub(usize::try_from(appended).unwrap_or(usize::MAX));
        if is_hashing {
            for (number, piece) in (0..).zip(input[before..].chunks(PIECE_LENGTH)) {
                self.hashes.pieces.push(piece_hash(piece, self.position + number * PIECE_BYTES));
            }
            self.hashes.byte_count += appended;
        }
        let skipped = self.start.position().saturating_sub(self.position).min(appended);
        input.drain(before..before + usize::try_from(skipped).unwrap_or(0));
        self.position += appended;
        appended - skipped
    }

    fn is_hashing(&self) -> bool {
        self.is_hashed && self.position < self.end
    }
}
