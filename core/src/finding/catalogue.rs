//! The catalogue of findings: one entry holds the code, the condition and the wording of each.

use serde::{Deserialize, Serialize};

use crate::value::digits::grouped;

/// An entry in the catalogue.
struct Entry {
    code: &'static str,
    condition: &'static str,
    wording: Wording,
}

/// How a finding is worded for the person who owns the data.
enum Wording {
    /// For things that are counted: the plural noun for the table, and what follows the count, for one and for several.
    Counted { unit: &'static str, one: &'static str, many: &'static str },
    /// For the data or a result as a whole. The count is 1 and is not shown.
    Whole(&'static str),
}

use Wording::{Counted, Whole};

/// Declares [`FindingCode`] and the entry of each code from one list, so that neither can be incomplete.
macro_rules! findings {
    ($($variant:ident {
        code: $code:literal,
        condition: $condition:literal,
        wording: $wording:expr,
    })+) => {
        /// Which kind of finding it is. Every output lists findings in this order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum FindingCode {
            $(
                #[doc = $condition]
                #[serde(rename = $code)]
                $variant,
            )+
        }

        impl FindingCode {
            /// Every code, in the order of the outputs.
            pub const ALL: &[FindingCode] = &[$(FindingCode::$variant),+];

            fn entry(self) -> &'static Entry {
                match self {
                    $(FindingCode::$variant => &Entry {
                        code: $code,
                        condition: $condition,
                        wording: $wording,
                    },)+
                }
            }
        }
    };
}

// A code is stable: scripts depend on it. The conditions fill the table in METHODS.md.
findings! {
    RejectedRows {
        code: "rejected_rows",
        condition: "a row could not be used",
        wording: Counted {
            unit: "rows",
            one: "row could not be used; rejected_rows.csv holds it in full, with the reason",
            many: "rows could not be used; rejected_rows.csv holds them in full, with the reasons",
        },
    }
    InvalidValues {
        code: "invalid_values",
        condition: "a cell of an optional column could not be read and was treated as empty",
        wording: Counted {
            unit: "cells",
            one: "cell could not be read and was treated as empty",
            many: "cells could not be read and were treated as empty",
        },
    }
    DuplicateRows {
        code: "duplicate_rows",
        condition: "a row has the user, device and date of another",
        wording: Counted {
            unit: "rows",
            one: "row repeats the user, device and date of another; both were used",
            many: "rows repeat the user, device and date of another; all of them were used",
        },
    }
    DuplicateFiles {
        code: "duplicate_files",
        condition: "an input has the same bytes as another and was read once",
        wording: Counted {
            unit: "files",
            one: "file is identical to another and was not read again",
            many: "files are identical to another and were not read again",
        },
    }
    RowsAfterAsOf {
        code: "rows_after_as_of",
        condition: "a row is dated after the as-of date",
        wording: Counted {
            unit: "rows",
            one: "row is dated after the as-of date and was left out",
            many: "rows are dated after the as-of date and were left out",
        },
    }
    RowsBeforeCohortDate {
        code: "rows_before_cohort_date",
        condition: "a row is dated before its user's cohort date",
        wording: Counted {
            unit: "rows",
            one: "row is dated before its user's install and takes no part in retention",
            many: "rows are dated before their user's install and take no part in retention",
        },
    }
    MultipleCohortDates {
        code: "multiple_cohort_dates",
        condition: "a user has more than one known cohort date",
        wording: Counted {
            unit: "users",
            one: "user has several cohort dates; the earliest was used",
            many: "users have several cohort dates; the earliest was used",
        },
    }
    NegativeRevenue {
        code: "negative_revenue",
        condition: "any revenue cell is below 0",
        wording: Counted {
            unit: "rows",
            one: "row has negative revenue (a refund?), which lowers the totals",
            many: "rows have negative revenue (refunds?), which lowers the totals",
        },
    }
    RevenuePartsDiffer {
        code: "revenue_parts_differ",
        condition: "the total differs from the sum of its parts by more than 0.01, where the total and a part are known",
        wording: Counted {
            unit: "rows",
            one: "row has a total_revenue that is not the sum of its parts; the total was used",
            many: "rows have a total_revenue that is not the sum of its parts; the total was used",
        },
    }
    MissingDays {
        code: "missing_days",
        condition: "a calendar day from the first date to the as-of date has no rows",
        wording: Counted {
            unit: "days",
            one: "calendar day has no rows; was it left out of the export?",
            many: "calendar days have no rows; were they left out of the export?",
        },
    }
    IncompleteLastDay {
        code: "incomplete_last_day",
        condition: "the newest `last_updated` is on or before the last date",
        wording: Whole(
            "the table was last updated before its last day ended; that day may be incomplete",
        ),
    }
    UserTypeContradictsDates {
        code: "user_type_contradicts_dates",
        condition: "`user_type` is `new` on a date other than the cohort date, or `returning` on it",
        wording: Counted {
            unit: "rows",
            one: "row has a user_type that contradicts its date and cohort_date",
            many: "rows have a user_type that contradicts their date and cohort_date",
        },
    }
    RoundedUserIds {
        code: "rounded_user_ids",
        condition: "a user id has the form `1.23E+15`",
        wording: Counted {
            unit: "users",
            one: "user id looks rounded by a spreadsheet, so several users may have been merged into one",
            many: "user ids look rounded by a spreadsheet, so several users may have been merged into one",
        },
    }
    DominantUsers {
        code: "dominant_users",
        condition: "one user has more than max(1 %, 10/n) of all events or of all revenue, where that sum is above 0",
        wording: Counted {
            unit: "users",
            one: "user accounts for an outsized share of all events or revenue; a bot or a test account?",
            many: "users each account for an outsized share of all events or revenue; bots or test accounts?",
        },
    }
    StageBeforeInstall {
        code: "stage_before_install",
        condition: "the journey stage was reached before the cohort date",
        wording: Counted {
            unit: "users",
            one: "user reached their journey stage before their install day; their time to stage is empty",
            many: "users reached their journey stage before their install day; their time to stage is empty",
        },
    }
    LeftTruncatedUsers {
        code: "left_truncated_users",
        condition: "the cohort date is before the first date of the data",
        wording: Counted {
            unit: "users",
            one: "user installed before the data begins and takes no part in retention",
            many: "users installed before the data begins and take no part in retention",
        },
    }
    OversizedFirstCohort {
        code: "oversized_first_cohort",
        condition: "the first cohort is more than 3 times the median of all cohorts",
        wording: Whole(
            "the first cohort is more than three times the median; it probably contains older users",
        ),
    }
    SegmentBoundaryInTie {
        code: "segment_boundary_in_tie",
        condition: "two or more users have exactly the threshold's value",
        wording: Counted {
            unit: "thresholds",
            one: "segment threshold is met exactly by two or more users; tied users all fall into the upper segment",
            many: "segment thresholds are met exactly by two or more users; tied users all fall into the upper segment",
        },
    }
    MissingFunnelStages {
        code: "missing_funnel_stages",
        condition: "a stage of `FUNNEL_STAGES` has no column",
        wording: Counted {
            unit: "stages",
            one: "funnel stage has no column in the data and was left out",
            many: "funnel stages have no column in the data and were left out",
        },
    }
    FewExpectedCounts {
        code: "few_expected_counts",
        condition: "more than 20 % of the matrix's expected counts are below 5; 0 is counted where there is nothing to test",
        wording: Whole(
            "the chi-squared test of the segment matrix is unreliable: more than 20% of its expected counts are below 5",
        ),
    }
    AllPayersAreWhales {
        code: "all_payers_are_whales",
        condition: "`REVENUE_PERCENTILE_BASE=all_users`, and some users, but fewer than 1 - p of them, have revenue",
        wording: Whole(
            "every user with revenue is a whale, because there are fewer of them than the whale percentile leaves room for; use REVENUE_PERCENTILE_BASE=revenue_users",
        ),
    }
    DaysSinceLastActiveIgnored {
        code: "days_since_last_active_ignored",
        condition: "the column is present but was not used",
        wording: Whole(
            "the days_since_last_active column was not used; it is used only where every user has a single date and no as-of date is set",
        ),
    }
}

impl FindingCode {
    /// The stable code, as written in `data_quality.json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.entry().code
    }

    /// The condition that is counted, as a cell of the table in METHODS.md.
    #[must_use]
    pub fn condition(self) -> &'static str {
        self.entry().condition
    }

    /// The plural noun for the things that are counted, such as `rows`; `None` for a finding about the whole.
    #[must_use]
    pub fn unit(self) -> Option<&'static str> {
        match self.entry().wording {
            Counted { unit, .. } => Some(unit),
            Whole(_) => None,
        }
    }

    /// What the finding means and what to do about it, for a table with a separate column for the count.
    #[must_use]
    pub fn explanation(self, count: u64) -> &'static str {
        match self.entry().wording {
            Counted { one, .. } if count == 1 => one,
            Counted { many, .. } => many,
            Whole(sentence) => sentence,
        }
    }

    /// The explanation, preceded by the count unless the finding is about the whole.
    ///
    /// ```
    /// use strata_core::finding::FindingCode::{IncompleteLastDay, MissingDays};
    ///
    /// assert!(MissingDays.sentence(1).starts_with("1 calendar day has no rows"));
    /// assert!(MissingDays.sentence(1200).starts_with("1,200 calendar days have no rows"));
    /// assert!(IncompleteLastDay.sentence(1).starts_with("the table was last updated"));
    /// ```
    #[must_use]
    pub fn sentence(self, count: u64) -> String {
        let explanation = self.explanation(count);
        match self.unit() {
            Some(_) => format!("{} {explanation}", grouped(count)),
            None => explanation.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_as_they_are_named() {
        for &code in FindingCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            // A code is its variant in snake case, so that each can be found from the other.
            let snake_case = format!("{code:?}").chars().fold(String::new(), |name, c| {
                let separator = if c.is_uppercase() && !name.is_empty() { "_" } else { "" };
                name + separator + &c.to_lowercase().to_string()
            });
            assert_eq!(code.as_str(), snake_case);
        }
        assert!(FindingCode::ALL.is_sorted());
    }

    #[test]
    fn sentences_follow_the_count() {
        for &code in FindingCode::ALL {
            let (one, many) = (code.sentence(1), code.sentence(2));
            let Some(unit) = code.unit() else {
                assert_eq!(one, many);
                continue;
            };
            assert!(one.starts_with("1 ") && many.starts_with("2 "), "{one}, {many}");
            assert_ne!(code.explanation(1), code.explanation(2));
            assert_eq!(code.explanation(0), code.explanation(2));
            let is_plural = one.split(' ').take(3).any(|word| word == unit);
            assert!(!is_plural, "{one}");
        }
    }
}
