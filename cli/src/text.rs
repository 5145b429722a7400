//! Numbers and tables for people.

use std::io::{self, Write};

/// A count with thousands separators.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number that was printed, with thousands separators before its point.
pub fn grouped_number(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) =
        rest.split_once('.').map_or((rest, String::new()), |(whole, fraction)| (whole, format!(".{fraction}")));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    format!("{sign}{whole}{fraction}")
}

/// Writes rows in columns, the first one to the left, the others to the right.
pub fn write_columns(out: &mut impl Write, rows: &[Vec<String>]) -> io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = String::from(" ");
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.chars().count());
            line.push(' ');
            if column == 0 {
                line.push_str(cell);
                line.push_str(&padding);
            } else {
                line.push(' ');
                line.push_str(&padding);
                line.push_str(cell);
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped_number("-1234.50"), "-1,234.50");
        assert_eq!(grouped_number("12"), "12");
    }

    #[test]
    fn columns_are_aligned() {
        let mut out = Vec::new();
        let rows = [["day", "users"], ["1", "1,000"]].map(|row| row.map(str::to_owned).to_vec());
        write_columns(&mut out, &rows).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "  day  users\n  1    1,000\n");
    }
}
