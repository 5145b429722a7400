//! The figures that are kept between runs: one JSON file per part of the benchmark.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::directories::directory;

/// Seconds of the wall clock.
pub const WALL_S: &str = "wall_s";
/// Seconds of processor time, user and system.
pub const CPU_S: &str = "cpu_s";
/// The largest resident set of any of the processes, in megabytes (10^6 bytes).
pub const PEAK_MB: &str = "peak_mb";

/// The name of the fact with Strata's revision.
pub const REVISION: &str = "Revision";

/// The figures of one part of the benchmark.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Facts about the machine and the programs: names and values in the order shown.
    pub machine: Vec<(String, String)>,
    /// One for each input or question.
    pub cases: Vec<Case>,
}

/// Programs measured side by side on one input.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Unique within the record.
    pub name: String,
    /// Rows of the input.
    pub rows: u64,
    /// Bytes of the input.
    pub bytes: u64,
    /// Bytes of the input after decompression, if it is compressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpacked_bytes: Option<u64>,
    /// The revision of Strata that was measured.
    #[serde(default)]
    pub revision: String,
    /// The programs.
    pub series: Vec<Series>,
    /// What a reader should know: checks that were passed, what was left out.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// The figures of one program, a value for each of its runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The program, with its number of threads or workers.
    pub name: String,
    /// The values of each figure.
    pub figures: BTreeMap<String, Vec<f64>>,
}

impl Series {
    /// A program without figures.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), figures: BTreeMap::new() }
    }

    /// Adds the value of one run.
    pub fn push(&mut self, figure: &str, value: f64) {
        self.figures.entry(figure.to_owned()).or_default().push(value);
    }

    /// The median of a figure; `None` if it was not measured.
    pub fn median(&self, figure: &str) -> Option<f64> {
        median(self.figures.get(figure)?)
    }

    /// Smallest and largest value of a figure.
    pub fn range(&self, figure: &str) -> Option<(f64, f64)> {
        let values = self.figures.get(figure)?;
        let low = values.iter().copied().min_by(f64::total_cmp)?;
        Some((low, values.iter().copied().max_by(f64::total_cmp)?))
    }

    /// How often it was run.
    pub fn run_count(&self) -> usize {
        self.figures.values().map(Vec::len).max().unwrap_or(0)
    }
}

/// The middle value, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

impl Case {
    /// The program of this name.
    pub fn series(&self, name: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.name == name)
    }

    /// The median of a program's figure.
    pub fn median(&self, series: &str, figure: &str) -> Option<f64> {
        self.series(series)?.median(figure)
    }

    /// The smallest median of a figure among the programs whose name has one of these prefixes, with the program's name.
    pub fn best(&self, prefixes: &[&str], figure: &str) -> Option<(f64, &str)> {
        let is_meant = |series: &&Series| prefixes.iter().any(|prefix| series.name.starts_with(prefix));
        let medians = self.series.iter().filter(is_meant);
        medians
            .filter_map(|series| Some((series.median(figure)?, series.name.as_str())))
            .min_by(|(a, _), (b, _)| a.total_cmp(b))
    }
}

impl Record {
    /// Reads the figures of a part; `None` if it never ran.
    ///
    /// # Errors
    /// If the file cannot be read or has another format.
    pub fn read(part: &str) -> Result<Option<Self>, String> {
        let path = path(part);
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text).map(Some).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Keeps a case, replacing an earlier one of the same name. It is written at once, so that an interrupted run loses
    /// only the current case.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn keep(part: &str, machine: &[(String, String)], mut case: Case) -> Result<(), String> {
        fact_of(machine, REVISION).clone_into(&mut case.revision);
        let mut record = Self::read(part)?.unwrap_or_default();
        // The facts of the other cases are kept.
        record.machine.retain(|(name, _)| machine.iter().all(|(newer, _)| newer != name));
        record.machine.splice(0..0, machine.iter().cloned());
        match record.cases.iter_mut().find(|known| known.name == case.name) {
            Some(known) => *known = case,
            None => record.cases.push(case),
        }
        let path = path(part);
        let text = serde_json::to_string_pretty(&record).map_err(|error| error.to_string())?;
        fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(|error| format!("{}: {error}", path.display()))?;
        fs::write(&path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The revision of the last measurement.
    pub fn revision(&self) -> &str {
        fact_of(&self.machine, REVISION)
    }

    /// The case of this name.
    pub fn case(&self, name: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.name == name)
    }
}

fn fact_of<'a>(machine: &'a [(String, String)], name: &str) -> &'a str {
    machine.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

fn path(part: &str) -> PathBuf {
    directory().join("results").join(part).with_extension("json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn the_best_of_several_programs_is_found() {
        let mut case = Case::default();
        for (name, value) in [("DuckDB, 1 thread", 4.0), ("Polars, 1 thread", 3.0), ("Strata, 1 thread", 1.0)] {
            let mut series = Series::new(name);
            series.push(CPU_S, value);
            case.series.push(series);
        }
        assert_eq!(case.best(&["DuckDB", "Polars"], CPU_S), Some((3.0, "Polars, 1 thread")));
        assert_eq!(case.best(&["DuckDB"], PEAK_MB), None);
    }
}
