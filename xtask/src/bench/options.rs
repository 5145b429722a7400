//! The command line of `cargo xtask bench`.

use std::path::PathBuf;

use crate::usage;

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Strata, DuckDB and Polars on inputs of one and five million rows.
    Native,
    /// Inputs of other shapes, such as shuffled, wide or compressed.
    Shapes,
    /// From ten thousand to twenty million rows.
    Growth,
    /// The web app beside DuckDB-WASM in Chromium.
    Browser,
    /// A flame graph of the native program.
    Profile,
    /// Nothing: only renders the figures of earlier runs.
    Report,
}

impl Part {
    const ALL: [Self; 6] = [Self::Native, Self::Shapes, Self::Growth, Self::Browser, Self::Profile, Self::Report];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Shapes => "shapes",
            Self::Growth => "growth",
            Self::Browser => "browser",
            Self::Profile => "profile",
            Self::Report => "report",
        }
    }
}

/// What to measure, and how often.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `None` for all.
    part: Option<Part>,
    /// Rows of the inputs, instead of the part's own.
    pub rows: Option<Vec<u64>>,
    /// Rounds that count.
    pub runs: Option<usize>,
    /// A program to measure, instead of building one.
    pub program: Option<PathBuf>,
    /// A web app to measure, instead of building one.
    pub dist: Option<PathBuf>,
    /// Whether large inputs are kept after they were measured.
    pub keeps_data: bool,
}

/// Rounds, unless others are given.
const DEFAULT_RUNS: usize = 5;

impl Options {
    /// Reads the command line.
    ///
    /// # Errors
    /// If an option is unknown, or its value is missing or invalid.
    pub fn parse(arguments: &[&str]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| usage::missing_value("bench", argument));
            match *argument {
                "all" => options.part = None,
                "--rows" => options.rows = Some(value()?.split(',').map(row_count).collect::<Result<_, _>>()?),
                "--runs" => {
                    let runs = value()?;
                    let runs = runs.parse().ok().filter(|runs| *runs > 0);
                    options.runs = Some(runs.ok_or("--runs takes a whole number from 1")?);
                }
                "--program" => options.program = Some(absolute(value()?)?),
                "--dist" => options.dist = Some(absolute(value()?)?),
                "--keep-data" => options.keeps_data = true,
                name => match Part::ALL.into_iter().find(|part| part.name() == name) {
                    Some(part) => options.part = Some(part),
                    None => return Err(usage::unknown_argument("bench", name)),
                },
            }
        }
        Ok(options)
    }

    /// The parts to run.
    pub fn parts(&self) -> Vec<Part> {
        self.part.map_or_else(|| Part::ALL.to_vec(), |part| vec![part])
    }

    /// Rows of the inputs: the given ones, or these.
    pub fn rows_or(&self, default: &[u64]) -> Vec<u64> {
        self.rows.clone().unwrap_or_else(|| default.to_vec())
    }

    /// Rounds that count for an input of this size: fewer where one takes minutes.
    pub fn runs_for(&self, rows: u64) -> usize {
        self.runs.unwrap_or(match rows {
            0..=2_000_000 => DEFAULT_RUNS,
            2_000_001..=6_000_000 => 3,
            _ => 1,
        })
    }
}

/// A number of rows such as `250000`, `100k` or `5M`.
fn row_count(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 'k')) => (&text[..at], 1_000),
        Some((at, 'M')) => (&text[..at], 1_000_000),
        _ => (text, 1),
    };
    let count = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(unit)).filter(|count| *count > 0);
    count.ok_or_else(|| format!("--rows {text}: not a number of rows such as 250000, 100k or 5M"))
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| format!("{path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let options = Options::parse(&["growth", "--rows", "10k,5M,7", "--runs", "2"]).unwrap();
        assert_eq!(options.parts(), [Part::Growth]);
        assert_eq!(options.rows_or(&[1]), [10_000, 5_000_000, 7]);
        assert_eq!(options.runs_for(20_000_000), 2);
        assert_eq!(Options::parse(&[]).unwrap().parts().len(), Part::ALL.len());
        assert_eq!(Options::default().runs_for(20_000_000), 1);
        for wrong in [&["--rows", "0"] as &[&str], &["--rows", "5G"], &["--runs", "0"], &["--runs"], &["fast"]] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
