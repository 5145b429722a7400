//! A worker that turns blocks of rows into parts of the user table.
//!
//! Parquet is also read here, and only here: its decoder panics on some damaged files, and a panic ends the program.

mod parquet_file;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use strata_core::value::calendar::Day;
use strata_protocol::Failure;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use crate::fold::{Fold, Part, RangeFold, RowFold};
use crate::parser_protocol::{FromParser, InputLayout, ParserStatus, ToParser};
use crate::ranges::{FileRange, RangeOutcome};
use crate::reading::Chunk;
use crate::short_futures::boxed;
use crate::{failure, reading, scope};
use parquet_file::WatchedRows;

/// The name of a worker in this role.
pub const ROLE: &str = "parser";

/// Bytes of a range between two progress messages to the coordinator.
const ADVANCE_BYTES: f64 = 4.0 * 1_048_576.0;

thread_local! {
    /// The Parquet file that is being decoded.
    static PARQUET_AT_HAND: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The position in it that was read last.
    static POSITION: Cell<f64> = const { Cell::new(0.0) };
    /// Whether the coordinator has been informed of a panic.
    static HAS_PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// Starts the parser.
pub fn run() {
    std::panic::set_hook(Box::new(|panic| {
        HAS_PANICKED.set(true);
        let damaged = PARQUET_AT_HAND.with_borrow(|file| file.as_deref().map(failure::of_damaged_parquet));
        if damaged.is_none() {
            console_error_panic_hook::hook(panic);
        }
        scope::post(&FromParser::Failed { failure: damaged.unwrap_or_else(|| failure::internal(panic.to_string())) });
    }));
    // A panic ends in an error of the worker; once the panic is reported, the error adds nothing.
    scope::on_error(|_| HAS_PANICKED.get());
    let inbox = Rc::new(RefCell::new(Inbox::default()));
    scope::on_message(move |message| {
        let mut waiting = inbox.borrow_mut();
        waiting.messages.push_back(message);
        // A parser that panicked stays busy, so that later messages are ignored.
        if !std::mem::replace(&mut waiting.is_busy, true) {
            spawn_local(work_off(Rc::clone(&inbox)));
        }
    });
    scope::post(&FromParser::Ready);
}

/// Messages that wait for earlier ones: reading the bytes of a range is asynchronous.
#[derive(Default)]
struct Inbox {
    messages: VecDeque<JsValue>,
    is_busy: bool,
    parser: Parser,
}

#[inline(never)]
fn read_message(message: JsValue) -> Result<ToParser, Failure> {
    serde_wasm_bindgen::from_value(message).map_err(|error| failure::internal(error.to_string()))
}

/// Processes messages until there are no more.
///
/// This is polled with every piece of a range that the browser has read: see [`boxed`](crate::short_futures).
async fn work_off(inbox: Rc<RefCell<Inbox>>) {
    let mut parser = std::mem::take(&mut inbox.borrow_mut().parser);
    loop {
        let message = inbox.borrow_mut().messages.pop_front();
        let Some(message) = message else { break };
        let done = match read_message(message) {
            Ok(message) => boxed(parser.take(message)).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = done {
            scope::post(&FromParser::Failed { failure });
        }
    }
    let mut inbox = inbox.borrow_mut();
    inbox.parser = parser;
    inbox.is_busy = false;
}

#[derive(Default)]
struct Parser {
    fold: Fold,
    /// The bytes of the current block, reused for the next.
    bytes: Vec<u8>,
}

impl Parser {
    async fn take(&mut self, message: ToParser) -> Result<(), Failure> {
        match message {
            ToParser::Look { file } => look(&file)?,
            ToParser::Begin { as_of, inputs, keeps_rows } => {
                let fold = Fold::new(as_of.map(Day), inputs);
                self.fold = if keeps_rows { fold.keeping_rows() } else { fold };
            }
            ToParser::ForgetRows => self.fold.forget_rows(),
            ToParser::Block { file, first_line, byte_count, buffer } => {
                let view = Uint8Array::new_with_byte_offset_and_length(&buffer, 0, byte_count);
                self.fold_block(file, line_number(first_line), &view);
                let buffer = JsValue::from(buffer);
                let taken = FromParser::Taken { buffer: buffer.clone(), status: self.status() };
                scope::post_with(&taken, &Array::of1(&buffer));
            }
            ToParser::Range { input, file, range } => boxed(self.read_range(input, &file, range)).await?,
            ToParser::Parquet { number, has_users, file } => {
                self.decode_parquet(number, has_users, &file)?;
                scope::post(&FromParser::Taken { buffer: JsValue::UNDEFINED, status: self.status() });
            }
            ToParser::Finish => {
                hand_over(self.fold.rows());
                scope::post(&FromParser::Finished { status: self.status() });
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn fold_block(&mut self, file: u32, first_line: u64, view: &Uint8Array) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        reading::append(view, &mut bytes);
        self.bytes = self.fold.take_block(file, first_line, bytes);
        self.hand_over_if_due();
    }

    async fn read_range(&mut self, input: u32, file: &File, range: FileRange) -> Result<(), Failure> {
        let unreadable = |reason: io::Error| failure::of_reading(&file.name(), &reason);
        let Some(mut fold) = self.fold.range(input, range) else {
            return Err(failure::internal(format!("Input {input} is not known.")));
        };
        let mut outcome = RangeOutcome::default();
        let (from, to) = (fold.position() as f64, range.to as f64);
        let mut reported = 0.0;
        let mut chunk = Chunk::new(file, from, (to - from).max(0.0)).map_err(unreadable)?;
        loop {
            let wanted = u32::try_from(fold.wanted()).unwrap_or(u32::MAX);
            let count = if fold.position() < range.to {
                chunk.read(wanted, fold.input()).await
            } else {
                // The record that crosses the end of the range.
                reading::read_at(file, fold.position() as f64, wanted.into(), fold.input())
            };
            if fold.take(count.map_err(unreadable)?.into(), &mut outcome) {
                break;
            }
            let read = fold.position() as f64 - from;
            if read >= reported + ADVANCE_BYTES {
                reported = read;
                scope::post(&FromParser::Advanced { status: ParserStatus { range_bytes: read, ..self.status() } });
            }
        }
        hand_over_range(outcome, fold, self.status());
        Ok(())
    }

    #[inline(never)]
    fn decode_parquet(&mut self, number: u32, has_users: bool, file: &File) -> Result<(), Failure> {
        let Some(mapping) = self.fold.input(number).map(InputLayout::mapping) else {
            return Err(failure::internal(format!("Input {number} is not known.")));
        };
        PARQUET_AT_HAND.set(Some(file.name()));
        let mut rows = WatchedRows { rows: self.fold.rows() };
        if has_users {
            parquet_file::add_users(file, number, &mut rows)?;
        } else {
            parquet_file::decode(file, &mapping, number, &mut rows)?;
        }
        PARQUET_AT_HAND.set(None);
        self.hand_over_if_due();
        Ok(())
    }

    fn hand_over_if_due(&mut self) {
        if self.fold.rows().is_part_due() {
            hand_over(self.fold.rows());
        }
    }

    fn status(&mut self) -> ParserStatus {
        status(self.fold.rows())
    }
}

/// Describes the contents of a Parquet file.
#[inline(never)]
fn look(file: &File) -> Result<(), Failure> {
    PARQUET_AT_HAND.set(Some(file.name()));
    let content = parquet_file::look(file)?;
    PARQUET_AT_HAND.set(None);
    scope::post(&FromParser::Content(content));
    Ok(())
}

/// Sends the users of a range.
#[inline(never)]
fn hand_over_range(outcome: RangeOutcome, fold: RangeFold, status: ParserStatus) {
    let (users, rows, buffers) = transferable(&fold.finish());
    scope::post_with(&FromParser::Range { outcome, users, rows, status }, &buffers);
}

/// Sends the users of the rows since the last part.
#[inline(never)]
fn hand_over(rows: &mut RowFold) {
    let status = status(rows);
    let (users, rows, buffers) = transferable(&rows.take_part());
    scope::post_with(&FromParser::Part { users, rows, status }, &buffers);
}

/// Returns the users and rows of a part, and the buffers to transfer.
fn transferable(part: &Part) -> (Uint8Array, Uint8Array, Array) {
    let (users, rows) = (Uint8Array::from(part.users.as_slice()), Uint8Array::from(part.rows.as_slice()));
    let buffers = Array::of2(&users.buffer(), &rows.buffer());
    (users, rows, buffers)
}

fn status(rows: &RowFold) -> ParserStatus {
    ParserStatus {
        row_count: rows.row_count() as f64,
        memory_bytes: scope::memory_bytes(),
        position: POSITION.get(),
        range_bytes: 0.0,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a line number is whole and not negative")]
fn line_number(line: f64) -> u64 {
    line as u64
}
