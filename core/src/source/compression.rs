//! Compressed inputs, recognised by their first bytes and decompressed as a stream.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How an input is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, of one or several members.
    Gzip,
    /// Zstandard, of one or several frames.
    Zstandard,
}

impl Compression {
    /// Recognises the compression by the first four bytes.
    #[must_use]
    pub fn detect(first_bytes: &[u8]) -> Compression {
        match first_bytes {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            // A frame, or a skippable frame before the first.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstandard,
            _ => Compression::None,
        }
    }

    /// The word shown to people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstandard => "zstd",
        }
    }
}

/// Size of the buffer between the compressed bytes and the decoder.
const BUFFER_BYTES: usize = 256 * 1024;

/// Decompresses a stream if it is compressed.
///
/// # Errors
/// The first bytes cannot be read. Later errors come from reading the returned stream; compressed data that stops
/// in the middle gives [`io::ErrorKind::UnexpectedEof`].
pub fn decompress<'a>(mut packed: impl Read + Send + 'a) -> io::Result<(Compression, Box<dyn Read + Send + 'a>)> {
    let mut first_bytes = Vec::with_capacity(4);
    packed.by_ref().take(4).read_to_end(&mut first_bytes)?;
    let compression = Compression::detect(&first_bytes);
    let packed = BufReader::with_capacity(BUFFER_BYTES, io::Cursor::new(first_bytes).chain(packed));
    Ok((
        compression,
        match compression {
            Compression::None => Box::new(packed),
            Compression::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Compression::Zstandard => Box::new(ZstandardReader::new(packed)),
        },
    ))
}

/// Decompresses bytes that are Zstandard frames.
#[cfg(feature = "parquet")]
pub(super) fn unpack_zstandard(packed: &[u8]) -> impl Read {
    ZstandardReader::new(packed)
}

/// Decompresses Zstandard frames one after the other.
struct ZstandardReader<R> {
    packed: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> ZstandardReader<R> {
    fn new(packed: R) -> ZstandardReader<R> {
        ZstandardReader { packed, decoder: FrameDecoder::new(), in_frame: false }
    }

    /// Starts the next frame; false at the end of the compressed bytes.
    fn start_frame(&mut self) -> io::Result<bool> {
        use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => {
                    self.in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.packed).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(zstandard_error(&error)),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for ZstandardReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.in_frame && !self.start_frame()? {
                return Ok(0);
            }
            if self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let strategy = BlockDecodingStrategy::UptoBytes(out.len());
                self.decoder.decode_blocks(&mut self.packed, strategy).map_err(|error| zstandard_error(&error))?;
            }
            let count = self.decoder.read(out)?;
            if count > 0 {
                return Ok(count);
            }
            self.in_frame = !self.decoder.is_finished();
        }
    }
}

/// The decoder's error; one about missing bytes becomes [`io::ErrorKind::UnexpectedEof`].
fn zstandard_error(error: &(dyn std::error::Error + 'static)) -> io::Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<io::Error>() {
            return io::Error::new(io.kind(), format!("zstd: {io}"));
        }
        cause = current.source();
    }
    io::Error::new(io::ErrorKind::InvalidData, format!("zstd: {error}"))
}
