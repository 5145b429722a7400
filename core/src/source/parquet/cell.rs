//! The cells of one Parquet column.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};

use super::super::number::{Cell, MAX_COUNT, read_amount, read_count, read_date, read_timestamp};

/// A column of a batch, by the few kinds of values that matter.
pub(crate) enum CellColumn {
    /// Nothing but nulls.
    Nothing,
    /// Texts.
    Texts(Texts),
    /// Whole numbers.
    Integers(Vec<Option<i128>>),
    /// Floating point numbers, as their shortest decimal form.
    Floats(ArrayRef),
    /// Decimals: digits and places.
    Decimals(PrimitiveArray<Decimal128Type>, i8),
    /// Instants, in microseconds since 1970.
    Times(Vec<Option<i64>>),
    /// Days since 1970.
    Dates(PrimitiveArray<Date32Type>),
}

/// The forms in which texts come.
pub(crate) enum Texts {
    Short(arrow_array::StringArray),
    Long(arrow_array::LargeStringArray),
    View(arrow_array::StringViewArray),
    Bytes(arrow_array::BinaryArray),
}

impl Texts {
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        match self {
            Texts::Short(texts) => texts.is_valid(row).then(|| texts.value(row).as_bytes()),
            Texts::Long(texts) => texts.is_valid(row).then(|| texts.value(row).as_bytes()),
            Texts::View(texts) => texts.is_valid(row).then(|| texts.value(row).as_bytes()),
            Texts::Bytes(texts) => texts.is_valid(row).then(|| texts.value(row)),
        }
    }
}

impl CellColumn {
    /// The cells of an array; `None` where its type cannot be read.
    pub fn new(array: &ArrayRef) -> Option<CellColumn> {
        macro_rules! integers {
            ($type:ty) => {
                CellColumn::Integers(array.as_primitive::<$type>().iter().map(|cell| cell.map(i128::from)).collect())
            };
        }
        macro_rules! times {
            ($type:ty, $micros:expr) => {
                CellColumn::Times(array.as_primitive::<$type>().iter().map(|cell| cell.map($micros)).collect())
            };
        }
        Some(match array.data_type() {
            DataType::Null => CellColumn::Nothing,
            DataType::Utf8 => CellColumn::Texts(Texts::Short(array.as_string::<i32>().clone())),
            DataType::LargeUtf8 => CellColumn::Texts(Texts::Long(array.as_string::<i64>().clone())),
            DataType::Utf8View => CellColumn::Texts(Texts::View(array.as_string_view().clone())),
            DataType::Binary => CellColumn::Texts(Texts::Bytes(array.as_binary::<i32>().clone())),
            DataType::Int8 => integers!(Int8Type),
            DataType::Int16 => integers!(Int16Type),
            DataType::Int32 => integers!(Int32Type),
            DataType::Int64 => integers!(Int64Type),
            DataType::UInt8 => integers!(UInt8Type),
            DataType::UInt16 => integers!(UInt16Type),
            DataType::UInt32 => integers!(UInt32Type),
            DataType::UInt64 => integers!(UInt64Type),
            DataType::Float32 | DataType::Float64 => CellColumn::Floats(ArrayRef::clone(array)),
            DataType::Decimal128(_, places) => {
                CellColumn::Decimals(array.as_primitive::<Decimal128Type>().clone(), *places)
            }
            DataType::Date32 => CellColumn::Dates(array.as_primitive::<Date32Type>().clone()),
            DataType::Timestamp(TimeUnit::Second, _) => {
                times!(TimestampSecondType, |seconds| seconds.saturating_mul(1_000_000))
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                times!(TimestampMillisecondType, |millis| millis.saturating_mul(1000))
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => times!(TimestampMicrosecondType, |micros| micros),
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                times!(TimestampNanosecondType, |nanos| nanos.div_euclid(1000))
            }
            _ => return None,
        })
    }

    /// Appends the cell's text; false where it is null.
    pub fn write_text(&self, row: usize, out: &mut Vec<u8>) -> bool {
        // Writing to memory does not fail.
        match self {
            CellColumn::Nothing => return false,
            CellColumn::Texts(texts) => {
                let Some(text) = texts.get(row) else { return false };
                out.extend_from_slice(text);
            }
            CellColumn::Integers(cells) => {
                let Some(value) = cells[row] else { return false };
                let _ = write!(out, "{value}");
            }
            CellColumn::Floats(array) => {
                if array.is_null(row) {
                    return false;
                }
                let _ = match array.data_type() {
                    DataType::Float32 => write!(out, "{}", array.as_primitive::<Float32Type>().value(row)),
                    _ => write!(out, "{}", array.as_primitive::<Float64Type>().value(row)),
                };
            }
            CellColumn::Decimals(cells, places) => {
                if cells.is_null(row) {
                    return false;
                }
                let _ = write!(out, "{}e{}", cells.value(row), -i32::from(*places));
            }
            CellColumn::Times(cells) => {
                let Some(micros) = cells[row] else { return false };
                let _ = write!(out, "{}", Timestamp(micros));
            }
            CellColumn::Dates(cells) => {
                if cells.is_null(row) {
                    return false;
                }
                let _ = write!(out, "{}", Day(cells.value(row)));
            }
        }
        true
    }

    /// The cell's text; `None` where it is null.
    pub fn text(&self, row: usize) -> Option<Cow<'_, [u8]>> {
        if let CellColumn::Texts(texts) = self {
            return texts.get(row).map(Cow::Borrowed);
        }
        let mut text = Vec::new();
        self.write_text(row, &mut text).then_some(Cow::Owned(text))
    }

    fn read_text<T>(&self, row: usize, read: impl Fn(&[u8]) -> Cell<T>) -> Cell<T> {
        self.text(row).map_or(Cell::Null, |text| read(&text))
    }

    /// The cell as a date.
    pub fn date(&self, row: usize) -> Cell<Day> {
        match self {
            CellColumn::Dates(cells) if cells.is_valid(row) => in_calendar(Day(cells.value(row))),
            CellColumn::Times(cells) => cells[row].map_or(Cell::Null, |micros| in_calendar(Timestamp(micros).day())),
            _ => self.read_text(row, read_date),
        }
    }

    /// The cell as a timestamp.
    pub fn timestamp(&self, row: usize) -> Cell<Timestamp> {
        match self {
            CellColumn::Dates(cells) if cells.is_valid(row) => match in_calendar(Day(cells.value(row))) {
                Cell::Value(day) => Cell::Value(Timestamp::midnight(day)),
                _ => Cell::Invalid,
            },
            CellColumn::Times(cells) => {
                cells[row].map_or(Cell::Null, |micros| match in_calendar(Timestamp(micros).day()) {
                    Cell::Value(_) => Cell::Value(Timestamp(micros)),
                    _ => Cell::Invalid,
                })
            }
            _ => self.read_text(row, read_timestamp),
        }
    }

    /// The cell as a count.
    pub fn count(&self, row: usize) -> Cell<u64> {
        // Whole numbers are what their texts would be read as.
        match self {
            CellColumn::Integers(cells) => cells[row].map_or(Cell::Null, |number| {
                let count = u64::try_from(number).ok().filter(|&count| count <= MAX_COUNT);
                count.map_or(Cell::Invalid, Cell::Value)
            }),
            _ => self.read_text(row, read_count),
        }
    }

    /// The cell as an amount.
    pub fn amount(&self, row: usize) -> Cell<Amount> {
        match self {
            CellColumn::Floats(array) if array.is_valid(row) => match array.data_type() {
                DataType::Float32 => amount_of(array.as_primitive::<Float32Type>().value(row)),
                _ => amount_of(array.as_primitive::<Float64Type>().value(row)),
            },
            _ => self.read_text(row, read_amount),
        }
    }
}

/// The amount that the shortest decimal form of a floating point number is.
fn amount_of<F: Copy + Display + Default + PartialEq>(number: F) -> Cell<Amount> {
    // Most amounts are zero.
    if number == F::default() {
        return Cell::Value(Amount::ZERO);
    }
    let mut text = [0; 32];
    let mut rest = &mut text[..];
    let is_whole = write!(rest, "{number}").is_ok();
    let unused = rest.len();
    if is_whole {
        read_amount(&text[..text.len() - unused])
    } else {
        // Very large or very small.
        read_amount(number.to_string().as_bytes())
    }
}

fn in_calendar(day: Day) -> Cell<Day> {
    if (Day::MIN..=Day::MAX).contains(&day) { Cell::Value(day) } else { Cell::Invalid }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    use arrow_array::{Float32Array, Float64Array, Int64Array, UInt64Array};

    /// What the text of each cell would be read as.
    fn check(array: &ArrayRef) -> Result<(), TestCaseError> {
        let rows = array.len();
        let cells = CellColumn::new(array).unwrap();
        for row in 0..rows {
            let text = cells.text(row);
            let (count, amount) =
                text.as_ref().map_or((Cell::Null, Cell::Null), |text| (read_count(text), read_amount(text)));
            prop_assert_eq!(cells.count(row), count, "{:?}", text);
            prop_assert_eq!(cells.amount(row), amount, "{:?}", text);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn numbers_are_what_their_texts_are(
            integers in prop::collection::vec(prop::option::of(prop_oneof![-5_i64..5, (1_i64 << 53) - 2..(1 << 53) + 2, any::<i64>()]), 0..20),
            large in prop::collection::vec(any::<u64>(), 0..10),
            short in prop::collection::vec(prop_oneof![Just(0.0), Just(-0.0), -1e3..1e6_f32, prop::num::f32::ANY], 0..20),
            floats in prop::collection::vec(prop::option::of(prop_oneof![
                Just(0.0), Just(-0.0), (0..50_u32).prop_map(f64::from), -1e3..1e6_f64, prop::num::f64::ANY
            ]), 0..20),
        ) {
            let arrays: [ArrayRef; 4] = [
                Arc::new(Int64Array::from(integers)),
                Arc::new(UInt64Array::from(large)),
                Arc::new(Float32Array::from(short)),
                Arc::new(Float64Array::from(floats)),
            ];
            arrays.iter().try_for_each(check)?;
        }
    }
}
