//! What is shown while a command works.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar on standard error, or nothing where nobody would see it.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar that is shown on a terminal only, and not where `quiet`.
    pub fn new(quiet: bool) -> Progress {
        let is_shown = !quiet && std::io::stderr().is_terminal();
        let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Progress(ProgressBar::with_draw_target(None, target))
    }

    /// Starts counting towards so many bytes, where their number is known.
    pub fn start(&self, total_bytes: Option<u64>) {
        let template = if total_bytes.is_some() {
            "{bar:30} {bytes}/{total_bytes}  {binary_bytes_per_sec}  {msg}  {eta} left"
        } else {
            "{spinner} {bytes}  {binary_bytes_per_sec}  {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.0.set_style(style);
        }
        if let Some(total) = total_bytes {
            self.0.set_length(total);
        }
        self.0.enable_steady_tick(Duration::from_millis(200));
    }

    /// Counts bytes; `rows` is how many there are by now.
    pub fn advance(&self, bytes: u64, rows: u64) {
        self.0.inc(bytes);
        if !self.0.is_hidden() {
            self.0.set_message(format!("{} rows", HumanCount(rows)));
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
