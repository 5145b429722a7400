//! Threads for the engine's own work.

use std::panic::resume_unwind;
use std::thread;

use strata_core::parallel::{Parallel, Sequential};

/// Does work side by side where there is more than one thread.
#[derive(Clone, Copy, Debug)]
pub struct Threads {
    are_many: bool,
}

impl Threads {
    /// At most so many threads.
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
