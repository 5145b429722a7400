//! The bytes of a CSV file, decompressed and hashed while they are read.

use std::io::{self, Read};

use strata_core::source::compression::{Compression, decompress};
use strata_core::source::{Digest, DigestReader};
use strata_generate::Generator;
use web_sys::File;

use crate::reading::{Chunk, InOrder, PIECE_BYTES};

/// Bytes read at a time, and the approximate length of a block.
const CHUNK_BYTES: u32 = 2 << 20;

/// The bytes of a CSV file from the start.
pub struct CsvSource {
    bytes: SourceBytes,
    digest: Digest,
}

enum SourceBytes {
    /// A file that is not compressed.
    Plain(Chunk),
    /// A compressed file: its decoder requests bytes when it needs them.
    Packed(Box<dyn Read + Send>),
    /// Sample data, without its header, until it is exhausted.
    Sample { header: String, generator: Box<Generator>, is_over: bool },
}

impl CsvSource {
    /// Opens a file.
    pub fn of_file(file: &File, compression: Compression) -> io::Result<CsvSource> {
        let digest = Digest::default();
        let bytes = if compression == Compression::None {
            SourceBytes::Plain(Chunk::new(file, 0.0, file.size())?)
        } else {
            let packed = InOrder::new(file.clone(), 0.0, PIECE_BYTES);
            SourceBytes::Packed(decompress(DigestReader::new(packed, digest.clone()))?.1)
        };
        Ok(CsvSource { bytes, digest })
    }

    /// Generates sample data.
    pub fn of_sample(generator: Generator) -> CsvSource {
        let header = generator.header().to_owned();
        let bytes = SourceBytes::Sample { header, generator: Box::new(generator), is_over: false };
        CsvSource { bytes, digest: Digest::default() }
    }

    /// Appends some of the following bytes; returns how many, 0 at the end.
    pub async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        let before = into.len();
        match &mut self.bytes {
            SourceBytes::Plain(chunk) => {
                chunk.read(CHUNK_BYTES, into).await?;
            }
            SourceBytes::Packed(unpacked) => {
                // The hash covers the compressed bytes.
                return unpacked.take(CHUNK_BYTES.into()).read_to_end(into);
            }
            SourceBytes::Sample { header, generator, is_over } => {
                into.extend_from_slice(std::mem::take(header).as_bytes());
                while !*is_over && into.len() - before < CHUNK_BYTES as usize {
                    *is_over = !generator.write_chunk(into);
                }
            }
        }
        self.digest.add(&into[before..]);
        Ok(into.len() - before)
    }

    /// Digest of the bytes as given, complete once all of them have been read.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Number of sample rows generated so far; `None` for a file.
    pub fn sample_rows(&self) -> Option<u64> {
        match &self.bytes {
            SourceBytes::Sample { generator, .. } => Some(generator.rows_written()),
            _ => None,
        }
    }
}
