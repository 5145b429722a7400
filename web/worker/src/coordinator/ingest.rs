//! Turns inputs into the user table: this module reads and splits bytes, and parsers turn the blocks into parts of the
//! table.

use std::io;

use strata_core::parallel::Sequential;
use strata_core::source::InputFile;
use strata_core::source::csv::header::CsvHeader;
use strata_core::source::csv::splitter::RecordSplitter;
use strata_core::users::{FinishedTable, RunInputs, UserTableBuilder};
use strata_core::value::calendar::Day;
use strata_protocol::{Failure, InputPreview};
use web_sys::File;

use crate::failure;
use crate::input::{Format, Input, Readiness};
use crate::kept_rows::{self, RowKeeper};
use crate::parser_protocol::InputLayout;
use crate::ranges::{self, Joining, RANGE_BYTES, Step};
use crate::session::ReadTable;
use crate::short_futures::boxed;

use super::csv_source::CsvSource;
use super::hashing::{InputHashes, hash};
use super::open::{MappedInput, Source, delimiter};
use super::pool::{ParserPool, ReadPart};
use super::progress::{Advance, Stop, Teller};

/// The outcome of opening and reading inputs.
pub enum Outcome {
    /// The table, and the hashes of its inputs.
    Read(Box<ReadTable>, InputHashes),
    /// The user must choose the columns.
    MappingNeeded(Vec<InputPreview>),
}

/// Opens and reads every input of a source, using parsers that were started in advance if there are any. Rows are kept
/// on request, if every input consists of rows.
pub async fn read(
    source: &Source,
    as_of: Option<Day>,
    keeps_rows: bool,
    parsers: Option<ParserPool>,
    teller: Teller,
) -> Result<Outcome, Stop> {
    // Parsers take a moment to start; meanwhile the first bytes are inspected.
    let pool = parsers.map_or_else(|| ParserPool::start(source.parser_count()), Ok)?;
    let inputs = match boxed(source.open(&pool)).await? {
        Readiness::MappingNeeded(previews) => return Ok(Outcome::MappingNeeded(previews)),
        Readiness::Ready(inputs) => inputs,
    };
    teller.check()?;
    let run = RunInputs::new(inputs.iter().map(|(input, _)| input.own_inputs()).collect());
    let given_names: Vec<&str> = inputs.iter().map(|(input, _)| &*input.name).collect();
    let (numbers, names) = run.numbers_and_names(&given_names);
    let mut hashes = boxed(hashes_of_equal_sizes(source, &inputs, &run, &teller)).await?;
    if let Some((number, file)) = run.counted_twice(&hashes) {
        return Err(failure::of_shared_input(given_names[number], &file.name).into());
    }
    let is_duplicate = run.repeated(&hashes);
    let keeps_rows = keeps_rows && !inputs.iter().any(|(input, _)| matches!(input.format, Format::Users(_)));
    pool.begin(as_of, layouts(&inputs, &numbers, &names), keeps_rows).await?;

    let unread = inputs.iter().zip(&is_duplicate).filter(|(_, duplicate)| !**duplicate);
    let total_bytes = unread.map(|((input, _), _)| input.byte_count as f64).sum();
    let mut builder = UserTableBuilder::new(as_of, names.clone());
    for ((_, mapping), _) in inputs.iter().zip(&is_duplicate).filter(|(_, duplicate)| !**duplicate) {
        builder.add_columns(mapping);
    }
    let mut ingest = Ingest {
        pool,
        teller,
        builder,
        kept_rows: RowKeeper::new(if keeps_rows { kept_rows::MOST_BYTES } else { 0 }),
        total_bytes,
        done_bytes: 0.0,
        parquet: Vec::new(),
        joined_rows: 0,
    };
    for (number, (input, _)) in inputs.iter().enumerate() {
        if !is_duplicate[number] {
            let hash = ingest.read_input(source, number, numbers[number], input).await?;
            hashes[number] = hashes[number].take().or(hash);
        }
    }
    let (builder, rows) = boxed(ingest.finish()).await?;
    let rows = rows.finish(&builder);
    let latest_date = builder.latest_date();
    let finished = finish(builder)?;
    let loaded = inputs.iter().zip(&hashes).zip(&is_duplicate).map(|(((input, mapping), hash), &duplicate)| {
        let mut loaded = input.loaded(mapping, duplicate);
        // The size of a sample is only known after it was generated.
        loaded.byte_count = hash.as_ref().map_or(loaded.byte_count, |hash| hash.byte_count as f64);
        loaded
    });
    let loaded = loaded.collect();
    let hashes = InputHashes::new(&inputs, hashes, is_duplicate);
    let (files, duplicates) = (hashes.files(), hashes.repeated_names());
    let latest_date = latest_date.unwrap_or(finished.table.last_date);
    let read = ReadTable { finished, rows, files, names, duplicates, inputs: loaded, latest_date };
    Ok(Outcome::Read(Box::new(read), hashes))
}

/// Completes the table. Separate from the reading loop, which is polled often: see [`boxed`](crate::short_futures).
#[inline(never)]
fn finish(builder: UserTableBuilder) -> Result<FinishedTable, Failure> {
    builder.finish(&Sequential).map_err(|error| failure::of_source(&error))
}

/// Returns the row layout of each input, indexed by the file numbers that rows refer to.
fn layouts(inputs: &[MappedInput], numbers: &[u32], names: &[String]) -> Vec<InputLayout> {
    let layout = |number: usize, name: &String| {
        // The last input whose numbers start here or earlier.
        let input = numbers.partition_point(|&first| first as usize <= number).saturating_sub(1);
        let (input, mapping) = &inputs[input];
        InputLayout::new(name.clone(), delimiter(input), mapping)
    };
    names.iter().enumerate().map(|(number, name)| layout(number, name)).collect()
}

/// Hashes the files that have the same size as another: only these can have the same bytes.
async fn hashes_of_equal_sizes(
    source: &Source,
    inputs: &[MappedInput],
    run: &RunInputs<'_>,
    teller: &Teller,
) -> Result<Vec<Option<InputFile>>, Stop> {
    let mut hashes = vec![None; inputs.len()];
    let Source::Files { files, .. } = source else { return Ok(hashes) };
    let byte_counts: Vec<Option<u64>> = inputs.iter().map(|(input, _)| Some(input.byte_count)).collect();
    for (number, shares_size) in run.share_a_size(&byte_counts).into_iter().enumerate() {
        if shares_size {
            hashes[number] = Some(hash(&files[number], || teller.check()).await?);
        }
    }
    Ok(hashes)
}

/// The state of reading.
struct Ingest {
    pool: ParserPool,
    teller: Teller,
    builder: UserTableBuilder,
    kept_rows: RowKeeper,
    total_bytes: f64,
    /// Bytes of the inputs that have been passed on.
    done_bytes: f64,
    /// Parquet files that are being read: the parser's number and the length of the file.
    parquet: Vec<(usize, f64)>,
    /// Accepted rows of ranges; the parsers report all other rows.
    joined_rows: u64,
}

impl Ingest {
    /// Reads an input to its end; Parquet continues in its parser. Rows refer to the input by `first_file`. Returns the
    /// input's hash if its bytes are read in order.
    async fn read_input(
        &mut self,
        source: &Source,
        number: usize,
        first_file: u32,
        input: &Input,
    ) -> Result<Option<InputFile>, Stop> {
        let unreadable = |reason: io::Error| Stop::from(failure::of_reading(&input.name, &reason));
        match (source, &input.format) {
            (Source::Files { files, .. }, Format::Parquet | Format::Users(_)) => {
                let has_users = matches!(input.format, Format::Users(_));
                let file = &files[number];
                let parser = self.pool.fold_parquet(first_file, has_users, file.clone()).await?;
                self.parquet.push((parser, file.size()));
                // Parquet columns are read in arbitrary order; the hash needs the bytes in sequence.
                let hash = boxed(hash(file, || self.teller.check())).await?;
                self.merge_parts()?;
                self.advance()?;
                Ok(Some(hash))
            }
            (Source::Files { files, .. }, Format::Csv(header)) if input.has_ranges() => {
                boxed(self.read_ranges(first_file, &files[number], input.byte_count, header)).await?;
                Ok(None)
            }
            (Source::Files { files, .. }, Format::Csv(header)) => {
                let bytes = CsvSource::of_file(&files[number], input.compression).map_err(unreadable)?;
                Ok(Some(boxed(self.read_csv(first_file, input, header, bytes, None)).await?))
            }
            (Source::Sample { row_count, .. }, Format::Csv(header)) => {
                let bytes = CsvSource::of_sample(Source::sample(*row_count)?);
                Ok(Some(boxed(self.read_csv(first_file, input, header, bytes, Some(*row_count))).await?))
            }
            (Source::Sample { .. }, Format::Parquet | Format::Users(_)) => {
                Err(failure::internal("Sample data is CSV.").into())
            }
        }
    }

    /// Lets parsers read the ranges of a file, and joins them in order while others are still being read.
    async fn read_ranges(&mut self, number: u32, file: &File, byte_count: u64, header: &CsvHeader) -> Result<(), Stop> {
        let name = file.name();
        let ranges = ranges::cut(byte_count, header, RANGE_BYTES);
        let mut joining = Joining::new(ranges.clone());
        let mut unread = ranges.into_iter();
        for range in unread.by_ref().take(self.pool.ranges_at_once()) {
            self.pool.fold_range(number, file, range)?;
        }
        let done_before = self.done_bytes;
        while let Some(next) = joining.next() {
            let Some(read) = self.pool.next_range(next).await? else {
                self.advance()?;
                continue;
            };
            let step = joining.take(&read.outcome);
            match step.map_err(|reason| failure::of_joining(&name, reason))? {
                Step::Again(range) => self.pool.fold_range(number, file, range)?,
                Step::Merge { lines_before } => {
                    if let Some(range) = unread.next() {
                        self.pool.fold_range(number, file, range)?;
                    }
                    self.merge(read.part, lines_before)?;
                    self.joined_rows += read.outcome.row_count;
                }
            }
            self.done_bytes = done_before + joining.byte_count() as f64;
            self.advance()?;
        }
        Ok(())
    }

    async fn read_csv(
        &mut self,
        number: u32,
        input: &Input,
        header: &CsvHeader,
        mut source: CsvSource,
        sample_rows: Option<u32>,
    ) -> Result<InputFile, Stop> {
        let unreadable = |reason: io::Error| Stop::from(failure::of_reading(&input.name, &reason));
        let mut splitter = RecordSplitter::new(header.delimiter, header.line_count);
        let mut head = Vec::new();
        while head.len() < header.byte_count && source.read(&mut head).await.map_err(unreadable)? > 0 {}
        splitter.input().extend_from_slice(head.get(header.byte_count..).unwrap_or_default());
        drop(head);
        let done_before = self.done_bytes;
        let mut blocks = Vec::new();
        loop {
            let count = source.read(splitter.input()).await.map_err(unreadable)?;
            splitter
                .split(count == 0, &mut blocks)
                .map_err(|too_long| failure::of_source(&too_long.of_file(&input.name)))?;
            for block in blocks.drain(..) {
                self.pool.fold(number, &block).await?;
                splitter.recycle(block);
            }
            self.done_bytes = done_before + source.digest().byte_count() as f64;
            if let (Some(rows), Some(written)) = (sample_rows, source.sample_rows()) {
                self.total_bytes = self.done_bytes * f64::from(rows) / written.max(1) as f64;
            }
            self.merge_parts()?;
            self.advance()?;
            if count == 0 {
                return Ok(source.digest().finish(&input.name));
            }
        }
    }

    /// Waits for the last parts.
    async fn finish(mut self) -> Result<(UserTableBuilder, RowKeeper), Stop> {
        self.pool.finish()?;
        while let Some(parts) = self.pool.next_parts().await? {
            for part in parts {
                self.merge(part, 0)?;
            }
            self.advance()?;
        }
        self.teller.check()?;
        self.teller.finishing(Advance { bytes: self.total_bytes, ..self.state() });
        Ok((self.builder, self.kept_rows))
    }

    fn merge_parts(&mut self) -> Result<(), Failure> {
        self.pool.take_parts().into_iter().try_for_each(|part| self.merge(part, 0))
    }

    #[inline(never)]
    fn merge(&mut self, part: ReadPart, lines_before: u64) -> Result<(), Failure> {
        self.builder
            .merge_part(&part.users.to_vec(), lines_before)
            .map_err(|error| failure::internal(error.to_string()))?;
        if self.kept_rows.is_keeping() {
            self.kept_rows.keep(part.rows);
            if !self.kept_rows.is_keeping() {
                self.pool.forget_rows()?;
            }
        }
        Ok(())
    }

    fn advance(&self) -> Result<(), Stop> {
        self.teller.advance(self.state())
    }

    fn state(&self) -> Advance {
        let status = self.pool.status();
        let of_parquet =
            self.parquet.iter().map(|&(parser, size)| self.pool.position(parser).map_or(size, |at| at.min(size)));
        Advance {
            bytes: self.done_bytes + status.range_bytes + of_parquet.sum::<f64>(),
            total_bytes: self.total_bytes,
            rows: status.rows + self.joined_rows as f64,
            parser_memory: status.memory,
        }
    }
}
