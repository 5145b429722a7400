//! Pure functions from the user table and the settings to results.

mod activity;
mod behavior;
mod confidence;
mod daily;
pub mod distribution;
mod engagement;
mod figures;
mod findings;
mod funnel;
mod journey;
mod matrix;
pub mod membership;
mod period;
mod retention;
mod retention_curve;
mod revenue;
mod testing;

use crate::output::number::Fixed;
use crate::report::{AnalysisPeriod, DataQuality, Report, UserResults};
use crate::settings::Settings;
use crate::stats::rank::average_ranks_doubled;
use crate::users::UserTable;

use activity::Activity;
use confidence::SegmentConfidence;
use engagement::Engagement;
use revenue::UserRevenue;

/// Computes every result.
///
/// `duplicate_files` are the names of inputs that were left out because another has the same bytes.
#[must_use]
pub fn analyse(table: &UserTable, settings: &Settings, duplicate_files: &[String]) -> Report {
    let activity = Activity::of(table);
    let engagement = engagement::score_users(table, &activity, settings);
    let (behavioral_of, engagement_thresholds) =
        behavior::assign(&engagement.scores, &activity.days_since_last_active, settings);
    let revenue_users = UserRevenue::of(table);
    let (revenue_of, revenue_thresholds) = revenue::assign(&revenue_users.totals, settings);
    let confidence = SegmentConfidence::new(table, settings, &engagement, &revenue_users.totals);

    let context = SegmentContext {
        table,
        settings,
        activity: &activity,
        engagement: &engagement,
        revenue: &revenue_users,
        confidence: &confidence,
    };
    let behavioral = behavior::summarise(&context, &behavioral_of);
    let revenue_ranks = average_ranks_doubled(&revenue_users.totals);
    let revenue = revenue::summarise(&context, &revenue_of);
    let contingency = matrix::contingency_table(&behavioral_of, &revenue_of);
    let retention = retention::measure(table, &revenue_users.totals, settings);
    let funnel = funnel::measure(table, settings);

    let tests = testing::count_tests(
        (retention.cells.iter().map(|cell| cell.test))
            .chain(funnel.steps.iter().map(|step| step.trend))
            .chain(behavioral.iter().map(|segment| segment.test))
            .chain(revenue.iter().map(|segment| segment.test)),
    );
    let users = UserResults {
        last_active_dates: activity.last_active_dates,
        days_since_last_active: activity.days_since_last_active,
        scores: engagement.scores,
        behavioral: behavioral_of,
        revenue: revenue_users.totals,
        revenue_segments: revenue_of,
        doubled_revenue_ranks: revenue_ranks.doubled,
        journeys: journey::of_users(table),
    };
    let findings = findings::find(&findings::Evidence {
        table,
        settings,
        duplicate_files,
        users: &users,
        engagement_thresholds,
        revenue_thresholds,
        contingency: &contingency,
        cohorts: &retention.cells,
        uses_days_since_last_active: activity.uses_column,
    });
    Report {
        period: AnalysisPeriod {
            start_date: table.first_date,
            end_date: table.last_date,
            as_of_date: table.as_of,
            total_users: table.user_count() as u64,
            total_rows: table.quality.accepted_rows,
        },
        users,
        behavioral,
        engagement_thresholds,
        revenue,
        revenue_thresholds,
        matrix: matrix::cross(&contingency),
        retention,
        funnel,
        daily: daily::measure(table),
        quality: DataQuality {
            data_quality_score: share(table.quality.score()),
            data_completeness: share(table.quality.completeness()),
            findings,
        },
        tests,
    }
}

/// What the summaries of segments are made from.
struct SegmentContext<'a> {
    table: &'a UserTable,
    settings: &'a Settings,
    activity: &'a Activity,
    engagement: &'a Engagement,
    revenue: &'a UserRevenue,
    confidence: &'a SegmentConfidence<'a>,
}

/// The users of a segment, in the order of the table.
fn members<S: PartialEq + Copy>(segments: &[S], segment: S) -> Vec<u32> {
    (0..).zip(segments).filter(|&(_, of_user)| *of_user == segment).map(|(user, _)| user).collect()
}

/// A share from 0 to 1 with four places.
fn share(share: f64) -> Fixed {
    Fixed::from_f64(share, 4).unwrap_or_default()
}
