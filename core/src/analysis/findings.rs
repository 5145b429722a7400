//! Findings about users and results; those about rows come from the user table.

use crate::finding::{EXAMPLE_COUNT, Finding, FindingCode, Tally, excerpt};
use crate::report::{Journey, RetentionCell};
use crate::settings::{RevenueBase, Settings};
use crate::source::Column;
use crate::stats::contingency::ContingencyTable;
use crate::users::UserTable;
use crate::value::amount::Amount;
use crate::value::calendar::Day;
use crate::value::fixed::Fixed;

use super::activity::Activity;
use super::cohorts::CohortDates;
use super::funnel_counts::stages_with_a_column;
use super::segment::Boundaries;
use super::usage::Usage;

/// The results behind the findings.
pub(super) struct Evidence<'a> {
    pub table: &'a UserTable,
    pub settings: &'a Settings,
    pub duplicate_files: &'a [String],
    /// Findings that do not depend on the settings.
    pub about_table: &'a [Finding],
    pub engagement: Boundaries,
    pub revenue: Boundaries,
    pub users_with_revenue: u64,
    pub contingency: &'a ContingencyTable,
    pub cohorts: &'a [RetentionCell],
}

/// All findings, including those about rows, in the order of their codes.
pub(super) fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = evidence.about_table.to_vec();
    findings.extend(
        [
            duplicate_files(evidence.duplicate_files),
            oversized_first_cohort(evidence.cohorts),
            segment_boundary_in_tie(evidence),
            missing_funnel_stages(evidence),
            few_expected_counts(evidence.contingency),
            all_payers_are_whales(evidence),
        ]
        .into_iter()
        .flatten(),
    );
    findings.sort_by_key(|finding| finding.code);
    findings
}

/// The findings that no setting changes: those about rows, and about users as they are in the table.
pub(super) fn about_table(
    table: &UserTable,
    usage: &Usage,
    activity: &Activity,
    cohorts: &CohortDates,
    revenue: &[Amount],
    journeys: &[Journey],
) -> Vec<Finding> {
    let mut findings = table.quality.findings.clone();
    findings.extend(
        [
            dominant_users(table, usage, revenue),
            stage_before_install(table, journeys),
            left_truncated_users(table, cohorts),
            days_since_last_active_ignored(table, activity),
        ]
        .into_iter()
        .flatten(),
    );
    findings
}

fn of_the_whole(code: FindingCode, example: String) -> Finding {
    Finding { code, count: 1, examples: vec![example] }
}

fn user_name(table: &UserTable, user: usize) -> String {
    excerpt(table.ids.get(user), 60)
}

fn duplicate_files(names: &[String]) -> Option<Finding> {
    (!names.is_empty()).then(|| Finding {
        code: FindingCode::DuplicateFiles,
        count: names.len() as u64,
        examples: names.iter().take(EXAMPLE_COUNT).cloned().collect(),
    })
}

/// Users with more than max(1%, 10/n) of all events or revenue.
fn dominant_users(table: &UserTable, usage: &Usage, revenue: &[Amount]) -> Option<Finding> {
    let n = table.user_count() as u64;
    let (numerator, denominator) = if n < 1000 { (10, i128::from(n.max(1))) } else { (1, 100) };
    let events = |user: usize| usage.events.get(user).unwrap_or(0);
    let all_events: i128 = usage.events.iter().flatten().map(i128::from).sum();
    let all_revenue: Amount = revenue.iter().copied().sum();
    // part/whole > numerator/denominator, without a division for each user; if the whole is 0, no user exceeds the
    // share.
    let most = |whole: i128| if whole > 0 { whole.saturating_mul(numerator) / denominator } else { i128::MAX };
    let (most_events, most_revenue) = (u64::try_from(most(all_events)).unwrap_or(u64::MAX), most(all_revenue.0));
    let mut tally = Tally::default();
    for (user, revenue) in revenue.iter().enumerate() {
        let (by_events, by_revenue) = (events(user) > most_events, revenue.0 > most_revenue);
        if by_events || by_revenue {
            tally.add(user, || {
                let share = |part: i128, whole: i128| Fixed::from_ratio(part * 100, whole, 2);
                let mut parts = Vec::new();
                if by_events {
                    parts.push(format!("{} % of all events", share(events(user).into(), all_events)));
                }
                if by_revenue {
                    parts.push(format!("{} % of all revenue", share(revenue.0, all_revenue.0)));
                }
                format!("{}: {}", user_name(table, user), parts.join(", "))
            });
        }
    }
    tally.into_finding(FindingCode::DominantUsers)
}

fn stage_before_install(table: &UserTable, journeys: &[Journey]) -> Option<Finding> {
    let mut tally = Tally::default();
    for (user, journey) in journeys.iter().enumerate() {
        if let (Some(time), None) = (journey.time, journey.days) {
            tally.add(user, || {
                let cohort_date = table.totals[user].cohort_date();
                format!("{}: {} at {time}, installed {cohort_date}", user_name(table, user), journey.stage)
            });
        }
    }
    tally.into_finding(FindingCode::StageBeforeInstall)
}

fn left_truncated_users(table: &UserTable, cohorts: &CohortDates) -> Option<Finding> {
    if !cohorts.dates.iter().any(|date| date.is_left_truncated) {
        return None;
    }
    let mut tally = Tally::default();
    for (user, &cohort) in cohorts.of_user.iter().enumerate() {
        let date = &cohorts.dates[cohort as usize];
        if date.is_left_truncated {
            tally.add(user, || format!("{}, installed {}", user_name(table, user), date.day));
        }
    }
    tally.into_finding(FindingCode::LeftTruncatedUsers)
}

/// A first cohort more than three times as large as the median cohort.
fn oversized_first_cohort(cells: &[RetentionCell]) -> Option<Finding> {
    let mut cohorts: Vec<(Option<Day>, u64)> = cells.iter().map(|cell| (cell.cohort_date, cell.cohort_size)).collect();
    cohorts.dedup();
    let (date, first) = *cohorts.first()?;
    let mut sizes: Vec<u64> = cohorts.iter().map(|cohort| cohort.1).collect();
    sizes.sort_unstable();
    let twice_median = sizes[(sizes.len() - 1) / 2] + sizes[sizes.len() / 2];
    (2 * first > 3 * twice_median).then(|| {
        let median = Fixed::from_ratio(twice_median.into(), 2, 1);
        let date = date.map(|date| date.to_string()).unwrap_or_default();
        of_the_whole(
            FindingCode::OversizedFirstCohort,
            format!("{date}: {first} users, the median cohort has {median}"),
        )
    })
}

/// Thresholds that exactly equal the value of two users or more.
fn segment_boundary_in_tie(evidence: &Evidence<'_>) -> Option<Finding> {
    let names = [["high_engagement", "moderate_engagement"], ["whale", "dolphin"]];
    let mut tally = Tally::default();
    for (family, (boundaries, names)) in [evidence.engagement, evidence.revenue].into_iter().zip(names).enumerate() {
        let thresholds = [boundaries.thresholds.upper, boundaries.thresholds.middle];
        for (position, ((segment, threshold), tied)) in
            names.into_iter().zip(thresholds).zip(boundaries.users_at).enumerate()
        {
            if let Some(threshold) = threshold.filter(|_| tied >= 2) {
                tally.add((family, position), || {
                    format!("{segment} at {threshold}: {tied} users have exactly this value")
                });
            }
        }
    }
    tally.into_finding(FindingCode::SegmentBoundaryInTie)
}

fn missing_funnel_stages(evidence: &Evidence<'_>) -> Option<Finding> {
    let found = stages_with_a_column(evidence.table, &evidence.settings.funnel_stages);
    let missing = evidence.settings.funnel_stages.iter().filter(|stage| !found.contains(stage));
    let mut tally = Tally::default();
    for (position, stage) in missing.enumerate() {
        tally.add(position, || match stage.column_name() {
            Some(column) => format!("{stage}: there is no column {column}"),
            None => stage.to_string(),
        });
    }
    tally.into_finding(FindingCode::MissingFunnelStages)
}

/// More than 20% of the expected counts below 5. If there is nothing to test, because all users are in one row or
/// column, the finding is listed with a count of 0.
fn few_expected_counts(table: &ContingencyTable) -> Option<Finding> {
    let share = table.few_expected_share();
    let is_tested = table.independence_test().degrees_of_freedom > 0;
    (share > 0.2).then(|| Finding {
        code: FindingCode::FewExpectedCounts,
        count: u64::from(is_tested),
        examples: if is_tested {
            let percent = Fixed::from_f64(share * 100.0, 1).unwrap_or_default();
            vec![format!("{percent} % of the expected counts are below 5")]
        } else {
            Vec::new()
        },
    })
}

/// Fewer users with revenue than users above the whale percentile, so that all of them are whales.
fn all_payers_are_whales(evidence: &Evidence<'_>) -> Option<Finding> {
    let n = evidence.table.user_count();
    let with_revenue = evidence.users_with_revenue;
    let below = n as f64 * evidence.settings.whale_revenue_percentile;
    let holds = evidence.settings.revenue_percentile_base == RevenueBase::AllUsers
        && with_revenue > 0
        && (with_revenue as f64) < n as f64 - below;
    holds.then(|| of_the_whole(FindingCode::AllPayersAreWhales, format!("{with_revenue} of {n} users have revenue")))
}

fn days_since_last_active_ignored(table: &UserTable, activity: &Activity) -> Option<Finding> {
    let is_there = table.has_column(Column::DaysSinceLastActive);
    (is_there && !activity.uses_column).then(|| {
        let reason = if table.as_of_is_set { "an as-of date is set" } else { "users have several dates" };
        of_the_whole(FindingCode::DaysSinceLastActiveIgnored, reason.to_owned())
    })
}
