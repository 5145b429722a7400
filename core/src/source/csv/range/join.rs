//! Joins the ranges of a file in their order.

use super::super::super::InputFile;
use super::super::super::subtree_hash::{PieceHash, hash_of_pieces};
use super::super::splitter::RecordTooLong;
use super::{RangeRead, RangeStart};

/// What to do with a range that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// Its rows count, their lines starting after this many.
    Read {
        /// Lines of the file before the range.
        lines_before: u64,
    },
    /// Its rows do not: it did not start where the one before ended, and must be read again from there.
    Again(RangeStart),
}

/// Takes what was read of each range of a file, in their order.
#[derive(Debug)]
pub struct RangeJoin {
    lines_before: u64,
    /// Where the next range's first record starts.
    record_start: u64,
    pieces: Vec<PieceHash>,
    byte_count: u64,
}

impl RangeJoin {
    /// A join of a file whose first record starts here.
    #[must_use]
    pub fn new(record_start: u64) -> RangeJoin {
        RangeJoin { lines_before: 0, record_start, pieces: Vec::new(), byte_count: 0 }
    }

    /// Takes the hashes of the next range's pieces, which are of so many bytes; once for a range that is read again.
    pub fn add_hashes(&mut self, pieces: &[PieceHash], byte_count: u64) {
        self.pieces.extend_from_slice(pieces);
        self.byte_count += byte_count;
    }

    /// Takes what was read of the next range. Where its first record starts is known of a file's first range and of one
    /// that is read again; of any other it was assumed.
    ///
    /// # Errors
    /// A record is too long; its line is that of the file.
    pub fn take(
        &mut self,
        read: Result<RangeRead, RecordTooLong>,
        is_start_known: bool,
    ) -> Result<Joined, RecordTooLong> {
        if !is_start_known && !read.is_ok_and(|read| read.start == self.record_start) {
            return Ok(Joined::Again(RangeStart::Record(self.record_start)));
        }
        let read = read.map_err(|too_long| RecordTooLong { line: self.lines_before + too_long.line })?;
        let joined = Joined::Read { lines_before: self.lines_before };
        self.lines_before += read.line_count;
        self.record_start = read.end;
        Ok(joined)
    }

    /// What the outputs tell of the file; none where it is a single piece, which is no tree.
    #[must_use]
    pub fn input_file(&self, name: &str) -> Option<InputFile> {
        let blake3 = hash_of_pieces(&self.pieces)?;
        Some(InputFile { name: name.to_owned(), byte_count: self.byte_count, blake3 })
    }
}
