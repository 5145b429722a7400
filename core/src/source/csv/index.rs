//! Where the fields of a block of records are.
#![allow(clippy::inline_always, reason = "what is not inlined into its work is compiled for every machine")]

use super::scan::{Scanner, Word};
use super::simd::{self, Instructions, Portable, WORD, Work};

/// The position before the first byte: wrapping around, the next one is 0.
pub const BEFORE: u32 = u32::MAX;

/// Separators of a block: the delimiters and line feeds that are outside quotes.
#[derive(Debug, Default)]
pub struct FieldIndex {
    /// What stands before the first field, then the positions of the separators, ascending; those behind
    /// [`FieldIndex::separator_count`] are left from before.
    positions: Vec<u32>,
    separator_count: usize,
    /// For each record, how many separators there are up to and with its line feed.
    pub record_ends: Vec<u32>,
    /// Where text begins after a closing quote, ascending.
    pub text_after_quote: Vec<u32>,
    /// Whether a quoted field holds a line feed.
    pub has_quoted_line_feeds: bool,
}

impl FieldIndex {
    /// Indexes a block of whole records. A last record without a line feed ends at the end of the block.
    ///
    /// Blocks are at most as long as a record may be, so positions fit 32 bits.
    pub fn build(&mut self, block: &[u8], delimiter: u8) {
        self.separator_count = 0;
        self.record_ends.clear();
        self.text_after_quote.clear();
        self.has_quoted_line_feeds = false;
        self.positions.resize(self.positions.len().max(1), 0);
        self.positions[0] = BEFORE;
        simd::run(Indexing { index: self, block, delimiter });
        if block.last().is_some_and(|&byte| byte != b'\n') {
            let end = Word { separators: 1, record_ends: 1, ..Word::default() };
            self.add(block.len(), &end, Portable);
        }
    }

    /// [`BEFORE`], then the positions of the separators, ascending: each field starts behind the one that goes before.
    #[must_use]
    pub fn separators(&self) -> &[u32] {
        &self.positions[..=self.separator_count]
    }

    #[inline(always)]
    fn add(&mut self, base: usize, word: &Word, instructions: impl Instructions) {
        self.has_quoted_line_feeds |= word.line_feeds != word.record_ends;
        let mut record_ends = word.record_ends;
        while record_ends != 0 {
            let up_to = record_ends ^ (record_ends - 1);
            let count = self.separator_count + (word.separators & up_to).count_ones() as usize;
            self.record_ends.push(position_of(count));
            record_ends &= record_ends - 1;
        }
        let mut flawed = word.text_after_quote;
        while flawed != 0 {
            self.text_after_quote.push(position_of(base) + flawed.trailing_zeros());
            flawed &= flawed - 1;
        }
        if self.positions.len() < 1 + self.separator_count + WORD {
            self.positions.resize((1 + self.separator_count + WORD).next_power_of_two(), 0);
        }
        if let Some(places) = self.positions[1 + self.separator_count..].first_chunk_mut() {
            instructions.positions(word.separators, position_of(base), places);
        }
        self.separator_count += word.separators.count_ones() as usize;
    }
}

/// Finds the separators of a block.
struct Indexing<'a> {
    index: &'a mut FieldIndex,
    block: &'a [u8],
    delimiter: u8,
}

impl Work for Indexing<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, instructions: impl Instructions) {
        let mut scanner = Scanner::new(self.delimiter);
        let (words, tail) = self.block.as_chunks::<WORD>();
        for (number, bytes) in words.iter().enumerate() {
            let word = scanner.word(bytes, instructions);
            self.index.add(number * WORD, &word, instructions);
        }
        self.index.add(words.len() * WORD, &scanner.bytes(tail), instructions);
    }
}

/// A position within a block; [`super::splitter::MAX_RECORD_BYTES`] keeps blocks below 2^32 bytes.
fn position_of(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
