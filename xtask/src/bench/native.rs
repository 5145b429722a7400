//! `cargo xtask bench native`: all of `strata segment` beside the smaller job of DuckDB and Polars.

use super::data::{LARGE_BYTES, byte_count, remove_if_larger, sample};
use super::machine;
use super::measure::{Program, Usage, interleave};
use super::options::{Options, Part};
use super::peers::{Peer, Peers};
use super::record::{Case, Record};
use super::strata::{Strata, check_same_files, out_directory};
use crate::process::say;

const ROWS: [u64; 2] = [1_000_000, 5_000_000];
const THREADS: [usize; 2] = [1, 2];

/// pandas holds every column in memory and needs minutes for more rows than this.
const PANDAS_ROWS: u64 = 1_000_000;

/// Measures each number of rows.
///
/// # Errors
/// If a program fails, or if programs disagree.
pub fn run(options: &Options) -> Result<(), String> {
    let strata = Strata::build(options)?;
    let peers = Peers::install()?;
    for rows in options.rows_or(&ROWS) {
        let case = measure(options, &strata, &peers, rows)?;
        Record::keep(Part::Native.name(), &machine::facts(options, peers.versions()), case)?;
    }
    Ok(())
}

/// The name of a program with its number of threads, as in the tables.
pub fn with_threads(name: &str, threads: usize) -> String {
    format!("{name}, {threads} {}", if threads == 1 { "thread" } else { "threads" })
}

fn measure(options: &Options, strata: &Strata, peers: &Peers, rows: u64) -> Result<Case, String> {
    let input = sample(strata, rows)?;
    say(&format!("{}: {rows} rows", input.display()));
    let out = |name: &str, threads: usize| out_directory(&format!("{}_{threads}", name.to_lowercase()));
    let mut programs = Vec::new();
    for threads in THREADS {
        let command = strata.segment(&input, &out("strata", threads), Some(threads))?;
        programs.push(Program::new(with_threads("Strata", threads), command));
        for peer in [Peer::DuckDb, Peer::Polars] {
            let command = peers.job(peer, &input, &out(peer.name(), threads), threads);
            programs.push(Program::new(with_threads(peer.name(), threads), command));
        }
    }
    if rows <= PANDAS_ROWS {
        let command = peers.job(Peer::Pandas, &input, &out(Peer::Pandas.name(), 1), 1);
        programs.push(Program::new(with_threads(Peer::Pandas.name(), 1), command));
    }
    for peer in [Peer::DuckDb, Peer::Polars] {
        programs.push(Program::new(format!("Python with {}, no work", peer.name()), peers.start_alone(peer)));
    }
    let mut notes = Vec::new();
    if let Some(load) = machine::load() {
        notes.push(format!("load average before the measurement: {load}"));
    }
    let series = interleave(&programs, options.runs_for(rows))?;

    check_same_files(&out("strata", 1), &out("strata", 2))?;
    notes.push("Strata writes the same bytes with 1 and 2 threads".to_owned());
    let duckdb = out(Peer::DuckDb.name(), 1);
    peers.check_agreement(&duckdb, &out(Peer::Polars.name(), 1))?;
    if rows <= PANDAS_ROWS {
        peers.check_agreement(&duckdb, &out(Peer::Pandas.name(), 1))?;
    }
    check_strata_agrees(strata, peers, &input, &duckdb)?;
    notes.push("DuckDB, Polars and Strata agree on every figure they share".to_owned());

    let case =
        Case { name: format!("{rows} rows"), rows, bytes: byte_count(&input)?, series, notes, ..Case::default() };
    if !options.keeps_data {
        remove_if_larger(&input, LARGE_BYTES)?;
    }
    Ok(case)
}

/// The peers compute percentiles over all users, so Strata does so here, in a run that is not measured.
fn check_strata_agrees(
    strata: &Strata,
    peers: &Peers,
    input: &std::path::Path,
    peer: &std::path::Path,
) -> Result<(), String> {
    let out = out_directory("strata_all_users");
    let mut segment = strata.segment(input, &out, None)?;
    for base in ["--engagement-percentile-base", "--revenue-percentile-base"] {
        segment.args([base, "all_users"]);
    }
    Usage::of(&segment)?;
    peers.check_agreement_with_strata(&out, peer)
}
