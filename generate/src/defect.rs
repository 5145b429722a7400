//! Defects in how a row is written. The content of a day carries one, and the record writer carries it out.

use crate::text::{push_number, push_two_digits};

/// A flaw in how a row is written, as opposed to in its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Defect {
    TooFewFields,
    TooManyFields,
    ImpossibleDate,
    EmptyUserId,
    TextAfterClosingQuote,
    InvalidUtf8,
    TextInNumber,
    ImpossibleTimestamp,
}

/// An id as a spreadsheet shows a long number, such as `4.71E+15`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoundedId {
    pub(crate) leading_digit: u32,
    pub(crate) hundredths: u32,
}

impl RoundedId {
    /// Appends the id.
    pub(crate) fn push(self, out: &mut Vec<u8>) {
        push_number(out, self.leading_digit);
        out.push(b'.');
        push_two_digits(out, self.hundredths);
        out.extend_from_slice(b"E+15");
    }
}
