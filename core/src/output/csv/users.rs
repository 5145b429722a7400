//! The files with one row per user, and the rejected rows: written as they are made.

use std::io::{self, Write};

use crate::money::Amount;
use crate::report::{Journey, score_value};

use super::super::bundle::OutputBundle;
use super::super::number::Fixed;
use super::RowWriter;

/// `user_segments.csv`
pub(in super::super) fn user_segments(bundle: &OutputBundle<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = RowWriter::new(out, bundle.spreadsheet_safe);
    rows.header(&[
        "user_id",
        "device_id",
        "cohort_date",
        "last_active_date",
        "days_since_last_active",
        "active_days",
        "total_events",
        "total_sessions",
        "total_revenue",
        "engagement_score",
        "behavioral_segment",
        "revenue_segment",
        "revenue_percentile",
        "journey_stage",
    ])?;
    let (table, users) = (bundle.table, &bundle.report.users);
    let user_count = i128::try_from(table.user_count().max(1)).unwrap_or(i128::MAX);
    for user in 0..table.user_count() {
        let totals = &table.totals[user];
        rows.text(table.ids.get(user));
        rows.text(table.devices.get(user));
        rows.display(totals.cohort_date())?;
        optional(&mut rows, users.last_active_dates[user])?;
        rows.display(users.days_since_last_active[user])?;
        rows.display(table.active_days.of(user).len())?;
        optional(&mut rows, totals.events.get())?;
        optional(&mut rows, totals.sessions.get())?;
        Fixed::from_ratio(users.revenue[user].0, Amount::ONE, 4).write_to(rows.plain_cell());
        Fixed::from_f64(score_value(users.scores[user]), 4).unwrap_or_default().write_to(rows.plain_cell());
        rows.word(users.behavioral[user].as_str());
        rows.word(users.revenue_segments[user].as_str());
        // 100 * average rank / n, the rank being doubled.
        let doubled = i128::from(users.doubled_revenue_ranks[user]);
        Fixed::from_ratio(doubled * 50, user_count, 2).write_to(rows.plain_cell());
        rows.display(users.journeys[user].stage)?;
        rows.end_row()?;
    }
    rows.finish()
}

/// `user_journey_segments.csv`
pub(in super::super) fn journey_segments(bundle: &OutputBundle<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = RowWriter::new(out, bundle.spreadsheet_safe);
    rows.header(&[
        "user_id",
        "device_id",
        "journey_stage",
        "stage_completion_date",
        "time_to_stage_days",
        "stage_confidence",
    ])?;
    for (user, journey) in bundle.report.users.journeys.iter().enumerate() {
        rows.text(bundle.table.ids.get(user));
        rows.text(bundle.table.devices.get(user));
        rows.display(journey.stage)?;
        optional(&mut rows, journey.time)?;
        optional(&mut rows, journey.days)?;
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

fn optional(rows: &mut RowWriter<'_>, value: Option<impl std::fmt::Display>) -> io::Result<()> {
    if let Some(value) = value {
        return rows.display(value);
    }
    rows.null();
    Ok(())
}

/// Share of the expected stages that are recorded in order; of none 1.
fn stage_confidence(journey: &Journey) -> Fixed {
    if journey.stages_expected == 0 {
        return Fixed::from_ratio(1, 1, 4);
    }
    Fixed::from_ratio(journey.stages_in_order.into(), journey.stages_expected.into(), 4)
}
