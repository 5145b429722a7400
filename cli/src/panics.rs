//! Turns panics of the program or of a library into errors.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

/// The message of the latest panic.
static LATEST: Mutex<String> = Mutex::new(String::new());

/// Keeps panic messages for error messages instead of printing them.
pub fn keep_for_messages() {
    set_hook(Box::new(|panic| {
        *LATEST.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string().replace('\n', " ");
    }));
}

/// The message and source location of the latest panic.
pub fn latest() -> String {
    LATEST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Runs `work`; `None` if it panicked.
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
