//! Threads for work inside the engine.

use std::panic::resume_unwind;
use std::thread;

use strata_core::parallel::{Parallel, Sequential};

/// Runs work in parallel if more than one thread is allowed.
#[derive(Clone, Copy, Debug)]
pub struct Threads {
    are_many: bool,
}

impl Threads {
    /// Allows at most `count` threads.
    pub fn of(count: usize) -> Threads {
        Threads { are_many: count > 1 }
    }
}

impl Parallel for Threads {
    fn both(&self, first: &mut (dyn FnMut() + Send), second: &mut (dyn FnMut() + Send)) {
        if !self.are_many {
            return Sequential.both(first, second);
        }
        thread::scope(|scope| {
            let second = scope.spawn(second);
            first();
            second.join().unwrap_or_else(|panic| resume_unwind(panic));
        });
    }
}
