//! Messages between the coordinator and its parsers.

use js_sys::{ArrayBuffer, Uint8Array};
use serde::{Deserialize, Serialize};
use strata_core::source::InputFile;
use strata_core::users::TableInput;
use strata_protocol::Failure;
use web_sys::File;

use crate::ranges::{FileRange, RangeOutcome};

/// A message from the coordinator to a parser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToParser {
    /// Describe the contents of a Parquet file. Answered by [`FromParser::Content`].
    Look {
        /// The file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: File,
    },
    /// Blocks of these inputs follow.
    Begin {
        /// The as-of date, as days since 1970-01-01.
        as_of: Option<i32>,
        /// Every input, in order.
        inputs: Vec<InputLayout>,
        /// Whether to return rows as well as users.
        keeps_rows: bool,
    },
    /// Stop returning rows: there are too many to be kept.
    ForgetRows,
    /// Fold a block of complete CSV records. Answered by [`FromParser::Taken`].
    Block {
        /// Which input, from 0.
        file: u32,
        /// Physical line on which the first record starts, from 1.
        first_line: f64,
        /// Length of the block in the buffer, in bytes.
        byte_count: u32,
        /// The bytes; transferred.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        buffer: ArrayBuffer,
    },
    /// Read and fold a range of an uncompressed CSV file. Answered by [`FromParser::Range`].
    Range {
        /// Which input, from 0.
        input: u32,
        /// The file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: File,
        /// The range of bytes.
        range: FileRange,
    },
    /// Fold a complete Parquet file of rows or users. Answered by [`FromParser::Taken`].
    Parquet {
        /// Number of the input, from 0; for a user table, of the first input that it was built from.
        number: u32,
        /// Whether it contains users.
        has_users: bool,
        /// The file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: File,
    },
    /// Return the remaining users and rows. Answered by [`FromParser::Finished`].
    Finish,
}

/// The layout of an input's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputLayout {
    /// The input's name, for messages.
    pub name: String,
    /// The byte between fields; 0 for Parquet.
    pub delimiter: u8,
    /// The column names.
    pub header: Vec<String>,
    /// The columns that are used.
    pub columns: Vec<UsedColumn>,
}

/// A column that is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedColumn {
    /// The column's name in the input format.
    pub column: String,
    /// Its position in the file, from 0.
    pub index: usize,
}

/// A message from a parser to the coordinator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromParser {
    /// The parser accepts messages.
    Ready,
    /// The contents of a Parquet file.
    Content(ParquetContent),
    /// Users of some rows, to be merged into the coordinator's table.
    Part {
        /// The users, as encoded by `UserTableBuilder::take_part`; transferred.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        users: Uint8Array,
        /// The rows, as encoded by `RowJournal::take`; transferred. Empty if they are not kept.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        rows: Uint8Array,
        /// The parser's progress.
        status: ParserStatus,
    },
    /// A range has been read.
    Range {
        /// The outcome.
        outcome: RangeOutcome,
        /// The users, as encoded by `UserTableBuilder::take_part`; transferred.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        users: Uint8Array,
        /// The rows, as encoded by `RowJournal::take`; transferred. Empty if they are not kept.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        rows: Uint8Array,
        /// The parser's progress.
        status: ParserStatus,
    },
    /// Progress within a file.
    Advanced {
        /// The parser's progress.
        status: ParserStatus,
    },
    /// A block or a file has been processed.
    Taken {
        /// The block's buffer, for reuse; transferred. `undefined` for a file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        buffer: wasm_bindgen::JsValue,
        /// The parser's progress.
        status: ParserStatus,
    },
    /// Everything has been handed over.
    Finished {
        /// The parser's progress.
        status: ParserStatus,
    },
    /// Reading failed.
    Failed {
        /// The reason.
        failure: Failure,
    },
}

/// The contents of a Parquet file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParquetContent {
    /// The column names; for a user table, those of the rows that it was built from.
    pub header: Vec<String>,
    /// The first rows; empty for a user table.
    pub rows: Vec<Vec<String>>,
    /// The inputs that a user table was built from; `None` if the file contains rows.
    pub made_of: Option<Vec<OwnInput>>,
}

/// An input that a user table was built from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnInput {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub byte_count: u64,
    /// The hash of its bytes.
    pub blake3: String,
    /// Whether it was skipped because another input had the same bytes.
    pub is_repeated: bool,
}

impl From<TableInput> for OwnInput {
    fn from(input: TableInput) -> OwnInput {
        let InputFile { name, byte_count, blake3 } = input.file;
        OwnInput { name, byte_count, blake3, is_repeated: input.is_repeated }
    }
}

impl From<OwnInput> for TableInput {
    fn from(input: OwnInput) -> TableInput {
        let OwnInput { name, byte_count, blake3, is_repeated } = input;
        TableInput { file: InputFile { name, byte_count, blake3 }, is_repeated }
    }
}

/// Progress of a parser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParserStatus {
    /// Accepted rows, except those of ranges, which are part of their outcome.
    pub row_count: f64,
    /// Memory in use, in bytes.
    pub memory_bytes: f64,
    /// Position in a Parquet file, in bytes from its start.
    pub position: f64,
    /// Bytes read of the current range.
    pub range_bytes: f64,
}
