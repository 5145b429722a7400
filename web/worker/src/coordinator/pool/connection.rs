//! A parser worker and its event listeners.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::Array;
use strata_protocol::Failure;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::coordinator::error_text;
use crate::parser::ROLE;
use crate::{failure, scope};

use super::Shared;

/// A parser worker and its event listeners.
pub struct Connection {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Connection {
    /// Starts the parser with this number and listens to it.
    pub fn open(number: usize, shared: &Rc<RefCell<Shared>>) -> Result<Connection, Failure> {
        Connection::start(number, shared)
            .map_err(|error| failure::internal(format!("A parser worker could not be started: {}", error_text(&error))))
    }

    /// Posts a message and transfers its buffers.
    pub fn post(&self, message: &JsValue, transfer: &Array) -> Result<(), JsValue> {
        self.worker.post_message_with_transfer(message, transfer)
    }

    fn start(number: usize, shared: &Rc<RefCell<Shared>>) -> Result<Connection, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(ROLE);
        let worker = Worker::new_with_options(&scope::address(), &options)?;
        let of_messages = Rc::clone(shared);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let mut shared = of_messages.borrow_mut();
            match serde_wasm_bindgen::from_value(event.data()) {
                Ok(message) => shared.take(number, message),
                Err(error) => shared.fail(failure::internal(error.to_string())),
            }
            shared.wake();
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error_listener(Rc::downgrade(shared)).unchecked_ref()));
        Ok(Connection { worker, _on_message: on_message })
    }
}

/// Catches the errors of a parser, even when nothing waits for it any more: an uncaught one would reach the page as an
/// error of the coordinator.
fn error_listener(shared: Weak<RefCell<Shared>>) -> JsValue {
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        event.prevent_default();
        let Some(shared) = shared.upgrade() else { return };
        // The event of a program that could not be loaded has no message.
        let reason = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
        let reason = reason.unwrap_or_else(|| "its program could not be loaded".to_owned());
        let mut shared = shared.borrow_mut();
        shared.fail(failure::internal(format!("A parser worker stopped: {reason}")));
        shared.wake();
    });
    // The listener lives as long as the browser needs it.
    listener.into_js_value()
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.terminate();
    }
}
