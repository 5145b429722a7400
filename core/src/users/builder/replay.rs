//! A builder for the same inputs as of another date.

use crate::value::calendar::Day;

use super::super::quality::RowTallies;
use super::UserTableBuilder;

impl UserTableBuilder {
    /// A builder of the same inputs as of another date, to which the accepted rows are to be added again. It has what no
    /// as-of date changes: names, columns, and the counts and examples of rejected rows and invalid values.
    ///
    /// The rejected rows themselves are not held twice: the caller has them with the table as of the first date.
    #[must_use]
    pub fn without_rows(&self, as_of: Option<Day>) -> UserTableBuilder {
        UserTableBuilder {
            columns: self.columns.clone(),
            tallies: RowTallies {
                rows_with_invalid_values: self.tallies.rows_with_invalid_values,
                rejected: self.tallies.rejected.clone(),
                invalid_values: self.tallies.invalid_values.clone(),
                ..RowTallies::default()
            },
            ..UserTableBuilder::new(as_of, self.input_names.clone())
        }
    }
}
