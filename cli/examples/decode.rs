//! Only unpacks or decodes an input and drops what comes out: what any use of the input costs at least.
//!
//! `cargo run --release --package strata-cli --example decode -- FILE`; prints the bytes (of gzip and zstd, unpacked) or
//! the rows (of Parquet).

use std::error::Error;
use std::fs::File;
use std::io;

use strata_core::rows::UserDay;
use strata_core::source::compression::decompress;
use strata_core::source::{InvalidValue, RejectedRow, RowSink, parquet};

/// Counts rows.
#[derive(Default)]
struct RowCount(u64);

impl RowSink for RowCount {
    fn accept(&mut self, _: &UserDay<'_>, _: u32) {
        self.0 += 1;
    }

    fn reject(&mut self, _: RejectedRow) {
        self.0 += 1;
    }

    fn invalid(&mut self, _: InvalidValue<'_>) {}
}

#[expect(clippy::print_stdout, reason = "its result")]
fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: decode FILE")?;
    if path.to_string_lossy().ends_with(".parquet") {
        let mut rows = RowCount::default();
        let mapping = parquet::mapping(File::open(&path)?, &[])?;
        parquet::decode(|| File::open(&path), &mapping, 0, &mut rows)?;
        println!("{} rows", rows.0);
    } else {
        let (compression, mut bytes) = decompress(File::open(&path)?)?;
        println!("{} bytes ({})", io::copy(&mut bytes, &mut io::sink())?, compression.as_str());
    }
    Ok(())
}
