//! Builders as bytes: workers share no memory, so what one has built is sent to another as a part.
//!
//! # Format
//! A byte for the version, a checksum (XXH3, 64 bits, little endian) of all that follows, the as-of date, and the
//! builder's contents one after the other. Numbers take as many bytes as they need; items of a log are stored as the
//! difference from the previous one: a row takes one or two bytes instead of twelve.
//!
//! A part is written and read by programs of one build. The version guards against a page and a worker of two builds.

use xxhash_rust::xxh3::xxh3_64;

use crate::parallel::Sequential;
use crate::source::{Column, RejectReason, RejectedRow};
use crate::value::calendar::Timestamp;

use super::super::grouped::UserLog;
use super::super::quality::RowTallies;
use super::super::table::{TextColumn, stage_number, stage_of};
use super::super::totals::UserTotals;
use super::super::wire::{Damaged, WireReader, WireWriter};
use super::devices::Devices;
use super::{Contents, UserTableBuilder, add_lines};

const VERSION: u8 = 3;
const CHECKSUM_BYTES: usize = 8;

/// A part that cannot be merged. The builder is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// Bytes are missing, added or changed.
    #[error("a part of the user table is damaged")]
    Damaged,
    /// The part was written by another build.
    #[error("a part of the user table has version {found}, but this program reads version {VERSION}; reload the page")]
    OtherVersion {
        /// Its version.
        found: u8,
    },
    /// The part was built as of another date.
    #[error("a part of the user table was made as of another date")]
    OtherAsOf,
}

impl From<Damaged> for PartError {
    fn from(_: Damaged) -> PartError {
        PartError::Damaged
    }
}

impl UserTableBuilder {
    /// What was built so far, as bytes for [`UserTableBuilder::merge_part`] of a builder of the same inputs.
    #[must_use]
    pub fn to_part(&mut self) -> Vec<u8> {
        self.flush_milestones();
        // Most of a part is rows of one or two bytes and amounts of some six.
        let expected =
            self.rows.len() * 2 + self.revenue.len() * 6 + self.milestones.len() * 9 + self.totals.len() * 48;
        let mut out = WireWriter { bytes: Vec::with_capacity(expected + 256) };
        out.bytes.push(VERSION);
        out.bytes.extend_from_slice(&[0; CHECKSUM_BYTES]);
        out.optional(self.as_of.map(|day| day.0.into()));
        self.write_contents(&mut out);
        let mut bytes = out.bytes;
        let checksum = xxh3_64(&bytes[1 + CHECKSUM_BYTES..]);
        bytes[1..=CHECKSUM_BYTES].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The same as [`UserTableBuilder::to_part`], and starts again: as-of date, names and columns stay; everything
    /// else, including the counts of rows, is handed over.
    #[must_use]
    pub fn take_part(&mut self) -> Vec<u8> {
        let part = self.to_part();
        let names = std::mem::take(&mut self.input_names);
        let columns = std::mem::take(&mut self.columns);
        *self = UserTableBuilder { columns, ..UserTableBuilder::new(self.as_of, names) };
        part
    }

    /// Adds a part of the same inputs, as [`UserTableBuilder::merge`] adds a builder. `lines_before` is the number of
    /// lines of the file before the one from which the part counts its lines; 0 if it counts from the file's start.
    ///
    /// # Errors
    /// The part is damaged, or has another version or as-of date. Then nothing is added.
    pub fn merge_part(&mut self, part: &[u8], lines_before: u64) -> Result<(), PartError> {
        let (&found, rest) = part.split_first().ok_or(PartError::Damaged)?;
        if found != VERSION {
            return Err(PartError::OtherVersion { found });
        }
        let (checksum, body) = rest.split_first_chunk::<CHECKSUM_BYTES>().ok_or(PartError::Damaged)?;
        if u64::from_le_bytes(*checksum) != xxh3_64(body) {
            return Err(PartError::Damaged);
        }
        let mut reader = WireReader::new(body);
        if reader.optional_day()? != self.as_of {
            return Err(PartError::OtherAsOf);
        }
        let mut contents = Contents::read(&mut reader, self.input_names.len())?;
        if !reader.is_at_end() {
            return Err(PartError::Damaged);
        }
        add_lines(&mut contents.tallies, &mut contents.rejected, lines_before);
        self.merge_contents(contents, &Sequential);
        Ok(())
    }

    fn write_contents(&self, out: &mut WireWriter) {
        out.count(self.columns.len());
        for &column in &self.columns {
            out.number(column_number(column));
        }
        out.count(self.totals.len());
        for (user, totals) in (0_u32..).zip(&self.totals) {
            out.text(self.users.id(user));
            totals.write(out);
            self.devices.write(user, out);
        }
        self.rows.write(out);
        self.revenue.write(out);
        self.milestones.write(out);
        for day in [self.latest_date, self.earliest_date] {
            out.optional(day.map(|day| day.0.into()));
        }
        out.optional(self.newest_update.map(|time| time.0));
        self.tallies.write(out);
        out.count(self.rejected.len());
        for row in &self.rejected {
            write_rejected(row, out);
        }
    }
}

/// Fewest bytes of a user: an id, the sums and the device.
const LEAST_USER_BYTES: usize = 1 + UserTotals::LEAST_BYTES + 1;
/// Fewest bytes of a rejected row: file, line, reason and the row.
const LEAST_REJECTED_BYTES: usize = 4;

impl Contents {
    /// Reads what [`UserTableBuilder::write_contents`] wrote.
    fn read(reader: &mut WireReader<'_>, input_count: usize) -> Result<Contents, Damaged> {
        let columns = reader.count(1)?;
        let columns = (0..columns).map(|_| column_of(reader.number()?)).collect::<Result<_, Damaged>>()?;
        let user_count = reader.count(LEAST_USER_BYTES)?;
        let (mut ids, mut devices) = (TextColumn::default(), Devices::default());
        let mut totals = Vec::with_capacity(user_count);
        for _ in 0..user_count {
            ids.push(reader.text()?);
            totals.push(UserTotals::read(reader)?);
            devices.read_next(reader)?;
        }
        Ok(Contents {
            columns,
            ids,
            totals,
            devices,
            device_texts: None,
            rows: UserLog::read(reader, user_count)?,
            revenue: UserLog::read(reader, user_count)?,
            milestones: UserLog::read(reader, user_count)?,
            latest_date: reader.optional_day()?,
            earliest_date: reader.optional_day()?,
            newest_update: reader.optional()?.map(Timestamp),
            tallies: RowTallies::read(reader)?,
            rejected: read_all_rejected(reader, input_count)?,
        })
    }
}

/// Columns with a fixed name come first; stages follow.
fn column_number(column: Column) -> u64 {
    let fixed = Column::FIXED.iter().position(|&fixed| fixed == column);
    match (fixed, column) {
        (None, Column::Milestone(stage)) => Column::FIXED.len() as u64 + stage_number(stage),
        (position, _) => position.unwrap_or_default() as u64,
    }
}

fn column_of(number: u64) -> Result<Column, Damaged> {
    match number.checked_sub(Column::FIXED.len() as u64) {
        Some(stage) => stage_of(stage).map(Column::Milestone),
        None => usize::try_from(number).ok().and_then(|at| Column::FIXED.get(at)).copied().ok_or(Damaged),
    }
}

fn write_rejected(row: &RejectedRow, out: &mut WireWriter) {
    out.number(row.file.into());
    out.number(row.line);
    match row.reason {
        RejectReason::FieldCount { found, expected } => {
            out.number(0);
            out.count(found);
            out.count(expected);
        }
        RejectReason::EmptyUserId => out.number(1),
        RejectReason::Date => out.number(2),
        RejectReason::TextAfterQuote => out.number(3),
        RejectReason::InvalidUtf8 => out.number(4),
        RejectReason::UnclosedQuote => out.number(5),
    }
    out.text(&row.row);
}

fn read_all_rejected(reader: &mut WireReader<'_>, input_count: usize) -> Result<Vec<RejectedRow>, Damaged> {
    let count = reader.count(LEAST_REJECTED_BYTES)?;
    (0..count).map(|_| read_rejected(reader, input_count)).collect()
}

fn read_rejected(reader: &mut WireReader<'_>, input_count: usize) -> Result<RejectedRow, Damaged> {
    let file: u32 = reader.small()?;
    if file as usize >= input_count {
        return Err(Damaged);
    }
    let line = reader.number()?;
    let reason = match reader.number()? {
        0 => RejectReason::FieldCount { found: reader.small()?, expected: reader.small()? },
        1 => RejectReason::EmptyUserId,
        2 => RejectReason::Date,
        3 => RejectReason::TextAfterQuote,
        4 => RejectReason::InvalidUtf8,
        5 => RejectReason::UnclosedQuote,
        _ => return Err(Damaged),
    };
    Ok(RejectedRow { file, line, reason, row: reader.text()?.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{UserDay, UserType};
    use crate::source::{InvalidValue, RowSink};
    use crate::value::amount::Amount;
    use crate::value::calendar::Day;
    use proptest::prelude::*;

    fn builder() -> UserTableBuilder {
        UserTableBuilder::new(None, vec!["a.csv".to_owned()])
    }

    /// A builder in which nothing is empty.
    fn filled() -> UserTableBuilder {
        let mut builder = builder();
        builder.columns.extend([Column::UserId, Column::Milestone(crate::value::stage::Stage::Level(7))]);
        for (id, day) in [(&b"u1"[..], 19_000), (b"u2", 19_003), (b"u1", 19_001)] {
            let milestones = [(crate::value::stage::Stage::Level(7), Timestamp(1_650_000_000_000_000))];
            let row = UserDay {
                user_id: id,
                date: Day(day),
                cohort_date: Some(Day(19_000)),
                device_id: Some(b"device"),
                total_events: Some(3),
                total_session_minutes: Some(Amount(1)),
                avg_session_minutes: Some(Amount(7_250_000_000)),
                days_since_last_active: Some(0),
                total_revenue: Some(Amount(-Amount::MAX_CELL)),
                iap_revenue: Some(Amount(1_990_000_000)),
                has_total_revenue_column: true,
                user_type: Some(UserType::New),
                last_updated: Some(Timestamp(1_650_000_000_000_001)),
                milestones: &milestones,
                ..UserDay::default()
            };
            builder.invalid(InvalidValue { file: 0, line: 2, column: Column::TotalSessions, text: b"ten" });
            builder.accept(&row, 1);
        }
        let reason = RejectReason::FieldCount { found: 3, expected: 4 };
        builder.reject(RejectedRow { file: 0, line: 9, reason, row: b"1,2,3".to_vec() });
        builder
    }

    fn with_checksum(mut part: Vec<u8>) -> Vec<u8> {
        let checksum = xxh3_64(&part[1 + CHECKSUM_BYTES..]);
        part[1..=CHECKSUM_BYTES].copy_from_slice(&checksum.to_le_bytes());
        part
    }

    #[test]
    fn every_change_and_every_cut_is_an_error() {
        let part = filled().to_part();
        assert_eq!(builder().merge_part(&part, 0), Ok(()));
        for length in 0..part.len() {
            assert_eq!(builder().merge_part(&part[..length], 0), Err(PartError::Damaged), "{length} bytes");
        }
        for position in 1..part.len() {
            let mut changed = part.clone();
            changed[position] ^= 1 << (position % 8);
            assert_eq!(builder().merge_part(&changed, 0), Err(PartError::Damaged), "byte {position}");
        }
        let longer = with_checksum([&part[..], b"\0"].concat());
        assert_eq!(builder().merge_part(&longer, 0), Err(PartError::Damaged));
    }

    #[test]
    fn other_versions_dates_and_inputs_are_errors() {
        let mut part = filled().to_part();
        let mut as_of = UserTableBuilder::new(Some(Day(19_003)), vec!["a.csv".to_owned()]);
        assert_eq!(as_of.merge_part(&part, 0), Err(PartError::OtherAsOf));
        assert_eq!(UserTableBuilder::new(None, Vec::new()).merge_part(&part, 0), Err(PartError::Damaged));
        part[0] = VERSION + 1;
        assert_eq!(builder().merge_part(&part, 0), Err(PartError::OtherVersion { found: VERSION + 1 }));
    }

    #[test]
    fn what_is_taken_leaves_an_empty_builder_with_its_configuration() {
        let mut taken = filled();
        let part = taken.take_part();
        assert_eq!((taken.accepted_row_count(), taken.rejected_row_count(), taken.invalid_value_count()), (0, 0, 0));
        assert_eq!((taken.columns.len(), taken.input_names.len()), (2, 1));
        taken.merge_part(&part, 0).unwrap();
        assert_eq!((taken.accepted_row_count(), taken.rejected_row_count(), taken.invalid_value_count()), (3, 1, 3));
        let (again, once) = (taken.finish(&Sequential).unwrap(), filled().finish(&Sequential).unwrap());
        assert_eq!((again.table, again.rejected), (once.table, once.rejected));
    }

    proptest! {
        // A checksum does not protect from bytes that were never a part.
        #[test]
        fn forged_parts_do_not_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let mut part = filled().to_part();
            let body = 1 + CHECKSUM_BYTES;
            for (position, byte) in changes {
                let position = body + position.index(part.len() - body);
                part[position] = byte;
            }
            let _ = builder().merge_part(&with_checksum(part), 0);
        }
    }
}
