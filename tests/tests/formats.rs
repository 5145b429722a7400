//! The same rows in different formats give the same results.

use std::io::{self, Read, Write};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::WriterProperties;
use arrow_array::{
    ArrayRef, BinaryArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use bytes::Bytes;
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use strata_core::parallel::Sequential;
use strata_core::source::compression::{Compression, decompress};
use strata_core::source::parquet;
use strata_core::source::{Column, HeaderProblem, RejectReason};
use strata_core::users::UserTableBuilder;
use strata_tests::engine::{Reading, read, settings};
use strata_tests::program::{strata, text as text_of};
use strata_tests::reader::{Collector, ReadRecord};

fn unpacked(packed: &[u8]) -> io::Result<(Compression, Vec<u8>)> {
    let (compression, mut reader) = decompress(packed)?;
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    Ok((compression, bytes))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn text() -> Vec<u8> {
    (0..50_000).map(|number| format!("u{number},2024-01-01\n")).collect::<Vec<_>>().concat().into_bytes()
}

#[test]
fn packed_bytes_are_told_by_their_first_bytes_and_unpacked() {
    let text = text();
    assert_eq!(unpacked(&text).unwrap(), (Compression::None, text.clone()));
    assert_eq!(unpacked(&gzip(&text)).unwrap(), (Compression::Gzip, text.clone()));
    assert_eq!(unpacked(&zstandard(&text)).unwrap(), (Compression::Zstandard, text.clone()));
    for short in [&b""[..], b"a", b"abc"] {
        assert_eq!(unpacked(short).unwrap(), (Compression::None, short.to_vec()));
    }
}

#[test]
fn several_members_and_frames_are_one_stream() {
    let text = text();
    let (first, second) = text.split_at(100_000);
    assert_eq!(unpacked(&[gzip(first), gzip(second)].concat()).unwrap().1, text);
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let frames = [skippable.clone(), zstandard(first), skippable, zstandard(second)].concat();
    assert_eq!(unpacked(&frames).unwrap(), (Compression::Zstandard, text));
}

#[test]
fn packed_bytes_that_stop_in_the_middle_are_an_error_and_never_a_short_file() {
    let text = text();
    for packed in [gzip(&text), zstandard(&text)] {
        for length in (5..packed.len()).step_by(packed.len() / 40) {
            let error = unpacked(&packed[..length]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{length} of {}: {error}", packed.len());
        }
    }
}

#[test]
fn damaged_packed_bytes_are_an_error() {
    let text = text();
    for mut packed in [gzip(&text), zstandard(&text)] {
        let middle = packed.len() / 2;
        for byte in &mut packed[middle..middle + 40] {
            *byte ^= 0x5a;
        }
        let damaged = unpacked(&packed);
        assert!(damaged.is_err() || damaged.unwrap().1 != text);
    }
}

fn parquet_file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn read_parquet(file: Vec<u8>) -> Result<Collector, HeaderProblem> {
    let file = Bytes::from(file);
    let mapping = parquet::mapping(file.clone(), &[])?;
    let mut collector = Collector::default();
    parquet::decode(|| Ok(file.clone()), &mapping, 0, &mut collector)?;
    Ok(collector)
}

fn row(user_id: &str, day: i32, device_id: Option<&str>) -> ReadRecord {
    ReadRecord::Row {
        user_id: user_id.as_bytes().to_vec(),
        day,
        device_id: device_id.map(|device| device.as_bytes().to_vec()),
    }
}

#[test]
fn parquet_of_its_own_types_is_the_same_table_as_csv() {
    let csv = "user_id,date,cohort_date,total_events,total_sessions,avg_session_duration_minutes,total_revenue,iap_revenue,level_5_time,first_purchase_time,device_id,days_since_last_active\n\
a,2024-01-01,2024-01-01,10,2,5.5,0.1,1.25,2024-01-01 10:00:00.5,2024-01-02,d,3\n\
b,2024-01-03,,,1,0.3333333333333333,-5,,,,,\n\
b,2024-01-04,,7,0,,123456.789,0.00,2023-12-31 23:59:59,,e,0\n";
    let micros = |text: &str| match strata_core::source::number::read_timestamp(text.as_bytes()) {
        strata_core::source::number::Cell::Value(time) => Some(time.0),
        _ => None,
    };
    let times =
        TimestampMicrosecondArray::from(vec![micros("2024-01-01 10:00:00.5"), None, micros("2023-12-31 23:59:59")]);
    let iap = Decimal128Array::from(vec![Some(125), None, Some(0)]).with_precision_and_scale(10, 2).unwrap();
    let file = Bytes::from(parquet_file(vec![
        ("user_id", Arc::new(StringArray::from(vec!["a", "b", "b"]))),
        ("date", Arc::new(Date32Array::from(vec![19_723, 19_725, 19_726]))),
        ("cohort_date", Arc::new(StringArray::from(vec![Some("2024-01-01"), None, None]))),
        ("total_events", Arc::new(Int64Array::from(vec![Some(10), None, Some(7)]))),
        ("total_sessions", Arc::new(Float64Array::from(vec![2.0, 1.0, 0.0]))),
        ("avg_session_duration_minutes", Arc::new(Float64Array::from(vec![Some(5.5), Some(1.0 / 3.0), None]))),
        ("total_revenue", Arc::new(Float64Array::from(vec![0.1, -5.0, 123_456.789]))),
        ("iap_revenue", Arc::new(iap)),
        ("level_5_time", Arc::new(times.with_timezone("UTC"))),
        ("first_purchase_time", Arc::new(Date32Array::from(vec![Some(19_724), None, None]))),
        ("device_id", Arc::new(StringArray::from(vec![Some("d"), None, Some("e")]))),
        ("days_since_last_active", Arc::new(Float64Array::from(vec![Some(3.0), None, Some(0.0)]))),
    ]));
    let mapping = parquet::mapping(file.clone(), &[]).unwrap();
    let mut builder = UserTableBuilder::new(None, vec!["x".to_owned()]);
    builder.add_columns(&mapping);
    parquet::decode(|| Ok(file.clone()), &mapping, 0, &mut builder).unwrap();
    let of_csv = read(&[("x", csv.as_bytes())], &settings(&[]), &Reading::default()).unwrap();
    assert_eq!(builder.finish(&Sequential).unwrap().table, of_csv.table);
}

/// Independent source: files written by pyarrow and Polars (`tests/reference/parquet_files.py`), with both page
/// formats, several pages and row groups, and a column without values.
#[test]
fn zstandard_parquet_of_other_writers_is_the_same_table_as_csv() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/parquet");
    let csv = std::fs::read(directory.join("table.csv")).unwrap();
    let of_csv = read(&[("x", &csv)], &settings(&[]), &Reading::default()).unwrap();
    for name in ["pyarrow_v1.parquet", "pyarrow_v2.parquet", "polars.parquet"] {
        let file = Bytes::from(std::fs::read(directory.join(name)).unwrap());
        let mapping = parquet::mapping(file.clone(), &[]).unwrap();
        let mut builder = UserTableBuilder::new(None, vec!["x".to_owned()]);
        builder.add_columns(&mapping);
        parquet::decode(|| Ok(file.clone()), &mapping, 0, &mut builder).unwrap();
        assert_eq!(builder.finish(&Sequential).unwrap().table, of_csv.table, "{name}");
    }
}

#[test]
fn parquet_rows_are_rejected_and_values_invalid_as_in_csv() {
    let file = parquet_file(vec![
        ("user_id", Arc::new(StringArray::from(vec![Some("a"), None, Some("NULL"), Some("b"), Some("c")]))),
        (
            "date",
            Arc::new(StringArray::from(vec!["2024-01-01", "2024-01-01", "2024-01-01", "2024-02-30", "2024-01-02"])),
        ),
        ("total_events", Arc::new(Int64Array::from(vec![1, 2, 3, 4, -5]))),
        ("total_revenue", Arc::new(Float64Array::from(vec![0.0, 0.0, 0.0, 0.0, f64::INFINITY]))),
        ("level_1_time", Arc::new(StringArray::from(vec!["", "", "", "", "2024-13-01"]))),
        ("device_id", Arc::new(BinaryArray::from(vec![&b"x"[..], b"x", b"x", b"x", b"y"]))),
        ("note", Arc::new(StringArray::from(vec!["", "", "", "not used, but whole", ""]))),
    ]);
    let read = read_parquet(file).unwrap();
    let reasons: Vec<String> = read
        .records
        .iter()
        .map(|record| match record {
            ReadRecord::Row { user_id, .. } => String::from_utf8_lossy(user_id).into_owned(),
            ReadRecord::Rejected(row) => format!("{} {}", row.line, row.reason),
        })
        .collect();
    assert_eq!(reasons, ["a", "c", "2 empty user_id", "3 empty user_id", "4 missing or impossible date"]);
    assert_eq!(read.records[0], row("a", 19_723, Some("x")));
    let ReadRecord::Rejected(rejected) = &read.records[4] else { panic!("rejected") };
    assert_eq!(
        (rejected.reason, &rejected.row[..]),
        (RejectReason::Date, &b"b,2024-02-30,4,0,,x,\"not used, but whole\""[..])
    );
    let invalid: Vec<(u64, String, String)> = read
        .invalid
        .iter()
        .map(|(line, column, text)| (*line, column.to_string(), String::from_utf8_lossy(text).into_owned()))
        .collect();
    let expected = [("level_1_time", "2024-13-01"), ("total_events", "-5"), ("total_revenue", "inf")];
    assert_eq!(invalid, expected.map(|(column, text)| (5, column.to_owned(), text.to_owned())));
}

#[test]
fn parquet_that_cannot_be_used_says_why() {
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
    let no_date = read_parquet(parquet_file(vec![("user_id", Arc::clone(&ids))])).unwrap_err();
    assert!(matches!(no_date, HeaderProblem::MissingColumns { missing, .. } if missing == [Column::Date]));
    let whole = parquet_file(vec![("user_id", Arc::clone(&ids)), ("date", ids)]);
    let truncated = read_parquet(whole[..whole.len() / 2].to_vec()).unwrap_err();
    assert!(truncated.to_string().starts_with("cannot read the Parquet file: "), "{truncated}");
}

#[test]
fn damaged_parquet_is_an_input_error_and_never_a_crash() {
    let directory = tempfile::tempdir().unwrap();
    let whole = parquet_file(vec![
        ("user_id", Arc::new(StringArray::from(vec!["a", "b", "c"]))),
        ("date", Arc::new(StringArray::from(vec!["2024-01-01", "2024-01-02", "2024-01-03"]))),
        ("total_events", Arc::new(Int64Array::from(vec![1, 2, 3]))),
    ]);
    // Damaging every byte would take too long; an odd stride still reaches all kinds of positions, data and metadata.
    for place in (4..whole.len()).step_by(11) {
        for damage in [0x01, 0x80] {
            let mut damaged = whole.clone();
            damaged[place] ^= damage;
            std::fs::write(directory.path().join("a.parquet"), damaged).unwrap();
            let run = strata(directory.path()).args(["inspect", "a.parquet", "--threads", "1"]).output().unwrap();
            let message = text_of(&run.stderr);
            assert!(
                matches!(run.status.code(), Some(0 | 3)),
                "byte {place} ^ {damage}: {:?}: {message}",
                run.status.code()
            );
            assert!(!message.contains("panicked"), "byte {place} ^ {damage}: {message}");
        }
    }
}
