//! Replays the kept rows with another as-of date.

use gloo_timers::future::TimeoutFuture;
use strata_core::users::DamagedJournal;

use crate::kept_rows::Replay;
use crate::scope;

use super::progress::{Advance, Stop, Teller};

/// Interval at which other requests are answered during a replay, in milliseconds.
const ANSWER_AFTER_MILLIS: f64 = 100.0;

/// Replays all rows; returns false if they are damaged. Requests of the page are answered in between.
///
/// # Errors
/// Another reading was started, or the table does not fit into memory.
pub async fn replay_all(replay: &mut Replay, teller: &Teller) -> Result<bool, Stop> {
    let mut answered_ms = scope::now_ms();
    loop {
        match replay.step() {
            Ok(true) => {}
            Ok(false) => return Ok(true),
            Err(DamagedJournal) => return Ok(false),
        }
        teller.advance(Advance {
            bytes: replay.byte_count() as f64,
            total_bytes: replay.total_bytes() as f64,
            rows: replay.row_count() as f64,
            parser_memory: 0.0,
        })?;
        if scope::now_ms() - answered_ms > ANSWER_AFTER_MILLIS {
            TimeoutFuture::new(0).await;
            teller.check()?;
            answered_ms = scope::now_ms();
        }
    }
}
