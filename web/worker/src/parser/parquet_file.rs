//! Parquet files, read at the positions of their columns.

use std::io::{self, Read};

use bytes::Bytes;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::Field;
use strata_core::finding::excerpt;
use strata_core::rows::UserDay;
use strata_core::source::compression::{Compression, decompress};
use strata_core::source::parquet::{self as core_parquet, ChunkReader};
use strata_core::source::{ColumnMapping, HeaderProblem, InvalidValue, RejectedRow, RowSink};
use strata_core::users::{TableMetadata, TableProblem};
use strata_protocol::Failure;
use web_sys::File;

use crate::fold::RowFold;
use crate::preview::{PREVIEW_CHARACTERS, PREVIEW_ROWS};
use crate::reading::{InOrder, PIECE_BYTES, Places};

use crate::{failure, scope};

use super::POSITION;
use crate::parser_protocol::{FromParser, OwnInput, ParquetContent};

/// Parquet inside gzip or zstd is decompressed in memory; a larger one would not leave enough memory for its rows.
const MOST_UNPACKED_BYTES: u64 = 1_200_000_000;

/// A file that supports random access.
enum Content {
    /// A file that is not compressed.
    Plain(Places),
    /// A file decompressed into memory.
    Unpacked(Bytes),
}

fn content(file: &File) -> Result<Content, Failure> {
    let unreadable = |reason: io::Error| failure::of_reading(&file.name(), &reason);
    let packed = InOrder::new(file.clone(), 0.0, PIECE_BYTES);
    let (compression, unpacked) = decompress(packed).map_err(unreadable)?;
    if compression == Compression::None {
        return Ok(Content::Plain(Places::new(file.clone(), |position| POSITION.set(position))));
    }
    let mut all = Vec::new();
    unpacked.take(MOST_UNPACKED_BYTES + 1).read_to_end(&mut all).map_err(unreadable)?;
    if all.len() as u64 > MOST_UNPACKED_BYTES {
        return Err(failure::of_packed_parquet(&file.name(), MOST_UNPACKED_BYTES));
    }
    Ok(Content::Unpacked(Bytes::from(all)))
}

/// Describes the contents of a file.
pub fn look(file: &File) -> Result<ParquetContent, Failure> {
    match content(file)? {
        Content::Plain(places) => look_into(file, places),
        Content::Unpacked(bytes) => look_into(file, bytes),
    }
}

fn look_into(file: &File, content: impl ChunkReader + Clone + 'static) -> Result<ParquetContent, Failure> {
    let of_table = |problem| failure::of_user_table(&file.name(), &problem);
    if let Some(metadata) = TableMetadata::read(content.clone()).map_err(of_table)? {
        let columns = TableMetadata::columns(content).map_err(of_table)?;
        let made_of = metadata.inputs.into_iter().map(OwnInput::from).collect();
        let header = columns.iter().map(ToString::to_string).collect();
        return Ok(ParquetContent { header, rows: Vec::new(), made_of: Some(made_of) });
    }
    let (header, rows) = look_at(content).map_err(|problem| failure::of_header(&file.name(), &problem))?;
    Ok(ParquetContent { header, rows, made_of: None })
}

fn look_at(content: impl ChunkReader + 'static) -> Result<(Vec<String>, Vec<Vec<String>>), HeaderProblem> {
    let problem = |reason: parquet::errors::ParquetError| HeaderProblem::Parquet { reason: reason.to_string() };
    let reader = SerializedFileReader::new(content).map_err(problem)?;
    let schema = reader.metadata().file_metadata().schema_descr().root_schema().get_fields();
    let header = schema.iter().map(|field| field.name().to_owned()).collect();
    // The preview is optional: columns that cannot be shown, such as those compressed with Zstandard, do not stop
    // reading.
    let rows = reader.get_row_iter(None).map_err(problem)?.take(PREVIEW_ROWS).map_while(Result::ok);
    let rows = rows.map(|row| row.get_column_iter().map(|(_, field)| shown(field)).collect());
    Ok((header, rows.collect()))
}

fn shown(field: &Field) -> String {
    let text = match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        field => field.to_string(),
    };
    excerpt(text.as_bytes(), PREVIEW_CHARACTERS)
}

/// Decodes all rows of the input with this number.
pub fn decode(file: &File, mapping: &ColumnMapping, number: u32, rows: &mut WatchedRows<'_>) -> Result<(), Failure> {
    let done = match content(file)? {
        Content::Plain(places) => core_parquet::decode(|| Ok(places.clone()), mapping, number, rows),
        Content::Unpacked(bytes) => core_parquet::decode(|| Ok(bytes.clone()), mapping, number, rows),
    };
    done.map_err(|problem| failure::of_header(&file.name(), &problem))
}

/// Adds all users of a table whose inputs have the numbers from `first_file`.
pub fn add_users(file: &File, first_file: u32, rows: &mut WatchedRows<'_>) -> Result<(), Failure> {
    let watch = |rows: &mut RowFold| watch(rows, true);
    let added = match content(file)? {
        Content::Plain(places) => add_table(places, first_file, rows.rows, watch),
        Content::Unpacked(bytes) => add_table(bytes, first_file, rows.rows, watch),
    };
    added.map_err(|problem| failure::of_user_table(&file.name(), &problem))
}

fn add_table<R: ChunkReader + Clone + 'static>(
    content: R,
    first_file: u32,
    rows: &mut RowFold,
    watch: impl FnMut(&mut RowFold),
) -> Result<(), TableProblem> {
    let metadata = TableMetadata::read(content.clone())?.unwrap_or_default();
    rows.add_table(content, &metadata, first_file, watch)
}

/// Number of rows between two progress messages to the coordinator.
const ROWS_PER_STATUS: u64 = 20_000;

/// Hands over users while a long file is read, or reports progress when it is due.
fn watch(rows: &mut RowFold, is_status_due: bool) {
    if rows.is_part_due() {
        super::hand_over(rows);
    } else if is_status_due {
        scope::post(&FromParser::Advanced { status: super::status(rows) });
    }
}

/// Hands over users while a long file is read.
pub struct WatchedRows<'r> {
    /// Receives the rows.
    pub rows: &'r mut RowFold,
}

impl RowSink for WatchedRows<'_> {
    fn accept(&mut self, row: &UserDay<'_>, invalid_value_count: u32) {
        self.rows.accept(row, invalid_value_count);
        watch(self.rows, self.rows.row_count().is_multiple_of(ROWS_PER_STATUS));
    }

    fn reject(&mut self, row: RejectedRow) {
        self.rows.reject(row);
    }

    fn invalid(&mut self, value: InvalidValue<'_>) {
        self.rows.invalid(value);
    }
}
