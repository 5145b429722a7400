//! `strata generate`: sample data.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ArgMatches;
use strata_generate::{GenerateSpec, Generator};

use crate::error::CliError;
use crate::output_dir::write_whole_file;
use crate::progress::Progress;

/// Runs the command.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let spec = spec(matches)?;
    let mut generator = Generator::new(&spec).map_err(|error| CliError::Usage(error.to_string()))?;
    let path = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    let progress = Progress::new(matches.get_flag("quiet") || path.as_os_str() == "-");
    if path.as_os_str() == "-" {
        return Ok(stream(&mut generator, &mut io::stdout().lock(), &progress)?);
    }
    write_whole_file(&path, |file| stream(&mut generator, file, &progress))
        .map_err(|reason| CliError::Write { path, reason })
}

fn spec(matches: &ArgMatches) -> Result<GenerateSpec, CliError> {
    let number = |name: &str| matches.get_one::<u64>(name).copied();
    let mut spec = GenerateSpec {
        flaws: matches.get_flag("flaws"),
        with_sessions: !matches.get_flag("without-sessions"),
        ..GenerateSpec::default()
    };
    spec.rows = number("rows").unwrap_or(spec.rows);
    spec.seed = number("seed").unwrap_or(spec.seed);
    if let Some(days) = number("days") {
        spec.days = u32::try_from(days).map_err(|_| {
            CliError::Usage(format!("--days {days}: too many days; at most {} are possible", GenerateSpec::MAX_DAYS))
        })?;
    }
    if let Some(date) = matches.get_one::<String>("first-date") {
        let problem =
            |_| CliError::Usage(format!("--first-date {date}: expected a date as YYYY-MM-DD, such as 2025-09-12"));
        spec.first_date = date.parse().map_err(problem)?;
    }
    Ok(spec)
}

fn stream(generator: &mut Generator, out: &mut impl Write, progress: &Progress) -> io::Result<()> {
    progress.start(None);
    let mut chunk = generator.header().as_bytes().to_vec();
    loop {
        let has_more = generator.write_chunk(&mut chunk);
        out.write_all(&chunk)?;
        progress.advance(chunk.len() as u64, generator.rows_written());
        if !has_more {
            break;
        }
        chunk.clear();
    }
    progress.finish();
    out.flush()
}
