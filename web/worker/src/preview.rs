//! The first rows of an input, shown while the user chooses the columns.

use std::borrow::Cow;

use strata_core::finding::excerpt;
use strata_core::source::csv::header::CsvHeader;
use strata_core::source::csv::splitter::{Block, BlockKind, RecordSplitter};

/// Maximum number of rows shown.
pub const PREVIEW_ROWS: usize = 8;

/// Maximum number of characters shown of a cell.
pub const PREVIEW_CHARACTERS: usize = 80;

/// Returns the first rows of a CSV file from its first bytes; `at_end` if the file ends there.
#[must_use]
pub fn csv_rows(head: &[u8], at_end: bool, header: &CsvHeader) -> Vec<Vec<String>> {
    let mut splitter = RecordSplitter::new(header.delimiter, header.line_count);
    splitter.input().extend_from_slice(head.get(header.byte_count..).unwrap_or_default());
    let mut blocks = Vec::new();
    // This few bytes cannot contain a record that is too long.
    let _ = splitter.split(at_end, &mut blocks);
    let blocks = blocks.iter().filter(|block| block.kind == BlockKind::Records);
    let mut rows = Vec::new();
    for block in blocks {
        rows.extend(block_rows(block, header.names.len()).take(PREVIEW_ROWS - rows.len()));
    }
    rows
}

/// Returns the rows of a block that are not empty lines.
fn block_rows(block: &Block, column_count: usize) -> impl Iterator<Item = Vec<String>> {
    let mut separators_before = 0;
    let mut start = 0;
    let mut records = block.fields.record_ends.iter();
    std::iter::from_fn(move || {
        loop {
            let separators_end = *records.next()? as usize;
            // The first separator precedes the block.
            let separators = &block.fields.separators()[1 + separators_before..=separators_end];
            separators_before = separators_end;
            let mut cells = Vec::with_capacity(separators.len());
            for &separator in separators {
                let end = separator as usize;
                cells.push(&block.bytes[start..end]);
                start = end + 1;
            }
            if let Some(last) = cells.last_mut() {
                *last = last.strip_suffix(b"\r").unwrap_or(last);
            }
            if cells.len() > 1 || cells.first().is_some_and(|cell| !cell.is_empty()) {
                return Some(cells.into_iter().take(column_count).map(shown).collect());
            }
        }
    })
}

/// Returns the text of a cell, shortened.
fn shown(cell: &[u8]) -> String {
    let text = match cell.strip_prefix(b"\"") {
        Some(rest) => Cow::Owned(unquoted(rest.strip_suffix(b"\"").unwrap_or(rest))),
        None => Cow::Borrowed(cell),
    };
    excerpt(&text, PREVIEW_CHARACTERS)
}

/// Replaces doubled quotes with single ones.
fn unquoted(inner: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        text.push(byte);
        if byte == b'"' {
            let _ = bytes.next_if_eq(&b'"');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use strata_core::source::csv::header::read_header;

    use super::*;

    fn rows(text: &str, at_end: bool) -> Vec<Vec<String>> {
        let header = read_header(text.as_bytes(), at_end).unwrap().unwrap();
        csv_rows(text.as_bytes(), at_end, &header)
    }

    #[test]
    fn cells_are_unquoted_and_rows_are_as_long_as_the_header() {
        let text = "a;b;c\r\n\r\n1;\"x;\"\"y\"\"\n z\";3\r\n4;5\r\n6;7;8;9\n";
        assert_eq!(rows(text, true), [&["1", "x;\"y\"\u{FFFD} z", "3"][..], &["4", "5"], &["6", "7", "8"]]);
    }

    #[test]
    fn a_row_that_is_cut_off_is_not_shown() {
        assert_eq!(rows("a,b\n1,2\n3,", false), [["1", "2"]]);
        assert_eq!(rows("a,b\n1,2\n3,", true), [["1", "2"], ["3", ""]]);
        assert!(rows("a,b\n", true).is_empty());
    }

    #[test]
    fn few_rows_and_short_cells_are_shown() {
        let long = "x".repeat(100);
        let text = format!("a,b\n{}", format!("{long},2\n").repeat(20));
        let rows = rows(&text, true);
        assert_eq!(rows.len(), PREVIEW_ROWS);
        assert_eq!(rows[0][0], format!("{}…", "x".repeat(PREVIEW_CHARACTERS)));
    }

    #[test]
    fn a_quote_that_is_not_closed_hides_only_its_row() {
        assert_eq!(rows("a,b\n1,2\n3,\"4\n5,6\n", true), [["1", "2"], ["5", "6"]]);
    }
}
