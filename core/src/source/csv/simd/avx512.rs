//! AVX-512 with VBMI2: a comparison of 64 bytes is one instruction, and so is gathering the places of set bits.

use std::arch::x86_64::{
    __m512i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8, _mm512_add_epi32,
    _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask, _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32,
    _mm512_maskz_compress_epi8, _mm512_set1_epi8, _mm512_set1_epi32,
};
use std::mem;

use super::{Instructions, WORD, Work};

/// Proof that the machine has the instructions.
#[derive(Clone, Copy)]
pub struct Avx512(());

impl Avx512 {
    /// Asks the machine; the answer is remembered by the standard library.
    pub fn detect() -> Option<Avx512> {
        let has_all = is_x86_feature_detected!("pclmulqdq")
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        has_all.then_some(Avx512(()))
    }
}

pub fn run<W: Work>(work: W, instructions: Avx512) -> W::Output {
    // SAFETY: an `Avx512` exists only where the processor has what `compiled` is compiled for.
    unsafe { compiled(work, instructions) }
}

#[target_feature(enable = "pclmulqdq,avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt")]
fn compiled<W: Work>(work: W, instructions: Avx512) -> W::Output {
    work.run(instructions)
}

impl Instructions for Avx512 {
    #[inline(always)]
    fn equal(self, word: &[u8; WORD], byte: u8) -> u64 {
        // SAFETY: as in `run`.
        unsafe { equal(word, byte) }
    }

    #[inline(always)]
    fn prefix_xor(self, bits: u64) -> u64 {
        // SAFETY: as in `run`.
        unsafe { prefix_xor(bits) }
    }

    #[inline(always)]
    fn positions(self, bits: u64, base: u32, places: &mut [u32; WORD]) {
        // SAFETY: as in `run`.
        unsafe { positions(bits, base, places) }
    }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn equal(word: &[u8; WORD], byte: u8) -> u64 {
    // SAFETY: any 64 bytes are a vector.
    let word = unsafe { mem::transmute::<[u8; WORD], __m512i>(*word) };
    _mm512_cmpeq_epi8_mask(word, _mm512_set1_epi8(byte.cast_signed()))
}

/// A product without carries of all ones: bit `i` is the sum, without carries, of the bits up to `i`.
#[inline]
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(bits: u64) -> u64 {
    let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

/// The numbers from 0 to 63.
const NUMBERS: [u8; WORD] = {
    let mut numbers = [0; WORD];
    let mut number = 0_u8;
    while (number as usize) < WORD {
        numbers[number as usize] = number;
        number += 1;
    }
    numbers
};

#[inline]
#[target_feature(enable = "avx512bw,avx512vbmi2,popcnt")]
fn positions(bits: u64, base: u32, places: &mut [u32; WORD]) {
    // SAFETY: any 64 bytes are a vector.
    let numbers = unsafe { mem::transmute::<[u8; WORD], __m512i>(NUMBERS) };
    let set = _mm512_maskz_compress_epi8(bits, numbers);
    let base = _mm512_set1_epi32(base.cast_signed());
    let [first, second, third, fourth] = places.as_chunks_mut::<{ WORD / 4 }>().0 else { return };
    let count = bits.count_ones();
    // SAFETY: any vector is sixteen numbers.
    let wide = |sixteen| unsafe { mem::transmute(_mm512_add_epi32(_mm512_cvtepu8_epi32(sixteen), base)) };
    *first = wide(_mm512_castsi512_si128(set));
    *second = wide(_mm512_extracti32x4_epi32::<1>(set));
    if count > 32 {
        *third = wide(_mm512_extracti32x4_epi32::<2>(set));
        *fourth = wide(_mm512_extracti32x4_epi32::<3>(set));
    }
}
