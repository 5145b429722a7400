//! Turns blocks of records into parts of the user table: the work of a parser, independent of the browser.

mod range_fold;

pub use range_fold::RangeFold;

use strata_core::rows::UserDay;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::splitter::Block;
use strata_core::source::mapping::MappedColumn;
use strata_core::source::parquet::ChunkReader;
use strata_core::source::{Column, ColumnMapping, InvalidValue, MatchedBy, RejectedRow, RowSink};
use strata_core::users::{RowJournal, TableMetadata, TableProblem, UserTableBuilder};
use strata_core::value::calendar::Day;

use crate::parser_protocol::{InputLayout, UsedColumn};
use crate::ranges::FileRange;

/// Number of rows after which users are handed over, so that a parser's memory stays small.
pub const PART_ROWS: u64 = 200_000;

impl InputLayout {
    /// Creates the layout of an input; `delimiter` is `None` for Parquet.
    #[must_use]
    pub fn new(name: String, delimiter: Option<u8>, mapping: &ColumnMapping) -> InputLayout {
        let columns = mapping.columns.iter();
        InputLayout {
            name,
            delimiter: delimiter.unwrap_or(0),
            header: mapping.header.clone(),
            columns: columns
                .map(|mapped| UsedColumn { column: mapped.column.to_string(), index: mapped.index })
                .collect(),
        }
    }

    /// Returns the columns that are used.
    #[must_use]
    pub fn mapping(&self) -> ColumnMapping {
        let columns = self.columns.iter().filter_map(|used| {
            let column = Column::from_name(&used.column)?;
            Some(MappedColumn { column, index: used.index, matched_by: MatchedBy::Given })
        });
        ColumnMapping { header: self.header.clone(), columns: columns.collect() }
    }
}

/// Folds rows into users and hands them over part by part.
#[derive(Debug, Default)]
pub struct Fold {
    as_of: Option<Day>,
    inputs: Vec<InputLayout>,
    decoder: Option<(u32, BlockDecoder)>,
    keeps_rows: bool,
    rows: RowFold,
}

impl Fold {
    /// Creates an empty fold for inputs with these layouts.
    #[must_use]
    pub fn new(as_of: Option<Day>, inputs: Vec<InputLayout>) -> Fold {
        let rows = RowFold::new(as_of, &inputs);
        Fold { as_of, inputs, decoder: None, keeps_rows: false, rows }
    }

    /// Also keeps the rows, to hand them over with their users.
    #[must_use]
    pub fn keeping_rows(mut self) -> Fold {
        self.keeps_rows = true;
        self.rows = self.rows.keeping_rows();
        self
    }

    /// Stops keeping rows.
    pub fn forget_rows(&mut self) {
        self.keeps_rows = false;
        self.rows.journal = None;
    }

    /// Creates a fold for one range of the input with this number, separate from all other rows because its result may
    /// be dropped.
    #[must_use]
    pub fn range(&self, file: u32, range: FileRange) -> Option<RangeFold> {
        let layout = self.input(file)?;
        let decoder = BlockDecoder::new(&layout.mapping());
        let rows = RowFold::new(self.as_of, &self.inputs);
        let rows = if self.keeps_rows { rows.keeping_rows() } else { rows };
        Some(RangeFold::new(range, file, layout.delimiter, decoder, rows))
    }

    /// Folds the bytes of a block of the input with this number, which starts on this line; returns the buffer.
    pub fn take_block(&mut self, file: u32, first_line: u64, bytes: Vec<u8>) -> Vec<u8> {
        if self.decoder.as_ref().is_none_or(|(of, _)| *of != file) {
            let layout = self.inputs.get(file as usize);
            self.decoder = layout.map(|layout| (file, BlockDecoder::new(&layout.mapping())));
        }
        let delimiter = self.input(file).map(|layout| layout.delimiter);
        let block = delimiter.and_then(|delimiter| Block::cut_before(delimiter, first_line, bytes));
        if let (Some((_, decoder)), Some(block)) = (&mut self.decoder, &block) {
            decoder.decode(block, file, &mut self.rows);
        }
        block.map(|block| block.bytes).unwrap_or_default()
    }

    /// Returns the layout of the input with this number.
    #[must_use]
    pub fn input(&self, file: u32) -> Option<&InputLayout> {
        self.inputs.get(file as usize)
    }

    /// Returns the fold for rows that are not read from blocks.
    pub fn rows(&mut self) -> &mut RowFold {
        &mut self.rows
    }
}

/// A part that is handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The users, as encoded by `UserTableBuilder::take_part`.
    pub users: Vec<u8>,
    /// The accepted rows, as encoded by `RowJournal::take`; empty if they are not kept.
    pub rows: Vec<u8>,
}

/// Accepts rows, and records what their part of the user table does not contain.
#[derive(Debug, Default)]
pub struct RowFold {
    builder: UserTableBuilder,
    /// `None` if rows are not kept.
    journal: Option<RowJournal>,
    row_count: u64,
    rows_since_part: u64,
}

impl RowFold {
    fn new(as_of: Option<Day>, inputs: &[InputLayout]) -> RowFold {
        let names = inputs.iter().map(|input| input.name.clone()).collect();
        RowFold { builder: UserTableBuilder::new(as_of, names), journal: None, row_count: 0, rows_since_part: 0 }
    }

    fn keeping_rows(mut self) -> RowFold {
        self.journal = Some(RowJournal::default());
        self
    }

    /// Returns the number of accepted rows, including those already handed over.
    #[must_use]
    pub fn row_count(&self) -> u64 {
        self.row_count
    }

    /// Whether enough rows have accumulated to hand over their users.
    #[must_use]
    pub fn is_part_due(&self) -> bool {
        self.rows_since_part >= PART_ROWS
    }

    /// Adds a user table whose inputs have the numbers from `first_file`; calls `look` at regular intervals.
    ///
    /// # Errors
    /// The table is damaged, or has another version or as-of date.
    pub fn add_table<R: ChunkReader + 'static>(
        &mut self,
        reader: R,
        metadata: &TableMetadata,
        first_file: u32,
        mut look: impl FnMut(&mut RowFold),
    ) -> Result<(), TableProblem> {
        let mut builder = std::mem::take(&mut self.builder);
        let mut rows_before = builder.accepted_row_count();
        let added = builder.merge_table_in_steps(reader, metadata, first_file, |builder| {
            let rows = builder.accepted_row_count() - rows_before;
            self.row_count += rows;
            self.rows_since_part += rows;
            std::mem::swap(&mut self.builder, builder);
            look(self);
            std::mem::swap(&mut self.builder, builder);
            rows_before = builder.accepted_row_count();
        });
        self.builder = builder;
        added
    }

    /// Returns the users and rows since the last part.
    pub fn take_part(&mut self) -> Part {
        self.rows_since_part = 0;
        let rows = self.journal.as_mut().map(RowJournal::take).unwrap_or_default();
        Part { users: self.builder.take_part(), rows }
    }
}

impl RowSink for RowFold {
    #[inline]
    fn accept(&mut self, row: &UserDay<'_>, invalid_value_count: u32) {
        self.row_count += 1;
        self.rows_since_part += 1;
        self.builder.accept(row, invalid_value_count);
        if let Some(journal) = &mut self.journal {
            journal.push(row);
        }
    }

    fn reject(&mut self, row: RejectedRow) {
        self.rows_since_part += 1;
        self.builder.reject(row);
    }

    fn invalid(&mut self, value: InvalidValue<'_>) {
        self.builder.invalid(value);
    }
}
