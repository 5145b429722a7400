//! Saves files through the browser's downloads.

mod stream;

pub use stream::StreamedFile;

use std::cell::Cell;

use gloo_timers::callback::Timeout;
use js_sys::Array;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// How long the address of a file stays valid, for browsers that ask the user before saving.
const ADDRESS_LIFETIME_MS: u32 = 120_000;

/// Time between two downloads: Chromium silently drops those beyond ten in a second.
const SAVE_INTERVAL_MS: f64 = 120.0;

/// Saves a file that consists of consecutive parts (`Uint8Array`s or texts).
///
/// # Errors
/// The browser's reason, if it refuses.
pub fn save_parts(name: &str, mime: &str, parts: &Array) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    save_blob(name, &Blob::new_with_u8_array_sequence_and_options(parts, &options)?)
}

/// Saves a text.
///
/// # Errors
/// The browser's reason, if it refuses.
pub fn save_text(name: &str, mime: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    save_blob(name, &Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?)
}

/// Saves a blob.
///
/// # Errors
/// The browser's reason, if it refuses.
pub fn save_blob(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    // The link is only clicked, so it need not be in the document.
    Timeout::new(wait_ms(), move || link.click()).forget();
    Timeout::new(ADDRESS_LIFETIME_MS, move || {
        // Failing to revoke an address that is no longer valid is harmless.
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
}

thread_local! {
    /// Time of the next possible download, in milliseconds of the page's clock.
    static NEXT_SAVE: Cell<f64> = const { Cell::new(0.0) };
}

/// Returns how long a file must wait for the previous ones.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds at most, not negative")]
fn wait_ms() -> u32 {
    let now = window().performance().map_or(0.0, |performance| performance.now());
    let at = NEXT_SAVE.get().max(now);
    NEXT_SAVE.set(at + SAVE_INTERVAL_MS);
    (at - now).ceil() as u32
}

/// Returns the media type of a file by its extension.
#[must_use]
pub fn mime_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("csv") => "text/csv;charset=utf-8",
        Some("json") => "application/json",
        Some("zip") => "application/zip",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("toml") => "application/toml",
        _ => "application/octet-stream",
    }
}

/// Returns the total size of parts in bytes.
#[must_use]
pub fn byte_count(parts: &Array) -> f64 {
    parts
        .iter()
        .filter_map(|part| part.dyn_into::<js_sys::Uint8Array>().ok())
        .map(|part| f64::from(part.byte_length()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_follow_the_ending() {
        assert_eq!(mime_type("user_segments.csv"), "text/csv;charset=utf-8");
        assert_eq!(mime_type("strata-abc.1.zip"), "application/zip");
        assert_eq!(mime_type("noending"), "application/octet-stream");
    }
}
