//! Plain decimal numbers of a few characters, eight characters at once.
//!
//! The characters are held in one 64-bit integer, the first one in its lowest byte, so that what is done to one is done
//! to all: Lemire, "Quickly parsing eight digits" (2018).

/// This byte in every place.
const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// 10 to the power of each number of digits.
const POWERS: [u64; 10] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// A number of up to seven digits, a point and up to eight digits, in billionths.
///
/// `None` where the text is of another form, or has fewer than eight characters.
#[inline]
pub(super) fn parse_point_number(text: &[u8]) -> Option<u64> {
    const POINT: u8 = b'.' ^ b'0';
    let first = u64::from_le_bytes(*text.first_chunk()?) ^ every(b'0');
    let last = u64::from_le_bytes(*text.last_chunk()?) ^ every(b'0');
    // The lowest byte that is zero gets its highest bit set; of those above it nothing is known.
    let difference = first ^ every(POINT);
    let points = difference.wrapping_sub(every(1)) & !difference & every(0x80);
    let point = points.trailing_zeros() / 8;
    let places = text.len().wrapping_sub(point as usize + 1);
    if points == 0 || point == 0 || places == 0 || places > 8 {
        return None;
    }
    let whole = first << (64 - 8 * point);
    let fraction = last >> (64 - 8 * places) << (64 - 8 * places);
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    Some(eight_digits(whole) * 1_000_000_000 + eight_digits(fraction) * POWERS[9 - places])
}

#[inline]
fn all_digits(digits: u64) -> bool {
    (digits.wrapping_add(every(0x7f - 9)) | digits) & every(0x80) == 0
}

/// Digits are added up to pairs, pairs to fours, fours to eight.
#[inline]
fn eight_digits(digits: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let first = (pairs & PAIRS).wrapping_mul(0x000f_4240_0000_0064);
    let second = (pairs >> 16 & PAIRS).wrapping_mul(0x0000_2710_0000_0001);
    first.wrapping_add(second) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same, character by character.
    fn by_character(text: &str) -> Option<u64> {
        let (whole, fraction) = text.split_once('.')?;
        let is_number = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let has_form = text.len() >= 8 && is_number(whole, 7) && is_number(fraction, 8);
        has_form.then(|| format!("{whole}{fraction:0<9}").parse().unwrap())
    }

    #[test]
    fn examples() {
        for (text, expected) in [
            ("12.209113", Some(12_209_113_000)),
            ("0.000000", Some(0)),
            ("9999999.99999999", Some(9_999_999_999_999_990)),
            ("99999999.9999999", None),
            ("0.123456789", None),
            ("1.5", None),
            ("1234567.", None),
            (".1234567", None),
            ("12345678", None),
            ("-1.234567", None),
            ("1.2345.67", None),
            ("1.23456e7", None),
            ("12:20.113", None),
            ("12/20.113", None),
        ] {
            assert_eq!(parse_point_number(text.as_bytes()), expected, "{text}");
            assert_eq!(by_character(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_what_their_characters_say(text in "[0-9]{0,8}[.]?[0-9]{0,10}|[0-9./:; a-]{0,17}|[0-9]{1,7}[.][0-9./:]{1,8}") {
            prop_assert_eq!(parse_point_number(text.as_bytes()), by_character(&text));
        }

        #[test]
        fn any_other_bytes_are_none(text in prop::collection::vec(any::<u8>(), 0..18)) {
            let expected = std::str::from_utf8(&text).ok().and_then(by_character);
            prop_assert_eq!(parse_point_number(&text), expected);
        }
    }
}
