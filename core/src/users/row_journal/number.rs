//! Numbers of 0 to 8 bytes, whose lengths are stored separately.
//!
//! A number whose bytes say where it ends takes a branch for each; these are written by one store.

use super::super::wire::{Damaged, WireReader};
use super::{LENGTH_BITS, NUMBERS};

/// Bytes of a number, and most of all numbers and of what stands in front.
const NUMBER_BYTES: usize = 8;
const HEAD_BYTES: usize = 4;
const ROOM_BYTES: usize = HEAD_BYTES + NUMBERS as usize * NUMBER_BYTES;

/// Appends the first bytes of a row, which have these flags, and its numbers.
#[inline]
pub(super) fn write_numbers(flags: u32, numbers: [u64; NUMBERS as usize], bytes: &mut Vec<u8>) {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; ROOM_BYTES]);
    let Some(room) = bytes.last_chunk_mut::<ROOM_BYTES>() else { return };
    let (mut head, mut length) = (flags, HEAD_BYTES);
    for (number, shift) in numbers.into_iter().zip((0..).step_by(LENGTH_BITS as usize)) {
        let number_bytes = (u64::BITS - number.leading_zeros()).div_ceil(u8::BITS);
        if let Some(room) = room.get_mut(length..length + NUMBER_BYTES) {
            room.copy_from_slice(&number.to_le_bytes());
        }
        length += number_bytes as usize;
        head |= number_bytes << shift;
    }
    room[..HEAD_BYTES].copy_from_slice(&head.to_le_bytes());
    bytes.truncate(start + length);
}

/// Reads the numbers that follow a row's first bytes.
#[inline]
pub(super) fn read_numbers(head: u32, reader: &mut WireReader<'_>) -> Result<[u64; NUMBERS as usize], Damaged> {
    let mut numbers = [0; NUMBERS as usize];
    for (number, shift) in numbers.iter_mut().zip((0..).step_by(LENGTH_BITS as usize)) {
        let length = head >> shift & ((1 << LENGTH_BITS) - 1);
        *number = reader.short_number(length)?;
    }
    Ok(numbers)
}
