//! Rows divided among builders whose parts travel as bytes give the same table as one builder.

use proptest::prelude::*;
use strata_core::parallel::Sequential;
use strata_core::source::ColumnMapping;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::users::{FinishedTable, UserTableBuilder};
use strata_tests::engine::{Reading, read, settings, split};

use crate::properties::{file, rows};

/// How rows travel from the parsing workers to the worker that holds the table.
#[derive(Clone, Debug)]
struct Journey {
    chunk_bytes: usize,
    worker_count: usize,
    /// Number of blocks after which a worker hands over a part.
    blocks_per_part: usize,
    /// The order in which parts arrive: each index selects one of the parts that are left.
    arrival: Vec<prop::sample::Index>,
}

fn journey() -> impl Strategy<Value = Journey> {
    (1usize..400, 1usize..5, 1usize..4, prop::collection::vec(any::<prop::sample::Index>(), 16)).prop_map(
        |(chunk_bytes, worker_count, blocks_per_part, arrival)| Journey {
            chunk_bytes,
            worker_count,
            blocks_per_part,
            arrival,
        },
    )
}

/// Reads a file with workers whose parts are merged in the order of the journey.
fn read_in_parts(bytes: &[u8], as_of: Option<&str>, journey: &Journey) -> FinishedTable {
    let as_of = as_of.map(|date| strata_core::value::calendar::Day::parse(date.as_bytes()).unwrap());
    let builder = || UserTableBuilder::new(as_of, vec!["a.csv".to_owned()]);
    let header = read_header(bytes, true).unwrap().unwrap();
    let mapping = ColumnMapping::new(header.names, &[]).unwrap();
    let reading = Reading { chunk_bytes: journey.chunk_bytes, ..Reading::default() };
    let blocks = split(&bytes[header.byte_count..], header.delimiter, header.line_count, &reading);
    let mut decoder = BlockDecoder::new(&mapping);

    let mut workers: Vec<UserTableBuilder> = (0..journey.worker_count).map(|_| builder()).collect();
    // Only one worker sees the header.
    workers[0].add_columns(&mapping);
    let mut parts = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let worker = &mut workers[number % journey.worker_count];
        decoder.decode(block, 0, worker);
        if number % journey.blocks_per_part == 0 {
            parts.push(worker.take_part());
        }
    }
    parts.extend(workers.iter_mut().map(UserTableBuilder::take_part));

    let mut whole = builder();
    for position in journey.arrival.iter().cycle() {
        if parts.is_empty() {
            break;
        }
        let part = parts.swap_remove(position.index(parts.len()));
        whole.merge_part(&part, 0).unwrap();
    }
    whole.finish(&Sequential).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_in_any_order_give_the_table_of_one_builder(
        rows in rows(), journey in journey(), spoilt in any::<prop::sample::Index>(), sets_as_of: bool,
        is_incomplete: bool,
    ) {
        let mut rows = rows;
        if is_incomplete {
            // The table was last updated before its last day was over.
            for row in &mut rows {
                *row = row.replace("2024-01-29 05:00:00", "2024-01-05 05:00:00");
            }
        }
        rows.push("u0,d9,2024-01-01,,,,,,,,,,,,,\n".to_owned());
        let spoilt = spoilt.index(rows.len());
        rows.insert(spoilt, "u1,d1,not a date,,,,,,,,,,,,,\nu1\n".to_owned());
        // Only the row of this day is sure to exist, so any other as-of date might lie outside the data.
        let as_of = sets_as_of.then_some("2024-01-01");
        let bytes = file(&rows);
        let entries: Vec<(&str, &str)> = as_of.map(|date| ("SEGMENTATION_AS_OF_DATE", date)).into_iter().collect();
        let expected = read(&[("a.csv", &bytes[..])], &settings(&entries), &Reading::default()).unwrap();
        let found = read_in_parts(&bytes, as_of, &journey);
        prop_assert_eq!(expected.rejected.len(), 2);
        prop_assert_eq!(&found.rejected, &expected.rejected);
        prop_assert_eq!(&found.table, &expected.table);
    }
}
