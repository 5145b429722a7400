//! Comparing 64 bytes at once, with the instructions that this processor has.
//!
//! [`run`] compiles its work for every machine, for those with AVX2 and for those with AVX-512, which it asks for at
//! run time. The first way is the reference for the others.
#![allow(unsafe_code, reason = "instructions that not every machine has")]
#![allow(clippy::inline_always, reason = "what is not inlined into its work is compiled for every machine")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use wide::u8x16;

/// Bytes looked at together.
pub const WORD: usize = 64;

/// A set of instructions.
pub trait Instructions: Copy {
    /// One bit for each byte of the word: whether it is `byte`.
    fn equal(self, word: &[u8; WORD], byte: u8) -> u64;

    /// Bit `i` is the parity of the bits up to `i`.
    #[inline(always)]
    fn prefix_xor(self, mut bits: u64) -> u64 {
        for shift in [1, 2, 4, 8, 16, 32] {
            bits ^= bits << shift;
        }
        bits
    }

    /// Writes `base` plus the position of each set bit, in order. What it writes after them is meaningless.
    #[inline(always)]
    fn positions(self, bits: u64, base: u32, places: &mut [u32; WORD]) {
        let mut rest = bits;
        // Always eight at a time, even if fewer are left: that is faster than checking after each.
        for eight in places.as_chunks_mut::<8>().0 {
            if rest == 0 {
                break;
            }
            for place in eight {
                *place = base.wrapping_add(rest.trailing_zeros());
                rest &= rest.wrapping_sub(1);
            }
        }
    }
}

/// Work that is compiled for each set of instructions. Its functions must be inlined to profit.
pub trait Work {
    /// What it comes to.
    type Output;

    /// Does the work.
    fn run(self, instructions: impl Instructions) -> Self::Output;
}

/// Does the work with the best instructions that the machine has.
#[inline]
pub fn run<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(instructions) = avx512::Avx512::detect() {
        return avx512::run(work, instructions);
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(instructions) = avx2::Avx2::detect() {
        return avx2::run(work, instructions);
    }
    work.run(Portable)
}

/// What every machine has: 16 bytes at a time.
#[derive(Clone, Copy)]
pub struct Portable;

impl Instructions for Portable {
    #[inline(always)]
    fn equal(self, word: &[u8; WORD], byte: u8) -> u64 {
        let parts = word.as_chunks::<16>().0.iter().enumerate();
        parts.fold(0, |mask, (part, bytes)| {
            let equal = u8x16::new(*bytes).simd_eq(u8x16::splat(byte));
            mask | u64::from(equal.to_bitmask()) << (part * 16)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy)]
    struct Equal<'w>(&'w [u8; WORD], u8);

    impl Work for Equal<'_> {
        type Output = u64;

        #[inline(always)]
        fn run(self, instructions: impl Instructions) -> u64 {
            instructions.equal(self.0, self.1)
        }
    }

    /// The parities, and the positions with what was written behind them.
    #[derive(Clone, Copy)]
    struct OfBits(u64, u32);

    impl Work for OfBits {
        type Output = (u64, [u32; WORD]);

        #[inline(always)]
        fn run(self, instructions: impl Instructions) -> (u64, [u32; WORD]) {
            let mut places = [0; WORD];
            instructions.positions(self.0, self.1, &mut places);
            (instructions.prefix_xor(self.0), places)
        }
    }

    /// The work with each set of instructions that the machine has.
    fn by_each<W: Work + Copy>(work: W) -> Vec<W::Output> {
        let mut outputs = vec![work.run(Portable)];
        #[cfg(target_arch = "x86_64")]
        {
            outputs.extend(avx2::Avx2::detect().map(|instructions| avx2::run(work, instructions)));
            outputs.extend(avx512::Avx512::detect().map(|instructions| avx512::run(work, instructions)));
        }
        outputs
    }

    proptest! {
        #[test]
        fn every_set_of_instructions_finds_the_same_bits(dense: u64, sparse: u64, sparser: u64, base in 0..u32::MAX - 64) {
            for bits in [dense, dense & sparse & sparser, dense | sparse | sparser, 0, u64::MAX] {
                let set: Vec<u32> = (0..64).filter(|bit| bits >> bit & 1 == 1).collect();
                let places: Vec<u32> = set.iter().map(|bit| base + bit).collect();
                let parity = (0..64).fold(0, |mask, bit| {
                    mask | (set.iter().filter(|&&at| at <= bit).count() as u64 & 1) << bit
                });
                for (found_parity, found) in by_each(OfBits(bits, base)) {
                    prop_assert_eq!(found_parity, parity);
                    prop_assert_eq!(&found[..places.len()], &places);
                }
            }
        }

        #[test]
        fn every_set_of_instructions_compares_alike(word: [u8; 32], byte: u8, seldom: bool) {
            let mut bytes = [byte; WORD];
            bytes[..32].copy_from_slice(&word);
            if seldom {
                bytes.reverse();
            }
            let expected = (0..WORD).fold(0, |mask, at| mask | u64::from(bytes[at] == byte) << at);
            for equal in by_each(Equal(&bytes, byte)) {
                prop_assert_eq!(equal, expected);
            }
        }
    }
}
