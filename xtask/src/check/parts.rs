//! The parts of `cargo xtask test`: run in order or side by side, and timed.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{collecting_output, cpu_time, say};

/// The time that a part took.
struct Timing {
    name: &'static str,
    wall: Duration,
    cpu: Duration,
    has_failed: bool,
}

/// Runs parts and records their times. Once a part has failed, no other is started.
pub struct Parts {
    start: Instant,
    timings: Mutex<Vec<Timing>>,
    has_failed: AtomicBool,
}

impl Parts {
    /// Starts the clock.
    pub fn new() -> Self {
        Self { start: Instant::now(), timings: Mutex::default(), has_failed: AtomicBool::new(false) }
    }

    /// Runs a part under a heading with its name.
    ///
    /// # Errors
    /// If the part fails, or a part before or beside it has failed.
    pub fn run(&self, name: &'static str, part: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        if self.has_failed.load(Ordering::Relaxed) {
            return Err(format!("{name}: not run, because another part failed"));
        }
        say(&format!("\n== {name}"));
        let (start, cpu_before) = (Instant::now(), cpu_time());
        let result = part();
        let timing = Timing {
            name,
            wall: start.elapsed(),
            cpu: cpu_time().saturating_sub(cpu_before),
            has_failed: result.is_err(),
        };
        if result.is_err() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        if let Ok(mut timings) = self.timings.lock() {
            timings.push(timing);
        }
        result
    }

    /// As [`Self::run`], for a part that runs beside others: its output is printed in one block when it has ended.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_beside(&self, name: &'static str, part: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        collecting_output(|| self.run(name, part))
    }

    /// A table in Markdown: the parts in the order in which they ended, with their wall and processor time.
    pub fn table(&self) -> String {
        let mut table = "| part | wall s | CPU s |\n|---|---:|---:|\n".to_owned();
        let Ok(timings) = self.timings.lock() else { return table };
        for Timing { name, wall, cpu, has_failed } in timings.iter() {
            let failed = if *has_failed { " (failed)" } else { "" };
            let _ = writeln!(table, "| {name}{failed} | {} | {} |", wall.as_secs(), cpu.as_secs());
        }
        let cpu: Duration = timings.iter().map(|timing| timing.cpu).sum();
        let _ = writeln!(table, "| all | {} | {} |", self.start.elapsed().as_secs(), cpu.as_secs());
        table
    }
}

/// Does two pieces of work at the same time, the second on another thread.
///
/// # Errors
/// If either fails, after both have ended; with both messages if both fail.
pub fn side_by_side(
    one: impl FnOnce() -> Result<(), String>,
    other: impl FnOnce() -> Result<(), String> + Send,
) -> Result<(), String> {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        let other = other.join().unwrap_or_else(|_| Err("a part panicked".to_owned()));
        match (one, other) {
            (Err(one), Err(other)) => Err(format!("{one}\n{other}")),
            (one, other) => one.and(other),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_listed_and_a_failure_stops_the_rest() {
        let parts = Parts::new();
        parts.run("format", || Ok(())).unwrap();
        assert_eq!(parts.run("lints", || Err("a lint".to_owned())).unwrap_err(), "a lint");
        let error = parts.run("tests", || unreachable!("it must not run")).unwrap_err();
        assert!(error.contains("tests: not run"), "{error}");
        let table = parts.table();
        assert!(table.contains("| format | 0 | 0 |\n| lints (failed) | 0 | 0 |\n| all | 0 | 0 |\n"), "{table}");
    }

    #[test]
    fn work_beside_other_work_is_waited_for() {
        let parts = Parts::new();
        side_by_side(|| parts.run("one", || Ok(())), || parts.run_beside("other", || Ok(()))).unwrap();
        assert!(parts.table().contains("| one |") && parts.table().contains("| other |"));
        let both = side_by_side(|| Err("a".to_owned()), || Err("b".to_owned()));
        assert_eq!(both.unwrap_err(), "a\nb");
        assert_eq!(side_by_side(|| Ok(()), || Err("b".to_owned())).unwrap_err(), "b");
    }
}
