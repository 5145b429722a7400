//! The machine of a measurement, and the versions of the programs.

use std::fs;
use std::process::Command;

use super::options::Options;
use super::record::REVISION;
use crate::process::{output, program};

/// Names and values in the order in which they are shown.
pub type Facts = Vec<(String, String)>;

/// The machine and the revision of Strata, followed by the versions of the peers.
pub fn facts(options: &Options, peers: Facts) -> Facts {
    let is_built_here = options.program.is_none() && options.dist.is_none();
    let revision = if is_built_here { revision() } else { Some("unknown, built before".to_owned()) };
    let mut facts = vec![
        fact("Processor", processor()),
        fact("Cores", std::thread::available_parallelism().map(|count| count.to_string()).ok()),
        fact("Memory", memory()),
        fact("System", output(Command::new("uname").args(["-s", "-m"]))),
        fact(REVISION, revision),
        fact("Compiler", output(program("rustc").arg("--version"))),
    ];
    facts.extend(peers);
    facts
}

/// A fact; "unknown" if it could not be found out.
pub fn fact(name: &str, value: Option<String>) -> (String, String) {
    (name.to_owned(), value.unwrap_or_else(|| "unknown".to_owned()))
}

/// The average number of processes that wanted a core in the last minute; `None` where the system does not say.
pub fn load() -> Option<String> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next().map(ToOwned::to_owned)
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory() -> Option<String> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let kibibytes: f64 =
        text.lines().find(|line| line.starts_with("MemTotal"))?.split_whitespace().nth(1)?.parse().ok()?;
    Some(format!("{:.1} GB", kibibytes * 1024.0 / 1e9))
}

fn revision() -> Option<String> {
    let commit = output(program("git").args(["rev-parse", "--short=10", "HEAD"]))?;
    let changed = output(program("git").args(["status", "--porcelain", "--untracked-files=no"]))?;
    let is_as_committed = changed.lines().all(|line| line.contains(" bench/"));
    Some(if is_as_committed { commit } else { format!("{commit}, with changes") })
}
