//! CSV: RFC 4180 with any of four delimiters, read as a stream.
//!
//! [`splitter::RecordSplitter`] cuts a stream of bytes into blocks of whole records, wherever the bytes
//! were cut before. Blocks can then be decoded side by side: [`decoder::BlockDecoder`] turns one into
//! typed rows, with [`index`] finding the fields.

pub mod decoder;
pub mod header;
pub mod index;
pub mod splitter;

/// The longest text between two quotes, in bytes; a quote that is open for longer was a mistake.
pub const MAX_QUOTED_BYTES: usize = 1 << 20;
