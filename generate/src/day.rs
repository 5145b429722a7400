//! What a user did on a day: the content of a row.

use crate::calendar::Calendar;
use crate::defect::Defect;
use crate::journey::Milestones;
use crate::money::Money;
use crate::population::{Payer, User};
use crate::random::{Factor, LogNormalTable, Random, Share};
use crate::retention::Retention;

const DURATION_UNKNOWN: Share = Share::per_mille(15);
const BUYS_AGAIN: Share = Share::per_mille(120);
const BUYS_ANOTHER: Share = Share::per_mille(280);
const ON_OTHER_DEVICE: Share = Share::per_mille(300);
const ON_TWO_DEVICES: Share = Share::per_mille(150);

const SUBSCRIPTION: Money = Money::from_cents(999);
const SUBSCRIPTION_DAYS: u32 = 30;
const HIGHEST_PRICE_DOLLARS: u64 = 99;
/// Of one advertisement, the median.
const AD_MICROS: u64 = 9_870;

/// Median duration of a session, in millionths of a minute.
const MEDIAN_SESSION: u64 = 7_213_579;
/// Nobody plays longer than 20 hours of a day.
const LONGEST_DAY: u64 = 20 * 60 * 1_000_000;

/// Mean number of events in a row, as measured.
pub(crate) const MEAN_EVENTS: u64 = 105;

/// A row: one user, one device, one day.
#[derive(Debug, Clone)]
pub(crate) struct UserDay {
    pub(crate) day: i32,
    pub(crate) cohort: i32,
    pub(crate) returning: bool,
    /// Position among the user's devices.
    pub(crate) device: usize,
    pub(crate) sessions: u32,
    pub(crate) duration: Option<Duration>,
    pub(crate) revenue: Revenue,
    pub(crate) events: u64,
    pub(crate) unique_events: u64,
    pub(crate) milestones: Milestones,
    /// The day the milestones are dated.
    pub(crate) milestone_day: i32,
    /// When the day's first session began, seconds of the day; early enough for all that follows.
    pub(crate) began_seconds: u32,
    pub(crate) millis: u32,
    pub(crate) defect: Option<Defect>,
}

/// Session time, in millionths of a minute.
#[derive(Debug, Clone)]
pub(crate) struct Duration {
    pub(crate) total: u64,
    pub(crate) longest: u64,
}

/// Revenue of a row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Revenue {
    pub(crate) iap: Money,
    pub(crate) ad: Money,
    pub(crate) subscription: Money,
    /// What `total_revenue` has beyond the sum of the parts.
    pub(crate) unexplained: Money,
    pub(crate) iap_events: u32,
    pub(crate) ad_events: u32,
    pub(crate) subscription_events: u32,
}

impl Revenue {
    pub(crate) fn total(&self) -> Money {
        [self.iap, self.ad, self.subscription, self.unexplained].into_iter().sum()
    }

    pub(crate) fn purchases(&self) -> u32 {
        self.iap_events + self.subscription_events
    }
}

/// Draws the rows of users.
#[derive(Debug, Clone)]
pub(crate) struct DayMaker {
    minutes: LogNormalTable,
    price: LogNormalTable,
    ad: LogNormalTable,
    /// Days after install on which the current user is active.
    active: Vec<u32>,
}

impl DayMaker {
    pub(crate) fn new() -> Self {
        Self {
            minutes: LogNormalTable::new(0.75),
            price: LogNormalTable::new(0.5),
            ad: LogNormalTable::new(0.7),
            active: Vec::new(),
        }
    }

    /// Replaces `rows` by those of a user, in the order of their dates.
    pub(crate) fn fill(&mut self, rows: &mut Vec<UserDay>, user: &User, calendar: &Calendar, random: &mut Random) {
        rows.clear();
        self.active.clear();
        let last = user.lifetime.min(calendar.days() - 1 - user.install);
        self.active.push(0);
        for after in 1..=last {
            if Retention::is_active(calendar.is_weekend(user.install + after), random) {
                self.active.push(after);
            }
        }
        let n_active = u32::try_from(self.active.len()).unwrap_or(u32::MAX);
        for (nth, &after) in (0..n_active).zip(&self.active) {
            let mut row = self.blank_row(user, after, random);
            row.milestones = user.journey.on_active_day(nth, random);
            if user.watches_ads {
                self.watch_ads(&mut row, user, nth == 0, random);
            }
            if let Some(payer) = &user.payer {
                let first = nth == payer.first_purchase_day.min(n_active - 1);
                self.buy(&mut row, payer, first, after, random);
            }
            let second_device = user.devices.len() > 1 && random.chance(ON_TWO_DEVICES);
            let device = row.device;
            rows.push(row);
            if second_device {
                let mut other = self.blank_row(user, after, random);
                other.device = (device + 1) % user.devices.len();
                rows.push(other);
            }
        }
    }

    /// A row with sessions and events, without revenue and milestones.
    fn blank_row(&self, user: &User, after: u32, random: &mut Random) -> UserDay {
        let engagement = user.engagement;
        let sessions = 1 + random.successes(Share::of(engagement.in_1024ths() * 3 / 2, 1_024));
        let per_session = self.minutes.draw(random).times(engagement.times(MEDIAN_SESSION));
        let total = (per_session * u64::from(sessions)).min(LONGEST_DAY);
        let longest = if sessions == 1 { total } else { total * u64::from(40 + random.below(60)) / 100 };
        let known = !random.chance(DURATION_UNKNOWN);
        let per_session_events = engagement.times(u64::from(14 + random.below(23)));
        let events = 5 + per_session_events * u64::from(sessions);
        let day = i32::try_from(user.install + after).unwrap_or(i32::MAX);
        let device = if user.devices.len() > 1 && random.chance(ON_OTHER_DEVICE) {
            1 + random.below(2) as usize % (user.devices.len() - 1)
        } else {
            0
        };
        UserDay {
            day,
            cohort: i32::try_from(user.install).unwrap_or(i32::MAX),
            returning: after > 0,
            device,
            sessions,
            duration: known.then_some(Duration { total, longest }),
            revenue: Revenue::default(),
            events,
            unique_events: events.min(u64::from(4 + random.below(19))),
            milestones: Milestones::default(),
            milestone_day: day,
            began_seconds: random.below(70_000),
            millis: random.below(1_000),
            defect: None,
        }
    }

    fn watch_ads(&self, row: &mut UserDay, user: &User, is_first: bool, random: &mut Random) {
        let mean = user.engagement.in_1024ths() * 11 / 5;
        // One at least on the first day, so that who watches advertisements is known by revenue.
        let n = random.successes(Share::of(mean, 1_024)).max(u32::from(is_first));
        let each = self.ad.draw(random).times(AD_MICROS);
        row.revenue.ad_events = n;
        row.revenue.ad = Money::from_micros(i64::try_from(each).unwrap_or(0)).times(n);
    }

    fn buy(&self, row: &mut UserDay, payer: &Payer, is_first: bool, after: u32, random: &mut Random) {
        if is_first || random.chance(BUYS_AGAIN) {
            let n = 1 + random.successes(BUYS_ANOTHER);
            row.revenue.iap_events = n;
            row.revenue.iap = price(payer.dollars, self.price.draw(random)).times(n);
        }
        if payer.subscribes && after.is_multiple_of(SUBSCRIPTION_DAYS) {
            row.revenue.subscription_events = 1;
            row.revenue.subscription = SUBSCRIPTION;
        }
    }
}

/// A price that ends in 99 cents.
fn price(typical_dollars: Factor, factor: Factor) -> Money {
    let dollars = factor.times(typical_dollars.times(1_024)) >> 10;
    let dollars = i64::try_from(dollars.min(HIGHEST_PRICE_DOLLARS)).unwrap_or(0);
    Money::from_cents(100 * dollars + 99)
}
