//! Tables of counts with any number of rows and columns: are rows and columns independent?

use super::chi_squared;

/// A table of counts with its margins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContingencyTable {
    counts: Vec<u64>,
    row_totals: Vec<u64>,
    column_totals: Vec<u64>,
    total: u64,
}

/// Pearson's chi-squared test of independence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndependenceTest {
    /// `(rows - 1)(columns - 1)` over non-empty rows and columns; 0 if fewer than two of either are left.
    pub degrees_of_freedom: u32,
    /// The statistic; `None` without degrees of freedom.
    pub chi_squared: Option<f64>,
    /// Its p-value; `None` without degrees of freedom.
    pub p_value: Option<f64>,
    /// Cramér's V, 0 (independent) to 1; `None` without degrees of freedom.
    pub cramers_v: Option<f64>,
}

impl ContingencyTable {
    /// The table of `counts`, row by row, in rows of `columns` cells. A last row that is too short ends in zeros.
    #[must_use]
    pub fn new(columns: usize, mut counts: Vec<u64>) -> ContingencyTable {
        let columns = columns.max(1);
        let rows = counts.len().div_ceil(columns);
        counts.resize(rows * columns, 0);
        let row_totals: Vec<u64> = counts.chunks_exact(columns).map(|row| row.iter().sum()).collect();
        let column_totals = (0..columns).map(|j| counts.iter().skip(j).step_by(columns).sum()).collect();
        let total = row_totals.iter().sum();
        ContingencyTable { counts, row_totals, column_totals, total }
    }

    /// All counts together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The observed count; `None` outside the table.
    #[must_use]
    pub fn observed(&self, row: usize, column: usize) -> Option<u64> {
        self.column_totals.get(column)?;
        self.counts.get(row * self.column_totals.len() + column).copied()
    }

    /// The count expected under independence, `row total * column total / n`.
    ///
    /// `None` for a table without counts, and outside the table.
    #[must_use]
    pub fn expected(&self, row: usize, column: usize) -> Option<f64> {
        let (row_total, column_total) = self.margins(row, column)?;
        (self.total > 0).then(|| row_total as f64 * column_total as f64 / self.total as f64)
    }

    /// How many standard errors the observed count lies above the expected one.
    ///
    /// Under independence it is approximately standard normal. `None` where the cell's row or column is empty, or holds
    /// everything, and outside the table.
    ///
    /// # Formula
    /// `(o - e) / sqrt(e (1 - row/n) (1 - column/n))`
    ///
    /// S. J. Haberman, "The Analysis of Residuals in Cross-Classified Tables", Biometrics 29 (1973), 205-220.
    #[must_use]
    pub fn adjusted_residual(&self, row: usize, column: usize) -> Option<f64> {
        let (row_total, column_total) = self.margins(row, column)?;
        let holds_something = 1..self.total;
        if !holds_something.contains(&row_total) || !holds_something.contains(&column_total) {
            return None;
        }
        let observed = self.observed(row, column)? as f64;
        let expected = self.expected(row, column)?;
        let n = self.total as f64;
        let rest = |margin: u64| (self.total - margin) as f64 / n;
        Some((observed - expected) / (expected * rest(row_total) * rest(column_total)).sqrt())
    }

    /// Tests whether rows and columns are independent, over non-empty rows and columns.
    ///
    /// # Formula
    /// `χ² = Σ (o - e)² / e` with `(r - 1)(c - 1)` degrees of freedom; `V = sqrt(χ² / (n min(r - 1, c - 1)))`.
    /// Terms are added one by one along the rows, so that the unrounded statistic is reproducible.
    ///
    /// H. Cramér, "Mathematical Methods of Statistics" (1946), section 21.9.
    #[must_use]
    pub fn independence_test(&self) -> IndependenceTest {
        let spare = |totals: &[u64]| totals.iter().filter(|&&total| total > 0).count().saturating_sub(1);
        let (rows, columns) = (spare(&self.row_totals), spare(&self.column_totals));
        let degrees_of_freedom = u32::try_from(rows * columns).unwrap_or(u32::MAX);
        if degrees_of_freedom == 0 {
            return IndependenceTest { degrees_of_freedom, chi_squared: None, p_value: None, cramers_v: None };
        }
        let mut statistic = 0.0;
        for (row, column) in self.tested_cells() {
            if let (Some(observed), Some(expected)) = (self.observed(row, column), self.expected(row, column)) {
                let difference = observed as f64 - expected;
                statistic += difference * difference / expected;
            }
        }
        let most = self.total as f64 * rows.min(columns) as f64;
        IndependenceTest {
            degrees_of_freedom,
            chi_squared: Some(statistic),
            p_value: Some(chi_squared::survival(statistic, degrees_of_freedom)),
            cramers_v: Some((statistic / most).sqrt().min(1.0)),
        }
    }

    /// The share (0..1) of cells in non-empty rows and columns whose expected count is below 5; 0 without any.
    ///
    /// Above 0.2 the chi-squared approximation is doubtful: W. G. Cochran, "Some Methods for Strengthening the
    /// Common χ² Tests", Biometrics 10 (1954), 417-451.
    #[must_use]
    pub fn few_expected_share(&self) -> f64 {
        let (mut few, mut all) = (0_u64, 0_u64);
        for (row, column) in self.tested_cells() {
            let Some((row_total, column_total)) = self.margins(row, column) else { continue };
            // In integers, so that an expected count of exactly 5 is never rounded below it.
            let is_few = u128::from(row_total) * u128::from(column_total) < 5 * u128::from(self.total);
            few += u64::from(is_few);
            all += 1;
        }
        if all == 0 { 0.0 } else { few as f64 / all as f64 }
    }

    /// Row and column of every cell whose margins are not empty, row by row.
    fn tested_cells(&self) -> impl Iterator<Item = (usize, usize)> {
        let filled = |totals: &[u64]| -> Vec<usize> {
            totals.iter().enumerate().filter(|&(_, &total)| total > 0).map(|(index, _)| index).collect()
        };
        let columns = filled(&self.column_totals);
        filled(&self.row_totals)
            .into_iter()
            .flat_map(move |row| columns.clone().into_iter().map(move |column| (row, column)))
    }

    fn margins(&self, row: usize, column: usize) -> Option<(u64, u64)> {
        Some((*self.row_totals.get(row)?, *self.column_totals.get(column)?))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the edges are exact")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(value: f64, expected: f64, tolerance: f64) -> bool {
        (value - expected).abs() <= tolerance * expected.abs()
    }

    /// A. Agresti, "An Introduction to Categorical Data Analysis" (2007), tables 2.5 and 2.8: gender and party
    /// identification.
    #[test]
    fn published_table() {
        let table = ContingencyTable::new(3, vec![762, 327, 468, 484, 239, 477]);
        let test = table.independence_test();
        assert_eq!(test.degrees_of_freedom, 2);
        assert!(close(test.chi_squared.unwrap(), 30.07, 1e-4), "{test:?}");
        let residuals: Vec<f64> = (0..6).map(|cell| table.adjusted_residual(cell / 3, cell % 3).unwrap()).collect();
        for (residual, published) in residuals.iter().zip([4.50, 0.70, -5.32, -4.50, -0.70, 5.32]) {
            assert!((residual - published).abs() < 0.005, "{residuals:?}");
        }
        assert!((table.expected(0, 0).unwrap() - 703.7).abs() < 0.05);
    }

    /// scipy 1.17: `chi2_contingency(..., correction=False)`, unrounded.
    #[test]
    fn statistic_is_reproducible() {
        for (columns, counts, statistic) in [
            (2, vec![2, 0, 0, 4], 6.000_000_000_000_001),
            (3, vec![0, 0, 40, 24, 20, 1, 56, 60, 40], 104.010_432_626_358_54),
            (3, vec![12, 0, 24, 0, 12, 12], 26.666_666_666_666_664),
        ] {
            assert_eq!(ContingencyTable::new(columns, counts).independence_test().chi_squared, Some(statistic));
        }
    }

    #[test]
    fn empty_rows_and_columns_are_left_out() {
        let full = ContingencyTable::new(2, vec![12, 7, 3, 9]);
        let sparse = ContingencyTable::new(3, vec![12, 0, 7, 0, 0, 0, 3, 0, 9]);
        assert_eq!(full.independence_test(), sparse.independence_test());
        assert!(close(full.few_expected_share(), sparse.few_expected_share(), 0.0));
        assert_eq!(sparse.expected(1, 1), Some(0.0));
        assert_eq!(sparse.adjusted_residual(1, 1), None);
        assert_eq!(sparse.adjusted_residual(0, 2), full.adjusted_residual(0, 1));
    }

    #[test]
    fn without_freedom_there_is_no_test() {
        for counts in [vec![], vec![0, 0, 0, 0], vec![3, 0, 0, 0], vec![3, 4, 0, 0], vec![3, 0, 4, 0]] {
            let table = ContingencyTable::new(2, counts);
            let nothing = IndependenceTest { degrees_of_freedom: 0, chi_squared: None, p_value: None, cramers_v: None };
            assert_eq!(table.independence_test(), nothing);
            assert_eq!(table.adjusted_residual(0, 0), None);
        }
        let empty = ContingencyTable::new(2, vec![0; 4]);
        assert_eq!((empty.expected(0, 0), empty.few_expected_share()), (None, 0.0));
    }

    #[test]
    fn five_expected_is_not_few() {
        // Expected counts 5, 72, 60 and 864.
        assert_eq!(ContingencyTable::new(2, vec![5, 72, 60, 864]).few_expected_share(), 0.0);
        assert_eq!(ContingencyTable::new(2, vec![4, 73, 60, 864]).few_expected_share(), 0.25);
    }

    #[test]
    fn perfect_association_is_one() {
        let test = ContingencyTable::new(3, vec![7, 0, 0, 0, 8, 0, 0, 0, 9]).independence_test();
        assert!(close(test.cramers_v.unwrap(), 1.0, 1e-15));
    }

    #[test]
    fn outside_and_short_rows() {
        let table = ContingencyTable::new(2, vec![1, 2, 3]);
        assert_eq!((table.total(), table.observed(1, 1), table.observed(0, 2)), (6, Some(0), None));
        assert_eq!((table.expected(2, 0), table.adjusted_residual(0, 2)), (None, None));
    }

    proptest! {
        #[test]
        fn margins_are_kept(counts in prop::collection::vec(0_u64..50, 12)) {
            let table = ContingencyTable::new(4, counts.clone());
            if table.total() > 0 {
                let sum: f64 = (0..12).map(|cell| table.expected(cell / 4, cell % 4).unwrap()).sum();
                prop_assert!(close(sum, table.total() as f64, 1e-12));
            }
            let transposed: Vec<u64> = (0..12).map(|cell| counts[cell % 3 * 4 + cell / 3]).collect();
            let other = ContingencyTable::new(3, transposed).independence_test();
            let test = table.independence_test();
            prop_assert_eq!(test.degrees_of_freedom, other.degrees_of_freedom);
            if let (Some(x), Some(y)) = (test.chi_squared, other.chi_squared) {
                prop_assert!((x - y).abs() <= 1e-12 * x.max(1.0));
            }
            if let Some(v) = test.cramers_v {
                prop_assert!((0.0..=1.0).contains(&v));
            }
        }
    }
}
