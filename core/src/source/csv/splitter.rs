//! Cuts a stream of bytes into blocks of whole records, and finds their fields.
#![allow(clippy::inline_always, reason = "what is not inlined into its work is compiled for every machine")]

use std::mem;

use super::super::SourceError;
use super::MAX_QUOTED_BYTES;
use super::index::FieldIndex;
use super::scan::{BATCH, Batch, QuoteState, Scanner, Word};
use super::simd::{self, Instructions, Portable, WORD, Work};

/// The longest record, in bytes. Anything longer is not a record: the file is something else.
pub const MAX_RECORD_BYTES: usize = 1 << 30;

/// Bytes that begin and end at a record's boundary.
#[derive(Debug)]
pub struct Block {
    /// Physical line on which the first record starts, from 1.
    pub first_line: u64,
    /// The bytes, line feeds included.
    pub bytes: Vec<u8>,
    /// What they are.
    pub kind: BlockKind,
    /// Where the fields of records are.
    pub fields: FieldIndex,
}

impl Block {
    /// The block that a splitter cut elsewhere, which begins on this line; none where there is no byte.
    #[must_use]
    pub fn cut_before(delimiter: u8, first_line: u64, bytes: Vec<u8>) -> Option<Block> {
        let mut splitter = RecordSplitter::new(delimiter, first_line.saturating_sub(1));
        splitter.pending = bytes;
        let mut blocks = Vec::new();
        // What was cut before is not too long, and holds no second block.
        let _ = splitter.split(true, &mut blocks);
        blocks.pop()
    }
}

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Whole records; every quote that opens a field is closed.
    Records,
    /// One record whose last quote is not closed, up to the end of the line on which it opens.
    UnclosedQuote,
}

/// A record that does not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record that starts on line {line} is too long")]
pub struct RecordTooLong {
    /// The physical line on which it starts, from 1.
    pub line: u64,
}

impl RecordTooLong {
    /// The error of a file, as the user named it, that has this record.
    #[must_use]
    pub fn of_file(self, file: &str) -> SourceError {
        SourceError::RecordTooLong { file: file.to_owned(), line: self.line, limit_mib: MAX_RECORD_BYTES >> 20 }
    }
}

/// Cuts a stream into [`Block`]s.
///
/// A quote opens a field only at its start; elsewhere it is text. The cut is therefore exact only when the
/// quotes are followed from the start.
#[derive(Debug)]
pub struct RecordSplitter {
    /// Bytes not yet given out; the first one starts a record.
    pending: Vec<u8>,
    /// Where the fields of the bytes examined so far are.
    fields: FieldIndex,
    /// Physical line of the first pending byte.
    line: u64,
    passed: Passed,
    /// Buffers of blocks that are done with.
    spare: Vec<(Vec<u8>, FieldIndex)>,
}

impl RecordSplitter {
    /// A splitter for the bytes that follow a header of `header_line_count` physical lines.
    #[must_use]
    pub fn new(delimiter: u8, header_line_count: u64) -> RecordSplitter {
        RecordSplitter {
            pending: Vec::new(),
            fields: FieldIndex::default(),
            line: header_line_count + 1,
            passed: Passed { scanner: Scanner::new(delimiter), scanned: 0, open_quote: 0 },
            spare: Vec::new(),
        }
    }

    /// The buffer to append the stream's next bytes to; call [`RecordSplitter::split`] afterwards.
    pub fn input(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }

    /// Whether all bytes were given out, so that the next one starts a record.
    #[must_use]
    pub fn is_at_record_start(&self) -> bool {
        self.pending.is_empty()
    }

    /// Physical line of the first byte that is not given out.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Takes back a used block, so that the next one needs no new memory.
    pub fn recycle(&mut self, block: Block) {
        self.spare.push((block.bytes, block.fields));
    }

    /// Emits the records known to be complete.
    ///
    /// # Errors
    /// A record is longer than [`MAX_RECORD_BYTES`].
    pub fn split(&mut self, at_end: bool, blocks: &mut Vec<Block>) -> Result<(), RecordTooLong> {
        while self.scan(at_end) == Scan::UnclosedQuote {
            let open = self.passed.open_quote;
            let Some(line_end) = memchr::memchr(b'\n', &self.pending[open..])
                .map(|end| open + end + 1)
                .or_else(|| at_end.then_some(self.pending.len()))
            else {
                return self.check_length();
            };
            let record_start = self.fields.records_end();
            self.give(record_start, BlockKind::Records, blocks);
            self.give(line_end - record_start, BlockKind::UnclosedQuote, blocks);
            // Text that was assumed to be quoted is examined again.
            self.fields.clear();
            self.passed.scanner.restart();
            self.passed.scanned = 0;
        }
        let byte_count = if at_end { self.pending.len() } else { self.fields.records_end() };
        self.give(byte_count, BlockKind::Records, blocks);
        self.check_length()
    }

    fn check_length(&self) -> Result<(), RecordTooLong> {
        if self.pending.len() > MAX_RECORD_BYTES {
            return Err(RecordTooLong { line: self.line });
        }
        Ok(())
    }

    /// Looks at the pending bytes that are new.
    fn scan(&mut self, at_end: bool) -> Scan {
        if simd::run(ScanWords(self)) == Scan::UnclosedQuote {
            return Scan::UnclosedQuote;
        }
        while self.passed.scanned < self.pending.len() {
            if self.scan_byte() == Scan::UnclosedQuote {
                return Scan::UnclosedQuote;
            }
        }
        if at_end && self.passed.scanner.state() == QuoteState::Quoted { Scan::UnclosedQuote } else { Scan::Done }
    }

    /// Looks at the next 64 bytes one by one.
    fn scan_to_quote_limit(&mut self) -> Scan {
        (0..WORD).map(|_| self.scan_byte()).find(|scan| *scan == Scan::UnclosedQuote).unwrap_or(Scan::Done)
    }

    fn scan_byte(&mut self) -> Scan {
        if self.passed.scanner.state() == QuoteState::Quoted && self.passed.scanned >= self.passed.quote_limit() {
            return Scan::UnclosedQuote;
        }
        let word = self.passed.scanner.bytes(&self.pending[self.passed.scanned..=self.passed.scanned]);
        self.fields.add(self.passed.scanned, &word, Portable);
        self.passed.add(&word, 1);
        Scan::Done
    }

    /// Gives out the first pending bytes. A block without a single byte is not given.
    fn give(&mut self, byte_count: usize, kind: BlockKind, blocks: &mut Vec<Block>) {
        if byte_count == 0 {
            return;
        }
        let (mut rest, mut fields_of_rest) = self.spare.pop().unwrap_or_default();
        rest.clear();
        rest.extend_from_slice(&self.pending[byte_count..]);
        self.pending.truncate(byte_count);
        let bytes = mem::replace(&mut self.pending, rest);
        self.fields.split_off(byte_count, &mut fields_of_rest);
        let mut fields = mem::replace(&mut self.fields, fields_of_rest);
        let first_line = self.line;
        self.line += match kind {
            BlockKind::Records => fields.line_feed_count(),
            BlockKind::UnclosedQuote => memchr::memchr_iter(b'\n', &bytes).count() as u64,
        };
        if bytes.last() != Some(&b'\n') {
            fields.end_record(byte_count);
        }
        blocks.push(Block { first_line, bytes, kind, fields });
        self.passed.scanned = self.passed.scanned.saturating_sub(byte_count);
        self.passed.open_quote = self.passed.open_quote.saturating_sub(byte_count);
    }
}

/// The pending bytes that were looked at.
#[derive(Clone, Copy, Debug)]
struct Passed {
    scanner: Scanner,
    /// How many they are.
    scanned: usize,
    /// The last quote that opened a field, while the scan stands behind it in that field.
    open_quote: usize,
}

impl Passed {
    /// Whether the scan stands inside quotes, for all that is known.
    #[inline(always)]
    fn is_quoted(&self) -> bool {
        matches!(self.scanner.state(), QuoteState::Quoted | QuoteState::QuoteInQuoted)
    }

    /// Where the open quote must have been closed.
    #[inline(always)]
    fn quote_limit(&self) -> usize {
        self.open_quote + 1 + MAX_QUOTED_BYTES + 1
    }

    /// Whether the open quote, if there is one, may still be closed behind the next batch.
    #[inline(always)]
    fn is_far_from_quote_limit(&self) -> bool {
        !self.is_quoted() || self.scanned + BATCH * WORD < self.quote_limit()
    }

    /// Notes what was looked at.
    #[inline(always)]
    fn add(&mut self, word: &Word, byte_count: usize) {
        if word.opening != 0 {
            self.open_quote = self.scanned + word.opening.ilog2() as usize;
        }
        self.scanned += byte_count;
    }
}

/// Examines the new pending bytes that fill whole words.
struct ScanWords<'s>(&'s mut RecordSplitter);

impl Work for ScanWords<'_> {
    type Output = Scan;

    #[inline(always)]
    fn run(self, instructions: impl Instructions) -> Scan {
        let ScanWords(splitter) = self;
        let mut batch = Batch::default();
        loop {
            let RecordSplitter { pending, fields, passed, .. } = &mut *splitter;
            while let Some(words) = next_words(&pending[passed.scanned..])
                && passed.is_far_from_quote_limit()
            {
                if !passed.scanner.batch(words, instructions, &mut batch) {
                    break;
                }
                fields.add_batch(passed.scanned, &batch, instructions);
                if let Some(opening) = batch.last_opening() {
                    passed.open_quote = passed.scanned + opening;
                }
                passed.scanned += size_of_val(words);
            }
            // What stands in a batch's way is in the next words, or they are too few.
            for _ in 0..BATCH {
                let Some(bytes) = pending[passed.scanned..].first_chunk() else { return Scan::Done };
                if passed.is_quoted() && passed.scanned + WORD > passed.quote_limit() {
                    if splitter.scan_to_quote_limit() == Scan::UnclosedQuote {
                        return Scan::UnclosedQuote;
                    }
                    break;
                }
                let word = passed.scanner.word(bytes, instructions);
                fields.add(passed.scanned, &word, instructions);
                passed.add(&word, WORD);
            }
        }
    }
}

/// The words of a batch.
#[inline(always)]
fn next_words(bytes: &[u8]) -> Option<&[[u8; WORD]; BATCH]> {
    bytes.as_chunks().0.first_chunk()
}

/// What looking at bytes came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scan {
    /// All pending bytes that can be examined have been.
    Done,
    /// The open quote is not closed.
    UnclosedQuote,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The blocks of a text that arrives in parts of this many bytes.
    fn blocks_of(text: &[u8], chunk: usize) -> Vec<Block> {
        let mut splitter = RecordSplitter::new(b',', 1);
        let mut blocks = Vec::new();
        for part in text.chunks(chunk) {
            splitter.input().extend_from_slice(part);
            splitter.split(false, &mut blocks).unwrap();
        }
        splitter.split(true, &mut blocks).unwrap();
        blocks
    }

    fn split(text: &[u8], chunk: usize) -> Vec<(u64, Vec<u8>, BlockKind)> {
        // Neighbouring blocks of records are one for the comparison.
        let mut joined: Vec<(u64, Vec<u8>, BlockKind)> = Vec::new();
        for block in blocks_of(text, chunk) {
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
            // With enough behind it for whole batches.
            let text = [b"\"".as_slice(), &vec![b'x'; inside], b"\",b\n", &b"c,d\n".repeat(4000)].concat();
            for chunk in [1 << 16, usize::MAX] {
                let kinds: Vec<BlockKind> = split(&text, chunk).iter().map(|block| block.2).collect();
                let expected =
                    if closed { vec![BlockKind::Records] } else { vec![BlockKind::UnclosedQuote, BlockKind::Records] };
                assert_eq!(kinds, expected);
            }
        }
    }

    #[test]
    fn whole_records_are_given_as_soon_as_they_are_there() {
        let mut splitter = RecordSplitter::new(b',', 1);
        let mut blocks = Vec::new();
        for (part, whole) in [("a,b\nc", "a,b\n"), (",d\n\"e\n", "c,d\n"), ("f\",g\n", "\"e\nf\",g\n")] {
            splitter.input().extend_from_slice(part.as_bytes());
            splitter.split(false, &mut blocks).unwrap();
            assert_eq!(blocks.pop().unwrap().bytes, whole.as_bytes());
        }
        assert!(blocks.is_empty());
    }

    /// Records long enough for batches, with now and then a byte that may be out of place.
    fn records() -> impl Strategy<Value = Vec<u8>> {
        let field = prop_oneof![8 => "[a-z0-9]{0,12}", 1 => "\"([a-z,]|\"\"){0,12}\"", 1 => "\"[a-z\n]{0,12}\""];
        let row = prop::collection::vec(field, 1..12).prop_map(|fields| fields.join(",") + "\n");
        let odd = prop::option::weighted(0.5, (prop::sample::select(b"\"\n,\r".to_vec()), 0usize..20_000));
        (prop::collection::vec(row, 100..400), odd).prop_map(|(rows, odd)| {
            let mut text = rows.concat().into_bytes();
            if let Some((byte, place)) = odd {
                let place = place % text.len();
                text[place] = byte;
            }
            text
        })
    }

    /// The fields of records, wherever blocks were cut, with positions from the start of all of them.
    fn fields_of(text: &[u8], chunk: usize) -> (Vec<usize>, Vec<usize>, Vec<usize>, Vec<usize>) {
        let (mut separators, mut ends) = (Vec::new(), Vec::new());
        let (mut quotes, mut line_feeds) = (Vec::new(), Vec::new());
        let mut start = 0;
        for block in blocks_of(text, chunk) {
            if block.kind == BlockKind::Records {
                let fields = &block.fields;
                let from_start = |list: &[u32]| list.iter().map(|&at| start + at as usize).collect::<Vec<_>>();
                ends.extend(fields.record_ends.iter().map(|&end| separators.len() + end as usize));
                separators.extend(from_start(&fields.separators()[1..]));
                quotes.extend(from_start(&fields.text_after_quote));
                line_feeds.extend(from_start(&fields.quoted_line_feeds));
            }
            start += block.bytes.len();
        }
        (separators, ends, quotes, line_feeds)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Parts shorter than a word are looked at byte by byte.
        #[test]
        fn fields_found_in_batches_are_those_found_byte_by_byte(text in records(), short in 1..WORD, long in 1usize..20_000) {
            let expected = fields_of(&text, short);
            prop_assert_eq!(&fields_of(&text, usize::MAX), &expected);
            prop_assert_eq!(&fields_of(&text, long), &expected);
            let bytes: Vec<(u64, Vec<u8>, BlockKind)> = split(&text, short);
            prop_assert_eq!(split(&text, usize::MAX), bytes);
        }
    }

    proptest! {
        /// Fields are found once, while blocks are cut; a block that has travelled is looked at as a whole.
        #[test]
        fn fields_are_those_of_the_block_as_a_whole(
            text in prop::collection::vec(prop::sample::select(b"aaaab\",,\n\r".to_vec()), 0..400), chunk in 1usize..200,
        ) {
            for block in blocks_of(&text, chunk) {
                let whole = Block::cut_before(b',', block.first_line, block.bytes.clone()).unwrap();
                prop_assert_eq!((whole.first_line, &whole.bytes, whole.kind), (block.first_line, &block.bytes, block.kind));
                if block.kind == BlockKind::Records {
                    let of = |block: &Block| {
                        let fields = &block.fields;
                        let (quotes, line_feeds) = (fields.text_after_quote.clone(), fields.quoted_line_feeds.clone());
                        (fields.separators().to_vec(), fields.record_ends.clone(), quotes, line_feeds)
                    };
                    prop_assert_eq!(of(&block), of(&whole));
                }
            }
        }

        #[test]
        fn the_cut_of_the_input_does_not_matter(
            text in prop::collection::vec(prop::sample::select(b"aaaab\",,\n\r".to_vec()), 0..400), chunk in 1usize..200,
        ) {
            let whole = split(&text, usize::MAX);
            prop_assert_eq!(&split(&text, chunk), &whole);
            let bytes: Vec<u8> = whole.into_iter().flat_map(|block| block.1).collect();
            prop_assert_eq!(bytes, text);
        }
    }
}
