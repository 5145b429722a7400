//! Who reads which range: a thread that has nothing to do takes half of what is left to the one that has most, so that
//! all are done at about the same time, however fast each of them is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use strata_core::source::subtree_hash::PIECE_BYTES;

/// Files are not cut into ranges below this.
const MIN_RANGE_BYTES: u64 = 1 << 23;

/// Bytes of a file to be read by one thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// The file's place among those that are read.
    pub file: usize,
    /// The first byte; a multiple of [`PIECE_BYTES`].
    pub from: u64,
    /// The position behind the last one; none where it is the end of the file, wherever that is by then.
    pub to: Option<u64>,
}

/// The ranges of some files, handed to threads.
#[derive(Debug)]
pub struct Schedule {
    byte_counts: Vec<u64>,
    ranges: Mutex<Ranges>,
}

#[derive(Debug, Default)]
struct Ranges {
    /// The next one last.
    waiting: Vec<ByteRange>,
    reading: Vec<Reading>,
}

#[derive(Debug)]
struct Reading {
    range: ByteRange,
    /// Of the next byte that is not claimed.
    position: u64,
}

impl Schedule {
    /// Files of these lengths, none of them read by anybody.
    pub fn new(byte_counts: Vec<u64>) -> Schedule {
        let whole = |file| ByteRange { file, from: 0, to: None };
        let waiting = (0..byte_counts.len()).rev().map(whole).collect();
        Schedule { byte_counts, ranges: Mutex::new(Ranges { waiting, reading: Vec::new() }) }
    }

    /// How many threads can find something to read, at most.
    pub fn most_threads(&self) -> u64 {
        self.byte_counts.iter().map(|byte_count| (byte_count / MIN_RANGE_BYTES).max(1)).sum()
    }

    /// A range to read, up to where [`Schedule::claim`] says.
    pub fn next(&self) -> Option<ByteRange> {
        let mut ranges = self.ranges();
        let range = ranges.waiting.pop().or_else(|| ranges.halve_longest(&self.byte_counts))?;
        ranges.reading.push(Reading { range, position: range.from });
        Some(range)
    }

    /// Keeps others from the bytes of a range up to a position; says where the range ends, which is there or behind.
    pub fn claim(&self, range: &ByteRange, position: u64) -> Option<u64> {
        let mut ranges = self.ranges();
        let reading = ranges.of_mut(range)?;
        reading.position = reading.range.to.map_or(position, |to| to.min(position));
        reading.range.to
    }

    /// Takes a range that is read; says where it ended.
    pub fn finish(&self, range: &ByteRange) -> ByteRange {
        let mut ranges = self.ranges();
        let place = ranges.reading.iter().position(|reading| reading.is_of(range));
        place.map_or(*range, |place| ranges.reading.swap_remove(place).range)
    }

    fn ranges(&self) -> MutexGuard<'_, Ranges> {
        self.ranges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ranges {
    fn of_mut(&mut self, range: &ByteRange) -> Option<&mut Reading> {
        self.reading.iter_mut().find(|reading| reading.is_of(range))
    }

    /// Takes the later half of what is left to read of a range, unless that is too little everywhere.
    fn halve_longest(&mut self, byte_counts: &[u64]) -> Option<ByteRange> {
        let left = |reading: &Reading| {
            let end = reading.range.to.unwrap_or(byte_counts[reading.range.file]);
            end.saturating_sub(reading.position)
        };
        let longest = self.reading.iter_mut().max_by_key(|reading| left(reading))?;
        let left = left(longest);
        let middle = (longest.position + left / 2).next_multiple_of(PIECE_BYTES);
        let range = ByteRange { from: middle, ..longest.range };
        (left >= 2 * MIN_RANGE_BYTES).then(|| {
            longest.range.to = Some(middle);
            range
        })
    }
}

impl Reading {
    fn is_of(&self, range: &ByteRange) -> bool {
        (self.range.file, self.range.from) == (range.file, range.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    /// From and to in MiB.
    fn range(from: u64, to: Option<u64>) -> ByteRange {
        ByteRange { file: 0, from: from * MIB, to: to.map(|to| to * MIB) }
    }

    #[test]
    fn files_are_read_in_order_before_they_are_cut() {
        let schedule = Schedule::new(vec![100 * MIB, 3, 0]);
        assert_eq!(schedule.most_threads(), 12 + 1 + 1);
        let ranges: Vec<ByteRange> = (0..4).filter_map(|_| schedule.next()).collect();
        let whole = |file| ByteRange { file, from: 0, to: None };
        assert_eq!(ranges, [whole(0), whole(1), whole(2), range(50, None)]);
    }

    #[test]
    fn what_is_left_is_halved_and_what_is_claimed_is_not() {
        let schedule = Schedule::new(vec![100 * MIB]);
        let (first, second) = (schedule.next().unwrap(), schedule.next().unwrap());
        assert_eq!((first, second), (range(0, None), range(50, None)));
        assert_eq!(schedule.claim(&first, 10 * MIB), Some(50 * MIB));
        assert_eq!(schedule.finish(&second), second);
        assert_eq!(schedule.next(), Some(range(30, Some(50))));
        assert_eq!(schedule.claim(&first, 12 * MIB), Some(30 * MIB));
        // The first has 18 left, the other one 20.
        assert_eq!(schedule.next(), Some(range(40, Some(50))));
        assert_eq!(schedule.next(), Some(range(21, Some(30))));
        // Nowhere are there twice as many as a range must have.
        assert_eq!(schedule.next(), None);
        // A claim does not go beyond the end.
        assert_eq!(schedule.claim(&first, 25 * MIB), Some(21 * MIB));
        assert_eq!(schedule.finish(&first), range(0, Some(21)));
    }

    #[test]
    fn the_end_of_a_file_stays_open() {
        let schedule = Schedule::new(vec![64 * MIB]);
        let first = schedule.next().unwrap();
        assert_eq!(schedule.claim(&first, 4 * MIB), None);
        assert_eq!(schedule.next(), Some(range(34, None)));
        assert_eq!(schedule.finish(&first), range(0, Some(34)));
        // A file that grew is read by whoever has its end.
        let empty = Schedule::new(vec![0]);
        let all = empty.next().unwrap();
        assert_eq!(empty.claim(&all, 100 * MIB), None);
        assert_eq!(empty.next(), None);
    }
}
