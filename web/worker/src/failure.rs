//! Failures in words for people: what went wrong, where, and what to do next.

use std::io;

use strata_core::finding::excerpt;
use strata_core::settings::SettingError;
use strata_core::source::csv::splitter::RecordTooLong;
use strata_core::source::{HeaderProblem, SourceError};
use strata_core::users::TableProblem;
use strata_core::value::digits::grouped;
use strata_protocol::{Failure, FailureKind};

use crate::memory::{Excess, MUCH};
use crate::ranges::Unjoinable;

/// Advice for a table that does not fit into a browser tab.
const COMMAND_LINE: &str = "Use the command line program, which has no such limit: strata segment FILE --out segments/";

/// Maximum number of header names shown, and of characters in each.
const NAMES_SHOWN: usize = 30;
const NAME_CHARACTERS: usize = 60;

fn failure(kind: FailureKind, title: impl Into<String>, detail: impl Into<String>, advice: &str) -> Failure {
    Failure { kind, title: title.into(), detail: detail.into(), advice: advice.to_owned() }
}

/// A failure that concerns an input.
#[must_use]
pub fn input(title: impl Into<String>, detail: impl Into<String>, advice: &str) -> Failure {
    failure(FailureKind::Input, title, detail, advice)
}

/// A defect in Strata itself.
#[must_use]
pub fn internal(what: impl Into<String>) -> Failure {
    failure(
        FailureKind::Internal,
        "Something went wrong in Strata",
        what,
        "Reload the page and try again. If it happens again, please report it with the text above.",
    )
}

/// A request for results before any table was loaded.
#[must_use]
pub fn nothing_loaded() -> Failure {
    internal("Results were requested before a table was loaded.")
}

/// An empty selection of files.
#[must_use]
pub fn no_input() -> Failure {
    input("No file was chosen", "There is nothing to read.", "Choose one or more CSV or Parquet files.")
}

/// A setting that is not valid.
#[must_use]
pub fn of_setting(error: &SettingError) -> Failure {
    failure(
        FailureKind::Setting,
        "A setting is not valid",
        format!("{error}."),
        "Change the setting. The results shown are those of the last valid settings.",
    )
}

/// A table that does not fit into the memory of a browser tab.
#[must_use]
pub fn of_memory(excess: Excess) -> Failure {
    let detail = match excess {
        Excess::Now { bytes } => format!("Reading it took {} of memory; a tab has about 4 GB.", gigabytes(bytes)),
        Excess::Projected { bytes } => {
            format!("Reading all of it would take about {} of memory; a tab has about 4 GB.", gigabytes(bytes))
        }
    };
    failure(FailureKind::Memory, "This table is too large for a browser tab", detail, COMMAND_LINE)
}

/// The program ended without a panic while it used this much memory. If that is a lot, it ran out of memory.
#[must_use]
pub fn of_end(memory_bytes: f64, error: &str) -> Failure {
    if memory_bytes > MUCH {
        return of_memory(Excess::Now { bytes: memory_bytes });
    }
    internal(format!("The worker stopped: {error}"))
}

/// A compressed Parquet file that is too large to be decompressed in memory.
#[must_use]
pub fn of_packed_parquet(file: &str, limit_bytes: u64) -> Failure {
    failure(
        FailureKind::Memory,
        "This file is too large for a browser tab",
        format!(
            "{file}: Parquet inside gzip or zstd is unpacked in memory, and it is larger than {}.",
            gigabytes(limit_bytes as f64)
        ),
        "Unpack the file first and choose the .parquet file itself, or use the command line program: \
         strata segment FILE --out segments/",
    )
}

/// A user table that cannot be used.
#[must_use]
pub fn of_user_table(file: &str, problem: &TableProblem) -> Failure {
    match problem {
        TableProblem::Damaged { reason } => input(
            "The user table cannot be read",
            format!("{file}: {reason}."),
            "Create it again with strata reduce or with the statement that strata sql prints, or choose the files with the daily rows.",
        ),
        TableProblem::OtherVersion { found } => input(
            "The user table was created by another version",
            format!("{file} has version {found}, which this page does not read."),
            "Create it again from the daily rows with this version of strata reduce, or choose the files with the daily rows.",
        ),
        TableProblem::OtherAsOf { table, asked } => input(
            "The user table was created with another as-of date",
            format!(
                "{file} was created with the as-of date {table}, but the as-of date is now {}; per-user totals cannot be limited to another date.",
                asked.map_or_else(|| "not set".to_owned(), |day| day.to_string())
            ),
            &format!("Set the as-of date to {table}, or choose the files with the daily rows."),
        ),
        TableProblem::DaysAfterAsOf { date, as_of } => input(
            "The user table has days after the as-of date",
            format!(
                "{file} has rows up to {date} or later, but the as-of date is {as_of}; per-user totals cannot be limited to another date."
            ),
            "Clear the as-of date, or choose the files with the daily rows.",
        ),
    }
}

/// Two user tables that contain the rows of the same file.
#[must_use]
pub fn of_shared_input(table: &str, shared: &str) -> Failure {
    input(
        "Two user tables contain the same rows",
        format!("{table} and another file were both created from {shared}, whose rows would be counted twice."),
        "Choose one of the tables, or add to one of them with strata reduce --append.",
    )
}

fn gigabytes(bytes: f64) -> String {
    format!("{:.1} GB", bytes / 1e9)
}

/// An input that cannot be used.
#[must_use]
pub fn of_source(error: &SourceError) -> Failure {
    match error {
        SourceError::Header { file, problem } => of_header(file, problem),
        SourceError::Read { file, reason } => of_reading(file, reason),
        SourceError::RecordTooLong { file, line, limit_mib } => input(
            "The file does not look like a table",
            format!("{file}, line {line}: the row that starts here is longer than {limit_mib} MiB."),
            "Check that it is a CSV file and that every quote in it is closed.",
        ),
        SourceError::NoAcceptedRow { files, rejected: 0, .. } => input(
            "The file has no rows",
            format!("{}: there is a header but no data.", files.join(", ")),
            "Check whether the export finished.",
        ),
        SourceError::NoAcceptedRow { files, rejected, first_rejection } => input(
            "No usable rows",
            format!(
                "{}: {} rejected. First: {}",
                files.join(", "),
                grouped(*rejected),
                first_rejection.as_deref().unwrap_or_default(),
            ),
            "Every row needs a user ID, a date (YYYY-MM-DD) and as many fields as the header.",
        ),
        SourceError::AsOfOutsideData { as_of, first, last } => failure(
            FailureKind::Setting,
            "The as-of date is outside the data",
            format!("The as-of date is {as_of}, but the data runs from {first} to {last}."),
            "Choose a date within that range.",
        ),
        SourceError::Strict { .. } => internal(error.to_string()),
    }
}

/// Bytes that could not be read or decompressed.
#[must_use]
pub fn of_reading(file: &str, reason: &io::Error) -> Failure {
    match reason.kind() {
        io::ErrorKind::UnexpectedEof => input(
            "The file is not complete",
            format!("{file} ends in the middle of its data ({reason})."),
            "Copy or download it again, then choose it again.",
        ),
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => input(
            "The file can no longer be read",
            format!("{file} was changed, moved or removed after it was chosen."),
            "Choose it again.",
        ),
        _ => input(
            "The file cannot be read",
            format!("{file}: {reason}"),
            "It may be damaged. Copy, download or export it again.",
        ),
    }
}

/// A file whose ranges cannot be joined.
#[must_use]
pub fn of_joining(file: &str, reason: Unjoinable) -> Failure {
    match reason {
        Unjoinable::RecordTooLong { line } => of_source(&RecordTooLong { line }.of_file(file)),
        Unjoinable::Changed => of_reading(file, &io::ErrorKind::NotFound.into()),
    }
}

/// A header that cannot be used.
#[must_use]
pub fn of_header(file: &str, problem: &HeaderProblem) -> Failure {
    match problem {
        HeaderProblem::Empty => input(
            "The file is empty",
            format!("{file} has no content, or only empty lines."),
            "Choose a file whose first line names the columns.",
        ),
        HeaderProblem::Utf16 => input(
            "The file is UTF-16, not UTF-8",
            format!("{file} contains text with two bytes per character."),
            "Save it again as \"CSV UTF-8\".",
        ),
        HeaderProblem::Archive => input(
            "The file is a spreadsheet or a ZIP archive",
            format!("{file} is not a CSV file."),
            "Export the sheet as \"CSV UTF-8\", or unpack the archive first.",
        ),
        HeaderProblem::NotUtf8 { line } => input(
            "The file does not look like a table",
            format!("{file}, line {line}: the header is not UTF-8 text."),
            "If it is a CSV file, save it again as \"CSV UTF-8\".",
        ),
        HeaderProblem::UnclosedQuote { line } => input(
            "The header cannot be read",
            format!("{file}, line {line}: a quote in the header is not closed."),
            "Correct the first line, or export the file again.",
        ),
        HeaderProblem::TextAfterQuote { line, position } => input(
            "The header cannot be read",
            format!("{file}, line {line}, column {position}: there is text after a closing quote."),
            "Correct the first line, or export the file again.",
        ),
        HeaderProblem::TooLong { limit_mib } => input(
            "The file does not look like a table",
            format!("{file}: the first line does not end within {limit_mib} MiB."),
            "Check that it is a CSV file.",
        ),
        HeaderProblem::MissingColumns { missing, found, .. } => {
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            input(
                "A required column is missing",
                format!("{file}: there is no {}. Columns found: {}.", missing.join(" and no "), listed(found)),
                "Choose the columns that hold the user ID and the date.",
            )
        }
        HeaderProblem::ColumnTwice { column, names, positions } => input(
            "Two columns could be the same",
            format!(
                "{file}: {} (column {}) and {} (column {}) could both be {column}.",
                name(&names[0]),
                positions[0] + 1,
                name(&names[1]),
                positions[1] + 1,
            ),
            "Rename one of them in the file.",
        ),
        HeaderProblem::GivenColumnMissing { column, name: given, found } => input(
            "A chosen column is missing",
            format!("No file has a column {} to use as {column}. Columns found: {}.", name(given), listed(found)),
            "Choose another column.",
        ),
        HeaderProblem::Parquet { reason } => of_parquet(file, reason),
    }
}

fn of_parquet(file: &str, reason: &str) -> Failure {
    input(
        "The Parquet file cannot be read",
        format!("{file}: {reason}"),
        "It may be damaged, or contain a column of a type that Strata does not read. Write it again, or export a CSV file.",
    )
}

/// Parquet that is so damaged that its decoder panicked.
#[must_use]
pub fn of_damaged_parquet(file: &str) -> Failure {
    input(
        "The Parquet file is damaged",
        format!("{file}: the columns in it cannot be decoded."),
        "Copy or download it again and check that it is complete, or write it again.",
    )
}

fn name(text: &str) -> String {
    format!("\u{201c}{}\u{201d}", excerpt(text.as_bytes(), NAME_CHARACTERS))
}

fn listed(header: &[String]) -> String {
    let names = header.iter().take(NAMES_SHOWN).map(|name| excerpt(name.as_bytes(), NAME_CHARACTERS));
    let text = names.collect::<Vec<_>>().join(", ");
    match header.len().saturating_sub(NAMES_SHOWN) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use strata_core::source::Column;
    use strata_core::value::calendar::Day;

    use super::*;

    fn text(failure: &Failure) -> String {
        format!("{:?} | {} | {} | {}", failure.kind, failure.title, failure.detail, failure.advice)
    }

    fn of(problem: HeaderProblem) -> String {
        text(&of_source(&SourceError::Header { file: "may.csv".to_owned(), problem }))
    }

    #[test]
    fn user_tables_that_cannot_be_used() {
        let day = |text: &str| Day::parse(text.as_bytes()).unwrap();
        let of = |problem: TableProblem| text(&of_user_table("users.parquet", &problem));
        assert_eq!(
            of(TableProblem::OtherVersion { found: 9 }),
            "Input | The user table was created by another version | users.parquet has version 9, which this page does not \
             read. | Create it again from the daily rows with this version of strata reduce, or choose the files with the daily \
             rows."
        );
        assert_eq!(
            of(TableProblem::OtherAsOf { table: day("2024-03-01"), asked: None }),
            "Input | The user table was created with another as-of date | users.parquet was created with the as-of date \
             2024-03-01, but the as-of date is now not set; per-user totals cannot be limited to another date. | Set the \
             as-of date to 2024-03-01, or choose the files with the daily rows."
        );
        assert_eq!(
            of(TableProblem::DaysAfterAsOf { date: day("2024-03-02"), as_of: day("2024-03-01") }),
            "Input | The user table has days after the as-of date | users.parquet has rows up to 2024-03-02 or \
             later, but the as-of date is 2024-03-01; per-user totals cannot be limited to another date. | Clear the as-of \
             date, or choose the files with the daily rows."
        );
    }

    #[test]
    fn headers_that_cannot_be_used() {
        assert_eq!(
            of(HeaderProblem::Empty),
            "Input | The file is empty | may.csv has no content, or only empty lines. | \
             Choose a file whose first line names the columns."
        );
        assert_eq!(
            of(HeaderProblem::Utf16),
            "Input | The file is UTF-16, not UTF-8 | may.csv contains text with two bytes per character. | \
             Save it again as \"CSV UTF-8\"."
        );
        assert_eq!(
            of(HeaderProblem::NotUtf8 { line: 2 }),
            "Input | The file does not look like a table | may.csv, line 2: the header is not UTF-8 text. | \
             If it is a CSV file, save it again as \"CSV UTF-8\"."
        );
        assert_eq!(
            of(HeaderProblem::TextAfterQuote { line: 1, position: 3 }),
            "Input | The header cannot be read | may.csv, line 1, column 3: there is text after a closing quote. | \
             Correct the first line, or export the file again."
        );
        assert_eq!(
            of(HeaderProblem::ColumnTwice {
                column: Column::Date,
                names: ["date".to_owned(), "date".to_owned()],
                positions: [1, 4],
            }),
            "Input | Two columns could be the same | \
             may.csv: “date” (column 2) and “date” (column 5) could both be date. | Rename one of them in the file."
        );
        assert_eq!(
            of(HeaderProblem::GivenColumnMissing {
                column: Column::TotalRevenue,
                name: "rev".to_owned(),
                found: vec!["user_id".to_owned(), "date\n".to_owned()],
            }),
            "Input | A chosen column is missing | No file has a column “rev” to use as total_revenue. \
             Columns found: user_id, date\u{FFFD}. | Choose another column."
        );
    }

    #[test]
    fn damaged_parquet() {
        assert_eq!(
            text(&of_damaged_parquet("a.parquet")),
            "Input | The Parquet file is damaged | a.parquet: the columns in it cannot be decoded. | \
             Copy or download it again and check that it is complete, or write it again."
        );
        assert_eq!(
            of(HeaderProblem::Parquet { reason: "column user_id has the type List, which cannot be read".to_owned() }),
            "Input | The Parquet file cannot be read | \
             may.csv: column user_id has the type List, which cannot be read | \
             It may be damaged, or contain a column of a type that Strata does not read. Write it again, or export a CSV file."
        );
    }

    #[test]
    fn tables_without_rows() {
        let error = |rejected, first: Option<&str>| SourceError::NoAcceptedRow {
            files: vec!["a.csv".to_owned(), "b.csv".to_owned()],
            rejected,
            first_rejection: first.map(str::to_owned),
        };
        assert_eq!(
            text(&of_source(&error(0, None))),
            "Input | The file has no rows | a.csv, b.csv: there is a header but no data. | \
             Check whether the export finished."
        );
        assert_eq!(
            text(&of_source(&error(3_000, Some("a.csv line 2: empty user_id: ,x")))),
            "Input | No usable rows | \
             a.csv, b.csv: 3,000 rejected. First: a.csv line 2: empty user_id: ,x | \
             Every row needs a user ID, a date (YYYY-MM-DD) and as many fields as the header."
        );
    }

    #[test]
    fn files_that_cannot_be_read() {
        let read = |kind: io::ErrorKind| text(&of_reading("a.csv.gz", &io::Error::new(kind, "what the browser says")));
        assert_eq!(
            read(io::ErrorKind::UnexpectedEof),
            "Input | The file is not complete | \
             a.csv.gz ends in the middle of its data (what the browser says). | \
             Copy or download it again, then choose it again."
        );
        assert_eq!(
            read(io::ErrorKind::PermissionDenied),
            "Input | The file can no longer be read | \
             a.csv.gz was changed, moved or removed after it was chosen. | Choose it again."
        );
        assert!(read(io::ErrorKind::InvalidInput).starts_with("Input | The file cannot be read | a.csv.gz: "));
    }

    #[test]
    fn settings_and_memory() {
        let [as_of, first, last] =
            ["2024-05-01", "2024-01-01", "2024-03-31"].map(|day| Day::parse(day.as_bytes()).unwrap());
        assert_eq!(
            text(&of_source(&SourceError::AsOfOutsideData { as_of, first, last })),
            "Setting | The as-of date is outside the data | \
             The as-of date is 2024-05-01, but the data runs from 2024-01-01 to 2024-03-31. | \
             Choose a date within that range."
        );
        assert_eq!(of_end(3.5e9, "unreachable").kind, FailureKind::Memory);
        assert_eq!(of_end(1e8, "unreachable").detail, "The worker stopped: unreachable");
        assert_eq!(
            text(&of_memory(Excess::Projected { bytes: 5.25e9 })),
            "Memory | This table is too large for a browser tab | \
             Reading all of it would take about 5.2 GB of memory; a tab has about 4 GB. | \
             Use the command line program, which has no such limit: strata segment FILE --out segments/"
        );
    }
}
