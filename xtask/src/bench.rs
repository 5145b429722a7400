//! `cargo xtask bench`: Strata beside DuckDB and Polars, natively and in Chromium.
//!
//! Each part measures one thing and keeps what it measured under `target/bench/results`; `bench/RESULTS.md` and the
//! pictures beside it are drawn from all that is kept. Programs that are compared run in turn in one go, so that ratios
//! hold on a machine that is busy with other things too.

mod browser;
mod data;
mod growth;
mod limits;
mod machine;
mod measure;
mod native;
mod options;
mod peers;
mod plot;
mod profile;
mod record;
mod report;
mod shapes;
mod shapes_data;
mod strata;

use std::fs;
use std::path::PathBuf;

pub use measure::{COMMAND as MEASURE, run as measure};
pub use options::Options;
use options::Part;

use crate::process::{root, say};

/// Runs the parts that are asked for and renders the results.
///
/// # Errors
/// If a program is missing or fails, or if programs disagree on what they compute.
pub fn run(options: &Options) -> Result<(), String> {
    // What was measured before a failure is shown all the same.
    let measured = options.parts().into_iter().try_for_each(|part| run_part(part, options));
    render()?;
    measured
}

fn run_part(part: Part, options: &Options) -> Result<(), String> {
    say(&format!("== {}", part.name()));
    match part {
        Part::Native => native::run(options),
        Part::Shapes => shapes::run(options),
        Part::Growth => growth::run(options),
        Part::Browser => browser::run(options),
        Part::Profile => profile::run(options),
        Part::Report => Ok(()),
    }
}

/// Writes `bench/RESULTS.md` and the plot of growth.
fn render() -> Result<(), String> {
    let records = report::Records::read()?;
    let write = |name: &str, text: String| {
        let path = committed_directory().join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    if let Some(growth) = &records.growth {
        write("growth.svg", plot::growth(growth))?;
    }
    write("RESULTS.md", report::render(&records))?;
    say("bench/RESULTS.md is written.");
    Ok(())
}

/// Where data, results and peers are: nothing of it is committed.
fn directory() -> PathBuf {
    root().join("target/bench")
}

/// Where scripts and rendered results are.
fn committed_directory() -> PathBuf {
    root().join("bench")
}
