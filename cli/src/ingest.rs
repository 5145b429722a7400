//! From inputs to the user table.

mod fold;
mod ranges;
mod stream;

use std::path::PathBuf;

use strata_core::calendar::Day;
use strata_core::diagnostic::FindingCode;
use strata_core::source::{Column, HeaderProblem, InputFile, SourceError, repeated_inputs};
use strata_core::users::{FinishedTable, TableInput, UserTableBuilder};

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
        return Err(CliError::Usage("- is named twice: standard input can be read only once".to_owned()));
    }
    let inputs = paths.iter().map(|path| Input::open(path, given)).collect::<Result<Vec<_>, _>>()?;
    let mapped = || inputs.iter().filter_map(|input| input.mapping().map(|mapping| (input, mapping)));
    for (column, name) in given.iter().filter(|(_, name)| !name.is_empty()) {
        if mapped().any(|(_, mapping)| mapping.has_name(name)) {
            continue;
        }
        let Some((first, mapping)) = mapped().next() else {
            let message = format!("--map {column}={name}: a user table has no columns to map; leave --map out");
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
    let finished = builder.finish_with(&Threads::of(threads))?;
    Ok(Ingested { finished, files, names, duplicates })
}

/// Reads all inputs into one builder; `new_builder` makes one for inputs of these names.
pub fn reduce(
    mut inputs: Vec<Input>,
    threads: usize,
    progress: &Progress,
    new_builder: impl Fn(&[String]) -> UserTableBuilder + Sync,
) -> Result<Reduced, CliError> {
    let names = number_inputs(&mut inputs);
    let new_builder = || new_builder(&names);
    let of_tables: Vec<InputFile> = inputs.iter().flat_map(read_by_table).cloned().collect();
    let mut hashes = hashes_of_equal_sizes(&inputs, &of_tables)?;
    refuse_shared_inputs(&inputs, &hashes)?;
    let is_of_table = |hash: &InputFile| of_tables.iter().any(|known| known.has_same_bytes(hash));
    let mut is_duplicate = repeated_inputs(&hashes);
    for (is_duplicate, hash) in is_duplicate.iter_mut().zip(&hashes) {
        *is_duplicate |= hash.as_ref().is_some_and(is_of_table);
    }
    let total =
        inputs.iter().zip(&is_duplicate).filter(|(_, duplicate)| !**duplicate).map(|(input, _)| input.byte_count).sum();
    progress.start(total);

    let unread = inputs.iter_mut().enumerate().filter(|(number, _)| !is_duplicate[*number]);
    let (streams, files): (Vec<_>, Vec<_>) = unread.partition(|(_, input)| input.is_stream());
    let mut is_blank = files.is_empty();
    let (mut builder, read) = read_files(files, threads, &new_builder, progress)?;
    for (number, file) in read {
        hashes[number] = Some(file);
    }
    // The bytes of a stream are known only once they are read; where another input has the same, they do not count.
    for stream in streams {
        let (part, read) = stream::read_files(vec![stream], threads, &new_builder, progress)?;
        let Some((number, hash)) = read.into_iter().next() else { continue };
        is_duplicate[number] = hashes.iter().flatten().any(|known| known.has_same_bytes(&hash)) || is_of_table(&hash);
        hashes[number] = Some(hash);
        if !is_duplicate[number] {
            // Merging into a blank table would only hold everything twice.
            if std::mem::take(&mut is_blank) {
                builder = part;
            } else {
                builder.merge(part);
            }
        }
    }
    progress.finish();
    let mut all = Vec::new();
    for ((input, hash), is_repeated) in inputs.iter().zip(hashes).zip(is_duplicate) {
        match input.table().filter(|table| !table.inputs.is_empty()) {
            Some(table) => all.extend(
                table
                    .inputs
                    .iter()
                    .map(|input| TableInput { is_repeated: is_repeated || input.is_repeated, ..input.clone() }),
            ),
            None => all.extend(hash.map(|file| TableInput { file, is_repeated })),
        }
    }
    Ok(Reduced { builder, inputs: all })
}

/// Reads files into one builder; says what the bytes of each were.
fn read_files(
    files: Vec<(usize, &mut Input)>,
    threads: usize,
    new_builder: &(impl Fn() -> UserTableBuilder + Sync),
    progress: &Progress,
) -> Result<(UserTableBuilder, Vec<(usize, InputFile)>), CliError> {
    let (plain, others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(number, input)| threads > 1 && PlainFile::new(*number, input).is_some());
    if plain.is_empty() {
        return stream::read_files(others, threads, new_builder, progress);
    }
    let plain: Vec<PlainFile<'_>> = plain.iter().filter_map(|(number, input)| PlainFile::new(*number, input)).collect();
    let (mut builder, mut read) = ranges::read_files(&plain, threads, new_builder, progress)?;
    if !others.is_empty() {
        let (part, read_besides) = stream::read_files(others, threads, new_builder, progress)?;
        builder.merge(part);
        read.extend(read_besides);
    }
    Ok((builder, read))
}

/// The inputs that were read when a table was made.
fn read_by_table(input: &Input) -> impl Iterator<Item = &InputFile> {
    let inputs = input.table().into_iter().flat_map(|table| &table.inputs);
    inputs.filter(|input| !input.is_repeated).map(|input| &input.file)
}

/// Ends with an error where two tables count the rows of one file. The same table twice is a repeated input.
fn refuse_shared_inputs(inputs: &[Input], hashes: &[Option<InputFile>]) -> Result<(), CliError> {
    for (number, input) in inputs.iter().enumerate() {
        let of_input: Vec<&InputFile> = read_by_table(input).collect();
        for (other, other_hash) in inputs[..number].iter().zip(hashes) {
            let of_other: Vec<&InputFile> = read_by_table(other).collect();
            let shared = of_input.iter().find(|file| of_other.iter().any(|known| known.has_same_bytes(file)));
            let tables = hashes[number].as_ref().zip(other_hash.as_ref());
            let is_same_table = tables.is_some_and(|(table, other)| table.has_same_bytes(other));
            if let Some(file) = shared.filter(|_| !is_same_table) {
                return Err(CliError::SharedInput { file: input.shown.clone(), input: file.name.clone() });
            }
        }
    }
    Ok(())
}

/// Gives inputs their numbers, a user table one for each of its own inputs; says the name of each number.
fn number_inputs(inputs: &mut [Input]) -> Vec<String> {
    let mut names = Vec::new();
    for input in inputs {
        input.first_file = u32::try_from(names.len()).unwrap_or(u32::MAX);
        match input.table().filter(|table| !table.inputs.is_empty()) {
            Some(table) => names.extend(table.inputs.iter().map(|input| input.file.name.clone())),
            None => names.push(input.name.clone()),
        }
    }
    names
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
fn hashes_of_equal_sizes(inputs: &[Input], of_tables: &[InputFile]) -> Result<Vec<Option<InputFile>>, CliError> {
    let shares_size = |number: usize| {
        let size = inputs[number].byte_count;
        let others = inputs.iter().enumerate().filter(|&(other, _)| other != number);
        let others = others.map(|(_, input)| input.byte_count);
        size.is_some() && others.chain(of_tables.iter().map(|file| Some(file.byte_count))).any(|other| other == size)
    };
    let hash = |(number, input): (usize, &Input)| if shares_size(number) { input.hash() } else { Ok(None) };
    Ok(inputs.iter().enumerate().map(hash).collect::<Result<_, SourceError>>()?)
}

fn worker_failed() -> CliError {
    CliError::Internal(panics::latest())
}
