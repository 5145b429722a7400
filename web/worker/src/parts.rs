//! Splits a file for download into parts.

use std::io::{self, Write};

/// Bytes per part. The last one of a file may be shorter.
pub const PART_BYTES: usize = 4 << 20;

/// Passes on written bytes in parts, so that a complete file is never in memory.
pub struct PartWriter<'h> {
    hand_on: &'h mut dyn FnMut(&[u8]),
    part: Vec<u8>,
}

impl<'h> PartWriter<'h> {
    /// Creates a writer that calls `hand_on` with each part.
    #[must_use]
    pub fn new(hand_on: &'h mut dyn FnMut(&[u8])) -> PartWriter<'h> {
        PartWriter { hand_on, part: Vec::new() }
    }

    /// Passes on the last part.
    pub fn finish(mut self) {
        self.hand_on();
    }

    fn hand_on(&mut self) {
        if !self.part.is_empty() {
            (self.hand_on)(&self.part);
            self.part.clear();
        }
    }
}

impl Write for PartWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(PART_BYTES - self.part.len());
        self.part.extend_from_slice(&bytes[..count]);
        if self.part.len() == PART_BYTES {
            self.hand_on();
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_full_but_the_last_and_lose_no_byte() {
        let bytes: Vec<u8> = (0..=250).cycle().take(2 * PART_BYTES + 17).collect();
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let mut keep = |part: &[u8]| parts.push(part.to_vec());
        let mut writer = PartWriter::new(&mut keep);
        for piece in bytes.chunks(1_000_003) {
            writer.write_all(piece).unwrap();
        }
        writer.finish();
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [PART_BYTES, PART_BYTES, 17]);
        assert_eq!(parts.concat(), bytes);
    }

    #[test]
    fn an_empty_file_has_no_part() {
        let mut count = 0;
        PartWriter::new(&mut |_| count += 1).finish();
        assert_eq!(count, 0);
    }
}
