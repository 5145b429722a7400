//! Numbers as text: exact decimals, rounded half to even, and C's `%.6g`.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::digits::{MOST_DECIMALS, write_decimal};
use super::rounding::{Quotient, Remainder, divide_half_even, shift_half_even};

/// A number with a fixed number of decimals: `units / 10^decimals`.
///
/// It prints exactly, with all its decimals and never as `-0.00`. It also records on which side of the printed number
/// the exact one lies, so that [`Fixed::rounded`] to fewer decimals never rounds twice:
///
/// ```
/// use strata_core::value::fixed::Fixed;
///
/// let share = Fixed::percent(17, 37).unwrap();
/// assert_eq!(share.to_string(), "45.95");
/// // 45.945945… is nearer to 45.9, although 45.95 would round up.
/// assert_eq!(share.rounded(1).to_string(), "45.9");
/// ```
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Fixed {
    /// The number in units of its last decimal place.
    pub units: i128,
    /// Number of decimals.
    pub decimals: u8,
    remainder: Remainder,
}

/// Numbers are equal if their printed digits are.
impl PartialEq for Fixed {
    fn eq(&self, other: &Fixed) -> bool {
        (self.units, self.decimals) == (other.units, other.decimals)
    }
}

impl Eq for Fixed {}

impl Fixed {
    /// `units / 10^decimals`, exactly.
    #[must_use]
    pub const fn exact(units: i128, decimals: u8) -> Fixed {
        Fixed { units, decimals, remainder: Remainder::Zero }
    }

    /// `numerator / denominator`, rounded half to even from the exact quotient.
    ///
    /// The denominator must be positive; any other counts as 1. Results of more than 38 digits saturate at
    /// [`i128::MAX`] units.
    #[must_use]
    pub fn from_ratio(numerator: i128, denominator: i128, decimals: u8) -> Fixed {
        let divisor = denominator.max(1).unsigned_abs();
        let magnitude = numerator.unsigned_abs();
        let quotient = short_ratio(magnitude, divisor, decimals).unwrap_or_else(|| {
            match power_of_ten(decimals).and_then(|scale| magnitude.checked_mul(scale)) {
                Some(scaled) => divide_half_even(scaled, divisor),
                None => long_division(magnitude, divisor, decimals),
            }
        });
        Fixed::signed(numerator < 0, quotient, decimals)
    }

    /// `successes` per hundred `trials`, with two decimals; `None` without trials.
    #[must_use]
    pub fn percent(successes: u64, trials: u64) -> Option<Fixed> {
        (trials > 0).then(|| Fixed::from_ratio(i128::from(successes) * 100, i128::from(trials), 2))
    }

    /// The difference between two shares in percentage points, with two decimals; `None` if either has no trials.
    ///
    /// A share is a pair of successes and trials. These are users, at most 2^32 each.
    #[must_use]
    pub fn percentage_points(share: (u64, u64), other: (u64, u64)) -> Option<Fixed> {
        let [a, n, b, m] = [share.0, share.1, other.0, other.1].map(i128::from);
        (n > 0 && m > 0).then(|| Fixed::from_ratio((a * m - b * n).saturating_mul(100), n * m, 2))
    }

    /// The exact binary value of `x`, rounded half to even to at most 22 decimals.
    ///
    /// `None` for NaN and infinities, and if the result has more than 38 digits.
    #[must_use]
    pub fn from_f64(x: f64, decimals: u8) -> Option<Fixed> {
        const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;
        if !x.is_finite() {
            return None;
        }
        // x = mantissa * 2^(exponent - 1075), IEEE 754 binary64.
        let fraction = x.to_bits() & ((1 << FRACTION_BITS) - 1);
        let exponent = (x.to_bits() >> FRACTION_BITS) & 0x7ff;
        let mantissa = if exponent == 0 { fraction } else { fraction | 1 << FRACTION_BITS };
        let exponent = u32::try_from(exponent.max(1)).ok()?;
        let scaled = u128::from(mantissa).checked_mul(power_of_ten(decimals)?)?;
        let quotient = if exponent >= 1075 {
            let shift = exponent - 1075;
            if scaled != 0 && scaled.leading_zeros() < shift {
                return None;
            }
            Quotient::exact(scaled.checked_shl(shift).unwrap_or(0))
        } else {
            // `scaled` is below 2^127, so dividing it by 2^128 or more leaves less than a half.
            let shift = 1075 - exponent;
            if shift < 128 {
                shift_half_even(scaled, shift)
            } else {
                Quotient::half_even(0, Ordering::Less, scaled == 0)
            }
        };
        (quotient.units <= i128::MAX.unsigned_abs()).then(|| Fixed::signed(x < 0.0, quotient, decimals))
    }

    /// The exact number with at most this many decimals, rounded once, half to even.
    #[must_use]
    pub fn rounded(self, decimals: u8) -> Fixed {
        let Some(scale) = self.decimals.checked_sub(decimals).and_then(power_of_ten) else { return self };
        let magnitude = self.units.unsigned_abs();
        let (quotient, remainder) = (magnitude / scale, magnitude % scale);
        let half = scale / 2;
        let is_tie = scale > 1 && remainder == half;
        let is_up = match self.remainder {
            Remainder::Zero if is_tie => quotient % 2 == 1,
            Remainder::Added if is_tie => false,
            Remainder::Dropped if is_tie => true,
            _ => remainder > half,
        };
        let remainder = match (is_up, remainder) {
            (true, _) => Remainder::Added,
            (false, 0) => self.remainder,
            (false, _) => Remainder::Dropped,
        };
        Fixed::signed(self.units < 0, Quotient { units: quotient + u128::from(is_up), remainder }, decimals)
    }

    /// A share from 0 to 1 as a percentage: a hundred times the number, with two fewer decimals.
    #[must_use]
    pub fn as_percent(self) -> Fixed {
        match self.decimals.checked_sub(2) {
            Some(decimals) => Fixed { decimals, ..self },
            None => Fixed { units: self.units.saturating_mul(100), ..self },
        }
    }

    /// The floating point number nearest to the printed decimal.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        const EXACT: u128 = 1 << f64::MANTISSA_DIGITS;
        // 10^22 is the last power of ten that is exact; then the division rounds once.
        if self.units.unsigned_abs() <= EXACT
            && self.decimals <= 22
            && let Some(scale) = power_of_ten(self.decimals)
        {
            return self.units as f64 / scale as f64;
        }
        // Parsing a decimal rounds correctly, and the text is always a decimal.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Appends the text.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        let magnitude = self.units.unsigned_abs();
        match u64::try_from(magnitude) {
            // The case of nearly every number.
            Ok(magnitude) if self.decimals <= MOST_DECIMALS => {
                write_decimal(self.units < 0, magnitude, self.decimals, out);
            }
            _ => self.write_long(out),
        }
    }

    fn write_long(&self, out: &mut Vec<u8>) {
        let mut buffer = itoa::Buffer::new();
        let digits = match self.units.unsigned_abs() {
            0 => "",
            magnitude => buffer.format(magnitude),
        };
        let digits = digits.as_bytes();
        let decimals = usize::from(self.decimals);
        if self.units < 0 {
            out.push(b'-');
        }
        let whole = digits.len().saturating_sub(decimals);
        if whole == 0 {
            out.push(b'0');
        }
        let (whole, fraction) = digits.split_at(whole);
        out.extend_from_slice(whole);
        if decimals > 0 {
            out.push(b'.');
            out.resize(out.len() + decimals - fraction.len(), b'0');
            out.extend_from_slice(fraction);
        }
    }

    fn signed(negative: bool, magnitude: Quotient, decimals: u8) -> Fixed {
        let units = i128::try_from(magnitude.units).unwrap_or(i128::MAX);
        Fixed { units: if negative { -units } else { units }, decimals, remainder: magnitude.remainder }
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(24);
        self.write_to(&mut text);
        f.pad(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// `x` with six significant digits, as C's `%.6g` prints it: `0.05`, `1.5e-07`, `123457`, `1e+06`.
///
/// Zero has no sign; infinities and NaN become `inf`, `-inf` and `nan`.
#[must_use]
pub fn significant_6(x: f64) -> String {
    const DIGITS: i32 = 6;
    if x == 0.0 {
        return "0".to_owned();
    }
    // Rust rounds the exact binary value half to even, as C does; only the layout differs.
    let scientific = format!("{x:.5e}");
    let exponent = scientific.split_once('e').and_then(|(head, tail)| Some((head, tail.parse::<i32>().ok()?)));
    let Some((mantissa, exponent)) = exponent else { return scientific.to_lowercase() };
    let significant = mantissa.trim_end_matches('0').trim_end_matches('.');
    if !(-4..DIGITS).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{significant}e{sign}{:02}", exponent.abs());
    }
    let sign = if x < 0.0 { "-" } else { "" };
    let digits = significant.trim_start_matches('-').replace('.', "");
    let Ok(point) = usize::try_from(exponent + 1) else {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("{sign}0.{zeros}{digits}");
    };
    match digits.split_at_checked(point) {
        Some((whole, fraction)) if point > 0 && !fraction.is_empty() => format!("{sign}{whole}.{fraction}"),
        Some(_) if point == 0 => format!("{sign}0.{digits}"),
        _ => format!("{sign}{digits:0<point$}"),
    }
}

/// The powers of ten below 2^64.
const SHORT_POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

/// [`Fixed::from_ratio`] if everything fits in 64 bits, in which division is many times faster.
#[inline]
fn short_ratio(magnitude: u128, divisor: u128, decimals: u8) -> Option<Quotient> {
    let scale = SHORT_POWERS.get(usize::from(decimals))?;
    let scaled = u64::try_from(magnitude).ok()?.checked_mul(*scale)?;
    let divisor = u64::try_from(divisor).ok()?;
    let remainder = scaled % divisor;
    Some(Quotient::half_even((scaled / divisor).into(), remainder.cmp(&(divisor - remainder)), remainder == 0))
}

fn power_of_ten(exponent: u8) -> Option<u128> {
    match SHORT_POWERS.get(usize::from(exponent)) {
        Some(&power) => Some(power.into()),
        None => 10_u128.checked_pow(u32::from(exponent)),
    }
}

/// The quotient with `decimals` more digits, computed one by one, for dividends that would overflow when scaled first.
fn long_division(dividend: u128, divisor: u128, decimals: u8) -> Quotient {
    let mut quotient = dividend / divisor;
    let mut remainder = dividend % divisor;
    for _ in 0..decimals {
        let (digit, rest) = ten_times(remainder, divisor);
        quotient = quotient.saturating_mul(10).saturating_add(digit);
        remainder = rest;
    }
    Quotient::half_even(quotient, remainder.cmp(&(divisor - remainder)), remainder == 0)
}

/// `10 * remainder` divided by `divisor` (`remainder < divisor < 2^127`), without forming the product.
fn ten_times(remainder: u128, divisor: u128) -> (u128, u128) {
    let add = |(quotient, remainder): (u128, u128), (more, addend): (u128, u128)| {
        let sum = remainder + addend;
        let carry = u128::from(sum >= divisor);
        (quotient + more + carry, sum - carry * divisor)
    };
    let twice = add((0, remainder), (0, remainder));
    let four_times = add(twice, twice);
    add(add(four_times, four_times), twice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(fixed: Option<Fixed>) -> String {
        fixed.map_or_else(|| "none".to_owned(), |fixed| fixed.to_string())
    }

    #[test]
    fn text_of_fixed() {
        for (units, decimals, expected) in [
            (0, 2, "0.00"),
            (0, 0, "0"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (12_345, 2, "123.45"),
            (-12_345, 0, "-12345"),
            (1, 4, "0.0001"),
            (i128::MAX, 9, "170141183460469231731687303715.884105727"),
            (i128::MIN, 0, "-170141183460469231731687303715884105728"),
            (7, 45, "0.000000000000000000000000000000000000000000007"),
        ] {
            assert_eq!(Fixed::exact(units, decimals).to_string(), expected);
        }
    }

    #[test]
    fn ratios_round_half_to_even() {
        for (numerator, denominator, expected) in [
            (1, 3, "0.33"),
            (2, 3, "0.67"),
            (1, 8, "0.12"),
            (3, 8, "0.38"),
            (-1, 8, "-0.12"),
            (-1, 200, "0.00"),
            (-3, 200, "-0.02"),
            (1, 1000, "0.00"),
            (i128::MAX, 1, "1701411834604692317316873037158841057.27"),
            (i128::MIN, 10, "-1701411834604692317316873037158841057.27"),
            (100_000_000_000_000_000_005, 1000, "100000000000000000.00"),
            (i128::MAX, i128::MAX, "1.00"),
            (i128::MIN, i128::MAX, "-1.00"),
            (i128::MAX - 1, i128::MAX, "1.00"),
            (i128::MAX / 2, i128::MAX, "0.50"),
            (i128::MAX, 1000, "170141183460469231731687303715884105.73"),
        ] {
            assert_eq!(Fixed::from_ratio(numerator, denominator, 2).to_string(), expected, "{numerator}/{denominator}");
        }
        assert_eq!(Fixed::from_ratio(-1, 3, 255).units, -i128::MAX);
        assert_eq!(Fixed::from_ratio(1, 0, 0), Fixed::from_ratio(1, 1, 0));
        assert_eq!(text(Fixed::percent(1, 3)), "33.33");
        assert_eq!(text(Fixed::percent(u64::MAX, u64::MAX)), "100.00");
        assert_eq!(Fixed::percent(0, 0), None);
    }

    #[test]
    fn exact_binary_ties() {
        for (x, decimals, expected) in [
            (0.5, 0, "0"),
            (1.5, 0, "2"),
            (2.5, 0, "2"),
            (0.125, 2, "0.12"),
            (0.375, 2, "0.38"),
            (-0.125, 2, "-0.12"),
            (-0.001, 2, "0.00"),
            (-0.0, 2, "0.00"),
            // Just below and just above the tie in binary.
            (2.675, 2, "2.67"),
            (1.005, 2, "1.00"),
            (0.285, 2, "0.28"),
            (5e-324, 22, "0.0000000000000000000000"),
            (1e22, 2, "10000000000000000000000.00"),
            (1e39, 0, "none"),
            (f64::MAX, 2, "none"),
            (f64::NAN, 2, "none"),
            (f64::INFINITY, 2, "none"),
        ] {
            assert_eq!(text(Fixed::from_f64(x, decimals)), expected, "{x}");
        }
    }

    /// C: `printf("%.6g")`.
    #[test]
    fn six_significant_digits() {
        for (x, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.05, "0.05"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (9.999_994e-5, "9.99999e-05"),
            (9.999_999_9e-5, "0.0001"),
            (-1.234_567_8e-7, "-1.23457e-07"),
            (1e-300, "1e-300"),
            (123_456.0, "123456"),
            (123_456.5, "123456"),
            (999_999.5, "1e+06"),
            (12_345.678, "12345.7"),
            (120_000.0, "120000"),
            (0.123_456_789, "0.123457"),
            (0.001_953_125, "0.00195312"),
            (1_234_575.0, "1.23458e+06"),
            (f64::MAX, "1.79769e+308"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(significant_6(x), expected);
        }
    }

    /// Schoolbook long division, which cannot overflow: the digits of the rounded quotient.
    fn reference_ratio(numerator: i128, denominator: i128, decimals: u8) -> String {
        let divisor = denominator.unsigned_abs();
        let zeros = "0".repeat(usize::from(decimals));
        let mut remainder = 0;
        let mut digits = Vec::new();
        // The leading zero takes a carry.
        for digit in format!("0{}{zeros}", numerator.unsigned_abs()).bytes() {
            remainder = remainder * 10 + u128::from(digit - b'0');
            digits.push(u8::try_from(remainder / divisor).unwrap());
            remainder %= divisor;
        }
        let odd = digits.last().unwrap() % 2 == 1;
        if remainder * 2 > divisor || (remainder * 2 == divisor && odd) {
            let nines = digits.iter().rev().take_while(|&&digit| digit == 9).count();
            let kept = digits.len() - nines;
            digits[kept..].fill(0);
            digits[kept - 1] += 1;
        }
        let text: String = digits.iter().map(|&digit| char::from(b'0' + digit)).collect();
        text.trim_start_matches('0').to_owned()
    }

    #[test]
    fn fewer_decimals_round_the_exact_number() {
        for (successes, trials, expected) in [
            (17, 37, "45.9"),
            (1, 16, "6.2"),
            (3, 16, "18.8"),
            (801, 2000, "40.0"),
            (1999, 2000, "100.0"),
            (1, 1, "100.0"),
        ] {
            assert_eq!(text(Fixed::percent(successes, trials).map(|share| share.rounded(1))), expected);
        }
        assert_eq!(Fixed::from_ratio(-17 * 100, 37, 2).rounded(1).to_string(), "-45.9");
        assert_eq!(text(Fixed::from_f64(0.125, 3).map(|x| x.rounded(2))), "0.12");
        assert_eq!(text(Fixed::from_f64(0.125_000_1, 3).map(|x| x.rounded(2))), "0.13");
        assert_eq!(Fixed::exact(125, 2).rounded(5).to_string(), "1.25");
        assert_eq!(Fixed::exact(9_876, 4).as_percent().to_string(), "98.76");
        assert_eq!(Fixed::exact(1, 0).as_percent().to_string(), "100");
        assert_eq!(text(Fixed::percentage_points((1, 3), (1, 2))), "-16.67");
        assert_eq!(Fixed::percentage_points((1, 3), (0, 0)), None);
    }

    proptest! {
        #[test]
        fn rounding_in_steps_is_rounding_once(
            numerator in -1_000_000_i128..1_000_000, denominator in 1_i128..3000, steps in prop::collection::vec(0_u8..9, 1..5)
        ) {
            let mut fixed = Fixed::from_ratio(numerator, denominator, 9);
            for decimals in &steps {
                fixed = fixed.rounded(*decimals);
            }
            let fewest = steps.iter().copied().min().unwrap();
            prop_assert_eq!(fixed, Fixed::from_ratio(numerator, denominator, fewest));
        }

        #[test]
        fn floats_are_rounded_once_too(x in -1e6..1e6_f64, decimals in 0_u8..5) {
            for x in [x, (x * 64.0).round() / 64.0] {
                prop_assert_eq!(Fixed::from_f64(x, 5).map(|fixed| fixed.rounded(decimals)), Fixed::from_f64(x, decimals));
            }
        }

        #[test]
        fn ratios_agree_with_long_division(
            numerator: i128, shift in 0_u32..127, large in 1..i128::MAX / 20, small in 1_i128..2000, decimals in 0_u8..12
        ) {
            let numerator = numerator >> shift;
            for denominator in [large, large >> shift.min(100) | 1, small] {
                let reference = reference_ratio(numerator, denominator, decimals);
                let units = Fixed::from_ratio(numerator, denominator, decimals).units;
                prop_assert!(units == 0 || (units < 0) == (numerator < 0));
                match units.unsigned_abs() {
                    0 => prop_assert_eq!(reference, ""),
                    magnitude if magnitude == i128::MAX.unsigned_abs() => prop_assert!(reference.len() > 38),
                    magnitude => prop_assert_eq!(magnitude.to_string(), reference),
                }
            }
        }

        #[test]
        fn floats_agree_with_the_standard_library(x in -1e9..1e9_f64, bits: u64, decimals in 0_usize..10) {
            for x in [x, (x * 64.0).round() / 64.0, f64::from_bits(bits)] {
                let Some(fixed) = Fixed::from_f64(x, u8::try_from(decimals).unwrap()) else { continue };
                let standard = format!("{x:.decimals$}");
                let unsigned_zero = standard.trim_start_matches('-');
                let is_zero = unsigned_zero.bytes().all(|byte| matches!(byte, b'0' | b'.'));
                prop_assert_eq!(fixed.to_string(), if is_zero { unsigned_zero } else { &standard });
            }
        }

        #[test]
        fn nearest_float_of_the_text(units: i128, shift in 0_u32..127, decimals in 0_u8..30) {
            let fixed = Fixed::exact(units >> shift, decimals);
            prop_assert_eq!(fixed.to_f64().to_bits() & !(1 << 63), fixed.to_string().parse::<f64>().unwrap().abs().to_bits());
            let mut bytes = b"x".to_vec();
            fixed.write_to(&mut bytes);
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), format!("x{fixed}"));
        }
    }
}
