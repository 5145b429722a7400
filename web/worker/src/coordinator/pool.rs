//! The parsers: starts them, feeds them at their pace, and ends them.

mod connection;

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::{Array, ArrayBuffer, Uint8Array};
use strata_core::source::csv::splitter::Block;
use strata_core::value::calendar::Day;
use strata_protocol::Failure;
use wasm_bindgen::prelude::*;
use web_sys::File;

use crate::failure;
use crate::parser_protocol::{FromParser, InputLayout, ParquetContent, ParserStatus, ToParser};
use crate::ranges::{FileRange, RangeOutcome};

use super::error_text;
use connection::Connection;

/// Blocks in progress per parser: one being parsed, one waiting.
const BLOCKS_PER_PARSER: u32 = 2;

/// More parsers than this would only wait for blocks.
const MOST_PARSERS: u32 = 16;

/// A buffer is slightly larger than its block, so that other blocks fit into it, too.
const BUFFER_STEP: u32 = 1 << 20;

/// The parsers of one reading. They end with the pool.
pub struct ParserPool {
    workers: Vec<Connection>,
    shared: Rc<RefCell<Shared>>,
}

/// What the parsers have reported.
#[derive(Default)]
struct Shared {
    parsers: Vec<ParserState>,
    /// Parts that wait to be merged.
    parts: Vec<ReadPart>,
    /// Ranges that wait to be joined.
    ranges: Vec<ReadRange>,
    /// Buffers of processed blocks, for reuse.
    spare: Vec<ArrayBuffer>,
    content: Option<ParquetContent>,
    failure: Option<Failure>,
    /// Whether anything was reported since this was last checked.
    has_news: bool,
    waker: Option<Waker>,
}

#[derive(Clone, Copy, Default)]
struct ParserState {
    is_ready: bool,
    is_finished: bool,
    /// Number of blocks or files in progress.
    under_way: u32,
    status: ParserStatus,
}

/// The result of reading rows.
pub struct ReadPart {
    /// The users, as a part of the table.
    pub users: Uint8Array,
    /// The rows; empty if they are not kept.
    pub rows: Uint8Array,
}

/// The result of reading a range.
pub struct ReadRange {
    /// The outcome, which is needed to join the range.
    pub outcome: RangeOutcome,
    /// The users and rows of the range.
    pub part: ReadPart,
}

/// The combined progress of all parsers.
#[derive(Clone, Copy, Debug, Default)]
pub struct PoolStatus {
    /// Rows accepted.
    pub rows: f64,
    /// Memory in use, in bytes.
    pub memory: f64,
    /// Bytes read of ranges that have not been joined yet.
    pub range_bytes: f64,
}

impl ParserPool {
    /// Starts parsers.
    pub fn start(count: u32) -> Result<ParserPool, Failure> {
        let count = count.clamp(1, MOST_PARSERS) as usize;
        let shared =
            Rc::new(RefCell::new(Shared { parsers: vec![ParserState::default(); count], ..Shared::default() }));
        let connect = |number| Connection::open(number, &shared);
        let workers = (0..count).map(connect).collect::<Result<_, _>>()?;
        Ok(ParserPool { workers, shared })
    }

    /// Informs every parser about the inputs that follow, and whether to return rows as well as users.
    pub async fn begin(&self, as_of: Option<Day>, inputs: Vec<InputLayout>, keeps_rows: bool) -> Result<(), Failure> {
        self.when(|shared| shared.parsers.iter().all(|parser| parser.is_ready).then_some(())).await?;
        self.post_to_all(&ToParser::Begin { as_of: as_of.map(|day| day.0), inputs, keeps_rows })
    }

    /// Instructs every parser to stop returning rows.
    pub fn forget_rows(&self) -> Result<(), Failure> {
        self.post_to_all(&ToParser::ForgetRows)
    }

    /// Lets a parser inspect a Parquet file.
    pub async fn look(&self, file: File) -> Result<ParquetContent, Failure> {
        self.when(|shared| shared.parsers[0].is_ready.then_some(())).await?;
        self.post(0, &ToParser::Look { file }, &Array::new())?;
        self.when(|shared| shared.content.take()).await
    }

    /// Passes a block to a parser, as soon as one is free.
    pub async fn fold(&self, file: u32, block: &Block) -> Result<(), Failure> {
        let number = self.free_parser(BLOCKS_PER_PARSER).await?;
        let byte_count = u32::try_from(block.bytes.len()).unwrap_or(u32::MAX);
        let buffer = self.buffer(byte_count);
        Uint8Array::new_with_byte_offset_and_length(&buffer, 0, byte_count).copy_from(&block.bytes);
        let message = ToParser::Block { file, first_line: block.first_line as f64, byte_count, buffer: buffer.clone() };
        self.shared.borrow_mut().parsers[number].under_way += 1;
        self.post(number, &message, &Array::of1(&buffer))
    }

    /// Passes a range of a file to the parser with the least work, which queues it if it is busy.
    pub fn fold_range(&self, input: u32, file: &File, range: FileRange) -> Result<(), Failure> {
        let parsers = &mut self.shared.borrow_mut().parsers;
        let Some((number, idlest)) = parsers.iter_mut().enumerate().min_by_key(|(_, parser)| parser.under_way) else {
            return Err(failure::internal("No parser worker is running."));
        };
        idlest.under_way += 1;
        self.post(number, &ToParser::Range { input, file: file.clone(), range }, &Array::new())
    }

    /// Waits for the next message of a parser; returns the outcome of the range with this number if it has arrived.
    pub async fn next_range(&self, number: u32) -> Result<Option<ReadRange>, Failure> {
        self.when(|shared| {
            if let Some(found) = shared.ranges.iter().position(|range| range.outcome.number == number) {
                return Some(Some(shared.ranges.swap_remove(found)));
            }
            std::mem::take(&mut shared.has_news).then_some(None)
        })
        .await
    }

    /// Maximum number of ranges in progress or waiting to be joined: one being read and one waiting for each parser.
    pub fn ranges_at_once(&self) -> usize {
        self.workers.len() * BLOCKS_PER_PARSER as usize
    }

    /// Passes a Parquet file to an idle parser; returns the parser's number.
    pub async fn fold_parquet(&self, number: u32, has_users: bool, file: File) -> Result<usize, Failure> {
        let parser = self.free_parser(1).await?;
        self.shared.borrow_mut().parsers[parser].under_way += BLOCKS_PER_PARSER;
        self.post(parser, &ToParser::Parquet { number, has_users, file }, &Array::new())?;
        Ok(parser)
    }

    /// Returns a parser's position in its Parquet file; `None` when it is done.
    pub fn position(&self, parser: usize) -> Option<f64> {
        let state = self.shared.borrow().parsers[parser];
        (state.under_way > 0).then_some(state.status.position)
    }

    /// Informs every parser that no more input follows.
    pub fn finish(&self) -> Result<(), Failure> {
        self.post_to_all(&ToParser::Finish)
    }

    /// Waits for the next message of a parser; returns the parts that have arrived, `None` once every parser is done.
    pub async fn next_parts(&self) -> Result<Option<Vec<ReadPart>>, Failure> {
        self.when(|shared| {
            let is_over = shared.parts.is_empty() && shared.parsers.iter().all(|parser| parser.is_finished);
            if is_over {
                return Some(None);
            }
            std::mem::take(&mut shared.has_news).then(|| Some(std::mem::take(&mut shared.parts)))
        })
        .await
    }

    /// Returns the parts that have arrived since the last call.
    pub fn take_parts(&self) -> Vec<ReadPart> {
        std::mem::take(&mut self.shared.borrow_mut().parts)
    }

    /// Returns the combined progress of the parsers.
    pub fn status(&self) -> PoolStatus {
        let shared = self.shared.borrow();
        let waiting: u64 = shared.ranges.iter().map(|range| range.outcome.byte_count()).sum();
        let none = PoolStatus { range_bytes: waiting as f64, ..PoolStatus::default() };
        shared.parsers.iter().fold(none, |sum, parser| PoolStatus {
            range_bytes: sum.range_bytes + parser.status.range_bytes,
            rows: sum.rows + parser.status.row_count,
            memory: sum.memory + parser.status.memory_bytes,
        })
    }

    /// Waits for a parser with fewer than `limit` items in progress; returns the one with the fewest.
    async fn free_parser(&self, limit: u32) -> Result<usize, Failure> {
        self.when(|shared| {
            let ready = shared.parsers.iter().enumerate().filter(|(_, parser)| parser.is_ready);
            let (number, idlest) = ready.min_by_key(|(_, parser)| parser.under_way)?;
            (idlest.under_way < limit).then_some(number)
        })
        .await
    }

    /// Returns a buffer of at least this many bytes.
    fn buffer(&self, byte_count: u32) -> ArrayBuffer {
        let spare = &mut self.shared.borrow_mut().spare;
        let fitting = spare.iter().position(|buffer| buffer.byte_length() >= byte_count);
        match fitting {
            Some(position) => spare.swap_remove(position),
            None => ArrayBuffer::new(byte_count.next_multiple_of(BUFFER_STEP)),
        }
    }

    fn post_to_all(&self, message: &ToParser) -> Result<(), Failure> {
        (0..self.workers.len()).try_for_each(|number| self.post(number, message, &Array::new()))
    }

    fn post(&self, number: usize, message: &ToParser, transfer: &Array) -> Result<(), Failure> {
        serde_wasm_bindgen::to_value(message)
            .map_err(JsValue::from)
            .and_then(|message| self.workers[number].post(&message, transfer))
            .map_err(|error| failure::internal(error_text(&error)))
    }

    /// Waits until `look` finds a result in what the parsers have reported, or a parser fails.
    async fn when<T>(&self, mut look: impl FnMut(&mut Shared) -> Option<T>) -> Result<T, Failure> {
        poll_fn(|context| {
            let mut shared = self.shared.borrow_mut();
            if let Some(failure) = &shared.failure {
                return Poll::Ready(Err(failure.clone()));
            }
            if let Some(found) = look(&mut shared) {
                return Poll::Ready(Ok(found));
            }
            shared.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

impl Shared {
    fn take(&mut self, number: usize, message: FromParser) {
        self.has_news = true;
        let parser = &mut self.parsers[number];
        match message {
            FromParser::Ready => parser.is_ready = true,
            FromParser::Content(content) => self.content = Some(content),
            FromParser::Advanced { status } => parser.status = status,
            FromParser::Part { users, rows, status } => {
                parser.status = status;
                self.parts.push(ReadPart { users, rows });
            }
            FromParser::Range { outcome, users, rows, status } => {
                parser.status = status;
                parser.under_way -= 1;
                self.ranges.push(ReadRange { outcome, part: ReadPart { users, rows } });
            }
            FromParser::Taken { buffer, status } => {
                parser.status = status;
                match buffer.dyn_into::<ArrayBuffer>() {
                    Ok(buffer) => {
                        parser.under_way -= 1;
                        self.spare.push(buffer);
                    }
                    Err(_) => parser.under_way -= BLOCKS_PER_PARSER,
                }
            }
            FromParser::Finished { status } => {
                parser.status = status;
                parser.is_finished = true;
            }
            FromParser::Failed { failure } => self.fail(failure),
        }
    }

    /// Only the first failure counts: later ones follow from it.
    fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}
