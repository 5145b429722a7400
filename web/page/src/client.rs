//! Communicates with the coordinator worker: sends requests, drops stale replies, and writes results into the state.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use strata_core::user_list::UserQuery;
use strata_protocol::{
    ColumnMapping, Failure, FailureKind, FileRequest, FromWorker, Progress, RequestId, SettingText, ToWorker,
    UserTablePage, pack, unpack,
};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::left_out::LeftOut;
use crate::state::{AppState, DataSource, Lifecycle, Loaded, SAMPLE_ROWS};

/// Changes in quicker succession count as one, which is compared with the results before the first of them.
const BURST_MS: f64 = 1000.0;

/// A setting that may be valid for one table and invalid for another.
const AS_OF_DATE: &str = "SEGMENTATION_AS_OF_DATE";

/// A reply to the request for a file.
pub enum FileReply {
    /// The next part.
    Part(Uint8Array),
    /// The file is complete and has this name, or it could not be written.
    End(Result<String, Failure>),
}

/// A file from the worker: name and parts.
pub struct WrittenFile {
    /// File name.
    pub name: String,
    /// `Uint8Array`s in order.
    pub parts: Array,
}

type OnUsers = Box<dyn FnOnce(Result<UserTablePage, Failure>)>;
type OnFile = Rc<RefCell<dyn FnMut(FileReply)>>;

/// The page's end of the connection to the worker. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Rc<Inner>,
}

struct Inner {
    state: AppState,
    worker: RefCell<Option<Connection>>,
    next_request: Cell<u32>,
    /// The request whose results are expected; replies to older ones are stale.
    current: Cell<RequestId>,
    /// Settings sent with the current request.
    sent_settings: RefCell<Vec<SettingText>>,
    /// Time of the change that the current request answers, in milliseconds of the page's clock.
    changed_at: Cell<f64>,
    /// Time of a further change of settings while a request is in progress.
    outdated_since: Cell<Option<f64>>,
    /// Time at which a change was last answered.
    answered_at: Cell<f64>,
    users: RefCell<BTreeMap<RequestId, OnUsers>>,
    files: RefCell<BTreeMap<RequestId, OnFile>>,
}

/// A worker and its event listeners.
struct Connection {
    worker: Worker,
    is_ready: bool,
    waiting: Vec<JsValue>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Client {
    /// Creates a client that starts its worker with the first request.
    #[must_use]
    pub fn new(state: AppState) -> Client {
        Client {
            inner: Rc::new(Inner {
                state,
                worker: RefCell::default(),
                next_request: Cell::new(1),
                current: Cell::default(),
                sent_settings: RefCell::default(),
                changed_at: Cell::new(0.0),
                outdated_since: Cell::new(None),
                answered_at: Cell::new(f64::NEG_INFINITY),
                users: RefCell::default(),
                files: RefCell::default(),
            }),
        }
    }

    /// Starts the workers, so that they are ready when files are opened.
    pub fn warm_up(&self) {
        self.send(&ToWorker::Prepare { parser_count: parser_count() });
    }

    /// Reads files.
    pub fn open_files(&self, files: Vec<web_sys::File>) {
        let state = self.inner.state;
        state.address.update(|address| address.set_choice("data", ""));
        state.source.set(Some(DataSource::Files(files)));
        self.open(Vec::new());
    }

    /// Generates and reads the sample data.
    pub fn open_sample(&self) {
        self.inner.state.source.set(Some(DataSource::Sample));
        self.open(Vec::new());
    }

    /// Reads the current source, with the columns chosen by the user.
    pub fn open(&self, mapping: Vec<ColumnMapping>) {
        let state = self.inner.state;
        let Some(source) = state.source.get_untracked() else { return };
        if state.lifecycle.with_untracked(|lifecycle| *lifecycle == Lifecycle::Loading) {
            // Cancels a reading in progress.
            self.disconnect();
        }
        state.progress.set(Progress::default());
        state.mapping.set(mapping.clone());
        state.lifecycle.set(Lifecycle::Loading);
        self.forget_results();
        let request = self.begin(now());
        let settings = self.inner.sent_settings.borrow().clone();
        let parser_count = parser_count();
        self.send(&match source {
            DataSource::Files(files) => {
                let files: Array = files.iter().collect();
                ToWorker::Open { request, files, mapping, settings, parser_count }
            }
            DataSource::Sample => ToWorker::OpenSample { request, row_count: SAMPLE_ROWS, settings, parser_count },
        });
    }

    /// Stops the worker and clears all data.
    pub fn cancel(&self) {
        self.disconnect();
        let state = self.inner.state;
        // Before the results are cleared: views on the page expect results.
        state.lifecycle.set(Lifecycle::Empty);
        self.forget_results();
        state.source.set(None);
        state.mapping.set(Vec::new());
        self.warm_up();
    }

    fn forget_results(&self) {
        let state = self.inner.state;
        state.results.set(None);
        state.results_before.set(None);
        state.is_pending.set(false);
        state.answer_ms.set(None);
        state.settings_failure.set(None);
        self.inner.outdated_since.set(None);
    }

    /// Requests results under the settings of the address, if they differ from those requested last.
    pub fn apply_settings(&self) {
        self.apply_settings_of(now());
    }

    fn apply_settings_of(&self, changed_at: f64) {
        let state = self.inner.state;
        let settings = state.address.with_untracked(|address| address.settings.clone());
        if *self.inner.sent_settings.borrow() == settings || state.results.with_untracked(Option::is_none) {
            return;
        }
        if state.is_pending.get_untracked() {
            self.inner.outdated_since.set(Some(changed_at));
            return;
        }
        state.progress.set(Progress::default());
        state.is_pending.set(true);
        let request = self.begin(changed_at);
        let settings = self.inner.sent_settings.borrow().clone();
        self.send(&ToWorker::Analyse { request, settings });
    }

    /// Requests rows of the users that a query selects, from an offset, up to a limit.
    pub fn users(
        &self,
        query: UserQuery,
        (offset, limit): (u32, u32),
        on_page: impl FnOnce(Result<UserTablePage, Failure>) + 'static,
    ) {
        let request = self.next_request();
        self.inner.users.borrow_mut().insert(request, Box::new(on_page));
        self.send(&ToWorker::Users { request, query, offset, limit });
    }

    /// Requests a file, which is passed on when it is complete.
    pub fn write(
        &self,
        file: FileRequest,
        spreadsheet_safe: bool,
        on_file: impl FnOnce(Result<WrittenFile, Failure>) + 'static,
    ) {
        let parts = Array::new();
        let mut on_file = Some(on_file);
        self.write_in_parts(file, spreadsheet_safe, move |reply| match reply {
            FileReply::Part(bytes) => {
                parts.push(&bytes);
            }
            FileReply::End(end) => {
                if let Some(on_file) = on_file.take() {
                    on_file(end.map(|name| WrittenFile { name, parts: parts.clone() }));
                }
            }
        });
    }

    /// Requests a file, which is passed on while it is written.
    pub fn write_in_parts(&self, file: FileRequest, spreadsheet_safe: bool, on_reply: impl FnMut(FileReply) + 'static) {
        let request = self.next_request();
        self.inner.files.borrow_mut().insert(request, Rc::new(RefCell::new(on_reply)));
        let generated_at = (js_sys::Date::now() / 1000.0).floor();
        self.send(&ToWorker::Write { request, file, generated_at, spreadsheet_safe });
    }

    fn next_request(&self) -> RequestId {
        let number = self.inner.next_request.get();
        self.inner.next_request.set(number.wrapping_add(1));
        RequestId(number)
    }

    /// Starts a request whose results replace those on the page.
    fn begin(&self, changed_at: f64) -> RequestId {
        let request = self.next_request();
        let inner = &self.inner;
        inner.current.set(request);
        inner.outdated_since.set(None);
        inner.changed_at.set(changed_at);
        *inner.sent_settings.borrow_mut() = inner.state.address.with_untracked(|address| address.settings.clone());
        request
    }

    fn send(&self, message: &ToWorker) {
        self.connect();
        let value = match pack(message) {
            Ok(packed) => packed.value,
            Err(error) => return self.fail_all(&format!("A request could not be encoded: {error}.")),
        };
        let mut connection = self.inner.worker.borrow_mut();
        if let Some(connection) = connection.as_mut() {
            if connection.is_ready {
                // A value that was just serialised can always be cloned.
                let _ = connection.worker.post_message(&value);
            } else {
                connection.waiting.push(value);
            }
        }
    }

    fn connect(&self) {
        if self.inner.worker.borrow().is_some() {
            return;
        }
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = match Worker::new_with_options(&worker_address(), &options) {
            Ok(worker) => worker,
            Err(error) => return self.fail_all(&format!("The worker could not be started: {error:?}.")),
        };
        let client = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match unpack::<FromWorker>(&event.data()) {
                Ok(reply) => client.receive(reply),
                Err(error) => client.fail_all(&format!("A reply could not be decoded: {error}.")),
            }
        });
        let client = self.clone();
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            client.fail_all(&reason_of(&event));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        *self.inner.worker.borrow_mut() = Some(Connection {
            worker,
            is_ready: false,
            waiting: Vec::new(),
            _on_message: on_message,
            _on_error: on_error,
        });
    }

    /// Ends the worker; its request in progress is never answered.
    fn disconnect(&self) {
        if let Some(connection) = self.inner.worker.borrow_mut().take() {
            connection.worker.terminate();
            // The closures may be running: they are dropped when the browser has finished with them.
            wasm_bindgen_futures::spawn_local(async move { drop(connection) });
        }
        self.inner.current.set(self.next_request());
        self.inner.users.borrow_mut().clear();
        self.inner.files.borrow_mut().clear();
    }

    /// Handles a worker that has ended, or whose messages cannot be decoded.
    fn fail_all(&self, reason: &str) {
        self.disconnect();
        let failure = Failure {
            kind: FailureKind::Internal,
            title: "Something went wrong in Strata".to_owned(),
            detail: reason.to_owned(),
            advice: "Open the file again. If it happens again, use the command line program: \
                     strata segment FILE --out segments/"
                .to_owned(),
        };
        self.inner.state.lifecycle.set(Lifecycle::Failed(failure));
        self.forget_results();
    }

    fn receive(&self, reply: FromWorker) {
        let inner = &self.inner;
        let state = inner.state;
        let is_current = reply.request() == Some(inner.current.get());
        match reply {
            FromWorker::Ready => {
                if let Some(connection) = inner.worker.borrow_mut().as_mut() {
                    connection.is_ready = true;
                    for value in connection.waiting.drain(..) {
                        let _ = connection.worker.post_message(&value);
                    }
                }
            }
            FromWorker::Users { request, page } => {
                let on_page = inner.users.borrow_mut().remove(&request);
                if let Some(on_page) = on_page {
                    on_page(Ok(page));
                }
            }
            FromWorker::FilePart { request, bytes } => {
                let on_file = inner.files.borrow().get(&request).cloned();
                if let (Some(on_file), Ok(bytes)) = (on_file, bytes.get(0).dyn_into()) {
                    (on_file.borrow_mut())(FileReply::Part(bytes));
                }
            }
            FromWorker::File { request, name } => {
                let on_file = inner.files.borrow_mut().remove(&request);
                if let Some(on_file) = on_file {
                    (on_file.borrow_mut())(FileReply::End(Ok(name)));
                }
            }
            FromWorker::Failed { request, failure } => {
                let on_file = inner.files.borrow_mut().remove(&request);
                if let Some(on_file) = on_file {
                    return (on_file.borrow_mut())(FileReply::End(Err(failure)));
                }
                let on_page = inner.users.borrow_mut().remove(&request);
                if let Some(on_page) = on_page {
                    return on_page(Err(failure));
                }
                if is_current {
                    self.fail(failure);
                }
            }
            _ if !is_current => {}
            FromWorker::Progress { progress, .. } => state.progress.set(progress),
            FromWorker::MappingNeeded { inputs, .. } => state.lifecycle.set(Lifecycle::Mapping(Arc::new(inputs))),
            FromWorker::Loaded { inputs, rejected_rows, results, .. } => {
                state.loaded.set(Arc::new(Loaded { inputs, rejected_rows }));
                state.results_before.set(None);
                state.results.set(Some(Arc::new(*results)));
                state.is_link.set(false);
                state.lifecycle.set(Lifecycle::Ready);
                self.apply_settings();
            }
            FromWorker::Analysed { results, .. } => {
                if now() - inner.answered_at.get() > BURST_MS || state.results_before.with_untracked(Option::is_none) {
                    state.results_before.set(state.results.get_untracked());
                }
                state.results.set(Some(Arc::new(*results)));
                state.settings_failure.set(None);
                self.answered();
            }
        }
    }

    fn fail(&self, failure: Failure) {
        let state = self.inner.state;
        if matches!(failure.kind, FailureKind::Internal | FailureKind::Memory) {
            // The worker may have ended as well, and its memory does not shrink: the next file gets a new one.
            self.disconnect();
            state.lifecycle.set(Lifecycle::Failed(failure));
            self.forget_results();
        } else if state.is_pending.get_untracked() {
            state.settings_failure.set(Some(failure));
            self.answered();
        } else if !self.open_without_as_of_date(&failure) {
            state.lifecycle.set(Lifecycle::Failed(failure));
            self.forget_results();
        }
    }

    /// An as-of date from a link or from another table must not prevent this one from being read: it is ignored, and
    /// the user is informed. Returns false if the as-of date is not the cause.
    fn open_without_as_of_date(&self, failure: &Failure) -> bool {
        let state = self.inner.state;
        let as_of = state.address.with_untracked(|address| address.setting(AS_OF_DATE).map(str::to_owned));
        let Some(text) = as_of.filter(|_| failure.kind == FailureKind::Setting) else { return false };
        state.address.update(|address| address.set_setting(AS_OF_DATE, ""));
        let left_out = LeftOut { name: AS_OF_DATE.to_owned(), text, reason: failure.detail.clone() };
        state.left_out.update(|known| known.push(left_out));
        self.open(state.mapping.get_untracked());
        true
    }

    /// Records that a change of settings was answered, and requests the next one if there is one.
    fn answered(&self) {
        let state = self.inner.state;
        let now = now();
        self.inner.answered_at.set(now);
        state.answer_ms.set(Some(now - self.inner.changed_at.get()));
        state.is_pending.set(false);
        if let Some(changed_at) = self.inner.outdated_since.take() {
            self.apply_settings_of(changed_at);
        }
    }
}

/// Returns the client that [`crate::app::App`] provides.
#[must_use]
pub fn use_client() -> Client {
    expect_context::<StoredValue<Client, LocalStorage>>().get_value()
}

/// Returns the address of the worker's script, which the build writes into the page.
fn worker_address() -> String {
    let document = leptos::prelude::document();
    let meta = document.query_selector("meta[name=strata-worker]").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_else(|| "./worker-boot.js".to_owned())
}

/// Returns the message of a worker's error event; the event of a script that could not be loaded has none.
fn reason_of(event: &ErrorEvent) -> String {
    let message = js_sys::Reflect::get(event, &"message".into()).ok().and_then(|message| message.as_string());
    message.unwrap_or_else(|| "A part of the program could not be loaded.".to_owned())
}

/// Returns the page's clock in milliseconds.
fn now() -> f64 {
    leptos::prelude::window().performance().map_or_else(js_sys::Date::now, |performance| performance.now())
}

/// One parser per core, at most eight: the coordinator needs little time itself.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1 to 8")]
fn parser_count() -> u32 {
    let cores = leptos::prelude::window().navigator().hardware_concurrency();
    cores.clamp(1.0, 8.0) as u32
}
