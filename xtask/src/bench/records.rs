//! The figures of all parts of the benchmark.

use super::options::Part;
use super::record::Record;

/// The figures of each part; `None` for a part that never ran.
#[derive(Debug, Default)]
pub struct Records {
    /// Strata, DuckDB and Polars side by side.
    pub native: Option<Record>,
    /// Inputs of other shapes.
    pub shapes: Option<Record>,
    /// From ten thousand to twenty million rows.
    pub growth: Option<Record>,
    /// In Chromium.
    pub browser: Option<Record>,
}

impl Records {
    /// Reads the kept figures.
    ///
    /// # Errors
    /// If a file cannot be read or has another format.
    pub fn read() -> Result<Self, String> {
        let by_rows = |part: Part| -> Result<Option<Record>, String> {
            let mut record = Record::read(part.name())?;
            if let Some(record) = &mut record {
                record.cases.sort_by_key(|case| case.rows);
            }
            Ok(record)
        };
        Ok(Self {
            native: by_rows(Part::Native)?,
            shapes: Record::read(Part::Shapes.name())?,
            growth: by_rows(Part::Growth)?,
            browser: by_rows(Part::Browser)?,
        })
    }
}
