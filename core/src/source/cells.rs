//! Reads the cells of one row, counting those that are invalid.

use crate::rows::UserType;

use super::column::Column;
use super::number::{Cell, is_null_text};
use super::rejected::{InvalidValue, RowSink};

/// Where a row is, and how many of its cells were invalid so far.
pub(super) struct RowCells<'s, S> {
    pub sink: &'s mut S,
    pub file: u32,
    pub line: u64,
    pub invalid_count: u32,
}

impl<S: RowSink> RowCells<'_, S> {
    /// The value of an optional cell; an invalid one is reported and null.
    #[inline]
    pub fn value<T>(&mut self, column: Column, text: &[u8], read: impl FnOnce(&[u8]) -> Cell<T>) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        match read(text) {
            Cell::Value(value) => Some(value),
            Cell::Null => None,
            Cell::Invalid => {
                self.report(column, text);
                None
            }
        }
    }

    /// Reports an invalid cell.
    pub fn report(&mut self, column: Column, text: &[u8]) {
        self.invalid_count += 1;
        self.sink.invalid(InvalidValue { file: self.file, line: self.line, column, text });
    }
}

/// A string cell, verbatim; `None` where it is null.
#[inline]
pub(super) fn text_value(text: &[u8]) -> Option<&[u8]> {
    (!is_null_text(text)).then_some(text)
}

/// `user_type`; any other word is ignored.
pub(super) fn user_type(text: &[u8]) -> Option<UserType> {
    match text {
        b"new" => Some(UserType::New),
        b"returning" => Some(UserType::Returning),
        _ => None,
    }
}
