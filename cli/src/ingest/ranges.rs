//! Plain CSV files: each thread reads, hashes, cuts and folds ranges of its own.

mod schedule;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{iter, thread};

use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::CsvHeader;
use strata_core::source::csv::range::{Joined, RangeHashes, RangeJoin, RangeRead, RangeReader, RangeStart};
use strata_core::source::csv::splitter::RecordTooLong;
use strata_core::source::subtree_hash::PIECE_BYTES;
use strata_core::source::{ColumnMapping, InputFile, SourceError};
use strata_core::users::UserTableBuilder;

use crate::error::CliError;
use crate::input::{Content, Input, hash_file};
use crate::progress::Progress;
use crate::threads::Threads;

use super::merge;

use schedule::{ByteRange, Schedule};

/// Bytes read at a time; a block is about as long.
const READ_BYTES: u64 = PIECE_BYTES;

/// A plain CSV file.
pub struct PlainFile<'i> {
    /// Which of the inputs.
    pub number: usize,
    /// The number by which rows refer to it.
    first_file: u32,
    name: &'i str,
    shown: &'i str,
    path: &'i Path,
    header: &'i CsvHeader,
    mapping: &'i ColumnMapping,
    byte_count: u64,
}

impl<'i> PlainFile<'i> {
    /// The input, if that is what it is.
    pub fn new(number: usize, input: &'i Input) -> Option<PlainFile<'i>> {
        let Content::Csv(header, mapping) = &input.content else { return None };
        Some(PlainFile {
            number,
            first_file: input.first_file,
            name: &input.name,
            shown: &input.shown,
            path: input.plain_path()?,
            header,
            mapping,
            byte_count: input.byte_count?,
        })
    }

    fn read_error(&self, reason: io::Error) -> CliError {
        SourceError::Read { file: self.shown.to_owned(), reason }.into()
    }
}

/// What a range came to.
struct Part {
    range: ByteRange,
    read: Result<RangeRead, RecordTooLong>,
    hashes: RangeHashes,
    /// The rows, where the lines before the range are not known yet; other rows are in the thread's builder.
    builder: Option<UserTableBuilder>,
}

/// What the threads share.
struct Shared<'a, B> {
    files: &'a [PlainFile<'a>],
    schedule: Schedule,
    rows: AtomicU64,
    progress: &'a Progress,
    new_builder: &'a B,
}

/// Reads files into one builder; says what the bytes of each were.
pub fn read_files(
    files: &[PlainFile<'_>],
    threads: usize,
    new_builder: &(impl Fn() -> UserTableBuilder + Sync),
    progress: &Progress,
) -> Result<(UserTableBuilder, Vec<(usize, InputFile)>), CliError> {
    let byte_counts = files.iter().map(|file| file.byte_count).collect();
    let schedule = Schedule::new(byte_counts);
    let shared = Shared { files, schedule, rows: AtomicU64::new(0), progress, new_builder };
    let work_off = || {
        let mut builder = new_builder();
        let ranges = iter::from_fn(|| shared.schedule.next());
        let parts = ranges.map(|range| fold_range(range, &mut builder, &shared));
        let parts = parts.collect::<Result<Vec<_>, CliError>>()?;
        Ok::<_, CliError>((builder, parts))
    };
    let thread_count = threads.min(usize::try_from(shared.schedule.most_threads()).unwrap_or(usize::MAX));
    let outcomes = thread::scope(|scope| {
        let others: Vec<_> = (1..thread_count).map(|_| scope.spawn(work_off)).collect();
        let own = work_off();
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        iter::once(own).chain(others).collect::<Vec<_>>()
    });
    let mut outcomes = outcomes.into_iter().collect::<Result<Vec<_>, CliError>>()?;
    // Users that are in order in the files stay so.
    let place = |range: &ByteRange| (range.file, range.from);
    outcomes.sort_by_key(|(_, parts)| parts.iter().map(|part| place(&part.range)).min());
    let mut parts: Vec<Part> = Vec::new();
    let mut all = new_builder();
    for file in files {
        all.add_columns(file.mapping);
    }
    for (builder, of_thread) in outcomes {
        parts.extend(of_thread);
        merge(&mut all, builder, Threads::of(threads));
    }
    parts.sort_by_key(|part| place(&part.range));
    let mut parts = parts.into_iter().peekable();
    let mut hashes = Vec::new();
    for (place, file) in files.iter().enumerate() {
        let of_file = iter::from_fn(|| parts.next_if(|part| part.range.file == place));
        hashes.push((file.number, join(file, of_file, &mut all, Threads::of(threads), &shared)?));
    }
    Ok((all, hashes))
}

/// Folds a range, the first of a file into the thread's builder, any other into one of its own.
fn fold_range<B: Fn() -> UserTableBuilder>(
    range: ByteRange,
    of_thread: &mut UserTableBuilder,
    shared: &Shared<'_, B>,
) -> Result<Part, CliError> {
    let header = shared.files[range.file].header;
    let start = match range.from {
        0 => RangeStart::AfterHeader { position: header.byte_count as u64, line_count: header.line_count },
        from => RangeStart::NextLine(from),
    };
    let mut of_range = (range.from > 0).then(shared.new_builder);
    let builder = of_range.as_mut().unwrap_or(of_thread);
    let (read, hashes) = fold(&range, start, Purpose::First, builder, shared)?;
    Ok(Part { range: shared.schedule.finish(&range), read, hashes, builder: of_range })
}

/// Merges the parts of a file, and reads those again that did not start where the one before ended.
fn join<B: Fn() -> UserTableBuilder>(
    file: &PlainFile<'_>,
    parts: impl Iterator<Item = Part>,
    all: &mut UserTableBuilder,
    threads: Threads,
    shared: &Shared<'_, B>,
) -> Result<InputFile, CliError> {
    let mut join = RangeJoin::new(file.header.byte_count as u64);
    let mut is_hashed = true;
    for Part { range, mut read, hashes, mut builder } in parts {
        // A range is left where a record is too long.
        is_hashed &= read.is_ok();
        if read.is_ok() && range.to.is_some_and(|to| hashes.byte_count != to - range.from) {
            return Err(
                file.read_error(io::Error::other("the file changed while it was being read; run the command again"))
            );
        }
        join.add_hashes(&hashes.pieces, hashes.byte_count);
        let mut is_start_known = builder.is_none();
        let lines_before = loop {
            match join.take(read, is_start_known).map_err(|too_long| too_long.of_file(file.shown))? {
                Joined::Read { lines_before } => break lines_before,
                Joined::Again(start) => {
                    let mut again = (shared.new_builder)();
                    (read, _) = fold(&range, start, Purpose::Again, &mut again, shared)?;
                    (builder, is_start_known) = (Some(again), true);
                }
            }
        };
        if let Some(mut builder) = builder {
            builder.add_lines(lines_before);
            merge(all, builder, threads);
        }
    }
    if let Some(input) = join.input_file(file.name).filter(|_| is_hashed) {
        return Ok(input);
    }
    // Most times a single piece, which is quickly read again.
    hash_file(file.path, file.name).map_err(|reason| file.read_error(reason))
}

/// Why a range is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// For its rows and its hash; others may take the rest of it.
    First,
    /// Because its rows start elsewhere.
    Again,
}

/// Reads the records of a range from `start` on into a builder.
fn fold<B>(
    range: &ByteRange,
    start: RangeStart,
    purpose: Purpose,
    builder: &mut UserTableBuilder,
    shared: &Shared<'_, B>,
) -> Result<(Result<RangeRead, RecordTooLong>, RangeHashes), CliError> {
    let source = &shared.files[range.file];
    let is_first = purpose == Purpose::First;
    let hash_from = is_first.then_some(range.from);
    let end = range.to.unwrap_or(u64::MAX);
    let mut reader = RangeReader::new(source.header.delimiter, start, end, hash_from, READ_BYTES);
    let mut decoder = BlockDecoder::new(source.mapping);
    let unreadable = |reason| source.read_error(reason);
    let mut file = File::open(source.path).map_err(unreadable)?;
    file.seek(SeekFrom::Start(reader.position())).map_err(unreadable)?;
    loop {
        if is_first && let Some(end) = shared.schedule.claim(range, reader.position() + READ_BYTES) {
            reader.shorten(end);
        }
        let wanted = reader.wanted();
        let input = reader.input();
        input.reserve(usize::try_from(wanted).unwrap_or(0));
        let appended = (&file).take(wanted).read_to_end(input).map_err(unreadable)? as u64;
        let rows_before = builder.accepted_row_count();
        let read = reader.take(appended, |block| decoder.decode(block, source.first_file, builder));
        let rows = builder.accepted_row_count() - rows_before;
        let rows_before = shared.rows.fetch_add(rows, Ordering::Relaxed);
        shared.progress.advance(appended, rows_before + rows);
        if let Some(read) = read.transpose() {
            return Ok((read, reader.hashes().clone()));
        }
    }
}
