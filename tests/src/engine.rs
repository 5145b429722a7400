//! The engine in memory: rows in, all output files out.

use std::collections::BTreeMap;

use strata_core::analysis::analyse;
use strata_core::output::{OutputBundle, OutputFile, RunInfo};
use strata_core::parallel::Sequential;
use strata_core::report::Analysis;
use strata_core::settings::{ResolvedSettings, SettingLayer, SettingSource};
use strata_core::source::InputFile;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::source::csv::splitter::{Block, RecordSplitter};
use strata_core::source::{ColumnMapping, SourceError};
use strata_core::users::{FinishedTable, UserTableBuilder};

/// How a run reads its inputs; no choice here may change a byte of the results.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Bytes passed to the splitter at a time.
    pub chunk_bytes: usize,
    /// Number of builders, which receive the blocks in rotation.
    pub builder_count: usize,
    /// Whether the builders are merged in reverse order.
    pub merge_backwards: bool,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading { chunk_bytes: usize::MAX, builder_count: 1, merge_backwards: false }
    }
}

/// Settings from pairs of name and value; panics if one is refused.
#[must_use]
pub fn settings(entries: &[(&str, &str)]) -> ResolvedSettings {
    let entries = entries.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    ResolvedSettings::resolve(&[SettingLayer { source: SettingSource::Environment, entries }]).expect("settings")
}

/// Reads inputs, each a name and its bytes, into a finished user table.
///
/// # Errors
/// The engine's, if the inputs cannot be used.
pub fn read(
    inputs: &[(&str, &[u8])],
    settings: &ResolvedSettings,
    reading: &Reading,
) -> Result<FinishedTable, SourceError> {
    build(inputs, settings, reading)?.finish(&Sequential)
}

/// Reads inputs into a builder, which can still be merged or written as a user table.
///
/// # Errors
/// The engine's, if the inputs cannot be used.
pub fn build(
    inputs: &[(&str, &[u8])],
    settings: &ResolvedSettings,
    reading: &Reading,
) -> Result<UserTableBuilder, SourceError> {
    let names: Vec<String> = inputs.iter().map(|(name, _)| (*name).to_owned()).collect();
    let as_of = settings.values.segmentation_as_of_date;
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
        first.merge(other, &Sequential);
        first
    });
    Ok(merged.expect("at least one builder"))
}

/// Splits the bytes after a header into blocks, as a run with this `reading` does.
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

/// Runs the engine on inputs and returns its output files by name.
///
/// # Errors
/// The engine's, if the inputs cannot be used.
pub fn segment(
    inputs: &[(&str, &[u8])],
    settings: &ResolvedSettings,
    reading: &Reading,
) -> Result<BTreeMap<String, Vec<u8>>, SourceError> {
    let finished = read(inputs, settings, reading)?;
    let analysis = analyse(&finished.table, &settings.values, &[]);
    let names: Vec<&str> = inputs.iter().map(|(name, _)| *name).collect();
    Ok(outputs(&names, settings, &finished, &analysis))
}

/// One output file, written in pieces of a few users each.
fn in_pieces(bundle: &OutputBundle<'_>, file: OutputFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in bundle.pieces(3).iter().filter(|piece| piece.file == file) {
        bundle.write_piece(piece, &mut bytes).expect("writing to memory");
    }
    bytes
}

/// The output files of an analysis by name; checks that each is the same whole and in pieces.
#[must_use]
pub fn outputs(
    input_names: &[&str],
    settings: &ResolvedSettings,
    finished: &FinishedTable,
    analysis: &Analysis,
) -> BTreeMap<String, Vec<u8>> {
    let names: Vec<String> = input_names.iter().map(|name| (*name).to_owned()).collect();
    // The caller provides sizes and hashes; here they would only add differences between equal results.
    let files = names.iter().map(|name| InputFile { name: name.clone(), byte_count: 0, blake3: String::new() });
    let run = RunInfo { version: "test".to_owned(), generated_at: String::new(), inputs: files.collect() };
    let bundle = OutputBundle {
        settings,
        run: &run,
        table: &finished.table,
        report: &analysis.report,
        users: &analysis.users,
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
