//! Where the fields of a block of records are.

use wide::u8x16;

/// Bytes looked at together.
const WORD: usize = 64;

/// Separators of a block: the delimiters and line feeds that are outside quotes.
#[derive(Debug, Default)]
pub struct FieldIndex {
    /// Positions of the separators, ascending.
    pub separators: Vec<u32>,
    /// For each record, how many separators there are up to and with its line feed.
    pub record_ends: Vec<u32>,
    /// Positions of closing quotes that are followed by text, ascending.
    pub text_after_quote: Vec<u32>,
}

/// One bit for each of 64 bytes: quotes, delimiters and line feeds.
struct Masks {
    quotes: u64,
    separators: u64,
    line_feeds: u64,
}

impl Masks {
    fn of(word: &[u8; WORD], delimiter: u8) -> Masks {
        let mut masks = Masks { quotes: 0, separators: 0, line_feeds: 0 };
        for (part, bytes) in word.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::new(*bytes);
            let mask = |byte: u8| u64::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask()) << (part * 16);
            let line_feeds = mask(b'\n');
            masks.quotes |= mask(b'"');
            masks.line_feeds |= line_feeds;
            masks.separators |= mask(delimiter) | line_feeds;
        }
        masks
    }
}

/// Where the scan stands between two words.
struct State {
    quoted: bool,
    /// Where the current field starts.
    field_start: usize,
    /// The second quote of a doubled one, to be passed over.
    skip: Option<usize>,
}

impl FieldIndex {
    /// Indexes a block of whole records. A last record without a line feed ends at the end of the block.
    ///
    /// Blocks are at most as long as a record may be, so positions fit 32 bits.
    pub fn build(&mut self, block: &[u8], delimiter: u8) {
        self.separators.clear();
        self.record_ends.clear();
        self.text_after_quote.clear();
        let mut state = State { quoted: false, field_start: 0, skip: None };
        let (words, tail) = block.as_chunks::<WORD>();
        for (number, word) in words.iter().enumerate() {
            self.add_word(block, number * WORD, &Masks::of(word, delimiter), delimiter, &mut state);
        }
        if !tail.is_empty() {
            // A filler that is none of the three bytes.
            let mut word = [0; WORD];
            word[..tail.len()].copy_from_slice(tail);
            self.add_word(block, words.len() * WORD, &Masks::of(&word, delimiter), delimiter, &mut state);
        }
        if block.last().is_some_and(|&byte| byte != b'\n') {
            self.push_record_end(block.len());
        }
    }

    #[inline]
    fn add_word(&mut self, block: &[u8], base: usize, masks: &Masks, delimiter: u8, state: &mut State) {
        if masks.quotes != 0 || state.quoted {
            self.add_word_with_quotes(block, base, masks, delimiter, state);
            return;
        }
        let mut separators = masks.separators;
        while separators != 0 {
            let bit = separators.trailing_zeros();
            separators &= separators - 1;
            self.push_separator(base + bit as usize);
            if masks.line_feeds >> bit & 1 == 1 {
                self.end_record();
            }
        }
        if masks.separators != 0 {
            state.field_start = base + WORD - masks.separators.leading_zeros() as usize;
        }
    }

    /// The same where quotes are, following them one by one.
    fn add_word_with_quotes(&mut self, block: &[u8], base: usize, masks: &Masks, delimiter: u8, state: &mut State) {
        let mut events = masks.quotes | masks.separators;
        while events != 0 {
            let bit = events.trailing_zeros();
            events &= events - 1;
            let position = base + bit as usize;
            if state.skip.take_if(|skip| *skip == position).is_some() {
                continue;
            }
            let is_quote = masks.quotes >> bit & 1 == 1;
            match (state.quoted, is_quote) {
                (true, true) => match block.get(position + 1) {
                    Some(b'"') => state.skip = Some(position + 1),
                    next => {
                        state.quoted = false;
                        let ends = match next {
                            None | Some(b'\n') => true,
                            Some(b'\r') => matches!(block.get(position + 2), None | Some(b'\n')),
                            Some(&byte) => byte == delimiter,
                        };
                        if !ends {
                            self.text_after_quote.push(position_of(position));
                        }
                    }
                },
                (true, false) => {}
                (false, true) => state.quoted = position == state.field_start,
                (false, false) => {
                    self.push_separator(position);
                    state.field_start = position + 1;
                    if masks.line_feeds >> bit & 1 == 1 {
                        self.end_record();
                    }
                }
            }
        }
    }

    fn push_separator(&mut self, position: usize) {
        self.separators.push(position_of(position));
    }

    fn push_record_end(&mut self, position: usize) {
        self.push_separator(position);
        self.end_record();
    }

    fn end_record(&mut self) {
        self.record_ends.push(position_of(self.separators.len()));
    }
}

/// A position within a block; [`super::splitter::MAX_RECORD_BYTES`] keeps blocks below 2^32 bytes.
fn position_of(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
