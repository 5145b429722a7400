//! AVX2, and the bit manipulation that comes with it.

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
    // SAFETY: an `Avx2` exists only where the processor has what `compiled` is compiled for.
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
