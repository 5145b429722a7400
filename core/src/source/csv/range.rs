//! Cuts one range of a file into blocks of whole records, while others cut the ranges beside it.
//!
//! Whether a line feed ends a record depends on all quotes before it, which a range does not know. It assumes that the
//! first line feed at or behind its start does; it ends behind the first line feed at or behind its end that does.
//! Where one range starts as the range before it ended, the assumption held, by induction from the first range, whose
//! start is known. Where it does not, the range must be read again from there, as [`RangeJoin`] says.

mod join;
mod reader;

pub use join::{Joined, RangeJoin};
pub use reader::{RangeHashes, RangeReader};

use super::splitter::{Block, RecordSplitter, RecordTooLong};

/// Bytes to ask for behind the end of a range: the record that stands across it, most times.
const TAIL_BYTES: u64 = 1 << 13;

/// Where a range starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeStart {
    /// The file's first record, after a header of this many physical lines.
    AfterHeader {
        /// Its position.
        position: u64,
        /// Lines of the header.
        line_count: u64,
    },
    /// A record that is known to start at this position.
    Record(u64),
    /// The record behind the first line feed at or behind this position.
    NextLine(u64),
}

impl RangeStart {
    /// The position of the first byte to hand in.
    #[must_use]
    pub fn position(self) -> u64 {
        match self {
            RangeStart::AfterHeader { position, .. }
            | RangeStart::Record(position)
            | RangeStart::NextLine(position) => position,
        }
    }
}

/// What a range turned out to be. Positions are those of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeRead {
    /// Where the first record was taken to start.
    pub start: u64,
    /// Behind its last record: where the next range's first record starts.
    pub end: u64,
    /// Physical lines up to the end, a header's too. Lines of blocks are counted from the range's first, which is 1.
    pub line_count: u64,
}

/// Cuts the bytes of a range, and those that follow it as far as its last record goes, into [`Block`]s.
#[derive(Debug)]
pub struct RangeSplitter {
    splitter: RecordSplitter,
    /// The first record's start, once it is known.
    start: Option<u64>,
    /// Of the next byte to be handed in.
    position: u64,
    end: u64,
    /// Bytes behind the end that are not looked at yet.
    tail: Vec<u8>,
}

impl RangeSplitter {
    /// A splitter for the records that start at `start` or behind, and up to the position `end`, that one included.
    #[must_use]
    pub fn new(delimiter: u8, start: RangeStart, end: u64) -> RangeSplitter {
        let position = start.position();
        let (known, header_line_count) = match start {
            RangeStart::AfterHeader { line_count, .. } => (Some(position), line_count),
            RangeStart::Record(_) => (Some(position), 0),
            RangeStart::NextLine(_) => (None, 0),
        };
        let splitter = RecordSplitter::new(delimiter, header_line_count);
        RangeSplitter { splitter, start: known, position, end, tail: Vec::new() }
    }

    /// Ends the range earlier, but not before what was handed in.
    pub fn shorten(&mut self, end: u64) {
        self.end = self.end.min(end.max(self.position));
    }

    /// How many bytes to append to [`RangeSplitter::input`] at most.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        if self.is_within() { self.end - self.position } else { TAIL_BYTES }
    }

    /// The buffer to append the file's next bytes to; call [`RangeSplitter::split`] afterwards.
    pub fn input(&mut self) -> &mut Vec<u8> {
        if self.is_within() { self.splitter.input() } else { &mut self.tail }
    }

    /// Takes back a used block, so that the next one needs no new memory.
    pub fn recycle(&mut self, block: Block) {
        self.splitter.recycle(block);
    }

    /// Gives out whole records of the range; `appended` says how many bytes were, none only at the end of the file.
    /// Tells what was read once the range is at its end.
    ///
    /// # Errors
    /// A record is longer than [`super::splitter::MAX_RECORD_BYTES`]; its line is counted from the range's first.
    pub fn split(&mut self, appended: u64, blocks: &mut Vec<Block>) -> Result<Option<RangeRead>, RecordTooLong> {
        let at_end = appended == 0;
        let within = self.is_within();
        self.position += appended;
        let Some(start) = self.start.or_else(|| self.skip_line(within, at_end)) else { return Ok(None) };
        if start > self.end {
            return Ok(Some(self.read_up_to(start, start)));
        }
        if within && !at_end {
            self.splitter.split(false, blocks)?;
            return Ok(None);
        }
        while let Some(line_end) = memchr::memchr(b'\n', &self.tail) {
            self.splitter.input().extend(self.tail.drain(..=line_end));
            self.splitter.split(false, blocks)?;
            if self.splitter.is_at_record_start() {
                return Ok(Some(self.read_up_to(start, self.position - self.tail.len() as u64)));
            }
        }
        if !at_end {
            return Ok(None);
        }
        self.splitter.input().append(&mut self.tail);
        self.splitter.split(true, blocks)?;
        Ok(Some(self.read_up_to(start, self.position)))
    }

    /// Whether the next byte to be handed in is before the range's end.
    fn is_within(&self) -> bool {
        self.position < self.end
    }

    /// Drops what stands before the first record; says where that starts, if it is there.
    fn skip_line(&mut self, within: bool, at_end: bool) -> Option<u64> {
        let buffer = if within { self.splitter.input() } else { &mut self.tail };
        if let Some(line_end) = memchr::memchr(b'\n', buffer) {
            buffer.drain(..=line_end);
            self.start = Some(self.position - buffer.len() as u64);
        } else {
            buffer.clear();
            self.start = at_end.then_some(self.position);
        }
        self.start
    }

    fn read_up_to(&self, start: u64, end: u64) -> RangeRead {
        RangeRead { start, end, line_count: self.splitter.line() - 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::splitter::BlockKind;
    use super::*;
    use proptest::prelude::*;

    type Records = Vec<(u64, Vec<u8>, BlockKind)>;

    /// Neighbouring blocks of records are one for the comparison.
    fn join(joined: &mut Records, blocks: Vec<Block>, lines_before: u64) {
        for block in blocks {
            match joined.last_mut() {
                Some((_, bytes, BlockKind::Records)) if block.kind == BlockKind::Records => bytes.extend(block.bytes),
                _ => joined.push((block.first_line + lines_before, block.bytes, block.kind)),
            }
        }
    }

    fn whole(text: &[u8], header: usize, header_line_count: u64) -> Records {
        let mut splitter = RecordSplitter::new(b',', header_line_count);
        let mut blocks = Vec::new();
        splitter.input().extend_from_slice(&text[header..]);
        splitter.split(true, &mut blocks).unwrap();
        let mut joined = Vec::new();
        join(&mut joined, blocks, 0);
        joined
    }

    /// The end of the range is told only when it comes within reach.
    fn read_range(text: &[u8], start: RangeStart, end: u64, chunk: usize) -> (RangeRead, Vec<Block>) {
        let mut splitter = RangeSplitter::new(b',', start, u64::MAX);
        let mut blocks = Vec::new();
        let mut at = usize::try_from(start.position()).unwrap();
        loop {
            if at + chunk > usize::try_from(end).unwrap() {
                splitter.shorten(end);
            }
            let wanted = usize::try_from(splitter.wanted()).unwrap_or(usize::MAX).min(chunk).min(text.len() - at);
            splitter.input().extend_from_slice(&text[at..at + wanted]);
            at += wanted;
            if let Some(read) = splitter.split(wanted as u64, &mut blocks).unwrap() {
                return (read, blocks);
            }
        }
    }

    /// Reads all ranges alone, and those again that did not start where the one before ended.
    fn by_ranges(text: &[u8], header: usize, header_line_count: u64, cuts: &[usize], chunk: usize) -> Records {
        let mut starts = vec![RangeStart::AfterHeader { position: header as u64, line_count: header_line_count }];
        starts.extend(cuts.iter().map(|&cut| RangeStart::NextLine(cut as u64)));
        let ends = cuts.iter().copied().chain([text.len()]);
        let (mut joined, mut join_ranges) = (Vec::new(), RangeJoin::new(header as u64));
        for (start, end) in starts.into_iter().zip(ends) {
            let (mut read, mut blocks) = read_range(text, start, end as u64, chunk);
            let is_start_known = !matches!(start, RangeStart::NextLine(_));
            let mut done = join_ranges.take(Ok(read), is_start_known).unwrap();
            if let Joined::Again(start) = done {
                (read, blocks) = read_range(text, start, end as u64, chunk);
                assert_eq!(RangeStart::Record(read.start), start);
                done = join_ranges.take(Ok(read), true).unwrap();
            }
            let Joined::Read { lines_before } = done else { panic!("to be read a third time") };
            join(&mut joined, blocks, lines_before);
        }
        joined
    }

    #[test]
    fn a_line_feed_in_quotes_at_a_cut_is_found_out() {
        let text = b"h\n1,\"a\nb\"\n2,c\n";
        let (read, _) = read_range(text, RangeStart::NextLine(5), text.len() as u64, 100);
        assert_eq!((read.start, read.end), (7, 14));
        let (before, _) = read_range(text, RangeStart::AfterHeader { position: 2, line_count: 1 }, 5, 100);
        assert_eq!(before, RangeRead { start: 2, end: 10, line_count: 3 });
        assert_eq!(by_ranges(text, 2, 1, &[5], 100), whole(text, 2, 1));
    }

    proptest! {
        #[test]
        fn where_a_file_is_cut_does_not_matter(
            text in prop::collection::vec(prop::sample::select(b"aaaab\",,\n\r\n".to_vec()), 3..400),
            cuts in prop::collection::btree_set(0usize..400, 0..6),
            header in 0usize..3, chunk in 1usize..200,
        ) {
            let cuts: Vec<usize> = cuts.into_iter().filter(|&cut| cut < text.len()).collect();
            prop_assert_eq!(by_ranges(&text, header, 1, &cuts, chunk), whole(&text, header, 1));
        }
    }
}
