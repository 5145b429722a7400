//! The first line: delimiter and column names.

use super::super::error::HeaderProblem;

/// How far the end of the header is looked for.
pub const MAX_HEADER_BYTES: usize = 16 << 20;

/// What the first line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvHeader {
    /// The byte between fields: `,` `;` tab or `|`.
    pub delimiter: u8,
    /// The column names, unquoted.
    pub names: Vec<String>,
    /// Bytes up to the first record, with a byte order mark and empty lines before the header.
    pub byte_count: usize,
    /// Physical lines up to the first record.
    pub line_count: u64,
}

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads the header from the first bytes of a file.
///
/// `None` asks for more bytes: the header does not end here and `at_end` is false.
///
/// # Errors
/// The bytes are not UTF-8 CSV, or the header's quotes are wrong.
pub fn read_header(bytes: &[u8], at_end: bool) -> Result<Option<CsvHeader>, HeaderProblem> {
    refuse_other_formats(bytes)?;
    let mark = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut start = mark;
    let mut line = 1;
    loop {
        match &bytes[start..] {
            [b'\n', ..] => start += 1,
            [b'\r', b'\n', ..] => start += 2,
            _ => break,
        }
        line += 1;
    }
    let Some(end) = header_end(&bytes[start..]).map(|end| start + end) else {
        if bytes.len() - start >= MAX_HEADER_BYTES {
            return Err(HeaderProblem::TooLong { limit_mib: MAX_HEADER_BYTES >> 20 });
        }
        if !at_end {
            return Ok(None);
        }
        if bytes[start..].is_empty() {
            return Err(HeaderProblem::Empty);
        }
        if visit_outside_quotes(&bytes[start..], |_, _| true) {
            return Err(HeaderProblem::UnclosedQuote { line });
        }
        return header_of(&bytes[start..], bytes.len(), line, 1).map(Some);
    };
    header_of(&bytes[start..end], end + 1, line, 1).map(Some)
}

/// Names and delimiter of one header record without its line feed.
fn header_of(record: &[u8], byte_count: usize, line: u64, line_feeds: u64) -> Result<CsvHeader, HeaderProblem> {
    let text = record.strip_suffix(b"\r").unwrap_or(record);
    if std::str::from_utf8(text).is_err() {
        return Err(HeaderProblem::NotUtf8 { line });
    }
    let delimiter = most_frequent_delimiter(text);
    let inner_lines = memchr::memchr_iter(b'\n', text).count() as u64;
    Ok(CsvHeader {
        delimiter,
        names: names(text, delimiter, line)?,
        byte_count,
        line_count: line - 1 + inner_lines + line_feeds,
    })
}

fn refuse_other_formats(bytes: &[u8]) -> Result<(), HeaderProblem> {
    let sixteen_bit_mark = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    // Without a mark, every other byte of Latin text is NUL.
    let sixteen_bit_text = matches!(bytes, [0, low, 0, next, ..] if *low != 0 && *next != 0)
        || matches!(bytes, [high, 0, next, 0, ..] if *high != 0 && *next != 0);
    if sixteen_bit_mark || sixteen_bit_text {
        return Err(HeaderProblem::Utf16);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(HeaderProblem::Archive);
    }
    Ok(())
}

/// The bytes outside quotes, with their positions; and at the end, whether a quote is still open.
///
/// The delimiter is not known yet, so a quote opens a field after any of the four.
fn visit_outside_quotes(bytes: &[u8], mut visit: impl FnMut(usize, u8) -> bool) -> bool {
    let mut position = 0;
    let mut is_field_start = true;
    while let Some(&byte) = bytes.get(position) {
        if byte == b'"' && is_field_start {
            let Some(close) = closing_quote(bytes, position + 1) else { return true };
            position = close + 1;
            is_field_start = false;
            continue;
        }
        if !visit(position, byte) {
            return false;
        }
        is_field_start = DELIMITERS.contains(&byte);
        position += 1;
    }
    false
}

/// The quote that closes the field whose text starts here.
fn closing_quote(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = from + memchr::memchr(b'"', bytes.get(from..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// The position of the line feed that ends the header: the first outside quotes.
fn header_end(bytes: &[u8]) -> Option<usize> {
    let mut end = None;
    visit_outside_quotes(bytes, |position, byte| {
        end = (byte == b'\n').then_some(position);
        end.is_none()
    });
    end
}

/// The delimiter that is most frequent outside quotes; the earlier of [`DELIMITERS`] where two are.
fn most_frequent_delimiter(header: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    visit_outside_quotes(header, |_, byte| {
        if let Some(which) = DELIMITERS.iter().position(|delimiter| *delimiter == byte) {
            counts[which] += 1;
        }
        true
    });
    let most = counts.iter().copied().max().unwrap_or(0);
    counts.iter().position(|&count| count == most).map_or(b',', |which| DELIMITERS[which])
}

fn names(header: &[u8], delimiter: u8, line: u64) -> Result<Vec<String>, HeaderProblem> {
    let mut names = Vec::new();
    let mut rest = header;
    loop {
        let position = names.len() + 1;
        let (name, tail) = if let Some(quoted) = rest.strip_prefix(b"\"") {
            let (name, tail) = quoted_name(quoted).ok_or(HeaderProblem::UnclosedQuote { line })?;
            if !tail.is_empty() && tail[0] != delimiter {
                return Err(HeaderProblem::TextAfterQuote { line, position });
            }
            (name, tail)
        } else {
            let end = memchr::memchr(delimiter, rest).unwrap_or(rest.len());
            (rest[..end].to_vec(), &rest[end..])
        };
        names.push(String::from_utf8_lossy(&name).into_owned());
        match tail.split_first() {
            Some((_, tail)) => rest = tail,
            None => return Ok(names),
        }
    }
}

/// The text up to the closing quote, with doubled quotes halved, and what follows.
fn quoted_name(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut name = Vec::new();
    loop {
        let quote = memchr::memchr(b'"', rest)?;
        name.extend_from_slice(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix(b"\"") {
            Some(tail) => {
                name.push(b'"');
                rest = tail;
            }
            None => return Some((name, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &[u8]) -> CsvHeader {
        read_header(text, true).unwrap().unwrap()
    }

    #[test]
    fn the_delimiter_is_the_most_frequent_outside_quotes() {
        assert_eq!(header(b"a,b,c\n").delimiter, b',');
        assert_eq!(header(b"a;b;\"c,d,e,f\"\n").delimiter, b';');
        assert_eq!(header(b"a\tb\tc\n").delimiter, b'\t');
        assert_eq!(header(b"a|b\n").names, ["a", "b"]);
        assert_eq!(header(b"a;b,c\n").delimiter, b',');
        assert_eq!(header(b"alone\n").delimiter, b',');
    }

    #[test]
    fn names_are_unquoted_and_bytes_and_lines_counted() {
        let found = header(b"\xEF\xBB\xBF\r\n\n\"a \"\"x\"\"\",\"b\nc\",d\r\nrow");
        assert_eq!(found.names, ["a \"x\"", "b\nc", "d"]);
        assert_eq!((found.byte_count, found.line_count), (25, 4));
        assert_eq!(header(b"a,b").names, ["a", "b"]);
        assert_eq!(header(b"a,b,\n").names, ["a", "b", ""]);
        assert_eq!(header(b"a,size 5\" x,c\nrow").names, ["a", "size 5\" x", "c"]);
        assert_eq!(header(b"a,b\",c\nrow").byte_count, 7);
    }

    #[test]
    fn an_unfinished_header_asks_for_more() {
        assert_eq!(read_header(b"a,b", false), Ok(None));
        assert_eq!(read_header(b"", false), Ok(None));
        assert_eq!(read_header(b"\"a\nb", false), Ok(None));
    }

    #[test]
    fn what_is_no_csv_is_refused() {
        assert_eq!(read_header(b"", true), Err(HeaderProblem::Empty));
        assert_eq!(read_header(b"\n\r\n", true), Err(HeaderProblem::Empty));
        assert_eq!(read_header(b"\xFF\xFEu\0s\0", true), Err(HeaderProblem::Utf16));
        assert_eq!(read_header(b"u\0s\0e\0r\0", true), Err(HeaderProblem::Utf16));
        assert_eq!(read_header(b"PK\x03\x04zip", true), Err(HeaderProblem::Archive));
        assert_eq!(read_header(b"a,\xE9\n", true), Err(HeaderProblem::NotUtf8 { line: 1 }));
        assert_eq!(read_header(b"a,\"b\nc,d\n", true), Err(HeaderProblem::UnclosedQuote { line: 1 }));
        assert_eq!(read_header(b"a,\"b\"c\n", true), Err(HeaderProblem::TextAfterQuote { line: 1, position: 2 }));
    }
}
