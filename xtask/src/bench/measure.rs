//! Runs programs to their end and takes their time and memory.

use std::env;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use wait4::Wait4;

use super::record::{CPU_S, PEAK_MB, Series, WALL_S};
use crate::process::{print, say, shown};

/// A program under measurement.
pub struct Program {
    /// Its name in the tables.
    pub name: String,
    /// How it is called.
    pub command: Command,
}

impl Program {
    /// A program of this name.
    pub fn new(name: impl Into<String>, command: Command) -> Self {
        Self { name: name.into(), command }
    }
}

/// Runs the programs in turn (a b c, a b c, …), so that whatever else the machine does meets all of them alike.
/// One more round comes first and does not count: it fills the file cache.
///
/// # Errors
/// If a program does not start or fails.
pub fn interleave(programs: &[Program], rounds: usize) -> Result<Vec<Series>, String> {
    let mut measured: Vec<Series> = programs.iter().map(|program| Series::new(program.name.clone())).collect();
    for round in 0..=rounds {
        for (program, series) in programs.iter().zip(&mut measured) {
            let usage = Usage::of(&program.command)?;
            say(&format!(
                "  {round}/{rounds} {:<24} {:>8.3} s wall {:>8.3} s cpu {:>8.1} MB",
                program.name, usage.wall_s, usage.cpu_s, usage.peak_mb
            ));
            if round > 0 {
                series.push(WALL_S, usage.wall_s);
                series.push(CPU_S, usage.cpu_s);
                series.push(PEAK_MB, usage.peak_mb);
            }
        }
    }
    Ok(measured)
}

/// The command of xtask that runs a program and prints what it used.
pub const COMMAND: &str = "measure";

/// Runs a program and prints what it used, as JSON.
///
/// # Errors
/// If it does not start or fails.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let [program, arguments @ ..] = arguments else {
        return Err("cargo xtask measure PROGRAM [ARGUMENT ...]".to_owned());
    };
    let usage = Usage::of_child(Command::new(program).args(arguments))?;
    print(&serde_json::to_string(&usage).map_err(|error| error.to_string())?)
}

/// What a process used, with all its children.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Usage {
    /// Seconds from start to end.
    pub wall_s: f64,
    /// Seconds of all processors.
    pub cpu_s: f64,
    /// The most memory that the process, or the largest of its children, held at once; megabytes.
    pub peak_mb: f64,
}

impl Usage {
    /// Runs a program to its end. What it prints is dropped; what it complains about is told if it fails.
    ///
    /// Its parent is a fresh process: the memory that is told of a program is at least that which its parent ever held,
    /// and this process has held whole inputs.
    ///
    /// # Errors
    /// If it does not start or fails.
    pub fn of(command: &Command) -> Result<Self, String> {
        let shown = shown(command);
        let failed = |error: std::io::Error| format!("{shown}: {error}");
        let mut parent = Command::new(env::current_exe().map_err(failed)?);
        parent.arg(COMMAND).arg(command.get_program()).args(command.get_args());
        if let Some(directory) = command.get_current_dir() {
            parent.current_dir(directory);
        }
        parent.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = parent.output().map_err(failed)?;
        if output.status.success() {
            serde_json::from_slice(&output.stdout).map_err(|error| format!("{shown}: {error}"))
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim_end().to_owned())
        }
    }

    fn of_child(command: &mut Command) -> Result<Self, String> {
        let shown = shown(command);
        let failed = |error: std::io::Error| format!("{shown}: {error}");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().map_err(failed)?;
        let mut stderr = child.stderr.take();
        let complaints = thread::spawn(move || {
            let mut text = Vec::new();
            // What cannot be read is not worth ending the measurement.
            stderr.as_mut().map(|stderr| stderr.read_to_end(&mut text));
            String::from_utf8_lossy(&text).trim_end().to_owned()
        });
        let ended = child.wait4().map_err(failed)?;
        let wall_s = start.elapsed().as_secs_f64();
        if !ended.status.success() {
            let complaints = complaints.join().unwrap_or_default();
            return Err(format!("{shown}: failed ({})\n{complaints}", ended.status));
        }
        let used = ended.rusage;
        let cpu_s = (used.utime + used.stime).as_secs_f64();
        Ok(Self { wall_s, cpu_s, peak_mb: used.maxrss as f64 / 1e6 })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_uses_time_and_memory() {
        let mut command = Command::new("sh");
        command.args(["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"]);
        let usage = Usage::of_child(&mut command).unwrap();
        assert!(usage.cpu_s > 0.0 && usage.wall_s > 0.0 && usage.peak_mb > 0.1, "{usage:?}");
    }

    #[test]
    fn a_failure_says_what_the_program_said() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such file >&2; exit 3"]);
        assert!(Usage::of_child(&mut command).unwrap_err().contains("no such file"));
    }
}
