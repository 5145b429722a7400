//! From inputs to the user table: one thread reads and cuts, the others decode and fold.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use bytes::Bytes;
use strata_core::calendar::Day;
use strata_core::diagnostic::FindingCode;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::splitter::{Block, MAX_RECORD_BYTES, RecordSplitter};
use strata_core::source::parquet::ChunkReader;
use strata_core::source::{
    Column, ColumnMapping, Digest, HeaderProblem, InputFile, SourceError, parquet, repeated_inputs,
};
use strata_core::users::{FinishedTable, TableInput, UserTableBuilder};

use crate::error::CliError;
use crate::input::{Content, Input, guarded};
use crate::panics;
use crate::progress::Progress;

/// Bytes read at a time; a block is about as long.
const READ_BYTES: u64 = 1 << 18;

/// Everything that was read.
pub struct Ingested {
    /// The table and the rejected rows.
    pub finished: FinishedTable,
    /// The inputs, each once.
    pub files: Vec<InputFile>,
    /// The names of all inputs, to which the rejected rows refer.
    pub names: Vec<String>,
    /// The names of inputs with the same bytes as an earlier one.
    pub duplicates: Vec<String>,
}

/// Opens every input and maps its columns, before a row of any is read.
pub fn open_inputs(paths: &[PathBuf], given: &[(Column, String)]) -> Result<Vec<Input>, CliError> {
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(CliError::Usage("- is named twice: standard input can be read only once".to_owned()));
    }
    let inputs = paths.iter().map(|path| Input::open(path, given)).collect::<Result<Vec<_>, _>>()?;
    let mapped = || inputs.iter().filter_map(|input| input.mapping().map(|mapping| (input, mapping)));
    for (column, name) in given.iter().filter(|(_, name)| !name.is_empty()) {
        if mapped().any(|(_, mapping)| mapping.has_name(name)) {
            continue;
        }
        let Some((first, mapping)) = mapped().next() else {
            let message = format!("--map {column}={name}: a user table has no columns to map; leave --map out");
            return Err(CliError::Usage(message));
        };
        let found = mapping.header.clone();
        let problem = HeaderProblem::GivenColumnMissing { column: *column, name: name.clone(), found };
        return Err(first.header_error(problem).into());
    }
    Ok(inputs)
}

/// All rows of the inputs, before the table is finished.
pub struct Reduced {
    /// The builder.
    pub builder: UserTableBuilder,
    /// The inputs; of a user table its own.
    pub inputs: Vec<TableInput>,
}

/// Reads all inputs into one table.
pub fn ingest(
    inputs: Vec<Input>,
    as_of: Option<Day>,
    threads: usize,
    progress: &Progress,
) -> Result<Ingested, CliError> {
    let Reduced { builder, inputs } =
        reduce(inputs, threads, progress, |names| UserTableBuilder::new(as_of, names.to_vec()))?;
    let names = inputs.iter().map(|input| input.file.name.clone()).collect();
    let (repeated, read): (Vec<_>, Vec<_>) = inputs.into_iter().partition(|input| input.is_repeated);
    let files = read.into_iter().map(|input| input.file).collect();
    let duplicates = repeated.into_iter().map(|input| input.file.name).collect();
    Ok(Ingested { finished: builder.finish()?, files, names, duplicates })
}

/// Reads all inputs into one builder; `new_builder` makes one for inputs of these names.
pub fn reduce(
    mut inputs: Vec<Input>,
    threads: usize,
    progress: &Progress,
    new_builder: impl Fn(&[String]) -> UserTableBuilder + Sync,
) -> Result<Reduced, CliError> {
    let names = number_inputs(&mut inputs);
    let new_builder = || new_builder(&names);
    let of_tables: Vec<InputFile> = inputs.iter().flat_map(read_by_table).cloned().collect();
    let mut hashes = hashes_of_equal_sizes(&inputs, &of_tables)?;
    refuse_shared_inputs(&inputs, &hashes)?;
    let is_of_table = |hash: &InputFile| of_tables.iter().any(|known| known.has_same_bytes(hash));
    let mut is_duplicate = repeated_inputs(&hashes);
    for (is_duplicate, hash) in is_duplicate.iter_mut().zip(&hashes) {
        *is_duplicate |= hash.as_ref().is_some_and(is_of_table);
    }
    let total =
        inputs.iter().zip(&is_duplicate).filter(|(_, duplicate)| !**duplicate).map(|(input, _)| input.byte_count).sum();
    progress.start(total);

    let shown_names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let unread = inputs.iter_mut().enumerate().filter(|(number, _)| !is_duplicate[*number]);
    let (streams, files): (Vec<_>, Vec<_>) = unread.partition(|(_, input)| input.is_stream());
    let mut is_blank = files.is_empty();
    let (mut builder, digests) = read_files(files, threads, &new_builder, progress)?;
    for (number, digest) in digests {
        hashes[number] = Some(digest.finish(&shown_names[number]));
    }
    // The bytes of a stream are known only once they are read; where another input has the same, they do not count.
    for stream in streams {
        let (part, digests) = read_files(vec![stream], threads, &new_builder, progress)?;
        let Some((number, digest)) = digests.into_iter().next() else { continue };
        let hash = digest.finish(&shown_names[number]);
        is_duplicate[number] = hashes.iter().flatten().any(|known| known.has_same_bytes(&hash)) || is_of_table(&hash);
        hashes[number] = Some(hash);
        if !is_duplicate[number] {
            // Merging into a blank table would only hold everything twice.
            if std::mem::take(&mut is_blank) {
                builder = part;
            } else {
                builder.merge(part);
            }
        }
    }
    progress.finish();
    let mut all = Vec::new();
    for ((input, hash), is_repeated) in inputs.iter().zip(hashes).zip(is_duplicate) {
        match input.table().filter(|table| !table.inputs.is_empty()) {
            Some(table) => all.extend(
                table
                    .inputs
                    .iter()
                    .map(|input| TableInput { is_repeated: is_repeated || input.is_repeated, ..input.clone() }),
            ),
            None => all.extend(hash.map(|file| TableInput { file, is_repeated })),
        }
    }
    Ok(Reduced { builder, inputs: all })
}

/// The inputs that were read when a table was made.
fn read_by_table(input: &Input) -> impl Iterator<Item = &InputFile> {
    let inputs = input.table().into_iter().flat_map(|table| &table.inputs);
    inputs.filter(|input| !input.is_repeated).map(|input| &input.file)
}

/// Ends with an error where two tables count the rows of one file. The same table twice is a repeated input.
fn refuse_shared_inputs(inputs: &[Input], hashes: &[Option<InputFile>]) -> Result<(), CliError> {
    for (number, input) in inputs.iter().enumerate() {
        let of_input: Vec<&InputFile> = read_by_table(input).collect();
        for (other, other_hash) in inputs[..number].iter().zip(hashes) {
            let of_other: Vec<&InputFile> = read_by_table(other).collect();
            let shared = of_input.iter().find(|file| of_other.iter().any(|known| known.has_same_bytes(file)));
            let tables = hashes[number].as_ref().zip(other_hash.as_ref());
            let is_same_table = tables.is_some_and(|(table, other)| table.has_same_bytes(other));
            if let Some(file) = shared.filter(|_| !is_same_table) {
                return Err(CliError::SharedInput { file: input.shown.clone(), input: file.name.clone() });
            }
        }
    }
    Ok(())
}

/// Gives inputs their numbers, a user table one for each of its own inputs; says the name of each number.
fn number_inputs(inputs: &mut [Input]) -> Vec<String> {
    let mut names = Vec::new();
    for input in inputs {
        input.first_file = u32::try_from(names.len()).unwrap_or(u32::MAX);
        match input.table().filter(|table| !table.inputs.is_empty()) {
            Some(table) => names.extend(table.inputs.iter().map(|input| input.file.name.clone())),
            None => names.push(input.name.clone()),
        }
    }
    names
}

/// Ends with an error where a row was rejected or a value invalid.
pub fn check_strict(finished: &FinishedTable) -> Result<(), SourceError> {
    let quality = &finished.table.quality;
    if quality.rejected_rows + quality.invalid_values == 0 {
        return Ok(());
    }
    let flawed = quality
        .findings
        .iter()
        .find(|finding| matches!(finding.code, FindingCode::RejectedRows | FindingCode::InvalidValues));
    let first = flawed.and_then(|finding| finding.examples.first()).cloned().unwrap_or_default();
    Err(SourceError::Strict { rejected: quality.rejected_rows, invalid: quality.invalid_values, first })
}

/// Hashes of the files that share their size with another: only these can have the same bytes.
fn hashes_of_equal_sizes(inputs: &[Input], of_tables: &[InputFile]) -> Result<Vec<Option<InputFile>>, CliError> {
    let shares_size = |number: usize| {
        let size = inputs[number].byte_count;
        let others = inputs.iter().enumerate().filter(|&(other, _)| other != number);
        let others = others.map(|(_, input)| input.byte_count);
        size.is_some() && others.chain(of_tables.iter().map(|file| Some(file.byte_count))).any(|other| other == size)
    };
    let hash = |(number, input): (usize, &Input)| if shares_size(number) { input.hash() } else { Ok(None) };
    Ok(inputs.iter().enumerate().map(hash).collect::<Result<_, SourceError>>()?)
}

/// A block and the input it is of.
type Work = (usize, Block);

/// Takes a block on its way; gives back the bytes of blocks that are done with.
type HandOn<'h> = dyn FnMut(Work) -> Result<Vec<Vec<u8>>, CliError> + 'h;

/// Reads inputs into one builder; says what the bytes of each were.
fn read_files(
    inputs: Vec<(usize, &mut Input)>,
    threads: usize,
    new_builder: &(impl Fn() -> UserTableBuilder + Sync),
    progress: &Progress,
) -> Result<(UserTableBuilder, Vec<(usize, Digest)>), CliError> {
    let layouts = layouts(&inputs);
    let rows = AtomicU64::new(0);
    // Parquet is decoded by the reading thread, into a builder of its own.
    let mut parquet = new_builder();
    for mapping in inputs.iter().filter_map(|(_, input)| input.mapping()) {
        parquet.add_columns(mapping);
    }
    let read_all = |hand_on: &mut HandOn<'_>, parquet: &mut UserTableBuilder| {
        let read = |(number, input): (usize, &mut Input)| {
            let digest = match &input.content {
                Content::Csv(..) => read_csv(input, number, hand_on, &rows, progress)?,
                Content::Parquet(_) | Content::Users(_) => read_parquet(input, parquet, &rows, progress)?,
            };
            Ok((number, digest))
        };
        inputs.into_iter().map(read).collect::<Result<Vec<_>, CliError>>()
    };
    if threads == 1 {
        let mut folder = Folder::new(new_builder(), &layouts);
        let digests = read_all(&mut |work| Ok(vec![folder.fold(work, &rows)]), &mut parquet)?;
        folder.builder.merge(parquet);
        return Ok((folder.builder, digests));
    }
    let (sender, receiver) = sync_channel::<Work>(threads * 2);
    let (give_back, done_with) = channel::<Vec<u8>>();
    thread::scope(|scope| {
        // Only the workers own the receiver: should all of them fail, sending fails too, rather than wait for ever.
        let receiver = Arc::new(Mutex::new(receiver));
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (receiver, give_back) = (Arc::clone(&receiver), give_back.clone());
                let (layouts, rows) = (&layouts, &rows);
                scope.spawn(move || work_off(&receiver, &give_back, Folder::new(new_builder(), layouts), rows))
            })
            .collect();
        drop(receiver);
        let mut send = |work| {
            sender.send(work).map_err(|_| worker_failed())?;
            Ok(done_with.try_iter().collect())
        };
        let outcome = read_all(&mut send, &mut parquet);
        // Without a sender the workers come to an end, whatever the outcome was.
        drop(sender);
        let mut builder: Option<UserTableBuilder> = None;
        for worker in workers {
            let part = worker.join().map_err(|_| worker_failed())?;
            match &mut builder {
                Some(builder) => builder.merge(part),
                None => builder = Some(part),
            }
        }
        let mut builder = builder.ok_or_else(worker_failed)?;
        builder.merge(parquet);
        Ok((builder, outcome?))
    })
}

fn worker_failed() -> CliError {
    CliError::Internal(panics::latest())
}

/// How each CSV input is read, by its number.
fn layouts(inputs: &[(usize, &mut Input)]) -> Vec<Option<Layout>> {
    let mut layouts = Vec::new();
    for (number, input) in inputs {
        layouts.resize_with(layouts.len().max(number + 1), || None);
        if let Content::Csv(header, mapping) = &input.content {
            layouts[*number] =
                Some(Layout { delimiter: header.delimiter, mapping: mapping.clone(), file: input.first_file });
        }
    }
    layouts
}

fn work_off(
    receiver: &Mutex<Receiver<Work>>,
    give_back: &Sender<Vec<u8>>,
    mut folder: Folder<'_>,
    rows: &AtomicU64,
) -> UserTableBuilder {
    loop {
        let work = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = work else { return folder.builder };
        // Nobody takes them back once all is read.
        let _ = give_back.send(folder.fold(work, rows));
    }
}

/// How a CSV input is read.
struct Layout {
    delimiter: u8,
    mapping: ColumnMapping,
    /// The number by which rows tell the input.
    file: u32,
}

/// Decodes blocks into a builder.
struct Folder<'l> {
    builder: UserTableBuilder,
    layouts: &'l [Option<Layout>],
    decoder: Option<(usize, u32, BlockDecoder)>,
}

impl<'l> Folder<'l> {
    fn new(builder: UserTableBuilder, layouts: &'l [Option<Layout>]) -> Folder<'l> {
        Folder { builder, layouts, decoder: None }
    }

    /// Folds a block; its bytes are done with then.
    fn fold(&mut self, (number, block): Work, rows: &AtomicU64) -> Vec<u8> {
        if self.decoder.as_ref().is_none_or(|(of, _, _)| *of != number) {
            self.decoder = self.layouts[number]
                .as_ref()
                .map(|layout| (number, layout.file, BlockDecoder::new(layout.delimiter, &layout.mapping)));
        }
        if let Some((_, file, decoder)) = &mut self.decoder {
            let before = self.builder.accepted_row_count();
            decoder.decode(&block, *file, &mut self.builder);
            rows.fetch_add(self.builder.accepted_row_count() - before, Ordering::Relaxed);
        }
        block.bytes
    }
}

/// Reads a CSV input to its end, handing on its blocks.
fn read_csv(
    input: &mut Input,
    number: usize,
    hand_on: &mut HandOn<'_>,
    rows: &AtomicU64,
    progress: &Progress,
) -> Result<Digest, CliError> {
    let Content::Csv(header, _) = &input.content else {
        return Err(CliError::Internal("an input that is not CSV was read as such".to_owned()));
    };
    let mut splitter = RecordSplitter::new(header.delimiter, header.line_count);
    let header_bytes = header.byte_count as u64;
    let mut bytes = input.bytes()?;
    bytes.read(header_bytes, &mut Vec::new()).map_err(|reason| input.read_error(reason))?;
    let mut blocks = Vec::new();
    let mut done = 0;
    loop {
        let pending = splitter.input();
        pending.reserve(usize::try_from(READ_BYTES).unwrap_or(0));
        let count = bytes.read(READ_BYTES, pending).map_err(|reason| input.read_error(reason))?;
        splitter.split(count == 0, &mut blocks).map_err(|too_long| SourceError::RecordTooLong {
            file: input.shown.clone(),
            line: too_long.line,
            limit_mib: MAX_RECORD_BYTES >> 20,
        })?;
        for block in blocks.drain(..) {
            for bytes in hand_on((number, block))? {
                splitter.recycle(bytes);
            }
        }
        let read = bytes.digest.byte_count();
        progress.advance(read - done, rows.load(Ordering::Relaxed));
        done = read;
        if count == 0 {
            return Ok(bytes.digest);
        }
    }
}

fn read_parquet(
    input: &mut Input,
    builder: &mut UserTableBuilder,
    rows: &AtomicU64,
    progress: &Progress,
) -> Result<Digest, CliError> {
    let before = builder.accepted_row_count();
    // Parquet is read at several places; the hash needs the bytes in order.
    let mut bytes = input.bytes()?;
    if let Some(path) = input.plain_path() {
        let mut buffer = Vec::new();
        while bytes.read(READ_BYTES, &mut buffer).map_err(|reason| input.read_error(reason))? > 0 {
            buffer.clear();
        }
        decode_parquet(input, || File::open(path), builder)?;
    } else {
        let mut all = Vec::new();
        bytes.read(u64::MAX, &mut all).map_err(|reason| input.read_error(reason))?;
        let all = Bytes::from(all);
        decode_parquet(input, || Ok(all.clone()), builder)?;
    }
    rows.fetch_add(builder.accepted_row_count() - before, Ordering::Relaxed);
    progress.advance(bytes.digest.byte_count(), rows.load(Ordering::Relaxed));
    Ok(bytes.digest)
}

/// Decodes rows or users, whichever the input holds.
fn decode_parquet<R: ChunkReader + 'static>(
    input: &Input,
    open: impl Fn() -> io::Result<R>,
    builder: &mut UserTableBuilder,
) -> Result<(), CliError> {
    match &input.content {
        Content::Users(metadata) => {
            let reader = open().map_err(|reason| input.read_error(reason))?;
            let merged = guarded(|| Ok(builder.merge_table(reader, metadata, input.first_file)));
            let merged = merged.map_err(|problem| input.header_error(problem))?;
            merged.map_err(|problem| CliError::Table { file: input.shown.clone(), problem })
        }
        Content::Parquet(mapping) => {
            let decoded = guarded(|| parquet::decode(open, mapping, input.first_file, builder));
            Ok(decoded.map_err(|problem| input.header_error(problem))?)
        }
        Content::Csv(..) => Err(CliError::Internal("an input that is CSV was read as Parquet".to_owned())),
    }
}
