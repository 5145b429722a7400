//! Inputs of other shapes, derived from sample data line by line.
//!
//! Sample data without planted flaws has no line feed within a field, and neither quotes nor delimiters in its first
//! columns: `user_id`, `device_id`, `date`, `cohort_date`, `days_since_first_event`.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// Columns of the sample data that are rewritten.
const LEADING_COLUMNS: usize = 5;

/// The `SplitMix64` sequence: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below the limit. Some are more likely by 2^-40, which does not matter here.
    fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.next()) * limit as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }
}

/// Writes the lines of a file in random order; the header stays first.
pub fn shuffle(from: &Path, to: &Path) -> Result<(), String> {
    let shuffle = || -> io::Result<()> {
        let text = fs::read(from)?;
        let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
        let mut random = Random(1);
        for last in (2..lines.len()).rev() {
            lines.swap(last, 1 + random.below(last));
        }
        let mut writer = BufWriter::new(File::create(to)?);
        lines.into_iter().try_for_each(|line| writer.write_all(line))?;
        writer.flush()
    };
    shuffle().map_err(|error| format!("{}: {error}", to.display()))
}

/// Writes this number of rows, each of another user who is new on that day. Their ids are in random order.
pub fn one_row_each(from: &Path, to: &Path, row_count: u64) -> Result<(), String> {
    let mut random = Random(2);
    let mut left = row_count;
    rewrite(from, to, |fields, rest, out| {
        let Some(fewer) = left.checked_sub(1) else { return Ok(()) };
        left = fewer;
        let date = fields[2];
        writeln!(out, "{:016x}{:016x},{},{date},{date},0,{rest}", random.next(), random.next(), fields[1])
    })
}

/// All rows are of one user.
pub fn one_user(from: &Path, to: &Path) -> Result<(), String> {
    rewrite(from, to, |fields, rest, out| writeln!(out, "only,{},{},,,{rest}", fields[1], fields[2]))
}

/// Five columns of the first ones and of what follows them.
pub fn narrow(from: &Path, to: &Path) -> Result<(), String> {
    let wanted = ["user_id", "date", "user_type", "total_revenue", "total_events"];
    let header = first_line(from)?;
    let places: Vec<usize> =
        wanted.iter().filter_map(|name| header.split(',').position(|column| column == *name)).collect();
    if places.len() < wanted.len() {
        return Err(format!("{}: not sample data", from.display()));
    }
    each_line(from, to, |line, _, out| {
        let fields: Vec<&str> = line.splitn(places[places.len() - 1] + 2, ',').collect();
        for (number, place) in places.iter().enumerate() {
            write!(out, "{}{}", if number == 0 { "" } else { "," }, fields.get(*place).unwrap_or(&""))?;
        }
        writeln!(out)
    })
}

/// Writes rows with this number of columns: those of the sample data, and unused ones.
pub fn wide(from: &Path, to: &Path, column_count: usize) -> Result<(), String> {
    let more = column_count.saturating_sub(first_line(from)?.split(',').count());
    let mut random = Random(3);
    each_line(from, to, |line, is_header, out| {
        out.write_all(line.as_bytes())?;
        for number in 0..more {
            if is_header {
                write!(out, ",attribute_{number}")?;
            } else {
                write!(out, ",{}", random.next() % 100_000)?;
            }
        }
        writeln!(out)
    })
}

fn first_line(path: &Path) -> Result<String, String> {
    let failed = |error: io::Error| format!("{}: {error}", path.display());
    let mut line = String::new();
    BufReader::new(File::open(path).map_err(failed)?).read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end().to_owned())
}

/// Rewrites each row, given its first columns and the rest; the header stays.
fn rewrite(
    from: &Path,
    to: &Path,
    mut write_row: impl FnMut(&[&str], &str, &mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    each_line(from, to, |line, is_header, out| {
        if is_header {
            return writeln!(out, "{line}");
        }
        let fields: Vec<&str> = line.splitn(LEADING_COLUMNS + 1, ',').collect();
        let [leading @ .., rest] = fields.as_slice() else { return Ok(()) };
        write_row(leading, rest, out)
    })
}

/// Rewrites each line, given whether it is the header.
fn each_line(
    from: &Path,
    to: &Path,
    mut write_line: impl FnMut(&str, bool, &mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    let mut rewrite = || -> io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 20, File::open(from)?);
        let mut writer = BufWriter::with_capacity(1 << 20, File::create(to)?);
        let mut line = String::new();
        let mut is_header = true;
        while reader.read_line(&mut line)? > 0 {
            write_line(line.trim_end_matches('\n'), is_header, &mut writer)?;
            is_header = false;
            line.clear();
        }
        writer.flush()
    };
    rewrite().map_err(|error| format!("{}: {error}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "user_id,device_id,date,cohort_date,days_since_first_event,user_type,total_revenue,total_events,note\n\
        a,d1,2025-07-02,2025-07-01,1,returning,1.5,3,\"x, y\"\n\
        b,d2,2025-07-03,2025-07-03,0,new,0.0,4,\n\
        c,d3,2025-07-03,2025-07-03,0,new,0.0,5,\n";

    fn made_by(make: impl FnOnce(&Path, &Path) -> Result<(), String>) -> String {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from.csv"), directory.path().join("to.csv"));
        fs::write(&from, SAMPLE).unwrap();
        make(&from, &to).unwrap();
        fs::read_to_string(to).unwrap()
    }

    #[test]
    fn shuffling_keeps_every_line() {
        let shuffled = made_by(shuffle);
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&shuffled), sorted(SAMPLE));
        assert_eq!(shuffled.lines().next(), SAMPLE.lines().next());
    }

    #[test]
    fn rows_become_users() {
        let each = made_by(|from, to| one_row_each(from, to, 2));
        assert_eq!(each.lines().count(), 3);
        let second = each.lines().nth(1).unwrap();
        assert!(second.ends_with(",d1,2025-07-02,2025-07-02,0,returning,1.5,3,\"x, y\""), "{second}");
        assert_eq!(second.find(','), Some(32));
        let one = made_by(one_user);
        assert_eq!(one.lines().nth(2), Some("only,d2,2025-07-03,,,new,0.0,4,"));
    }

    #[test]
    fn columns_are_left_out_and_added() {
        assert_eq!(made_by(narrow).lines().nth(1), Some("a,2025-07-02,returning,1.5,3"));
        let wide = made_by(|from, to| wide(from, to, 12));
        assert!(wide.lines().next().unwrap().ends_with(",note,attribute_0,attribute_1,attribute_2"));
        assert!(wide.lines().skip(1).all(|line| line.matches(',').count() >= 11));
    }
}
