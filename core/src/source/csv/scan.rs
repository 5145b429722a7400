//! Follows quotes through bytes, 64 at a time, and finds the separators outside them.
//!
//! A quote opens a field only at its start; elsewhere it is text. Inside quotes two are one; one that is alone closes
//! the field. [`QuoteState`] is this rule byte by byte. Where all quotes of a word stand as RFC 4180 has them, which
//! side of a quote each byte is on is the parity of the quotes before it: the prefix XOR of the word's quotes, as in
//! Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019). The other words are followed byte by byte.
#![allow(clippy::inline_always, reason = "what is not inlined into its work is compiled for every machine")]

use super::simd::{Instructions, WORD};

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
        let masks = Masks::of(bytes, self.delimiter, instructions);
        let within = masks.quotes | self.inside | self.after_closing;
        if within == 0 && !self.after_return {
            let Masks { separators, line_feeds, .. } = masks;
            self.starts_field = separators >> (WORD - 1);
            return Word { separators, record_ends: line_feeds, line_feeds, ..Word::default() };
        }
        if let Some(word) = self.orderly_word(&masks, instructions) {
            return word;
        }
        // A copy, so that the scanner itself can stay in registers.
        let mut scanner = *self;
        let word = scanner.bytes(bytes);
        *self = scanner;
        word
    }

    /// A word in which every quote opens a field, closes one before a separator, or is one of two; else `None`.
    #[inline(always)]
    fn orderly_word(&mut self, masks: &Masks, instructions: impl Instructions) -> Option<Word> {
        let inside = instructions.prefix_xor(masks.quotes) ^ self.inside;
        // The second of two quotes opens what the first one closed.
        let (opening, closing) = (masks.quotes & inside, masks.quotes & !inside);
        let separators = masks.separators & !inside;
        let after_closing = closing << 1 | self.after_closing;
        let may_open = separators << 1 | self.starts_field | after_closing;
        if (opening & !may_open) | (after_closing & !(separators | opening)) != 0 || self.after_return {
            return None;
        }
        self.inside = 0_u64.wrapping_sub(inside >> (WORD - 1));
        self.after_closing = closing >> (WORD - 1);
        self.starts_field = separators >> (WORD - 1);
        Some(Word {
            separators,
            record_ends: masks.line_feeds & !inside,
            line_feeds: masks.line_feeds,
            opening: opening & !after_closing,
            text_after_quote: 0,
        })
    }

    /// Makes the scan stand at the start of a record.
    pub fn restart(&mut self) {
        self.stand_at(QuoteState::FieldStart);
    }

    /// Looks at the next bytes, at most 64, one by one.
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
        fn words_of_well_formed_records_are_what_their_bytes_are(
            fields in prop::collection::vec(prop::collection::vec(prop::sample::select(b"ab\",\n".to_vec()), 0..30), 1..40),
        ) {
            let mut text = Vec::new();
            for field in fields {
                super::super::push_field(&mut text, &field);
                text.push(if field.len() % 3 == 0 { b'\n' } else { b',' });
            }
            let (mut by_word, mut by_byte) = (Scanner::new(b','), Scanner::new(b','));
            for word in text.as_chunks::<WORD>().0 {
                let masks = Masks::of(word, b',', Portable);
                prop_assert_eq!(by_word.orderly_word(&masks, Portable), Some(by_byte.bytes(word)));
                prop_assert_eq!(by_word.state(), by_byte.state());
            }
        }
    }
}
