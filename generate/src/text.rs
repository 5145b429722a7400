//! Cells as bytes. Everything here appends to the buffer of the chunk; nothing allocates per cell.

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends a whole number.
pub(crate) fn push_number(out: &mut Vec<u8>, n: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

/// Appends a number of millionths as pandas writes floats: at least one decimal, no other trailing
/// zeros.
pub(crate) fn push_millionths(out: &mut Vec<u8>, millionths: u64) {
    push_number(out, millionths / 1_000_000);
    out.push(b'.');
    let mut rest = millionths % 1_000_000;
    let mut unit = 100_000;
    loop {
        // The quotient is one digit, as `rest` is below ten units.
        out.push(b'0' + u8::try_from(rest / unit).unwrap_or(0));
        rest %= unit;
        if rest == 0 {
            return;
        }
        unit /= 10;
    }
}

/// Appends 16 hexadecimal digits.
pub(crate) fn push_hex(out: &mut Vec<u8>, bits: u64) {
    for byte in bits.to_be_bytes() {
        out.push(HEX[usize::from(byte >> 4)]);
        out.push(HEX[usize::from(byte & 15)]);
    }
}

/// Appends a text cell, quoted where CSV asks for it.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Appends two digits of a number below 100.
pub(crate) fn push_two_digits(out: &mut Vec<u8>, n: u32) {
    out.extend_from_slice(&two_digits(n));
}

fn two_digits(n: u32) -> [u8; 2] {
    [digit(n / 10), digit(n)]
}

fn digit(n: u32) -> u8 {
    b"0123456789"[(n % 10) as usize]
}

/// Appends ` HH:MM:SS.mmm000+00:00`, the time of day as the upstream writes it.
pub(crate) fn push_time_of_day(out: &mut Vec<u8>, seconds: u32, millis: u32) {
    let mut text = *b" 00:00:00.000000+00:00";
    for (at, n) in [(1, seconds / 3_600), (4, seconds / 60 % 60), (7, seconds % 60)] {
        text[at..at + 2].copy_from_slice(&two_digits(n));
    }
    text[10] = digit(millis / 100);
    text[11..13].copy_from_slice(&two_digits(millis % 100));
    out.extend_from_slice(&text);
}

#[cfg(test)]
mod tests {
    use super::{push_hex, push_text, push_time_of_day};

    #[test]
    fn cells() {
        let mut out = Vec::new();
        push_hex(&mut out, 0x0123_4567_89ab_cdef);
        push_text(&mut out, "|plain|");
        push_text(&mut out, r#"a, "b""#);
        push_time_of_day(&mut out, 86_399, 7);
        assert_eq!(String::from_utf8_lossy(&out), r#"0123456789abcdef|plain|"a, ""b""" 23:59:59.007000+00:00"#);
    }
}
