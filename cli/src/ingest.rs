//! From inputs to the user table.

mod fold;
mod parquet;
mod ranges;
mod stream;

use std::path::PathBuf;

use strata_core::finding::FindingCode;
use strata_core::source::{Column, HeaderProblem, InputFile, SourceError};
use strata_core::users::{FinishedTable, RunInputs, TableInput, UserTableBuilder};
use strata_core::value::calendar::Day;

use crate::error::CliError;
use crate::input::Input;
use crate::panics;
use crate::progress::Progress;
use crate::threads::Threads;
use ranges::PlainFile;

/// Everything that was read.
pub struct Ingested {
    /// The table and the rejected rows.
    pub finished: FinishedTable,
    /// The inputs, each once.
    pub files: Vec<InputFile>,
    /// The names of all inputs, to which the rejected rows refer.
    pub names: Vec<String>,
    /// The names of inputs with the same bytes as an earlier one.
    pub duplicates: Vec<String>,
}

/// Opens every input and maps its columns, before a row of any is read.
pub fn open_inputs(paths: &[PathBuf], given: &[(Column, String)]) -> Result<Vec<Input>, CliError> {
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(CliError::Usage(
            "- is given twice, but standard input can be read only once; remove one of them".to_owned(),
        ));
    }
    let inputs = paths.iter().map(|path| Input::open(path, given)).collect::<Result<Vec<_>, _>>()?;
    let mapped = || inputs.iter().filter_map(|input| input.mapping().map(|mapping| (input, mapping)));
    for (column, name) in given.iter().filter(|(_, name)| !name.is_empty()) {
        if mapped().any(|(_, mapping)| mapping.has_name(name)) {
            continue;
        }
        let Some((first, mapping)) = mapped().next() else {
            let message =
                format!("--map {column}={name}: the columns of a user table cannot be mapped; leave --map out");
            return Err(CliError::Usage(message));
        };
        let found = mapping.header.clone();
        let problem = HeaderProblem::GivenColumnMissing { column: *column, name: name.clone(), found };
        return Err(first.header_error(problem).into());
    }
    Ok(inputs)
}

/// All rows of the inputs, before the table is finished.
pub struct Reduced {
    /// The builder.
    pub builder: UserTableBuilder,
    /// The inputs; of a user table its own.
    pub inputs: Vec<TableInput>,
}

/// Reads all inputs into one table.
pub fn ingest(
    inputs: Vec<Input>,
    as_of: Option<Day>,
    threads: usize,
    progress: &Progress,
) -> Result<Ingested, CliError> {
    let Reduced { builder, inputs } =
        reduce(inputs, threads, progress, |names| UserTableBuilder::new(as_of, names.to_vec()))?;
    let names = inputs.iter().map(|input| input.file.name.clone()).collect();
    let (repeated, read): (Vec<_>, Vec<_>) = inputs.into_iter().partition(|input| input.is_repeated);
    let files = read.into_iter().map(|input| input.file).collect();
    let duplicates = repeated.into_iter().map(|input| input.file.name).collect();
    let finished = builder.finish(&Threads::of(threads))?;
    Ok(Ingested { finished, files, names, duplicates })
}

/// Reads all inputs into one builder; `new_builder` creates one for inputs of these names.
pub fn reduce(
    mut inputs: Vec<Input>,
    threads: usize,
    progress: &Progress,
    new_builder: impl Fn(&[String]) -> UserTableBuilder + Sync,
) -> Result<Reduced, CliError> {
    let own: Vec<Vec<TableInput>> = inputs.iter().map(Input::own_inputs).collect();
    let run = RunInputs::new(own.iter().map(Vec::as_slice).collect());
    let given_names: Vec<&str> = inputs.iter().map(|input| &*input.name).collect();
    let (numbers, names) = run.numbers_and_names(&given_names);
    for (input, number) in inputs.iter_mut().zip(numbers) {
        input.first_file = number;
    }
    let new_builder = || new_builder(&names);
    let mut hashes = hashes_of_equal_sizes(&inputs, &run)?;
    if let Some((number, file)) = run.counted_twice(&hashes) {
        return Err(CliError::SharedInput { file: inputs[number].shown.clone(), input: file.name.clone() });
    }
    let mut is_duplicate = run.repeated(&hashes);
    let total =
        inputs.iter().zip(&is_duplicate).filter(|(_, duplicate)| !**duplicate).map(|(input, _)| input.byte_count).sum();
    progress.start(total);

    let unread = inputs.iter_mut().enumerate().filter(|(number, _)| !is_duplicate[*number]);
    let (streams, files): (Vec<_>, Vec<_>) = unread.partition(|(_, input)| input.is_stream());
    let (mut builder, read) = read_files(files, threads, &new_builder, progress)?;
    for (number, file) in read {
        hashes[number] = Some(file);
    }
    // The bytes of a stream are known only once they are read; where another input has the same, they do not count.
    for stream in streams {
        let (part, read) = stream::read_files(vec![stream], threads, &new_builder, progress)?;
        let Some((number, hash)) = read.into_iter().next() else { continue };
        is_duplicate[number] = hashes.iter().flatten().any(|known| known.has_same_bytes(&hash)) || run.has_read(&hash);
        hashes[number] = Some(hash);
        if !is_duplicate[number] {
            merge(&mut builder, part, Threads::of(threads));
        }
    }
    progress.finish();
    Ok(Reduced { builder, inputs: run.told(hashes, &is_duplicate) })
}

/// Reads files into one builder; says what the bytes of each were.
fn read_files(
    files: Vec<(usize, &mut Input)>,
    threads: usize,
    new_builder: &(impl Fn() -> UserTableBuilder + Sync),
    progress: &Progress,
) -> Result<(UserTableBuilder, Vec<(usize, InputFile)>), CliError> {
    let (plain, others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(number, input)| PlainFile::new(*number, input).is_some());
    if plain.is_empty() {
        return stream::read_files(others, threads, new_builder, progress);
    }
    let plain: Vec<PlainFile<'_>> = plain.iter().filter_map(|(number, input)| PlainFile::new(*number, input)).collect();
    let (mut builder, mut read) = ranges::read_files(&plain, threads, new_builder, progress)?;
    if !others.is_empty() {
        let (part, read_besides) = stream::read_files(others, threads, new_builder, progress)?;
        merge(&mut builder, part, Threads::of(threads));
        read.extend(read_besides);
    }
    Ok((builder, read))
}

/// Merges a part of the inputs into the others; into a blank builder that would only copy everything.
fn merge(all: &mut UserTableBuilder, part: UserTableBuilder, threads: Threads) {
    if all.user_count() == 0 {
        let blank = std::mem::replace(all, part);
        all.merge(blank, &threads);
    } else {
        all.merge(part, &threads);
    }
}

/// Ends with an error where a row was rejected or a value invalid.
pub fn check_strict(finished: &FinishedTable) -> Result<(), SourceError> {
    let quality = &finished.table.quality;
    if quality.rejected_rows + quality.invalid_values == 0 {
        return Ok(());
    }
    let flawed = quality
        .findings
        .iter()
        .find(|finding| matches!(finding.code, FindingCode::RejectedRows | FindingCode::InvalidValues));
    let first = flawed.and_then(|finding| finding.examples.first()).cloned().unwrap_or_default();
    Err(SourceError::Strict { rejected: quality.rejected_rows, invalid: quality.invalid_values, first })
}

/// Hashes of the files that share their size with another: only these can have the same bytes.
fn hashes_of_equal_sizes(inputs: &[Input], run: &RunInputs<'_>) -> Result<Vec<Option<InputFile>>, SourceError> {
    let byte_counts: Vec<Option<u64>> = inputs.iter().map(|input| input.byte_count).collect();
    let shares_size = run.share_a_size(&byte_counts);
    inputs.iter().zip(shares_size).map(|(input, shares)| if shares { input.hash() } else { Ok(None) }).collect()
}

fn worker_failed() -> CliError {
    CliError::Internal(panics::latest())
}
