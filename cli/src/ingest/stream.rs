//! Inputs of which the bytes come one after the other: one thread reads and unpacks them, another cuts and folds them.
//!
//! A second thread that folds would have little to do, as unpacking takes longer, and users would no longer come in
//! order.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use bytes::Bytes;
use strata_core::source::InputFile;
use strata_core::source::parquet::ChunkReader;
use strata_core::users::UserTableBuilder;

use super::fold::{CsvInput, Folder};
use super::{merge, parquet, worker_failed};
use crate::error::CliError;
use crate::input::{Content, Input, guarded};
use crate::progress::Progress;
use crate::threads::Threads;

/// Bytes read at a time.
const READ_BYTES: u64 = 1 << 18;

/// Buffers on their way from one thread to the other.
const BUFFERS_ON_THE_WAY: usize = 8;

/// Reads inputs into one builder; says what the bytes of each were.
pub fn read_files(
    inputs: Vec<(usize, &mut Input)>,
    threads: usize,
    new_builder: &(impl Fn() -> UserTableBuilder + Sync),
    progress: &Progress,
) -> Result<(UserTableBuilder, Vec<(usize, InputFile)>), CliError> {
    let rows = AtomicU64::new(0);
    let mut folder = Folder::new(new_builder());
    // Parquet is folded by the reading thread, into a builder of its own.
    let mut parquet = new_builder();
    for mapping in inputs.iter().filter_map(|(_, input)| input.mapping()) {
        parquet.add_columns(mapping);
    }
    let read_all = |next: &mut dyn Next, parquet: &mut UserTableBuilder| {
        let read = |(number, input): (usize, &mut Input)| {
            let file = match &input.content {
                Content::Csv(..) => read_csv(input, next, &rows, progress)?,
                Content::Parquet(_) | Content::Users(_) => read_parquet(input, threads, parquet, &rows, progress)?,
            };
            Ok((number, file))
        };
        inputs.into_iter().map(read).collect::<Result<Vec<_>, CliError>>()
    };
    let mut same_thread = SameThread { folder: &mut folder, rows: &rows };
    let files = if threads == 1 {
        read_all(&mut same_thread, &mut parquet)?
    } else {
        let (sender, receiver) = sync_channel(BUFFERS_ON_THE_WAY);
        let (give_back, done_with) = channel();
        thread::scope(|scope| {
            let folding = scope.spawn(|| fold_all(receiver, &give_back, same_thread));
            let files = read_all(&mut OtherThread { sender, done_with }, &mut parquet);
            // Its error is the reason why the bytes could not be passed on.
            folding.join().map_err(|_| worker_failed())??;
            files
        })?
    };
    let mut builder = folder.builder;
    merge(&mut builder, parquet, Threads::of(threads));
    Ok((builder, files))
}

/// Folds whatever arrives, until nothing more does.
fn fold_all(work: Receiver<Work>, give_back: &Sender<Vec<u8>>, mut folding: SameThread<'_>) -> Result<(), CliError> {
    for work in work {
        match work {
            Work::Input(input) => folding.input(*input)?,
            Work::Bytes { bytes, at_end } => {
                // Nobody takes them back once all is read.
                let _ = give_back.send(folding.bytes(bytes, at_end)?);
            }
        }
    }
    Ok(())
}

/// What the folding thread is to do.
enum Work {
    /// Go on to this input.
    Input(Box<CsvInput>),
    /// Fold these bytes of it.
    Bytes { bytes: Vec<u8>, at_end: bool },
}

/// Who takes what was read.
trait Next {
    /// Begins an input.
    fn input(&mut self, input: CsvInput) -> Result<(), CliError>;

    /// Takes bytes of it, and gives an empty buffer for those that follow.
    fn bytes(&mut self, bytes: Vec<u8>, at_end: bool) -> Result<Vec<u8>, CliError>;
}

/// Folds at once, on whichever thread it is.
struct SameThread<'f> {
    folder: &'f mut Folder,
    rows: &'f AtomicU64,
}

impl Next for SameThread<'_> {
    fn input(&mut self, input: CsvInput) -> Result<(), CliError> {
        self.folder.turn_to(input);
        Ok(())
    }

    fn bytes(&mut self, mut bytes: Vec<u8>, at_end: bool) -> Result<Vec<u8>, CliError> {
        self.rows.fetch_add(self.folder.fold(&bytes, at_end)?, Ordering::Relaxed);
        bytes.clear();
        Ok(bytes)
    }
}

/// Leaves it to a thread that runs [`fold_all`].
struct OtherThread {
    sender: SyncSender<Work>,
    done_with: Receiver<Vec<u8>>,
}

impl Next for OtherThread {
    fn input(&mut self, input: CsvInput) -> Result<(), CliError> {
        self.sender.send(Work::Input(Box::new(input))).map_err(|_| worker_failed())
    }

    fn bytes(&mut self, bytes: Vec<u8>, at_end: bool) -> Result<Vec<u8>, CliError> {
        self.sender.send(Work::Bytes { bytes, at_end }).map_err(|_| worker_failed())?;
        Ok(self.done_with.try_recv().unwrap_or_default())
    }
}

/// Reads a CSV input to its end, handing on its bytes.
fn read_csv(
    input: &mut Input,
    next: &mut dyn Next,
    rows: &AtomicU64,
    progress: &Progress,
) -> Result<InputFile, CliError> {
    let Content::Csv(header, mapping) = &input.content else {
        return Err(CliError::Internal("an input that is not CSV was read as such".to_owned()));
    };
    next.input(CsvInput::new(header, mapping, input.first_file, input.shown.clone()))?;
    let header_bytes = header.byte_count as u64;
    let mut bytes = input.bytes()?;
    bytes.read(header_bytes, &mut Vec::new()).map_err(|reason| input.read_error(reason))?;
    let mut buffer = Vec::new();
    let mut done = 0;
    loop {
        buffer.reserve(usize::try_from(READ_BYTES).unwrap_or(0));
        let count = bytes.read(READ_BYTES, &mut buffer).map_err(|reason| input.read_error(reason))?;
        buffer = next.bytes(buffer, count == 0)?;
        let read = bytes.digest.byte_count();
        progress.advance(read - done, rows.load(Ordering::Relaxed));
        done = read;
        if count == 0 {
            return Ok(bytes.digest.finish(&input.name));
        }
    }
}

fn read_parquet(
    input: &mut Input,
    threads: usize,
    builder: &mut UserTableBuilder,
    rows: &AtomicU64,
    progress: &Progress,
) -> Result<InputFile, CliError> {
    let before = builder.accepted_row_count();
    // Parquet is read at several places; the hash needs the bytes in order.
    let mut bytes = input.bytes()?;
    if let Some(path) = input.plain_path() {
        let mut buffer = Vec::new();
        while bytes.read(READ_BYTES, &mut buffer).map_err(|reason| input.read_error(reason))? > 0 {
            buffer.clear();
        }
        decode_parquet(input, threads, || File::open(path), builder)?;
    } else {
        let mut all = Vec::new();
        bytes.read(u64::MAX, &mut all).map_err(|reason| input.read_error(reason))?;
        let all = Bytes::from(all);
        decode_parquet(input, threads, || Ok(all.clone()), builder)?;
    }
    rows.fetch_add(builder.accepted_row_count() - before, Ordering::Relaxed);
    progress.advance(bytes.digest.byte_count(), rows.load(Ordering::Relaxed));
    Ok(bytes.digest.finish(&input.name))
}

/// Decodes rows or users, whichever the input holds.
fn decode_parquet<R: ChunkReader + 'static>(
    input: &Input,
    threads: usize,
    open: impl Fn() -> io::Result<R> + Sync,
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
            let decoded = guarded(|| parquet::decode(threads, open, mapping, input.first_file, builder));
            Ok(decoded.map_err(|problem| input.header_error(problem))?)
        }
        Content::Csv(..) => Err(CliError::Internal("an input that is CSV was read as Parquet".to_owned())),
    }
}
