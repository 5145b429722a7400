//! Random draws that give the same result on every platform.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// A probability, as the share of the 2^32 values of a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share(u32);

impl Share {
    /// So many of 1,000; 999 at most.
    pub(crate) const fn per_mille(n: u32) -> Self {
        Self(u32::MAX / 1_000 * n)
    }

    /// `part / (part + rest)`, neither of them above 2^31.
    pub(crate) fn of(part: u32, rest: u32) -> Self {
        let whole = (u64::from(part) + u64::from(rest)).max(1);
        let threshold = (u64::from(part) << 32) / whole;
        Self(u32::try_from(threshold).unwrap_or(u32::MAX))
    }
}

/// A factor in 1,024ths: integer arithmetic rounds alike everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Factor(u32);

impl Factor {
    /// `exp(location + spread * normal)`, at most 64.
    pub(crate) fn log_normal(location: f64, spread: f64, normal: f64) -> Self {
        let value = libm::exp(location + spread * normal).min(64.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 65,536")]
        let in_1024ths = (value * 1_024.0) as u32;
        Self(in_1024ths)
    }

    pub(crate) const fn from_1024ths(n: u32) -> Self {
        Self(n)
    }

    /// `n` times the factor, rounded down.
    pub(crate) fn times(self, n: u64) -> u64 {
        (n * u64::from(self.0)) >> 10
    }

    pub(crate) fn in_1024ths(self) -> u32 {
        self.0
    }
}

/// A table of equally probable factors, log-normal with median 1: heavy tails for one draw.
#[derive(Debug, Clone)]
pub(crate) struct LogNormalTable {
    factors: Vec<Factor>,
}

impl LogNormalTable {
    const SIZE: u32 = 1_024;

    pub(crate) fn new(spread: f64) -> Self {
        // Walk the normal density from the left and note where the area passes each rank.
        const STEP: f64 = 1.0 / 1_024.0;
        const SQRT_TWO_PI: f64 = 2.506_628_274_631_000_5;
        let density_at = |z: f64| libm::exp(-0.5 * z * z) * STEP / SQRT_TWO_PI;
        let mut factors = Vec::new();
        let (mut z, mut area) = (-6.0_f64, 0.0_f64);
        for rank in 0..Self::SIZE {
            let wanted = (f64::from(rank) + 0.5) / f64::from(Self::SIZE);
            while area < wanted && z < 6.0 {
                area += density_at(z + STEP / 2.0);
                z += STEP;
            }
            factors.push(Factor::log_normal(0.0, spread, z));
        }
        Self { factors }
    }

    pub(crate) fn draw(&self, random: &mut Random) -> Factor {
        *random.pick(&self.factors)
    }
}

/// The source of all draws.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    pcg: Pcg64Mcg,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { pcg: Pcg64Mcg::seed_from_u64(seed) }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.pcg.next_u64()
    }

    pub(crate) fn word(&mut self) -> u32 {
        self.pcg.next_u32()
    }

    pub(crate) fn chance(&mut self, share: Share) -> bool {
        self.word() < share.0
    }

    /// One of `0..n`; 0 if `n` is 0. Multiply and shift: the bias is below n / 2^32.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let scaled = (u64::from(self.word()) * u64::from(n)) >> 32;
        u32::try_from(scaled).unwrap_or(0)
    }

    /// One of `0..n` for wide ranges; 0 if `n` is 0.
    pub(crate) fn below_wide(&mut self, n: u64) -> u64 {
        let scaled = (u128::from(self.bits()) * u128::from(n)) >> 64;
        u64::try_from(scaled).unwrap_or(0)
    }

    /// An item of a non-empty list, each equally likely.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let n = u32::try_from(items.len()).unwrap_or(u32::MAX);
        &items[self.below(n) as usize]
    }

    /// The position of a weight, as likely as the weight is large.
    pub(crate) fn pick_weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (position, weight) in weights.enumerate() {
            if left < weight {
                return position;
            }
            left -= weight;
        }
        0
    }

    /// How often a chance succeeds before it fails (geometric).
    pub(crate) fn successes(&mut self, share: Share) -> u32 {
        let mut n = 0;
        while n < 1_000 && self.chance(share) {
            n += 1;
        }
        n
    }

    /// A standard normal number, by Marsaglia's polar method: of the functions that platforms
    /// disagree about it needs the logarithm alone.
    pub(crate) fn normal(&mut self) -> f64 {
        const HALF: f64 = 2_147_483_648.0;
        loop {
            let u = f64::from(self.word()) / HALF - 1.0;
            let v = f64::from(self.word()) / HALF - 1.0;
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * libm::log(s) / s).sqrt();
            }
        }
    }
}
