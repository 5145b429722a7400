//! A small table of printed values, written as CSV or JSON objects.

use std::io::{self, Write};

use serde_json::{Map, Value as Json};

use super::RowWriter;
use crate::value::fixed::{Fixed, significant_6};

/// The value of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An unknown value.
    Null,
    /// A whole number.
    Count(u64),
    /// A number with a fixed number of decimals.
    Fixed(Fixed),
    /// A p-value, printed with six significant digits.
    PValue(f64),
    /// True or false.
    Bool(bool),
    /// A word, a date or a name from the contract.
    Word(String),
}

impl Value {
    /// The value as JSON; numbers have the digits that are printed.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Count(count) => Json::from(*count),
            Value::Fixed(number) => Json::from(number.to_f64()),
            Value::PValue(p_value) => Json::from(printed_p_value(*p_value)),
            Value::Bool(value) => Json::from(*value),
            Value::Word(word) => Json::from(word.as_str()),
        }
    }
}

/// The number that a p-value is rounded to when printed.
#[must_use]
pub fn printed_p_value(p_value: f64) -> f64 {
    significant_6(p_value).parse().unwrap_or(p_value)
}

impl From<u64> for Value {
    fn from(count: u64) -> Value {
        Value::Count(count)
    }
}

impl From<Fixed> for Value {
    fn from(number: Fixed) -> Value {
        Value::Fixed(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(word: &str) -> Value {
        Value::Word(word.to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// A column of a table: its name, its value in a row, and its meaning.
pub type Column<Row> = (&'static str, fn(&Row) -> Value, &'static str);

/// A column, as described in the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// The name; `<N>` stands for a retention window.
    pub name: &'static str,
    /// What the column contains, in one phrase.
    pub meaning: &'static str,
}

/// Describes each column, in order.
#[must_use]
pub fn describe<Row>(columns: &[Column<Row>]) -> Vec<ColumnInfo> {
    columns.iter().map(|&(name, _, meaning)| ColumnInfo { name, meaning }).collect()
}

/// A table with named columns. Each row is generated when it is written.
pub struct Table<'a> {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Rows, with a value for each column.
    pub rows: Box<dyn Iterator<Item = Vec<Value>> + 'a>,
}

impl<'a> Table<'a> {
    /// A table with all of these columns.
    #[must_use]
    pub fn new<Row>(columns: &'static [Column<Row>], rows: impl IntoIterator<Item = &'a Row> + 'a) -> Table<'a> {
        Table::of(columns.iter().collect(), rows)
    }

    /// A table with some of these columns, selected by name.
    #[must_use]
    pub fn select<Row>(
        columns: &'static [Column<Row>],
        names: &[&str],
        rows: impl IntoIterator<Item = &'a Row> + 'a,
    ) -> Table<'a> {
        Table::of(columns.iter().filter(|(name, ..)| names.contains(name)).collect(), rows)
    }

    fn of<Row>(columns: Vec<&'static Column<Row>>, rows: impl IntoIterator<Item = &'a Row> + 'a) -> Table<'a> {
        let names = columns.iter().map(|(name, ..)| (*name).to_owned()).collect();
        let cells = move |row| columns.iter().map(|(_, value, _)| value(row)).collect();
        Table { columns: names, rows: Box::new(rows.into_iter().map(cells)) }
    }

    /// Writes the table as CSV.
    ///
    /// # Errors
    /// Any error of the writer.
    pub fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let mut rows = RowWriter::new(out, false);
        for name in &self.columns {
            rows.word(name);
        }
        rows.end_row()?;
        for row in self.rows {
            for value in row {
                match value {
                    Value::Null => rows.null(),
                    Value::Count(count) => rows.display(count)?,
                    Value::Fixed(number) => number.write_to(rows.plain_cell()),
                    Value::PValue(p_value) => rows.word(&significant_6(p_value)),
                    Value::Bool(value) => rows.display(value)?,
                    Value::Word(word) => rows.text(word.as_bytes()),
                }
            }
            rows.end_row()?;
        }
        rows.finish()
    }

    /// The rows as JSON objects with the column names as keys.
    #[must_use]
    pub fn to_json_objects(self) -> Json {
        let columns = self.columns;
        let object = |row: Vec<Value>| {
            let cells = columns.iter().cloned().zip(row.iter().map(Value::to_json));
            Json::Object(cells.collect::<Map<String, Json>>())
        };
        self.rows.map(object).collect()
    }
}
