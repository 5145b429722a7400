//! `cargo xtask bench browser`: the web app beside DuckDB-WASM in Chromium.
//!
//! `bench/browser/run.mjs` drives the browser and only measures; this module decides what is compared and kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde::Deserialize;

use super::data::{LARGE_BYTES, byte_count, remove_if_larger, sample};
use super::directories::{committed_directory, directory};
use super::machine;
use super::measure::Usage;
use super::options::{Options, Part};
use super::peers::{Peer, Peers};
use super::record::{Case, Record, Series};
use super::strata::{Strata, out_directory};
use crate::dist::{self, Flavour};
use crate::http::StaticFiles;
use crate::process::{program, run as run_command, say};
use crate::serve::Server;
use crate::{setup, site};

const ROWS: [u64; 2] = [1_000_000, 5_000_000];

/// Not the root of the server: the app must work under any path.
const BASE: &str = "/tools/strata/";

/// The case of the first view of the sample data, and its only series.
pub const FIRST_VIEW: &str = "first view of the sample data";
/// The case of settings, scrolling and downloads.
pub const INTERACTION: &str = "settings, scrolling, downloads";
/// The peer.
pub const DUCKDB_WASM: &str = "DuckDB-WASM";

/// The name of the web app with this number of parsing workers.
pub fn strata_with_workers(workers: usize) -> String {
    format!("Strata, {workers} {}", if workers == 1 { "worker" } else { "workers" })
}

/// The figures that the script writes.
#[derive(Deserialize)]
struct Measured {
    versions: Vec<(String, String)>,
    series: Vec<Series>,
    notes: Vec<String>,
}

/// The served web app, and the peers.
struct Driver {
    address: String,
    peers: Peers,
}

/// Measures loading for each number of rows, and interaction for the largest.
///
/// # Errors
/// If the build fails, the browser does not follow the script, or the programs disagree.
pub fn run(options: &Options) -> Result<(), String> {
    setup::for_tests()?;
    setup::for_bench()?;
    let strata = Strata::build(options)?;
    let files = if let Some(directory) = &options.dist {
        directory.clone()
    } else {
        dist::build(Flavour::Release)?;
        site::directory()
    };
    let server = Server::bind(0, StaticFiles::new(files, BASE))?;
    let driver = Driver { address: server.address(), peers: Peers::install()? };
    thread::spawn(move || server.serve());

    let first_view = driver.measure("first-view", None, options.runs_for(0))?;
    keep(options, first_view, Case { name: FIRST_VIEW.to_owned(), ..Case::default() })?;
    let mut rows_of_cases = options.rows_or(&ROWS);
    rows_of_cases.sort_unstable();
    let most = rows_of_cases.last().copied();
    for rows in rows_of_cases {
        let input = sample(&strata, rows)?;
        say(&format!("{}: {rows} rows", input.display()));
        let mut loaded = driver.measure("load", Some(&input), options.runs_for(rows))?;
        driver.check_agreement(&input)?;
        loaded.notes.push("DuckDB-WASM's files agree with those of DuckDB".to_owned());
        keep(
            options,
            loaded,
            Case { name: format!("{rows} rows"), rows, bytes: byte_count(&input)?, ..Case::default() },
        )?;
        if most == Some(rows) {
            let interaction = driver.measure("interaction", Some(&input), options.runs_for(0))?;
            keep(options, interaction, Case { name: INTERACTION.to_owned(), rows: 0, ..Case::default() })?;
        }
        if !options.keeps_data {
            remove_if_larger(&input, LARGE_BYTES)?;
        }
    }
    Ok(())
}

impl Driver {
    /// Runs a task of the script.
    fn measure(&self, task: &str, input: Option<&Path>, runs: usize) -> Result<Measured, String> {
        let result = directory().join("browser.json");
        let mut node = program("node");
        node.arg(committed_directory().join("browser/run.mjs")).arg(task).args(input);
        node.env("STRATA_ADDRESS", &self.address);
        node.env("STRATA_NODE_MODULES", setup::node_modules());
        node.env("BENCH_RUNS", runs.to_string());
        node.env("BENCH_RESULT", &result);
        node.env("BENCH_WORK_DIRECTORY", directory());
        node.env("BENCH_DUCKDB_OUT", duckdb_wasm_out());
        run_command(&mut node)?;
        let text = fs::read_to_string(&result).map_err(|error| format!("{}: {error}", result.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", result.display()))
    }

    /// Checks that DuckDB writes the same files in the browser as natively.
    fn check_agreement(&self, input: &Path) -> Result<(), String> {
        let native = out_directory("duckdb_for_browser");
        Usage::of(&self.peers.job(Peer::DuckDb, input, &native, 1))?;
        self.peers.check_agreement(&native, &duckdb_wasm_out())
    }
}

/// Keeps the figures of the script.
fn keep(options: &Options, measured: Measured, case: Case) -> Result<(), String> {
    let mut facts = machine::facts(options, Vec::new());
    facts.push(machine::fact("Node.js", crate::process::output(Command::new("node").arg("--version"))));
    facts.extend(measured.versions);
    let mut notes = case.notes;
    notes.extend(measured.notes);
    Record::keep(Part::Browser.name(), &facts, Case { series: measured.series, notes, ..case })
}

fn duckdb_wasm_out() -> PathBuf {
    out_directory("duckdb_wasm")
}
