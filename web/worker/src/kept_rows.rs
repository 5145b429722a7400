//! The accepted rows of all inputs, kept so that a change of the as-of date does not need the files.

use std::fmt;
use std::rc::Rc;

use js_sys::Uint8Array;
use strata_core::parallel::Sequential;
use strata_core::source::SourceError;
use strata_core::users::{DamagedJournal, FinishedTable, UserTableBuilder, replay};
use strata_core::value::calendar::Day;

/// Maximum number of bytes to keep; above it, all rows are dropped. This is about six million rows, whose table takes
/// well over 1 GB.
pub const MOST_BYTES: usize = 160 << 20;

/// The bytes of a journal. In the browser they are outside the program's memory, which is scarcer.
pub trait JournalBytes: fmt::Debug {
    /// Returns their number.
    fn byte_count(&self) -> usize;

    /// Returns a copy of them.
    fn to_vec(&self) -> Vec<u8>;
}

impl JournalBytes for Vec<u8> {
    fn byte_count(&self) -> usize {
        self.len()
    }

    fn to_vec(&self) -> Vec<u8> {
        self.clone()
    }
}

impl JournalBytes for Uint8Array {
    fn byte_count(&self) -> usize {
        self.length() as usize
    }

    fn to_vec(&self) -> Vec<u8> {
        Uint8Array::to_vec(self)
    }
}

/// Keeps rows while they are read, until they exceed the limit.
#[derive(Debug)]
pub struct RowKeeper {
    /// `None` after the rows were dropped.
    journals: Option<Vec<Box<dyn JournalBytes>>>,
    byte_count: usize,
    most_bytes: usize,
}

impl RowKeeper {
    /// Creates a keeper of at most this many bytes; 0 if rows should not be kept.
    #[must_use]
    pub fn new(most_bytes: usize) -> RowKeeper {
        RowKeeper { journals: (most_bytes > 0).then(Vec::new), byte_count: 0, most_bytes }
    }

    /// Whether rows are kept.
    #[must_use]
    pub fn is_keeping(&self) -> bool {
        self.journals.is_some()
    }

    /// Keeps the rows of a part of the table, which must be merged exactly once.
    pub fn keep(&mut self, journal: impl JournalBytes + 'static) {
        let Some(journals) = &mut self.journals else { return };
        self.byte_count += journal.byte_count();
        if self.byte_count > self.most_bytes {
            self.journals = None;
        } else if journal.byte_count() > 0 {
            journals.push(Box::new(journal));
        }
    }

    /// Returns the rows of a table; `None` if they exceeded the limit. The builder must have merged all parts.
    #[must_use]
    pub fn finish(self, builder: &UserTableBuilder) -> Option<Rc<KeptRows>> {
        let journals = self.journals?;
        Some(Rc::new(KeptRows { journals, byte_count: self.byte_count, empty: builder.without_rows(None) }))
    }
}

/// Every accepted row of a table, and what else its builder recorded.
#[derive(Debug)]
pub struct KeptRows {
    journals: Vec<Box<dyn JournalBytes>>,
    byte_count: usize,
    empty: UserTableBuilder,
}

/// Replays the kept rows into a table with another as-of date, one journal after the other.
#[derive(Debug)]
pub struct Replay {
    rows: Rc<KeptRows>,
    builder: UserTableBuilder,
    /// Number of replayed journals, and of their bytes.
    journal_count: usize,
    byte_count: usize,
}

impl Replay {
    /// Creates a replay for an as-of date, or for the latest date, that has not started.
    #[must_use]
    pub fn new(rows: &Rc<KeptRows>, as_of: Option<Day>) -> Replay {
        Replay { builder: rows.empty.without_rows(as_of), rows: Rc::clone(rows), journal_count: 0, byte_count: 0 }
    }

    /// Replays the next journal; returns false if there are no more.
    ///
    /// # Errors
    /// Its bytes are damaged.
    pub fn step(&mut self) -> Result<bool, DamagedJournal> {
        let Some(journal) = self.rows.journals.get(self.journal_count) else { return Ok(false) };
        replay(&journal.to_vec(), &mut self.builder)?;
        self.journal_count += 1;
        self.byte_count += journal.byte_count();
        Ok(true)
    }

    /// Returns the number of replayed bytes.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.byte_count
    }

    /// Returns the total number of bytes to replay.
    #[must_use]
    pub fn total_bytes(&self) -> usize {
        self.rows.byte_count
    }

    /// Returns the number of replayed rows.
    #[must_use]
    pub fn row_count(&self) -> u64 {
        self.builder.accepted_row_count()
    }

    /// Returns the table, after every journal was replayed. Its rejected rows are those of the original table.
    ///
    /// # Errors
    /// The as-of date lies outside the data.
    pub fn finish(self) -> Result<FinishedTable, SourceError> {
        self.builder.finish(&Sequential)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_kept_up_to_the_limit_and_then_forgotten() {
        let builder = UserTableBuilder::new(None, Vec::new());
        let kept = |journals: &[usize]| {
            let mut keeper = RowKeeper::new(10);
            for &length in journals {
                keeper.keep(vec![0; length]);
            }
            let is_keeping = keeper.is_keeping();
            let rows = keeper.finish(&builder);
            assert_eq!(is_keeping, rows.is_some());
            rows.map(|rows| (rows.journals.len(), rows.byte_count))
        };
        assert_eq!(kept(&[]), Some((0, 0)));
        assert_eq!(kept(&[4, 0, 6]), Some((2, 10)));
        assert_eq!(kept(&[4, 7]), None);
        assert_eq!(kept(&[11, 1]), None);
        assert!(RowKeeper::new(0).finish(&builder).is_none());
    }

    #[test]
    fn damaged_rows_are_an_error() {
        let mut keeper = RowKeeper::new(10);
        keeper.keep(vec![255; 3]);
        let rows = keeper.finish(&UserTableBuilder::new(None, Vec::new())).expect("they are few");
        assert_eq!(Replay::new(&rows, None).step(), Err(DamagedJournal));
    }
}
