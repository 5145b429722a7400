//! Numbers, times and nulls as the input writes them.

use std::cmp::Ordering;

use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};
use crate::value::rounding::half_even;

use super::short_number::parse_point_number;

/// The largest count that a cell may hold: 2^53, up to which floating point is exact.
pub const MAX_COUNT: u64 = 1 << 53;

/// A cell after reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<T> {
    /// Empty, or a word for null.
    Null,
    /// A value.
    Value(T),
    /// Text that is not a value of the type.
    Invalid,
}

/// Whether a string cell is null.
#[must_use]
pub fn is_null_text(text: &[u8]) -> bool {
    matches!(text, b"" | b"NULL" | b"null" | b"<NA>")
}

/// Whether a trimmed cell of a number, date or time is null.
fn is_null(text: &[u8]) -> bool {
    matches!(text, b"" | b"NULL" | b"null" | b"<NA>" | b"None" | b"NaN" | b"nan" | b"NA" | b"N/A")
}

fn trim(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let Some(start) = text.iter().position(|byte| !blank(byte)) else { return b"" };
    let end = text.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

#[inline]
fn read<T>(text: &[u8], parse: impl Fn(&[u8]) -> Option<T>) -> Cell<T> {
    if text.is_empty() {
        return Cell::Null;
    }
    // Nearly every cell is clean: trimming and the words for null are only tried where reading failed.
    match parse(text) {
        Some(value) => Cell::Value(value),
        None => read_unclean(text, parse),
    }
}

#[cold]
fn read_unclean<T>(text: &[u8], parse: impl Fn(&[u8]) -> Option<T>) -> Cell<T> {
    let text = trim(text);
    if is_null(text) {
        return Cell::Null;
    }
    parse(text).map_or(Cell::Invalid, Cell::Value)
}

/// Reads money: a decimal, rounded half to even beyond the ninth place.
#[inline]
#[must_use]
pub fn read_amount(text: &[u8]) -> Cell<Amount> {
    // Most amounts are zero.
    if matches!(text, b"0.0" | b"0") {
        return Cell::Value(Amount::ZERO);
    }
    read(text, |text| parse_amount(text).map(Amount))
}

/// Reads minutes: a decimal >= 0.
#[inline]
#[must_use]
pub fn read_minutes(text: &[u8]) -> Cell<Amount> {
    read(text, |text| parse_amount(text).filter(|&minutes| minutes >= 0).map(Amount))
}

/// Reads a count: a whole number from 0 to [`MAX_COUNT`]; `12.0` and `1e1` are whole.
#[inline]
#[must_use]
pub fn read_count(text: &[u8]) -> Cell<u64> {
    read(text, parse_count)
}

/// Reads a date: `YYYY-MM-DD`, or the day as written of a valid timestamp.
#[must_use]
pub fn read_date(text: &[u8]) -> Cell<Day> {
    read(text, |text| {
        if text.len() > 10 {
            parse_timestamp(text)?;
        }
        Day::parse(text.get(..10)?)
    })
}

/// Reads a timestamp: `YYYY-MM-DD[(T| )HH:MM:SS[.ffffff][±hh[:mm]|Z| UTC]]`, without zone UTC.
#[must_use]
pub fn read_timestamp(text: &[u8]) -> Cell<Timestamp> {
    read(text, parse_timestamp)
}

/// A decimal number before rounding: `mantissa * 10^exponent`, plus something smaller where `inexact`.
struct Decimal {
    negative: bool,
    mantissa: u128,
    exponent: i64,
    inexact: bool,
}

/// Digits beyond these only say whether there is more: 10^35 fits 128 bits.
const MANTISSA_LIMIT: u128 = 10_u128.pow(35);

fn parse_decimal(text: &[u8]) -> Option<Decimal> {
    let (negative, mut rest) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let mut number = Decimal { negative, mantissa: 0, exponent: 0, inexact: false };
    let mut digit_count = 0_usize;
    let mut in_fraction = false;
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            b'0'..=b'9' => {
                digit_count += 1;
                let digit = u128::from(byte - b'0');
                if number.mantissa < MANTISSA_LIMIT {
                    number.mantissa = number.mantissa * 10 + digit;
                    number.exponent -= i64::from(in_fraction);
                } else {
                    number.inexact |= digit != 0;
                    number.exponent += i64::from(!in_fraction);
                }
            }
            b'.' if !in_fraction => in_fraction = true,
            _ => break,
        }
        rest = tail;
    }
    if digit_count == 0 {
        return None;
    }
    if let Some((b'e' | b'E', exponent)) = rest.split_first() {
        number.exponent += parse_exponent(exponent)?;
    } else if !rest.is_empty() {
        return None;
    }
    Some(number)
}

fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text.split_first()? {
        (b'-', digits) => (-1, digits),
        (b'+', digits) => (1, digits),
        _ => (1, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Beyond any representable exponent the value is 0 or too large, whatever the rest of the digits.
    let magnitude = digits.iter().fold(0_i64, |sum, digit| (sum * 10 + i64::from(digit - b'0')).min(1_000_000));
    Some(sign * magnitude)
}

/// Billionths, rounded half to even; `None` if it is not a number, or beyond [`Amount::MAX_CELL`].
#[inline]
fn parse_amount(text: &[u8]) -> Option<i128> {
    match parse_point_number(text) {
        Some(amount) => Some(i128::from(amount)),
        None => parse_short_amount(text).or_else(|| parse_any_amount(text)),
    }
}

/// [`parse_amount`], whatever the form.
#[cold]
fn parse_any_amount(text: &[u8]) -> Option<i128> {
    let number = parse_decimal(text)?;
    if number.mantissa == 0 {
        return Some(0);
    }
    let shift = number.exponent + 9;
    let magnitude = if shift >= 0 {
        let power = u32::try_from(shift).ok().and_then(|shift| 10_u128.checked_pow(shift))?;
        number.mantissa.checked_mul(power)?
    } else {
        match u32::try_from(-shift).ok().and_then(|shift| 10_u128.checked_pow(shift)) {
            Some(divisor) => {
                let (quotient, remainder) = (number.mantissa / divisor, number.mantissa % divisor);
                // Digits that did not fit are a little more than the remainder says.
                let unread = if number.inexact { Ordering::Greater } else { Ordering::Equal };
                half_even(quotient, remainder.cmp(&(divisor - remainder)).then(unread))
            }
            None => 0,
        }
    };
    let magnitude = i128::try_from(magnitude).ok().filter(|&magnitude| magnitude <= Amount::MAX_CELL)?;
    Some(if number.negative { -magnitude } else { magnitude })
}

/// The common form: up to nine places and eighteen digits in all, without a `+` or an exponent.
#[inline(never)]
fn parse_short_amount(text: &[u8]) -> Option<i128> {
    let (negative, text) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, text),
    };
    if text.len() > 18 {
        return None;
    }
    let (whole, rest) = leading_digits(0, text);
    let (mantissa, places) = match rest.split_first() {
        None => (whole, 0),
        Some((b'.', fraction)) if text.len() > 1 => {
            let (mantissa, rest) = leading_digits(whole, fraction);
            if !rest.is_empty() {
                return None;
            }
            (mantissa, fraction.len())
        }
        Some(_) => return None,
    };
    if text.is_empty() {
        return None;
    }
    let unit = UNIT_OF_PLACE.get(places)?;
    let magnitude = i128::from(mantissa) * i128::from(*unit);
    Some(if negative { -magnitude } else { magnitude })
}

/// How many billionths one unit of each decimal place is.
const UNIT_OF_PLACE: [u64; 10] =
    [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// Appends the digits in front to a number, which must have room for them, and says what follows.
#[inline]
fn leading_digits(mut number: u64, mut text: &[u8]) -> (u64, &[u8]) {
    while let Some((byte, rest)) = text.split_first() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number * 10 + u64::from(digit);
        text = rest;
    }
    (number, text)
}

#[inline]
fn parse_count(text: &[u8]) -> Option<u64> {
    match leading_digits(0, &text[..text.len().min(15)]) {
        (count, []) if text.len() <= 15 && !text.is_empty() => Some(count),
        _ => parse_any_count(text),
    }
}

/// [`parse_count`], whatever the form.
#[cold]
fn parse_any_count(text: &[u8]) -> Option<u64> {
    let mut number = parse_decimal(text)?;
    if number.mantissa == 0 {
        return (!number.inexact).then_some(0);
    }
    while number.mantissa.is_multiple_of(10) {
        number.mantissa /= 10;
        number.exponent += 1;
    }
    if number.negative || number.inexact || number.exponent < 0 {
        return None;
    }
    let power = u32::try_from(number.exponent).ok().and_then(|exponent| 10_u128.checked_pow(exponent))?;
    let count = u64::try_from(number.mantissa.checked_mul(power)?).ok()?;
    (count <= MAX_COUNT).then_some(count)
}

fn parse_timestamp(text: &[u8]) -> Option<Timestamp> {
    let day = Day::parse(text.get(..10)?)?;
    let Some((separator, time)) = text[10..].split_first() else {
        return Timestamp::new(day, 0, 0);
    };
    if !matches!(separator, b'T' | b' ') {
        return None;
    }
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = time else { return None };
    let hour = two_digits(*h1, *h2, 23)?;
    let minute = two_digits(*m1, *m2, 59)?;
    let second = two_digits(*s1, *s2, 59)?;
    let (fraction, zone) = parse_fraction(rest)?;
    let offset = parse_offset_minutes(zone)?;
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    Timestamp::new(day, seconds * 1_000_000 + fraction, offset)
}

fn two_digits(tens: u8, ones: u8, most: i32) -> Option<i32> {
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    let value = i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
    (value <= most).then_some(value)
}

/// Microseconds of `.f` to `.ffffff`, if there is a fraction, and what follows it.
fn parse_fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', rest)) = text.split_first() else { return Some((0, text)) };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=6).contains(&length) {
        return None;
    }
    let (digits, zone) = rest.split_at(length);
    let micros = (0..6).fold(0, |sum, place| sum * 10 + digits.get(place).map_or(0, |digit| i64::from(digit - b'0')));
    Some((micros, zone))
}

fn parse_offset_minutes(zone: &[u8]) -> Option<i32> {
    let (sign, hours, minutes) = match zone {
        b"" | b"Z" | b" UTC" => return Some(0),
        [sign, h1, h2] => (sign, two_digits(*h1, *h2, 23)?, 0),
        [sign, h1, h2, b':', m1, m2] => (sign, two_digits(*h1, *h2, 23)?, two_digits(*m1, *m2, 59)?),
        _ => return None,
    };
    match sign {
        b'+' => Some(hours * 60 + minutes),
        b'-' => Some(-(hours * 60 + minutes)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Cell<i128> {
        match read_amount(text.as_bytes()) {
            Cell::Value(amount) => Cell::Value(amount.0),
            Cell::Null => Cell::Null,
            Cell::Invalid => Cell::Invalid,
        }
    }

    // Expected: Python 3.11, int(Decimal(text).scaleb(9).quantize(Decimal(1), ROUND_HALF_EVEN)) at 60 digits.
    #[test]
    fn amounts_are_decimals_rounded_half_to_even() {
        for (text, nano) in [
            ("0", 0),
            ("0.0", 0),
            ("-0", 0),
            ("12", 12_000_000_000),
            ("12.5", 12_500_000_000),
            ("+5", 5_000_000_000),
            (".5", 500_000_000),
            ("5.", 5_000_000_000),
            ("-1.25", -1_250_000_000),
            ("1e1", 10_000_000_000),
            ("1.5E-3", 1_500_000),
            ("1e-9", 1),
            ("0.0000000005", 0),
            ("0.0000000015", 2),
            ("0.0000000025", 2),
            ("0.00000000050000000000000000000000000000000000000001", 1),
            ("1e-400", 0),
            ("0e999999999999", 0),
            ("0.1234567894999999999999999999999999999999999999999", 123_456_789),
            ("0.12345678951", 123_456_790),
            ("123456789012345678901e-9", 123_456_789_012_345_678_901),
            ("1e18", Amount::MAX_CELL),
            ("0.30000000000000004", 300_000_000),
            ("  7 ", 7_000_000_000),
            ("9.99", 9_990_000_000),
            ("000000000000000000000000000000000000000000000000001", 1_000_000_000),
        ] {
            assert_eq!(amount(text), Cell::Value(nano), "{text}");
        }
    }

    #[test]
    fn text_in_a_number_is_invalid_and_words_for_null_are_null() {
        for text in [
            "ten", "$5", "1,234.5", "1.2.3", "inf", "-inf", "Infinity", "1e400", "1.1e18", "1e", "e5", ".", "-", "--1",
            "1 2", "0x10", "1_000", "٣", "1e5.5", "NAN",
        ] {
            assert_eq!(amount(text), Cell::Invalid, "{text}");
        }
        for text in ["", " ", "NULL", "null", "<NA>", "None", "NaN", "nan", "NA", "N/A", " nan "] {
            assert_eq!(amount(text), Cell::Null, "{text}");
        }
        assert!(is_null_text(b"NULL") && !is_null_text(b"NA") && !is_null_text(b" "));
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        for (text, count) in [
            ("0", 0),
            ("12", 12),
            ("12.0", 12),
            ("1e1", 10),
            ("1.5e1", 15),
            ("-0", 0),
            ("-0.0", 0),
            ("007", 7),
            ("120e-1", 12),
            ("9007199254740992", MAX_COUNT),
            ("0.000e5", 0),
        ] {
            assert_eq!(read_count(text.as_bytes()), Cell::Value(count), "{text}");
        }
        for text in
            ["-1", "1.5", "1e-1", "9007199254740993", "1e400", "1.0000000000000000000000000000000000000000001", "x"]
        {
            assert_eq!(read_count(text.as_bytes()), Cell::Invalid, "{text}");
        }
        assert_eq!(read_minutes(b"-0.5"), Cell::Invalid);
        assert_eq!(read_minutes(b"-0"), Cell::Value(Amount(0)));
    }

    #[test]
    fn timestamps_follow_the_contract() {
        for (text, expected) in [
            ("2024-01-02", "2024-01-02T00:00:00Z"),
            ("2024-01-02 23:30:00-05:00", "2024-01-03T04:30:00Z"),
            ("2024-01-02T23:30:00+05:30", "2024-01-02T18:00:00Z"),
            ("2024-01-03 01:00:00+02", "2024-01-02T23:00:00Z"),
            ("2024-01-02 12:00:00 UTC", "2024-01-02T12:00:00Z"),
            ("2024-01-02T12:00:00Z", "2024-01-02T12:00:00Z"),
            ("2024-01-02 12:00:00.123456", "2024-01-02T12:00:00.123456Z"),
            ("2024-01-02 12:00:00.5+00:00", "2024-01-02T12:00:00.500000Z"),
            (" 2024-01-04 12:00:00 ", "2024-01-04T12:00:00Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ] {
            let Cell::Value(timestamp) = read_timestamp(text.as_bytes()) else { panic!("{text}") };
            assert_eq!(timestamp.to_string(), expected, "{text}");
        }
        for text in [
            "2024-02-30 12:00:00",
            "2024-01-01 25:00:00",
            "2024-01-01 24:00:00",
            "2024-01-01 12:60:00",
            "2024-01-01 12:00:60",
            "2024-01-01 12:00",
            "2024-01-01 12:00:00.",
            "2024-01-01 12:00:00.1234567",
            "2024-01-01 12:00:00+0200",
            "2024-01-01 12:00:00+2",
            "2024-01-01 12:00:00UTC",
            "2024-01-01x12:00:00",
            "2024-01-01 ",
            "2024-01-01T",
            "soon",
            "2024-01-01 12:00:00+24:00",
            "2024-01-01 12:00:00+02:60",
            "0001-01-01 00:00:00+05:00",
            "9999-12-31 23:00:00-05:00",
            "1704067200",
        ] {
            // A trailing space is trimmed, so the date alone remains.
            if text == "2024-01-01 " {
                assert!(matches!(read_timestamp(text.as_bytes()), Cell::Value(_)));
            } else {
                assert_eq!(read_timestamp(text.as_bytes()), Cell::Invalid, "{text}");
            }
        }
    }

    #[test]
    fn a_date_is_the_day_as_written() {
        let day = Day::from_ymd(2024, 1, 2).unwrap();
        for text in ["2024-01-02", "2024-01-02 23:30:00-05:00", " 2024-01-02 ", "2024-01-02T00:00:00Z"] {
            assert_eq!(read_date(text.as_bytes()), Cell::Value(day), "{text}");
        }
        for text in ["2024-02-30", "2024-01-02 25:00:00", "02/01/2024", "2024-1-2", "20240102"] {
            assert_eq!(read_date(text.as_bytes()), Cell::Invalid, "{text}");
        }
        assert_eq!(read_date(b"NaN"), Cell::Null);
    }
}
