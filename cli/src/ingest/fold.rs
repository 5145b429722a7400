//! Cuts and decodes the bytes of CSV inputs into a builder.

use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::CsvHeader;
use strata_core::source::csv::splitter::{Block, RecordSplitter};
use strata_core::source::{ColumnMapping, SourceError};
use strata_core::users::UserTableBuilder;

/// How the bytes of a CSV input are read.
pub struct CsvInput {
    splitter: RecordSplitter,
    decoder: BlockDecoder,
    /// The number by which rows refer to the input.
    file: u32,
    /// The input's name in messages.
    shown: String,
}

impl CsvInput {
    /// An input whose bytes begin behind this header.
    pub fn new(header: &CsvHeader, mapping: &ColumnMapping, file: u32, shown: String) -> CsvInput {
        CsvInput {
            splitter: RecordSplitter::new(header.delimiter, header.line_count),
            decoder: BlockDecoder::new(mapping),
            file,
            shown,
        }
    }
}

/// Folds the bytes of inputs, one input after the other, into a builder.
pub struct Folder {
    /// What was built so far.
    pub builder: UserTableBuilder,
    input: Option<CsvInput>,
    blocks: Vec<Block>,
}

impl Folder {
    /// A folder into this builder.
    pub fn new(builder: UserTableBuilder) -> Folder {
        Folder { builder, input: None, blocks: Vec::new() }
    }

    /// Goes on to another input.
    pub fn turn_to(&mut self, input: CsvInput) {
        self.input = Some(input);
    }

    /// Folds the next bytes of the input; says how many rows were accepted.
    ///
    /// # Errors
    /// A record is too long.
    pub fn fold(&mut self, bytes: &[u8], at_end: bool) -> Result<u64, SourceError> {
        let Some(CsvInput { splitter, decoder, file, shown }) = &mut self.input else { return Ok(0) };
        let before = self.builder.accepted_row_count();
        splitter.input().extend_from_slice(bytes);
        splitter.split(at_end, &mut self.blocks).map_err(|too_long| too_long.of_file(shown))?;
        for block in self.blocks.drain(..) {
            decoder.decode(&block, *file, &mut self.builder);
            splitter.recycle(block);
        }
        Ok(self.builder.accepted_row_count() - before)
    }
}
