//! Appearance of a cell in the matrix of behavioural and revenue segments; the page lays out the cells as a table.

use strata_core::value::fixed::Fixed;

use crate::colour::residual_level;
use crate::format::{NOT_KNOWN, signed};
use crate::stylesheet::residual_name;

/// A residual of at least this size is marked: about 5% of cells reach it by chance.
const REMARKABLE: f64 = 2.0;

/// Appearance of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// Class of [`crate::stylesheet::css_rules`], such as `residual-more-2`.
    pub class: String,
    /// The residual with its sign, such as `+3.4`; a dash if unknown.
    pub text: String,
    /// Whether its absolute value is 2 or more: it is then marked in bold and with a sign, not by colour alone.
    pub is_marked: bool,
    /// The meaning of the sign in words: `more than expected`.
    pub meaning: &'static str,
}

/// Returns the appearance of a cell with this adjusted standardised residual; `None` if it cannot be estimated.
#[must_use]
pub fn matrix_cell(residual: Option<Fixed>) -> MatrixCell {
    let number = residual.map_or(0.0, Fixed::to_f64);
    let meaning = match residual.map(Fixed::to_f64) {
        None => "not estimable",
        Some(value) if value >= REMARKABLE => "more than expected",
        Some(value) if value <= -REMARKABLE => "fewer than expected",
        Some(_) => "about as expected",
    };
    MatrixCell {
        class: format!("residual-{}", residual_name(residual_level(number))),
        text: residual.map_or_else(|| NOT_KNOWN.to_owned(), |residual| signed(residual, 1)),
        is_marked: number.abs() >= REMARKABLE,
        meaning,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_say_their_sign_in_text() {
        let cell = matrix_cell(Some(Fixed::exact(342, 2)));
        assert_eq!((cell.text.as_str(), cell.class.as_str(), cell.is_marked), ("+3.4", "residual-more-2", true));
        let cell = matrix_cell(Some(Fixed::exact(-196, 2)));
        assert_eq!((cell.text.as_str(), cell.class.as_str(), cell.is_marked), ("−2.0", "residual-less-1", false));
        let cell = matrix_cell(None);
        assert_eq!((cell.text.as_str(), cell.class.as_str()), ("–", "residual-none"));
        assert_eq!(cell.meaning, "not estimable");
    }
}
