//! A file that is read in ranges yields the same results as a stream, wherever it is split.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

use std::fmt::Write;

use strata_core::parallel::Sequential;
use strata_core::source::ColumnMapping;
use strata_core::source::csv::header::{CsvHeader, read_header};
use strata_core::source::csv::splitter::RecordSplitter;
use strata_core::users::{FinishedTable, UserTableBuilder};
use strata_worker::fold::{Fold, Part};
use strata_worker::kept_rows::{Replay, RowKeeper};
use strata_worker::parser_protocol::InputLayout;
use strata_worker::ranges::{
    FileRange, FirstRecord, Joining, RANGE_BYTES, RangeOutcome, STEP_BYTES, Step, Unjoinable, cut, has_ranges,
};

const NAME: &str = "a.csv";

#[expect(clippy::cast_possible_truncation, reason = "it is small")]
const STEP_LENGTH: usize = STEP_BYTES as usize;

/// Generates about this many bytes of rows, each with a text of `lines` lines. Some rows are rejected, some have an
/// unreadable cell.
fn rows(byte_count: usize, lines: usize, line_end: &str) -> Vec<u8> {
    let mut text = format!("user_id,date,total_revenue,note{line_end}");
    let note = format!("{},\"\"x{line_end}", "y".repeat(40)).repeat(lines);
    for number in 0.. {
        let (user, day) = (number / 7, 1 + number % 28);
        let revenue = if number % 700 == 3 { "much" } else { "0.25" };
        let more = if number % 100 == 5 { ",one too many" } else { "" };
        write!(text, "u{user:07},2024-01-{day:02},{revenue},\"{note}\"{more}{line_end}").unwrap();
        if text.len() > byte_count {
            break;
        }
    }
    text.into_bytes()
}

struct Csv<'t> {
    text: &'t [u8],
    header: CsvHeader,
    mapping: ColumnMapping,
    fold: Fold,
}

impl<'t> Csv<'t> {
    fn new(text: &'t [u8]) -> Csv<'t> {
        let header = read_header(text, true).unwrap().unwrap();
        let mapping = ColumnMapping::new(header.names.clone(), &[]).unwrap();
        let layout = InputLayout::new(NAME.to_owned(), Some(header.delimiter), &mapping);
        Csv { text, header, mapping, fold: Fold::new(None, vec![layout]).keeping_rows() }
    }

    fn builder(&self) -> UserTableBuilder {
        let mut builder = UserTableBuilder::new(None, vec![NAME.to_owned()]);
        builder.add_columns(&self.mapping);
        builder
    }

    fn read_as_stream(mut self) -> FinishedTable {
        let mut splitter = RecordSplitter::new(self.header.delimiter, self.header.line_count);
        splitter.input().extend_from_slice(&self.text[self.header.byte_count..]);
        let mut blocks = Vec::new();
        splitter.split(true, &mut blocks).unwrap();
        for block in blocks {
            self.fold.take_block(0, block.first_line, block.bytes);
        }
        let mut builder = self.builder();
        builder.merge_part(&self.fold.rows().take_part().users, 0).unwrap();
        builder.finish(&Sequential).unwrap()
    }

    fn read(&self, range: FileRange) -> (RangeOutcome, Part) {
        let mut fold = self.fold.range(0, range).unwrap();
        let mut outcome = RangeOutcome::default();
        loop {
            let rest = &self.text[usize::try_from(fold.position()).unwrap()..];
            let count = usize::try_from(fold.wanted()).unwrap().min(rest.len());
            fold.input().extend_from_slice(&rest[..count]);
            if fold.take(count as u64, &mut outcome) {
                return (outcome, fold.finish());
            }
        }
    }

    /// Returns the table, and the number of ranges that were read again. The kept rows yield the same table.
    fn by_ranges(&self, range_bytes: u64) -> (FinishedTable, usize) {
        let ranges = cut(self.text.len() as u64, &self.header, range_bytes);
        let mut joining = Joining::new(ranges.clone());
        // The last range is read first.
        let mut read: Vec<_> = ranges.into_iter().rev().map(|range| self.read(range)).collect();
        let (mut builder, mut again, mut row_count) = (self.builder(), 0, 0);
        let mut kept_rows = RowKeeper::new(usize::MAX);
        while let Some(next) = joining.next() {
            let (outcome, part) = read.pop().unwrap();
            assert_eq!(outcome.number, next);
            match joining.take(&outcome).unwrap() {
                Step::Merge { lines_before } => {
                    row_count += outcome.row_count;
                    builder.merge_part(&part.users, lines_before).unwrap();
                    kept_rows.keep(part.rows);
                }
                Step::Again(range) => {
                    again += 1;
                    read.push(self.read(range));
                }
            }
        }
        assert_eq!(row_count, builder.accepted_row_count());
        assert_eq!(joining.byte_count(), self.text.len() as u64);
        let mut replay = Replay::new(&kept_rows.finish(&builder).unwrap(), None);
        while replay.step().unwrap() {}
        let finished = builder.finish(&Sequential).unwrap();
        assert!(replay.finish().unwrap().table == finished.table, "another table of the rows that were kept");
        (finished, again)
    }
}

/// Checks that both ways yield the same table; returns the number of ranges that were read again.
fn assert_same(text: &[u8], range_bytes: u64) -> usize {
    let (table, again) = Csv::new(text).by_ranges(range_bytes);
    let expected = Csv::new(text).read_as_stream();
    assert!(table.rejected == expected.rejected, "other rejected rows");
    assert!(table.table == expected.table, "another table");
    again
}

#[test]
fn plain_rows_are_read_once() {
    for line_end in ["\n", "\r\n"] {
        let text = rows(1_500_000, 0, line_end);
        assert_eq!(assert_same(&text, STEP_BYTES), 0);
        assert_eq!(assert_same(&text[..text.len() - line_end.len()], 2 * STEP_BYTES), 0);
    }
}

#[test]
fn ranges_that_start_inside_quotes_are_read_again() {
    for (lines, line_end) in [(2, "\n"), (30, "\r\n"), (9_000, "\n")] {
        assert!(assert_same(&rows(1_500_000, lines, line_end), STEP_BYTES) > 0, "{lines} lines");
    }
}

#[test]
fn quotes_that_are_not_closed() {
    let mut text = rows(2_600_000, 1, "\n");
    for at in [200_000, STEP_LENGTH - 1, 900_000, 2_500_000] {
        let line_start = at + text[at..].iter().position(|&byte| byte == b'\n').unwrap() + 1;
        text.splice(line_start..line_start, *b"\"");
    }
    assert_same(&text, STEP_BYTES);
}

#[test]
fn a_header_longer_than_a_range() {
    let names = (0..60_000).fold(String::new(), |names, number| names + ",column_" + &number.to_string());
    let empty = ",".repeat(60_000);
    let text = format!("user_id,date{names}\n1,2024-01-01{empty}\n2,2024-01-02{empty}\n");
    assert_same(text.as_bytes(), STEP_BYTES);
}

#[test]
fn a_file_hardly_longer_than_the_shortest_range() {
    assert!(!has_ranges(STEP_BYTES));
    assert!(has_ranges(STEP_BYTES + 1));
    let text = rows(STEP_LENGTH, 0, "\n");
    assert_same(&text[..=STEP_LENGTH], STEP_BYTES);
}

#[test]
fn ranges_become_shorter_and_leave_no_gap() {
    let header = read_header(b"user_id,date\n", true).unwrap().unwrap();
    let ranges = cut(457_462_070, &header, RANGE_BYTES);
    assert_eq!((ranges[0].from, ranges[ranges.len() - 1].to), (0, 457_462_070));
    for pair in ranges.windows(2) {
        assert_eq!(
            (pair[0].to, pair[1].first, pair[1].number),
            (pair[1].from, FirstRecord::OnNextLine, pair[0].number + 1)
        );
        assert_eq!(pair[1].from % STEP_BYTES, 0);
        assert!(pair[1].to - pair[1].from <= pair[0].to - pair[0].from);
    }
    let lengths: Vec<u64> = ranges.iter().map(|range| (range.to - range.from) >> 20).collect();
    assert_eq!((lengths[0], lengths.len()), (32, 16), "{lengths:?}");
    assert_eq!(cut(1 << 40, &header, RANGE_BYTES)[0].to, RANGE_BYTES);
}

fn two_ranges() -> Vec<FileRange> {
    let text = b"user_id,date,total_revenue,note\n";
    cut(2 * STEP_BYTES, &read_header(text, true).unwrap().unwrap(), STEP_BYTES)
}

#[test]
fn a_record_that_is_too_long_is_told_with_its_line() {
    let mut joining = Joining::new(two_ranges());
    let first = RangeOutcome { start: 32, end: 300_000, line_count: 10, read_to: 300_000, ..RangeOutcome::default() };
    assert_eq!(joining.take(&first), Ok(Step::Merge { lines_before: 0 }));
    // The assumed start of the range may have been wrong.
    let too_long = RangeOutcome { number: 1, too_long: Some(4), ..RangeOutcome::default() };
    let Ok(Step::Again(range)) = joining.take(&too_long) else { panic!("its start is not known") };
    assert_eq!(range.first, FirstRecord::At(300_000));
    assert_eq!(joining.take(&too_long), Err(Unjoinable::RecordTooLong { line: 14 }));
}

#[test]
fn a_file_that_became_shorter_is_told() {
    let mut joining = Joining::new(two_ranges());
    let outcome = RangeOutcome { start: 32, end: 200_000, read_to: STEP_BYTES - 1, ..RangeOutcome::default() };
    assert_eq!(joining.take(&outcome), Err(Unjoinable::Changed));
}
