//! Reads the bytes of a `File`: as a stream, in order for compressed files, and by random access for Parquet.

use std::io::{self, Read};

use bytes::Bytes;
use js_sys::{ArrayBuffer, Uint8Array};
use parquet::errors::ParquetError;
use parquet::file::reader::Length;
use strata_core::source::parquet::ChunkReader;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DomException, File, FileReaderSync, ReadableStreamByobReader, ReadableStreamDefaultReader,
    ReadableStreamReadResult,
};

/// Bytes of a piece that a decoder waits for. Larger pieces are not faster to read, smaller ones are slower.
pub const PIECE_BYTES: f64 = 8.0 * 1_048_576.0;

/// Bytes read for random access to a Parquet file: its page headers are much shorter.
const PLACE_BYTES: f64 = 16.0 * 1024.0;

/// Converts the browser's reason for not reading a file.
fn read_error(reason: &JsValue) -> io::Error {
    let Some(exception) = reason.dyn_ref::<DomException>() else {
        return io::Error::other(format!("{reason:?}"));
    };
    let kind = match exception.name().as_str() {
        "NotFoundError" => io::ErrorKind::NotFound,
        "NotReadableError" | "SecurityError" => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, exception.message())
}

fn slice(file: &File, start: f64, byte_count: f64) -> io::Result<Blob> {
    let end = (start + byte_count).min(file.size());
    file.slice_with_f64_and_f64(start, end).map_err(|reason| read_error(&reason))
}

/// Appends the bytes of a JavaScript buffer.
pub fn append(view: &Uint8Array, into: &mut Vec<u8>) {
    let before = into.len();
    into.resize(before + view.length() as usize, 0);
    view.copy_to(&mut into[before..]);
}

/// A contiguous range of a file, read as a stream while the browser reads ahead.
///
/// If the browser supports it, a borrowed buffer is filled, so that reading allocates nothing.
#[derive(Debug)]
pub struct Chunk {
    source: ChunkSource,
    /// The bytes that were read last.
    buffer: Uint8Array,
    /// Number of bytes of the buffer that have been returned.
    taken: u32,
}

#[derive(Debug)]
enum ChunkSource {
    /// Fills a buffer that it borrows.
    Borrowed(ReadableStreamByobReader),
    /// Submits its own buffers.
    Submitted(ReadableStreamDefaultReader),
}

/// Size of the borrowed buffer, bytes.
const BORROWED_BYTES: u32 = 1 << 20;

impl Chunk {
    /// Opens the range of at most `byte_count` bytes that starts at byte `start`.
    ///
    /// # Errors
    /// The file cannot be sliced.
    pub fn new(file: &File, start: f64, byte_count: f64) -> io::Result<Chunk> {
        let stream = slice(file, start, byte_count)?.stream();
        let (source, buffer_bytes) = if let Ok(reader) = ReadableStreamByobReader::new(&stream) {
            (ChunkSource::Borrowed(reader), BORROWED_BYTES)
        } else {
            let reader = ReadableStreamDefaultReader::new(&stream).map_err(|reason| read_error(&reason))?;
            (ChunkSource::Submitted(reader), 0)
        };
        Ok(Chunk { source, buffer: Uint8Array::new_with_length(buffer_bytes), taken: buffer_bytes })
    }

    /// Appends this many bytes, fewer only at the end; returns their number.
    ///
    /// # Errors
    /// The file can no longer be read.
    pub async fn read(&mut self, wanted: u32, into: &mut Vec<u8>) -> io::Result<u32> {
        let mut missing = wanted;
        while missing > 0 {
            if self.taken == self.buffer.length() && !self.next_buffer().await? {
                break;
            }
            let end = self.buffer.length().min(self.taken.saturating_add(missing));
            append(&self.buffer.subarray(self.taken, end), into);
            missing -= end - self.taken;
            self.taken = end;
        }
        Ok(wanted - missing)
    }

    /// Reads a buffer that is not empty; returns false at the end.
    async fn next_buffer(&mut self) -> io::Result<bool> {
        let failed = |reason: JsValue| read_error(&reason);
        loop {
            let read = match &self.source {
                ChunkSource::Borrowed(reader) => {
                    let whole = Uint8Array::new(&self.buffer.buffer());
                    reader.read_with_array_buffer_view(&whole)
                }
                ChunkSource::Submitted(reader) => reader.read(),
            };
            let read: ReadableStreamReadResult = JsFuture::from(read).await.map_err(failed)?.unchecked_into();
            let Some(buffer) = read.get_value().dyn_into::<Uint8Array>().ok() else { return Ok(false) };
            self.taken = 0;
            self.buffer = buffer;
            if read.get_done() == Some(true) {
                return Ok(false);
            }
            if self.buffer.length() > 0 {
                return Ok(true);
            }
        }
    }
}

/// Appends bytes at a position of a file, waiting for them; returns their number.
///
/// # Errors
/// The file can no longer be read.
pub fn read_at(file: &File, start: f64, byte_count: f64, into: &mut Vec<u8>) -> io::Result<u32> {
    if start >= file.size() {
        return Ok(0);
    }
    let view = read_sync(file, start, byte_count)?;
    append(&view, into);
    Ok(view.length())
}

fn read_sync(file: &File, start: f64, byte_count: f64) -> io::Result<Uint8Array> {
    let reader = FileReaderSync::new().map_err(|reason| read_error(&reason))?;
    let buffer: ArrayBuffer =
        reader.read_as_array_buffer(&slice(file, start, byte_count)?).map_err(|reason| read_error(&reason))?;
    Ok(Uint8Array::new(&buffer))
}

/// Reads a file in order, waiting for each piece: for decoders that request bytes when they need them.
#[derive(Debug)]
pub struct InOrder {
    file: File,
    piece_bytes: f64,
    position: f64,
    piece: Uint8Array,
    taken: u32,
}

impl InOrder {
    /// Reads from a position to the end, in pieces of this many bytes.
    #[must_use]
    pub fn new(file: File, position: f64, piece_bytes: f64) -> InOrder {
        InOrder { file, piece_bytes, position, piece: Uint8Array::new_with_length(0), taken: 0 }
    }
}

impl Read for InOrder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.piece.length() {
            if self.position >= self.file.size() {
                return Ok(0);
            }
            self.piece = read_sync(&self.file, self.position, self.piece_bytes)?;
            self.position += f64::from(self.piece.length());
            self.taken = 0;
        }
        let left = self.piece.length() - self.taken;
        let count = left.min(u32::try_from(buffer.len()).unwrap_or(u32::MAX));
        let end = self.taken + count;
        self.piece.subarray(self.taken, end).copy_to(&mut buffer[..count as usize]);
        self.taken = end;
        Ok(count as usize)
    }
}

/// Provides random access to a Parquet file without holding it in memory.
#[derive(Clone, Debug)]
pub struct Places {
    file: File,
    /// Called with the start of each piece that is read.
    on_read: fn(f64),
}

impl Places {
    /// Opens a file. `on_read` is called with the position of the first byte of each piece that is read.
    #[must_use]
    pub fn new(file: File, on_read: fn(f64)) -> Places {
        Places { file, on_read }
    }
}

impl Length for Places {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is whole and not negative")]
    fn len(&self) -> u64 {
        self.file.size() as u64
    }
}

impl ChunkReader for Places {
    type T = InOrder;

    fn get_read(&self, start: u64) -> Result<InOrder, ParquetError> {
        Ok(InOrder::new(self.file.clone(), start as f64, PLACE_BYTES))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        (self.on_read)(start as f64);
        let view = read_sync(&self.file, start as f64, length as f64).map_err(ParquetError::from)?;
        if view.length() as usize != length {
            return Err(ParquetError::EOF(format!("expected {length} bytes at {start}, found {}", view.length())));
        }
        Ok(Bytes::from(view.to_vec()))
    }
}
