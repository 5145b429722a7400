//! Folds rows into users.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::calendar::{Day, Timestamp};
use crate::diagnostic::{FindingCode, Tally, excerpt};
use crate::rows::{RevenueKind, UserDay, UserType};
use crate::source::{Column, ColumnMapping, InvalidValue, RejectedRow, RowSink, SourceError};

use super::grouped::{Grouped, UserLog};
use super::interner::UserInterner;
use super::quality::{RowQuality, RowTallies, in_order, of_the_whole};
use super::table::{FinishedTable, Milestone, RevenueEntry, TextColumn, UserTable};
use super::totals::UserTotals;

/// Builds a [`UserTable`] from rows in any order.
///
/// Builders can work side by side on parts of the rows and be merged; the result is the same, whatever the
/// order of rows, parts and merges.
#[derive(Debug, Default)]
pub struct UserTableBuilder {
    as_of: Option<Day>,
    input_names: Vec<String>,
    columns: BTreeSet<Column>,
    users: UserInterner,
    totals: Vec<UserTotals>,
    devices: Vec<Device>,
    device_bytes: Vec<u8>,
    rows: UserLog<RowEntry>,
    revenue: UserLog<RevenueEntry>,
    milestones: UserLog<Milestone>,
    /// When so many milestones are held, repeated ones are folded.
    milestone_limit: usize,
    /// The user of the row before, whose milestones are not in the log yet.
    current: Option<u32>,
    current_milestones: Vec<Milestone>,
    latest_date: Option<Day>,
    earliest_date: Option<Day>,
    newest_update: Option<Timestamp>,
    tallies: RowTallies,
    rejected: Vec<RejectedRow>,
}

/// The device of the earliest row that tells one: where its text is among the bytes.
#[derive(Clone, Copy, Debug)]
struct Device {
    date: Day,
    start: u64,
    length: u32,
}

const NO_DEVICE: Device = Device { date: Day(i32::MAX), start: 0, length: 0 };

/// What is kept of every accepted row, 12 bytes: its day and device tell duplicates, its day, activity and
/// user type the rest.
///
/// The device is a 64-bit hash. Two devices of one user on one day that share it by chance (1 in 2^64)
/// would be counted as a duplicate row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RowEntry {
    day: i32,
    device: [u16; 4],
    flags: u8,
}

impl RowEntry {
    const ACTIVE: u8 = 1;
    const NEW: u8 = 2;
    const RETURNING: u8 = 4;

    fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Milestones held before repeated ones are folded for the first time.
const FIRST_MILESTONE_LIMIT: usize = 1 << 20;

impl UserTableBuilder {
    /// A builder for data up to `as_of`, or up to the latest date where it is `None`.
    ///
    /// `input_names` are the files' names, for messages; rows tell their file by its position.
    #[must_use]
    pub fn new(as_of: Option<Day>, input_names: Vec<String>) -> UserTableBuilder {
        UserTableBuilder { as_of, input_names, milestone_limit: FIRST_MILESTONE_LIMIT, ..UserTableBuilder::default() }
    }

    /// Makes the columns of a file known, also those without a single value.
    pub fn add_columns(&mut self, mapping: &ColumnMapping) {
        self.columns.extend(mapping.columns.iter().map(|mapped| mapped.column));
    }

    /// Rows rejected so far.
    #[must_use]
    pub fn rejected_row_count(&self) -> u64 {
        self.tallies.rejected.count()
    }

    /// Rows accepted so far.
    #[must_use]
    pub fn accepted_row_count(&self) -> u64 {
        self.tallies.accepted_rows
    }

    /// Cells found invalid so far.
    #[must_use]
    pub fn invalid_value_count(&self) -> u64 {
        self.tallies.invalid_values.count()
    }

    /// Adds another builder's part of the same inputs.
    pub fn merge(&mut self, mut other: UserTableBuilder) {
        self.flush_milestones();
        other.flush_milestones();
        let renumbered = self.merge_users(&other);
        self.latest_date = self.latest_date.max(other.latest_date);
        self.earliest_date = min_known(self.earliest_date, other.earliest_date);
        self.newest_update = self.newest_update.max(other.newest_update);
        let UserTableBuilder { mut columns, rows, revenue, milestones, tallies, mut rejected, .. } = other;
        self.rows.append(rows, &renumbered);
        self.revenue.append(revenue, &renumbered);
        self.milestones.append(milestones, &renumbered);
        self.columns.append(&mut columns);
        self.tallies.merge(tallies);
        self.rejected.append(&mut rejected);
    }

    /// Adds another builder's users; says which number each of them has here.
    fn merge_users(&mut self, other: &UserTableBuilder) -> Vec<u32> {
        let mut renumbered = Vec::with_capacity(other.users.len());
        for number in 0..u32::try_from(other.users.len()).unwrap_or(u32::MAX) {
            let user = self.user_number(other.users.id(number));
            renumbered.push(user);
            self.totals[user as usize].merge(&other.totals[number as usize]);
            let device = other.devices[number as usize];
            if device.date < NO_DEVICE.date {
                self.offer_device(user, device.date, other.device_text(device));
            }
        }
        renumbered
    }

    fn user_number(&mut self, id: &[u8]) -> u32 {
        let (number, is_new) = self.users.number_of(id);
        if is_new {
            self.totals.push(UserTotals::default());
            self.devices.push(NO_DEVICE);
        }
        number
    }

    /// The row's user, without a look-up where it is the one of the row before.
    #[inline]
    fn turn_to_user(&mut self, id: &[u8]) -> u32 {
        if let Some(current) = self.current {
            if self.users.id(current) == id {
                return current;
            }
            self.flush_milestones();
        }
        let user = self.user_number(id);
        self.current = Some(user);
        user
    }

    fn flush_milestones(&mut self) {
        if let Some(user) = self.current.take() {
            for milestone in self.current_milestones.drain(..) {
                self.milestones.push(user, milestone);
            }
        }
        if self.milestones.len() > self.milestone_limit {
            let mut grouped = std::mem::take(&mut self.milestones).group(self.users.len(), |user| user as usize);
            grouped.shorten(|_, list| earliest_of_each_stage(list));
            self.milestones = grouped.into_log();
            self.milestone_limit = FIRST_MILESTONE_LIMIT.max(self.milestones.len() * 2);
        }
    }

    /// Keeps a milestone of the current user, if it is the earliest of its stage.
    #[inline]
    fn offer_milestone(&mut self, expected_at: usize, milestone: Milestone) {
        let known = &mut self.current_milestones;
        // The stages of a row come in the order of the row before, so the first guess is nearly always right.
        let at = match known.get(expected_at) {
            Some(guess) if guess.stage == milestone.stage => Some(expected_at),
            _ => known.iter().position(|known| known.stage == milestone.stage),
        };
        match at {
            Some(at) => known[at].time = known[at].time.min(milestone.time),
            None => known.push(milestone),
        }
    }

    fn device_text(&self, device: Device) -> &[u8] {
        let start = usize::try_from(device.start).unwrap_or(usize::MAX);
        &self.device_bytes[start..start + device.length as usize]
    }

    /// Takes the device if it is of an earlier row, or the smaller one of the same date.
    #[inline]
    fn offer_device(&mut self, user: u32, date: Day, text: &[u8]) {
        let known = self.devices[user as usize];
        if (known.date, self.device_text(known)) <= (date, text) {
            return;
        }
        if self.device_text(known) == text && known.date < NO_DEVICE.date {
            self.devices[user as usize].date = date;
            return;
        }
        let start = self.device_bytes.len() as u64;
        self.device_bytes.extend_from_slice(text);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.devices[user as usize] = Device { date, start, length };
    }

    fn tally_row(&mut self, row: &UserDay<'_>) {
        let key = || (row.user_id.to_vec(), row.date.0);
        if row.has_negative_revenue() {
            self.tallies.negative_revenue.add(key(), || user_on_day(row.user_id, row.date));
        }
        if row.revenue_difference().is_some_and(|difference| difference.0.unsigned_abs() > ONE_CENT) {
            self.tallies.revenue_parts_differ.add(key(), || user_on_day(row.user_id, row.date));
        }
    }

    /// Ends the building.
    ///
    /// # Errors
    /// No row was accepted, or the as-of date lies outside the data.
    pub fn finish(mut self) -> Result<FinishedTable, SourceError> {
        self.flush_milestones();
        let (Some(first), Some(last)) = (self.earliest_date, self.latest_date) else {
            return Err(self.no_accepted_row());
        };
        let as_of = self.as_of.unwrap_or(last);
        if as_of < first || as_of > last {
            return Err(SourceError::AsOfOutsideData { as_of, first, last });
        }
        self.rejected.sort();
        Ok(Finishing::new(self, as_of).finish())
    }

    fn no_accepted_row(self) -> SourceError {
        let rejected = self.tallies.rejected.count();
        let finding = self.tallies.rejected.into_finding(FindingCode::RejectedRows);
        SourceError::NoAcceptedRow {
            files: self.input_names,
            rejected,
            first_rejection: finding.and_then(|finding| finding.examples.into_iter().next()),
        }
    }
}

const ONE_CENT: u128 = 10_000_000;

impl RowSink for UserTableBuilder {
    #[inline]
    fn accept(&mut self, row: &UserDay<'_>, invalid_value_count: u32) {
        self.tallies.accepted_rows += 1;
        self.tallies.rows_with_invalid_values += u64::from(invalid_value_count > 0);
        self.latest_date = self.latest_date.max(Some(row.date));
        self.earliest_date = min_known(self.earliest_date, Some(row.date));
        let user = self.turn_to_user(row.user_id);
        self.rows.push(user, row_entry(row));
        if self.as_of.is_some_and(|as_of| row.date > as_of) {
            let key = (row.user_id.to_vec(), row.date.0);
            self.tallies.rows_after_as_of.add(key, || user_on_day(row.user_id, row.date));
            return;
        }
        self.newest_update = self.newest_update.max(row.last_updated);
        self.totals[user as usize].add(row);
        if let Some(device) = row.device_id {
            self.offer_device(user, row.date, device);
        }
        for (kind, amount) in RevenueKind::ALL.into_iter().zip(row.revenue()) {
            for entry in RevenueEntry::for_amount(row.date, kind, amount) {
                self.revenue.push(user, entry);
            }
        }
        for (position, &(stage, time)) in row.milestones.iter().enumerate() {
            self.offer_milestone(position, Milestone { stage, time });
        }
        self.tally_row(row);
    }

    fn reject(&mut self, row: RejectedRow) {
        let name = &self.input_names[row.file as usize];
        self.tallies.rejected.add((row.file, row.line), || {
            format!("{name} line {}: {}: {}", row.line, row.reason, excerpt(&row.row, 80))
        });
        self.rejected.push(row);
    }

    fn invalid(&mut self, value: InvalidValue<'_>) {
        let name = &self.input_names[value.file as usize];
        self.tallies.invalid_values.add((value.file, value.line), || {
            format!("{name} line {}: {} is `{}`", value.line, value.column, excerpt(value.text, 60))
        });
    }
}

#[inline]
fn row_entry(row: &UserDay<'_>) -> RowEntry {
    let hash = row.device_id.map_or(0, xxh3_64);
    let user_type = match row.user_type {
        Some(UserType::New) => RowEntry::NEW,
        Some(UserType::Returning) => RowEntry::RETURNING,
        None => 0,
    };
    let part = |shift: u32| u16::try_from(hash >> shift & 0xFFFF).unwrap_or(0);
    RowEntry {
        day: row.date.0,
        device: [part(0), part(16), part(32), part(48)],
        flags: user_type | if row.is_active() { RowEntry::ACTIVE } else { 0 },
    }
}

fn min_known(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn user_on_day(user_id: &[u8], date: Day) -> String {
    format!("{} on {date}", excerpt(user_id, 60))
}

/// Puts the earliest of each stage in front, ascending by stage, and says how many there are.
fn earliest_of_each_stage(list: &mut [Milestone]) -> usize {
    list.sort_unstable();
    let mut kept = 0;
    for position in 0..list.len() {
        if kept == 0 || list[kept - 1].stage != list[position].stage {
            list[kept] = list[position];
            kept += 1;
        }
    }
    kept
}

/// What is found while the table is finished.
#[derive(Default)]
struct DateFindings {
    duplicate_rows: Tally<usize>,
    rows_before_cohort_date: Tally<usize>,
    user_type_contradicts_dates: Tally<usize>,
    every_user_has_one_date: bool,
    has_row: Vec<bool>,
}

/// The last steps, from a builder that has all rows to the table.
struct Finishing {
    builder: UserTableBuilder,
    as_of: Day,
    first_date: Day,
    last_date: Day,
    /// Users that take part, by id.
    order: Vec<u32>,
}

impl Finishing {
    fn new(builder: UserTableBuilder, as_of: Day) -> Finishing {
        let mut order: Vec<u32> =
            (0..).take(builder.totals.len()).filter(|&user| builder.totals[user as usize].row_count > 0).collect();
        if !order.is_sorted_by(|&a, &b| builder.users.id(a) < builder.users.id(b)) {
            order.sort_unstable_by(|&a, &b| builder.users.id(a).cmp(builder.users.id(b)));
        }
        let first_date = order.iter().map(|&user| builder.totals[user as usize].first_date).min().unwrap_or(as_of);
        Finishing { builder, as_of, first_date, last_date: first_date, order }
    }

    /// Where each user's record goes; those that do not take part go behind the others.
    fn positions(&self) -> Vec<u32> {
        let mut positions = vec![u32::MAX; self.builder.totals.len()];
        let mut next = 0;
        for &user in &self.order {
            positions[user as usize] = next;
            next += 1;
        }
        for position in positions.iter_mut().filter(|position| **position == u32::MAX) {
            *position = next;
            next += 1;
        }
        positions
    }

    fn finish(mut self) -> FinishedTable {
        let positions = self.positions();
        let all_users = positions.len();
        let place = |user: u32| positions[user as usize] as usize;
        let kept = self.order.len();

        let is_in_order = kept == all_users && self.order.is_sorted();
        let builder = &mut self.builder;
        let devices = self.order.iter().fold(TextColumn::default(), |mut devices, &user| {
            devices.push(builder.device_text(builder.devices[user as usize]));
            devices
        });
        builder.devices = Vec::new();
        builder.device_bytes = Vec::new();

        let mut milestones = std::mem::take(&mut builder.milestones).group(all_users, place);
        milestones.truncate(kept);
        let as_of = self.as_of;
        milestones.shorten(|_, list| {
            let stages = earliest_of_each_stage(list);
            let mut kept = 0;
            for position in 0..stages {
                if list[position].time.day() <= as_of {
                    list[kept] = list[position];
                    kept += 1;
                }
            }
            kept
        });
        let mut revenue = std::mem::take(&mut builder.revenue).group(all_users, place);
        revenue.truncate(kept);
        for user in 0..kept {
            revenue.of_mut(user).sort_unstable();
        }

        let users = std::mem::take(&mut builder.users);
        let (ids, totals) = if is_in_order {
            (users.into_ids(), std::mem::take(&mut builder.totals))
        } else {
            let mut ids = TextColumn::default();
            for &user in &self.order {
                ids.push(users.id(user));
            }
            let totals = std::mem::take(&mut builder.totals);
            (ids, self.order.iter().map(|&user| totals[user as usize].clone()).collect())
        };

        let mut rows = std::mem::take(&mut builder.rows).group(all_users, place);
        let mut findings = DateFindings {
            every_user_has_one_date: true,
            has_row: vec![false; usize::try_from(as_of.days_since(self.first_date)).unwrap_or(0) + 1],
            ..DateFindings::default()
        };
        // Users without a row that takes part can still have duplicates.
        for user in kept..all_users {
            findings.count_duplicates(rows.of_mut(user), None);
        }
        let active_days = Grouped::from_lists(kept, |user, days| {
            self.examine_user(user, ids.get(user), &totals[user], rows.of_mut(user), &mut findings, days);
        });
        drop(rows);

        let (quality, rejected) = self.quality(&ids, &totals, &mut findings);
        let days_with_rows = findings.days_with_rows(self.first_date);
        let columns: Vec<Column> = self.builder.columns.into_iter().collect();
        let stages = columns.iter().filter_map(|column| match column {
            Column::Milestone(stage) => Some(*stage),
            _ => None,
        });
        let table = UserTable {
            stages: stages.collect(),
            columns,
            ids,
            devices,
            totals,
            active_days,
            revenue,
            milestones,
            as_of,
            as_of_is_set: self.builder.as_of.is_some(),
            first_date: self.first_date,
            last_date: self.last_date,
            every_user_has_one_date: findings.every_user_has_one_date,
            days_with_rows,
            quality,
        };
        FinishedTable { table, rejected }
    }

    /// Looks at the days of one user and writes the active ones.
    fn examine_user(
        &mut self,
        user: usize,
        id: &[u8],
        totals: &UserTotals,
        rows: &mut [RowEntry],
        findings: &mut DateFindings,
        active_days: &mut Vec<i32>,
    ) {
        findings.count_duplicates(rows, Some((user, id)));
        let cohort_date = totals.cohort_date();
        let first_active = active_days.len();
        let taking_part = rows.iter().filter(|row| row.day <= self.as_of.0);
        for row in taking_part {
            let day = Day(row.day);
            self.last_date = self.last_date.max(day);
            findings.every_user_has_one_date &= day == totals.first_date;
            if let Ok(offset) = usize::try_from(day.days_since(self.first_date)) {
                findings.has_row[offset] = true;
            }
            if day < cohort_date {
                findings
                    .rows_before_cohort_date
                    .add(user, || format!("{}, installed {cohort_date}", user_on_day(id, day)));
            }
            let contradicts = if day == cohort_date { RowEntry::RETURNING } else { RowEntry::NEW };
            if row.has(contradicts) {
                findings.user_type_contradicts_dates.add(user, || {
                    let word = if day == cohort_date { "returning" } else { "new" };
                    format!("{}: `{word}`, installed {cohort_date}", user_on_day(id, day))
                });
            }
            if row.has(RowEntry::ACTIVE) && active_days[first_active..].last() != Some(&row.day) {
                active_days.push(row.day);
            }
        }
    }

    fn quality(
        &mut self,
        ids: &TextColumn,
        totals: &[UserTotals],
        findings: &mut DateFindings,
    ) -> (RowQuality, Vec<RejectedRow>) {
        let mut multiple_cohort_dates = Tally::default();
        for (user, totals) in totals.iter().enumerate().filter(|(_, totals)| totals.has_several_cohort_dates) {
            multiple_cohort_dates
                .add(user, || format!("{}: {} was taken", excerpt(ids.get(user), 60), totals.cohort_date()));
        }
        let mut rounded_user_ids = Tally::default();
        for user in (0..ids.len()).filter(|&user| looks_rounded(ids.get(user))) {
            rounded_user_ids.add(user, || excerpt(ids.get(user), 60));
        }
        let mut missing_days = Tally::default();
        for (offset, _) in (0..).zip(&findings.has_row).filter(|(_, has_row)| !**has_row) {
            missing_days.add(offset, || Day(self.first_date.0 + offset).to_string());
        }
        let last_date = self.last_date;
        let newest_update = self.builder.newest_update;
        let tallies = std::mem::take(&mut self.builder.tallies);
        let row_count: u64 = totals.iter().map(|totals| u64::from(totals.row_count)).sum();
        let has_total = self.builder.columns.contains(&Column::TotalRevenue);
        let metric_columns =
            Column::METRICS.iter().filter(|&column| self.builder.columns.contains(column)).count() as u64;
        let duplicates = std::mem::take(&mut findings.duplicate_rows);
        let quality = RowQuality {
            accepted_rows: tallies.accepted_rows,
            rejected_rows: tallies.rejected.count(),
            invalid_values: tallies.invalid_values.count(),
            rows_with_invalid_values: tallies.rows_with_invalid_values,
            duplicate_rows: duplicates.count(),
            known_metric_cells: totals.iter().map(|totals| totals.known_cells(has_total)).sum(),
            metric_cells: row_count * metric_columns,
            findings: in_order([
                tallies.rejected.into_finding(FindingCode::RejectedRows),
                tallies.invalid_values.into_finding(FindingCode::InvalidValues),
                duplicates.into_finding(FindingCode::DuplicateRows),
                tallies.rows_after_as_of.into_finding(FindingCode::RowsAfterAsOf),
                std::mem::take(&mut findings.rows_before_cohort_date).into_finding(FindingCode::RowsBeforeCohortDate),
                multiple_cohort_dates.into_finding(FindingCode::MultipleCohortDates),
                tallies.negative_revenue.into_finding(FindingCode::NegativeRevenue),
                tallies.revenue_parts_differ.into_finding(FindingCode::RevenuePartsDiffer),
                missing_days.into_finding(FindingCode::MissingDays),
                newest_update.and_then(|newest| {
                    of_the_whole(FindingCode::IncompleteLastDay, newest.day() <= last_date, || {
                        format!("last updated {newest}, last date {last_date}")
                    })
                }),
                std::mem::take(&mut findings.user_type_contradicts_dates)
                    .into_finding(FindingCode::UserTypeContradictsDates),
                rounded_user_ids.into_finding(FindingCode::RoundedUserIds),
            ]),
        };
        (quality, std::mem::take(&mut self.builder.rejected))
    }
}

impl DateFindings {
    /// Sorts a user's rows and counts those that repeat the day and device of another.
    fn count_duplicates(&mut self, rows: &mut [RowEntry], user: Option<(usize, &[u8])>) {
        rows.sort_unstable();
        for pair in rows.windows(2) {
            if (pair[0].day, pair[0].device) == (pair[1].day, pair[1].device) {
                let (position, id) = user.unwrap_or((usize::MAX, b"a user after the as-of date"));
                self.duplicate_rows.add(position, || user_on_day(id, Day(pair[0].day)));
            }
        }
    }

    fn days_with_rows(&self, first_date: Day) -> Vec<Day> {
        let days = (first_date.0..).map(Day).zip(&self.has_row);
        days.filter(|(_, has_row)| **has_row).map(|(day, _)| day).collect()
    }
}

/// Whether an id has the form into which spreadsheets round long numbers, as `1.23E+15`.
fn looks_rounded(id: &[u8]) -> bool {
    let Some(at) = id.iter().position(|&byte| byte == b'E' || byte == b'e') else { return false };
    let (mantissa, exponent) = (&id[..at], &id[at + 1..]);
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let whole_and_fraction = match mantissa.split_first() {
        Some((first, [])) => first.is_ascii_digit(),
        Some((first, [b'.', fraction @ ..])) => first.is_ascii_digit() && digits(fraction),
        _ => false,
    };
    whole_and_fraction && exponent.len() >= 3 && exponent[0] == b'+' && digits(&exponent[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_ids_are_told_from_others() {
        for id in ["1.23E+15", "1E+10", "9.87654E+18", "1.2e+15"] {
            assert!(looks_rounded(id.as_bytes()), "{id}");
        }
        for id in ["12E5", "1.23E15", "E+15", "1.E+15", "12.3E+15", "1.23E+", "abcE+15", "1.23E+1x", "user", "1.23E+5"]
        {
            assert!(!looks_rounded(id.as_bytes()), "{id}");
        }
    }
}
