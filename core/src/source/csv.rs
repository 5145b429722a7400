//! CSV: RFC 4180 with any of four delimiters, read as a stream.
//!
//! [`splitter::RecordSplitter`] cuts a stream of bytes into blocks of whole records, wherever the bytes
//! were cut before, and finds the fields ([`index`]). Blocks can then be decoded side by side:
//! [`decoder::BlockDecoder`] turns one into typed rows.

pub mod decoder;
pub mod header;
pub mod index;
pub mod range;
mod recent;
mod record;
mod scan;
mod simd;
pub mod splitter;

/// The longest text between two quotes, in bytes; a quote that is open for longer was a mistake.
pub const MAX_QUOTED_BYTES: usize = 1 << 20;

/// Appends a field to a line, quoted where it must be.
pub fn push_field(line: &mut Vec<u8>, text: &[u8]) {
    // Every byte is looked at, which takes fewer instructions than to stop at the first.
    if !text.iter().fold(false, |found, byte| found | matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        line.extend_from_slice(text);
        return;
    }
    line.push(b'"');
    for &byte in text {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}
