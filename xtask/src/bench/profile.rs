//! `cargo xtask bench profile`: a flame graph of the native program.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use super::data::sample;
use super::directories::{committed_directory, directory};
use super::options::Options;
use super::strata::{Strata, out_directory};
use crate::process::{cargo, output, run as run_command, say, shown};
use crate::setup;

const ROWS: u64 = 1_000_000;

/// Samples per second; not a divisor of common timer frequencies, so that samples do not fall in step with them.
const FREQUENCY: &str = "997";

/// Records the program with one thread and draws `bench/profile.svg`.
///
/// # Errors
/// If `perf` is missing or not allowed to record, or if a step fails.
pub fn run(options: &Options) -> Result<(), String> {
    if output(Command::new("perf").arg("--version")).is_none() {
        return Err("perf is missing. It comes with Linux, in the package linux-perf or linux-tools.".to_owned());
    }
    setup::for_profile()?;
    let rows = options.rows_or(&[ROWS]).first().copied().unwrap_or(ROWS);
    let strata = build_with_names(options)?;
    let input = sample(&strata, rows)?;
    let recorded = directory().join("perf.data");
    let mut record = Command::new("perf");
    record.args(["record", "--quiet", "--event", "cpu-clock", "--freq", FREQUENCY, "--call-graph", "fp", "--output"]);
    record.arg(&recorded).arg("--");
    let segment = strata.segment(&input, &out_directory("profile"), Some(1))?;
    record.arg(segment.get_program()).args(segment.get_args()).args(["--quiet"]);
    run_command(&mut record)?;
    draw(&recorded, &format!("strata segment, {rows} rows, 1 thread"))
}

/// The program as it is published, but with debug information and frame pointers.
fn build_with_names(options: &Options) -> Result<Strata, String> {
    if options.program.is_some() {
        return Strata::build(options);
    }
    let target = directory().join("build");
    let mut build = cargo(["build", "--profile", "dist", "--package", "strata-cli", "--locked", "--target-dir"]);
    build.arg(&target).env("CARGO_PROFILE_DIST_DEBUG", "line-tables-only");
    build.env("RUSTFLAGS", "-C force-frame-pointers=yes");
    run_command(&mut build)?;
    Strata::at(target.join("dist/strata"))
}

fn draw(recorded: &Path, title: &str) -> Result<(), String> {
    let stacks = directory().join("stacks.txt");
    let folded = directory().join("folded.txt");
    let picture = committed_directory().join("profile.svg");
    let mut script = Command::new("perf");
    script.args(["script", "--force", "--fields", "comm,pid,tid,time,event,ip,sym,dso", "--input"]).arg(recorded);
    into_file(script, None, &stacks)?;
    into_file(tool("inferno-collapse-perf"), Some(&stacks), &folded)?;
    let mut draw = tool("inferno-flamegraph");
    draw.args(["--deterministic", "--title", title, "--countname", "samples"]);
    into_file(draw, Some(&folded), &picture)?;
    say(&format!("Wrote {}.", picture.display()));
    Ok(())
}

fn tool(name: &str) -> Command {
    Command::new(setup::tool(name))
}

fn into_file(mut command: Command, input: Option<&Path>, out: &Path) -> Result<(), String> {
    let shown = shown(&command);
    say(&format!("$ {shown} > {}", out.display()));
    let failed = |error: std::io::Error| format!("{shown}: {error}");
    command.stdin(match input {
        Some(path) => Stdio::from(File::open(path).map_err(failed)?),
        None => Stdio::null(),
    });
    let status = command.stdout(File::create(out).map_err(failed)?).status().map_err(failed)?;
    let is_empty = fs::metadata(out).map_err(failed)?.len() == 0;
    if status.success() && !is_empty { Ok(()) } else { Err(format!("{shown}: failed ({status})")) }
}
