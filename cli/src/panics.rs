//! Panics, of the program or of a library, become errors.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

/// What the latest panic said.
static LATEST: Mutex<String> = Mutex::new(String::new());

/// Keeps what a panic says for the message of the error it becomes.
pub fn keep_for_messages() {
    set_hook(Box::new(|panic| {
        *LATEST.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string().replace('\n', " ");
    }));
}

/// What the latest panic said, and where.
pub fn latest() -> String {
    LATEST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Does some work; `None` where it panicked.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught() {
        assert_eq!(caught(|| 1), Some(1));
        assert_eq!(caught(|| -> u8 { panic!("a bug") }), None);
    }
}
