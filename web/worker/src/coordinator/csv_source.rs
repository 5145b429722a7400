//! Where the bytes of a CSV come from, unpacked and hashed on the way.

use std::io::{self, Read};

use strata_core::source::compression::{Compression, decompress};
use strata_core::source::{Digest, DigestReader};
use strata_generate::Generator;
use web_sys::File;

use crate::reading::{Chunk, InOrder, PIECE_BYTES};

/// Bytes taken at a time; a block is about as long.
const CHUNK_BYTES: u32 = 2 << 20;

/// A CSV from its first byte.
pub struct CsvSource {
    bytes: SourceBytes,
    digest: Digest,
}

enum SourceBytes {
    /// A file as it is.
    Plain(Chunk),
    /// A packed file: its decoder asks for bytes when it needs them.
    Packed(Box<dyn Read + Send>),
    /// Sample data, without its header, until all was given.
    Sample { header: String, generator: Box<Generator>, is_over: bool },
}

impl CsvSource {
    /// The bytes of a file.
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

    /// Sample data.
    pub fn of_sample(generator: Generator) -> CsvSource {
        let header = generator.header().to_owned();
        let bytes = SourceBytes::Sample { header, generator: Box::new(generator), is_over: false };
        CsvSource { bytes, digest: Digest::default() }
    }

    /// Appends some of the next bytes, 0 at the end.
    pub async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        let before = into.len();
        match &mut self.bytes {
            SourceBytes::Plain(chunk) => {
                chunk.read(CHUNK_BYTES, into).await?;
            }
            SourceBytes::Packed(unpacked) => {
                // The packed bytes are digested.
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

    /// Digest of the bytes as they are given, complete once all were read.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Rows that a sample has given so far.
    pub fn sample_rows(&self) -> Option<u64> {
        match &self.bytes {
            SourceBytes::Sample { generator, .. } => Some(generator.rows_written()),
            _ => None,
        }
    }
}
