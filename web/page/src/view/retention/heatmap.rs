//! Content of each heatmap cell: text, state and shade.

use strata_chart::colour::heat_step;
use strata_chart::format;
use strata_core::report::{Retention, RetentionCell};
use strata_core::settings::Period;
use strata_core::value::calendar::Day;

use crate::wording::dates::{date, short_period_from};
use crate::wording::numbers::true_percent;

/// What the cells show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    /// Share of users retained.
    #[default]
    Rate,
    /// Users retained.
    Count,
    /// Cumulative revenue per user.
    Ltv,
}

impl Metric {
    /// Returns the metric in the address.
    #[must_use]
    pub fn of_choice(choice: Option<&str>) -> Metric {
        match choice {
            Some("count") => Metric::Count,
            Some("ltv") => Metric::Ltv,
            _ => Metric::Rate,
        }
    }

    /// Returns the figure that decides the shade. Counts are shaded by their share, so that large cohorts are not
    /// darker.
    fn shaded(self, cell: &RetentionCell) -> Option<f64> {
        let observed = cell.observed?;
        Some(match self {
            Metric::Rate | Metric::Count => observed.rate.to_f64(),
            Metric::Ltv => observed.cumulative_revenue_per_user.to_f64(),
        })
    }
}

/// The state of a cell. The four states are distinguishable without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellState {
    /// A value.
    Value,
    /// Users were observed and none came back.
    Zero,
    /// No users have been observed for that long.
    Open,
    /// There are no users to observe.
    NoUsers,
}

impl CellState {
    /// Returns the name of the state in the style sheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            CellState::Value => "value",
            CellState::Zero => "zero",
            CellState::Open => "open",
            CellState::NoUsers => "no-users",
        }
    }
}

/// A cell as it is displayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCell {
    /// The figure, or the text in its place.
    pub text: String,
    /// The state of the cell.
    pub state: CellState,
    /// Step of the colour scale; `None` without a value above 0.
    pub shade: Option<usize>,
    /// Number of eligible users.
    pub eligible: u64,
    /// Whether only some of the cohort's users are eligible.
    pub is_partial: bool,
    /// Description for screen readers, if the figure is not sufficient.
    pub description: Option<String>,
}

/// A row as it is displayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRow {
    /// The first day of the cohort; `None` for the pooled row.
    pub cohort: Option<Day>,
    /// The name under the column's heading.
    pub name: String,
    /// Number of users.
    pub size: u64,
    /// Whether the cohort is below the minimum size.
    pub is_small: bool,
    /// Cells by window.
    pub cells: Vec<ShownCell>,
}

/// Returns the cells of a result, row by row as in the heatmap: the pooled ones, then those of each cohort.
pub fn cells_by_row(retention: &Retention, is_newest_first: bool) -> Vec<&[RetentionCell]> {
    let mut rows: Vec<&[RetentionCell]> = retention.cells_by_cohort().collect();
    if is_newest_first {
        rows.reverse();
    }
    rows.insert(0, &retention.pooled);
    rows
}

/// Returns the rows of the heatmap, the pooled one first. Cohorts below the minimum size are faded.
#[must_use]
pub fn rows(retention: &Retention, minimum_size: u64, metric: Metric, is_newest_first: bool) -> Vec<ShownRow> {
    let highest = highest(retention, minimum_size, metric);
    let row = |cells: &[RetentionCell]| {
        let first = cells.first()?;
        let (cohort, size) = (first.cohort_date, first.cohort_size);
        let name = match cohort {
            Some(first_day) => short_period_from(first_day, retention.cohort_period),
            None => "All cohorts".to_owned(),
        };
        Some(ShownRow {
            cohort,
            name,
            size,
            is_small: cohort.is_some() && size < minimum_size,
            cells: cells.iter().map(|cell| shown(cell, metric, highest)).collect(),
        })
    };
    cells_by_row(retention, is_newest_first).into_iter().filter_map(row).collect()
}

/// Returns the value at the dark end of the scale: the highest of all cohorts of at least the minimum size, otherwise
/// of any cohort.
fn highest(retention: &Retention, minimum_size: u64, metric: Metric) -> f64 {
    let of = |is_included: &dyn Fn(&RetentionCell) -> bool| {
        let cells = retention.cells.iter().filter(|cell| is_included(cell));
        cells.filter_map(|cell| metric.shaded(cell)).fold(0.0, f64::max)
    };
    let of_large = of(&|cell| cell.cohort_size >= minimum_size);
    if of_large > 0.0 { of_large } else { of(&|_| true) }
}

fn shown(cell: &RetentionCell, metric: Metric, highest: f64) -> ShownCell {
    let (state, text) = match (cell.observed, metric) {
        (None, _) if cell.cohort_size == 0 => (CellState::NoUsers, format::NOT_KNOWN.to_owned()),
        (None, _) => (CellState::Open, String::new()),
        (Some(observed), Metric::Ltv) => (CellState::Value, format::money(observed.cumulative_revenue_per_user)),
        (Some(observed), _) => {
            let state = if observed.retained_users == 0 { CellState::Zero } else { CellState::Value };
            let is_rate = metric == Metric::Rate;
            let text = if is_rate { true_percent(observed.rate) } else { format::count(observed.retained_users) };
            (state, text)
        }
    };
    let shade = metric
        .shaded(cell)
        .filter(|&value| state == CellState::Value && value > 0.0 && highest > 0.0)
        .map(|value| heat_step(value / highest));
    ShownCell {
        text,
        state,
        shade,
        eligible: cell.eligible_users,
        is_partial: cell.eligible_users > 0 && cell.eligible_users < cell.cohort_size,
        description: description(cell, state),
    }
}

/// Returns the text in place of a missing figure.
fn description(cell: &RetentionCell, state: CellState) -> Option<String> {
    match (state, cell.closes_on) {
        (CellState::Value | CellState::Zero, _) => None,
        (CellState::NoUsers, _) => Some("no users".to_owned()),
        (CellState::Open, None) => Some("not yet observed".to_owned()),
        (CellState::Open, Some(day)) => Some(format!("not yet observed, closes on {}", date(day))),
    }
}

/// Returns the heading of the cohort column.
#[must_use]
pub fn cohort_heading(cohort_period: Period) -> &'static str {
    match cohort_period {
        Period::Day => "Installed on",
        Period::Week => "Installed in week of",
        Period::Month => "Installed in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::report::ObservedRetention;
    use strata_core::settings::RetentionDefinition;
    use strata_core::value::fixed::Fixed;

    fn day(text: &str) -> Day {
        Day::parse(text.as_bytes()).unwrap()
    }

    fn cell(cohort: Option<&str>, size: u64, retained: Option<u64>, eligible: u64, cents: i128) -> RetentionCell {
        let observed = retained.map(|retained| ObservedRetention {
            retained_users: retained,
            lost_users: eligible - retained,
            rate: Fixed::percent(retained, eligible).unwrap(),
            ci: (Fixed::exact(0, 2), Fixed::exact(100, 2)),
            cumulative_revenue_per_user: Fixed::exact(cents, 2),
        });
        RetentionCell {
            cohort_date: cohort.map(day),
            window: 1,
            cohort_size: size,
            eligible_users: eligible,
            closes_on: cohort.map(|_| day("2025-07-31")),
            observed,
            test: None,
        }
    }

    fn retention() -> Retention {
        let (first, second) = (Some("2025-07-01"), Some("2025-07-02"));
        Retention {
            definition: RetentionDefinition::Classic,
            period: Period::Day,
            cohort_period: Period::Day,
            windows: vec![1, 7],
            cohorts: Vec::new(),
            small_cohort_count: 1,
            cohort_users: 105,
            users_left_out: 0,
            cells: vec![
                cell(first, 100, Some(40), 100, 200),
                cell(first, 100, Some(0), 100, 0),
                cell(second, 5, Some(5), 5, 900),
                cell(second, 5, None, 0, 0),
            ],
            pooled: vec![cell(None, 105, Some(45), 105, 50), cell(None, 105, Some(0), 100, 0)],
            curve: Vec::new(),
        }
    }

    #[test]
    fn the_four_states_differ_without_colour() {
        let rows = rows(&retention(), 30, Metric::Rate, false);
        assert_eq!(rows[0].name, "All cohorts");
        let cells: Vec<(&str, CellState)> =
            rows[1..].iter().flat_map(|row| &row.cells).map(|cell| (cell.text.as_str(), cell.state)).collect();
        assert_eq!(
            cells,
            [("40.0%", CellState::Value), ("0%", CellState::Zero), ("100.0%", CellState::Value), ("", CellState::Open),]
        );
        let nobody = shown(&cell(Some("2025-07-01"), 0, None, 0, 0), Metric::Rate, 1.0);
        assert_eq!((nobody.text.as_str(), nobody.state), ("–", CellState::NoUsers));
        let open = rows[2].cells[1].description.as_deref();
        assert_eq!(open, Some("not yet observed, closes on 31 Jul 2025"));
        assert_eq!(rows[1].cells[1].description, None, "a true zero says so itself");
        let classes = [CellState::Value, CellState::Zero, CellState::Open, CellState::NoUsers].map(CellState::class);
        assert_eq!(classes.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    }

    #[test]
    fn small_cohorts_do_not_stretch_the_scale() {
        let rows = rows(&retention(), 30, Metric::Rate, false);
        assert_eq!(rows[1].cells[0].shade, Some(heat_step(1.0)), "40% is the highest of the large cohorts");
        assert_eq!(rows[2].cells[0].shade, Some(heat_step(1.0)), "and nothing is darker");
        assert!(rows[2].is_small && !rows[1].is_small && !rows[0].is_small);
    }

    #[test]
    fn counts_and_revenue_are_shown_in_their_own_form() {
        let text = |metric| rows(&retention(), 30, metric, true)[2].cells[0].text.clone();
        assert_eq!(text(Metric::Count), "40");
        assert_eq!(text(Metric::Ltv), "2.00");
        assert_eq!(Metric::of_choice(Some("ltv")), Metric::Ltv);
        assert_eq!(Metric::of_choice(Some("odd")), Metric::Rate);
    }

    #[test]
    fn rates_are_rounded_once() {
        let shown = shown(&cell(None, 37, Some(17), 37, 0), Metric::Rate, 1.0);
        assert_eq!(shown.text, "45.9%");
    }

    #[test]
    fn a_cell_over_a_part_of_a_cohort_is_marked() {
        let is_partial =
            |retained, eligible| shown(&cell(None, 25, retained, eligible, 0), Metric::Rate, 50.0).is_partial;
        assert!(is_partial(Some(3), 10));
        assert!(!is_partial(Some(3), 25));
        assert!(!is_partial(None, 0));
    }
}
