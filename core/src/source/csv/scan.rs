//! Follows quotes through bytes, 64 at a time, and finds the separators outside them.
//!
//! A quote opens a field only at its start; elsewhere it is text. Inside quotes two are one; one that is alone closes
//! the field. [`QuoteState`] is this rule byte by byte. Where all quotes of a word stand as RFC 4180 has them, which
//! side of a quote each byte is on is the parity of the quotes before it: the prefix XOR of the word's quotes, as in
//! Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019). The other words are followed byte by byte.
#![allow(clippy::inline_always, reason = "what is not inlined into its work is compiled for every machine")]

use super::simd::{Instructions, WORD};

/// Words looked at together.
pub const BATCH: usize = 64;

/// One bit for each of 64 bytes.
struct Masks {
    quotes: u64,
    separators: u64,
    line_feeds: u64,
}

impl Masks {
    #[inline(always)]
    fn of(word: &[u8; WORD], delimiter: u8, instructions: impl Instructions) -> Masks {
        let line_feeds = instructions.equal(word, b'\n');
        let separators = instructions.equal(word, delimiter) | line_feeds;
        Masks { quotes: instructions.equal(word, b'"'), separators, line_feeds }
    }
}

/// What the bytes up to some place lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuoteState {
    /// A field starts.
    #[default]
    FieldStart,
    /// Within a field, outside quotes.
    Text,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes: it closes the field, or is the first of two.
    QuoteInQuoted,
    /// After a closing quote and a carriage return.
    ReturnAfterQuote,
}

/// What a word of bytes holds, one bit for each byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Delimiters and line feeds outside quotes.
    pub separators: u64,
    /// Line feeds outside quotes.
    pub record_ends: u64,
    /// All line feeds.
    pub line_feeds: u64,
    /// Quotes that open a field.
    pub opening: u64,
    /// Where text begins after a closing quote.
    pub text_after_quote: u64,
}

/// What the words of a batch hold outside quotes, which are all as they should be and have no line feed inside.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    /// Delimiters and line feeds, for each word.
    pub separators: [u64; BATCH],
    /// Line feeds, for each word.
    pub record_ends: [u64; BATCH],
    /// One bit for each word: whether it has line feeds.
    pub words_with_record_ends: u64,
    /// Quotes that open a field, for each word.
    opening: [u64; BATCH],
}

impl Default for Batch {
    fn default() -> Batch {
        Batch { separators: [0; BATCH], record_ends: [0; BATCH], words_with_record_ends: 0, opening: [0; BATCH] }
    }
}

impl Batch {
    /// The place of the last quote that opens a field.
    pub fn last_opening(&self) -> Option<usize> {
        let word = self.opening.iter().rposition(|&opening| opening != 0)?;
        Some(word * WORD + self.opening[word].ilog2() as usize)
    }
}

/// Looks at bytes in order, word by word.
///
/// Where it stands is kept as what the next word needs of it, so that no word asks which of five states that is.
#[derive(Clone, Copy, Debug)]
pub struct Scanner {
    delimiter: u8,
    /// 1 at the start of a field.
    starts_field: u64,
    /// All bits inside quotes.
    inside: u64,
    /// 1 behind a quote inside quotes.
    after_closing: u64,
    after_return: bool,
}

impl Scanner {
    /// A scanner that stands at the start of a record.
    #[must_use]
    pub fn new(delimiter: u8) -> Scanner {
        Scanner { delimiter, starts_field: 1, inside: 0, after_closing: 0, after_return: false }
    }

    /// Where the scan stands.
    #[inline(always)]
    #[must_use]
    pub fn state(&self) -> QuoteState {
        if self.after_return {
            QuoteState::ReturnAfterQuote
        } else if self.inside != 0 {
            QuoteState::Quoted
        } else if self.after_closing != 0 {
            QuoteState::QuoteInQuoted
        } else if self.starts_field != 0 {
            QuoteState::FieldStart
        } else {
            QuoteState::Text
        }
    }

    fn stand_at(&mut self, state: QuoteState) {
        self.starts_field = u64::from(state == QuoteState::FieldStart);
        self.inside = if state == QuoteState::Quoted { u64::MAX } else { 0 };
        self.after_closing = u64::from(state == QuoteState::QuoteInQuoted);
        self.after_return = state == QuoteState::ReturnAfterQuote;
    }

    /// Looks at the next 64 bytes.
    #[inline(always)]
    pub fn word(&mut self, bytes: &[u8; WORD], instructions: impl Instructions) -> Word {
        let mut scanner = *self;
        let masks = Masks::of(bytes, self.delimiter, instructions);
        let (word, disorder) = scanner.follow(&masks, instructions);
        if disorder != 0 || self.after_return {
            return self.bytes(bytes);
        }
        *self = scanner;
        word
    }

    /// Looks at the next words if all quotes in them are as they should be, and no line feed is inside; says whether
    /// they are. If not, it stays where it is.
    #[inline(always)]
    pub fn batch(&mut self, words: &[[u8; WORD]; BATCH], instructions: impl Instructions, batch: &mut Batch) -> bool {
        // Copies, so that they can stay in registers.
        let mut scanner = *self;
        let (mut disorder, mut words_with_record_ends) = (u64::from(self.after_return), 0);
        let outputs = batch.separators.iter_mut().zip(&mut batch.record_ends).zip(&mut batch.opening);
        for (number, (bytes, ((separators, record_ends), opening))) in words.iter().zip(outputs).enumerate() {
            let (word, of_word) = scanner.follow(&Masks::of(bytes, self.delimiter, instructions), instructions);
            // Asked for once, as it is nearly never so.
            disorder |= of_word | (word.line_feeds ^ word.record_ends);
            (*separators, *record_ends, *opening) = (word.separators, word.record_ends, word.opening);
            words_with_record_ends |= u64::from(word.record_ends != 0) << number;
        }
        batch.words_with_record_ends = words_with_record_ends;
        let is_orderly = disorder == 0;
        if is_orderly {
            *self = scanner;
        }
        is_orderly
    }

    /// What a word holds if every quote opens a field, closes one before a separator, or is one of two, and the bits of
    /// the quotes that do not.
    #[inline(always)]
    fn follow(&mut self, masks: &Masks, instructions: impl Instructions) -> (Word, u64) {
        let inside = instructions.prefix_xor(masks.quotes) ^ self.inside;
        // The second of two quotes opens what the first one closed.
        let (opening, closing) = (masks.quotes & inside, masks.quotes & !inside);
        let separators = masks.separators & !inside;
        let after_closing = closing << 1 | self.after_closing;
        let may_open = separators << 1 | self.starts_field | after_closing;
        let disorder = (opening & !may_open) | (after_closing & !(separators | opening));
        self.inside = 0_u64.wrapping_sub(inside >> (WORD - 1));
        self.after_closing = closing >> (WORD - 1);
        self.starts_field = separators >> (WORD - 1);
        let word = Word {
            separators,
            record_ends: masks.line_feeds & !inside,
            line_feeds: masks.line_feeds,
            opening: opening & !after_closing,
            text_after_quote: 0,
        };
        (word, disorder)
    }

    /// Makes the scan stand at the start of a record.
    pub fn restart(&mut self) {
        self.stand_at(QuoteState::FieldStart);
    }

    /// Looks at the next bytes, at most 64, one by one.
    #[inline(never)]
    pub fn bytes(&mut self, bytes: &[u8]) -> Word {
        use QuoteState::{FieldStart, QuoteInQuoted, Quoted, ReturnAfterQuote, Text};
        let mut word = Word::default();
        let mut state = self.state();
        for (bit, &byte) in bytes.iter().take(WORD).enumerate() {
            let bit = 1 << bit;
            let is_line_feed = byte == b'\n';
            let is_separator = is_line_feed || byte == self.delimiter;
            if is_line_feed {
                word.line_feeds |= bit;
            }
            state = match (state, byte) {
                (FieldStart, b'"') => {
                    word.opening |= bit;
                    Quoted
                }
                (Quoted, b'"') => QuoteInQuoted,
                (Quoted, _) | (QuoteInQuoted, b'"') => Quoted,
                (QuoteInQuoted, b'\r') => ReturnAfterQuote,
                (before, _) => {
                    let may_follow = match before {
                        QuoteInQuoted => is_separator,
                        ReturnAfterQuote => is_line_feed,
                        _ => true,
                    };
                    if !may_follow {
                        word.text_after_quote |= bit;
                    }
                    if is_separator {
                        word.separators |= bit;
                    }
                    if is_line_feed {
                        word.record_ends |= bit;
                    }
                    if is_separator { FieldStart } else { Text }
                }
            };
        }
        self.stand_at(state);
        word
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::Portable;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Words are looked at as a whole; the rule is that of single bytes.
        #[test]
        fn words_are_what_their_bytes_are(
            text in prop::collection::vec(prop::sample::select(b"aab\",,\n\r".to_vec()), 0..400),
        ) {
            let (mut by_word, mut by_byte) = (Scanner::new(b','), Scanner::new(b','));
            for word in text.as_chunks::<WORD>().0 {
                prop_assert_eq!(by_word.word(word, Portable), by_byte.bytes(word));
                prop_assert_eq!(by_word.state(), by_byte.state());
            }
        }

        /// The same where every quote stands as it should, so that no word is followed byte by byte.
        #[test]
        fn words_of_well_formed_records_are_what_their_bytes_are(text in well_formed(1..40)) {
            let (mut by_word, mut by_byte) = (Scanner::new(b','), Scanner::new(b','));
            for word in text.as_chunks::<WORD>().0 {
                let (followed, disorder) = by_word.follow(&Masks::of(word, b',', Portable), Portable);
                prop_assert_eq!((followed, disorder), (by_byte.bytes(word), 0));
                prop_assert_eq!(by_word.state(), by_byte.state());
            }
        }

        /// A batch is what its words are, or is not taken.
        #[test]
        fn batches_are_what_their_words_are(
            start in well_formed(1..8), text in well_formed(500..700), place in 0..BATCH * WORD,
            byte in prop::option::of(prop::sample::select(b"a\",\n\r".to_vec())),
        ) {
            let mut scanner = Scanner::new(b',');
            for part in start.chunks(WORD) {
                scanner.bytes(part);
            }
            let before = scanner.state();
            let mut words: [[u8; WORD]; BATCH] = [[b'a'; WORD]; BATCH];
            for (place, byte) in words.as_flattened_mut().iter_mut().zip(&text) {
                *place = *byte;
            }
            if let Some(byte) = byte {
                words.as_flattened_mut()[place] = byte;
            }
            let mut by_word = scanner;
            let expected = words.each_ref().map(|word| by_word.bytes(word));
            let mut batch = Batch::default();
            if scanner.batch(&words, Portable, &mut batch) {
                prop_assert_eq!(scanner.state(), by_word.state());
                for (at, word) in expected.iter().enumerate() {
                    prop_assert_eq!(batch.separators[at], word.separators);
                    prop_assert_eq!(batch.record_ends[at], word.record_ends);
                    prop_assert_eq!(batch.words_with_record_ends >> at & 1 == 1, word.record_ends != 0);
                    prop_assert_eq!(word.record_ends, word.line_feeds);
                    prop_assert_eq!(word.text_after_quote, 0);
                }
                let mut openings = expected.iter().enumerate().filter(|(_, word)| word.opening != 0);
                let last = openings.next_back().map(|(at, word)| at * WORD + word.opening.ilog2() as usize);
                prop_assert_eq!(batch.last_opening(), last);
            } else {
                prop_assert_eq!(scanner.state(), before);
                // Not for nothing.
                let is_odd = |word: &Word| word.text_after_quote != 0 || word.record_ends != word.line_feeds;
                prop_assert!(byte.is_some() || expected.iter().any(is_odd));
            }
        }
    }

    /// So many fields, quoted where they must be, most of them without a line feed.
    fn well_formed(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
        let byte = prop::sample::select(b"abcdefgh\",".to_vec());
        let byte = prop_oneof![600 => byte, 1 => Just(b'\n')];
        prop::collection::vec(prop::collection::vec(byte, 0..30), count).prop_map(|fields| {
            let mut text = Vec::new();
            for field in fields {
                super::super::push_field(&mut text, &field);
                text.push(if field.len() % 3 == 0 { b'\n' } else { b',' });
            }
            text
        })
    }
}
