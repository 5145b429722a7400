//! Messages as they are posted: their bytes, and the JavaScript values that cannot be turned into bytes.
//!
//! Bytes are transferred and decoded in one step. As a JavaScript object, a result with many cohorts would be cloned
//! and then decoded property by property, while the page is unresponsive.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use crate::message::{FromWorker, ToWorker};

/// A message that can be posted.
pub trait Message: Serialize + DeserializeOwned {
    /// Returns the JavaScript values that the message carries.
    fn values(&self) -> Option<&Array>;

    /// Returns the field of these values, to restore them after the bytes are decoded.
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
    /// The value to post.
    pub value: JsValue,
    /// The buffer of its bytes, which can be transferred rather than copied.
    pub buffer: ArrayBuffer,
}

/// Prepares a message for posting.
///
/// # Errors
/// A clause that states what cannot be encoded.
pub fn pack(message: &impl Message) -> Result<Packed, String> {
    let bytes = postcard::to_allocvec(message).map_err(|error| error.to_string())?;
    let bytes = Uint8Array::from(bytes.as_slice());
    let values = message.values().map_or(JsValue::UNDEFINED, |values| values.clone().into());
    Ok(Packed { value: Array::of2(&bytes, &values).into(), buffer: bytes.buffer() })
}

/// Decodes a posted message.
///
/// # Errors
/// A clause that states why the value is not a valid message.
pub fn unpack<M: Message>(value: &JsValue) -> Result<M, String> {
    let parts: &Array = value.dyn_ref().ok_or("it has no parts")?;
    let bytes: Uint8Array = parts.get(0).dyn_into().map_err(|_| "it has no bytes")?;
    let mut message: M = postcard::from_bytes(&bytes.to_vec()).map_err(|error| error.to_string())?;
    if let Some(values) = message.values_mut() {
        *values = parts.get(1).dyn_into().map_err(|_| "it lacks what its bytes speak of")?;
    }
    Ok(message)
}
