//! From the bytes of a CSV file to retention rates and a result file, with nothing but the engine.
//!
//! `cargo run --package strata-core --example segment [-- FILE.csv]`; without a file it reads the few rows below.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::error::Error;
use std::{env, fs, io};

use strata_core::analysis::analyse;
use strata_core::output::{OutputBundle, OutputFile, RunInfo};
use strata_core::parallel::Sequential;
use strata_core::settings::{ResolvedSettings, SettingLayer, SettingSource};
use strata_core::source::ColumnMapping;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::source::csv::splitter::RecordSplitter;
use strata_core::users::UserTableBuilder;

const ROWS: &str = "\
user_id,date,total_sessions,total_revenue
ann,2025-03-01,2,0
ann,2025-03-02,1,4.99
bob,2025-03-01,1,0
bob,2025-03-04,3,0
cem,2025-03-02,1,0
";

#[expect(clippy::disallowed_methods, reason = "the caller of the engine opens files")]
fn main() -> Result<(), Box<dyn Error>> {
    let csv = match env::args().nth(1) {
        Some(path) => fs::read(path)?,
        None => ROWS.as_bytes().to_vec(),
    };

    // Settings come in layers, as text. These windows suit the few rows above.
    let entries = vec![("RETENTION_WINDOWS".to_owned(), "1,2,3".to_owned())];
    let settings = ResolvedSettings::resolve(&[SettingLayer { source: SettingSource::Flag, entries }])?;

    // The header says which column is which. A stream would give it in pieces; here it is all there.
    let header = read_header(&csv, true)?.ok_or("the file is empty")?;
    let mapping = ColumnMapping::new(header.names, &[])?;

    // Blocks of whole records become rows, and rows are folded into users.
    let names = vec!["rows.csv".to_owned()];
    let mut builder = UserTableBuilder::new(None, names.clone());
    builder.add_columns(&mapping);
    let mut splitter = RecordSplitter::new(header.delimiter, header.line_count);
    let mut decoder = BlockDecoder::new(&mapping);
    let mut blocks = Vec::new();
    splitter.input().extend_from_slice(&csv[header.byte_count..]);
    splitter.split(true, &mut blocks)?;
    for block in &blocks {
        decoder.decode(block, 0, &mut builder);
    }
    let finished = builder.finish(&Sequential)?;

    // Every result at once, as plain data.
    let analysis = analyse(&finished.table, &settings.values, &[]);
    for cell in &analysis.report.retention.pooled {
        match &cell.observed {
            Some(observed) => {
                let (low, high) = observed.ci;
                println!("day {}: {}% of {} users ({low}–{high}%)", cell.window, observed.rate, cell.eligible_users);
            }
            None => println!("day {}: not observed yet", cell.window),
        }
    }

    // Any of the result files goes to anything that can be written to.
    let run = RunInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        generated_at: "2025-03-05T00:00:00Z".to_owned(),
        inputs: Vec::new(),
    };
    let bundle = OutputBundle {
        settings: &settings,
        run: &run,
        table: &finished.table,
        report: &analysis.report,
        users: &analysis.users,
        rejected: &finished.rejected,
        input_names: &names,
        spreadsheet_safe: false,
    };
    println!("\n{}:", OutputFile::UserSegments.name());
    bundle.write(OutputFile::UserSegments, &mut io::stdout())?;
    Ok(())
}
