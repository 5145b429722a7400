//! Findings: what is noteworthy about the data, counted, with the first examples.

use serde::Serialize;

/// How many examples a finding keeps.
pub const EXAMPLE_COUNT: usize = 5;

/// What was found; the order is the order in outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// Rows that could not be used.
    RejectedRows,
    /// Cells of optional columns that could not be read.
    InvalidValues,
    /// Rows with the same user, device and date as another.
    DuplicateRows,
    /// Files with the same bytes as another.
    DuplicateFiles,
    /// Rows dated after the as-of date.
    RowsAfterAsOf,
    /// Rows dated before their user's install.
    RowsBeforeCohortDate,
    /// Users with several install days.
    MultipleCohortDates,
    /// Rows with revenue below zero.
    NegativeRevenue,
    /// Rows whose total is not the sum of its parts.
    RevenuePartsDiffer,
    /// Calendar days without a row.
    MissingDays,
    /// The table was written before its last day was over.
    IncompleteLastDay,
    /// `new` on another day than the install, or `returning` on it.
    UserTypeContradictsDates,
    /// Identifiers that a spreadsheet rounded.
    RoundedUserIds,
    /// One user with an outsize share of all events or revenue.
    DominantUsers,
    /// Users whose journey stage was reached before install.
    StageBeforeInstall,
    /// Users installed before the data begins.
    LeftTruncatedUsers,
    /// A first cohort so large that it probably holds older users.
    OversizedFirstCohort,
    /// Thresholds that several users hit exactly.
    SegmentBoundaryInTie,
    /// Funnel stages without a column.
    MissingFunnelStages,
    /// A segment matrix with too few users for its chi-squared test.
    FewExpectedCounts,
    /// A revenue threshold that makes every payer a whale.
    AllPayersAreWhales,
    /// A column that cannot be used because users have several days.
    DaysSinceLastActiveIgnored,
}

impl FindingCode {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FindingCode::RejectedRows => "rejected_rows",
            FindingCode::InvalidValues => "invalid_values",
            FindingCode::DuplicateRows => "duplicate_rows",
            FindingCode::DuplicateFiles => "duplicate_files",
            FindingCode::RowsAfterAsOf => "rows_after_as_of",
            FindingCode::RowsBeforeCohortDate => "rows_before_cohort_date",
            FindingCode::MultipleCohortDates => "multiple_cohort_dates",
            FindingCode::NegativeRevenue => "negative_revenue",
            FindingCode::RevenuePartsDiffer => "revenue_parts_differ",
            FindingCode::MissingDays => "missing_days",
            FindingCode::IncompleteLastDay => "incomplete_last_day",
            FindingCode::UserTypeContradictsDates => "user_type_contradicts_dates",
            FindingCode::RoundedUserIds => "rounded_user_ids",
            FindingCode::DominantUsers => "dominant_users",
            FindingCode::StageBeforeInstall => "stage_before_install",
            FindingCode::LeftTruncatedUsers => "left_truncated_users",
            FindingCode::OversizedFirstCohort => "oversized_first_cohort",
            FindingCode::SegmentBoundaryInTie => "segment_boundary_in_tie",
            FindingCode::MissingFunnelStages => "missing_funnel_stages",
            FindingCode::FewExpectedCounts => "few_expected_counts",
            FindingCode::AllPayersAreWhales => "all_payers_are_whales",
            FindingCode::DaysSinceLastActiveIgnored => "days_since_last_active_ignored",
        }
    }

    /// What it means and what to do, in one sentence for the person who owns the data.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        match self {
            FindingCode::RejectedRows => "rows could not be used; rejected_rows.csv holds them whole, with the reason",
            FindingCode::InvalidValues => "cells could not be read and were taken as empty",
            FindingCode::DuplicateRows => "rows repeat the user, device and date of another; all of them count",
            FindingCode::DuplicateFiles => "files hold the same bytes as another and were not read again",
            FindingCode::RowsAfterAsOf => "rows are dated after the as-of date and were set aside",
            FindingCode::RowsBeforeCohortDate => {
                "rows are dated before their user's install; they take no part in retention"
            }
            FindingCode::MultipleCohortDates => "users have several cohort dates; the earliest was taken",
            FindingCode::NegativeRevenue => "rows have revenue below zero (refunds); it lowers the sums",
            FindingCode::RevenuePartsDiffer => {
                "rows have a total_revenue that is not the sum of its parts; the total was taken"
            }
            FindingCode::MissingDays => "calendar days have no row at all; was a day not exported?",
            FindingCode::IncompleteLastDay => {
                "the table was last updated before its last day was over; that day may be incomplete"
            }
            FindingCode::UserTypeContradictsDates => "rows have a user_type that contradicts date and cohort_date",
            FindingCode::RoundedUserIds => {
                "user ids look rounded by a spreadsheet, so that several users may have become one"
            }
            FindingCode::DominantUsers => {
                "users have an outsize share of all events or revenue; a bot or a test account?"
            }
            FindingCode::StageBeforeInstall => {
                "users reached their journey stage before their install day; their time to stage is empty"
            }
            FindingCode::LeftTruncatedUsers => {
                "users were installed before the data begins; they take no part in retention"
            }
            FindingCode::OversizedFirstCohort => {
                "the first cohort is over three times the median; it probably holds older users"
            }
            FindingCode::SegmentBoundaryInTie => {
                "segment thresholds are hit exactly by two users or more; a tie falls into the upper segment as a whole"
            }
            FindingCode::MissingFunnelStages => "funnel stages have no column in the data and were left out",
            FindingCode::FewExpectedCounts => {
                "the chi-squared test of the segment matrix is unreliable: over 20 % of its expected counts are below 5"
            }
            FindingCode::AllPayersAreWhales => {
                "fewer users have revenue than the whale percentile leaves room for, so that each of them is a whale; use REVENUE_PERCENTILE_BASE=revenue_users"
            }
            FindingCode::DaysSinceLastActiveIgnored => {
                "the days_since_last_active column was not used: it is only where every user has a single date and no as-of date is set"
            }
        }
    }
}

/// A finding: a code, how many times, and its first examples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was found.
    pub code: FindingCode,
    /// How many rows, values, users, days, files, stages or thresholds; 1 for a finding about the whole.
    pub count: u64,
    /// Up to [`EXAMPLE_COUNT`] examples, in words.
    pub examples: Vec<String>,
}

/// Counts occurrences and keeps the examples with the smallest keys, in any order of arrival.
#[derive(Clone, Debug)]
pub struct Tally<K> {
    count: u64,
    examples: Vec<(K, String)>,
}

impl<K> Default for Tally<K> {
    fn default() -> Tally<K> {
        Tally { count: 0, examples: Vec::new() }
    }
}

impl<K: Ord> Tally<K> {
    /// Counts one occurrence; `describe` is called only if it belongs to the first examples.
    pub fn add(&mut self, key: K, describe: impl FnOnce() -> String) {
        self.count += 1;
        if self.examples.len() < EXAMPLE_COUNT || self.examples.last().is_some_and(|(last, _)| key <= *last) {
            self.insert(key, describe());
        }
    }

    fn insert(&mut self, key: K, text: String) {
        let at = self.examples.partition_point(|known| (&known.0, &known.1) <= (&key, &text));
        self.examples.insert(at, (key, text));
        self.examples.truncate(EXAMPLE_COUNT);
    }

    /// Adds what another tally counted.
    pub fn merge(&mut self, other: Tally<K>) {
        self.count += other.count;
        for (key, text) in other.examples {
            self.insert(key, text);
        }
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first examples, with their keys.
    #[must_use]
    pub fn examples(&self) -> &[(K, String)] {
        &self.examples
    }

    /// A tally of so many occurrences with these examples.
    #[must_use]
    pub fn from_parts(count: u64, examples: Vec<(K, String)>) -> Tally<K> {
        let mut tally = Tally { count, examples: Vec::new() };
        for (key, text) in examples {
            tally.insert(key, text);
        }
        tally
    }

    /// The finding, if anything was counted.
    #[must_use]
    pub fn into_finding(self, code: FindingCode) -> Option<Finding> {
        let examples = self.examples.into_iter().map(|(_, text)| text).collect();
        (self.count > 0).then_some(Finding { code, count: self.count, examples })
    }
}

/// At most `limit` characters of a text that came from outside, for a message.
#[must_use]
pub fn excerpt(text: &[u8], limit: usize) -> String {
    let head = &text[..text.len().min(limit * 4)];
    let lossy = String::from_utf8_lossy(head);
    let mut short: String = lossy.chars().take(limit).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if short.len() < text.len() && lossy.chars().count() > limit {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn examples_do_not_depend_on_the_order_or_on_merging(
            mut keys in prop::collection::vec(0u32..20, 0..40), split in 0usize..40,
        ) {
            let tally = |keys: &[u32]| {
                let mut tally = Tally::default();
                for &key in keys {
                    tally.add(key, || format!("{key}"));
                }
                tally
            };
            let split = split.min(keys.len());
            let mut merged = tally(&keys[..split]);
            merged.merge(tally(&keys[split..]));
            keys.sort_unstable();
            let sorted = tally(&keys);
            prop_assert_eq!(merged.count(), sorted.count());
            prop_assert_eq!(merged.into_finding(FindingCode::RejectedRows), sorted.into_finding(FindingCode::RejectedRows));
        }
    }

    #[test]
    fn excerpts_are_short_and_without_control_characters() {
        assert_eq!(excerpt(b"abc", 3), "abc");
        assert_eq!(excerpt(b"abcd\n", 3), "abc…");
        assert_eq!(excerpt(b"a\x00\x1b[31m", 10), "a\u{FFFD}\u{FFFD}[31m");
        assert_eq!(excerpt("ünï".as_bytes(), 2), "ün…");
    }
}
