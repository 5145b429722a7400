//! `cargo xtask bench growth`: time and memory from ten thousand to twenty million rows.

use super::data::{LARGE_BYTES, byte_count, remove_if_larger, sample};
use super::machine;
use super::measure::{Program, interleave};
use super::options::{Options, Part};
use super::peers::{Peer, Peers};
use super::record::{CPU_S, Case, Record};
use super::strata::{Strata, out_directory};
use crate::process::say;

const ROWS: [u64; 8] = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 20_000_000];

/// With more rows than this, only the better of the peers is measured.
const ALL_PEERS_ROWS: u64 = 5_000_000;

/// Measures each number of rows.
///
/// # Errors
/// If a program fails.
pub fn run(options: &Options) -> Result<(), String> {
    let strata = Strata::build(options)?;
    let peers = Peers::install()?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut rows_of_cases = options.rows_or(&ROWS);
    rows_of_cases.sort_unstable();
    for rows in rows_of_cases {
        let input = sample(&strata, rows)?;
        say(&format!("{}: {rows} rows", input.display()));
        let mut notes = Vec::new();
        let mut measured = vec![Peer::DuckDb, Peer::Polars];
        if rows > ALL_PEERS_ROWS {
            let best = best_peer()?;
            measured.retain(|peer| *peer == best);
            notes.push(format!("of the peers only {}, which took less CPU time on smaller inputs", best.name()));
        }
        let command = strata.segment(&input, &out_directory("strata_growth"), None)?;
        let mut programs = vec![Program::new("Strata", command)];
        for peer in measured {
            let out = out_directory(&format!("{}_growth", peer.name().to_lowercase()));
            programs.push(Program::new(peer.name(), peers.job(peer, &input, &out, cores)));
        }
        let series = interleave(&programs, options.runs_for(rows))?;
        let case =
            Case { name: format!("{rows} rows"), rows, bytes: byte_count(&input)?, series, notes, ..Case::default() };
        Record::keep(Part::Growth.name(), &machine::facts(options, peers.versions()), case)?;
        if !options.keeps_data {
            remove_if_larger(&input, LARGE_BYTES)?;
        }
    }
    Ok(())
}

/// The peer that took less CPU time in the largest case that has both.
fn best_peer() -> Result<Peer, String> {
    let record = Record::read(Part::Growth.name())?.unwrap_or_default();
    let both = |case: &&Case| case.series(Peer::DuckDb.name()).is_some() && case.series(Peer::Polars.name()).is_some();
    let Some(case) = record.cases.iter().filter(both).max_by_key(|case| case.rows) else { return Ok(Peer::DuckDb) };
    let best = case.best(&[Peer::DuckDb.name(), Peer::Polars.name()], CPU_S);
    Ok(if best.is_some_and(|(_, name)| name == Peer::Polars.name()) { Peer::Polars } else { Peer::DuckDb })
}
