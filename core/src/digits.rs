//! Whole numbers as digits.

/// Appends a whole number.
pub fn write_integer(number: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// The digits of a number below 100.
#[inline]
pub(crate) fn two_digits(number: u32) -> [u8; 2] {
    PAIRS[(number % 100) as usize]
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
