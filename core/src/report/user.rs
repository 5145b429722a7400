//! What is known of each user.

use std::sync::Arc;

use crate::value::amount::Amount;
use crate::value::calendar::{Day, Timestamp};
use crate::value::stage::Stage;

use super::{BehavioralSegment, RevenueSegment};

/// Each user's results; all lists have one entry per user, in the order of the user table.
///
/// Lists are shared: a report made under other settings has those that did not change in common.
#[derive(Clone, Debug, Default)]
pub struct UserResults {
    /// Last active day; `None` where the user never was.
    pub last_active_dates: Arc<Vec<Option<Day>>>,
    /// Days since the last activity.
    pub days_since_last_active: Arc<Vec<u64>>,
    /// Engagement score in units of 10^-12; see [`score_value`].
    pub scores: Arc<Vec<u64>>,
    /// Behavioural segment.
    pub behavioral: Arc<Vec<BehavioralSegment>>,
    /// Total revenue.
    pub revenue: Arc<Vec<Amount>>,
    /// Revenue segment.
    pub revenue_segments: Arc<Vec<RevenueSegment>>,
    /// Twice the average rank by revenue, from 2 (least) to twice the number of users.
    pub doubled_revenue_ranks: Arc<Vec<u64>>,
    /// How far the user came.
    pub journeys: Arc<Vec<Journey>>,
}

/// Units of an engagement score in one: it has 12 decimals.
pub const SCORE_UNITS: f64 = 1e12;

/// An engagement score as a number, 0..1.
#[must_use]
pub fn score_value(units: u64) -> f64 {
    units as f64 / SCORE_UNITS
}

/// How far a user came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Journey {
    /// The highest stage reached.
    pub stage: Stage,
    /// When; `None` for the start.
    pub time: Option<Timestamp>,
    /// Days from install; `None` where the stage precedes it.
    pub days: Option<i32>,
    /// Stages with a time not before the one before, of those up to the highest sequential one.
    pub stages_in_order: u32,
    /// Sequential stages with a column, up to the highest reached; 0 where none was.
    pub stages_expected: u32,
}
