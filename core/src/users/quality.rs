//! What the rows show before any analysis.

use crate::finding::{Finding, FindingCode, Tally};

use super::wire::{Damaged, WireReader, WireWriter, day_of};

/// Where a row is: input (from 0) and line (from 1).
pub type RowKey = (u32, u64);

/// A user and a day.
pub type UserDayKey = (Vec<u8>, i32);

/// Counts and findings about rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowQuality {
    /// Rows accepted, those after the as-of day too.
    pub accepted_rows: u64,
    /// Rows rejected.
    pub rejected_rows: u64,
    /// Cells that became null.
    pub invalid_values: u64,
    /// Accepted rows with such a cell.
    pub rows_with_invalid_values: u64,
    /// Rows whose user, device and date an earlier row has.
    pub duplicate_rows: u64,
    /// Known cells of the metric columns, in rows that take part.
    pub known_metric_cells: u64,
    /// Cells of the metric columns, in rows that take part.
    pub metric_cells: u64,
    /// What was found, in the order of the codes.
    pub findings: Vec<Finding>,
}

impl RowQuality {
    /// 1 - (rejected rows + rows with an invalid value + duplicate rows) / all rows read, not below 0.
    #[must_use]
    pub fn score(&self) -> f64 {
        let read = self.accepted_rows + self.rejected_rows;
        let flawed = self.rejected_rows + self.rows_with_invalid_values + self.duplicate_rows;
        if read == 0 { 0.0 } else { (1.0 - flawed as f64 / read as f64).max(0.0) }
    }

    /// Share of known cells among those of the metric columns, 0..1; without such a column 0.
    #[must_use]
    pub fn completeness(&self) -> f64 {
        if self.metric_cells == 0 { 0.0 } else { self.known_metric_cells as f64 / self.metric_cells as f64 }
    }
}

/// How a text about a row starts: file name and line.
pub(super) fn row_place(file_name: &str, line: u64) -> String {
    format!("{file_name} line {line}: ")
}

/// The examples of a tally, each with the place of its row in front.
pub(super) fn of_rows(tally: &Tally<RowKey>, input_names: &[String]) -> Vec<String> {
    let name = |file: u32| input_names.get(file as usize).map_or("", String::as_str);
    tally.examples().iter().map(|((file, line), text)| row_place(name(*file), *line) + text).collect()
}

/// The finding of a tally of rows, if any was counted.
pub(super) fn row_finding(tally: &Tally<RowKey>, code: FindingCode, input_names: &[String]) -> Option<Finding> {
    (tally.count() > 0).then(|| Finding { code, count: tally.count(), examples: of_rows(tally, input_names) })
}

/// Row findings while rows still come in; texts of rows do not name their place. Merges in any order.
#[derive(Debug, Default)]
pub(super) struct RowTallies {
    pub accepted_rows: u64,
    pub rows_with_invalid_values: u64,
    pub rejected: Tally<RowKey>,
    pub invalid_values: Tally<RowKey>,
    pub rows_after_as_of: Tally<UserDayKey>,
}

impl RowTallies {
    pub fn merge(&mut self, other: RowTallies) {
        self.accepted_rows += other.accepted_rows;
        self.rows_with_invalid_values += other.rows_with_invalid_values;
        self.rejected.merge(other.rejected);
        self.invalid_values.merge(other.invalid_values);
        self.rows_after_as_of.merge(other.rows_after_as_of);
    }

    /// Counts the lines of all rows from `line_count` lines earlier.
    pub fn add_lines(&mut self, line_count: u64) {
        for tally in [&mut self.rejected, &mut self.invalid_values] {
            let moved = |((file, line), text): &(RowKey, String)| ((*file, line + line_count), text.clone());
            *tally = Tally::from_parts(tally.count(), tally.examples().iter().map(moved).collect());
        }
    }
}

impl RowTallies {
    pub fn write(&self, out: &mut WireWriter) {
        let RowTallies { accepted_rows, rows_with_invalid_values, rejected, invalid_values, rows_after_as_of } = self;
        out.number(*accepted_rows);
        out.number(*rows_with_invalid_values);
        for tally in [rejected, invalid_values] {
            write_tally(tally, out, |&(file, line), out| {
                out.number(file.into());
                out.number(line);
            });
        }
        write_tally(rows_after_as_of, out, |(user, day), out| {
            out.text(user);
            out.signed((*day).into());
        });
    }

    /// Reads what was written.
    pub fn read(reader: &mut WireReader<'_>) -> Result<RowTallies, Damaged> {
        let row_key = |reader: &mut WireReader<'_>| Ok((reader.small()?, reader.number()?));
        let user_day_key = |reader: &mut WireReader<'_>| {
            let user = reader.text()?.to_vec();
            Ok((user, day_of(reader.signed()?)?.0))
        };
        Ok(RowTallies {
            accepted_rows: reader.number()?,
            rows_with_invalid_values: reader.number()?,
            rejected: read_tally(reader, row_key)?,
            invalid_values: read_tally(reader, row_key)?,
            rows_after_as_of: read_tally(reader, user_day_key)?,
        })
    }
}

fn write_tally<K: Ord>(tally: &Tally<K>, out: &mut WireWriter, write_key: impl Fn(&K, &mut WireWriter)) {
    out.number(tally.count());
    out.count(tally.examples().len());
    for (key, text) in tally.examples() {
        write_key(key, out);
        out.text(text.as_bytes());
    }
}

fn read_tally<K: Ord>(
    reader: &mut WireReader<'_>,
    read_key: impl Fn(&mut WireReader<'_>) -> Result<K, Damaged>,
) -> Result<Tally<K>, Damaged> {
    let count = reader.number()?;
    let examples = reader.count(2)?;
    let examples = (0..examples).map(|_| {
        let key = read_key(reader)?;
        Ok((key, String::from_utf8(reader.text()?.to_vec()).map_err(|_| Damaged)?))
    });
    Ok(Tally::from_parts(count, examples.collect::<Result<_, Damaged>>()?))
}

/// Findings in the order of their codes, without those that found nothing.
pub(super) fn in_order(findings: impl IntoIterator<Item = Option<Finding>>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = findings.into_iter().flatten().collect();
    findings.sort_by_key(|finding| finding.code);
    findings
}

/// A finding about the data as a whole.
pub(super) fn of_the_whole(code: FindingCode, holds: bool, example: impl FnOnce() -> String) -> Option<Finding> {
    holds.then(|| Finding { code, count: 1, examples: vec![example()] })
}
