//! Numbers and texts as bytes, for tables that travel from one worker to another.
//!
//! Numbers take seven bits a byte, the lowest first, so that small ones are short. Whatever is read is checked against
//! the bytes that are there: damaged bytes give [`Damaged`], never a panic or more memory than they justify.

use crate::value::calendar::Day;

/// The bytes are not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// A signed number as an unsigned one that is small where the magnitude is.
#[inline]
pub(super) fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

/// The inverse of [`zigzag`].
#[inline]
pub(super) fn unzigzag(code: u64) -> i64 {
    (code >> 1).cast_signed() ^ -(code & 1).cast_signed()
}

/// Bits of a number in one byte; the eighth says that more follow.
const BYTE_BITS: u32 = 7;
const MORE: u8 = 1 << BYTE_BITS;

/// Appends numbers and texts.
#[derive(Debug, Default)]
pub(super) struct WireWriter {
    pub bytes: Vec<u8>,
}

impl WireWriter {
    /// A number, in one to ten bytes.
    #[inline]
    pub fn number(&mut self, mut number: u64) {
        while number >= u64::from(MORE) {
            self.bytes.push((number & 0xFF) as u8 | MORE);
            number >>= BYTE_BITS;
        }
        self.bytes.push((number & 0xFF) as u8);
    }

    /// A number that may be negative.
    #[inline]
    pub fn signed(&mut self, number: i64) {
        self.number(zigzag(number));
    }

    /// A number of up to 128 bits.
    pub fn signed_wide(&mut self, number: i128) {
        let code = (number << 1 ^ number >> 127).cast_unsigned();
        let half = |shift: u32| u64::try_from(code >> shift & u128::from(u64::MAX)).unwrap_or(0);
        self.number(half(0));
        self.number(half(64));
    }

    /// How many of something follow.
    #[inline]
    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// A number that may be unknown.
    pub fn optional(&mut self, number: Option<i64>) {
        self.bytes.push(number.is_some().into());
        if let Some(number) = number {
            self.signed(number);
        }
    }

    /// A text.
    #[inline]
    pub fn text(&mut self, text: &[u8]) {
        self.count(text.len());
        self.bytes.extend_from_slice(text);
    }
}

/// Takes numbers and texts off the front.
#[derive(Debug)]
pub(super) struct WireReader<'b> {
    rest: &'b [u8],
}

impl<'b> WireReader<'b> {
    pub fn new(bytes: &'b [u8]) -> WireReader<'b> {
        WireReader { rest: bytes }
    }

    #[inline]
    pub fn byte(&mut self) -> Result<u8, Damaged> {
        let (&byte, rest) = self.rest.split_first().ok_or(Damaged)?;
        self.rest = rest;
        Ok(byte)
    }

    #[inline]
    pub fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            let bits = u64::from(byte & !MORE);
            // The tenth byte holds only the 64th bit.
            if shift > u64::BITS - BYTE_BITS && bits >> (u64::BITS - shift) != 0 {
                return Err(Damaged);
            }
            number |= bits << shift;
            if byte & MORE == 0 {
                return Ok(number);
            }
            shift += BYTE_BITS;
            if shift >= u64::BITS {
                return Err(Damaged);
            }
        }
    }

    #[inline]
    pub fn signed(&mut self) -> Result<i64, Damaged> {
        self.number().map(unzigzag)
    }

    pub fn signed_wide(&mut self) -> Result<i128, Damaged> {
        let low = self.number()?;
        let code = u128::from(low) | u128::from(self.number()?) << 64;
        Ok((code >> 1).cast_signed() ^ -(code & 1).cast_signed())
    }

    /// How many items follow, each of at least this many bytes.
    #[inline]
    pub fn count(&mut self, least_bytes: usize) -> Result<usize, Damaged> {
        let count = self.small()?;
        if count <= self.rest.len() / least_bytes.max(1) { Ok(count) } else { Err(Damaged) }
    }

    pub fn optional(&mut self) -> Result<Option<i64>, Damaged> {
        if self.flag()? { self.signed().map(Some) } else { Ok(None) }
    }

    /// A day that may be unknown.
    pub fn optional_day(&mut self) -> Result<Option<Day>, Damaged> {
        self.optional()?.map(day_of).transpose()
    }

    #[inline]
    pub fn text(&mut self) -> Result<&'b [u8], Damaged> {
        let length = self.count(1)?;
        self.bytes(length)
    }

    /// So many bytes.
    #[inline]
    pub fn bytes(&mut self, length: usize) -> Result<&'b [u8], Damaged> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Damaged)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A number of a narrower type.
    #[inline]
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Damaged> {
        T::try_from(self.number()?).map_err(|_| Damaged)
    }

    /// A yes or no.
    pub fn flag(&mut self) -> Result<bool, Damaged> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damaged),
        }
    }

    /// A number of four bytes.
    #[inline]
    pub fn four_bytes(&mut self) -> Result<u32, Damaged> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Damaged)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*bytes))
    }

    /// A number of this many bytes, the lowest first.
    #[inline]
    pub fn short_number(&mut self, length: u32) -> Result<u64, Damaged> {
        if length > u64::BITS / 8 {
            return Err(Damaged);
        }
        if let Some((&bytes, _)) = self.rest.split_first_chunk() {
            self.rest = &self.rest[length as usize..];
            let mask = u64::MAX.checked_shr(u64::BITS - 8 * length).unwrap_or(0);
            return Ok(u64::from_le_bytes(bytes) & mask);
        }
        let bytes = self.bytes(length as usize)?;
        Ok(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }
}

/// The day of this number, which must be one that can be written.
#[inline]
pub(super) fn day_of(number: i64) -> Result<Day, Damaged> {
    let day = Day(i32::try_from(number).map_err(|_| Damaged)?);
    if (Day::MIN..=Day::MAX).contains(&day) { Ok(day) } else { Err(Damaged) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            number: u64, shift in 0u32..64, signed: i64, wide: i128, wide_shift in 0u32..127, optional: Option<i64>,
            text in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let (number, signed, wide) = (number >> shift, signed >> shift, wide >> wide_shift);
            let mut out = WireWriter::default();
            out.number(number);
            out.signed(signed);
            out.signed_wide(wide);
            out.optional(optional);
            out.text(&text);
            let mut reader = WireReader::new(&out.bytes);
            prop_assert_eq!(reader.number(), Ok(number));
            prop_assert_eq!(reader.signed(), Ok(signed));
            prop_assert_eq!(reader.signed_wide(), Ok(wide));
            prop_assert_eq!(reader.optional(), Ok(optional));
            prop_assert_eq!(reader.text(), Ok(&text[..]));
            prop_assert!(reader.is_at_end());
        }
    }

    #[test]
    fn numbers_that_do_not_end_or_do_not_fit_are_errors() {
        let read = |bytes: &[u8]| WireReader::new(bytes).number();
        assert_eq!(read(&[]), Err(Damaged));
        assert_eq!(read(&[0x80]), Err(Damaged));
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]), Ok(u64::MAX));
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02]), Err(Damaged));
        assert_eq!(read(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]), Err(Damaged));
        assert_eq!(WireReader::new(&[3, b'a', b'b']).text(), Err(Damaged));
        assert_eq!(WireReader::new(&[2, 0, 0, 0]).count(2), Err(Damaged));
        assert_eq!(WireReader::new(&[2, 0, 0, 0, 0]).count(2), Ok(2));
    }
}
