//! Opens inputs: inspects each one and maps its columns, before any row is read.

use std::io;

use strata_core::source::compression::decompress;
use strata_core::source::{Column, ColumnMapping};
use strata_core::users::TableInput;
use strata_generate::{GenerateSpec, Generator};
use strata_protocol::Failure;
use web_sys::File;

use crate::failure;
use crate::input::{self, Format, HEAD_BYTES, Head, Input, Readiness};
use crate::parser_protocol::{OwnInput, ParquetContent};
use crate::reading::InOrder;

use super::pool::ParserPool;

/// A source of rows that the page requested.
pub enum Source {
    /// Files that the user chose.
    Files {
        /// The files, in the order given.
        files: Vec<File>,
        /// Columns that the user chose.
        given: Vec<(Column, String)>,
        /// Number of parser workers.
        parser_count: u32,
    },
    /// Sample data.
    Sample {
        /// Number of rows to generate.
        row_count: u32,
        /// Number of parser workers.
        parser_count: u32,
    },
}

impl Source {
    /// Returns the number of parser workers.
    pub fn parser_count(&self) -> u32 {
        match self {
            Source::Files { parser_count, .. } | Source::Sample { parser_count, .. } => *parser_count,
        }
    }

    /// Creates the generator of sample data with this many rows, as `strata generate` does.
    pub fn sample(row_count: u32) -> Result<Generator, Failure> {
        Generator::new(&GenerateSpec { rows: row_count.into(), ..GenerateSpec::default() })
            .map_err(|error| failure::internal(error.to_string()))
    }

    /// Inspects every input and maps its columns.
    pub async fn open(&self, pool: &ParserPool) -> Result<Readiness, Failure> {
        match self {
            Source::Files { files, given, .. } => {
                let mut inputs = Vec::with_capacity(files.len());
                for file in files {
                    inputs.push(open_file(file, pool).await?);
                }
                input::map_all(inputs, given)
            }
            Source::Sample { row_count, .. } => input::map_all(vec![open_sample(*row_count)?], &[]),
        }
    }
}

async fn open_file(file: &File, pool: &ParserPool) -> Result<Input, Failure> {
    let name = file.name();
    let head = read_head(file).map_err(|reason| failure::of_reading(&name, &reason))?;
    if head.is_parquet() {
        let ParquetContent { header, rows, made_of } = pool.look(file.clone()).await?;
        let users = |inputs: Vec<OwnInput>| Format::Users(inputs.into_iter().map(TableInput::from).collect());
        return Ok(Input {
            byte_count: byte_count(file),
            name,
            compression: head.compression,
            format: made_of.map_or(Format::Parquet, users),
            header,
            rows,
        });
    }
    Input::csv(name.clone(), byte_count(file), &head).map_err(|problem| failure::of_header(&name, &problem))
}

fn read_head(file: &File) -> io::Result<Head> {
    let (compression, mut unpacked) = decompress(InOrder::new(file.clone(), 0.0, HEAD_BYTES as f64))?;
    Head::read(compression, &mut unpacked)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is whole and not negative")]
fn byte_count(file: &File) -> u64 {
    file.size() as u64
}

fn open_sample(row_count: u32) -> Result<Input, Failure> {
    let mut generator = Source::sample(row_count)?;
    let mut bytes = generator.header().as_bytes().to_vec();
    generator.write_chunk(&mut bytes);
    let head = Head { compression: strata_core::source::compression::Compression::None, bytes, at_end: false };
    // Its size is known after it was generated.
    Input::csv("sample.csv".to_owned(), 0, &head).map_err(|problem| failure::of_header("sample.csv", &problem))
}

/// Returns the delimiter of an input; `None` for Parquet.
pub fn delimiter(input: &Input) -> Option<u8> {
    match &input.format {
        Format::Csv(header) => Some(header.delimiter),
        Format::Parquet | Format::Users(_) => None,
    }
}

/// An input and the columns that are used.
pub type MappedInput = (Input, ColumnMapping);
