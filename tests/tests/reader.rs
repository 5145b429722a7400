//! The CSV reader on a corpus of difficult files and on random bytes.

use std::fmt::Write as _;
use std::fs;

use proptest::prelude::*;
use strata_core::source::ColumnMapping;
use strata_core::source::csv::header::read_header;
use strata_tests::program::data_directory;
use strata_tests::reader::{ReadRecord, check, read_with_engine};

#[test]
fn the_fuzz_corpus_is_read_as_the_contract_says() {
    let mut count = 0;
    for entry in fs::read_dir(data_directory().join("reader_corpus")).unwrap() {
        let path = entry.unwrap().path();
        check(&fs::read(path).unwrap());
        count += 1;
    }
    assert!(count >= 25, "the corpus has {count} files");
}

/// Bytes that matter to CSV, because random ones would rarely form a record.
fn csv_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "u1",
        "2024-01-02",
        "d",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r\n",
        "\"",
        "\"",
        "\"\"",
        "\r",
        ";",
        "x",
        "\u{e9}",
        "NULL",
    ]);
    let row = "u[0-9]{1,2},2024-01-0[1-9],(d|\"d,\"\"e\"\"\"|\"two\nlines\"|)\r?\n";
    let bad_byte = prop::collection::vec(any::<u8>(), 0..3);
    let rest = prop::collection::vec(
        prop_oneof![
            6 => piece.prop_map(|piece| piece.as_bytes().to_vec()),
            3 => row.prop_map(String::into_bytes),
            1 => bad_byte,
        ],
        0..60,
    );
    rest.prop_map(|rest| [b"user_id,date,device_id\n".to_vec(), rest.concat()].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_files_are_read_as_the_contract_says(bytes in csv_like()) {
        check(&bytes);
    }

    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    // Independent source: csv-core, the core of the csv crate, on files with correct quoting.
    #[test]
    fn orderly_files_are_read_as_csv_core_does(
        rows in prop::collection::vec(("[a-z\"\u{e9} ,\n]{1,6}", "[a-z\",\r\n]{0,6}"), 1..30),
    ) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut file = String::from("user_id,date,device_id\n");
        for (user, device) in &rows {
            writeln!(file, "{},2024-01-01,{}", quoted(user), quoted(device)).unwrap();
        }
        let header = read_header(file.as_bytes(), true).unwrap().unwrap();
        let mapping = ColumnMapping::new(header.names.clone(), &[]).unwrap();
        let body = &file.as_bytes()[header.byte_count..];
        let read = read_with_engine(body, &header, &mapping, 16).records;
        let expected: Vec<ReadRecord> = csv_core_records(body)
            .into_iter()
            .map(|fields| ReadRecord::Row {
                user_id: fields[0].clone(),
                day: 19_723,
                device_id: Some(fields[2].clone()).filter(|device| !device.is_empty()),
            })
            .collect();
        prop_assert_eq!(read, expected);
    }
}

fn csv_core_records(mut input: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv_core::Reader::new();
    let (mut fields, mut ends) = (vec![0; 4096], vec![0; 16]);
    let mut records = Vec::new();
    loop {
        let (result, read, _, field_count) = reader.read_record(input, &mut fields, &mut ends);
        input = &input[read..];
        match result {
            csv_core::ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let record = starts.zip(&ends[..field_count]).map(|(start, &end)| fields[start..end].to_vec());
                records.push(record.collect());
            }
            csv_core::ReadRecordResult::End => return records,
            csv_core::ReadRecordResult::InputEmpty => {}
            other => panic!("{other:?}"),
        }
    }
}
