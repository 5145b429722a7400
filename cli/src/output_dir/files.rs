//! Writes the files of a run in parallel.

use std::fs::File;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use strata_core::output::{FilePiece, OutputBundle, OutputFile};

/// Users per piece: few, so that threads finish at about the same time and waiting pieces need little memory.
const PIECE_USERS: u32 = 4096;

/// Writes all files with this many threads and returns their sizes in bytes.
pub fn write_files(bundle: &OutputBundle<'_>, directory: &Path, threads: usize) -> io::Result<Vec<(OutputFile, u64)>> {
    let create = |file: OutputFile| Ok((file, PiecewiseFile::new(File::create(directory.join(file.name()))?)));
    let files = bundle.files().map(create).collect::<io::Result<Vec<_>>>()?;
    let pieces = bundle.pieces(PIECE_USERS);
    let next = AtomicUsize::new(0);
    let work_off = || {
        while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            let known = files.iter().find(|(file, _)| *file == piece.file);
            if let Some((_, file)) = known {
                write_piece(bundle, piece, file)?;
            }
        }
        Ok::<_, io::Error>(())
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work_off)).collect();
        let own = work_off();
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        others.fold(own, io::Result::and)
    })?;
    files.iter().map(|(file, open)| Ok((*file, open.out.metadata()?.len()))).collect()
}

fn write_piece(bundle: &OutputBundle<'_>, piece: &FilePiece, file: &PiecewiseFile) -> io::Result<()> {
    let mut writer = PieceWriter { file, number: piece.number, waiting: Vec::new(), is_whole: false };
    bundle.write_piece(piece, &mut writer)?;
    writer.finish()
}

/// A file whose pieces come from several threads but are written in order.
struct PiecewiseFile {
    out: File,
    turn: Mutex<Turn>,
    has_turned: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The piece with this number is next.
    Piece(usize),
    /// A piece failed, so no more are written. Its writer reports the error.
    Abandoned,
}

impl PiecewiseFile {
    fn new(out: File) -> PiecewiseFile {
        PiecewiseFile { out, turn: Mutex::new(Turn::Piece(0)), has_turned: Condvar::new() }
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_turn(&self, turn: Turn) {
        *self.turn() = turn;
        self.has_turned.notify_all();
    }

    /// Waits for the turn of a piece; false if the file was abandoned.
    fn wait_for(&self, number: usize) -> bool {
        let is_early = |turn: &mut Turn| !matches!(*turn, Turn::Abandoned) && *turn != Turn::Piece(number);
        let turn = self.has_turned.wait_while(self.turn(), is_early).unwrap_or_else(PoisonError::into_inner);
        *turn != Turn::Abandoned
    }
}

/// Writes a piece: to memory until its turn comes, then to the file.
struct PieceWriter<'f> {
    file: &'f PiecewiseFile,
    number: usize,
    waiting: Vec<u8>,
    is_whole: bool,
}

impl PieceWriter<'_> {
    /// Waits for the turn, writes the rest, and passes the turn to the next piece.
    fn finish(mut self) -> io::Result<()> {
        if self.file.wait_for(self.number) {
            (&self.file.out).write_all(&self.waiting)?;
            self.is_whole = true;
            self.file.set_turn(Turn::Piece(self.number + 1));
        }
        Ok(())
    }
}

impl Write for PieceWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if *self.file.turn() == Turn::Piece(self.number) {
            (&self.file.out).write_all(&self.waiting)?;
            self.waiting.clear();
            return (&self.file.out).write(bytes);
        }
        self.waiting.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for PieceWriter<'_> {
    fn drop(&mut self) {
        if !self.is_whole {
            self.file.set_turn(Turn::Abandoned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn piecewise(path: &Path) -> PiecewiseFile {
        PiecewiseFile::new(File::create(path).unwrap())
    }

    fn writer(file: &PiecewiseFile, number: usize) -> PieceWriter<'_> {
        PieceWriter { file, number, waiting: Vec::new(), is_whole: false }
    }

    #[test]
    fn pieces_follow_each_other_whichever_is_made_first() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = piecewise(&path);
        thread::scope(|scope| {
            for number in [3, 1, 2, 0] {
                let file = &file;
                scope.spawn(move || {
                    let mut writer = writer(file, number);
                    for part in ["(", &number.to_string(), ")"] {
                        writer.write_all(part.as_bytes()).unwrap();
                    }
                    writer.finish().unwrap();
                });
            }
        });
        assert_eq!(fs::read_to_string(path).unwrap(), "(0)(1)(2)(3)");
    }

    #[test]
    fn nobody_waits_for_a_piece_that_failed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = piecewise(&path);
        thread::scope(|scope| {
            let later = scope.spawn(|| {
                let mut writer = writer(&file, 1);
                writer.write_all(b"later").unwrap();
                writer.finish()
            });
            drop(writer(&file, 0));
            assert!(later.join().unwrap().is_ok());
        });
        assert_eq!(fs::read_to_string(path).unwrap(), "");
    }

    #[test]
    fn the_piece_whose_turn_it_is_waits_in_no_memory() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let file = piecewise(&path);
        let (mut first, mut second) = (writer(&file, 0), writer(&file, 1));
        second.write_all(b"second").unwrap();
        first.write_all(b"first,").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "first,");
        first.finish().unwrap();
        second.write_all(b" and its end").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "first,second and its end");
        second.finish().unwrap();
    }
}
