//! The files with one row per user, and the rejected rows, written row by row.

use std::io::{self, Write};
use std::ops::Range;

use crate::report::{Journey, UserResults};
use crate::source::RejectedRow;
use crate::user_list::{UserCells, UserColumn};
use crate::users::UserTable;
use crate::value::digits::{write_integer, write_signed_integer};

use super::super::bundle::OutputBundle;
use super::RowWriter;
use super::table::ColumnInfo;
use crate::value::fixed::Fixed;

/// Writes the rows of some users to `user_segments.csv`; the header comes with the first user.
pub(in super::super) fn user_segments(
    bundle: &OutputBundle<'_>,
    users: Range<u32>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = RowWriter::new(out, bundle.spreadsheet_safe);
    if users.start == 0 {
        segments_header(&mut rows)?;
    }
    segments_rows(bundle.table, bundle.users, users, &mut rows)?;
    rows.finish()
}

/// Writes `user_segments.csv` for the users at these positions in the table, in this order.
///
/// `spreadsheet_safe` is that of [`OutputBundle`]. Bytes arrive in chunks of about 64 kB, so the writer needs no
/// buffer.
///
/// # Errors
/// Any error of the writer.
pub fn write_user_segments(
    table: &UserTable,
    users: &UserResults,
    positions: impl IntoIterator<Item = u32>,
    spreadsheet_safe: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = RowWriter::new(out, spreadsheet_safe);
    segments_header(&mut rows)?;
    segments_rows(table, users, positions, &mut rows)?;
    rows.finish()
}

fn segments_header(rows: &mut RowWriter<'_>) -> io::Result<()> {
    rows.header(&UserColumn::ALL.map(UserColumn::name))
}

fn segments_rows(
    table: &UserTable,
    users: &UserResults,
    positions: impl IntoIterator<Item = u32>,
    rows: &mut RowWriter<'_>,
) -> io::Result<()> {
    let cells = UserCells::new(table, users);
    for user in positions {
        for column in UserColumn::ALL {
            match cells.input_text(column, user) {
                Some(text) => rows.text(text),
                None => cells.cell(column, user).write_to(rows.plain_cell()),
            }
        }
        rows.end_row()?;
    }
    Ok(())
}

/// A user's row in `user_journey_segments.csv`.
struct JourneyRow<'a> {
    table: &'a UserTable,
    user: usize,
    journey: &'a Journey,
}

/// A column: its name, how its cell is written, and its meaning.
type JourneyColumn = (&'static str, fn(&mut RowWriter<'_>, &JourneyRow<'_>), &'static str);

const JOURNEY: [JourneyColumn; 6] = [
    ("user_id", |rows, row| rows.text(row.table.ids.get(row.user)), "The user"),
    ("device_id", |rows, row| rows.text(row.table.devices.get(row.user)), "The device first used"),
    ("journey_stage", |rows, row| row.journey.stage.write_to(rows.plain_cell()), "The furthest stage reached"),
    (
        "stage_completion_date",
        |rows, row| {
            let cell = rows.plain_cell();
            if let Some(time) = row.journey.time {
                time.write_to(cell);
            }
        },
        "When it was reached (UTC); empty for ftue_start",
    ),
    (
        "time_to_stage_days",
        |rows, row| {
            let cell = rows.plain_cell();
            if let Some(days) = row.journey.days {
                write_signed_integer(days.into(), cell);
            }
        },
        "Days from install to the stage",
    ),
    (
        "stage_confidence",
        |rows, row| stage_confidence(row.journey).write_to(rows.plain_cell()),
        "Share of the expected stages that are recorded in order, 0 to 1",
    ),
];

/// Writes the rows of some users to `user_journey_segments.csv`; the header comes with the first user.
pub(in super::super) fn journey_segments(
    bundle: &OutputBundle<'_>,
    users: Range<u32>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = RowWriter::new(out, bundle.spreadsheet_safe);
    if users.start == 0 {
        rows.header(&JOURNEY.map(|(name, ..)| name))?;
    }
    for user in users {
        let user = user as usize;
        let row = JourneyRow { table: bundle.table, user, journey: &bundle.users.journeys[user] };
        for (_, write, _) in JOURNEY {
            write(&mut rows, &row);
        }
        rows.end_row()?;
    }
    rows.finish()
}

/// A row in `rejected_rows.csv`.
struct RejectedLine<'a> {
    file_name: &'a str,
    rejected: &'a RejectedRow,
}

/// A column: its name, how its cell is written, and its meaning.
type RejectedColumn = (&'static str, fn(&mut RowWriter<'_>, &RejectedLine<'_>), &'static str);

const REJECTED: [RejectedColumn; 4] = [
    ("file", |rows, row| rows.text(row.file_name.as_bytes()), "The input"),
    (
        "line",
        |rows, row| write_integer(row.rejected.line, rows.plain_cell()),
        "The line on which the row starts, from 1",
    ),
    ("reason", |rows, row| rows.text(row.rejected.reason.to_string().as_bytes()), "Why it could not be used"),
    ("row", |rows, row| rows.text(String::from_utf8_lossy(&row.rejected.row).as_bytes()), "The row in full"),
];

/// Writes `rejected_rows.csv`.
pub(in super::super) fn rejected_rows(bundle: &OutputBundle<'_>, _: Range<u32>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = RowWriter::new(out, bundle.spreadsheet_safe);
    rows.header(&REJECTED.map(|(name, ..)| name))?;
    for rejected in bundle.rejected {
        let row = RejectedLine {
            file_name: bundle.input_names.get(rejected.file as usize).map_or("", String::as_str),
            rejected,
        };
        for (_, write, _) in REJECTED {
            write(&mut rows, &row);
        }
        rows.end_row()?;
    }
    rows.finish()
}

pub(in super::super) fn user_columns() -> Vec<ColumnInfo> {
    UserColumn::ALL.map(|column| ColumnInfo { name: column.name(), meaning: column.meaning() }).into()
}

pub(in super::super) fn journey_columns() -> Vec<ColumnInfo> {
    JOURNEY.map(|(name, _, meaning)| ColumnInfo { name, meaning }).into()
}

pub(in super::super) fn rejected_columns() -> Vec<ColumnInfo> {
    REJECTED.map(|(name, _, meaning)| ColumnInfo { name, meaning }).into()
}

/// Share of the expected stages that are recorded in order; 1 if none is expected.
fn stage_confidence(journey: &Journey) -> Fixed {
    if journey.stages_expected == 0 {
        return Fixed::from_ratio(1, 1, 4);
    }
    Fixed::from_ratio(journey.stages_in_order.into(), journey.stages_expected.into(), 4)
}
