//! The row groups of a file, with Zstandard decompressed in Rust.
//!
//! The parquet crate decompresses Zstandard with a C library, which WebAssembly lacks. Here its reader takes the pages
//! of such a column as they are, as if uncompressed, and they are decompressed on the way to the decoder.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;

use crate::source::compression::unpack_zstandard;

/// The longest page, in bytes. Writers produce pages of about one MiB.
const MAX_PAGE_BYTES: u64 = 1 << 30;

/// All row groups of a file.
pub(super) struct FileRowGroups<R> {
    reader: Arc<R>,
    metadata: Arc<ParquetMetaData>,
}

impl<R: ChunkReader + 'static> FileRowGroups<R> {
    pub fn new(reader: Arc<R>, metadata: Arc<ParquetMetaData>) -> FileRowGroups<R> {
        FileRowGroups { reader, metadata }
    }
}

impl<R: ChunkReader + 'static> RowGroups for FileRowGroups<R> {
    fn num_rows(&self) -> usize {
        usize::try_from(self.metadata.file_metadata().num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let (reader, metadata) = (Arc::clone(&self.reader), Arc::clone(&self.metadata));
        Ok(Box::new(ColumnChunks { reader, metadata, column, next_row_group: 0 }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata.row_groups().iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// A column's chunks, one per row group.
struct ColumnChunks<R> {
    reader: Arc<R>,
    metadata: Arc<ParquetMetaData>,
    column: usize,
    next_row_group: usize,
}

impl<R: ChunkReader + 'static> ColumnChunks<R> {
    fn pages(&self, row_group: &RowGroupMetaData) -> Result<Box<dyn PageReader>> {
        let chunk = row_group.column(self.column);
        let row_count = usize::try_from(row_group.num_rows())?;
        let reader = Arc::clone(&self.reader);
        if !matches!(chunk.compression(), Compression::ZSTD(_)) {
            return Ok(Box::new(SerializedPageReader::new(reader, chunk, row_count, None)?));
        }
        let as_is = chunk.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
        Ok(Box::new(ZstandardPages { packed: SerializedPageReader::new(reader, &as_is, row_count, None)? }))
    }
}

impl<R: ChunkReader + 'static> Iterator for ColumnChunks<R> {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let row_group = self.metadata.row_groups().get(self.next_row_group)?;
        let pages = self.pages(row_group);
        self.next_row_group += 1;
        Some(pages)
    }
}

impl<R: ChunkReader + 'static> PageIterator for ColumnChunks<R> {}

/// Pages that are compressed by Zstandard, decompressed.
struct ZstandardPages<R: ChunkReader> {
    packed: SerializedPageReader<R>,
}

impl<R: ChunkReader> PageReader for ZstandardPages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.packed.get_next_page()?.map(unpacked).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.packed.skip_next_page()
    }
}

impl<R: ChunkReader> Iterator for ZstandardPages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// The page with its bytes decompressed. The levels of the second page format are never compressed.
fn unpacked(mut page: Page) -> Result<Page> {
    let (bytes, plain_bytes, is_packed) = match &mut page {
        Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. } => (buf, 0, true),
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, is_compressed, .. } => {
            (buf, u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len), *is_compressed)
        }
    };
    if is_packed {
        let levels = usize::try_from(plain_bytes)?;
        let (plain, packed) =
            bytes.split_at_checked(levels).ok_or_else(|| ParquetError::General("a page is cut short".to_owned()))?;
        let mut whole = plain.to_vec();
        // A page without a known value holds no bytes at all.
        if !packed.is_empty() {
            unpack_zstandard(packed).take(MAX_PAGE_BYTES).read_to_end(&mut whole)?;
        }
        *bytes = Bytes::from(whole);
    }
    Ok(page)
}
