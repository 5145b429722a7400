//! The directory of results, which is written completely or not at all.

mod files;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use strata_core::output::{OutputBundle, OutputFile};

use crate::error::{CliError, tell};
use crate::exit_code::ExitCode;
use files::write_files;

/// Files and directories that an interrupted run must remove, in order of creation.
static UNFINISHED: Mutex<Vec<Unfinished>> = Mutex::new(Vec::new());

/// Whether the results are in place, so that an interruption comes too late to undo them.
static IS_DONE: AtomicBool = AtomicBool::new(false);

/// A file or directory to remove if the run does not finish.
enum Unfinished {
    /// A file or directory that is being written, removed with its content.
    Temporary(PathBuf),
    /// A parent directory created for the results, removed if empty.
    Parent(PathBuf),
}

/// Removes unfinished results when the run is interrupted.
pub fn clean_up_on_interrupt() -> Result<(), CliError> {
    let handler = || {
        // Locked until the exit: the run has lost its files and would fail with a misleading error.
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        remove_all(&mut unfinished);
        if !IS_DONE.load(Ordering::Relaxed) {
            tell("interrupted: nothing was written");
        }
        process::exit(ExitCode::Interrupted.code().into());
    };
    ctrlc::set_handler(handler)
        .map_err(|reason| CliError::Internal(format!("cannot install the interrupt handler: {reason}")))
}

/// Removes unfinished files of a run that ended early.
pub fn remove_unfinished() {
    remove_all(&mut UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner));
}

fn remove_all(unfinished: &mut Vec<Unfinished>) {
    // Failures are ignored: a file that cannot be removed is not ours any more.
    while let Some(made) = unfinished.pop() {
        match made {
            Unfinished::Temporary(path) => {
                // The run may still be writing into it.
                let _ = (0..10).find(|_| fs::remove_dir_all(&path).is_ok() || fs::remove_file(&path).is_ok());
            }
            Unfinished::Parent(path) => {
                let _ = fs::remove_dir(path);
            }
        }
    }
}

/// Adds a temporary file to those removed when the run is interrupted.
#[cfg(feature = "bigquery")]
pub fn remove_on_interrupt(path: &Path) {
    remember(Unfinished::Temporary(path.to_path_buf()));
}

fn remember(made: Unfinished) {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).push(made);
}

/// Writes a temporary file beside `path` and renames it, so that `path` is never incomplete. If `path` is a symbolic
/// link, its target is replaced; a device or a pipe is written to, not replaced.
pub fn write_whole_file(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return write(&mut File::options().write(true).open(path)?);
    }
    let temporary = temporary_sibling(path);
    remember(Unfinished::Temporary(temporary.clone()));
    let outcome = File::create(&temporary)
        .and_then(|mut file| write(&mut file))
        .and_then(|()| put_in_place(|| fs::rename(&temporary, path)));
    remove_unfinished();
    outcome
}

/// Moves results into place; an interruption waits until this is done.
fn put_in_place<E>(rename: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    rename()?;
    unfinished.clear();
    IS_DONE.store(true, Ordering::Relaxed);
    Ok(())
}

/// A name beside the target that is unique to this process.
fn temporary_sibling(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.tmp-{}", process::id()))
}

/// The directory that receives the results.
pub struct OutputDirectory {
    target: PathBuf,
    /// The path as the user gave it, for messages.
    shown: PathBuf,
}

impl OutputDirectory {
    /// Checks, before anything is read, that results can be written to `target`.
    pub fn new(target: &Path) -> Result<OutputDirectory, CliError> {
        let unusable = |reason: io::Error| {
            CliError::Usage(format!(
                "{}: cannot write results to this directory: {reason}; choose another --out",
                target.display()
            ))
        };
        let resolved = match fs::canonicalize(target) {
            Ok(path) => path,
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => std::path::absolute(target).map_err(unusable)?,
            Err(reason) => return Err(unusable(reason)),
        };
        if resolved.file_name().is_none() {
            return Err(CliError::Usage(format!(
                "{}: this directory cannot be replaced; choose a directory inside it as --out",
                target.display()
            )));
        }
        let directory = OutputDirectory { target: resolved, shown: target.to_path_buf() };
        directory.refuse_foreign_content()?;
        directory.refuse_mount_point()?;
        directory.make_temporary().map_err(unusable)?;
        remove_unfinished();
        Ok(directory)
    }

    /// Earlier results may be replaced, other files may not.
    fn refuse_foreign_content(&self) -> Result<(), CliError> {
        let shown = &self.shown;
        if !self.target.exists() {
            return Ok(());
        }
        if !self.target.is_dir() {
            let message = format!("{}: this is a file; expected a directory, as in --out segments", shown.display());
            return Err(CliError::Usage(message));
        }
        let entries = fs::read_dir(&self.target).map_err(|reason| {
            CliError::Usage(format!("{}: cannot list this directory: {reason}; choose another --out", shown.display()))
        })?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_file = entry.file_type().is_ok_and(|kind| !kind.is_dir());
            if !is_file || !OutputFile::ALL.iter().any(|file| file.name() == name) {
                return Err(CliError::Usage(format!(
                    "{}: the directory contains `{}`, which is not a result file, so it is not replaced; choose an empty or a new directory as --out",
                    shown.display(),
                    name.to_string_lossy(),
                )));
            }
        }
        Ok(())
    }

    /// A mount point cannot be renamed, so it cannot be replaced.
    fn refuse_mount_point(&self) -> Result<(), CliError> {
        if is_mount_point(&self.target) {
            return Err(CliError::Usage(format!(
                "{}: this directory is a mount point, which cannot be replaced; choose a directory inside it, as in --out {}",
                self.shown.display(),
                self.shown.join("segments").display(),
            )));
        }
        Ok(())
    }

    fn make_temporary(&self) -> io::Result<PathBuf> {
        let mut missing = Vec::new();
        let mut parent = self.target.parent();
        while let Some(directory) = parent.filter(|directory| !directory.exists()) {
            missing.push(directory.to_path_buf());
            parent = directory.parent();
        }
        let temporary = temporary_sibling(&self.target);
        let make = || {
            for directory in missing.iter().rev() {
                fs::create_dir(directory)?;
                remember(Unfinished::Parent(directory.clone()));
            }
            remember(Unfinished::Temporary(temporary.clone()));
            fs::create_dir(&temporary)
        };
        make().inspect_err(|_| remove_unfinished())?;
        Ok(temporary)
    }

    /// Writes every file and returns their sizes in bytes.
    pub fn write(&self, bundle: &OutputBundle<'_>, threads: usize) -> Result<Vec<(OutputFile, u64)>, CliError> {
        let failed = |reason| CliError::Write { path: self.target.clone(), reason };
        let temporary = self.make_temporary().map_err(failed)?;
        let written = write_files(bundle, &temporary, threads).map_err(failed).and_then(|files| {
            put_in_place(|| {
                // Files may have been added since the check at the start of the run.
                self.refuse_foreign_content()?;
                self.replace_target(&temporary).map_err(failed)
            })?;
            Ok(files)
        });
        remove_unfinished();
        written
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.target
    }

    fn replace_target(&self, temporary: &Path) -> io::Result<()> {
        if !self.target.exists() {
            return fs::rename(temporary, &self.target);
        }
        let old = self.target.with_file_name(format!(".strata.old-{}", process::id()));
        fs::rename(&self.target, &old)?;
        if let Err(reason) = fs::rename(temporary, &self.target) {
            fs::rename(&old, &self.target)?;
            return Err(reason);
        }
        // The new results are in place; leftovers of the old ones do no harm. Only known files are removed.
        for file in OutputFile::ALL {
            let _ = fs::remove_file(old.join(file.name()));
        }
        let _ = fs::remove_dir(old);
        Ok(())
    }
}

#[cfg(unix)]
fn is_mount_point(directory: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).ok().map(|metadata| metadata.dev());
    let (own, parent) = (device(directory), directory.parent().and_then(device));
    own.is_some() && parent.is_some() && own != parent
}

#[cfg(not(unix))]
fn is_mount_point(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list of unfinished files belongs to the process, which is one run in the program but many tests here.
    static ONE_RUN_AT_A_TIME: Mutex<()> = Mutex::new(());

    fn begin_run() -> std::sync::MutexGuard<'static, ()> {
        ONE_RUN_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[test]
    fn foreign_content_is_never_touched() {
        let _run = begin_run();
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("out");
        fs::create_dir(&target).unwrap();
        assert!(OutputDirectory::new(&target).is_ok());
        fs::write(target.join("user_segments.csv"), "old").unwrap();
        assert!(OutputDirectory::new(&target).is_ok());
        fs::write(target.join("holiday.jpg"), "mine").unwrap();
        let error = OutputDirectory::new(&target).err().unwrap();
        assert!(error.to_string().contains("holiday.jpg"));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_named_as_a_result_is_foreign() {
        let _run = begin_run();
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("out");
        fs::create_dir_all(target.join("user_segments.csv/mine")).unwrap();
        assert!(OutputDirectory::new(&target).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_pipe_a_pipe() {
        use std::io::Write as _;
        use std::os::unix::fs::{FileTypeExt, symlink};
        use std::process::Command;
        use std::thread;
        let _run = begin_run();
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        fs::write(&file, "old").unwrap();
        symlink(&file, &link).unwrap();
        write_whole_file(&link, |out| out.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        let pipe = directory.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write_whole_file(&pipe, |out| out.write_all(b"new")).unwrap();
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(reader.join().unwrap(), b"new");
    }

    #[test]
    fn checking_leaves_no_directory_behind() {
        let _run = begin_run();
        let directory = tempfile::tempdir().unwrap();
        assert!(OutputDirectory::new(&directory.path().join("a/b/c")).is_ok());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
