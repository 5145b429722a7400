//! Plain decimal numbers and times of a few characters, eight characters at once.
//!
//! The characters are held in one 64-bit integer, the first one in its lowest byte, so that an operation on one is an
//! operation on all: Lemire, "Quickly parsing eight digits" (2018).

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
    // The lowest byte that is zero gets its highest bit set; the bytes above it are undefined.
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
    Some(sum_of_digits(whole) * 1_000_000_000 + sum_of_digits(fraction) * POWERS[9 - places])
}

/// A number of eight digits.
#[inline]
pub(super) fn eight_digits(text: [u8; 8]) -> Option<u32> {
    let digits = u64::from_le_bytes(text) ^ every(b'0');
    all_digits(digits).then(|| u32::try_from(sum_of_digits(digits)).unwrap_or(0))
}

/// The seconds since midnight of a time `HH:MM:SS`.
#[inline]
pub(super) fn read_clock(text: [u8; 8]) -> Option<u32> {
    const MIDNIGHT: u64 = u64::from_le_bytes(*b"00:00:00");
    // A colon must not differ; a digit may differ by up to 9.
    const OVERFLOW: u64 = every(0x7f) - (u64::from_le_bytes([9, 9, 0, 9, 9, 0, 9, 9]));
    let digits = u64::from_le_bytes(text) ^ MIDNIGHT;
    if (digits.wrapping_add(OVERFLOW) | digits) & every(0x80) != 0 {
        return None;
    }
    let [hours, _, _, minutes, _, _, seconds, _] =
        digits.wrapping_mul(10).wrapping_add(digits >> 8).to_le_bytes().map(u32::from);
    (hours < 24 && minutes < 60 && seconds < 60).then_some((hours * 60 + minutes) * 60 + seconds)
}

#[inline]
fn all_digits(digits: u64) -> bool {
    (digits.wrapping_add(every(0x7f - 9)) | digits) & every(0x80) == 0
}

/// The number that eight digits are: they are added up to pairs, pairs to fours, fours to eight.
#[inline]
fn sum_of_digits(digits: u64) -> u64 {
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

    fn clock_by_character(text: [u8; 8]) -> Option<u32> {
        let parts = std::str::from_utf8(&text).ok()?.split(':').map(|part| {
            let is_number = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| is_number)
        });
        let [hours, minutes, seconds] = parts.collect::<Option<Vec<u32>>>()?.try_into().ok()?;
        (hours < 24 && minutes < 60 && seconds < 60).then_some(hours * 3600 + minutes * 60 + seconds)
    }

    proptest! {
        #[test]
        fn clocks_are_what_their_characters_say(text in "[0-2][0-9]:[0-6][0-9]:[0-6][0-9]|[0-9:;/ ]{8}", byte: u8, at in 0usize..8) {
            let mut text: [u8; 8] = text.into_bytes().try_into().unwrap();
            prop_assert_eq!(read_clock(text), clock_by_character(text));
            text[at] = byte;
            prop_assert_eq!(read_clock(text), clock_by_character(text));
        }

        #[test]
        fn eight_digits_are_a_number(number in 0u32..100_000_000, byte: u8, at in 0usize..8) {
            let mut text: [u8; 8] = format!("{number:08}").into_bytes().try_into().unwrap();
            prop_assert_eq!(eight_digits(text), Some(number));
            text[at] = byte;
            let expected = byte.is_ascii_digit().then(|| std::str::from_utf8(&text).unwrap().parse().unwrap());
            prop_assert_eq!(eight_digits(text), expected);
        }

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
