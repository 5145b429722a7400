//! Reports progress to the page, and stops a reading if necessary.

use std::cell::Cell;
use std::rc::Rc;

use strata_protocol::{Failure, FromWorker, Progress, RequestId};

use crate::memory::MemoryUse;
use crate::{failure, scope};

/// Milliseconds between two messages.
const INTERVAL_MS: f64 = 100.0;

/// Why reading stops early.
#[derive(Debug)]
pub enum Stop {
    /// It failed.
    Failed(Box<Failure>),
    /// Another reading was started.
    Superseded,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(Box::new(failure))
    }
}

/// Progress of reading.
#[derive(Clone, Copy, Debug, Default)]
pub struct Advance {
    /// Bytes read, before decompression.
    pub bytes: f64,
    /// Total bytes to read.
    pub total_bytes: f64,
    /// Rows accepted.
    pub rows: f64,
    /// Memory of the parsers, in bytes.
    pub parser_memory: f64,
}

/// The channel from one reading to the page.
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
    /// Creates the channel of the reading with this number.
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

    /// Stops the reading if a later one was started.
    pub fn check(&self) -> Result<(), Stop> {
        if self.latest.get() == self.number { Ok(()) } else { Err(Stop::Superseded) }
    }

    /// Reports progress at intervals; stops a reading that would not fit into memory.
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

    /// Reports that everything has been read.
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
