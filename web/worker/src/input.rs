//! Inputs: what their first bytes reveal, and whether all of them can be read.

use std::io::{self, Read};

use strata_core::source::compression::Compression;
use strata_core::source::csv::header::{CsvHeader, read_header};
use strata_core::source::{Column, ColumnMapping, HeaderProblem, parquet};
use strata_core::users::TableInput;
use strata_protocol::{Failure, InputPreview, LoadedInput};

use crate::columns::{self, FoundColumns};
use crate::{failure, preview, ranges};

/// Number of bytes to inspect.
pub const HEAD_BYTES: u64 = 64 * 1024;

/// The first bytes of an input, decompressed.
#[derive(Clone, Debug)]
pub struct Head {
    /// The compression of the input.
    pub compression: Compression,
    /// The bytes; sufficient for the header of a CSV file.
    pub bytes: Vec<u8>,
    /// Whether the input ends here.
    pub at_end: bool,
}

impl Head {
    /// Reads the first of the decompressed bytes.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn read(compression: Compression, unpacked: &mut impl Read) -> io::Result<Head> {
        let mut bytes = Vec::new();
        loop {
            let at_end = unpacked.take(HEAD_BYTES).read_to_end(&mut bytes)? == 0;
            // A problem with the header is reported when the header is parsed.
            if at_end || bytes.starts_with(parquet::MAGIC) || !matches!(read_header(&bytes, false), Ok(None)) {
                return Ok(Head { compression, bytes, at_end });
            }
        }
    }

    /// Whether the input is Parquet.
    #[must_use]
    pub fn is_parquet(&self) -> bool {
        self.bytes.starts_with(parquet::MAGIC)
    }
}

/// The format of the rows of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// CSV with this header.
    Csv(CsvHeader),
    /// Parquet.
    Parquet,
    /// A user table, with the inputs that it was built from; none if SQL created it.
    Users(Vec<TableInput>),
}

/// An input after inspection.
#[derive(Clone, Debug)]
pub struct Input {
    /// File name without directories.
    pub name: String,
    /// Size of the file as given, in bytes.
    pub byte_count: u64,
    /// The compression.
    pub compression: Compression,
    /// The format of the rows.
    pub format: Format,
    /// The column names; for a user table, those of the rows that it was built from.
    pub header: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

impl Input {
    /// Creates a CSV input from its first bytes.
    ///
    /// # Errors
    /// The bytes are not a CSV file with a header.
    pub fn csv(name: String, byte_count: u64, head: &Head) -> Result<Input, HeaderProblem> {
        let header = read_header(&head.bytes, head.at_end)?.ok_or(HeaderProblem::Empty)?;
        Ok(Input {
            name,
            byte_count,
            compression: head.compression,
            rows: preview::csv_rows(&head.bytes, head.at_end, &header),
            header: header.names.clone(),
            format: Format::Csv(header),
        })
    }

    /// Whether its bytes can be read in parallel.
    #[must_use]
    pub fn has_ranges(&self) -> bool {
        matches!(self.format, Format::Csv(_))
            && self.compression == Compression::None
            && ranges::has_ranges(self.byte_count)
    }

    /// Returns the inputs that a user table was built from; empty for any other input.
    #[must_use]
    pub fn own_inputs(&self) -> &[TableInput] {
        match &self.format {
            Format::Users(inputs) => inputs,
            Format::Csv(_) | Format::Parquet => &[],
        }
    }

    /// Returns the preview of the input, with its missing and ambiguous columns.
    fn preview(self, found: FoundColumns) -> InputPreview {
        let Input { name, header, rows, .. } = self;
        match found {
            FoundColumns::Clear(mapping) => {
                let mapped = columns::mapped(&mapping);
                InputPreview { name, header, rows, mapped, missing: Vec::new(), ambiguous: Vec::new() }
            }
            FoundColumns::Unclear(unclear) => {
                let columns::UnclearColumns { mapped, missing, ambiguous } = unclear;
                InputPreview { name, header, rows, mapped, missing, ambiguous }
            }
        }
    }

    /// Returns what the page shows of the input after it has been read.
    #[must_use]
    pub fn loaded(&self, mapping: &ColumnMapping, is_duplicate: bool) -> LoadedInput {
        LoadedInput {
            name: self.name.clone(),
            byte_count: self.byte_count as f64,
            format: self.format_words(),
            is_duplicate,
            mapped: columns::mapped(mapping),
            absent: columns::absent_from(mapping),
            unused: columns::unused(mapping),
            made_of: self.own_inputs().iter().map(|input| input.file.name.clone()).collect(),
        }
    }

    /// Describes the format, for example `CSV, comma, gzip`.
    fn format_words(&self) -> String {
        let mut words = match &self.format {
            Format::Parquet => "Parquet".to_owned(),
            Format::Users(_) => "user table, Parquet".to_owned(),
            Format::Csv(header) => {
                let delimiter = match header.delimiter {
                    b',' => "comma",
                    b';' => "semicolon",
                    b'\t' => "tab",
                    _ => "bar",
                };
                format!("CSV, {delimiter}")
            }
        };
        if self.compression != Compression::None {
            words.push_str(", ");
            words.push_str(self.compression.as_str());
        }
        words
    }
}

/// Whether the inputs can be read.
#[derive(Clone, Debug)]
pub enum Readiness {
    /// The columns of each.
    Ready(Vec<(Input, ColumnMapping)>),
    /// The user must choose the columns.
    MappingNeeded(Vec<InputPreview>),
}

/// Maps the columns of every input, before any row is read.
///
/// # Errors
/// A header that no choice of columns can fix, or a chosen column that no input has.
pub fn map_all(inputs: Vec<Input>, given: &[(Column, String)]) -> Result<Readiness, Failure> {
    if inputs.is_empty() {
        return Err(failure::no_input());
    }
    for (column, name) in given.iter().filter(|(_, name)| !name.is_empty()) {
        let has_name = |input: &Input| input.header.contains(name);
        if let Some(first) = inputs.first().filter(|_| !inputs.iter().any(has_name)) {
            let found = first.header.clone();
            let problem = HeaderProblem::GivenColumnMissing { column: *column, name: name.clone(), found };
            return Err(failure::of_header(&first.name, &problem));
        }
    }
    let mut found = Vec::with_capacity(inputs.len());
    for input in inputs {
        let columns =
            columns::find(&input.header, given).map_err(|problem| failure::of_header(&input.name, &problem))?;
        found.push((input, columns));
    }
    if found.iter().any(|(_, columns)| matches!(columns, FoundColumns::Unclear(_))) {
        return Ok(Readiness::MappingNeeded(
            found.into_iter().map(|(input, columns)| input.preview(columns)).collect(),
        ));
    }
    let clear = found.into_iter().filter_map(|(input, columns)| match columns {
        FoundColumns::Clear(mapping) => Some((input, mapping)),
        FoundColumns::Unclear(_) => None,
    });
    Ok(Readiness::Ready(clear.collect()))
}

#[cfg(test)]
mod tests {
    use strata_core::source::compression::decompress;
    use strata_protocol::FailureKind;

    use super::*;

    fn input(name: &str, text: &[u8]) -> Result<Input, HeaderProblem> {
        let (compression, mut unpacked) = decompress(text).unwrap();
        let head = Head::read(compression, &mut unpacked).unwrap();
        Input::csv(name.to_owned(), text.len() as u64, &head)
    }

    #[test]
    fn one_unclear_input_shows_all() {
        let inputs =
            vec![input("a.csv", b"user_id,date\n1,2024-01-01\n").unwrap(), input("b.csv", b"who;date\n7;x\n").unwrap()];
        let Ok(Readiness::MappingNeeded(previews)) = map_all(inputs, &[]) else { panic!("user_id is missing in b") };
        assert_eq!(previews[0].mapped.len(), 2);
        assert!(previews[0].missing.is_empty());
        assert_eq!(previews[1].header, ["who", "date"]);
        assert_eq!(previews[1].rows, [["7", "x"]]);
        assert_eq!(previews[1].missing[0].column, Column::UserId);
    }

    #[test]
    fn a_picked_column_must_be_in_one_input_only() {
        let inputs =
            || vec![input("a.csv", b"user_id,date\n").unwrap(), input("b.csv", b"user_id,date,rev_usd\n").unwrap()];
        let given = |name: &str| vec![(Column::TotalRevenue, name.to_owned())];
        let Ok(Readiness::Ready(ready)) = map_all(inputs(), &given("rev_usd")) else { panic!("b has it") };
        assert_eq!(ready[0].1.index_of(Column::TotalRevenue), None);
        assert_eq!(ready[1].1.index_of(Column::TotalRevenue), Some(2));
        let failure = map_all(inputs(), &given("rev_eur")).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Input);
        assert!(failure.detail.contains("\u{201c}rev_eur\u{201d}"), "{}", failure.detail);
    }

    #[test]
    fn an_input_is_described() {
        let loaded = |text: &[u8]| {
            let Ok(Readiness::Ready(ready)) = map_all(vec![input("a", text).unwrap()], &[]) else { panic!("clear") };
            ready[0].0.loaded(&ready[0].1, true)
        };
        let plain = loaded(b"User ID\tdate\tx\n1\t2\t3\n");
        assert_eq!(plain.format, "CSV, tab");
        assert_eq!(plain.unused, ["x"]);
        assert!(plain.is_duplicate);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut packed, b"user_id,date\n1,2\n").unwrap();
        assert_eq!(loaded(&packed.finish().unwrap()).format, "CSV, comma, gzip");
    }

    #[test]
    fn a_long_header_is_read_to_its_end() {
        let names: Vec<String> = (0..30_000).map(|number| format!("column_{number}")).collect();
        let text = format!("user_id,date,{}\n1,2024-01-01\n", names.join(","));
        assert!(text.len() as u64 > 4 * HEAD_BYTES);
        assert_eq!(input("wide.csv", text.as_bytes()).unwrap().header.len(), 30_002);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(input("a", b"\n\n").unwrap_err(), HeaderProblem::Empty);
        assert_eq!(input("a", b"\xFF\xFEu\0s\0").unwrap_err(), HeaderProblem::Utf16);
        assert_eq!(input("a", b"PK\x03\x04....").unwrap_err(), HeaderProblem::Archive);
        assert_eq!(map_all(Vec::new(), &[]).unwrap_err().title, "No file was chosen");
    }
}
