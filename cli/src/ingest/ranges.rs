//! Plain CSV files: each thread reads, hashes, cuts and folds a range of its own.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::{iter, thread};

use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::CsvHeader;
use strata_core::source::csv::range::{Joined, RangeHashes, RangeJoin, RangeRead, RangeReader, RangeStart};
use strata_core::source::csv::splitter::RecordTooLong;
use strata_core::source::subtree_hash::PIECE_BYTES;
use strata_core::source::{ColumnMapping, Digest, InputFile, SourceError};
use strata_core::users::UserTableBuilder;

use crate::error::CliError;
use crate::input::{Content, Input};
use crate::progress::Progress;
use crate::threads::Threads;

/// Files are not cut into ranges below this.
const MIN_RANGE_BYTES: u64 = 1 << 23;

/// Bytes read at a time; a block is about as long.
const READ_BYTES: u64 = PIECE_BYTES;

/// A plain CSV file.
pub struct PlainFile<'i> {
    /// Which of the inputs.
    pub number: usize,
    /// The number by which rows tell it.
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

/// A range of a file.
struct Range<'f> {
    file: &'f PlainFile<'f>,
    start: RangeStart,
    /// The first byte that is hashed with the range; a multiple of [`PIECE_BYTES`].
    from: u64,
    /// The position behind the last one.
    to: u64,
}

/// What a range came to.
struct Part {
    read: Result<RangeRead, RecordTooLong>,
    hashes: RangeHashes,
    /// The rows, where the lines before the range are not known yet; other rows are in the thread's builder.
    builder: Option<UserTableBuilder>,
}

/// Counts what the threads do.
struct Counters<'p> {
    rows: AtomicU64,
    progress: &'p Progress,
}

/// Reads files into one builder; says what the bytes of each were.
pub fn read_files(
    files: &[PlainFile<'_>],
    threads: usize,
    new_builder: &(impl Fn() -> UserTableBuilder + Sync),
    progress: &Progress,
) -> Result<(UserTableBuilder, Vec<(usize, InputFile)>), CliError> {
    let ranges = ranges(files, threads);
    let counters = Counters { rows: AtomicU64::new(0), progress };
    let next = AtomicUsize::new(0);
    let work_off = || {
        let mut builder = new_builder();
        let numbers = iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&at| at < ranges.len()));
        let parts = numbers.map(|at| Ok((at, fold_range(&ranges[at], &mut builder, new_builder, &counters)?)));
        let parts = parts.collect::<Result<Vec<_>, CliError>>()?;
        Ok::<_, CliError>((builder, parts))
    };
    let outcomes = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(ranges.len())).map(|_| scope.spawn(work_off)).collect();
        let own = work_off();
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        iter::once(own).chain(others).collect::<Vec<_>>()
    });
    let mut outcomes = outcomes.into_iter().collect::<Result<Vec<_>, CliError>>()?;
    // Users that are in order in the file stay so.
    outcomes.sort_by_key(|(_, parts)| parts.first().map(|(at, _)| *at));
    let mut parts: Vec<(usize, Part)> = Vec::new();
    let mut all = new_builder();
    for file in files {
        all.add_columns(file.mapping);
    }
    for (builder, of_thread) in outcomes {
        parts.extend(of_thread);
        merge(&mut all, builder, Threads::of(threads));
    }
    parts.sort_by_key(|(at, _)| *at);
    let mut parts = parts.into_iter().map(|(_, part)| part);
    let mut hashes = Vec::new();
    for file in files {
        let of_file = ranges.iter().filter(|range| range.file.number == file.number);
        let of_file: Vec<_> = of_file.zip(&mut parts).collect();
        hashes.push((file.number, join(file, of_file, &mut all, Threads::of(threads), new_builder, &counters)?));
    }
    Ok((all, hashes))
}

/// Merging into a blank builder would only copy everything.
fn merge(all: &mut UserTableBuilder, part: UserTableBuilder, threads: Threads) {
    if all.user_count() == 0 {
        let blank = std::mem::replace(all, part);
        all.merge(blank);
    } else {
        all.merge_with(&threads, part);
    }
}

/// Cuts the files into ranges of a thread's share of what is left, so that the last ones are short and all threads are
/// done at about the same time.
fn ranges<'f>(files: &'f [PlainFile<'f>], threads: usize) -> Vec<Range<'f>> {
    let mut left: u64 = files.iter().map(|file| file.byte_count).sum();
    let mut ranges = Vec::new();
    for file in files {
        let mut from = 0;
        loop {
            let start = match from {
                0 => RangeStart::AfterHeader {
                    position: file.header.byte_count as u64,
                    line_count: file.header.line_count,
                },
                _ => RangeStart::NextLine(from),
            };
            let share = (left / threads as u64).next_multiple_of(PIECE_BYTES).max(MIN_RANGE_BYTES);
            let is_last = from + share + MIN_RANGE_BYTES > file.byte_count;
            // The last one ends with the file, wherever that is by then.
            ranges.push(Range { file, start, from, to: if is_last { u64::MAX } else { from + share } });
            left = left.saturating_sub(if is_last { file.byte_count - from } else { share });
            if is_last {
                break;
            }
            from += share;
        }
    }
    ranges
}

/// Folds a range, the first of a file into the thread's builder, any other into one of its own.
fn fold_range(
    range: &Range<'_>,
    of_thread: &mut UserTableBuilder,
    new_builder: &impl Fn() -> UserTableBuilder,
    counters: &Counters<'_>,
) -> Result<Part, CliError> {
    let mut of_range = (range.from > 0).then(new_builder);
    let builder = of_range.as_mut().unwrap_or(of_thread);
    let (read, hashes) = fold(range, Some(range.from), builder, counters)?;
    Ok(Part { read, hashes, builder: of_range })
}

/// Merges the parts of a file, and reads those again that did not start where the one before ended.
fn join(
    file: &PlainFile<'_>,
    parts: Vec<(&Range<'_>, Part)>,
    all: &mut UserTableBuilder,
    threads: Threads,
    new_builder: &impl Fn() -> UserTableBuilder,
    counters: &Counters<'_>,
) -> Result<InputFile, CliError> {
    let mut join = RangeJoin::new(file.header.byte_count as u64);
    for (range, Part { mut read, hashes, mut builder }) in parts {
        if range.to != u64::MAX && hashes.byte_count != range.to - range.from {
            return Err(file.read_error(io::Error::other("the file changed while it was read; try again")));
        }
        join.add_hashes(&hashes.pieces, hashes.byte_count);
        let mut is_start_known = builder.is_none();
        let lines_before = loop {
            match join.take(read, is_start_known).map_err(|too_long| too_long.of_file(file.shown))? {
                Joined::Read { lines_before } => break lines_before,
                Joined::Again(start) => {
                    let mut again = new_builder();
                    (read, _) = fold(&Range { start, ..*range }, None, &mut again, counters)?;
                    (builder, is_start_known) = (Some(again), true);
                }
            }
        };
        if let Some(mut builder) = builder {
            builder.add_lines(lines_before);
            merge(all, builder, threads);
        }
    }
    if let Some(input) = join.input_file(file.name) {
        return Ok(input);
    }
    // A single piece, which is quickly read again.
    let digest = Digest::default();
    digest.add(&fs::read(file.path).map_err(|reason| file.read_error(reason))?);
    Ok(digest.finish(file.name))
}

/// Reads a range into a builder; hashes it from a position on, where there is one.
fn fold(
    range: &Range<'_>,
    hash_from: Option<u64>,
    builder: &mut UserTableBuilder,
    counters: &Counters<'_>,
) -> Result<(Result<RangeRead, RecordTooLong>, RangeHashes), CliError> {
    let delimiter = range.file.header.delimiter;
    let mut reader = RangeReader::new(delimiter, range.start, range.to, hash_from, READ_BYTES);
    let mut decoder = BlockDecoder::new(range.file.mapping);
    let unreadable = |reason| range.file.read_error(reason);
    let mut file = File::open(range.file.path).map_err(unreadable)?;
    file.seek(SeekFrom::Start(reader.position())).map_err(unreadable)?;
    loop {
        let wanted = reader.wanted();
        let input = reader.input();
        input.reserve(usize::try_from(wanted).unwrap_or(0));
        let appended = (&file).take(wanted).read_to_end(input).map_err(unreadable)? as u64;
        let rows_before = builder.accepted_row_count();
        let read = reader.take(appended, |block| decoder.decode(block, range.file.first_file, builder));
        let rows = builder.accepted_row_count() - rows_before;
        let rows_before = counters.rows.fetch_add(rows, Ordering::Relaxed);
        counters.progress.advance(appended, rows_before + rows);
        if let Some(read) = read.transpose() {
            return Ok((read, reader.hashes().clone()));
        }
    }
}
