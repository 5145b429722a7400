//! Tells the page how far reading is, and reading when to stop.

use std::cell::Cell;
use std::rc::Rc;

use strata_protocol::{Failure, FromWorker, Progress, RequestId};

use crate::memory::MemoryUse;
use crate::{failure, scope};

/// Milliseconds between two messages.
const INTERVAL_MS: f64 = 100.0;

/// Why reading stops before its end.
#[derive(Debug)]
pub enum Stop {
    /// It cannot go on.
    Failed(Box<Failure>),
    /// Another reading was begun.
    Superseded,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(Box::new(failure))
    }
}

/// How far reading is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Advance {
    /// Bytes read, of the files as they are.
    pub bytes: f64,
    /// Bytes to read.
    pub total_bytes: f64,
    /// Rows accepted.
    pub rows: f64,
    /// Memory of the parsers, bytes.
    pub parser_memory: f64,
}

/// One reading's line to the page.
pub struct Teller {
    request: RequestId,
    /// The number of the latest reading.
    latest: Rc<Cell<u32>>,
    number: u32,
    started_ms: f64,
    told_ms: Cell<f64>,
    memory_at_start: f64,
}

impl Teller {
    /// A line for the reading with this number.
    pub fn new(request: RequestId, latest: Rc<Cell<u32>>, number: u32) -> Teller {
        let now = scope::now_ms();
        Teller {
            request,
            latest,
            number,
            started_ms: now,
            told_ms: Cell::new(now),
            memory_at_start: scope::memory_bytes(),
        }
    }

    /// Ends a reading after which another one was begun.
    pub fn check(&self) -> Result<(), Stop> {
        if self.latest.get() == self.number { Ok(()) } else { Err(Stop::Superseded) }
    }

    /// Tells the page now and then; ends a reading that would not fit into memory.
    pub fn advance(&self, advance: Advance) -> Result<(), Stop> {
        self.check()?;
        let now = scope::now_ms();
        if now - self.told_ms.get() < INTERVAL_MS {
            return Ok(());
        }
        self.told_ms.set(now);
        let memory = MemoryUse {
            at_start: self.memory_at_start,
            now: scope::memory_bytes(),
            read: advance.bytes,
            total: advance.total_bytes,
        };
        if let Some(excess) = memory.excess() {
            return Err(failure::of_memory(excess).into());
        }
        self.tell(advance, false);
        Ok(())
    }

    /// Tells the page that all is read.
    pub fn finishing(&self, advance: Advance) {
        self.tell(advance, true);
    }

    fn tell(&self, advance: Advance, is_finishing: bool) {
        let progress = Progress {
            byte_count: advance.bytes,
            total_bytes: advance.total_bytes,
            row_count: advance.rows,
            memory_bytes: scope::memory_bytes() + advance.parser_memory,
            elapsed_ms: scope::now_ms() - self.started_ms,
            is_finishing,
        };
        scope::reply(&FromWorker::Progress { request: self.request, progress });
    }
}
