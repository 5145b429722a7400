//! Cuts a stream of bytes into blocks of whole records.

use super::MAX_QUOTED_BYTES;

/// The longest record, in bytes. Longer ones are no records: the file is something else.
pub const MAX_RECORD_BYTES: usize = 1 << 30;

/// Bytes that begin and end at a record's boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Physical line on which the first record starts, from 1.
    pub first_line: u64,
    /// The bytes, line feeds included.
    pub bytes: Vec<u8>,
    /// What they are.
    pub kind: BlockKind,
}

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Whole records; every quote that opens a field is closed.
    Records,
    /// One record whose last quote is not closed, up to the end of the line on which it opens.
    UnclosedQuote,
}

/// A record that does not end: where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordTooLong {
    /// Physical line, from 1.
    pub line: u64,
}

/// Cuts a stream into [`Block`]s.
///
/// A quote opens a field only at its start; elsewhere it is text. The cut is therefore exact only when the
/// quotes are followed from the start, which takes a search for quotes and nothing else.
#[derive(Debug)]
pub struct RecordSplitter {
    delimiter: u8,
    /// Bytes not yet given out; the first one starts a record.
    pending: Vec<u8>,
    /// Physical line of the first pending byte.
    line: u64,
    /// Pending bytes that were looked at.
    scanned: usize,
    /// Where the open quote is, if the scan stands inside one.
    open_quote: Option<usize>,
    /// Looked-at stretches outside quotes, as start and end.
    unquoted: Vec<(usize, usize)>,
    /// Empty buffers of blocks that are done with.
    spare: Vec<Vec<u8>>,
}

impl RecordSplitter {
    /// A splitter for the bytes that follow a header of `header_line_count` physical lines.
    #[must_use]
    pub fn new(delimiter: u8, header_line_count: u64) -> RecordSplitter {
        RecordSplitter {
            delimiter,
            pending: Vec::new(),
            line: header_line_count + 1,
            scanned: 0,
            open_quote: None,
            unquoted: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// The buffer to append the stream's next bytes to; call [`RecordSplitter::split`] afterwards.
    pub fn input(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }

    /// Takes back the bytes of a block that is done with, so that the next block needs no new memory.
    pub fn recycle(&mut self, mut bytes: Vec<u8>) {
        bytes.clear();
        self.spare.push(bytes);
    }

    /// Gives out whole records, as far as they are known to be whole.
    ///
    /// # Errors
    /// A record is longer than [`MAX_RECORD_BYTES`].
    pub fn split(&mut self, at_end: bool, blocks: &mut Vec<Block>) -> Result<(), RecordTooLong> {
        loop {
            match self.scan(at_end) {
                Scan::Done => break,
                Scan::UnclosedQuote { open } => {
                    let Some(line_end) = memchr::memchr(b'\n', &self.pending[open..])
                        .map(|end| open + end + 1)
                        .or_else(|| at_end.then_some(self.pending.len()))
                    else {
                        return self.check_length();
                    };
                    let record_start = self.last_line_feed().map_or(0, |feed| feed + 1);
                    self.give(record_start, BlockKind::Records, blocks);
                    self.give(line_end - record_start, BlockKind::UnclosedQuote, blocks);
                }
            }
        }
        if at_end {
            self.give(self.pending.len(), BlockKind::Records, blocks);
        } else if let Some(feed) = self.last_line_feed() {
            self.give(feed + 1, BlockKind::Records, blocks);
        }
        self.check_length()
    }

    fn check_length(&self) -> Result<(), RecordTooLong> {
        if self.pending.len() > MAX_RECORD_BYTES {
            return Err(RecordTooLong { line: self.line });
        }
        Ok(())
    }

    /// Looks at the pending bytes that are new, following quotes.
    fn scan(&mut self, at_end: bool) -> Scan {
        loop {
            let rest = &self.pending[self.scanned..];
            let Some(open) = self.open_quote else {
                let Some(quote) = memchr::memchr(b'"', rest).map(|quote| self.scanned + quote) else {
                    self.unquoted.push((self.scanned, self.pending.len()));
                    self.scanned = self.pending.len();
                    return Scan::Done;
                };
                self.unquoted.push((self.scanned, quote));
                let opens = quote == 0 || self.pending[quote - 1] == self.delimiter || self.pending[quote - 1] == b'\n';
                self.open_quote = opens.then_some(quote);
                self.scanned = quote + 1;
                continue;
            };
            let limit = (open + 1 + MAX_QUOTED_BYTES + 1).min(self.pending.len());
            let within = &self.pending[self.scanned.min(limit)..limit];
            match memchr::memchr(b'"', within).map(|quote| self.scanned + quote) {
                Some(quote) => match self.pending.get(quote + 1) {
                    Some(b'"') => self.scanned = quote + 2,
                    None if !at_end => {
                        self.scanned = quote;
                        return Scan::Done;
                    }
                    _ => {
                        self.open_quote = None;
                        self.scanned = quote + 1;
                    }
                },
                None if limit < self.pending.len() || at_end => return Scan::UnclosedQuote { open },
                None => {
                    self.scanned = self.pending.len();
                    return Scan::Done;
                }
            }
        }
    }

    /// The last line feed outside quotes among the bytes that were looked at.
    fn last_line_feed(&self) -> Option<usize> {
        self.unquoted
            .iter()
            .rev()
            .find_map(|&(start, end)| memchr::memrchr(b'\n', &self.pending[start..end]).map(|feed| start + feed))
    }

    /// Gives out the first pending bytes. A block without a single byte is not given.
    fn give(&mut self, byte_count: usize, kind: BlockKind, blocks: &mut Vec<Block>) {
        if byte_count == 0 {
            return;
        }
        let mut rest = self.spare.pop().unwrap_or_default();
        rest.extend_from_slice(&self.pending[byte_count..]);
        self.pending.truncate(byte_count);
        let bytes = std::mem::replace(&mut self.pending, rest);
        let first_line = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        blocks.push(Block { first_line, bytes, kind });
        self.unquoted.clear();
        match (kind, self.open_quote) {
            (BlockKind::Records, Some(open)) => {
                self.open_quote = open.checked_sub(byte_count);
                self.scanned = self.scanned.saturating_sub(byte_count);
            }
            (BlockKind::Records, None) => {
                self.scanned = self.scanned.saturating_sub(byte_count);
                // What follows the last line feed was looked at and is outside quotes, or ends in one that closed.
                // Only its beginning matters for the next cut, and it holds no line feed.
            }
            (BlockKind::UnclosedQuote, _) => {
                self.open_quote = None;
                self.scanned = 0;
            }
        }
    }
}

enum Scan {
    /// All pending bytes were looked at, as far as they can be.
    Done,
    /// The quote at this position is not closed.
    UnclosedQuote { open: usize },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &[u8], chunk: usize) -> Vec<(u64, Vec<u8>, BlockKind)> {
        let mut splitter = RecordSplitter::new(b',', 1);
        let mut blocks = Vec::new();
        for part in text.chunks(chunk.max(1)) {
            splitter.input().extend_from_slice(part);
            splitter.split(false, &mut blocks).unwrap();
        }
        splitter.split(true, &mut blocks).unwrap();
        // Neighbouring blocks of records are one for the comparison.
        let mut joined: Vec<(u64, Vec<u8>, BlockKind)> = Vec::new();
        for block in blocks {
            match joined.last_mut() {
                Some((_, bytes, BlockKind::Records)) if block.kind == BlockKind::Records => bytes.extend(block.bytes),
                _ => joined.push((block.first_line, block.bytes, block.kind)),
            }
        }
        joined
    }

    #[test]
    fn an_unclosed_quote_rejects_the_line_on_which_it_opens() {
        let text = b"a,b\n\"x\ny\",\"open\nc,d\ne,\"f\n";
        // The quote before `open` is closed by the one before `f`, after which text follows.
        assert_eq!(split(text, 100), [(2, text.to_vec(), BlockKind::Records)]);
        let open = b"a,b\n\"x\ny\",\"open\nc,d\n";
        assert_eq!(
            split(open, 100),
            [
                (2, b"a,b\n".to_vec(), BlockKind::Records),
                (3, b"\"x\ny\",\"open\n".to_vec(), BlockKind::UnclosedQuote),
                (5, b"c,d\n".to_vec(), BlockKind::Records),
            ]
        );
    }

    #[test]
    fn a_quote_is_looked_for_within_one_mebibyte() {
        for (inside, closed) in [(MAX_QUOTED_BYTES, true), (MAX_QUOTED_BYTES + 1, false)] {
            let text = [b"\"".as_slice(), &vec![b'x'; inside], b"\",b\nc,d\n"].concat();
            for chunk in [1 << 16, usize::MAX] {
                let kinds: Vec<BlockKind> = split(&text, chunk).iter().map(|block| block.2).collect();
                let expected =
                    if closed { vec![BlockKind::Records] } else { vec![BlockKind::UnclosedQuote, BlockKind::Records] };
                assert_eq!(kinds, expected);
            }
        }
    }

    proptest! {
        #[test]
        fn the_cut_of_the_input_does_not_matter(
            text in prop::collection::vec(prop::sample::select(b"ab\",\n\r".to_vec()), 0..60), chunk in 1usize..20,
        ) {
            let whole = split(&text, usize::MAX);
            prop_assert_eq!(&split(&text, chunk), &whole);
            let bytes: Vec<u8> = whole.into_iter().flat_map(|block| block.1).collect();
            prop_assert_eq!(bytes, text);
        }
    }
}
