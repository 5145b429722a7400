//! A row as a CSV record.

use crate::calendar::Calendar;
use crate::columns::LEVELS;
use crate::day::{Revenue, UserDay};
use crate::defect::{Defect, RoundedId};
use crate::population::User;
use crate::text::{push_hex, push_millionths, push_number, push_text, push_time_of_day};

/// Seconds after the start of the day's first session.
const FTUE_AFTER: u32 = 95;
const LEVEL_AFTER: u32 = 120;
const LEVEL_TAKES: u32 = 180;
const PURCHASE_AFTER: u32 = 900;
const NEXT_PURCHASE_AFTER: u32 = 31;
const GAME_AFTER: u32 = 2_400;

const APP_NAME: &str = "Lighthouse Merge";

/// Data quality issues, each with its score, from this percentile of the users on.
const ISSUES: [(u32, u32, &str); 4] = [
    (
        0,
        95,
        r#"["user_id is null in 12.4% of events, using device_id fallback", "3 duplicate session ids", "clock skew 2.1 s"]"#,
    ),
    (70, 97, r#"["session_end missing, closed after 30 min of silence"]"#),
    (85, 98, r#"["country from IP, \"GeoLite\" of 2025-06"]"#),
    (95, 100, "[]"),
];

/// What is the same in every record.
#[derive(Debug, Clone)]
pub(crate) struct RunCells {
    with_sessions: bool,
    /// `last_updated` and `run_hash`.
    updated_and_hash: Vec<u8>,
}

/// What is the same in every record of a user; the buffers are used again for the next one.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserCells {
    id: Vec<u8>,
    devices: Vec<[u8; 36]>,
    /// From `country` to the line end.
    attributes: Vec<u8>,
}

impl RunCells {
    pub(crate) fn new(calendar: &Calendar, seed: u64, with_sessions: bool) -> Self {
        let mut cells = Vec::new();
        let day_after = i32::try_from(calendar.days()).unwrap_or(i32::MAX);
        cells.extend_from_slice(calendar.text(day_after));
        cells.extend_from_slice(b" 06:12:33.123456+00:00,");
        let mut hash = Vec::new();
        push_hex(&mut hash, (seed ^ 0x5deb_a7e5).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        cells.extend_from_slice(&hash[..12]);
        Self { with_sessions, updated_and_hash: cells }
    }

    /// Appends `country` to the line end.
    fn push_attributes(&self, out: &mut Vec<u8>, user: &User, defect: Option<Defect>) {
        push_text(out, user.place.country);
        out.push(b',');
        push_text(out, user.place.state);
        out.push(b',');
        if defect == Some(Defect::InvalidUtf8) {
            out.extend_from_slice(b"M\xfcnchen");
        } else {
            push_text(out, user.place.city);
        }
        out.push(b',');
        user.acquisition.push(out);
        let mut issues = ISSUES[0];
        for candidate in ISSUES {
            if user.issue_percentile >= candidate.0 {
                issues = candidate;
            }
        }
        let (_, score, issues) = issues;
        out.push(b',');
        push_number(out, score);
        out.push(b',');
        out.extend_from_slice(&self.updated_and_hash);
        out.push(b',');
        if defect == Some(Defect::TextAfterClosingQuote) {
            out.extend_from_slice(b"\"Lighthouse\" Merge");
        } else {
            push_text(out, APP_NAME);
        }
        out.push(b',');
        push_text(out, issues);
        if defect == Some(Defect::TooManyFields) {
            out.extend_from_slice(b",1");
        }
        out.push(b'\n');
    }

    /// Appends a record.
    pub(crate) fn push(&self, out: &mut Vec<u8>, row: &UserDay, user: &User, cells: &UserCells, calendar: &Calendar) {
        let defect = row.defect;
        if defect != Some(Defect::EmptyUserId) {
            out.extend_from_slice(&cells.id);
        }
        out.push(b',');
        out.extend_from_slice(&cells.devices[row.device]);
        out.push(b',');
        if defect == Some(Defect::ImpossibleDate) {
            out.extend_from_slice(b"2024-02-30");
        } else {
            out.extend_from_slice(calendar.text(row.day));
        }
        out.push(b',');
        out.extend_from_slice(calendar.text(row.cohort));
        out.push(b',');
        push_number(out, (row.day - row.cohort).max(0));
        out.extend_from_slice(if row.returning { b",returning," } else { b",new," });
        if self.with_sessions {
            push_number(out, row.sessions);
            out.push(b',');
        }
        push_durations(out, row);
        push_revenue(out, &row.revenue);
        push_purchase_times(out, row, calendar);
        if defect == Some(Defect::TextInNumber) {
            out.extend_from_slice(b"many");
        } else {
            push_number(out, row.events);
        }
        out.push(b',');
        push_number(out, row.unique_events);
        out.push(b',');
        push_milestones(out, row, calendar);
        if defect == Some(Defect::TooFewFields) {
            out.push(b'\n');
        } else if defect.is_some() {
            out.push(b',');
            self.push_attributes(out, user, defect);
        } else {
            out.push(b',');
            out.extend_from_slice(&cells.attributes);
        }
    }
}

impl UserCells {
    /// Renders the cells of another user; `rounded_id` takes the place of the id.
    pub(crate) fn set(&mut self, user: &User, rounded_id: Option<RoundedId>, run: &RunCells) {
        self.id.clear();
        if let Some(id) = rounded_id {
            id.push(&mut self.id);
        } else {
            for half in user.id {
                push_hex(&mut self.id, half);
            }
        }
        self.attributes.clear();
        run.push_attributes(&mut self.attributes, user, None);
        self.devices.clear();
        self.devices.extend(user.devices.iter().map(uuid));
    }
}

fn uuid(halves: &[u64; 2]) -> [u8; 36] {
    let mut hex = Vec::with_capacity(32);
    for &half in halves {
        push_hex(&mut hex, half);
    }
    let mut text = [b'-'; 36];
    for (from, to) in [(0..8, 0..8), (8..12, 9..13), (12..16, 14..18), (16..20, 19..23), (20..32, 24..36)] {
        text[to].copy_from_slice(&hex[from]);
    }
    text
}

/// Appends the mean, the longest and the total duration, each with a comma.
fn push_durations(out: &mut Vec<u8>, row: &UserDay) {
    let Some(duration) = &row.duration else {
        out.extend_from_slice(b",,,");
        return;
    };
    let sessions = u64::from(row.sessions.max(1));
    let mean = (duration.total + sessions / 2) / sessions;
    for minutes in [mean, duration.longest, duration.total] {
        push_millionths(out, minutes);
        out.push(b',');
    }
}

/// Appends the five amounts and the four counts, each with a comma.
fn push_revenue(out: &mut Vec<u8>, revenue: &Revenue) {
    let total = revenue.total();
    for amount in [total, total, revenue.iap, revenue.ad, revenue.subscription] {
        amount.push(out);
        out.push(b',');
    }
    let counts = [revenue.iap_events, revenue.ad_events, revenue.subscription_events];
    for count in counts {
        push_number(out, count);
        out.push(b',');
    }
    push_number(out, counts.iter().sum::<u32>());
    out.push(b',');
}

/// Appends the first and the last purchase time, each with a comma.
fn push_purchase_times(out: &mut Vec<u8>, row: &UserDay, calendar: &Calendar) {
    let purchases = row.revenue.purchases();
    for nth in [0, purchases.saturating_sub(1)] {
        if purchases > 0 {
            out.extend_from_slice(calendar.text(row.milestone_day));
            let seconds = row.began_seconds + PURCHASE_AFTER + NEXT_PURCHASE_AFTER * nth;
            push_time_of_day(out, seconds.min(86_399), row.millis);
        }
        out.push(b',');
    }
}

/// Appends the times and counts from `ftue_complete_time` to `max_level_reached`.
fn push_milestones(out: &mut Vec<u8>, row: &UserDay, calendar: &Calendar) {
    let date = calendar.text(row.milestone_day);
    let push_time = |out: &mut Vec<u8>, reached: bool, after: u32| {
        if reached {
            out.extend_from_slice(date);
            // Another fraction for every column, without another draw.
            push_time_of_day(out, row.began_seconds + after, row.millis * (after % 7 + 3) % 1_000);
        }
        out.push(b',');
    };
    let milestones = row.milestones;
    if row.defect == Some(Defect::ImpossibleTimestamp) {
        out.extend_from_slice(date);
        out.extend_from_slice(b" 25:61:00.000000+00:00,");
    } else {
        push_time(out, milestones.ftue_complete, FTUE_AFTER);
    }
    push_time(out, milestones.game_complete, GAME_AFTER);
    for level in 1..=LEVELS {
        push_time(out, milestones.passed(level), LEVEL_AFTER + LEVEL_TAKES * level);
    }
    for level in 1..=LEVELS {
        let count = if milestones.passed(level) { 1 + (row.millis + level) % 3 } else { 0 };
        push_number(out, count);
        out.push(b',');
    }
    push_number(out, milestones.top_level());
}
