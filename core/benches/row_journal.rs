//! Measures what keeping rows costs while they are read, and what it saves when the as-of date changes.
//!
//! `cargo bench -p strata-core --no-default-features --bench row_journal [-- ROWS]`; 1,000,000 rows by default. It
//! prints the bytes per kept row, and the shortest and the median time of reading with and without keeping rows, and of
//! replaying them.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_types, reason = "the engine has no clock, its benchmark needs one")]
#![expect(clippy::unwrap_used, reason = "a benchmark ends where it cannot go on")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use strata_core::analysis::analyse;
use strata_core::parallel::Sequential;
use strata_core::rows::UserDay;
use strata_core::settings::ResolvedSettings;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::source::csv::splitter::RecordSplitter;
use strata_core::source::{ColumnMapping, InvalidValue, RejectedRow, RowSink};
use strata_core::users::{RowJournal, UserTableBuilder, replay};
use strata_core::value::calendar::Day;
use strata_generate::{GenerateSpec, Generator};

const ROWS: u64 = 1_000_000;
const RUNS: usize = 9;

/// Rows after which a part is handed over, as in a parser of the web app.
const PART_ROWS: u64 = 100_000;

/// Folds rows like a parser of the web app.
struct Fold {
    builder: UserTableBuilder,
    journal: Option<RowJournal>,
    rows: u64,
    parts: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Fold {
    fn new(keeps_rows: bool) -> Fold {
        let builder = UserTableBuilder::new(None, vec!["generated".to_owned()]);
        Fold { builder, journal: keeps_rows.then(RowJournal::default), rows: 0, parts: Vec::new() }
    }

    fn take_part(&mut self) {
        let rows = self.journal.as_mut().map(RowJournal::take).unwrap_or_default();
        self.parts.push((self.builder.take_part(), rows));
    }
}

impl RowSink for Fold {
    fn accept(&mut self, row: &UserDay<'_>, invalid_value_count: u32) {
        self.builder.accept(row, invalid_value_count);
        if let Some(journal) = &mut self.journal {
            journal.push(row);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(PART_ROWS) {
            self.take_part();
        }
    }

    fn reject(&mut self, row: RejectedRow) {
        self.builder.reject(row);
    }

    fn invalid(&mut self, value: InvalidValue<'_>) {
        self.builder.invalid(value);
    }
}

fn main() {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(ROWS);
    let mut generator = Generator::new(&GenerateSpec { rows, ..GenerateSpec::default() }).unwrap();
    let mut csv = generator.header().as_bytes().to_vec();
    while generator.write_chunk(&mut csv) {}
    let header = read_header(&csv, true).unwrap().unwrap();
    let mapping = ColumnMapping::new(header.names, &[]).unwrap();

    let read = |keeps_rows: bool| {
        let mut splitter = RecordSplitter::new(header.delimiter, header.line_count);
        let (mut decoder, mut fold, mut blocks) = (BlockDecoder::new(&mapping), Fold::new(keeps_rows), Vec::new());
        for chunk in csv[header.byte_count..].chunks(1 << 20) {
            splitter.input().extend_from_slice(chunk);
            splitter.split(false, &mut blocks).unwrap();
            for block in blocks.drain(..) {
                decoder.decode(&block, 0, &mut fold);
                splitter.recycle(block);
            }
        }
        fold.take_part();
        fold.parts
    };
    let handed_over = read(true);
    let kept: usize = handed_over.iter().map(|(_, rows)| rows.len()).sum();
    println!("{rows} rows of {} bytes, kept in {:.1} bytes each", csv.len() as u64 / rows, kept as f64 / rows as f64);

    // Alternately, so that other work on the machine affects both.
    let (mut only_folding, mut keeping) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        only_folding.push(timed(|| read(false)));
        keeping.push(timed(|| read(true)));
    }
    let only_folding = told("cut, decode and fold", only_folding);
    let keeping = told("the same, keeping rows", keeping);
    println!("{:<28} {:>8.1} %", "keeping rows adds", (keeping / only_folding - 1.0) * 100.0);

    let mut whole = UserTableBuilder::new(None, vec!["generated".to_owned()]);
    whole.add_columns(&mapping);
    for (users, _) in &handed_over {
        whole.merge_part(users, 0).unwrap();
    }
    let cut_date = Day(whole.latest_date().unwrap().0 - 7);
    let settings = ResolvedSettings::default();
    let (mut replaying, mut finishing, mut analysing) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let start = Instant::now();
        let mut builder = whole.without_rows(Some(cut_date));
        for (_, rows) in &handed_over {
            replay(rows, &mut builder).unwrap();
        }
        replaying.push(start.elapsed());
        let start = Instant::now();
        let finished = builder.finish(&Sequential).unwrap();
        finishing.push(start.elapsed());
        analysing.push(timed(|| analyse(&finished.table, &settings.values, &[])));
    }
    told("replay", replaying);
    told("finish", finishing);
    told("analyse", analysing);
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// Prints the shortest and the median time, and returns the shortest in milliseconds.
fn told(what: &str, mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let (least, median) = (millis(times[0]), millis(times[times.len() / 2]));
    println!("{what:<28} {least:>8.1} ms  {median:>8.1} ms");
    least
}
