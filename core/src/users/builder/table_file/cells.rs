//! The cells of a user table that was read, each checked for its type and for what it may be.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, Int64Array, PrimitiveArray, StructArray};
use arrow_schema::DataType;

use crate::source::parquet::CellColumn;
use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};

use super::TableProblem;
use super::schema::{AMOUNT_LIMIT, AMOUNT_PLACES};

pub fn damaged(reason: impl Into<String>) -> TableProblem {
    TableProblem::Damaged { reason: reason.into() }
}

/// Texts, checked to be UTF-8.
pub struct Texts(CellColumn);

impl Texts {
    pub fn new(array: &ArrayRef, name: &str) -> Result<Texts, TableProblem> {
        let wrong = || wrong_type(Ok(array), name, "text");
        match CellColumn::new(array) {
            Some(texts @ CellColumn::Texts(_)) => Ok(Texts(texts)),
            _ => Err(wrong()),
        }
    }

    pub fn get(&self, at: usize) -> Option<&[u8]> {
        let CellColumn::Texts(texts) = &self.0 else { return None };
        texts.get(at).filter(|text| std::str::from_utf8(text).is_ok())
    }
}

/// Where the list of each user is among the values; null is empty.
pub struct Lists(Vec<Range<usize>>);

impl Lists {
    pub fn range(&self, user: usize) -> Range<usize> {
        self.0[user].clone()
    }
}

/// The lists of a column, and their items.
pub fn lists(array: &ArrayRef, name: &str) -> Result<(Lists, ArrayRef), TableProblem> {
    let list = array.as_list_opt::<i32>().ok_or_else(|| wrong_type(Ok(array), name, "LIST"))?;
    let index = |offset: i32| usize::try_from(offset).unwrap_or(0);
    let range = |(at, pair): (usize, &[i32])| {
        let end = if list.is_valid(at) { pair[1] } else { pair[0] };
        index(pair[0])..index(end)
    };
    let ranges = list.value_offsets().windows(2).enumerate().map(range).collect();
    Ok((Lists(ranges), ArrayRef::clone(list.values())))
}

pub fn structs<'a>(array: &'a ArrayRef, name: &str) -> Result<&'a StructArray, TableProblem> {
    array.as_struct_opt().ok_or_else(|| wrong_type(Ok(array), name, "LIST of STRUCT"))
}

pub fn field<'a>(array: &'a StructArray, name: &str) -> Result<&'a ArrayRef, TableProblem> {
    array.column_by_name(name).ok_or_else(|| missing(name))
}

pub fn integers(array: &ArrayRef, name: &str) -> Result<Int64Array, TableProblem> {
    match array.data_type() {
        DataType::Int64 => Ok(array.as_primitive::<Int64Type>().clone()),
        DataType::Int32 => Ok(array.as_primitive::<Int32Type>().iter().map(|cell| cell.map(i64::from)).collect()),
        _ => Err(wrong_type(Ok(array), name, "BIGINT")),
    }
}

pub fn dates(array: &ArrayRef, name: &str) -> Result<PrimitiveArray<Date32Type>, TableProblem> {
    array.as_primitive_opt::<Date32Type>().cloned().ok_or_else(|| wrong_type(Ok(array), name, "DATE"))
}

pub fn amounts(array: &ArrayRef, name: &str) -> Result<PrimitiveArray<Decimal128Type>, TableProblem> {
    let amounts = array.as_primitive_opt::<Decimal128Type>().filter(|amounts| amounts.scale() == AMOUNT_PLACES);
    amounts.cloned().ok_or_else(|| wrong_type(Ok(array), name, "DECIMAL(38, 9)"))
}

pub fn missing(name: &str) -> TableProblem {
    damaged(format!("it has no column {name}"))
}

pub fn wrong_type(array: Result<&ArrayRef, TableProblem>, name: &str, expected: &str) -> TableProblem {
    match array {
        Ok(array) => damaged(format!("column {name} has the type {}, expected {expected}", array.data_type())),
        Err(problem) => problem,
    }
}

pub fn value_at(array: &Int64Array, at: usize) -> Option<i64> {
    array.is_valid(at).then(|| array.value(at))
}

pub fn count_at(array: &Int64Array, at: usize, most: u64, name: &str) -> Result<Option<u64>, TableProblem> {
    let Some(value) = value_at(array, at) else { return Ok(None) };
    let count = u64::try_from(value).ok().filter(|&count| count <= most);
    count.map(Some).ok_or_else(|| damaged(format!("{name} is {value}, expected 0 to {most}")))
}

pub fn amount_at(
    array: &PrimitiveArray<Decimal128Type>,
    at: usize,
    limit: i128,
    name: &str,
) -> Result<Option<Amount>, TableProblem> {
    if array.is_null(at) {
        return Ok(None);
    }
    let amount = array.value(at);
    if amount.unsigned_abs() > limit.min(AMOUNT_LIMIT).unsigned_abs() {
        return Err(damaged(format!("{name} is larger than its rows can be")));
    }
    Ok(Some(Amount(amount)))
}

pub fn day_at(array: &PrimitiveArray<Date32Type>, at: usize, name: &str) -> Result<Day, TableProblem> {
    let day = array.is_valid(at).then(|| Day(array.value(at)));
    let day = day.filter(|day| (Day::MIN..=Day::MAX).contains(day));
    day.ok_or_else(|| damaged(format!("a date of {name} is null or outside the years 1 to 9999")))
}

pub fn time_of(micros: i64) -> Result<Timestamp, TableProblem> {
    let time = Timestamp(micros);
    let is_in_calendar = (Day::MIN..=Day::MAX).contains(&time.day());
    is_in_calendar.then_some(time).ok_or_else(|| damaged(format!("time {micros} is outside the years 1 to 9999")))
}
