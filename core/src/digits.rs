//! Whole numbers as digits.

/// Appends a whole number.
pub fn write_integer(number: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// The digits of a number below 100.
pub(crate) fn two_digits(number: u32) -> [u8; 2] {
    const DIGITS: &[u8; 10] = b"0123456789";
    [DIGITS[(number / 10 % 10) as usize], DIGITS[(number % 10) as usize]]
}
