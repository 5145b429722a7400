//! How a cell of the matrix of behavioural and revenue segments looks; the page lays the cells out as a table.

use strata_core::value::fixed::Fixed;

use crate::colour::residual_level;
use crate::format::{NOT_KNOWN, signed};
use crate::stylesheet::residual_name;

/// From this size on a residual is marked: about 5 % of cells reach it by chance.
const REMARKABLE: f64 = 2.0;

/// How a cell looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// Class of [`crate::stylesheet::css_rules`], as `residual-more-2`.
    pub class: String,
    /// The residual with its sign, as `+3.4`; a dash where it is not known.
    pub text: String,
    /// Whether it is 2 or more in size, and should be marked (bold, with a sign), not by colour alone.
    pub is_marked: bool,
    /// What the sign means, in words: `more than expected`.
    pub meaning: &'static str,
}

/// The look of a cell with this adjusted standardized residual; `None` where it is not estimable.
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
