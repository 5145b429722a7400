//! The files with one row per user, and the rejected rows: written as they are made.

use std::io::{self, Write};
use std::ops::Range;

use crate::report::{Journey, Report};
use crate::user_list::{UserCells, UserColumn};
use crate::users::UserTable;
use crate::value::digits::write_signed_integer;

use super::super::bundle::OutputBundle;
use super::RowWriter;
use crate::value::fixed::Fixed;

/// `user_segments.csv`, the rows of some users; the header belongs to the first user's.
pub(in super::super) fn user_segments(
    bundle: &OutputBundle<'_>,
    users: Range<u32>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = RowWriter::new(out, bundle.spreadsheet_safe);
    if users.start == 0 {
        segments_header(&mut rows)?;
    }
    segments_rows(bundle.table, bundle.report, users, &mut rows)?;
    rows.finish()
}

/// Writes `user_segments.csv` for some users: those at these positions of the table, in this order.
///
/// `spreadsheet_safe` is that of [`OutputBundle`]. Bytes come in pieces of some 64 kB, so the writer needs no buffer.
///
/// # Errors
/// Those of the writer.
pub fn write_user_segments(
    table: &UserTable,
    report: &Report,
    positions: impl IntoIterator<Item = u32>,
    spreadsheet_safe: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = RowWriter::new(out, spreadsheet_safe);
    segments_header(&mut rows)?;
    segments_rows(table, report, positions, &mut rows)?;
    rows.finish()
}

fn segments_header(rows: &mut RowWriter<'_>) -> io::Result<()> {
    rows.header(&UserColumn::ALL.map(UserColumn::name))
}

fn segments_rows(
    table: &UserTable,
    report: &Report,
    positions: impl IntoIterator<Item = u32>,
    rows: &mut RowWriter<'_>,
) -> io::Result<()> {
    let cells = UserCells::new(table, report);
    for user in positions {
        for column in UserColumn::ALL {
            match cells.input_text(column, user) {
                Some(text) => rows.text(text),
                None => cells.write(column, user, rows.plain_cell()),
            }
        }
        rows.end_row()?;
    }
    Ok(())
}

/// `user_journey_segments.csv`, the rows of some users; the header belongs to the first user's.
pub(in super::super) fn journey_segments(
    bundle: &OutputBundle<'_>,
    users: Range<u32>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = RowWriter::new(out, bundle.spreadsheet_safe);
    if users.start == 0 {
        rows.header(&[
            "user_id",
            "device_id",
            "journey_stage",
            "stage_completion_date",
            "time_to_stage_days",
            "stage_confidence",
        ])?;
    }
    for user in users {
        let user = user as usize;
        let journey = &bundle.report.users.journeys[user];
        rows.text(bundle.table.ids.get(user));
        rows.text(bundle.table.devices.get(user));
        journey.stage.write_to(rows.plain_cell());
        let cell = rows.plain_cell();
        if let Some(time) = journey.time {
            time.write_to(cell);
        }
        let cell = rows.plain_cell();
        if let Some(days) = journey.days {
            write_signed_integer(days.into(), cell);
        }
        stage_confidence(journey).write_to(rows.plain_cell());
        rows.end_row()?;
    }
    rows.finish()
}

/// `rejected_rows.csv`
pub(in super::super) fn rejected_rows(bundle: &OutputBundle<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = RowWriter::new(out, bundle.spreadsheet_safe);
    rows.header(&["file", "line", "reason", "row"])?;
    for rejected in bundle.rejected {
        rows.text(bundle.input_names.get(rejected.file as usize).map_or(b"", |name| name.as_bytes()));
        rows.display(rejected.line)?;
        rows.text(rejected.reason.to_string().as_bytes());
        rows.text(String::from_utf8_lossy(&rejected.row).as_bytes());
        rows.end_row()?;
    }
    rows.finish()
}

/// Share of the expected stages that are recorded in order; of none 1.
fn stage_confidence(journey: &Journey) -> Fixed {
    if journey.stages_expected == 0 {
        return Fixed::from_ratio(1, 1, 4);
    }
    Fixed::from_ratio(journey.stages_in_order.into(), journey.stages_expected.into(), 4)
}
