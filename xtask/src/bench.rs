//! `cargo xtask bench`: Strata beside DuckDB and Polars, natively and in Chromium.
//!
//! Each part measures one thing and keeps its figures under `target/bench/results`; `bench/RESULTS.md` and the pictures
//! beside it are made from all kept figures. Programs that are compared run in turn, so that their ratios hold even on a
//! machine that has other work to do.

mod browser;
mod data;
mod directories;
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
mod records;
mod report;
mod shapes;
mod shapes_data;
mod strata;

use std::fs;

pub use measure::{COMMAND as MEASURE, run as measure};
pub use options::Options;
use options::Part;

use crate::process::say;
use directories::committed_directory;

/// Runs the requested parts and renders the results.
///
/// # Errors
/// If a program is missing or fails, or if programs disagree.
pub fn run(options: &Options) -> Result<(), String> {
    // Figures from before a failure are rendered too.
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
    let records = records::Records::read()?;
    let write = |name: &str, text: String| {
        let path = committed_directory().join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    if let Some(growth) = &records.growth {
        write("growth.svg", plot::growth(growth))?;
    }
    write("RESULTS.md", report::render(&records))?;
    say("Wrote bench/RESULTS.md.");
    Ok(())
}
