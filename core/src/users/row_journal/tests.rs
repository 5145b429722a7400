use proptest::prelude::*;

use super::*;
use crate::parallel::Sequential;
use crate::source::{InvalidValue, RejectedRow, RowSink};
use crate::value::amount::Amount;
use crate::value::calendar::{Day, MICROS_PER_DAY};

/// A row with its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OwnedRow {
    user_id: Vec<u8>,
    device_id: Option<Vec<u8>>,
    date: Day,
    cohort_date: Option<Day>,
    counts: [Option<u64>; 3],
    minutes: [Option<Amount>; 2],
    total_revenue: Option<Amount>,
    parts: [Option<Amount>; 3],
    has_total_revenue_column: bool,
    user_type: Option<UserType>,
    last_updated: Option<Timestamp>,
    milestones: Vec<(Stage, Timestamp)>,
}

impl OwnedRow {
    fn of(row: &UserDay<'_>) -> OwnedRow {
        OwnedRow {
            user_id: row.user_id.to_vec(),
            device_id: row.device_id.map(<[u8]>::to_vec),
            date: row.date,
            cohort_date: row.cohort_date,
            counts: [row.total_events, row.total_sessions, row.days_since_last_active],
            minutes: [row.total_session_minutes, row.avg_session_minutes],
            total_revenue: row.total_revenue,
            parts: [row.iap_revenue, row.ad_revenue, row.subscription_revenue],
            has_total_revenue_column: row.has_total_revenue_column,
            user_type: row.user_type,
            last_updated: row.last_updated,
            milestones: row.milestones.to_vec(),
        }
    }

    fn push_to(&self, journal: &mut RowJournal) {
        journal.push(&UserDay {
            user_id: &self.user_id,
            date: self.date,
            cohort_date: self.cohort_date,
            device_id: self.device_id.as_deref(),
            total_events: self.counts[0],
            total_sessions: self.counts[1],
            total_session_minutes: self.minutes[0],
            avg_session_minutes: self.minutes[1],
            days_since_last_active: self.counts[2],
            total_revenue: self.total_revenue,
            iap_revenue: self.parts[0],
            ad_revenue: self.parts[1],
            subscription_revenue: self.parts[2],
            has_total_revenue_column: self.has_total_revenue_column,
            user_type: self.user_type,
            last_updated: self.last_updated,
            milestones: &self.milestones,
        });
    }
}

#[derive(Default)]
struct Collected(Vec<OwnedRow>);

impl RowSink for Collected {
    fn accept(&mut self, row: &UserDay<'_>, invalid_value_count: u32) {
        assert_eq!(invalid_value_count, 0);
        self.0.push(OwnedRow::of(row));
    }

    fn reject(&mut self, row: RejectedRow) {
        panic!("{row:?} was accepted");
    }

    fn invalid(&mut self, value: InvalidValue<'_>) {
        panic!("{value:?} was told before");
    }
}

fn day() -> impl Strategy<Value = Day> {
    prop_oneof![8 => 19_700..19_730, 1 => Day::MIN.0..=Day::MAX.0, 1 => Just(Day::MIN.0), 1 => Just(Day::MAX.0)]
        .prop_map(Day)
}

fn time() -> impl Strategy<Value = Timestamp> {
    let micros = prop_oneof![Just(0), Just(3_000_000), 0..MICROS_PER_DAY];
    (day(), micros).prop_map(|(day, micros)| Timestamp(Timestamp::midnight(day).0 + micros))
}

fn count() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![
        Just(None),
        (0..4_u64).prop_map(Some),
        any::<u64>().prop_map(Some),
        (0..3_u64).prop_map(|n| Some(u64::MAX - n))
    ]
}

fn amount() -> impl Strategy<Value = Option<Amount>> {
    let billionths = prop_oneof![
        3 => Just(0),
        3 => (-200..2_000_i128).prop_map(|hundredths| hundredths * 10_000_000),
        1 => any::<i64>().prop_map(i128::from),
        1 => -Amount::MAX_CELL..=Amount::MAX_CELL,
        1 => prop_oneof![Just(Amount::MAX_CELL), Just(-Amount::MAX_CELL)],
    ];
    prop::option::weighted(0.8, billionths.prop_map(Amount))
}

fn stage() -> impl Strategy<Value = Stage> {
    let unnumbered = vec![Stage::FtueStart, Stage::FtueComplete, Stage::GameComplete, Stage::FirstPurchase];
    prop_oneof![prop::sample::select(unnumbered), prop_oneof![0..6_u32, Just(u32::MAX)].prop_map(Stage::Level)]
}

/// Minutes that follow from sessions, and others.
fn minutes(sessions: Option<u64>, drawn: [Option<Amount>; 2], follows: bool) -> [Option<Amount>; 2] {
    match (drawn, sessions) {
        ([Some(total), Some(mean)], Some(sessions)) if follows => {
            let product = mean.0.saturating_mul(sessions.into()).saturating_add(total.0 % 5_000);
            [Some(Amount(product.clamp(-Amount::MAX_CELL, Amount::MAX_CELL))), Some(mean)]
        }
        _ => drawn,
    }
}

fn row() -> impl Strategy<Value = OwnedRow> {
    let total = prop_oneof![2 => Just(None), 1 => amount().prop_map(Some)];
    let user_type = prop_oneof![Just(None), Just(Some(UserType::New)), Just(Some(UserType::Returning))];
    (
        ("[ab]{1,3}|[0-9a-f]{32}", prop::option::of("d[0-9]{0,2}|[0-9a-f]{8}"), day(), prop::option::of(day())),
        (prop::array::uniform3(count()), prop::array::uniform2(amount()), prop::array::uniform3(amount()), total),
        (any::<[bool; 2]>(), user_type, prop::option::of(time()), prop::collection::vec((stage(), time()), 0..6)),
    )
        .prop_map(|(who, numbers, rest)| {
            let (user_id, device_id, date, cohort_date) = who;
            let (counts, drawn_minutes, parts, total) = numbers;
            let ([has_total_revenue_column, follows], user_type, last_updated, milestones) = rest;
            let sum: Amount = parts.iter().flatten().copied().sum();
            OwnedRow {
                user_id: user_id.into_bytes(),
                device_id: device_id.map(String::into_bytes),
                date,
                cohort_date,
                counts,
                minutes: minutes(counts[1], drawn_minutes, follows),
                total_revenue: total.unwrap_or(Some(Amount(sum.0.clamp(-Amount::MAX_CELL, Amount::MAX_CELL)))),
                parts,
                has_total_revenue_column,
                user_type,
                last_updated,
                milestones,
            }
        })
}

/// Rows that resemble the one before in many cells, of few users who return.
fn rows() -> impl Strategy<Value = Vec<OwnedRow>> {
    prop::collection::vec((row(), any::<[bool; 8]>(), 0..4_usize), 0..40).prop_map(|drawn| {
        let mut rows: Vec<OwnedRow> = Vec::new();
        for (mut row, keeps, at) in drawn {
            if let Some(before) = rows.last().cloned() {
                row.user_id = if keeps[0] { before.user_id } else { row.user_id };
                row.device_id = if keeps[1] { before.device_id } else { row.device_id };
                row.date = if keeps[2] && before.date < Day::MAX { Day(before.date.0 + 1) } else { row.date };
                row.cohort_date = if keeps[3] { before.cohort_date } else { row.cohort_date };
                row.counts = if keeps[4] { before.counts } else { row.counts };
                row.parts = if keeps[5] { before.parts } else { row.parts };
                row.last_updated = if keeps[6] { before.last_updated } else { row.last_updated };
                if keeps[7] {
                    let at = before.milestones.len().min(at);
                    row.milestones.truncate(1);
                    row.milestones.splice(0..0, before.milestones[..at].iter().copied());
                    row.milestones.extend_from_slice(&before.milestones[at..]);
                }
            }
            rows.push(row);
        }
        rows
    })
}

fn journal_of(rows: &[OwnedRow]) -> Vec<u8> {
    let mut journal = RowJournal::default();
    for row in rows {
        row.push_to(&mut journal);
    }
    let bytes = journal.take();
    assert_eq!(journal.take(), b"", "what was taken is forgotten");
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_comes_back(rows in rows()) {
        let mut collected = Collected::default();
        prop_assert_eq!(replay(&journal_of(&rows), &mut collected), Ok(()));
        prop_assert_eq!(collected.0, rows);
    }

    #[test]
    fn a_journal_that_was_taken_does_not_need_the_one_before(rows in rows(), cut in any::<prop::sample::Index>()) {
        let mut journal = RowJournal::default();
        let mut collected = Collected::default();
        let (first, second) = rows.split_at(cut.index(rows.len() + 1));
        for part in [second, first] {
            for row in part {
                row.push_to(&mut journal);
            }
            prop_assert_eq!(replay(&journal.take(), &mut collected), Ok(()));
        }
        prop_assert_eq!(collected.0, [second, first].concat());
    }

    #[test]
    fn damaged_bytes_do_not_panic(
        rows in rows(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in any::<prop::sample::Index>(), noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut bytes = journal_of(&rows);
        bytes.truncate(end.index(bytes.len() + 1).max(1));
        for (position, byte) in changes {
            let length = bytes.len();
            if let Some(changed) = bytes.get_mut(position.index(length.max(1))) {
                *changed = byte;
            }
        }
        for bytes in [bytes, noise] {
            // What can be read is folded, so that no number is too much for the table.
            let mut builder = crate::users::UserTableBuilder::new(None, Vec::new());
            let _ = replay(&bytes, &mut builder);
            let _ = builder.finish(&Sequential);
        }
    }
}

#[test]
fn a_further_day_takes_few_bytes() {
    let mut row = OwnedRow {
        user_id: b"0001234".to_vec(),
        device_id: Some(b"3f2a8c1e-0000-4000-8000-1234567890ab".to_vec()),
        date: Day(19_700),
        cohort_date: Some(Day(19_700)),
        counts: [Some(40), Some(3), None],
        minutes: [Some(Amount(14_734_074_000)), Some(Amount(4_911_358_000))],
        total_revenue: Some(Amount(0)),
        parts: [Some(Amount(0)), Some(Amount(0)), None],
        has_total_revenue_column: true,
        user_type: Some(UserType::New),
        last_updated: Some(Timestamp(1_750_000_000_000_001)),
        milestones: vec![(Stage::FtueComplete, Timestamp(1_702_080_095_000_000))],
    };
    let mut journal = RowJournal::default();
    row.push_to(&mut journal);
    let first = journal.byte_count();
    (row.date.0, row.user_type) = (row.date.0 + 1, Some(UserType::Returning));
    row.push_to(&mut journal);
    assert_eq!(journal.byte_count() - first, 4 + 1 + 1 + 4, "head, events, sessions, mean minutes");
    (row.date.0, row.parts[1]) = (row.date.0 + 3, Some(Amount(12_345_000)));
    row.total_revenue = row.parts[1];
    row.push_to(&mut journal);
    assert_eq!(journal.byte_count() - first, 10 + 10 + 1 + 2, "days and one amount more");
}
