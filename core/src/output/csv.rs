//! CSV files: RFC 4180, line feeds, empty cells for null.

pub mod table;
pub mod tables;
pub mod users;

use std::io::{self, Write};

use crate::source::csv::push_field;

/// Bytes gathered before they are passed to the writer.
const PIECE_BYTES: usize = 64 * 1024;

/// Gathers cells and rows, and passes them to the writer in chunks.
pub(super) struct RowWriter<'w> {
    out: &'w mut dyn Write,
    buffer: Vec<u8>,
    is_row_start: bool,
    spreadsheet_safe: bool,
}

impl<'w> RowWriter<'w> {
    pub fn new(out: &'w mut dyn Write, spreadsheet_safe: bool) -> RowWriter<'w> {
        RowWriter { out, buffer: Vec::with_capacity(PIECE_BYTES + 4096), is_row_start: true, spreadsheet_safe }
    }

    /// Starts a cell and returns the buffer for its bytes, which must not need quotes.
    pub fn plain_cell(&mut self) -> &mut Vec<u8> {
        if !self.is_row_start {
            self.buffer.push(b',');
        }
        self.is_row_start = false;
        &mut self.buffer
    }

    /// Writes an empty cell.
    pub fn null(&mut self) {
        self.plain_cell();
    }

    /// Writes a word that needs no quotes.
    pub fn word(&mut self, word: &str) {
        self.plain_cell().extend_from_slice(word.as_bytes());
    }

    /// Writes a value whose text needs no quotes.
    pub fn display(&mut self, value: impl std::fmt::Display) -> io::Result<()> {
        write!(self.plain_cell(), "{value}")
    }

    /// Writes text from the input, quoted if necessary.
    pub fn text(&mut self, text: &[u8]) {
        let starts_formula = matches!(text.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
        if self.spreadsheet_safe && starts_formula {
            push_field(self.plain_cell(), &[b"'", text].concat());
        } else {
            push_field(self.plain_cell(), text);
        }
    }

    /// Ends the row. Passes the buffered bytes on once they fill a chunk.
    pub fn end_row(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        self.is_row_start = true;
        if self.buffer.len() >= PIECE_BYTES {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Passes on the remaining bytes.
    pub fn finish(self) -> io::Result<()> {
        self.out.write_all(&self.buffer)
    }

    /// Writes a row of column names.
    pub fn header(&mut self, names: &[&str]) -> io::Result<()> {
        for name in names {
            self.word(name);
        }
        self.end_row()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, spreadsheet_safe: bool) -> String {
        let mut out = Vec::new();
        let mut rows = RowWriter::new(&mut out, spreadsheet_safe);
        rows.word("x");
        rows.text(text.as_bytes());
        rows.end_row().unwrap();
        rows.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_quoted_only_where_they_must_be() {
        assert_eq!(written("a b", false), "x,a b\n");
        assert_eq!(written("a,b", false), "x,\"a,b\"\n");
        assert_eq!(written("q\"q", false), "x,\"q\"\"q\"\n");
        assert_eq!(written("two\nlines", false), "x,\"two\nlines\"\n");
        assert_eq!(written("=cmd()", false), "x,=cmd()\n");
    }

    #[test]
    fn formulas_are_defused_only_on_request() {
        for text in ["=1+1", "+1", "-1", "@x", "\tx"] {
            assert_eq!(written(text, true), format!("x,'{text}\n"));
        }
        assert_eq!(written("=\"a\"", true), "x,\"'=\"\"a\"\"\"\n");
        assert_eq!(written("a=b", true), "x,a=b\n");
    }
}
