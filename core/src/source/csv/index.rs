//! Where the fields of a block of records are.
#![allow(clippy::inline_always, reason = "what is not inlined into its work is compiled for every machine")]

use super::scan::{BATCH, Batch, Word};
use super::simd::{Instructions, Portable, WORD};

/// The position before the first byte: wrapping around, the next one is 0.
pub const BEFORE: u32 = u32::MAX;

/// Separators of a block: the delimiters and line feeds that are outside quotes.
///
/// Blocks are at most as long as a record may be, so positions fit 32 bits.
#[derive(Debug)]
pub struct FieldIndex {
    /// What stands before the first field, then the positions of the separators, ascending; those behind
    /// [`FieldIndex::separator_count`] are left from before.
    positions: Vec<u32>,
    separator_count: usize,
    /// For each record, how many separators there are up to and with its line feed.
    pub record_ends: Vec<u32>,
    /// Where text begins after a closing quote, ascending.
    pub text_after_quote: Vec<u32>,
    /// The line feeds inside quotes, ascending.
    pub quoted_line_feeds: Vec<u32>,
}

impl Default for FieldIndex {
    fn default() -> FieldIndex {
        FieldIndex {
            positions: vec![BEFORE],
            separator_count: 0,
            record_ends: Vec::new(),
            text_after_quote: Vec::new(),
            quoted_line_feeds: Vec::new(),
        }
    }
}

impl FieldIndex {
    /// [`BEFORE`], then the positions of the separators, ascending: each field starts behind the one that goes before.
    #[must_use]
    pub fn separators(&self) -> &[u32] {
        &self.positions[..=self.separator_count]
    }

    /// Line feeds, those inside quotes too.
    pub(super) fn line_feed_count(&self) -> u64 {
        (self.record_ends.len() + self.quoted_line_feeds.len()) as u64
    }

    /// The position behind the last record's line feed.
    pub(super) fn records_end(&self) -> usize {
        self.record_ends.last().map_or(0, |&end| self.positions[end as usize] as usize + 1)
    }

    /// Adds the word that starts at this position.
    #[inline(always)]
    pub(super) fn add(&mut self, base: usize, word: &Word, instructions: impl Instructions) {
        self.add_record_ends(self.separator_count, word.separators, word.record_ends);
        push_positions(&mut self.text_after_quote, base, word.text_after_quote);
        push_positions(&mut self.quoted_line_feeds, base, word.line_feeds ^ word.record_ends);
        self.make_room(WORD);
        if let Some(places) = self.positions[1 + self.separator_count..].first_chunk_mut() {
            instructions.positions(word.separators, position_of(base), places);
        }
        self.separator_count += word.separators.count_ones() as usize;
    }

    /// Adds the words of a batch, the first of which starts at this position.
    #[inline(always)]
    pub(super) fn add_batch(&mut self, base: usize, batch: &Batch, instructions: impl Instructions) {
        // A word's are written whole, however many they are.
        const MOST: usize = BATCH * WORD + WORD;
        self.make_room(MOST);
        let Some(places) = self.positions[1 + self.separator_count..].first_chunk_mut::<MOST>() else { return };
        let (mut start, mut count, mut counts) = (base, 0, [0; BATCH]);
        for (&separators, before) in batch.separators.iter().zip(&mut counts) {
            *before = count;
            if let Some(places) = places[count..].first_chunk_mut() {
                instructions.positions(separators, position_of(start), places);
            }
            start += WORD;
            count += separators.count_ones() as usize;
        }
        let mut words = batch.words_with_record_ends;
        while words != 0 {
            let word = words.trailing_zeros() as usize;
            let before = self.separator_count + counts[word];
            self.add_record_ends(before, batch.separators[word], batch.record_ends[word]);
            words &= words - 1;
        }
        self.separator_count += count;
    }

    /// Adds the record ends of a word, given the number of separators before it.
    #[inline(always)]
    fn add_record_ends(&mut self, separators_before: usize, separators: u64, mut record_ends: u64) {
        while record_ends != 0 {
            let up_to = record_ends ^ (record_ends - 1);
            let count = separators_before + (separators & up_to).count_ones() as usize;
            self.record_ends.push(position_of(count));
            record_ends &= record_ends - 1;
        }
    }

    /// Ends a last record that has no line feed, at the end of the block.
    pub(super) fn end_record(&mut self, block_length: usize) {
        let end = Word { separators: 1, record_ends: 1, line_feeds: 1, ..Word::default() };
        self.add(block_length, &end, Portable);
    }

    /// Moves what stands at this position or behind to the index of the bytes from there on.
    pub(super) fn split_off(&mut self, position: usize, rest: &mut FieldIndex) {
        rest.clear();
        let position = position_of(position);
        let kept = self.separators()[1..].partition_point(|&separator| separator < position);
        let moved = &self.positions[1 + kept..=self.separator_count];
        rest.make_room(moved.len());
        for (place, separator) in rest.positions[1..].iter_mut().zip(moved) {
            *place = separator - position;
        }
        rest.separator_count = moved.len();
        self.separator_count = kept;
        let records = self.record_ends.partition_point(|&end| end as usize <= kept);
        rest.record_ends.extend(self.record_ends.drain(records..).map(|end| end - position_of(kept)));
        for (kept, moved) in [
            (&mut self.text_after_quote, &mut rest.text_after_quote),
            (&mut self.quoted_line_feeds, &mut rest.quoted_line_feeds),
        ] {
            let before = kept.partition_point(|&at| at < position);
            moved.extend(kept.drain(before..).map(|at| at - position));
        }
    }

    pub(super) fn clear(&mut self) {
        self.separator_count = 0;
        self.record_ends.clear();
        self.text_after_quote.clear();
        self.quoted_line_feeds.clear();
    }

    /// Reserves room for more separators.
    #[inline(always)]
    fn make_room(&mut self, count: usize) {
        let length = 1 + self.separator_count + count;
        if self.positions.len() < length {
            self.positions.resize(length.next_power_of_two(), 0);
        }
    }
}

/// Adds the position of each set bit.
#[inline(always)]
fn push_positions(positions: &mut Vec<u32>, base: usize, mut bits: u64) {
    while bits != 0 {
        positions.push(position_of(base) + bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// A position within a block; [`super::splitter::MAX_RECORD_BYTES`] keeps blocks below 2^32 bytes.
fn position_of(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
