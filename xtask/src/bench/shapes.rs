//! `cargo xtask bench shapes`: inputs other than one row per user and day, sorted by user.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::data::{byte_count, existing_or_new, remove_if_larger, sample};
use super::machine;
use super::measure::{Program, interleave};
use super::options::{Options, Part};
use super::peers::Peers;
use super::record::{Case, Record};
use super::shapes_data::{narrow, one_row_each, one_user, shuffle, wide};
use super::strata::{Strata, out_directory};
use crate::process::{cargo, root, run as run_command};

/// Rows of the input from which most shapes are derived.
const ROWS: u64 = 1_000_000;

/// Inputs larger than this are removed after they were measured, because no other part uses them.
const LARGE_BYTES: u64 = 1_000_000_000;

/// The name of the program in the cases.
pub const STRATA: &str = "Strata";
/// The name of the program that only unpacks or decodes the input, with the same code as Strata.
pub const DECODER: &str = "decoder alone";

/// The usual input.
pub const SORTED: &str = "sorted";
/// The same rows in random order.
pub const SHUFFLED: &str = "shuffled";
/// Every row is another user.
pub const USERS: [&str; 3] = ["one row per user", "one row per user, half", "one row per user, a fifth"];
/// 500 columns.
pub const WIDE: &str = "500 columns";
/// 5 columns.
pub const NARROW: &str = "5 columns";

/// An input under measurement.
struct Shape {
    name: &'static str,
    rows: u64,
    path: PathBuf,
    unpacked_bytes: Option<u64>,
    is_packed: bool,
}

/// Measures all shapes in turn.
///
/// # Errors
/// If a program fails.
pub fn run(options: &Options) -> Result<(), String> {
    let strata = Strata::build(options)?;
    let peers = Peers::install()?;
    let rows = options.rows_or(&[ROWS]).first().copied().unwrap_or(ROWS);
    let decoder = build_decoder(options)?;
    let shapes = shapes(&strata, &peers, rows)?;
    let mut programs = Vec::new();
    for shape in &shapes {
        programs.push(Program::new(shape.name, strata.segment(&shape.path, &out_directory("shape"), None)?));
        if shape.is_packed {
            let mut decode = Command::new(&decoder);
            decode.arg(&shape.path);
            programs.push(Program::new(shape.name, decode));
        }
    }
    let mut measured = interleave(&programs, options.runs_for(rows))?.into_iter();
    for shape in shapes {
        let names = if shape.is_packed { &[STRATA, DECODER] as &[&str] } else { &[STRATA] };
        let mut series: Vec<_> = measured.by_ref().take(names.len()).collect();
        for (series, name) in series.iter_mut().zip(names) {
            (*name).clone_into(&mut series.name);
        }
        let case = Case {
            name: shape.name.to_owned(),
            rows: shape.rows,
            bytes: byte_count(&shape.path)?,
            unpacked_bytes: shape.unpacked_bytes,
            series,
            ..Case::default()
        };
        Record::keep(Part::Shapes.name(), &machine::facts(options, peers.versions()), case)?;
        if !options.keeps_data {
            remove_if_larger(&shape.path, LARGE_BYTES)?;
        }
    }
    Ok(())
}

/// Builds the program with only the decoders, in the same way as Strata. If nothing is to be built, that of an earlier
/// build is used.
fn build_decoder(options: &Options) -> Result<PathBuf, String> {
    let path = root().join("target/dist/examples/decode").with_extension(std::env::consts::EXE_EXTENSION);
    if options.program.is_none() || !path.is_file() {
        run_command(&mut cargo([
            "build",
            "--profile",
            "dist",
            "--package",
            "strata-cli",
            "--example",
            "decode",
            "--locked",
        ]))?;
    }
    Ok(path)
}

fn shapes(strata: &Strata, peers: &Peers, rows: u64) -> Result<Vec<Shape>, String> {
    let base = sample(strata, rows)?;
    let plain = |name, rows, path| -> Shape { Shape { name, rows, path, unpacked_bytes: None, is_packed: false } };
    let derived = |name: &str, rows: u64, make: &dyn Fn(&Path, &Path) -> Result<(), String>| {
        existing_or_new(&format!("{name}_{rows}.csv"), |to| make(&base, to))
    };
    let mut shapes = vec![
        plain(SORTED, rows, base.clone()),
        plain(SHUFFLED, rows, derived("shuffled", rows, &shuffle)?),
        plain("one user", rows, derived("one_user", rows, &one_user)?),
        plain(NARROW, rows, derived("narrow", rows, &narrow)?),
    ];
    // The same number of bytes as the others, not of rows.
    let few = sample(strata, rows / 5)?;
    let path = existing_or_new(&format!("wide_{}.csv", rows / 5), |to| wide(&few, to, 500))?;
    shapes.push(plain(WIDE, rows / 5, path));
    for (name, share) in USERS.into_iter().zip([1, 2, 5]) {
        let users = rows * 5 / share;
        let path = existing_or_new(&format!("one_row_each_{users}.csv"), |to| {
            one_row_each(&sample(strata, rows * 5)?, to, users)
        })?;
        shapes.push(plain(name, users, path));
    }
    for (name, ending) in [("gzip", "gz"), ("zstd", "zst")] {
        let path = packed(peers, &base, &format!("rows_{rows}.csv.{ending}"))?;
        shapes.push(Shape { name, rows, path, unpacked_bytes: Some(byte_count(&base)?), is_packed: true });
    }
    for (name, codec) in [("Parquet, Snappy", "snappy"), ("Parquet, Zstandard", "zstd")] {
        let path = packed(peers, &base, &format!("rows_{rows}.{codec}.parquet"))?;
        shapes.push(Shape { name, rows, path, unpacked_bytes: None, is_packed: true });
    }
    Ok(shapes)
}

fn packed(peers: &Peers, from: &Path, name: &str) -> Result<PathBuf, String> {
    existing_or_new(name, |to| run_command(peers.script("pack.py").arg(from).arg(to)))
}
