//! The cells of one Parquet column.

use std::io::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use crate::calendar::{Day, Timestamp};
use crate::money::Amount;

use super::super::number::{Cell, read_amount, read_count, read_date, read_timestamp};

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

    fn read_text<T>(&self, row: usize, read: impl Fn(&[u8]) -> Cell<T>) -> Cell<T> {
        if let CellColumn::Texts(texts) = self {
            return texts.get(row).map_or(Cell::Null, read);
        }
        let mut text = Vec::new();
        if self.write_text(row, &mut text) { read(&text) } else { Cell::Null }
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
        self.read_text(row, read_count)
    }

    /// The cell as an amount.
    pub fn amount(&self, row: usize) -> Cell<Amount> {
        self.read_text(row, read_amount)
    }
}

fn in_calendar(day: Day) -> Cell<Day> {
    if (Day::MIN..=Day::MAX).contains(&day) { Cell::Value(day) } else { Cell::Invalid }
}
