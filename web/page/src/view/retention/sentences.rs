//! Retention in sentences.

use strata_chart::format;
use strata_core::report::RetentionCell;
use strata_core::value::fixed::Fixed;
use strata_protocol::Results;

use crate::wording::dates::{date, period_from};
use crate::wording::numbers::{counted, interval, percent, users};
use crate::wording::significance::p_value;
use crate::wording::window::{WindowTerms, definition};

/// The note under the heading of the curve.
pub const CURVE_NOTE: &str = "Users active on exactly that day after install, with the interval; lighter: on that day or \
    later. Each day includes the users observed that long; the line is dashed if these are fewer than half of all users.";

/// The note under the heading of the revenue curve.
pub const LTV_NOTE: &str = "Cumulative revenue per user up to each window, for the users observed that long.";

/// Returns a sentence that answers the heading.
#[must_use]
pub fn answer(results: &Results) -> String {
    let retention = &results.report.retention;
    let count = retention.cohort_users;
    if count == 0 {
        return "No users were observed from their install, so retention cannot be measured.".to_owned();
    }
    let mut observed = retention.pooled.iter().filter_map(|cell| Some((cell.window, cell.observed?)));
    let new_users = counted(count, "new user", "new users");
    let Some((first, at_first)) = observed.next() else {
        return match count {
            1 => "The only new user has not been observed long enough yet.".to_owned(),
            _ => format!("None of the {new_users} have been observed long enough yet."),
        };
    };
    let terms = WindowTerms::of(retention);
    let came_back = format!("{} ({}) came back {}", percent(at_first.rate), interval(at_first.ci), terms.when(first));
    match observed.next_back() {
        Some((last, at_last)) => {
            format!("Of {new_users}, {came_back} and {} {}.", percent(at_last.rate), terms.when(last))
        }
        None => format!("Of {new_users}, {came_back}."),
    }
}

/// Returns what counts as retained, which users are included, and how to read the table.
#[must_use]
pub fn note(results: &Results) -> String {
    let retention = &results.report.retention;
    let mut sentences = vec![
        definition(retention.definition, retention.period),
        "Each rate includes only users observed that long.".to_owned(),
    ];
    if retention.users_left_out > 0 {
        sentences.push(format!(
            "Not included: {} who installed before the data or the chosen first cohort begins.",
            users(retention.users_left_out)
        ));
    }
    if retention.small_cohort_count > 0 {
        let verb = if retention.small_cohort_count == 1 { "has" } else { "have" };
        sentences.push(format!(
            "{} {verb} fewer than {} users: shown faded, but included in the figures for all cohorts.",
            counted(retention.small_cohort_count, "cohort", "cohorts"),
            format::count(results.settings.segmentation_minimum_sample_size)
        ));
    }
    sentences.join(" ")
}

/// Describes a cell in full, line by line; the first line names it.
#[must_use]
pub fn cell_lines(results: &Results, cell: &RetentionCell) -> Vec<String> {
    let retention = &results.report.retention;
    let name = match cell.cohort_date {
        None => "All cohorts".to_owned(),
        Some(first_day) => period_from(first_day, retention.cohort_period),
    };
    let mut lines = vec![format!("{name}, {} {}", retention.period.as_str(), cell.window)];
    let Some(observed) = cell.observed else {
        lines.push(match cell.closes_on {
            Some(day) => format!("Not yet observed: closes on {}.", date(day)),
            None => "No user has been observed that long.".to_owned(),
        });
        return lines;
    };
    lines.push(format!(
        "{} of {} came back {}: {} ({} interval {}).",
        format::count(observed.retained_users),
        users(cell.eligible_users),
        WindowTerms::of(retention).when(cell.window),
        percent(observed.rate),
        format::level(results.report.interval_level),
        interval(observed.ci)
    ));
    if cell.cohort_date.is_some() {
        lines.extend(against_all_cohorts(results, cell).into_iter().flatten());
    }
    let revenue = format::number(observed.cumulative_revenue_per_user, 4);
    lines.push(format!("Revenue per user by then: {revenue}."));
    lines
}

/// Compares a cohort with all cohorts together.
fn against_all_cohorts(results: &Results, cell: &RetentionCell) -> Option<[String; 2]> {
    let pooled = results.report.retention.pooled.iter().find(|pooled| pooled.window == cell.window)?;
    let (this, all) = (cell.observed?, pooled.observed?);
    let points = Fixed::percentage_points(
        (this.retained_users, cell.eligible_users),
        (all.retained_users, pooled.eligible_users),
    )?;
    let test = match cell.test {
        Some(test) => {
            let verdict = if test.is_significant { "Differs" } else { "Does not differ significantly" };
            format!("{verdict} from the other cohorts: adjusted {}.", p_value(test.p_adjusted))
        }
        None => "Not tested against the other cohorts.".to_owned(),
    };
    let difference = format::signed(points, 1);
    Some([format!("{difference} percentage points compared with all cohorts ({}).", percent(all.rate)), test])
}
