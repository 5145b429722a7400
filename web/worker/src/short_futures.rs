//! Keeps futures that are polled often short.
//!
//! A browser recompiles a function that is called often, optimising it on a core that then reads no rows. It compiles
//! the entire function, and the future of an `async` function contains all futures that it awaits: a large one that is
//! polled with every piece of a file costs a fifth of a second. Futures that are polled often are therefore kept short:
//! what they await is boxed, and slow work is in functions that are not inlined.

use std::pin::Pin;

/// Puts a future behind a pointer, so that it is not compiled as part of the function that awaits it.
pub fn boxed<'f, T>(future: impl Future<Output = T> + 'f) -> Pin<Box<dyn Future<Output = T> + 'f>> {
    Box::pin(future)
}
