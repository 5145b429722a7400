//! Runs programs and measures their time and memory.

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
    /// How it is run.
    pub command: Command,
}

impl Program {
    /// A program of this name.
    pub fn new(name: impl Into<String>, command: Command) -> Self {
        Self { name: name.into(), command }
    }
}

/// Runs the programs in turn (a b c, a b c, …), so that other work on the machine affects all of them alike. An additional
/// first round does not count: it fills the file cache.
///
/// # Errors
/// If a program cannot be started or fails.
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

/// The command of xtask that runs a program and prints its time and memory.
pub const COMMAND: &str = "measure";

/// Runs a program and prints its time and memory as JSON.
///
/// # Errors
/// If it cannot be started or fails.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let [program, arguments @ ..] = arguments else {
        return Err("cargo xtask measure needs a program to run: cargo xtask measure PROGRAM [ARGUMENT ...]".to_owned());
    };
    let usage = Usage::of_child(Command::new(program).args(arguments))?;
    print(&serde_json::to_string(&usage).map_err(|error| error.to_string())?)
}

/// Time and memory of a process with all its children.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Usage {
    /// Seconds from start to end.
    pub wall_s: f64,
    /// Seconds of processor time, user and system.
    pub cpu_s: f64,
    /// The largest resident set of the process or of one of its children, in megabytes.
    pub peak_mb: f64,
}

impl Usage {
    /// Runs a program and waits for it to end. Its standard output is dropped; its standard error is part of the message
    /// if it fails.
    ///
    /// Its parent is a fresh process, because the system reports at least as much memory as the parent has ever held, and
    /// this process has held whole inputs.
    ///
    /// # Errors
    /// If it cannot be started or fails.
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
        let messages = thread::spawn(move || {
            let mut text = Vec::new();
            // A message that cannot be read is not worth failing the measurement.
            stderr.as_mut().map(|stderr| stderr.read_to_end(&mut text));
            String::from_utf8_lossy(&text).trim_end().to_owned()
        });
        let ended = child.wait4().map_err(failed)?;
        let wall_s = start.elapsed().as_secs_f64();
        if !ended.status.success() {
            let messages = messages.join().unwrap_or_default();
            return Err(format!("{shown}: failed ({})\n{messages}", ended.status));
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
    fn a_failure_quotes_the_standard_error() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such file >&2; exit 3"]);
        assert!(Usage::of_child(&mut command).unwrap_err().contains("no such file"));
    }
}
