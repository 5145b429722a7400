//! Messages between the coordinator and its parsers.

use js_sys::{ArrayBuffer, Uint8Array};
use serde::{Deserialize, Serialize};
use strata_core::source::InputFile;
use strata_core::users::TableInput;
use strata_protocol::Failure;
use web_sys::File;

use crate::ranges::{FileRange, RangeOutcome};

/// What the coordinator tells a parser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToParser {
    /// Tell what is in a Parquet file. Answered by [`FromParser::Content`].
    Look {
        /// The file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: File,
    },
    /// Blocks of these inputs will follow.
    Begin {
        /// The as-of date, as days since 1970-01-01.
        as_of: Option<i32>,
        /// Every input, in order.
        inputs: Vec<InputLayout>,
        /// Whether rows are handed over beside their users.
        keeps_rows: bool,
    },
    /// Hand over no rows any more: they are too many to be kept.
    ForgetRows,
    /// Fold a block of whole CSV records. Answered by [`FromParser::Taken`].
    Block {
        /// Which input, from 0.
        file: u32,
        /// Physical line on which the first record starts, from 1.
        first_line: f64,
        /// How many bytes of the buffer are the block.
        byte_count: u32,
        /// The bytes; transferred.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        buffer: ArrayBuffer,
    },
    /// Read and fold a range of a plain CSV file. Answered by [`FromParser::Range`].
    Range {
        /// Which input, from 0.
        input: u32,
        /// The file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: File,
        /// Which of its bytes.
        range: FileRange,
    },
    /// Fold a whole Parquet file, of rows or of users. Answered by [`FromParser::Taken`].
    Parquet {
        /// Which input, from 0; of a user table the first of its own.
        number: u32,
        /// Whether it holds users.
        has_users: bool,
        /// The file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: File,
    },
    /// Hand over what is left. Answered by [`FromParser::Finished`].
    Finish,
}

/// How an input's rows are laid out.
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
    /// The contract's name.
    pub column: String,
    /// Its position in the file, from 0.
    pub index: usize,
}

/// What a parser tells the coordinator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromParser {
    /// The parser can take messages.
    Ready,
    /// What is in a Parquet file.
    Content(ParquetContent),
    /// Users of some rows, for the coordinator's table.
    Part {
        /// As `UserTableBuilder::take_part` makes them; transferred.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        users: Uint8Array,
        /// The rows, as `RowJournal::take` makes them; transferred. Empty where they are not kept.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        rows: Uint8Array,
        /// How far the parser is.
        status: ParserStatus,
    },
    /// A range is read.
    Range {
        /// What it came to.
        outcome: RangeOutcome,
        /// Its users, as `UserTableBuilder::take_part` makes them; transferred.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        users: Uint8Array,
        /// Its rows, as `RowJournal::take` makes them; transferred. Empty where they are not kept.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        rows: Uint8Array,
        /// How far the parser is.
        status: ParserStatus,
    },
    /// A file is being read.
    Advanced {
        /// How far the parser is.
        status: ParserStatus,
    },
    /// A block or a file is done with.
    Taken {
        /// The block's buffer, to be used again; transferred. `undefined` for a file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        buffer: wasm_bindgen::JsValue,
        /// How far the parser is.
        status: ParserStatus,
    },
    /// All was handed over.
    Finished {
        /// How far the parser is.
        status: ParserStatus,
    },
    /// Reading cannot go on.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// What is in a Parquet file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParquetContent {
    /// The column names; of a user table those that its rows had.
    pub header: Vec<String>,
    /// The first rows; none of a user table.
    pub rows: Vec<Vec<String>>,
    /// The inputs that a user table was made of; not there where the file holds rows.
    pub made_of: Option<Vec<OwnInput>>,
}

/// An input of a user table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnInput {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub byte_count: u64,
    /// The hash of its bytes.
    pub blake3: String,
    /// Whether it had the same bytes as another, so that it was not read.
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

/// How far a parser is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ParserStatus {
    /// Rows accepted, but for those of ranges, which their outcome tells.
    pub row_count: f64,
    /// Memory in use, bytes.
    pub memory_bytes: f64,
    /// Where in a Parquet file it reads, bytes from its start.
    pub position: f64,
    /// Bytes read of the current range.
    pub range_bytes: f64,
}
