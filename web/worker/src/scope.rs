//! The worker in which the program runs: its name, clock, memory and messages.

use js_sys::{Array, WebAssembly};
use serde::Serialize;
use strata_protocol::{FromWorker, pack};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, ErrorEvent, Event, MessageEvent};

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Returns the worker's name.
#[must_use]
pub fn name() -> String {
    scope().name()
}

/// Returns the address of the worker's script.
#[must_use]
pub fn address() -> String {
    scope().location().href()
}

/// Returns milliseconds on a monotonic clock.
#[must_use]
pub fn now_ms() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}

/// Returns the size of this program's memory in bytes, which never shrinks.
#[must_use]
pub fn memory_bytes() -> f64 {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    f64::from(buffer.byte_length())
}

/// Sends a message to the page.
pub fn reply(message: &FromWorker) {
    reply_with(message, &Array::new());
}

/// Sends a message to the page and transfers the buffers instead of copying them.
pub fn reply_with(message: &FromWorker, transfer: &Array) {
    let posted = pack(message).map_err(JsValue::from).and_then(|packed| {
        transfer.push(&packed.buffer);
        scope().post_message_with_transfer(&packed.value, transfer)
    });
    if let Err(reason) = posted {
        // Nobody else is left to report to, so the error goes to the console.
        wasm_bindgen::throw_val(reason);
    }
}

/// Sends a parser's message to the coordinator that started it.
pub fn post(message: &impl Serialize) {
    post_with(message, &Array::new());
}

/// Sends a parser's message to the coordinator and transfers the buffers instead of copying them.
pub fn post_with(message: &impl Serialize, transfer: &Array) {
    let posted = serde_wasm_bindgen::to_value(message)
        .map_err(JsValue::from)
        .and_then(|message| scope().post_message_with_transfer(&message, transfer));
    if let Err(reason) = posted {
        // Nobody else is left to report to, so the error goes to the console.
        wasm_bindgen::throw_val(reason);
    }
}

/// Calls `take` with each message that arrives.
pub fn on_message(mut take: impl FnMut(JsValue) + 'static) {
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| take(event.data()));
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    // The listener lives as long as the worker.
    listener.forget();
}

/// Calls `is_settled` with the text of each uncaught error; if it returns true, the error is not propagated.
pub fn on_error(is_settled: impl Fn(&str) -> bool + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let text = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).unwrap_or_default();
        if is_settled(&text) {
            event.prevent_default();
        }
    });
    // A listener rather than a handler: a handler would receive the parts of the error instead of its event.
    let _ = scope().add_event_listener_with_callback("error", listener.as_ref().unchecked_ref());
    // The listener lives as long as the worker.
    listener.forget();
}
