//! The user table as a file gives the same results as the rows, however it was built.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use strata_core::analysis::analyse;
use strata_core::parallel::Sequential;
use strata_core::settings::ResolvedSettings;
use strata_core::source::{Column, InputFile};
use strata_core::users::{TableInput, TableMetadata, UserTableBuilder};
use strata_core::value::calendar::Day;
use strata_tests::engine::{Reading, build, outputs, read, settings};
use strata_tests::outputs::read_directory;
use strata_tests::program::{assert_success, strata, text};

use crate::conformance::cases;
use crate::properties::{Files, assert_same, file, rows, variants};

fn csv_files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    files
}

/// Segments the rows of each case, reduces them, and segments the table: all files are equal, byte for byte.
fn assert_table_gives_the_files_of_the_rows(folder: &str) {
    for case in cases(folder).iter().filter(|case| case.join("expected").is_dir()) {
        let name = case.display().to_string();
        let directory = tempfile::tempdir().unwrap();
        let settings = fs::read_to_string(case.join("settings.env")).unwrap();
        let run = |command: &str, inputs: &[PathBuf], more: &[&str]| {
            let variables = settings.lines().filter_map(|line| line.split_once('='));
            let mut run = strata(directory.path());
            assert_success(&run.arg(command).args(inputs).args(more).envs(variables).output().unwrap());
        };
        let files = csv_files(case);
        run("segment", &files, &["--out", "of_rows"]);
        run("reduce", &files, &["--out", "users.parquet", "--threads", "1"]);
        run("reduce", &files, &["--out", "again.parquet", "--threads", "3"]);
        let table = directory.path().join("users.parquet");
        assert!(fs::read(&table).unwrap() == fs::read(directory.path().join("again.parquet")).unwrap(), "{name}");
        run("segment", &[table], &["--out", "of_table"]);
        let [of_rows, of_table] = ["of_rows", "of_table"].map(|out| read_directory(&directory.path().join(out)));
        assert_same(&of_rows, &of_table, &name);
    }
}

#[test]
fn the_table_of_every_conformance_case_gives_the_files_of_its_rows() {
    assert_table_gives_the_files_of_the_rows("conformance");
}

#[test]
fn a_table_tells_the_columns_of_its_rows() {
    let rows = "user_id,event_date,rev_usd,note\nu,2024-01-01,1,x\n";
    let settings = settings(&[]);
    let table = written(build(&[("a.csv", rows.as_bytes())], &settings, &Reading::default()).unwrap(), &["a.csv"]);
    assert_eq!(TableMetadata::columns(table).unwrap(), [Column::UserId, Column::Date]);
}

#[test]
fn the_table_of_every_random_case_gives_the_files_of_its_rows() {
    assert_table_gives_the_files_of_the_rows("random");
}

fn input(name: &str) -> TableInput {
    let file = InputFile { name: name.to_owned(), byte_count: 1, blake3: name.to_owned() };
    TableInput { file, is_repeated: false }
}

fn written(builder: UserTableBuilder, names: &[&str]) -> Bytes {
    let mut bytes = Vec::new();
    builder.write_table(&mut bytes, names.iter().map(|name| input(name)).collect()).unwrap();
    Bytes::from(bytes)
}

/// A builder that has read a table, with room for the files in `more_names`.
fn read_table(table: &Bytes, as_of: Option<Day>, more_names: &[&str]) -> UserTableBuilder {
    let metadata = TableMetadata::read(table.clone()).unwrap().unwrap();
    let of_table = metadata.inputs.iter().map(|input| input.file.name.clone());
    let names = of_table.chain(more_names.iter().map(|name| (*name).to_owned())).collect();
    let mut builder = UserTableBuilder::new(as_of, names).keeping_devices();
    builder.merge_table(table.clone(), &metadata, 0).unwrap();
    builder
}

/// The same table, handed over in parts while it is read, as web workers do.
fn read_table_in_parts(table: &Bytes, as_of: Option<Day>) -> UserTableBuilder {
    let metadata = TableMetadata::read(table.clone()).unwrap().unwrap();
    let names: Vec<String> = metadata.inputs.iter().map(|input| input.file.name.clone()).collect();
    let [mut reader, mut builder] = [(); 2].map(|()| UserTableBuilder::new(as_of, names.clone()));
    let mut parts = Vec::new();
    reader.merge_table_in_steps(table.clone(), &metadata, 0, |reader| parts.push(reader.take_part())).unwrap();
    parts.push(reader.take_part());
    for part in &parts {
        builder.merge_part(part, 0).unwrap();
    }
    builder
}

fn files_of(builder: UserTableBuilder, settings: &ResolvedSettings) -> Files {
    let finished = builder.finish(&Sequential).unwrap();
    let analysis = analyse(&finished.table, &settings.values, &[]);
    outputs(&["a.csv"], settings, &finished, &analysis)
}

fn shuffled() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_gives_what_its_rows_give(
        rows in rows(), variants in variants(), chunk_bytes in 1usize..400, builder_count in 1usize..6,
        merge_backwards: bool, sets_as_of: bool,
    ) {
        let mut rows = rows;
        rows.push("u0,d9,2024-01-01,,,,,,,,,,,,,\n,,,\n".to_owned());
        let mut variants = variants;
        if sets_as_of {
            variants.push(("SEGMENTATION_AS_OF_DATE", "2024-01-01"));
        }
        let bytes = file(&rows);
        let inputs = [("a.csv", &bytes[..])];
        let settings = settings(&variants);
        let table = written(build(&inputs, &settings, &Reading::default()).unwrap(), &["a.csv"]);
        let reading = Reading { chunk_bytes, builder_count, merge_backwards };
        let other = written(build(&inputs, &settings, &reading).unwrap(), &["a.csv"]);
        prop_assert!(table == other, "cut and merged");
        let finished = read(&inputs, &settings, &Reading::default()).unwrap();
        let analysis = analyse(&finished.table, &settings.values, &[]);
        let of_rows = outputs(&["a.csv"], &settings, &finished, &analysis);
        let builder = read_table(&table, settings.values.segmentation_as_of_date, &[]);
        assert_same(&of_rows, &files_of(builder, &settings), "table");
        let builder = read_table_in_parts(&table, settings.values.segmentation_as_of_date);
        assert_same(&of_rows, &files_of(builder, &settings), "table in parts");
        let again = written(read_table(&table, settings.values.segmentation_as_of_date, &[]), &["a.csv"]);
        prop_assert!(table == again, "read and written");
    }

    #[test]
    fn the_order_of_the_rows_changes_no_byte_of_the_table((rows, shuffled) in shuffled()) {
        // Examples of invalid values contain line numbers, which change when rows move.
        let tables = [rows, shuffled].map(|rows| {
            let bytes = file(&rows).iter().map(|&byte| byte as char).collect::<String>();
            let bytes = bytes.replace("ten", "10").replace(",-1,", ",1,");
            written(build(&[("a.csv", bytes.as_bytes())], &settings(&[]), &Reading::default()).unwrap(), &["a.csv"])
        });
        prop_assert!(tables[0] == tables[1]);
    }

    #[test]
    fn appending_is_reducing_all_rows_at_once((old, new) in (rows(), rows()), with_total: bool) {
        let mut old = file(&old);
        if !with_total {
            // If a file lacks the column, the total of its rows is the sum of the parts.
            old = String::from_utf8(old).unwrap().replace("total_revenue", "unused").into_bytes();
        }
        let new = file(&new);
        let names = ["a.csv", "b.csv"];
        let settings = settings(&[]);
        let whole = build(&[("a.csv", &old[..]), ("b.csv", &new[..])], &settings, &Reading::default()).unwrap();
        let whole = written(whole, &names);
        let old_table = written(build(&[("a.csv", &old[..])], &settings, &Reading::default()).unwrap(), &["a.csv"]);
        let mut appended = read_table(&old_table, None, &["b.csv"]);
        // The rows must be the second input of the builder, as they are the second input of the table.
        let empty = b"user_id,date\n";
        let part = build(&[("a.csv", &empty[..]), ("b.csv", &new[..])], &settings, &Reading::default()).unwrap();
        appended.merge(part, &Sequential);
        prop_assert!(whole == written(appended, &names));
    }
}

const HEADER: &str = "user_id,device_id,date,total_events,total_revenue\n";

fn directory_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, rows) in files {
        fs::write(directory.path().join(name), format!("{HEADER}{rows}")).unwrap();
    }
    directory
}

fn runs(directory: &Path, arguments: &str) -> String {
    let output = strata(directory).args(arguments.split(' ')).output().unwrap();
    assert_success(&output);
    text(&output.stderr)
}

#[test]
fn a_daily_run_reads_only_the_new_day() {
    let monday = ("monday.csv", "u,d,2024-01-01,1,0.1\nv,d,2024-01-01,ten,-1\nw,,nowhere,1,1\n");
    let tuesday = ("tuesday.csv", "u,e,2024-01-02,2,0.2\nu,d,2024-01-01,1,0\nx,d,2024-01-02,3,\n,,,,\n");
    let directory = directory_with(&[monday, tuesday]);
    let bytes = |name: &str| fs::read(directory.path().join(name)).unwrap();
    runs(directory.path(), "reduce monday.csv tuesday.csv --out whole.parquet");
    runs(directory.path(), "reduce monday.csv --out users.parquet");
    runs(directory.path(), "reduce --append users.parquet tuesday.csv");
    assert!(bytes("users.parquet") == bytes("whole.parquet"));

    let warning = runs(directory.path(), "reduce --append users.parquet tuesday.csv --out twice.parquet");
    assert_eq!(warning, "warning: tuesday.csv is identical to another input and was skipped\n");
    runs(directory.path(), "segment monday.csv tuesday.csv tuesday.csv --out of_rows");
    runs(directory.path(), "segment twice.parquet --out of_table");
    let [of_rows, of_table] = ["of_rows", "of_table"].map(|out| read_directory(&directory.path().join(out)));
    assert_same(&of_rows, &of_table, "twice");

    // A table together with rows must give the same results again.
    runs(directory.path(), "reduce monday.csv --out monday.parquet");
    runs(directory.path(), "segment monday.parquet tuesday.csv tuesday.csv --out of_both");
    assert_same(&of_rows, &read_directory(&directory.path().join("of_both")), "table and rows");
}

#[test]
fn a_damaged_table_is_an_error_and_never_a_panic() {
    let rows = (0..400).map(|user| format!("u{user},d{user},2024-01-{:02},{user},{user}.5\n", user % 28 + 1));
    let directory = directory_with(&[("a.csv", &rows.collect::<String>())]);
    runs(directory.path(), "reduce a.csv --out users.parquet");
    let table = fs::read(directory.path().join("users.parquet")).unwrap();
    for place in (4..table.len() - 8).step_by(table.len() / 40) {
        let mut spoilt = table.clone();
        spoilt[place] ^= 0x55;
        fs::write(directory.path().join("spoilt.parquet"), spoilt).unwrap();
        let arguments = ["segment", "spoilt.parquet", "--out", "out", "--quiet"];
        let output = strata(directory.path()).args(arguments).output().unwrap();
        let message = text(&output.stderr);
        let is_clear = matches!(output.status.code(), Some(0 | 3)) && !message.contains("internal");
        assert!(is_clear, "byte {place}: {message}");
    }
}

/// A file that is recognised as a user table but has hardly any of its columns.
pub(crate) fn foreign_table(version: i64) -> Vec<u8> {
    let version: ArrayRef = Arc::new(Int64Array::from(vec![version]));
    let id: ArrayRef = Arc::new(StringArray::from(vec!["u"]));
    let batch = RecordBatch::try_from_iter([("user_table_version", version), ("user_id", id)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A user table built from files with two days each.
pub(crate) fn table_of(names: &str, as_of: Option<&str>) -> Vec<u8> {
    let names: Vec<&str> = names.split(' ').collect();
    let rows = |name: &str| format!("{HEADER}{name},d,2024-01-01,1,1\n{name},d,2024-01-02,1,1\n");
    let files: Vec<(&str, String)> = names.iter().map(|name| (*name, rows(name))).collect();
    let inputs: Vec<(&str, &[u8])> = files.iter().map(|(name, rows)| (*name, rows.as_bytes())).collect();
    let entries: Vec<(&str, &str)> = as_of.map(|date| ("SEGMENTATION_AS_OF_DATE", date)).into_iter().collect();
    let builder = build(&inputs, &settings(&entries), &Reading::default()).unwrap();
    written(builder, &names).to_vec()
}
