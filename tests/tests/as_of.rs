//! Replaying the rows that were kept, as of any date, gives the results of reading the files as of that date.

use std::fs;

use proptest::prelude::*;
use strata_core::analysis::analyse;
use strata_core::parallel::Sequential;
use strata_core::rows::UserDay;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::source::{ColumnMapping, InvalidValue, RejectedRow, RowSink, SourceError};
use strata_core::users::{FinishedTable, RowJournal, UserTableBuilder, replay};
use strata_core::value::calendar::Day;
use strata_tests::engine::{Reading, outputs, read, settings, split};
use strata_tests::program::data_directory;

use crate::properties::{Files, assert_same, file, rows, variants};

/// Reads rows as the web app does: into a builder, and into a journal of the rows.
struct Parser {
    builder: UserTableBuilder,
    journal: RowJournal,
}

impl RowSink for Parser {
    fn accept(&mut self, row: &UserDay<'_>, invalid_value_count: u32) {
        self.builder.accept(row, invalid_value_count);
        self.journal.push(row);
    }

    fn reject(&mut self, row: RejectedRow) {
        self.builder.reject(row);
    }

    fn invalid(&mut self, value: InvalidValue<'_>) {
        self.builder.invalid(value);
    }
}

/// A table and its rows, as kept after the files have been read.
struct Kept {
    builder: UserTableBuilder,
    journals: Vec<Vec<u8>>,
}

impl Kept {
    /// Reads files with two parsers, each of which hands over its rows after `blocks_per_part` blocks.
    fn read(inputs: &[(&str, &[u8])], as_of: Option<Day>, chunk_bytes: usize, blocks_per_part: usize) -> Kept {
        let names: Vec<String> = inputs.iter().map(|(name, _)| (*name).to_owned()).collect();
        let builder = || UserTableBuilder::new(as_of, names.clone());
        let mut kept = Kept { builder: builder(), journals: Vec::new() };
        let mut parsers = [(); 2].map(|()| Parser { builder: builder(), journal: RowJournal::default() });
        for (file, (_, bytes)) in (0..).zip(inputs) {
            let header = read_header(bytes, true).unwrap().unwrap();
            let mapping = ColumnMapping::new(header.names, &[]).unwrap();
            kept.builder.add_columns(&mapping);
            let mut decoder = BlockDecoder::new(&mapping);
            let reading = Reading { chunk_bytes, ..Reading::default() };
            let blocks = split(&bytes[header.byte_count..], header.delimiter, header.line_count, &reading);
            for (number, block) in blocks.iter().enumerate() {
                let parser = &mut parsers[number % 2];
                decoder.decode(block, file, parser);
                if number % blocks_per_part == 0 {
                    kept.take(parser);
                }
            }
        }
        for parser in &mut parsers {
            kept.take(parser);
        }
        kept
    }

    fn take(&mut self, parser: &mut Parser) {
        self.builder.merge_part(&parser.builder.take_part(), 0).unwrap();
        self.journals.push(parser.journal.take());
    }

    /// The table as of another date, and the rejected rows of the table that was read; `None` if that one is empty,
    /// because it was read as of a date outside the data.
    fn replay(self, as_of: Option<Day>) -> (Result<FinishedTable, SourceError>, Option<Vec<RejectedRow>>) {
        let mut builder = self.builder.without_rows(as_of);
        // In a different order from that in which they arrived.
        for journal in self.journals.iter().rev() {
            replay(journal, &mut builder).unwrap();
        }
        let again = builder.finish(&Sequential);
        if let Ok(again) = &again {
            assert!(again.rejected.is_empty());
        }
        (again, self.builder.finish(&Sequential).ok().map(|read| read.rejected))
    }
}

fn day(text: &str) -> Day {
    Day::parse(text.as_bytes()).unwrap()
}

/// All files of a table, with these settings and this as-of date.
fn files_of(names: &[&str], entries: &[(&str, &str)], as_of: Option<&str>, finished: &FinishedTable) -> Files {
    let settings = settings(&with_as_of(entries, as_of));
    let analysis = analyse(&finished.table, &settings.values, &[]);
    outputs(names, &settings, finished, &analysis)
}

fn with_as_of<'s>(entries: &[(&'s str, &'s str)], as_of: Option<&'s str>) -> Vec<(&'s str, &'s str)> {
    let as_of = as_of.map(|date| ("SEGMENTATION_AS_OF_DATE", date));
    entries.iter().copied().chain(as_of).collect()
}

/// Compares the replayed table with the one that is read, and every file of both.
fn assert_replay_is_reading(inputs: &[(&str, &[u8])], entries: &[(&str, &str)], kept: Kept, as_of: Option<&str>) {
    let expected = read(inputs, &settings(&with_as_of(entries, as_of)), &Reading::default());
    let (found, rejected) = kept.replay(as_of.map(day));
    match (expected, found) {
        (Ok(expected), Ok(found)) => {
            // There may be no row as of the date of the reading, and then no table that holds the rejected rows.
            let rejected = rejected.unwrap_or_else(|| expected.rejected.clone());
            assert_eq!(rejected, expected.rejected);
            let found = FinishedTable { rejected, ..found };
            assert_eq!(found.table, expected.table);
            let names: Vec<&str> = inputs.iter().map(|(name, _)| *name).collect();
            let [expected, found] = [expected, found].map(|table| files_of(&names, entries, as_of, &table));
            assert_same(&expected, &found, &format!("as of {as_of:?}"));
        }
        (expected, found) => {
            assert_eq!(found.err().map(|error| error.to_string()), expected.err().map(|error| error.to_string()));
        }
    }
}

#[test]
fn the_conformance_cases_can_be_replayed_as_of_any_of_their_days() {
    let mut case_count = 0;
    for entry in fs::read_dir(data_directory().join("conformance")).unwrap() {
        let input = entry.unwrap().path().join("input.csv");
        let Ok(bytes) = fs::read(&input) else { continue };
        let inputs = [("input.csv", &bytes[..])];
        let Ok(finished) = read(&inputs, &settings(&[]), &Reading::default()) else { continue };
        let days = finished.table.days_with_rows;
        for as_of in days.iter().step_by(days.len().div_ceil(3)).map(ToString::to_string).map(Some).chain([None]) {
            let read_as_of = as_of.is_none().then(|| days[days.len() / 2]);
            let kept = Kept::read(&inputs, read_as_of, 4096, 3);
            assert_replay_is_reading(&inputs, &[], kept, as_of.as_deref());
            case_count += 1;
        }
    }
    assert!(case_count > 10, "{case_count}");
}

/// Cells that the small world of the other properties lacks: extreme amounts, counts and days, ids of all kinds.
fn odd_row() -> impl Strategy<Value = String> {
    let select = prop::sample::select::<&'static str>;
    (
        select(vec!["u1", "0000699e2d64ff7079ea5a971e0e3f32", "é", "3f2c25fa-e7f4-3d92-eac2-7ef17c0c2392", "1.23E+15"]),
        select(vec!["", "d1", "3f2c25fa-e7f4-3d92-eac2-7ef17c0c2392", "3F2C25FA-e7f4-3d92-eac2-7ef17c0c2392"]),
        select(vec!["2024-01-02", "2024-01-03", "2024-02-29", "2023-11-30", "not a date"]),
        select(vec!["", "2024-01-02", "2023-12-31", "9999-12-31", "2024-02-30"]),
        select(vec!["", "0", "4", "4294967296", "1e15", "-1"]),
        prop::array::uniform4(select(vec!["", "0", "1e18", "-1e18", "-5", "0.000000001", "12.345678", "inf"])),
        prop::array::uniform2(select(vec!["", "2024-01-02", "2024-01-03 10:00:00.000001", "0001-01-01", "soon"])),
    )
        .prop_map(|(user, device, date, cohort, count, [minutes, total, iap, ad], [level, updated])| {
            format!("{user},{device},{date},{cohort},{count},{count},{minutes},{total},{iap},{ad},{level},,,,new,{updated}\n")
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replaying_is_reading_as_of_another_date(
        (first, second, odd) in (rows(), rows(), prop::collection::vec(odd_row(), 0..12)), variants in variants(),
        chunk_bytes in 1usize..600, blocks_per_part in 1usize..9, spoilt in any::<prop::sample::Index>(),
        read_as_of in prop::option::of(1_u32..28), as_of in prop::option::of(1_u32..28),
    ) {
        let mut first = first;
        first.splice(0..0, odd);
        first.insert(spoilt.index(first.len()), "u1,d1,not a date,,,,,,,,,,,,,\nu1\n".to_owned());
        // Another file may lack columns. The one that matters is `total_revenue`, which is then derived.
        let header = "user_id,date,iap_revenue,subscription_revenue,days_since_last_active,level_3_time\n";
        let second = second.iter().enumerate().map(|(number, row)| {
            let cells: Vec<&str> = row.split(',').collect();
            format!("{},{},{},{},{},{}\n", cells[0], cells[2], cells[7], cells[8], number % 5, cells[11])
        });
        let (first, second) = (file(&first), [header.to_owned(), second.collect()].concat().into_bytes());
        let inputs = [("a.csv", &first[..]), ("b.csv", &second[..])];
        let date = |day: Option<u32>| day.map(|day| format!("2024-01-{day:02}"));
        let kept = Kept::read(&inputs, date(read_as_of).as_deref().map(day), chunk_bytes, blocks_per_part);
        assert_replay_is_reading(&inputs, &variants, kept, date(as_of).as_deref());
    }
}
