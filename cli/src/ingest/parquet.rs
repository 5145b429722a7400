//! Parquet on two threads: one decodes batches, the other folds their rows.

use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use strata_core::source::parquet::{self, ChunkReader, RowFolder};
use strata_core::source::{ColumnMapping, HeaderProblem};
use strata_core::users::UserTableBuilder;

/// Batches on their way from one thread to the other.
const BATCHES_ON_THE_WAY: usize = 4;

/// [`parquet::decode`], with two threads if there are as many.
///
/// # Errors
/// As there.
///
/// # Panics
/// Where the decoder does, as on some damaged files.
pub fn decode<R: ChunkReader + 'static>(
    threads: usize,
    open: impl Fn() -> io::Result<R> + Sync,
    mapping: &ColumnMapping,
    file: u32,
    builder: &mut UserTableBuilder,
) -> Result<(), HeaderProblem> {
    if threads == 1 {
        return parquet::decode(open, mapping, file, builder);
    }
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(BATCHES_ON_THE_WAY);
        let decoding = scope.spawn({
            let open = &open;
            move || {
                for batch in parquet::batches(open, mapping)? {
                    // It is not received if an earlier batch failed.
                    if sender.send(batch?).is_err() {
                        break;
                    }
                }
                Ok(())
            }
        });
        let mut rows = RowFolder::new(mapping, file);
        let folded = receiver.into_iter().try_for_each(|batch| rows.fold(&batch, builder));
        let decoded = decoding.join().unwrap_or_else(|panic| resume_unwind(panic));
        folded.and(decoded)?;
        rows.finish(&open, builder)
    })
}
