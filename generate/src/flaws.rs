//! Flaws of real exports, planted here and there.

use crate::calendar::Calendar;
use crate::day::{MEAN_EVENTS, UserDay};
use crate::defect::{Defect, RoundedId};
use crate::journey::Milestones;
use crate::money::Money;
use crate::population::User;
use crate::random::Random;

/// A flaw that [`GenerateSpec::flaws`](crate::GenerateSpec::flaws) plants.
///
/// Each is planted a few times in a small table and once in about 5,000 users in a large one, in a
/// fixed rotation; a table of some hundred users has them all. A user has one flaw at most. Rejected
/// and duplicate rows are part of the number of rows asked for. But for rows that are rejected, the
/// order by `user_id, date` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Flaw {
    /// Rejected row: it ends early, or has a field too many.
    WrongFieldCount,
    /// Rejected row: its date is 2024-02-30.
    ImpossibleDate,
    /// Rejected row: its `user_id` is empty.
    EmptyUserId,
    /// Rejected row: text follows a closing quote in `app_name`.
    TextAfterClosingQuote,
    /// Rejected row: `city` is in Latin-1.
    InvalidUtf8,
    /// Row with a word in `total_events`.
    TextInNumber,
    /// Row with a `ftue_complete_time` at 25:61.
    ImpossibleTimestamp,
    /// Row with a refund, so that its revenue is negative.
    NegativeRevenue,
    /// Row that is written twice.
    DuplicateRow,
    /// Row whose `total_revenue` is 1.00 more than its parts.
    RevenuePartsDiffer,
    /// Row with the other `user_type` than its dates say.
    UserTypeContradiction,
    /// User whose milestones are three days before install.
    StageBeforeInstall,
    /// User with a `cohort_date` before the first date of the table.
    LeftTruncatedUser,
    /// User with rows before `cohort_date`; counted are the rows.
    RowBeforeCohortDate,
    /// User with a second `cohort_date`.
    SeveralCohortDates,
    /// The one user (a bot) with a large part of all events.
    DominantUser,
    /// User with an id that a spreadsheet rounded, such as `1.23E+15`; one at most for each leading
    /// digit, where the order of the ids has room for it.
    RoundedUserId,
    /// The one calendar day without rows, two thirds into a table of three days or more.
    MissingDay,
}

impl Flaw {
    /// All flaws.
    pub const ALL: [Self; 18] = [
        Self::WrongFieldCount,
        Self::ImpossibleDate,
        Self::EmptyUserId,
        Self::TextAfterClosingQuote,
        Self::InvalidUtf8,
        Self::TextInNumber,
        Self::ImpossibleTimestamp,
        Self::NegativeRevenue,
        Self::DuplicateRow,
        Self::RevenuePartsDiffer,
        Self::UserTypeContradiction,
        Self::StageBeforeInstall,
        Self::LeftTruncatedUser,
        Self::RowBeforeCohortDate,
        Self::SeveralCohortDates,
        Self::DominantUser,
        Self::RoundedUserId,
        Self::MissingDay,
    ];

    /// Those planted in rotation; the others have a time of their own.
    const ROTATION: usize = 15;

    /// The code of the finding that reports it.
    #[must_use]
    pub const fn finding(self) -> &'static str {
        match self {
            Self::WrongFieldCount
            | Self::ImpossibleDate
            | Self::EmptyUserId
            | Self::TextAfterClosingQuote
            | Self::InvalidUtf8 => "rejected_rows",
            Self::TextInNumber | Self::ImpossibleTimestamp => "invalid_values",
            Self::NegativeRevenue => "negative_revenue",
            Self::DuplicateRow => "duplicate_rows",
            Self::RevenuePartsDiffer => "revenue_parts_differ",
            Self::UserTypeContradiction => "user_type_contradicts_dates",
            Self::StageBeforeInstall => "stage_before_install",
            Self::LeftTruncatedUser => "left_truncated_users",
            Self::RowBeforeCohortDate => "rows_before_cohort_date",
            Self::SeveralCohortDates => "multiple_cohort_dates",
            Self::DominantUser => "dominant_users",
            Self::RoundedUserId => "rounded_user_ids",
            Self::MissingDay => "missing_days",
        }
    }
}

const REFUND: Money = Money::from_cents(499);
const UNEXPLAINED: Money = Money::from_cents(100);
/// How long before install the milestones of [`Flaw::StageBeforeInstall`] are.
const DAYS_BEFORE_INSTALL: i32 = 3;
const LONGEST_TRUNCATION_DAYS: u32 = 30;
/// A single day does not show a bot.
const BOT_ROWS: usize = 5;

/// Plants flaws into users as they come by.
#[derive(Debug, Clone)]
pub(crate) struct FlawPlanter {
    /// Of its own, so that the population is the same with flaws and without.
    random: Random,
    /// Position in the rotation.
    next: usize,
    users_between: u64,
    users_to_go: u64,
    missing_day: Option<i32>,
    bot_events: u64,
    leading_digit: u32,
    planted: [u64; Flaw::ALL.len()],
}

impl FlawPlanter {
    /// For a table of about `users` users.
    pub(crate) fn new(seed: u64, rows: u64, users: u64, calendar: &Calendar) -> Self {
        let times_each = 4 + users / 5_000;
        let users_between = (users / (times_each * Flaw::ROTATION as u64)).max(2);
        let days = i32::try_from(calendar.days()).unwrap_or(i32::MAX);
        let missing_day = (days >= 3).then_some(days * 2 / 3);
        // Well above the larger of 1 % and ten mean users, at which a user dominates.
        let per_mille = (30_000 / users.max(1)).clamp(60, 4_000);
        let mut planter = Self {
            random: Random::new(seed ^ 0x00f1_a305),
            next: 0,
            users_between,
            users_to_go: users_between / 2,
            missing_day,
            bot_events: rows.saturating_mul(MEAN_EVENTS) / 1_000 * per_mille,
            leading_digit: 0,
            planted: [0; Flaw::ALL.len()],
        };
        planter.count(Flaw::MissingDay, u64::from(missing_day.is_some()));
        planter
    }

    pub(crate) fn planted(&self, flaw: Flaw) -> u64 {
        self.planted[flaw as usize]
    }

    /// Plants at most one flaw into a user and returns an id to write in place of the user's own.
    /// A user whose rows would be cut off by the end of the table stays sound.
    pub(crate) fn plant(&mut self, user: &User, rows: &mut Vec<UserDay>, rows_left: u64) -> Option<RoundedId> {
        rows.retain(|row| Some(row.day) != self.missing_day);
        let room = (rows.len() as u64) < rows_left;
        if rows.is_empty() || !room {
            return None;
        }
        if let Some(id) = self.rounded_id(user) {
            self.count(Flaw::RoundedUserId, 1);
            return Some(id);
        }
        if self.planted(Flaw::DominantUser) == 0 && rows.len() >= BOT_ROWS {
            self.count(Flaw::DominantUser, 1);
            let events = self.bot_events / rows.len() as u64;
            for row in rows {
                row.events += events;
            }
            return None;
        }
        self.users_to_go = self.users_to_go.saturating_sub(1);
        if self.users_to_go == 0 {
            let flaw = Flaw::ALL[self.next];
            let planted = self.plant_into(flaw, user, rows);
            // A flaw that does not suit this user waits for the next one.
            if planted > 0 {
                self.count(flaw, planted);
                self.next = (self.next + 1) % Flaw::ROTATION;
                self.users_to_go = self.users_between;
            }
        }
        None
    }

    fn count(&mut self, flaw: Flaw, n: u64) {
        self.planted[flaw as usize] += n;
    }

    /// An id such as `4.71E+15` sorts between ids that begin with 3 and with 4, the others in
    /// hexadecimal: the first user past such a step can have it.
    fn rounded_id(&mut self, user: &User) -> Option<RoundedId> {
        let digit = u32::try_from(user.id[0] >> 60).unwrap_or(0);
        let stepped = digit != self.leading_digit;
        self.leading_digit = digit;
        (stepped && digit < 10).then(|| RoundedId { leading_digit: digit, hundredths: self.random.below(100) })
    }

    /// Returns how often the flaw was planted, 0 if the user does not suit it.
    fn plant_into(&mut self, flaw: Flaw, user: &User, rows: &mut Vec<UserDay>) -> u64 {
        let position = self.random.below(u32::try_from(rows.len()).unwrap_or(1)) as usize;
        let row = &mut rows[position];
        match flaw {
            Flaw::WrongFieldCount => {
                let turn = self.planted(flaw).is_multiple_of(2);
                row.defect = Some(if turn { Defect::TooFewFields } else { Defect::TooManyFields });
            }
            Flaw::ImpossibleDate => row.defect = Some(Defect::ImpossibleDate),
            Flaw::EmptyUserId => row.defect = Some(Defect::EmptyUserId),
            Flaw::TextAfterClosingQuote => row.defect = Some(Defect::TextAfterClosingQuote),
            Flaw::InvalidUtf8 => row.defect = Some(Defect::InvalidUtf8),
            Flaw::TextInNumber => row.defect = Some(Defect::TextInNumber),
            Flaw::ImpossibleTimestamp => row.defect = Some(Defect::ImpossibleTimestamp),
            Flaw::NegativeRevenue => {
                row.revenue.iap = -REFUND;
                row.revenue.iap_events = 0;
                row.revenue.subscription = Money::ZERO;
                row.revenue.subscription_events = 0;
            }
            Flaw::DuplicateRow => {
                let copy = row.clone();
                rows.insert(position, copy);
            }
            Flaw::RevenuePartsDiffer => row.revenue.unexplained = UNEXPLAINED,
            Flaw::UserTypeContradiction => row.returning = !row.returning,
            Flaw::StageBeforeInstall => return milestones_before_install(rows),
            Flaw::LeftTruncatedUser => {
                let days = 1 + self.random.below(LONGEST_TRUNCATION_DAYS);
                left_truncate(rows, i32::try_from(days).unwrap_or(1));
            }
            Flaw::RowBeforeCohortDate => return postpone_cohort(rows, user),
            Flaw::SeveralCohortDates => return second_cohort(rows),
            Flaw::DominantUser | Flaw::RoundedUserId | Flaw::MissingDay => return 0,
        }
        1
    }
}

/// All milestones, so that the highest of them is early whichever it is.
fn milestones_before_install(rows: &mut [UserDay]) -> u64 {
    let has_stage = rows.iter().any(|row| row.milestones != Milestones::default() || row.revenue.purchases() > 0);
    if !has_stage {
        return 0;
    }
    for row in rows {
        row.milestone_day = row.cohort - DAYS_BEFORE_INSTALL;
    }
    1
}

/// The user installed before the table began: only returns are left.
fn left_truncate(rows: &mut [UserDay], days: i32) {
    for (position, row) in rows.iter_mut().enumerate() {
        row.cohort = -days;
        row.returning = true;
        if position == 0 {
            row.milestones = Milestones::default();
        }
    }
}

/// Lets `cohort_date` be the user's second day. Nothing is reached or bought before, or the user
/// would have a stage before install too.
fn postpone_cohort(rows: &mut [UserDay], user: &User) -> u64 {
    let Some(first) = rows.first().map(|row| row.day) else { return 0 };
    let Some(second) = rows.iter().map(|row| row.day).find(|&day| day > first) else { return 0 };
    if user.payer.is_some() {
        return 0;
    }
    let mut before = 0;
    for row in rows {
        row.cohort = second;
        row.returning = row.day != second;
        if row.day < second {
            row.milestones = Milestones::default();
            before += 1;
        }
    }
    before
}

/// The last row has a later `cohort_date`, as after a new install.
fn second_cohort(rows: &mut [UserDay]) -> u64 {
    match rows.last_mut() {
        Some(last) if last.day >= last.cohort + 2 => {
            last.cohort = last.day - 1;
            1
        }
        _ => 0,
    }
}
