//! Comparing 64 bytes at once, with the instructions that the machine at hand has.
//!
//! [`run`] compiles its work twice: for every machine, and for those with AVX2 and bit manipulation, which it asks for
//! at run time. The first way is the reference for the second.
#![allow(unsafe_code, reason = "instructions that not every machine has")]
#![allow(clippy::inline_always, reason = "what is not inlined into its work is compiled for every machine")]

use wide::u8x16;

/// Bytes looked at together.
pub const WORD: usize = 64;

/// A set of instructions.
pub trait Instructions: Copy {
    /// One bit for each byte of the word: whether it is `byte`.
    fn equal(self, word: &[u8; WORD], byte: u8) -> u64;
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

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{__m256i, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set1_epi8};
    use std::mem;

    use super::{Instructions, WORD, Work};

    /// Proof that the machine has the instructions.
    #[derive(Clone, Copy)]
    pub struct Avx2(());

    impl Avx2 {
        /// Asks the machine; the answer is remembered by the standard library.
        pub fn detect() -> Option<Avx2> {
            let has_all = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt");
            has_all.then_some(Avx2(()))
        }
    }

    pub fn run<W: Work>(work: W, instructions: Avx2) -> W::Output {
        // SAFETY: an `Avx2` is only made where the machine has what `compiled` is compiled for.
        unsafe { compiled(work, instructions) }
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn compiled<W: Work>(work: W, instructions: Avx2) -> W::Output {
        work.run(instructions)
    }

    impl Instructions for Avx2 {
        #[inline(always)]
        fn equal(self, word: &[u8; WORD], byte: u8) -> u64 {
            // SAFETY: as in `run`.
            unsafe { equal(word, byte) }
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn equal(word: &[u8; WORD], byte: u8) -> u64 {
        let half = |bytes: &[u8; WORD / 2]| {
            // SAFETY: any 32 bytes are a vector.
            let bytes = unsafe { mem::transmute::<[u8; WORD / 2], __m256i>(*bytes) };
            let equal = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()));
            u64::from(_mm256_movemask_epi8(equal).cast_unsigned())
        };
        let [first, second] = word.as_chunks::<{ WORD / 2 }>().0 else { return 0 };
        half(first) | half(second) << 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Equal<'w>(&'w [u8; WORD], u8);

    impl Work for Equal<'_> {
        type Output = u64;

        #[inline(always)]
        fn run(self, instructions: impl Instructions) -> u64 {
            instructions.equal(self.0, self.1)
        }
    }

    proptest! {
        #[test]
        fn every_set_of_instructions_compares_alike(word: [u8; 32], byte: u8, seldom: bool) {
            let mut bytes = [byte; WORD];
            bytes[..32].copy_from_slice(&word);
            if seldom {
                bytes.reverse();
            }
            let expected = (0..WORD).fold(0, |mask, at| mask | u64::from(bytes[at] == byte) << at);
            prop_assert_eq!(Portable.equal(&bytes, byte), expected);
            prop_assert_eq!(run(Equal(&bytes, byte)), expected);
        }
    }
}
