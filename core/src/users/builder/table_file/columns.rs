//! The columns of a user table that was read.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array, BooleanArray, Int64Array, PrimitiveArray, RecordBatch};

use crate::finding::excerpt;
use crate::source::Column;
use crate::source::number::MAX_COUNT;
use crate::value::amount::Amount;
use crate::value::stage::Stage;

use super::super::super::table::Milestone;
use super::super::super::totals::{OptionalCount, UserTotals};
use super::TableProblem;
use super::cells::{
    Lists, Texts, amount_at, amounts, count_at, damaged, dates, day_at, field, integers, lists, missing, structs,
    time_of, value_at, wrong_type,
};
use super::schema::{
    AMOUNT_LIMIT, COHORT_DATE, COUNTS, DATE, DAYS, DERIVED_CELLS, DEVICE, DEVICES, INPUT_COLUMNS, KNOWN_CELLS,
    MILESTONES, MINUTES, MINUTES_WEIGHT, NEWEST_UPDATE, REVENUE_DAYS, REVENUES, ROW_COUNTS, SEVERAL_COHORT_DATES,
    STAGE, TIME, USER_ID, WEIGHTED_MINUTES,
};

/// The columns of a batch.
pub struct UserColumns {
    pub input_columns: Texts,
    pub newest_update: Int64Array,
    pub id: Texts,
    cohort_date: PrimitiveArray<Date32Type>,
    has_several_cohort_dates: BooleanArray,
    /// In the order of [`COUNTS`].
    counts: Vec<Int64Array>,
    minutes: PrimitiveArray<Decimal128Type>,
    weighted_minutes: PrimitiveArray<Decimal128Type>,
    minutes_weight: Int64Array,
    known_cells: Int64Array,
    derived_cells: Int64Array,
    devices: Lists,
    device_texts: Texts,
    pub days: Lists,
    pub day_date: PrimitiveArray<Date32Type>,
    pub day_device: Int64Array,
    pub day_counts: Vec<Int64Array>,
    pub revenue_days: Lists,
    pub revenue_date: PrimitiveArray<Date32Type>,
    pub revenues: Vec<PrimitiveArray<Decimal128Type>>,
    pub milestones: Lists,
    stage: Texts,
    time: Int64Array,
}

impl UserColumns {
    /// The columns by their names.
    pub fn new(batch: &RecordBatch) -> Result<UserColumns, TableProblem> {
        let column = |name: &str| batch.column_by_name(name).ok_or_else(|| missing(name));
        let (devices, device_values) = lists(column(DEVICES)?, DEVICES)?;
        let (days, day_values) = lists(column(DAYS)?, DAYS)?;
        let day = structs(&day_values, DAYS)?;
        let (revenue_days, revenue_values) = lists(column(REVENUE_DAYS)?, REVENUE_DAYS)?;
        let revenue = structs(&revenue_values, REVENUE_DAYS)?;
        let (milestones, milestone_values) = lists(column(MILESTONES)?, MILESTONES)?;
        let milestone = structs(&milestone_values, MILESTONES)?;
        Ok(UserColumns {
            input_columns: Texts::new(column(INPUT_COLUMNS)?, INPUT_COLUMNS)?,
            newest_update: integers(column(NEWEST_UPDATE)?, NEWEST_UPDATE)?,
            id: Texts::new(column(USER_ID)?, USER_ID)?,
            cohort_date: dates(column(COHORT_DATE)?, COHORT_DATE)?,
            has_several_cohort_dates: column(SEVERAL_COHORT_DATES)?
                .as_boolean_opt()
                .cloned()
                .ok_or_else(|| wrong_type(column(SEVERAL_COHORT_DATES), SEVERAL_COHORT_DATES, "BOOLEAN"))?,
            counts: COUNTS.iter().map(|count| integers(column(count.name)?, count.name)).collect::<Result<_, _>>()?,
            minutes: amounts(column(MINUTES)?, MINUTES)?,
            weighted_minutes: amounts(column(WEIGHTED_MINUTES)?, WEIGHTED_MINUTES)?,
            minutes_weight: integers(column(MINUTES_WEIGHT)?, MINUTES_WEIGHT)?,
            known_cells: integers(column(KNOWN_CELLS)?, KNOWN_CELLS)?,
            derived_cells: integers(column(DERIVED_CELLS)?, DERIVED_CELLS)?,
            devices,
            device_texts: Texts::new(&device_values, DEVICES)?,
            days,
            day_date: dates(field(day, DATE)?, DATE)?,
            day_device: integers(field(day, DEVICE)?, DEVICE)?,
            day_counts: ROW_COUNTS.iter().map(|name| integers(field(day, name)?, name)).collect::<Result<_, _>>()?,
            revenue_days,
            revenue_date: dates(field(revenue, DATE)?, DATE)?,
            revenues: REVENUES.iter().map(|name| amounts(field(revenue, name)?, name)).collect::<Result<_, _>>()?,
            milestones,
            stage: Texts::new(field(milestone, STAGE)?, STAGE)?,
            time: integers(field(milestone, TIME)?, TIME)?,
        })
    }

    /// The devices to which a user's days refer by number.
    pub fn devices_of(&self, user: usize) -> Result<Vec<&[u8]>, TableProblem> {
        let range = self.devices.range(user);
        range.map(|at| self.device_texts.get(at).ok_or_else(|| damaged("a device is null"))).collect()
    }

    /// Reads the sums; the count of rows is known.
    pub fn read_sums(&self, user: usize, totals: &mut UserTotals) -> Result<(), TableProblem> {
        let rows = u64::from(totals.row_count);
        let most = rows.saturating_mul(MAX_COUNT);
        for (column, counts) in COUNTS.iter().zip(&self.counts) {
            let count = count_at(counts, user, (column.limit)(rows), column.name)?;
            (column.set)(totals, OptionalCount::from(count));
        }
        let minutes = amount_at(&self.minutes, user, Amount::MAX_CELL * i128::from(rows), MINUTES)?;
        totals.has_minutes = minutes.is_some();
        totals.minutes = minutes.unwrap_or_default();
        let weighted = amount_at(&self.weighted_minutes, user, AMOUNT_LIMIT, WEIGHTED_MINUTES)?;
        totals.weighted_minutes = weighted.unwrap_or_default();
        totals.minutes_weight = count_at(&self.minutes_weight, user, most, MINUTES_WEIGHT)?.unwrap_or(0);
        if totals.minutes < Amount::ZERO || totals.weighted_minutes < Amount::ZERO {
            return Err(damaged("its minutes are below zero"));
        }
        let cells = rows.saturating_mul(Column::METRICS.len() as u64);
        totals.known_metric_cells = count_at(&self.known_cells, user, cells, KNOWN_CELLS)?.unwrap_or(0);
        let derived = count_at(&self.derived_cells, user, rows, DERIVED_CELLS)?.unwrap_or(0);
        totals.derived_total_count = u32::try_from(derived).unwrap_or(u32::MAX);
        if self.cohort_date.is_valid(user) {
            totals.told_cohort_date = Some(day_at(&self.cohort_date, user, COHORT_DATE)?);
        }
        let several = &self.has_several_cohort_dates;
        totals.has_several_cohort_dates = several.is_valid(user) && several.value(user);
        Ok(())
    }

    /// A milestone, by its place among those of all users.
    pub fn milestone(&self, at: usize) -> Result<Milestone, TableProblem> {
        let name = self.stage.get(at).unwrap_or_default();
        let stage = std::str::from_utf8(name).ok().and_then(|name| name.parse::<Stage>().ok());
        let stage = stage.filter(|&stage| stage != Stage::FtueStart);
        let stage = stage.ok_or_else(|| damaged(format!("`{}` is no stage with a time", excerpt(name, 60))))?;
        let micros = value_at(&self.time, at).ok_or_else(|| damaged(format!("the time of {stage} is null")))?;
        Ok(Milestone { stage, time: time_of(micros)? })
    }
}
