//! Ids and devices: hexadecimal digits in half the bytes, ids in order by what differs.

use super::super::wire::{Damaged, WireReader, WireWriter};

/// How a text is encoded, below its length if that is not fixed.
const FORM_BITS: u32 = 2;
/// As it is.
const PLAIN: u64 = 0;
/// As many digits as a UUID has, two a byte.
const HEXADECIMAL: u64 = 1;
/// The same with the hyphens of a UUID.
const UUID: u64 = 2;
/// What follows the beginning that it shares with the text before.
const SHARED: u64 = 3;

const UUID_LENGTH: usize = 36;
const UUID_DIGITS: usize = 32;
const PACKED_BYTES: usize = UUID_DIGITS / 2;
/// Where a UUID has hyphens, and the digits between them.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
const UUID_GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// Appends a text that follows another one.
pub(super) fn write_text(before: &[u8], text: &[u8], out: &mut WireWriter) {
    let is_uuid = text.len() == UUID_LENGTH && HYPHENS.iter().all(|&at| text[at] == b'-');
    let mut digits = [0; UUID_DIGITS];
    let digits = if is_uuid {
        let (mut to, mut from) = (0, 0);
        for length in UUID_GROUPS {
            digits[to..to + length].copy_from_slice(&text[from..from + length]);
            (to, from) = (to + length, from + length + 1);
        }
        &digits
    } else {
        text
    };
    if digits.len() == UUID_DIGITS
        && let Some(packed) = pack(digits)
    {
        out.number(if is_uuid { UUID } else { HEXADECIMAL });
        out.bytes.extend_from_slice(&packed);
        return;
    }
    let shared = before.iter().zip(text).take_while(|(before, byte)| before == byte).count();
    if shared > 1 {
        out.number(((text.len() - shared) as u64) << FORM_BITS | SHARED);
        out.count(shared);
    } else {
        out.number((text.len() as u64) << FORM_BITS | PLAIN);
    }
    out.bytes.extend_from_slice(&text[if shared > 1 { shared } else { 0 }..]);
}

/// Reads what was written, in place of the text before.
pub(super) fn read_text(text: &mut Vec<u8>, reader: &mut WireReader<'_>) -> Result<(), Damaged> {
    let code = reader.number()?;
    let length = usize::try_from(code >> FORM_BITS).map_err(|_| Damaged)?;
    let form = code & ((1 << FORM_BITS) - 1);
    let shared = if form == SHARED { reader.small()? } else { 0 };
    if shared > text.len() {
        return Err(Damaged);
    }
    text.truncate(shared);
    match form {
        HEXADECIMAL => unpack(reader.bytes(PACKED_BYTES)?, text),
        UUID => {
            let mut packed = reader.bytes(PACKED_BYTES)?;
            for length in UUID_GROUPS {
                if !text.is_empty() {
                    text.push(b'-');
                }
                let (group, rest) = packed.split_at(length / 2);
                unpack(group, text);
                packed = rest;
            }
        }
        _ => text.extend_from_slice(reader.bytes(length)?),
    }
    Ok(())
}

/// Each byte of a word.
const EACH: u64 = 0x0101_0101_0101_0101;

/// Digits, two a byte; none where one is no digit, or is written otherwise.
fn pack(digits: &[u8]) -> Option<[u8; PACKED_BYTES]> {
    let mut packed = [0; PACKED_BYTES];
    for (word, room) in digits.as_chunks::<8>().0.iter().zip(packed.as_chunks_mut::<4>().0) {
        *room = pack_word(u64::from_be_bytes(*word))?.to_be_bytes();
    }
    Some(packed)
}

/// Eight digits in four bytes.
#[inline]
fn pack_word(word: u64) -> Option<u32> {
    // Letters have this bit, digits have not.
    let letters = word >> 6 & EACH;
    // '0' to '9' less 0x30, 'a' to 'f' less 0x61 and 10 more.
    let values = word.wrapping_sub(0x30 * EACH).wrapping_sub(0x27 * letters);
    // A value above 9 without a letter, or above 15 or below 10 with one, is not a digit.
    let in_range = values & (0xF0 * EACH) == 0;
    let beyond_nine = values.wrapping_add(6 * EACH) >> 4 & EACH;
    if !in_range || beyond_nine != letters {
        return None;
    }
    let pairs = (values | values >> 4) & 0x00FF_00FF_00FF_00FF;
    let quads = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF;
    u32::try_from((quads | quads >> 16) & 0xFFFF_FFFF).ok()
}

fn unpack(packed: &[u8], out: &mut Vec<u8>) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    for &byte in packed {
        out.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// The most devices of a user that are numbered; after that, numbering starts again.
const MOST_DEVICES: usize = 16;

/// The devices of a user, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct DeviceList {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl DeviceList {
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    pub fn get(&self, position: usize) -> &[u8] {
        let start = position.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[position]]
    }

    fn push(&mut self, device: &[u8]) {
        if self.ends.len() == MOST_DEVICES {
            self.clear();
        }
        self.bytes.extend_from_slice(device);
        self.ends.push(self.bytes.len());
    }

    /// Appends a device; gives its number, from 1, and 0 for none.
    pub fn write(&mut self, device: Option<&[u8]>, out: &mut WireWriter) -> usize {
        let Some(text) = device else {
            out.count(0);
            return 0;
        };
        if let Some(known) = (0..self.ends.len()).find(|&known| self.get(known) == text) {
            out.count(known + 1);
            return known + 1;
        }
        // An unused number says that it is new.
        out.count(MOST_DEVICES + 1);
        write_text(b"", text, out);
        self.push(text);
        self.ends.len()
    }

    /// Reads what was written.
    pub fn read(&mut self, reader: &mut WireReader<'_>) -> Result<usize, Damaged> {
        let number: usize = reader.small()?;
        if number <= self.ends.len() {
            return Ok(number);
        }
        if number != MOST_DEVICES + 1 {
            return Err(Damaged);
        }
        let mut text = Vec::new();
        read_text(&mut text, reader)?;
        self.push(&text);
        Ok(self.ends.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-fA-F]{12}";
        let texts = prop_oneof![uuid, "[0-9a-f]{0,40}", "[0-9a-f]{32}", "[0-9a-g:@`/-]{30,38}", "user_0[0-9]{1,12}"];
        prop_oneof![4 => texts.prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 0..50)]
    }

    proptest! {
        #[test]
        fn every_text_comes_back(texts in prop::collection::vec(text(), 0..6)) {
            let mut out = WireWriter::default();
            let mut before = &b""[..];
            for text in &texts {
                write_text(before, text, &mut out);
                before = text;
            }
            let (mut reader, mut read) = (WireReader::new(&out.bytes), Vec::new());
            for text in &texts {
                prop_assert_eq!(read_text(&mut read, &mut reader), Ok(()));
                prop_assert_eq!(&read, text);
            }
            prop_assert!(reader.is_at_end());
        }
    }

    #[test]
    fn digits_take_half_the_bytes_and_nothing_else_is_taken_for_one() {
        let length = |before: &str, text: &str| {
            let mut out = WireWriter::default();
            write_text(before.as_bytes(), text.as_bytes(), &mut out);
            out.bytes.len()
        };
        assert_eq!(length("", "0000699e2d64ff7079ea5a971e0e3f32"), 1 + 16);
        assert_eq!(length("", "3f2c25fa-e7f4-3d92-eac2-7ef17c0c2392"), 1 + 16);
        assert_eq!(length("user_0001234", "user_0001235"), 2 + 1);
        for byte in 0..=u8::MAX {
            let mut word = *b"01289abf";
            word[3] = byte;
            let is_digit = byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            assert_eq!(pack_word(u64::from_be_bytes(word)).is_some(), is_digit, "{byte}");
        }
    }

    #[test]
    fn many_devices_are_told_anew() {
        let names: Vec<String> = (0..40).map(|number| format!("device {}", number % 20)).collect();
        let (mut written, mut out) = (DeviceList::default(), WireWriter::default());
        let numbers: Vec<usize> = names.iter().map(|name| written.write(Some(name.as_bytes()), &mut out)).collect();
        let (mut read, mut reader) = (DeviceList::default(), WireReader::new(&out.bytes));
        for (name, number) in names.iter().zip(numbers) {
            assert_eq!(read.read(&mut reader), Ok(number));
            assert_eq!(read.get(number - 1), name.as_bytes());
        }
    }
}
