//! `strata reduce`: condenses daily rows into a user table.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::json;
use strata_core::users::{TableWriteError, UserTableBuilder};

use crate::error::CliError;
use crate::ingest::{Reduced, open_inputs, reduce};
use crate::input::Input;
use crate::output_dir::write_whole_file;
use crate::progress::Progress;
use crate::text::counted;
use crate::{args, settings};

use super::{is_json, thread_count, warn_of_duplicates};

/// Runs the command.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let settings = settings::resolve(matches)?;
    let given = args::given_columns(matches)?;
    let append = matches.get_one::<PathBuf>("append");
    let out = output_path(matches, append)?;
    let named = matches.get_many::<PathBuf>("input").into_iter().flatten();
    let paths: Vec<PathBuf> = append.into_iter().chain(named).cloned().collect();
    if paths.len() == usize::from(append.is_some()) {
        return Err(CliError::Usage("no input: name one or more files to read (- for standard input), as in strata reduce user_daily.csv --out users.parquet".to_owned()));
    }
    let inputs = open_inputs(&paths, &given)?;
    if let Some(table) = inputs.first().filter(|input| append.is_some() && input.table().is_none()) {
        let message = "not a user table; --append needs a file written by strata reduce";
        return Err(CliError::Usage(format!("{}: {message}", table.shown)));
    }
    refuse_foreign_file(out)?;

    let is_quiet = matches.get_flag("quiet");
    let progress = Progress::new(is_quiet || is_json(matches));
    let as_of = settings.values.segmentation_as_of_date;
    let new_builder = |names: &[String]| UserTableBuilder::new(as_of, names.to_vec()).keeping_devices();
    let Reduced { builder, inputs } = reduce(inputs, thread_count(matches), &progress, new_builder)?;
    builder.as_of_date()?;
    if matches.get_flag("strict") {
        builder.check_strict()?;
    }
    let repeated = inputs.iter().filter(|input| input.is_repeated);
    warn_of_duplicates(repeated.map(|input| input.file.name.as_str()));

    let users = builder.user_count();
    let rows = builder.accepted_row_count();
    let (rejected, invalid) = (builder.rejected_row_count(), builder.invalid_value_count());
    let input_names: Vec<String> = inputs.iter().map(|input| input.file.name.clone()).collect();
    write_whole_file(out, |file| builder.write_table(file, inputs).map_err(io::Error::other))
        .map_err(|reason| write_error(out, reason))?;

    let bytes = fs::metadata(out).map_or(0, |metadata| metadata.len());
    let mut stdout = io::stdout().lock();
    if is_json(matches) {
        let summary = json!({
            "output": out,
            "bytes": bytes,
            "users": users,
            "rows": rows,
            "rejected_rows": rejected,
            "invalid_values": invalid,
            "inputs": input_names,
        });
        writeln!(stdout, "{summary:#}")?;
    } else if !is_quiet {
        let (users, rows, bytes) = (counted(users as u64, "user"), counted(rows, "row"), counted(bytes, "byte"));
        writeln!(stdout, "{users} from {rows}: {} ({bytes})", out.display())?;
        if rejected + invalid > 0 {
            let (rejected, invalid) = (counted(rejected, "rejected row"), counted(invalid, "unreadable cell"));
            writeln!(stdout, "It keeps a record of {rejected} and {invalid}")?;
        }
    }
    Ok(())
}

fn output_path<'m>(matches: &'m ArgMatches, append: Option<&'m PathBuf>) -> Result<&'m PathBuf, CliError> {
    matches
        .get_one::<PathBuf>("out")
        .or(append)
        .ok_or_else(|| CliError::Usage("no output: name the file to write, as in --out users.parquet".to_owned()))
}

/// Checks, before anything is read, that the table can be written. An earlier user table may be replaced, any other
/// file may not.
fn refuse_foreign_file(path: &Path) -> Result<(), CliError> {
    let refuse = |what: &str| Err(CliError::Usage(format!("{}: {what} choose another --out", path.display())));
    let Ok(metadata) = fs::metadata(path) else {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        return match parent.filter(|parent| !parent.is_dir()) {
            Some(_) => refuse("the directory does not exist; create it, or"),
            None => Ok(()),
        };
    };
    if metadata.is_dir() {
        return refuse("this is a directory, but a file is expected;");
    }
    let is_table = || Input::open(path, &[]).is_ok_and(|input| input.table().is_some());
    if metadata.is_file() && metadata.len() > 0 && !is_table() {
        return refuse("this file already exists and is not a user table, so it is not replaced;");
    }
    Ok(())
}

fn write_error(path: &Path, reason: io::Error) -> CliError {
    match reason.downcast::<TableWriteError>() {
        Ok(TableWriteError::Source(problem)) => problem.into(),
        Ok(problem @ TableWriteError::TooLarge { .. }) => CliError::TooLarge(problem),
        Ok(TableWriteError::Write(reason)) if reason.kind() == io::ErrorKind::BrokenPipe => CliError::BrokenPipe,
        Ok(TableWriteError::Write(reason)) | Err(reason) => CliError::Write { path: path.to_path_buf(), reason },
    }
}
