//! The records of a block and their fields, as they stand.

use std::borrow::Cow;
use std::ops::Range;
use std::slice;

use super::splitter::Block;

/// Walks the records of a block.
pub(super) struct Records<'b> {
    bytes: &'b [u8],
    separators: &'b [u32],
    record_ends: slice::Iter<'b, u32>,
    is_utf8: bool,
    quoted_line_feeds: &'b [u32],
    separators_before: usize,
    /// Physical line of the current record.
    pub line: u64,
    next_line: u64,
    bad_quotes: &'b [u32],
}

impl<'b> Records<'b> {
    pub fn new(block: &'b Block) -> Records<'b> {
        Records {
            bytes: &block.bytes,
            separators: block.fields.separators(),
            record_ends: block.fields.record_ends.iter(),
            is_utf8: simdutf8::basic::from_utf8(&block.bytes).is_ok(),
            quoted_line_feeds: &block.fields.quoted_line_feeds,
            separators_before: 0,
            line: block.first_line,
            next_line: block.first_line,
            bad_quotes: &block.fields.text_after_quote,
        }
    }

    /// The next record that is not an empty line.
    pub fn next(&mut self) -> Option<Record<'b>> {
        loop {
            let separators_end = *self.record_ends.next()? as usize;
            let separators = &self.separators[self.separators_before..=separators_end];
            self.separators_before = separators_end;
            let [before, .., end] = *separators else { return None };
            let (start, end) = (before.wrapping_add(1) as usize, end as usize);
            let whole = &self.bytes[start..end];
            let text = whole.strip_suffix(b"\r").unwrap_or(whole);
            self.line = self.next_line;
            self.next_line += 1 + count_before(end, &mut self.quoted_line_feeds) as u64;
            let bad_quotes = count_before(end, &mut self.bad_quotes);
            if text.is_empty() {
                continue;
            }
            return Some(Record {
                bytes: self.bytes,
                start,
                end: start + text.len(),
                separators,
                is_utf8: self.is_utf8 || simdutf8::basic::from_utf8(text).is_ok(),
                text_after_quote: bad_quotes > 0,
            });
        }
    }
}

/// Takes those off that are before a position, and says how many they are.
#[inline]
fn count_before(end: usize, positions: &mut &[u32]) -> usize {
    if positions.is_empty() {
        return 0;
    }
    let count = positions.partition_point(|&position| (position as usize) < end);
    *positions = &positions[count..];
    count
}

/// One record, its fields not yet unquoted.
pub(super) struct Record<'b> {
    bytes: &'b [u8],
    start: usize,
    end: usize,
    /// The separator before the record, then those of its fields.
    separators: &'b [u32],
    pub is_utf8: bool,
    pub text_after_quote: bool,
}

impl<'b> Record<'b> {
    pub fn bytes(&self) -> &'b [u8] {
        &self.bytes[self.start..self.end]
    }

    pub fn field_count(&self) -> usize {
        self.separators.len() - 1
    }

    /// A field as it stands, with its quotes. The position is below the field count.
    #[inline]
    pub fn raw(&self, position: usize) -> &'b [u8] {
        let [before, end] = self.separators[position..position + 2] else { return b"" };
        self.between(before, end)
    }

    /// Whether all of these fields, one beside the other, are empty.
    #[inline]
    pub fn are_empty(&self, fields: &Range<usize>) -> bool {
        let bytes = self.separators[fields.end].wrapping_sub(self.separators[fields.start]);
        bytes as usize == fields.len()
    }

    /// Some fields, one beside the other, as they stand.
    #[inline]
    pub fn raw_fields(&self, fields: &Range<usize>) -> impl Iterator<Item = &'b [u8]> {
        let bounds = self.separators[fields.start..=fields.end].windows(2);
        bounds.map(|bounds| {
            let (before, end) = (bounds[0], bounds[1]);
            if before.wrapping_add(1) == end { b"".as_slice() } else { self.between(before, end) }
        })
    }

    /// What stands between two separators that follow one another.
    #[inline]
    fn between(&self, before: u32, end: u32) -> &'b [u8] {
        &self.bytes[before.wrapping_add(1) as usize..(end as usize).min(self.end)]
    }

    #[inline]
    pub fn text(&self, position: usize) -> Cow<'b, [u8]> {
        unquoted(self.raw(position))
    }

    #[inline]
    pub fn optional_text(&self, position: Option<usize>) -> Option<Cow<'b, [u8]>> {
        position.map(|position| self.text(position))
    }
}

/// A field's text: without its quotes, doubled ones halved. Only a field with doubled quotes is copied.
#[inline]
pub(super) fn unquoted(raw: &[u8]) -> Cow<'_, [u8]> {
    match raw.first() {
        Some(b'"') => within_quotes(raw),
        _ => Cow::Borrowed(raw),
    }
}

#[cold]
pub(super) fn within_quotes(raw: &[u8]) -> Cow<'_, [u8]> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if memchr::memchr(b'"', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(quote) = memchr::memchr(b'"', rest) {
        text.extend_from_slice(&rest[..=quote]);
        rest = rest.get(quote + 2..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

pub(super) fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}
