//! The progress bar of a running command.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar on standard error; hidden unless standard error is a terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// Creates a bar, hidden if `quiet` or if standard error is not a terminal.
    pub fn new(quiet: bool) -> Progress {
        let is_shown = !quiet && std::io::stderr().is_terminal();
        let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Progress(ProgressBar::with_draw_target(None, target))
    }

    /// Starts the bar, towards `total_bytes` if the total is known.
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

    /// Adds `bytes` to the bar and shows the number of rows read so far.
    pub fn advance(&self, bytes: u64, rows: u64) {
        self.0.inc(bytes);
        if !self.0.is_hidden() {
            self.0.set_message(format!("{} rows", HumanCount(rows)));
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
