//! Inputs that cannot be used, in words for the person who gave them.

use std::fmt::Write as _;
use std::io;

use thiserror::Error;

use crate::finding::excerpt;
use crate::value::calendar::Day;

use super::column::Column;

/// Why a header cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum HeaderProblem {
    /// The file has no bytes, or only empty lines.
    #[error("the file is empty: expected a header row with the column names")]
    Empty,
    /// UTF-16.
    #[error("the file is UTF-16, but UTF-8 is needed: save it again as \"CSV UTF-8\"")]
    Utf16,
    /// A ZIP archive, which is also what spreadsheets are.
    #[error(
        "the file is a ZIP archive or a spreadsheet (.xlsx), not a CSV: export it as \"CSV UTF-8\", or unpack it first"
    )]
    Archive,
    /// The header is not text.
    #[error("line {line}: the header is not UTF-8 text: save the file again as \"CSV UTF-8\"")]
    NotUtf8 {
        /// The header's line, from 1.
        line: u64,
    },
    /// A quote that is not closed.
    #[error("line {line}: a quote in the header is not closed")]
    UnclosedQuote {
        /// The header's line, from 1.
        line: u64,
    },
    /// Text after a closing quote.
    #[error("line {line}: there is text after a closing quote in the header, in column {position}")]
    TextAfterQuote {
        /// The header's line, from 1.
        line: u64,
        /// The column, from 1.
        position: usize,
    },
    /// The first line does not end.
    #[error("the first line does not end within {limit_mib} MiB: is this a CSV file?")]
    TooLong {
        /// How far was looked.
        limit_mib: usize,
    },
    /// A required column is missing.
    #[error("{}", missing_columns_message(.missing, .nearest, .found))]
    MissingColumns {
        /// What is missing.
        missing: Vec<Column>,
        /// For each, the column found whose name is nearest.
        nearest: Vec<Option<String>>,
        /// The header.
        found: Vec<String>,
    },
    /// A used column is there twice.
    #[error("{}", column_twice_message(*.column, .names, *.positions))]
    ColumnTwice {
        /// The known column.
        column: Column,
        /// The two names found.
        names: [String; 2],
        /// Their positions, from 0.
        positions: [usize; 2],
    },
    /// A column that the user mapped is in no file.
    #[error("{}", given_column_message(*.column, .name, .found))]
    GivenColumnMissing {
        /// The known column.
        column: Column,
        /// The name given for it.
        name: String,
        /// The header.
        found: Vec<String>,
    },
    /// Parquet metadata that cannot be read, or a column of a type that cannot be used.
    #[error("the Parquet file cannot be read: {reason}")]
    Parquet {
        /// What the decoder says.
        reason: String,
    },
}

/// The names of a header in one line, shortened where there are many.
fn listed(header: &[String]) -> String {
    const SHOWN: usize = 60;
    let names: Vec<String> = header.iter().take(SHOWN).map(|name| excerpt(name.as_bytes(), 60)).collect();
    let mut text = names.join(", ");
    if header.len() > SHOWN {
        let _ = write!(text, " and {} more", header.len() - SHOWN);
    }
    text
}

fn missing_columns_message(missing: &[Column], nearest: &[Option<String>], found: &[String]) -> String {
    let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let (noun, verb) = if missing.len() == 1 { ("column", "is") } else { ("columns", "are") };
    let mut text =
        format!("the required {noun} {} {verb} missing; columns found: {}", names.join(" and "), listed(found));
    for (column, near) in missing.iter().zip(nearest).filter(|_| found.len() > 1) {
        if let Some(name) = near {
            let name = excerpt(name.as_bytes(), 60);
            let _ = write!(text, "; is {column} called `{name}`? Then add --map {column}={name}");
        }
    }
    if found.len() == 1 {
        text.push_str("; fields must be separated by , ; tab or |");
    } else if nearest.iter().all(Option::is_none) {
        let _ = write!(text, "; name them with --map {}=COLUMN", names[0]);
    }
    text
}

fn column_twice_message(column: Column, names: &[String; 2], positions: [usize; 2]) -> String {
    let [first, second] = [excerpt(names[0].as_bytes(), 60), excerpt(names[1].as_bytes(), 60)];
    format!(
        "two columns could be {column}: `{first}` (column {}) and `{second}` (column {}); rename one of them{}",
        positions[0] + 1,
        positions[1] + 1,
        if first == second { String::new() } else { format!(", or choose with --map {column}={first}") },
    )
}

fn given_column_message(column: Column, name: &str, found: &[String]) -> String {
    format!("there is no column `{name}` to use as {column}; columns found: {}", listed(found))
}

/// An input that cannot be used.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The header cannot be used.
    #[error("{file}: {problem}")]
    Header {
        /// The file as the user named it.
        file: String,
        /// What is wrong with it.
        problem: HeaderProblem,
    },
    /// The bytes could not be read or unpacked.
    #[error("{file}: {}", read_message(.reason))]
    Read {
        /// The file as the user named it.
        file: String,
        /// What the system or the decoder says.
        reason: io::Error,
    },
    /// A record too long to be one.
    #[error(
        "{file}, line {line}: a record is longer than {limit_mib} MiB: is this a CSV file, and are its quotes closed?"
    )]
    RecordTooLong {
        /// The file as the user named it.
        file: String,
        /// The line where the record starts, from 1.
        line: u64,
        /// The limit.
        limit_mib: usize,
    },
    /// There is a header but not one row that can be used.
    #[error("{}", no_rows_message(.files, *.rejected, .first_rejection.as_deref()))]
    NoAcceptedRow {
        /// The files.
        files: Vec<String>,
        /// How many rows were rejected.
        rejected: u64,
        /// Where and why the first one was.
        first_rejection: Option<String>,
    },
    /// The as-of date leaves no row, or lies beyond the data.
    #[error(
        "SEGMENTATION_AS_OF_DATE is {as_of}, but the data runs from {first} to {last}: choose a date in that range"
    )]
    AsOfOutsideData {
        /// The setting.
        as_of: Day,
        /// First date of the data.
        first: Day,
        /// Last date of the data.
        last: Day,
    },
    /// `--strict` and something was wrong.
    #[error("strict mode: {rejected} rejected rows and {invalid} invalid values, so nothing was written; {first}")]
    Strict {
        /// Rows rejected.
        rejected: u64,
        /// Values that became null.
        invalid: u64,
        /// The first of them, in words.
        first: String,
    },
}

fn read_message(reason: &io::Error) -> String {
    match reason.kind() {
        io::ErrorKind::NotFound => "there is no such file: check the path".to_owned(),
        io::ErrorKind::PermissionDenied => "the file may not be read: check its permissions".to_owned(),
        io::ErrorKind::IsADirectory => "this is a directory, not a file: name the files in it".to_owned(),
        io::ErrorKind::UnexpectedEof => {
            format!("the file ends in the middle of its data ({reason}): was it copied or downloaded whole?")
        }
        _ => format!("it could not be read: {reason}"),
    }
}

fn no_rows_message(files: &[String], rejected: u64, first: Option<&str>) -> String {
    let files = files.join(", ");
    match (rejected, first) {
        (0, _) | (_, None) => format!("{files}: there is a header, but not one row of data"),
        (rejected, Some(first)) => {
            format!("{files}: not one row could be used; {rejected} were rejected, the first: {first}")
        }
    }
}
