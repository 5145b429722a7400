//! The users and their lasting traits.

use crate::acquisition::Acquisition;
use crate::calendar::Calendar;
use crate::journey::Journey;
use crate::places::{PLACES, Place};
use crate::random::{Factor, Random, Share};
use crate::retention::Retention;

const PAYS: Share = Share::per_mille(40);
const PAYER_SUBSCRIBES: Share = Share::per_mille(120);
const WATCHES_ADS: Share = Share::per_mille(220);
const SECOND_DEVICE: Share = Share::per_mille(75);
const THIRD_DEVICE: Share = Share::per_mille(100);

/// The share of weekday installs that is kept; all weekend installs are, so weekends have a quarter more.
const WEEKDAY_INSTALL_KEPT: Share = Share::per_mille(800);

/// Payers are more likely to stay.
const PAYER_STAYS_PER_MILLE: u32 = 1_500;

/// Around a median of 1. Events grow with the square: without a limit one user in 20,000 would have
/// over 1 % of them all and look like a bot.
const LEAST_ENGAGED: Factor = Factor::from_1024ths(64);
const MOST_ENGAGED: Factor = Factor::from_1024ths(4 * 1_024);

/// A user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: [u64; 2],
    pub(crate) devices: Vec<[u64; 2]>,
    pub(crate) install: u32,
    /// The last day after install on which the user still plays, inside the table or not.
    pub(crate) lifetime: u32,
    pub(crate) engagement: Factor,
    pub(crate) watches_ads: bool,
    pub(crate) payer: Option<Payer>,
    pub(crate) journey: Journey,
    pub(crate) place: &'static Place,
    pub(crate) acquisition: Acquisition,
    /// One of 100, to choose a user's data quality issues by.
    pub(crate) issue_percentile: u32,
}

/// A paying user.
#[derive(Debug, Clone)]
pub(crate) struct Payer {
    /// A typical price, heavy-tailed between users.
    pub(crate) dollars: Factor,
    pub(crate) subscribes: bool,
    /// On which active day, the first being 0, the first purchase is made (or the last before it).
    pub(crate) first_purchase_day: u32,
}

/// Draws users in the order of their ids, without holding them.
#[derive(Debug, Clone)]
pub(crate) struct Population {
    retention: Retention,
    rows_per_1024_users: u64,
    users_planned: u64,
    /// Leading half of the last id.
    last_id: u64,
}

impl Population {
    /// For a table of `rows` rows.
    pub(crate) fn new(rows: u64, calendar: &Calendar) -> Self {
        let retention = Retention::new(calendar.days());
        let rows_per_1024_users = retention.rows_per_1024_users();
        let mut population = Self { retention, rows_per_1024_users, users_planned: 0, last_id: 0 };
        population.users_planned = population.users_of(rows);
        population
    }

    /// About how many users the table has.
    pub(crate) fn users_planned(&self) -> u64 {
        self.users_planned
    }

    fn users_of(&self, rows: u64) -> u64 {
        let users = u128::from(rows) * 1_024 / u128::from(self.rows_per_1024_users);
        u64::try_from(users).unwrap_or(u64::MAX)
    }

    /// The next user, given how many rows are still to be drawn, the user's own included.
    pub(crate) fn next_user(&mut self, rows_to_draw: u64, calendar: &Calendar, random: &mut Random) -> User {
        let id = [self.next_id(rows_to_draw, random), random.bits()];
        let install = draw_install(calendar, random);
        let acquisition = Acquisition::draw(random);
        let payer = random.chance(PAYS).then(|| Payer {
            dollars: Factor::log_normal(1.3, 1.5, random.normal()),
            subscribes: random.chance(PAYER_SUBSCRIBES),
            first_purchase_day: random.below(3),
        });
        let payer_stays = if payer.is_some() { PAYER_STAYS_PER_MILLE } else { 1_000 };
        let stays = acquisition.stay_per_mille() * payer_stays / 1_000;
        User {
            id,
            devices: draw_devices(random),
            install,
            lifetime: self.retention.lifetime(install, stays, random),
            engagement: Factor::log_normal(0.0, 0.6, random.normal()).clamp(LEAST_ENGAGED, MOST_ENGAGED),
            watches_ads: random.chance(WATCHES_ADS),
            payer,
            journey: Journey::draw(install, calendar.days(), random),
            place: &PLACES[random.pick_weighted(PLACES.iter().map(|place| place.weight))],
            acquisition,
            issue_percentile: random.below(100),
        }
    }

    /// The leading half of the next id: a random step that leaves room for the users to come, so
    /// that ids are sorted and spread over the whole space. A step is at most a quarter of what is
    /// left, and smaller the more users there are: the space does not run out, even if flaws take
    /// rows away and more users are drawn than planned.
    fn next_id(&mut self, rows_to_draw: u64, random: &mut Random) -> u64 {
        let reserve = 8 + self.users_planned / 16;
        let users_left = self.users_of(rows_to_draw).max(reserve);
        let mean_step = (u64::MAX - self.last_id) / users_left;
        let step = 1 + random.below_wide(mean_step.saturating_mul(2));
        self.last_id = self.last_id.saturating_add(step);
        self.last_id
    }
}

fn draw_install(calendar: &Calendar, random: &mut Random) -> u32 {
    loop {
        let day = random.below(calendar.days());
        if calendar.is_weekend(day) || random.chance(WEEKDAY_INSTALL_KEPT) {
            return day;
        }
    }
}

fn draw_devices(random: &mut Random) -> Vec<[u64; 2]> {
    let n = match random.chance(SECOND_DEVICE) {
        false => 1,
        true if random.chance(THIRD_DEVICE) => 3,
        true => 2,
    };
    (0..n).map(|_| [random.bits(), random.bits()]).collect()
}
