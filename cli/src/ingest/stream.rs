//! Inputs of which the bytes come one after the other: one thread reads and cuts, the others decode and fold.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use bytes::Bytes;
use strata_core::source::csv::splitter::{Block, RecordSplitter};
use strata_core::source::parquet::ChunkReader;
use strata_core::source::{InputFile, parquet};
use strata_core::users::UserTableBuilder;

use super::fold::{Folder, Work, layouts};
use super::worker_failed;
use crate::error::CliError;
use crate::input::{Content, Input, guarded};
use crate::progress::Progress;

/// Bytes read at a time; a block is about as long.
const READ_BYTES: u64 = 1 << 18;

/// Takes a block on its way; gives back blocks that are done with.
type HandOn<'h> = dyn FnMut(Work) -> Result<Vec<Block>, CliError> + 'h;

/// Reads inputs into one builder; says what the bytes of each were.
pub fn read_files(
    inputs: Vec<(usize, &mut Input)>,
    threads: usize,
    new_builder: &(impl Fn() -> UserTableBuilder + Sync),
    progress: &Progress,
) -> Result<(UserTableBuilder, Vec<(usize, InputFile)>), CliError> {
    let layouts = layouts(&inputs);
    let rows = AtomicU64::new(0);
    // Parquet is decoded by the reading thread, into a builder of its own.
    let mut parquet = new_builder();
    for mapping in inputs.iter().filter_map(|(_, input)| input.mapping()) {
        parquet.add_columns(mapping);
    }
    let read_all = |hand_on: &mut HandOn<'_>, parquet: &mut UserTableBuilder| {
        let read = |(number, input): (usize, &mut Input)| {
            let file = match &input.content {
                Content::Csv(..) => read_csv(input, number, hand_on, &rows, progress)?,
                Content::Parquet(_) | Content::Users(_) => read_parquet(input, parquet, &rows, progress)?,
            };
            Ok((number, file))
        };
        inputs.into_iter().map(read).collect::<Result<Vec<_>, CliError>>()
    };
    if threads == 1 {
        let mut folder = Folder::new(new_builder(), &layouts);
        let files = read_all(&mut |work| Ok(vec![folder.fold(work, &rows)]), &mut parquet)?;
        folder.builder.merge(parquet);
        return Ok((folder.builder, files));
    }
    let (sender, receiver) = sync_channel::<Work>(threads * 2);
    let (give_back, done_with) = channel::<Block>();
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

fn work_off(
    receiver: &Mutex<Receiver<Work>>,
    give_back: &Sender<Block>,
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

/// Reads a CSV input to its end, handing on its blocks.
fn read_csv(
    input: &mut Input,
    number: usize,
    hand_on: &mut HandOn<'_>,
    rows: &AtomicU64,
    progress: &Progress,
) -> Result<InputFile, CliError> {
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
        splitter.split(count == 0, &mut blocks).map_err(|too_long| too_long.of_file(&input.shown))?;
        for block in blocks.drain(..) {
            for block in hand_on((number, block))? {
                splitter.recycle(block);
            }
        }
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
        decode_parquet(input, || File::open(path), builder)?;
    } else {
        let mut all = Vec::new();
        bytes.read(u64::MAX, &mut all).map_err(|reason| input.read_error(reason))?;
        let all = Bytes::from(all);
        decode_parquet(input, || Ok(all.clone()), builder)?;
    }
    rows.fetch_add(builder.accepted_row_count() - before, Ordering::Relaxed);
    progress.advance(bytes.digest.byte_count(), rows.load(Ordering::Relaxed));
    Ok(bytes.digest.finish(&input.name))
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
