//! Integers as digits.

/// Appends an integer in decimal.
#[inline]
pub fn write_integer(number: u64, out: &mut Vec<u8>) {
    write_decimal(false, number, 0, out);
}

/// Appends a signed integer in decimal.
#[inline]
pub fn write_signed_integer(number: i64, out: &mut Vec<u8>) {
    write_decimal(number < 0, number.unsigned_abs(), 0, out);
}

/// Largest number of decimals that [`write_decimal`] writes.
pub(crate) const MOST_DECIMALS: u8 = 19;

/// Appends `units / 10^decimals` with all its decimals, of which there are at most [`MOST_DECIMALS`].
#[inline]
pub(crate) fn write_decimal(negative: bool, units: u64, decimals: u8, out: &mut Vec<u8>) {
    // A sign, 20 digits and a point.
    const LONGEST: usize = 22;
    // Written from its end, with room after it, so that a fixed number of bytes can be copied for any length.
    let mut text = [0; 2 * LONGEST];
    let mut start = LONGEST;
    let (mut rest, mut decimals_left) = (units, decimals);
    while decimals_left >= 2 {
        start -= 2;
        text[start..start + 2].copy_from_slice(&two_digits(rest));
        (rest, decimals_left) = (rest / 100, decimals_left - 2);
    }
    if decimals_left == 1 {
        start -= 1;
        text[start] = two_digits(rest)[1];
        rest /= 10;
    }
    if decimals > 0 {
        start -= 1;
        text[start] = b'.';
    }
    while rest >= 10 {
        start -= 2;
        text[start..start + 2].copy_from_slice(&two_digits(rest));
        rest /= 100;
    }
    if rest > 0 || text[start] == b'.' || start == LONGEST {
        start -= 1;
        text[start] = two_digits(rest)[1];
    }
    if negative {
        start -= 1;
        text[start] = b'-';
    }
    if let Some(bytes) = text[start..].first_chunk::<LONGEST>() {
        let end = out.len() + LONGEST - start;
        out.extend_from_slice(bytes);
        out.truncate(end);
    }
}

/// An integer as people read it, with commas between thousands.
///
/// ```
/// assert_eq!(strata_core::value::digits::grouped(211_246), "211,246");
/// ```
#[must_use]
pub fn grouped(number: u64) -> String {
    with_grouped_thousands(&number.to_string())
}

/// A decimal number as people read it, with commas between the thousands of its integer part and the rest unchanged.
///
/// ```
/// assert_eq!(strata_core::value::digits::with_grouped_thousands("-1234567.8901"), "-1,234,567.8901");
/// ```
#[must_use]
pub fn with_grouped_thousands(number: &str) -> String {
    let start = number.find(|c: char| c.is_ascii_digit()).unwrap_or(number.len());
    let (sign, digits) = number.split_at(start);
    let (whole, rest) = digits.split_at(digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()));
    let mut text = String::with_capacity(number.len() + whole.len() / 3);
    text.push_str(sign);
    for (position, digit) in whole.char_indices() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(rest);
    text
}

/// The last two digits of a number, in ASCII.
#[inline]
pub(crate) fn two_digits(number: impl Into<u64>) -> [u8; 2] {
    PAIRS[(number.into() % 100) as usize]
}

/// The digits of every number below 100.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0_u8;
    while (number as usize) < pairs.len() {
        pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
        number += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn thousands_are_separated() {
        for (number, expected) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1000", "-1,000"),
            ("\u{2212}123456", "\u{2212}123,456"),
            ("1234567.5678", "1,234,567.5678"),
            ("$1234", "$1,234"),
            ("", ""),
            ("-", "-"),
        ] {
            assert_eq!(with_grouped_thousands(number), expected);
        }
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    proptest! {
        // Independent source: the standard library's formatting.
        #[test]
        fn decimals_are_written_with_all_their_digits(units: u64, shift in 0_u32..64, decimals in 0..=MOST_DECIMALS, negative: bool) {
            let (units, decimals_as_length) = (units >> shift, usize::from(decimals));
            let digits = format!("{units:0>width$}", width = decimals_as_length + 1);
            let (whole, fraction) = digits.split_at(digits.len() - decimals_as_length);
            let (sign, point) = (if negative { "-" } else { "" }, if decimals > 0 { "." } else { "" });
            let mut out = b"x".to_vec();
            write_decimal(negative, units, decimals, &mut out);
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("x{sign}{whole}{point}{fraction}"));
        }

        #[test]
        fn integers_are_written_as_the_standard_library_does(number: u64, signed: i64, shift in 0_u32..64) {
            let mut out = Vec::new();
            write_integer(number >> shift, &mut out);
            write_signed_integer(signed >> shift, &mut out);
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{}{}", number >> shift, signed >> shift));
        }
    }
}
