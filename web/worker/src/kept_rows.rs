//! The accepted rows of all inputs, kept so that another as-of date needs no file.

use std::fmt;
use std::rc::Rc;

use js_sys::Uint8Array;
use strata_core::parallel::Sequential;
use strata_core::source::SourceError;
use strata_core::users::{DamagedJournal, FinishedTable, UserTableBuilder, replay};
use strata_core::value::calendar::Day;

/// Most bytes of rows that are kept; beyond, all are forgotten. They are some six million rows, whose table takes well
/// over a gigabyte.
pub const MOST_BYTES: usize = 160 << 20;

/// A journal's bytes, wherever they are. In the browser that is outside the program's memory, which is scarcer.
pub trait JournalBytes: fmt::Debug {
    /// How many there are.
    fn byte_count(&self) -> usize;

    /// A copy of them.
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

/// Keeps rows while they are read, until they are too many.
#[derive(Debug)]
pub struct RowKeeper {
    /// None once nothing is kept any more.
    journals: Option<Vec<Box<dyn JournalBytes>>>,
    byte_count: usize,
    most_bytes: usize,
}

impl RowKeeper {
    /// A keeper of at most so many bytes; of none, where rows are not to be kept.
    #[must_use]
    pub fn new(most_bytes: usize) -> RowKeeper {
        RowKeeper { journals: (most_bytes > 0).then(Vec::new), byte_count: 0, most_bytes }
    }

    /// Whether rows are kept.
    #[must_use]
    pub fn is_keeping(&self) -> bool {
        self.journals.is_some()
    }

    /// Keeps the rows of a part of the table, which must be merged once.
    pub fn keep(&mut self, journal: impl JournalBytes + 'static) {
        let Some(journals) = &mut self.journals else { return };
        self.byte_count += journal.byte_count();
        if self.byte_count > self.most_bytes {
            self.journals = None;
        } else if journal.byte_count() > 0 {
            journals.push(Box::new(journal));
        }
    }

    /// The rows of a table, told by the builder that has them all; none where they were too many.
    #[must_use]
    pub fn finish(self, builder: &UserTableBuilder) -> Option<Rc<KeptRows>> {
        let journals = self.journals?;
        Some(Rc::new(KeptRows { journals, byte_count: self.byte_count, empty: builder.without_rows(None) }))
    }
}

/// Every accepted row of a table, and what else its builder knew.
#[derive(Debug)]
pub struct KeptRows {
    journals: Vec<Box<dyn JournalBytes>>,
    byte_count: usize,
    empty: UserTableBuilder,
}

/// Folds the kept rows into a table as of another date, one journal after the other.
#[derive(Debug)]
pub struct Replay {
    rows: Rc<KeptRows>,
    builder: UserTableBuilder,
    /// Journals that were replayed, and their bytes.
    journal_count: usize,
    byte_count: usize,
}

impl Replay {
    /// A replay as of a date, or of the latest one, that has not begun.
    #[must_use]
    pub fn new(rows: &Rc<KeptRows>, as_of: Option<Day>) -> Replay {
        Replay { builder: rows.empty.without_rows(as_of), rows: Rc::clone(rows), journal_count: 0, byte_count: 0 }
    }

    /// Replays the next journal; false once there is none.
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

    /// Bytes that were replayed.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.byte_count
    }

    /// Bytes to replay in all.
    #[must_use]
    pub fn total_bytes(&self) -> usize {
        self.rows.byte_count
    }

    /// Rows that were replayed.
    #[must_use]
    pub fn row_count(&self) -> u64 {
        self.builder.accepted_row_count()
    }

    /// The table, once every journal is replayed. Its rejected rows are those of the table that was read.
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
