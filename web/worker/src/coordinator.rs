//! The worker that the page talks to: it reads files with the help of parsers, holds the table and answers requests.

mod csv_source;
mod hashing;
mod ingest;
mod open;
mod pool;
mod progress;
mod replaying;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use strata_core::settings::ResolvedSettings;
use strata_protocol::{Failure, FileRequest, FromWorker, RequestId, SettingText, ToWorker, unpack};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use crate::kept_rows::Replay;
use crate::session::{ReadTable, Reanalysis, Session};
use crate::short_futures::boxed;
use crate::{failure, scope, session};
use hashing::InputHashes;
use open::Source;
use pool::ParserPool;
use progress::{Stop, Teller};
use replaying::replay_all;

thread_local! {
    /// The request in progress, which a panic is attributed to.
    static AT_HAND: Cell<RequestId> = Cell::default();
    /// Whether the page has been informed of a panic.
    static HAS_PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// Starts the coordinator.
pub fn run() {
    std::panic::set_hook(Box::new(|panic| {
        HAS_PANICKED.set(true);
        console_error_panic_hook::hook(panic);
        fail(AT_HAND.get(), failure::internal(panic.to_string()));
    }));
    // If the program runs out of memory, it ends without a panic.
    scope::on_error(|error| {
        if !HAS_PANICKED.get() {
            fail(AT_HAND.get(), failure::of_end(scope::memory_bytes(), error));
        }
        // The error must reach the page, which thereby learns that the program has ended.
        false
    });
    let coordinator = Rc::new(Coordinator::default());
    scope::on_message(move |message| match unpack(&message) {
        Ok(request) => Rc::clone(&coordinator).take(request),
        Err(error) => fail(RequestId::default(), failure::internal(error)),
    });
    scope::reply(&FromWorker::Ready);
}

fn fail(request: RequestId, failure: Failure) {
    scope::reply(&FromWorker::Failed { request, failure });
}

/// The state of the worker.
#[derive(Default)]
struct Coordinator {
    session: RefCell<Session>,
    /// Parsers that were started in advance, for the next time files are read.
    parsers: RefCell<Option<ParserPool>>,
    /// The source of the table, in case it must be read again.
    source: RefCell<Option<Rc<Source>>>,
    /// Number of readings that were started; all but the latest are superseded.
    readings: Rc<Cell<u32>>,
    /// Number of tables loaded from different inputs; only the hashes for the latest are used.
    tables: Cell<u32>,
    unwritten: RefCell<Unwritten>,
}

/// Files that wait for the hashes of the inputs.
#[derive(Default)]
struct Unwritten {
    waiting: Vec<Write>,
    /// Why there will be no hashes.
    failure: Option<Failure>,
}

/// A file that the page requested.
struct Write {
    request: RequestId,
    file: FileRequest,
    run: session::Run,
}

impl Coordinator {
    fn take(self: Rc<Self>, request: ToWorker) {
        match request {
            // An error here is reported when files are opened.
            ToWorker::Prepare { parser_count } => *self.parsers.borrow_mut() = ParserPool::start(parser_count).ok(),
            ToWorker::Open { request, files, mapping, settings, parser_count } => {
                let files = files.iter().map(JsCast::unchecked_into::<File>).collect();
                let given = mapping.into_iter().map(|given| (given.column, given.header)).collect();
                self.open(request, Source::Files { files, given, parser_count }, &settings);
            }
            ToWorker::OpenSample { request, row_count, settings, parser_count } => {
                self.open(request, Source::Sample { row_count, parser_count }, &settings);
            }
            ToWorker::Analyse { request, settings } => self.analyse(request, &settings),
            ToWorker::Users { request, query, offset, limit } => {
                self.answer(request, |session| {
                    Ok(FromWorker::Users { request, page: session.users(&query, offset, limit)? })
                });
            }
            ToWorker::Write { request, file, generated_at, spreadsheet_safe } => {
                self.write_when_hashed(Write { request, file, run: session::Run { generated_at, spreadsheet_safe } });
            }
        }
    }

    /// Writes a file, immediately or as soon as the hashes in it are known.
    fn write_when_hashed(&self, write: Write) {
        if !self.session.borrow().awaits_hashes(&write.file) {
            return self.write(&write);
        }
        let mut unwritten = self.unwritten.borrow_mut();
        match &unwritten.failure {
            Some(failure) => fail(write.request, failure.clone()),
            None => unwritten.waiting.push(write),
        }
    }

    fn write(&self, &Write { request, ref file, run }: &Write) {
        let mut hand_on = |bytes: &[u8]| {
            let part = Uint8Array::from(bytes);
            let buffers = Array::of1(&part.buffer());
            scope::reply_with(&FromWorker::FilePart { request, bytes: Array::of1(&part) }, &buffers);
        };
        match at_hand(request, || self.session.borrow_mut().write(file, run, &mut hand_on)) {
            Ok(name) => scope::reply(&FromWorker::File { request, name }),
            Err(failure) => fail(request, failure),
        }
    }

    /// Answers immediately from the loaded table.
    fn answer(&self, request: RequestId, answer: impl FnOnce(&mut Session) -> Result<FromWorker, Failure>) {
        match at_hand(request, || answer(&mut self.session.borrow_mut())) {
            Ok(reply) => scope::reply(&reply),
            Err(failure) => fail(request, failure),
        }
    }

    fn analyse(self: Rc<Self>, request: RequestId, texts: &[SettingText]) {
        let done = at_hand(request, || {
            let settings = session::resolve(texts)?;
            self.session.borrow_mut().analyse(settings)
        });
        match done {
            Ok(Reanalysis::Done(results)) => scope::reply(&FromWorker::Analysed { request, results }),
            Ok(Reanalysis::Replay(replay, settings)) => self.replay(request, *replay, *settings),
            Ok(Reanalysis::RowsNeeded(settings)) => self.read_again(request, *settings),
            Err(failure) => fail(request, failure),
        }
    }

    fn read_again(self: Rc<Self>, request: RequestId, settings: ResolvedSettings) {
        let source = self.source.borrow().clone();
        match source {
            Some(source) => self.read(request, source, settings, Purpose::OtherAsOf),
            None => fail(request, failure::nothing_loaded()),
        }
    }

    fn open(self: Rc<Self>, request: RequestId, source: Source, texts: &[SettingText]) {
        match session::resolve(texts) {
            Ok(settings) => self.read(request, Rc::new(source), settings, Purpose::Open),
            Err(failure) => fail(request, failure),
        }
    }

    /// Hashes the remaining inputs and writes the waiting files, unless another table has been loaded.
    async fn hash(&self, source: &Source, mut hashes: InputHashes, table: u32) {
        let check = || if self.tables.get() == table { Ok(()) } else { Err(Stop::Superseded) };
        match hashes.complete(source, check).await.and_then(|()| check()) {
            Ok(()) => {
                if let Some(files) = hashes.files() {
                    self.session.borrow_mut().set_files(files);
                }
                let waiting = std::mem::take(&mut self.unwritten.borrow_mut().waiting);
                for write in &waiting {
                    self.write(write);
                }
            }
            Err(Stop::Failed(failure)) => {
                self.give_up_writing(&failure);
                self.unwritten.borrow_mut().failure = Some(*failure);
            }
            Err(Stop::Superseded) => {}
        }
    }

    /// Reports for each waiting file that it cannot be written.
    fn give_up_writing(&self, failure: &Failure) {
        let waiting = std::mem::take(&mut self.unwritten.borrow_mut().waiting);
        for write in waiting {
            fail(write.request, failure.clone());
        }
    }

    /// Accepts a table and replies with its results. Separate from the reading loop, which is called often: see
    /// [`boxed`](crate::short_futures).
    #[inline(never)]
    fn load(&self, request: RequestId, mut read: ReadTable, settings: ResolvedSettings, purpose: Purpose) {
        let mut session = self.session.borrow_mut();
        match purpose {
            Purpose::Open => {
                self.tables.set(self.tables.get() + 1);
                self.give_up_writing(&failure::nothing_loaded());
                self.unwritten.borrow_mut().failure = None;
            }
            // The inputs are the same: their hashes are known, or being computed.
            Purpose::OtherAsOf => read.files = read.files.or_else(|| session.files().map(<[_]>::to_vec)),
        }
        let loaded = session.load(read, settings);
        scope::reply(&match purpose {
            Purpose::Open => {
                let session::Loaded { inputs, rejected_rows, results } = loaded;
                FromWorker::Loaded { request, inputs, rejected_rows, results }
            }
            Purpose::OtherAsOf => FromWorker::Analysed { request, results: loaded.results },
        });
    }

    /// Reads rows and replies when done. An earlier reading is superseded.
    fn read(self: Rc<Self>, request: RequestId, source: Rc<Source>, settings: ResolvedSettings, purpose: Purpose) {
        let (number, teller) = self.begin_reading(request);
        spawn_local(async move {
            let parsers = self.parsers.take();
            let as_of = settings.values.segmentation_as_of_date;
            // If the rows had fitted into memory, they would not be read again.
            let keeps_rows = matches!(purpose, Purpose::Open);
            let read = boxed(ingest::read(&source, as_of, keeps_rows, parsers, teller)).await;
            match read {
                Ok(ingest::Outcome::Read(read, hashes)) => {
                    self.load(request, *read, settings, purpose);
                    *self.source.borrow_mut() = Some(Rc::clone(&source));
                    let table = self.tables.get();
                    self.prepare(number).await;
                    if matches!(purpose, Purpose::Open) {
                        boxed(self.hash(&source, hashes, table)).await;
                    }
                }
                Ok(ingest::Outcome::MappingNeeded(inputs)) => {
                    scope::reply(&FromWorker::MappingNeeded { request, inputs });
                }
                Err(Stop::Failed(failure)) => fail(request, *failure),
                Err(Stop::Superseded) => {}
            }
        });
    }

    /// Replays the kept rows and replies when done. An earlier reading is superseded.
    fn replay(self: Rc<Self>, request: RequestId, mut replay: Replay, settings: ResolvedSettings) {
        let (number, teller) = self.begin_reading(request);
        spawn_local(async move {
            match boxed(replay_all(&mut replay, &teller)).await {
                Ok(true) => {
                    let taken = at_hand(request, || self.session.borrow_mut().take_replayed(replay, settings));
                    match taken {
                        Ok(results) => scope::reply(&FromWorker::Analysed { request, results }),
                        Err(failure) => return fail(request, failure),
                    }
                    self.prepare(number).await;
                }
                // The kept rows cannot be used, so the files are read again.
                Ok(false) => self.read_again(request, settings),
                Err(Stop::Failed(failure)) => fail(request, *failure),
                Err(Stop::Superseded) => {}
            }
        });
    }

    /// Returns the number of a new reading, and its channel to the page. Earlier readings are superseded.
    fn begin_reading(&self, request: RequestId) -> (u32, Teller) {
        let number = self.readings.get() + 1;
        self.readings.set(number);
        AT_HAND.set(request);
        (number, Teller::new(request, Rc::clone(&self.readings), number))
    }

    /// Computes intermediate results in advance for the table of a reading, unless another reading was started.
    async fn prepare(&self, number: u32) {
        // Lets the first view finish first.
        TimeoutFuture::new(PREPARE_AFTER_MILLIS).await;
        if self.readings.get() == number {
            self.session.borrow_mut().prepare();
        }
    }
}

/// Delay between the results and the start of background computation and hashing.
const PREPARE_AFTER_MILLIS: u32 = 500;

/// The purpose of reading rows.
#[derive(Clone, Copy)]
enum Purpose {
    /// To load a new table.
    Open,
    /// To rebuild the current table with another as-of date.
    OtherAsOf,
}

/// Works on a request, which a panic is then attributed to.
fn at_hand<T>(request: RequestId, work: impl FnOnce() -> T) -> T {
    let before = AT_HAND.replace(request);
    let done = work();
    AT_HAND.set(before);
    done
}

/// The text of a JavaScript error.
fn error_text(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
