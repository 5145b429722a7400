//! Saves a file while it is being written: the service worker answers the browser's request for it with the bytes that
//! the page passes on.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlIFrameElement, MessageChannel, MessageEvent, MessagePort, ServiceWorkerContainer};

use super::{ADDRESS_LIFETIME_MS, mime_type};

/// How long to wait for the browser's request for the file, and the interval between two checks.
const PATIENCE_MS: u32 = 1000;
const STEP_MS: u32 = 10;

/// A file that the browser is saving.
pub struct StreamedFile {
    port: MessagePort,
    frame: HtmlIFrameElement,
    byte_count: f64,
    is_whole: bool,
}

impl StreamedFile {
    /// Makes the browser start saving a file. Returns `None` if there is no service worker, or if the browser does not
    /// ask it: the file must then be saved as a whole.
    pub async fn start(name: &str) -> Option<StreamedFile> {
        // It may be missing in an insecure context or a private window.
        let container = Reflect::get(&window().navigator(), &"serviceWorker".into()).ok()?;
        let service_worker = container.dyn_into::<ServiceWorkerContainer>().ok()?.controller()?;
        let channel = MessageChannel::new().ok()?;
        let address = address()?;
        let offer = Object::new();
        for (key, value) in [("save", address.as_str()), ("name", name), ("type", mime_type(name))] {
            Reflect::set(&offer, &key.into(), &value.into()).ok()?;
        }
        let is_asked_for = Rc::new(Cell::new(false));
        let told = Rc::clone(&is_asked_for);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |_| told.set(true));
        let port = channel.port1();
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        service_worker.post_message_with_transferable(&offer, &Array::of1(&channel.port2())).ok()?;
        // A frame, so that a response from the network does not replace the page.
        let frame: HtmlIFrameElement = document().create_element("iframe").ok()?.unchecked_into();
        frame.set_hidden(true);
        frame.set_src(&address);
        document().body()?.append_child(&frame).ok()?;
        for _ in 0..PATIENCE_MS / STEP_MS {
            if is_asked_for.get() {
                break;
            }
            TimeoutFuture::new(STEP_MS).await;
        }
        port.set_onmessage(None);
        let file = StreamedFile { port, frame, byte_count: 0.0, is_whole: false };
        is_asked_for.get().then_some(file)
    }

    /// Passes on the next bytes, which must not be used afterwards.
    pub fn push(&mut self, bytes: &Uint8Array) {
        self.byte_count += f64::from(bytes.byte_length());
        // Bytes that have a buffer of their own can be transferred.
        let _ = self.port.post_message_with_transferable(bytes, &Array::of1(&bytes.buffer()));
    }

    /// Completes the file; returns its size in bytes.
    #[must_use]
    pub fn finish(mut self) -> f64 {
        self.is_whole = true;
        self.byte_count
    }
}

impl Drop for StreamedFile {
    /// The browser discards a file that is still incomplete when it is dropped.
    fn drop(&mut self) {
        // A text can always be cloned.
        let _ = self.port.post_message(&if self.is_whole { "end" } else { "broken" }.into());
        let frame = self.frame.clone();
        // The browser may not have taken the response from the frame yet.
        Timeout::new(ADDRESS_LIFETIME_MS, move || frame.remove()).forget();
    }
}

/// An address for one file, known only to the service worker.
fn address() -> Option<String> {
    let base = document().base_uri().ok()??;
    let number = (js_sys::Math::random() * 1e15).floor();
    web_sys::Url::new_with_base(&format!("save/{number}"), &base).ok().map(|url| url.href())
}
