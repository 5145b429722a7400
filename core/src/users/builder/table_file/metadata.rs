//! What the file's metadata adds to the columns: the inputs, and what only the rows showed.

use serde::{Deserialize, Serialize};

use crate::finding::Tally;
use crate::source::{InputFile, RejectReason, RejectedRow};
use crate::value::calendar::Day;

use super::super::super::quality::{RowKey, RowTallies, row_place};
use super::TableProblem;
use super::schema::VERSION;

/// An input of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInput {
    /// The file, by its bytes.
    pub file: InputFile,
    /// Whether it has the same bytes as another input, so that it was not read.
    pub is_repeated: bool,
}

/// The metadata of a table.
#[derive(Clone, Debug, Default)]
pub struct TableMetadata {
    /// The as-of date, where one was set.
    pub as_of: Option<Day>,
    /// The inputs in order; none if the table comes from SQL.
    pub inputs: Vec<TableInput>,
    pub(super) rows_with_invalid_values: u64,
    pub(super) invalid_values: Tally<RowKey>,
    pub(super) rejected: Vec<RejectedRow>,
}

impl TableMetadata {
    /// What a builder knows about its rows.
    #[cfg(feature = "user-table-writer")]
    pub(super) fn new(
        as_of: Option<Day>,
        inputs: Vec<TableInput>,
        tallies: &RowTallies,
        mut rejected: Vec<RejectedRow>,
    ) -> TableMetadata {
        rejected.sort();
        TableMetadata {
            as_of,
            inputs,
            rows_with_invalid_values: tallies.rows_with_invalid_values,
            invalid_values: tallies.invalid_values.clone(),
            rejected,
        }
    }

    /// Counts and examples that go to a builder whose inputs have these numbers from `first_file` on.
    pub(super) fn tallies(&self, first_file: u32) -> RowTallies {
        let moved = |((file, line), text): &(RowKey, String)| ((file + first_file, *line), text.clone());
        let examples = self.invalid_values.examples().iter().map(moved).collect();
        RowTallies {
            rows_with_invalid_values: self.rows_with_invalid_values,
            invalid_values: Tally::from_parts(self.invalid_values.count(), examples),
            ..RowTallies::default()
        }
    }

    #[cfg(feature = "user-table-writer")]
    pub(super) fn to_json(&self) -> serde_json::Result<String> {
        let inputs = self.inputs.iter().map(|input| InputForm {
            name: input.file.name.clone(),
            bytes: input.file.byte_count,
            blake3: input.file.blake3.clone(),
            repeated: input.is_repeated,
        });
        let examples = self.invalid_values.examples().iter();
        serde_json::to_string(&Form {
            version: VERSION,
            as_of: self.as_of.map(|day| day.to_string()),
            inputs: inputs.collect(),
            rows_with_invalid_values: self.rows_with_invalid_values,
            invalid_values: InvalidForm {
                count: self.invalid_values.count(),
                examples: examples
                    .map(|((file, line), text)| ExampleForm {
                        file: *file,
                        line: *line,
                        text: place(&self.inputs, *file, *line) + text,
                    })
                    .collect(),
            },
            rejected_rows: self.rejected.iter().map(RejectedForm::new).collect(),
        })
    }

    pub(super) fn from_json(text: &str) -> Result<TableMetadata, TableProblem> {
        let damaged = |reason: String| TableProblem::Damaged { reason: format!("its metadata: {reason}") };
        // The version first: another one may have other fields.
        let version: VersionForm = serde_json::from_str(text).map_err(|reason| damaged(reason.to_string()))?;
        if version.version != VERSION {
            return Err(TableProblem::OtherVersion { found: version.version });
        }
        let form: Form = serde_json::from_str(text).map_err(|reason| damaged(reason.to_string()))?;
        let as_of = match form.as_of {
            None => None,
            Some(text) => {
                let day = Day::parse(text.as_bytes());
                Some(day.ok_or_else(|| damaged(format!("as_of is `{text}`, expected YYYY-MM-DD")))?)
            }
        };
        let input_count = form.inputs.len();
        let is_known = |file: u32| (file as usize) < input_count;
        let invalid = form.invalid_values;
        if !invalid.examples.iter().all(|example| is_known(example.file))
            || !form.rejected_rows.iter().all(|row| is_known(row.file))
        {
            return Err(damaged("a row is of an input that is not listed".to_owned()));
        }
        let inputs = form.inputs.into_iter().map(|input| TableInput {
            file: InputFile { name: input.name, byte_count: input.bytes, blake3: input.blake3 },
            is_repeated: input.repeated,
        });
        let inputs: Vec<TableInput> = inputs.collect();
        let examples = invalid.examples.into_iter().map(|ExampleForm { file, line, text }| {
            let text = text.strip_prefix(&place(&inputs, file, line)).unwrap_or(&text).to_owned();
            ((file, line), text)
        });
        let invalid_values = Tally::from_parts(invalid.count, examples.collect());
        Ok(TableMetadata {
            as_of,
            inputs,
            rows_with_invalid_values: form.rows_with_invalid_values,
            invalid_values,
            rejected: form.rejected_rows.into_iter().map(RejectedForm::into_row).collect(),
        })
    }
}

/// How the file's texts about a row begin.
fn place(inputs: &[TableInput], file: u32, line: u64) -> String {
    row_place(inputs.get(file as usize).map_or("", |input| &input.file.name), line)
}

#[derive(Deserialize)]
struct VersionForm {
    version: i64,
}

#[derive(Serialize, Deserialize)]
struct Form {
    version: i64,
    as_of: Option<String>,
    inputs: Vec<InputForm>,
    rows_with_invalid_values: u64,
    invalid_values: InvalidForm,
    rejected_rows: Vec<RejectedForm>,
}

#[derive(Serialize, Deserialize)]
struct InputForm {
    name: String,
    bytes: u64,
    blake3: String,
    repeated: bool,
}

#[derive(Serialize, Deserialize)]
struct InvalidForm {
    count: u64,
    examples: Vec<ExampleForm>,
}

#[derive(Serialize, Deserialize)]
struct ExampleForm {
    file: u32,
    line: u64,
    text: String,
}

#[derive(Serialize, Deserialize)]
struct RejectedForm {
    file: u32,
    line: u64,
    reason: ReasonForm,
    row: BytesForm,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReasonForm {
    FieldCount { found: usize, expected: usize },
    EmptyUserId,
    Date,
    TextAfterQuote,
    InvalidUtf8,
    UnclosedQuote,
}

/// Bytes, as text where they are.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum BytesForm {
    Text(String),
    Bytes(Vec<u8>),
}

impl RejectedForm {
    #[cfg(feature = "user-table-writer")]
    fn new(row: &RejectedRow) -> RejectedForm {
        let reason = match row.reason {
            RejectReason::FieldCount { found, expected } => ReasonForm::FieldCount { found, expected },
            RejectReason::EmptyUserId => ReasonForm::EmptyUserId,
            RejectReason::Date => ReasonForm::Date,
            RejectReason::TextAfterQuote => ReasonForm::TextAfterQuote,
            RejectReason::InvalidUtf8 => ReasonForm::InvalidUtf8,
            RejectReason::UnclosedQuote => ReasonForm::UnclosedQuote,
        };
        let text = std::str::from_utf8(&row.row);
        let row_form = text.map_or_else(|_| BytesForm::Bytes(row.row.clone()), |text| BytesForm::Text(text.to_owned()));
        RejectedForm { file: row.file, line: row.line, reason, row: row_form }
    }

    fn into_row(self) -> RejectedRow {
        let reason = match self.reason {
            ReasonForm::FieldCount { found, expected } => RejectReason::FieldCount { found, expected },
            ReasonForm::EmptyUserId => RejectReason::EmptyUserId,
            ReasonForm::Date => RejectReason::Date,
            ReasonForm::TextAfterQuote => RejectReason::TextAfterQuote,
            ReasonForm::InvalidUtf8 => RejectReason::InvalidUtf8,
            ReasonForm::UnclosedQuote => RejectReason::UnclosedQuote,
        };
        let row = match self.row {
            BytesForm::Text(text) => text.into_bytes(),
            BytesForm::Bytes(bytes) => bytes,
        };
        RejectedRow { file: self.file, line: self.line, reason, row }
    }
}
