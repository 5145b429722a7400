//! Futures that are polled by functions of their own.
//!
//! A browser compiles a function that is called often once more, for speed, on a core that then reads no rows. It
//! compiles the whole function, and the future of an `async` function has all those in it that it waits for: polled
//! with every piece of a file, a large one costs a fifth of a second. So what is polled often is kept short here: what it
//! waits for is boxed, and what takes long is in functions that are not inlined.

use std::pin::Pin;

/// The future behind a pointer, so that what awaits it does not become one function with it.
pub fn boxed<'f, T>(future: impl Future<Output = T> + 'f) -> Pin<Box<dyn Future<Output = T> + 'f>> {
    Box::pin(future)
}
