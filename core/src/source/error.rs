//! Errors about inputs, worded for the person who supplied them: what is wrong, where, and what to do.

use std::fmt::Write as _;
use std::io;

use thiserror::Error;

use crate::finding::excerpt;
use crate::value::calendar::Day;
use crate::value::digits::grouped;

use super::column::Column;

/// Why a header cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum HeaderProblem {
    /// The file has no bytes, or only empty lines.
    #[error("the file is empty; expected a header row with column names, such as user_id,date,total_revenue")]
    Empty,
    /// The file is encoded as UTF-16.
    #[error("the file is encoded as UTF-16; expected UTF-8: save it as \"CSV UTF-8\"")]
    Utf16,
    /// The file is a ZIP archive, which includes Excel workbooks.
    #[error(
        "the file is a ZIP archive or an Excel workbook (.xlsx), not a CSV file; export it as \"CSV UTF-8\", or unzip it first"
    )]
    Archive,
    /// The header is not text.
    #[error("line {line}: the header is not valid UTF-8; save the file as \"CSV UTF-8\"")]
    NotUtf8 {
        /// The header's line, from 1.
        line: u64,
    },
    /// A quoted column name has no closing quote.
    #[error("line {line}: a quoted column name in the header has no closing quote; add the missing \"")]
    UnclosedQuote {
        /// The header's line, from 1.
        line: u64,
    },
    /// Text follows the closing quote of a column name.
    #[error(
        "line {line}, column {position}: unexpected text after the closing quote of a column name; quote the whole name, or remove its quotes"
    )]
    TextAfterQuote {
        /// The header's line, from 1.
        line: u64,
        /// The column, from 1.
        position: usize,
    },
    /// The first line is too long for a header.
    #[error("the first line is longer than {limit_mib} MiB; expected a header row: is this a CSV file?")]
    TooLong {
        /// The longest header allowed, in MiB.
        limit_mib: usize,
    },
    /// A required column is missing.
    #[error("{}", missing_columns_message(.missing, .nearest, .found))]
    MissingColumns {
        /// The missing columns.
        missing: Vec<Column>,
        /// For each missing column, the column found with the most similar name.
        nearest: Vec<Option<String>>,
        /// The header.
        found: Vec<String>,
    },
    /// Two columns match the same known column.
    #[error("{}", column_twice_message(*.column, .names, *.positions))]
    ColumnTwice {
        /// The known column.
        column: Column,
        /// The two names found.
        names: [String; 2],
        /// Their positions, from 0.
        positions: [usize; 2],
    },
    /// None of the files has a column that the user mapped.
    #[error("{}", given_column_message(*.column, .name, .found))]
    GivenColumnMissing {
        /// The known column.
        column: Column,
        /// The name that the user gave for it.
        name: String,
        /// The header.
        found: Vec<String>,
    },
    /// The Parquet file is damaged, or one of its columns has an unsupported type.
    #[error("{}", parquet_message(.reason))]
    Parquet {
        /// The cause, as the decoder reports it.
        reason: String,
    },
}

/// The names of a header on one line; a long header is shortened.
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
    let noun = if missing.len() == 1 { "column" } else { "columns" };
    let mut text = format!("missing required {noun} {} (found: {})", names.join(" and "), listed(found));
    if found.len() == 1 {
        text.push_str("; separate the fields by a comma, semicolon, tab or vertical bar");
        return text;
    }
    for (column, near) in missing.iter().zip(nearest) {
        if let Some(name) = near {
            let name = excerpt(name.as_bytes(), 60);
            let _ = write!(text, "; if {column} is called `{name}`, add {}", map_flag(*column, &name));
        }
    }
    if nearest.iter().all(Option::is_none) {
        let flags: Vec<String> = missing.iter().map(|column| map_flag(*column, "NAME")).collect();
        let _ = write!(text, "; if they have other names in this file, add {}", flags.join(" "));
        if missing.len() == 1 {
            text = text.replace("if they have other names", "if it has another name");
        }
    }
    text
}

/// The flag that maps a column, quoted where a shell would split it.
fn map_flag(column: Column, name: &str) -> String {
    let is_plain = name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'));
    if is_plain { format!("--map {column}={name}") } else { format!("--map '{column}={name}'") }
}

fn column_twice_message(column: Column, names: &[String; 2], positions: [usize; 2]) -> String {
    let [first, second] = [excerpt(names[0].as_bytes(), 60), excerpt(names[1].as_bytes(), 60)];
    let choice =
        if first == second { String::new() } else { format!(", or choose one with {}", map_flag(column, &first)) };
    format!(
        "two columns match {column}: `{first}` (column {}) and `{second}` (column {}); rename one of them{choice}",
        positions[0] + 1,
        positions[1] + 1,
    )
}

fn given_column_message(column: Column, name: &str, found: &[String]) -> String {
    format!(
        "no column is named `{name}`, which was given for {column} (found: {}); give one of these names",
        listed(found)
    )
}

/// Damage is reported by the decoder in its own terms; a type that is not supported names its column.
fn parquet_message(reason: &str) -> String {
    match reason.strip_prefix("Parquet error: ") {
        Some(damage) => {
            format!("cannot read the Parquet file: {damage}; check that it was copied or downloaded completely")
        }
        None => format!("cannot read the Parquet file: {reason}"),
    }
}

/// An input that cannot be used.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The header cannot be used.
    #[error("{file}: {problem}")]
    Header {
        /// The file, as the user named it.
        file: String,
        /// What is wrong with it.
        problem: HeaderProblem,
    },
    /// The file could not be read or decompressed.
    #[error("{file}: {}", read_message(.file, .reason))]
    Read {
        /// The file, as the user named it.
        file: String,
        /// The cause, as the operating system or the decoder reports it.
        reason: io::Error,
    },
    /// A record exceeds the length limit, usually because a quote is not closed.
    #[error(
        "{file}, line {line}: the record starting here is longer than {limit_mib} MiB; check that this is a CSV file and that every quote is closed"
    )]
    RecordTooLong {
        /// The file, as the user named it.
        file: String,
        /// The line where the record starts, from 1.
        line: u64,
        /// The limit, in MiB.
        limit_mib: usize,
    },
    /// The files have a header but no usable rows.
    #[error("{}", no_rows_message(.files, *.rejected, .first_rejection.as_deref()))]
    NoAcceptedRow {
        /// The files.
        files: Vec<String>,
        /// The number of rejected rows.
        rejected: u64,
        /// The place of the first rejected row, why it was rejected, and its text.
        first_rejection: Option<String>,
    },
    /// The as-of date lies outside the dates of the data.
    #[error(
        "SEGMENTATION_AS_OF_DATE is {as_of}, but the data covers {first} to {last}; choose a date in that range, or leave the setting out to use the latest date"
    )]
    AsOfOutsideData {
        /// The setting.
        as_of: Day,
        /// First date of the data.
        first: Day,
        /// Last date of the data.
        last: Day,
    },
    /// `--strict` was given, and a row was rejected or a value was invalid.
    #[error("{}", strict_message(*.rejected, *.invalid, .first))]
    Strict {
        /// The number of rejected rows.
        rejected: u64,
        /// The number of unreadable cells, which would become null.
        invalid: u64,
        /// The first of them, with its place.
        first: String,
    },
}

fn read_message(file: &str, reason: &io::Error) -> String {
    match reason.kind() {
        io::ErrorKind::NotFound => "file not found; check the path".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied; check that you may read this file".to_owned(),
        io::ErrorKind::IsADirectory => {
            format!("this is a directory; name the files in it, as in {}/*.csv", file.trim_end_matches('/'))
        }
        io::ErrorKind::UnexpectedEof => {
            format!("the file ends too early ({reason}); copy or download it again")
        }
        _ => format!("cannot be read: {reason}"),
    }
}

fn no_rows_message(files: &[String], rejected: u64, first: Option<&str>) -> String {
    let files = files.join(", ");
    match (rejected, first) {
        (0, _) | (_, None) => format!("{files}: no rows after the header; check that the export is complete"),
        (rejected, Some(first)) => format!(
            "{files}: no usable rows; {} rejected. First: {first}. Each row needs a user_id and a date such as 2025-09-12",
            grouped(rejected),
        ),
    }
}

fn strict_message(rejected: u64, invalid: u64, first: &str) -> String {
    format!(
        "strict mode: {} and {}; nothing was written. First: {first}",
        counted(rejected, "rejected row"),
        counted(invalid, "unreadable cell"),
    )
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(count)) }
}
