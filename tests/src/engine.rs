//! The engine in memory: rows in, all output files out.

use std::collections::BTreeMap;

use strata_core::analysis::analyse;
use strata_core::output::{OutputBundle, OutputFile, RunInfo};
use strata_core::report::Report;
use strata_core::settings::{ResolvedSettings, SettingLayer, SettingSource};
use strata_core::source::InputFile;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::source::csv::splitter::{Block, RecordSplitter};
use strata_core::source::{ColumnMapping, SourceError};
use strata_core::users::{FinishedTable, UserTableBuilder};

/// How a run reads its inputs. None of it may change a byte of the results.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Bytes handed to the splitter at a time.
    pub chunk_bytes: usize,
    /// Builders that take the blocks in turn.
    pub builder_count: usize,
    /// Whether the builders are merged from the last to the first.
    pub merge_backwards: bool,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading { chunk_bytes: usize::MAX, builder_count: 1, merge_backwards: false }
    }
}

/// Settings from names and texts.
#[must_use]
pub fn settings(entries: &[(&str, &str)]) -> ResolvedSettings {
    let entries = entries.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    ResolvedSettings::resolve(&[SettingLayer { source: SettingSource::Environment, entries }]).expect("settings")
}

/// Reads inputs into a user table.
///
/// # Errors
/// Those of the engine.
pub fn read(
    inputs: &[(&str, &[u8])],
    settings: &ResolvedSettings,
    reading: &Reading,
) -> Result<FinishedTable, SourceError> {
    build(inputs, settings, reading)?.finish()
}

/// Reads inputs into a builder that can write the user table.
///
/// # Errors
/// Those of the engine.
pub fn build(
    inputs: &[(&str, &[u8])],
    settings: &ResolvedSettings,
    reading: &Reading,
) -> Result<UserTableBuilder, SourceError> {
    let names: Vec<String> = inputs.iter().map(|(name, _)| (*name).to_owned()).collect();
    let as_of = settings.values.as_of_date;
    let mut builders: Vec<UserTableBuilder> = (0..reading.builder_count.max(1))
        .map(|_| UserTableBuilder::new(as_of, names.clone()).keeping_devices())
        .collect();
    for (file, (name, bytes)) in (0..).zip(inputs) {
        let problem = |problem| SourceError::Header { file: (*name).to_owned(), problem };
        let header = read_header(bytes, true).map_err(problem)?.expect("all bytes are here");
        let mapping = ColumnMapping::new(header.names, &[]).map_err(problem)?;
        builders[0].add_columns(&mapping);
        let blocks = split(&bytes[header.byte_count.min(bytes.len())..], header.delimiter, header.line_count, reading);
        let mut decoder = BlockDecoder::new(&mapping);
        let count = builders.len();
        for (number, block) in blocks.iter().enumerate() {
            decoder.decode(block, file, &mut builders[number % count]);
        }
    }
    if reading.merge_backwards {
        builders.reverse();
    }
    let merged = builders.into_iter().reduce(|mut first, other| {
        first.merge(other);
        first
    });
    Ok(merged.expect("at least one builder"))
}

/// Cuts bytes into blocks as a run with these settings does.
#[must_use]
pub fn split(bytes: &[u8], delimiter: u8, header_lines: u64, reading: &Reading) -> Vec<Block> {
    let mut splitter = RecordSplitter::new(delimiter, header_lines);
    let mut blocks = Vec::new();
    for chunk in bytes.chunks(reading.chunk_bytes.max(1)) {
        splitter.input().extend_from_slice(chunk);
        splitter.split(false, &mut blocks).expect("no record is that long");
    }
    splitter.split(true, &mut blocks).expect("no record is that long");
    blocks
}

/// All output files of a run.
///
/// # Errors
/// Those of the engine.
pub fn segment(
    inputs: &[(&str, &[u8])],
    settings: &ResolvedSettings,
    reading: &Reading,
) -> Result<BTreeMap<String, Vec<u8>>, SourceError> {
    let finished = read(inputs, settings, reading)?;
    let report = analyse(&finished.table, &settings.values, &[]);
    let names: Vec<&str> = inputs.iter().map(|(name, _)| *name).collect();
    Ok(outputs(&names, settings, &finished, &report))
}

/// A file, its rows written by few users at a time.
fn in_pieces(bundle: &OutputBundle<'_>, file: OutputFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in bundle.pieces(3).iter().filter(|piece| piece.file == file) {
        bundle.write_piece(piece, &mut bytes).expect("writing to memory");
    }
    bytes
}

/// All output files of an analysis. Each is the same whole as in pieces.
#[must_use]
pub fn outputs(
    input_names: &[&str],
    settings: &ResolvedSettings,
    finished: &FinishedTable,
    report: &Report,
) -> BTreeMap<String, Vec<u8>> {
    let names: Vec<String> = input_names.iter().map(|name| (*name).to_owned()).collect();
    // Sizes and hashes are the caller's business; here they would only hide what is compared.
    let files = names.iter().map(|name| InputFile { name: name.clone(), byte_count: 0, blake3: String::new() });
    let run = RunInfo { version: "test".to_owned(), generated_at: String::new(), inputs: files.collect() };
    let bundle = OutputBundle {
        settings,
        run: &run,
        table: &finished.table,
        report,
        rejected: &finished.rejected,
        input_names: &names,
        spreadsheet_safe: false,
    };
    let mut outputs = BTreeMap::new();
    for file in bundle.files() {
        let mut bytes = Vec::new();
        bundle.write(file, &mut bytes).expect("writing to memory");
        assert_eq!(in_pieces(&bundle, file), bytes, "{} in pieces", file.name());
        outputs.insert(file.name().to_owned(), bytes);
    }
    outputs
}
