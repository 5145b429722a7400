//! Messages as they are posted: their bytes, and beside these what only JavaScript can hold.
//!
//! Bytes are handed over and read in one go. As an object of JavaScript a result of many cohorts would be copied and
//! then taken apart property by property, while the page does not respond.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use crate::message::{FromWorker, ToWorker};

/// What can be posted.
pub trait Message: Serialize + DeserializeOwned {
    /// The values of JavaScript that the message carries.
    fn values(&self) -> Option<&Array>;

    /// The place of these values, to put them back after the bytes are read.
    fn values_mut(&mut self) -> Option<&mut Array>;
}

impl Message for ToWorker {
    fn values(&self) -> Option<&Array> {
        if let ToWorker::Open { files, .. } = self { Some(files) } else { None }
    }

    fn values_mut(&mut self) -> Option<&mut Array> {
        if let ToWorker::Open { files, .. } = self { Some(files) } else { None }
    }
}

impl Message for FromWorker {
    fn values(&self) -> Option<&Array> {
        if let FromWorker::FilePart { bytes, .. } = self { Some(bytes) } else { None }
    }

    fn values_mut(&mut self) -> Option<&mut Array> {
        if let FromWorker::FilePart { bytes, .. } = self { Some(bytes) } else { None }
    }
}

/// A message that is ready to be posted.
#[derive(Clone, Debug)]
pub struct Packed {
    /// What to post.
    pub value: JsValue,
    /// The bytes in it, which may be handed over rather than copied.
    pub buffer: ArrayBuffer,
}

/// Makes a message ready to be posted.
///
/// # Errors
/// A clause that says what cannot be written.
pub fn pack(message: &impl Message) -> Result<Packed, String> {
    let bytes = postcard::to_allocvec(message).map_err(|error| error.to_string())?;
    let bytes = Uint8Array::from(bytes.as_slice());
    let values = message.values().map_or(JsValue::UNDEFINED, |values| values.clone().into());
    Ok(Packed { value: Array::of2(&bytes, &values).into(), buffer: bytes.buffer() })
}

/// The message that was posted.
///
/// # Errors
/// A clause that says why the value is no message.
pub fn unpack<M: Message>(value: &JsValue) -> Result<M, String> {
    let parts: &Array = value.dyn_ref().ok_or("it has no parts")?;
    let bytes: Uint8Array = parts.get(0).dyn_into().map_err(|_| "it has no bytes")?;
    let mut message: M = postcard::from_bytes(&bytes.to_vec()).map_err(|error| error.to_string())?;
    if let Some(values) = message.values_mut() {
        *values = parts.get(1).dyn_into().map_err(|_| "it lacks what its bytes speak of")?;
    }
    Ok(message)
}
