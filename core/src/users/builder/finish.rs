//! The last steps, from a builder that has all rows to the table.

use crate::finding::{FindingCode, Tally, excerpt};
use crate::parallel::{Parallel, join};
use crate::source::{Column, RejectedRow};
use crate::value::calendar::{Day, Timestamp};

use super::super::grouped::{Grouped, UserLog};
use super::super::quality::{RowQuality, in_order, of_the_whole, row_finding};
use super::super::table::{FinishedTable, Milestone, RevenueEntry, TextColumn, UserTable};
use super::super::totals::UserTotals;
use super::row_entry::RowEntry;
use super::{UserTableBuilder, earliest_of_each_stage, user_on_day};

/// What is found while the table is finished.
#[derive(Default)]
struct DateFindings {
    duplicate_rows: Tally<usize>,
    rows_before_cohort_date: Tally<usize>,
    user_type_contradicts_dates: Tally<usize>,
    negative_revenue: Tally<usize>,
    revenue_parts_differ: Tally<usize>,
    every_user_has_one_date: bool,
    has_row: Vec<bool>,
}

/// A table on its way.
pub(super) struct Finishing {
    builder: UserTableBuilder,
    as_of: Day,
    first_date: Day,
    last_date: Day,
    /// Users that take part, by id.
    order: Vec<u32>,
}

impl Finishing {
    pub fn new(builder: UserTableBuilder, as_of: Day) -> Finishing {
        let mut order: Vec<u32> =
            (0..).take(builder.totals.len()).filter(|&user| builder.totals[user as usize].row_count > 0).collect();
        let (users, id) = (&builder.users, |user: u32| builder.users.id(user));
        if !users.is_ascending() && !order.is_sorted_by(|&a, &b| id(a) < id(b)) {
            users.sort_by_id(&mut order);
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

    /// Sorts users by id, groups what was logged, and says what the rows showed.
    pub fn finish(mut self, parallel: &dyn Parallel) -> FinishedTable {
        let positions = self.positions();
        let place = |user: u32| positions[user as usize] as usize;
        let (all_users, kept) = (positions.len(), self.order.len());
        let is_in_order = kept == all_users && self.order.is_sorted();

        let users = std::mem::take(&mut self.builder.users);
        let (ids, totals) = if is_in_order {
            (users.into_ids(), std::mem::take(&mut self.builder.totals))
        } else {
            let mut ids = TextColumn::default();
            for &user in &self.order {
                ids.push(users.id(user));
            }
            let totals = std::mem::take(&mut self.builder.totals);
            (ids, self.order.iter().map(|&user| totals[user as usize].clone()).collect())
        };

        let (devices, order) = (std::mem::take(&mut self.builder.devices), std::mem::take(&mut self.order));
        let (milestones, revenue) =
            (std::mem::take(&mut self.builder.milestones), std::mem::take(&mut self.builder.revenue));
        let as_of = self.as_of;
        let ((active_days, findings, quality, rejected), (devices, milestones, revenue)) = join(
            parallel,
            || {
                let (active_days, mut findings) = self.examine_rows(&ids, &totals, all_users, place);
                let (quality, rejected) = self.quality(&ids, &totals, &mut findings);
                (active_days, findings, quality, rejected)
            },
            || {
                (
                    devices.into_texts(&order),
                    milestones_up_to(as_of, milestones, all_users, kept, place),
                    revenue_in_order(revenue, all_users, kept, place),
                )
            },
        );
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

    /// Looks at the rows of every user; says on which days each was active.
    fn examine_rows(
        &mut self,
        ids: &TextColumn,
        totals: &[UserTotals],
        all_users: usize,
        place: impl Fn(u32) -> usize,
    ) -> (Grouped<i32>, DateFindings) {
        let mut rows = std::mem::take(&mut self.builder.rows).group(all_users, place);
        let mut findings = DateFindings {
            every_user_has_one_date: true,
            has_row: vec![false; usize::try_from(self.as_of.days_since(self.first_date)).unwrap_or(0) + 1],
            ..DateFindings::default()
        };
        // Users without a row that takes part can still have duplicates.
        for user in totals.len()..all_users {
            findings.count_duplicates(rows.of_mut(user), None);
        }
        let active_days = Grouped::from_lists(totals.len(), |user, days| {
            self.examine_user(user, ids.get(user), &totals[user], rows.of_mut(user), &mut findings, days);
        });
        (active_days, findings)
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
        let taking_part = rows.iter().filter(|row| row.day() <= self.as_of);
        for row in taking_part {
            let day = row.day();
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
            if row.has(RowEntry::NEGATIVE_REVENUE) {
                findings.negative_revenue.add(user, || user_on_day(id, day));
            }
            if row.has(RowEntry::REVENUE_PARTS_DIFFER) {
                findings.revenue_parts_differ.add(user, || user_on_day(id, day));
            }
            let contradicts = if day == cohort_date { RowEntry::RETURNING } else { RowEntry::NEW };
            if row.has(contradicts) {
                findings.user_type_contradicts_dates.add(user, || {
                    let word = if day == cohort_date { "returning" } else { "new" };
                    format!("{}: `{word}`, installed {cohort_date}", user_on_day(id, day))
                });
            }
            if row.has(RowEntry::ACTIVE) && active_days[first_active..].last() != Some(&day.0) {
                active_days.push(day.0);
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
                row_finding(&tallies.rejected, FindingCode::RejectedRows, &self.builder.input_names),
                row_finding(&tallies.invalid_values, FindingCode::InvalidValues, &self.builder.input_names),
                duplicates.into_finding(FindingCode::DuplicateRows),
                tallies.rows_after_as_of.into_finding(FindingCode::RowsAfterAsOf),
                std::mem::take(&mut findings.rows_before_cohort_date).into_finding(FindingCode::RowsBeforeCohortDate),
                multiple_cohort_dates.into_finding(FindingCode::MultipleCohortDates),
                std::mem::take(&mut findings.negative_revenue).into_finding(FindingCode::NegativeRevenue),
                std::mem::take(&mut findings.revenue_parts_differ).into_finding(FindingCode::RevenuePartsDiffer),
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

/// The earliest time of each user's stages, those after the as-of day left out.
fn milestones_up_to(
    as_of: Day,
    milestones: UserLog<Milestone>,
    all_users: usize,
    kept_users: usize,
    place: impl Fn(u32) -> usize,
) -> Grouped<Milestone> {
    let mut milestones = milestones.group(all_users, place);
    milestones.truncate(kept_users);
    let end = Timestamp::midnight(Day(as_of.0 + 1));
    milestones.shorten(|_, list| {
        let stages = earliest_of_each_stage(list);
        let mut kept = 0;
        for position in 0..stages {
            if list[position].time < end {
                list[kept] = list[position];
                kept += 1;
            }
        }
        kept
    });
    milestones
}

/// Each user's revenue in order.
fn revenue_in_order(
    revenue: UserLog<RevenueEntry>,
    all_users: usize,
    kept_users: usize,
    place: impl Fn(u32) -> usize,
) -> Grouped<RevenueEntry> {
    let mut revenue = revenue.group(all_users, place);
    revenue.truncate(kept_users);
    for user in 0..kept_users {
        revenue.of_mut(user).sort_unstable();
    }
    revenue
}

impl DateFindings {
    /// Sorts a user's rows and counts those that repeat the day and device of another.
    fn count_duplicates(&mut self, rows: &mut [RowEntry], user: Option<(usize, &[u8])>) {
        rows.sort_unstable_by_key(|row| row.duplicate_key());
        for pair in rows.windows(2) {
            if pair[0].duplicate_key() == pair[1].duplicate_key() {
                let (position, id) = user.unwrap_or((usize::MAX, b"a user after the as-of date"));
                self.duplicate_rows.add(position, || user_on_day(id, pair[0].day()));
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
