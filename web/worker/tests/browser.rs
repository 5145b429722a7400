//! Tests that need a browser: files, and messages that carry them.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

use std::io::Read;

use js_sys::{Array, ArrayBuffer, Uint8Array};
use parquet::file::reader::{ChunkReader, Length};
use serde::Serialize;
use serde::de::DeserializeOwned;
use strata_core::analysis::membership::UserFilter;
use strata_core::source::Column;
use strata_core::user_list::UserQuery;
use strata_core::value::stage::Stage;
use strata_protocol::{
    ColumnMapping, Failure, FailureKind, FileRequest, FromWorker, Message, Progress, RequestId, SettingText, ToWorker,
    pack, unpack,
};
use strata_worker::parser_protocol::{FromParser, InputLayout, ParserStatus, ToParser, UsedColumn};
use strata_worker::ranges::{FileRange, FirstRecord, RangeOutcome};
use strata_worker::reading::{Chunk, InOrder, Places, read_at};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::File;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Slightly more than a few megabytes; no two consecutive bytes are equal.
fn bytes() -> Vec<u8> {
    (0..=250).cycle().take((2 << 23) + 12_345).collect()
}

fn file(bytes: &[u8], name: &str) -> File {
    let parts = Array::of1(&Uint8Array::from(bytes));
    File::new_with_u8_array_sequence(&parts, name).unwrap()
}

#[wasm_bindgen_test]
fn a_file_is_read_in_order_whatever_is_asked_for() {
    let bytes = bytes();
    let file = file(&bytes, "a.csv.gz");
    let mut all = Vec::new();
    InOrder::new(file.clone(), 0.0, 1_000_000.0).read_to_end(&mut all).unwrap();
    assert!(all == bytes);
    let mut piece = [0; 7];
    let mut from_the_middle = InOrder::new(file, 100_000.0, 5.0);
    from_the_middle.read_exact(&mut piece).unwrap();
    assert_eq!(piece, bytes[100_000..100_007]);
}

#[wasm_bindgen_test]
async fn a_stretch_ends_where_it_was_told_to_or_with_the_file() {
    let bytes = bytes();
    let file = file(&bytes, "a.csv");
    for (start, end) in [(0, 5_000_000), (1_048_576, bytes.len() + 10), (bytes.len() - 3, bytes.len())] {
        let mut chunk = Chunk::new(&file, start as f64, (end - start) as f64).unwrap();
        let mut read = b"before".to_vec();
        while chunk.read(1_500_000, &mut read).await.unwrap() == 1_500_000 {}
        assert!(read[6..] == bytes[start..end.min(bytes.len())], "{start}..{end}");
        assert_eq!(chunk.read(1, &mut read).await.unwrap(), 0);
    }
    let mut empty = Chunk::new(&self::file(b"", "empty.csv"), 0.0, 0.0).unwrap();
    assert_eq!(empty.read(10, &mut Vec::new()).await.unwrap(), 0);
}

#[wasm_bindgen_test]
fn bytes_at_a_place_are_as_many_as_there_are() {
    let bytes = bytes();
    let file = file(&bytes, "a.csv");
    let mut read = Vec::new();
    assert_eq!(read_at(&file, 100.0, 50.0, &mut read).unwrap(), 50);
    assert_eq!(read_at(&file, bytes.len() as f64 - 2.0, 50.0, &mut read).unwrap(), 2);
    assert_eq!(read_at(&file, bytes.len() as f64, 50.0, &mut read).unwrap(), 0);
    assert_eq!(read, [&bytes[100..150], &bytes[bytes.len() - 2..]].concat());
}

#[wasm_bindgen_test]
fn ranges_keep_their_positions() {
    let range = FileRange { number: 3, from: 1 << 40, to: (1 << 53) - 1, first: FirstRecord::At(7) };
    let message = ToParser::Range { input: 1, file: file(b"abc", "a.csv"), range };
    let back = through_javascript(&message);
    assert!(matches!(back, ToParser::Range { input: 1, range: found, .. } if found == range));
    let outcome =
        RangeOutcome { number: 3, end: 1 << 41, too_long: Some(1), row_count: 1 << 40, ..RangeOutcome::default() };
    let (users, rows) = (Uint8Array::from(&b"xyz"[..]), Uint8Array::from(&b"ab"[..]));
    let status = ParserStatus::default();
    let back = through_javascript(&FromParser::Range { outcome: outcome.clone(), users, rows, status });
    let FromParser::Range { outcome: found, users, rows, .. } = back else { panic!("another message") };
    assert_eq!((found, users.to_vec(), rows.to_vec()), (outcome, b"xyz".to_vec(), b"ab".to_vec()));
}

#[wasm_bindgen_test]
fn any_place_of_a_file_can_be_read() {
    let bytes = bytes();
    let places = Places::new(file(&bytes, "a.parquet"), |_| ());
    assert_eq!(places.len(), bytes.len() as u64);
    assert_eq!(places.get_bytes(12_000_000, 50).unwrap(), bytes[12_000_000..12_000_050]);
    let mut piece = vec![0; 20_000];
    places.get_read(77).unwrap().read_exact(&mut piece).unwrap();
    assert!(piece == bytes[77..20_077]);
    assert!(places.get_bytes(bytes.len() as u64 - 3, 4).is_err());
}

fn through_javascript<T: Serialize + DeserializeOwned>(message: &T) -> T {
    serde_wasm_bindgen::from_value(serde_wasm_bindgen::to_value(message).unwrap()).unwrap()
}

fn posted<M: Message>(message: &M) -> M {
    unpack(&pack(message).unwrap().value).unwrap()
}

#[wasm_bindgen_test]
fn requests_keep_their_files() {
    let files = Array::of2(&file(b"abc", "a.csv"), &file(b"", "b.csv"));
    let message = ToWorker::Open {
        request: RequestId(7),
        files,
        mapping: vec![ColumnMapping { column: Column::UserId, header: "uid \u{1F600}".to_owned() }],
        settings: vec![SettingText { name: "CHURN_DAYS_THRESHOLD".to_owned(), text: "7".to_owned() }],
        parser_count: 2,
    };
    let back = posted(&message);
    let ToWorker::Open { request, files, mapping, settings, parser_count } = back else { panic!("another request") };
    assert_eq!((request, parser_count), (RequestId(7), 2));
    assert_eq!(files.get(0).unchecked_into::<File>().name(), "a.csv");
    assert_eq!(files.get(1).unchecked_into::<File>().name(), "b.csv");
    assert_eq!(mapping[0].header, "uid \u{1F600}");
    assert_eq!(settings[0].text, "7");

    let query = UserQuery {
        filter: UserFilter { journey_stage: Some(Stage::Level(5)), ..UserFilter::default() },
        ..UserQuery::default()
    };
    let file = FileRequest::Users(query.clone());
    let message = ToWorker::Write { request: RequestId(8), file, generated_at: 1.7e9, spreadsheet_safe: true };
    let back = posted(&message);
    assert!(matches!(back, ToWorker::Write { file: FileRequest::Users(found), .. } if found == query));
}

#[wasm_bindgen_test]
fn replies_are_what_the_page_expects() {
    assert_eq!(posted(&FromWorker::Ready).request(), None);

    let progress = Progress { byte_count: 5e9, is_finishing: true, ..Progress::default() };
    let back = posted(&FromWorker::Progress { request: RequestId(3), progress });
    assert!(matches!(back, FromWorker::Progress { request: RequestId(3), progress: found } if found == progress));

    let failure =
        Failure { kind: FailureKind::Memory, title: "a".to_owned(), detail: "b".to_owned(), advice: "c".to_owned() };
    let back = posted(&FromWorker::Failed { request: RequestId(4), failure: failure.clone() });
    assert!(matches!(back, FromWorker::Failed { failure: found, .. } if found == failure));

    let bytes = Array::of1(&Uint8Array::from(&b"xyz"[..]));
    let back = posted(&FromWorker::FilePart { request: RequestId(5), bytes });
    let FromWorker::FilePart { bytes, .. } = back else { panic!("another reply") };
    assert_eq!(bytes.get(0).unchecked_into::<Uint8Array>().to_vec(), b"xyz");
    let back = posted(&FromWorker::File { request: RequestId(5), name: "n".to_owned() });
    assert!(matches!(back, FromWorker::File { name, .. } if name == "n"));
}

#[wasm_bindgen_test]
fn what_is_no_message_is_told() {
    assert!(unpack::<FromWorker>(&JsValue::UNDEFINED).is_err());
    assert!(unpack::<FromWorker>(&Array::new()).is_err());
    assert!(unpack::<FromWorker>(&Array::of1(&Uint8Array::from(&[99][..]))).is_err());
    // The files are missing.
    let message = ToWorker::Open {
        request: RequestId(1),
        files: Array::new(),
        mapping: Vec::new(),
        settings: Vec::new(),
        parser_count: 1,
    };
    let packed: Array = pack(&message).unwrap().value.unchecked_into();
    assert!(unpack::<ToWorker>(&Array::of1(&packed.get(0))).is_err());
}

#[wasm_bindgen_test]
fn blocks_and_parts_keep_their_buffers() {
    let buffer = ArrayBuffer::new(8);
    let message = ToParser::Block { file: 1, first_line: 9e9, byte_count: 5, buffer: buffer.clone() };
    let back = through_javascript(&message);
    let ToParser::Block { buffer: same, first_line, .. } = back else { panic!("another message") };
    assert_eq!(JsValue::from(same), JsValue::from(buffer));
    assert_eq!(first_line.to_bits(), 9e9_f64.to_bits());

    let layout = InputLayout {
        name: "a.csv".to_owned(),
        delimiter: b';',
        header: vec!["user_id".to_owned(), "day".to_owned()],
        columns: vec![UsedColumn { column: "date".to_owned(), index: 1 }],
    };
    let back = through_javascript(&ToParser::Begin { as_of: Some(-3), inputs: vec![layout.clone()], keeps_rows: true });
    assert!(matches!(back, ToParser::Begin { as_of: Some(-3), inputs, keeps_rows: true } if inputs == [layout]));

    let status = ParserStatus { row_count: 3.0, memory_bytes: 1e6, position: 0.0, range_bytes: 2e6 };
    let back = through_javascript(&FromParser::Taken { buffer: JsValue::UNDEFINED, status });
    assert!(matches!(back, FromParser::Taken { buffer, status: found } if buffer.is_undefined() && found == status));
}
