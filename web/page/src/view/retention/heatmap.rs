//! What the heatmap shows in each cell: text, state and shade.

use strata_chart::colour::heat_step;
use strata_chart::format;
use strata_protocol::{CohortRow, RetentionCellView, RetentionView};

/// What cells show.
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
    /// The metric that the address names.
    #[must_use]
    pub fn of_choice(choice: Option<&str>) -> Metric {
        match choice {
            Some("count") => Metric::Count,
            Some("ltv") => Metric::Ltv,
            _ => Metric::Rate,
        }
    }

    /// The figure that decides the shade; counts are shaded by their share, so that large cohorts are not darker.
    fn shaded(self, cell: &RetentionCellView) -> Option<f64> {
        match self {
            Metric::Rate | Metric::Count => cell.rate,
            Metric::Ltv => cell.revenue_per_user,
        }
    }
}

/// What is known of a cell. The four look different without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellState {
    /// A value.
    Value,
    /// Users were observed and none came back.
    Zero,
    /// Nobody has been observed that long.
    Open,
    /// There is no user to observe.
    NoUsers,
}

impl CellState {
    /// The style sheet's name.
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

/// A cell as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCell {
    /// The figure, or what stands for it.
    pub text: String,
    /// What is known.
    pub state: CellState,
    /// Step of the colour scale; none without a value above 0.
    pub shade: Option<usize>,
    /// Users observed.
    pub eligible: u64,
    /// Of them retained; none where nobody is observed.
    pub retained: Option<u64>,
    /// Whether those observed are only a part of the cohort.
    pub is_partial: bool,
    /// What is said of it where the figure is not enough.
    pub description: Option<String>,
}

/// A row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRow {
    /// The cohort's first day as `YYYY-MM-DD`; `all` for the pooled row.
    pub cohort: String,
    /// Its name under the heading of the column.
    pub name: String,
    /// Users.
    pub size: u64,
    /// Whether it is under the minimum size.
    pub is_small: bool,
    /// Cells by window.
    pub cells: Vec<ShownCell>,
}

/// The rows of the heatmap, the pooled one first.
#[must_use]
pub fn rows(retention: &RetentionView, metric: Metric, is_newest_first: bool) -> Vec<ShownRow> {
    let highest = highest(retention, metric);
    let show = |cells: &[RetentionCellView], size: u64| -> Vec<ShownCell> {
        cells.iter().map(|cell| shown(cell, size, metric, highest)).collect()
    };
    let mut rows: Vec<ShownRow> = retention
        .cohorts
        .iter()
        .map(|row| ShownRow {
            cohort: row.date.clone(),
            name: written(&row.date, &retention.cohort_period),
            size: row.size,
            is_small: row.is_small,
            cells: show(&row.cells, row.size),
        })
        .collect();
    if is_newest_first {
        rows.reverse();
    }
    let pooled = ShownRow {
        cohort: "all".to_owned(),
        name: "All cohorts".to_owned(),
        size: retention.pooled_size,
        is_small: false,
        cells: show(&retention.pooled, retention.pooled_size),
    };
    rows.insert(0, pooled);
    rows
}

/// The value at the dark end of the scale: the highest of all cohorts that are large enough, else of any.
fn highest(retention: &RetentionView, metric: Metric) -> f64 {
    let of = |rows: &mut dyn Iterator<Item = &CohortRow>| {
        rows.flat_map(|row| &row.cells).filter_map(|cell| metric.shaded(cell)).fold(0.0, f64::max)
    };
    let of_large = of(&mut retention.cohorts.iter().filter(|row| !row.is_small));
    if of_large > 0.0 { of_large } else { of(&mut retention.cohorts.iter()) }
}

fn shown(cell: &RetentionCellView, size: u64, metric: Metric, highest: f64) -> ShownCell {
    let state = match cell.retained {
        None if size == 0 => CellState::NoUsers,
        None => CellState::Open,
        Some(0) if metric != Metric::Ltv => CellState::Zero,
        Some(_) => CellState::Value,
    };
    let text = match (state, metric) {
        (CellState::Open, _) => String::new(),
        (CellState::NoUsers, _) => "–".to_owned(),
        (_, Metric::Rate) => cell.rate.map_or_else(String::new, percent),
        (_, Metric::Count) => cell.retained.map_or_else(String::new, format::count),
        (_, Metric::Ltv) => cell.revenue_per_user.map_or_else(String::new, format::money),
    };
    let shade = metric
        .shaded(cell)
        .filter(|&value| state == CellState::Value && value > 0.0 && highest > 0.0)
        .map(|value| heat_step(value / highest));
    ShownCell {
        text,
        state,
        shade,
        eligible: cell.eligible,
        retained: cell.retained,
        is_partial: cell.eligible > 0 && cell.eligible < size,
        description: description(cell, state),
    }
}

/// What stands for a figure that is not there.
fn description(cell: &RetentionCellView, state: CellState) -> Option<String> {
    match (state, &cell.closes_on) {
        (CellState::Value | CellState::Zero, _) => None,
        (CellState::NoUsers, _) => Some("no users".to_owned()),
        (CellState::Open, None) => Some("not observed yet".to_owned()),
        (CellState::Open, Some(date)) => Some(format!("not observed yet, closes on {}", written(date, "day"))),
    }
}

/// A true zero has no decimals, and no other rate looks like one.
fn percent(rate: f64) -> String {
    if rate == 0.0 {
        return format::percent(0.0, 0);
    }
    format::percent(rate, if rate < 0.05 { 2 } else { 1 })
}

/// A cohort within a sentence: `1 Jul 2025`, `Week of 30 Jun 2025` or `Jul 2025`.
#[must_use]
pub fn cohort_name(date: &str, cohort_period: &str) -> String {
    let date = written(date, cohort_period);
    if cohort_period == "week" { format!("Week of {date}") } else { date }
}

/// The heading of the cohorts' column.
#[must_use]
pub fn cohort_heading(cohort_period: &str) -> &'static str {
    match cohort_period {
        "week" => "Installed in week of",
        "month" => "Installed in",
        _ => "Installed on",
    }
}

fn written(date: &str, cohort_period: &str) -> String {
    let Some(day) = format::parse_iso_date(date) else { return date.to_owned() };
    if cohort_period == "month" { format::month_year(day) } else { format::date(day) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_protocol::Interval;

    fn cell(retained: Option<u64>, eligible: u64, revenue: f64) -> RetentionCellView {
        let known = retained.is_some();
        RetentionCellView {
            eligible,
            retained,
            rate: retained.map(|retained| retained as f64 * 100.0 / eligible as f64),
            interval: known.then_some(Interval { low: 0.0, high: 1.0 }),
            revenue_per_user: known.then_some(revenue),
            test: None,
            closes_on: Some("2025-07-31".to_owned()),
        }
    }

    fn retention() -> RetentionView {
        let cohort = |date: &str, size, is_small, cells| CohortRow { date: date.to_owned(), size, is_small, cells };
        RetentionView {
            definition: "classic".to_owned(),
            period: "day".to_owned(),
            cohort_period: "day".to_owned(),
            windows: vec![1, 7],
            pooled: vec![cell(Some(45), 105, 0.5), cell(Some(0), 100, 0.0)],
            pooled_size: 105,
            cohorts: vec![
                cohort("2025-07-01", 100, false, vec![cell(Some(40), 100, 2.0), cell(Some(0), 100, 0.0)]),
                cohort("2025-07-02", 5, true, vec![cell(Some(5), 5, 9.0), cell(None, 0, 0.0)]),
            ],
            small_cohort_count: 1,
            curve: Vec::new(),
        }
    }

    #[test]
    fn the_four_states_differ_without_colour() {
        let rows = rows(&retention(), Metric::Rate, false);
        assert_eq!(rows[0].name, "All cohorts");
        let cells: Vec<(&str, CellState)> =
            rows[1..].iter().flat_map(|row| &row.cells).map(|cell| (cell.text.as_str(), cell.state)).collect();
        assert_eq!(
            cells,
            [
                ("40.0\u{202F}%", CellState::Value),
                ("0\u{202F}%", CellState::Zero),
                ("100.0\u{202F}%", CellState::Value),
                ("", CellState::Open),
            ]
        );
        let nobody = shown(&cell(None, 0, 0.0), 0, Metric::Rate, 1.0);
        assert_eq!((nobody.text.as_str(), nobody.state), ("–", CellState::NoUsers));
        let open = rows[2].cells[1].description.as_deref();
        assert_eq!(open, Some("not observed yet, closes on 31 Jul 2025"));
        assert_eq!(rows[1].cells[1].description, None, "a true zero says so itself");
        let classes = [CellState::Value, CellState::Zero, CellState::Open, CellState::NoUsers].map(CellState::class);
        assert_eq!(classes.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    }

    #[test]
    fn small_cohorts_do_not_stretch_the_scale() {
        let rows = rows(&retention(), Metric::Rate, false);
        assert_eq!(rows[1].cells[0].shade, Some(heat_step(1.0)), "40 % is the highest of the large cohorts");
        assert_eq!(rows[2].cells[0].shade, Some(heat_step(1.0)), "and nothing is darker");
        assert!(rows[2].is_small);
    }

    #[test]
    fn counts_and_revenue_are_shown_in_their_own_form() {
        let text = |metric| rows(&retention(), metric, true)[2].cells[0].text.clone();
        assert_eq!(text(Metric::Count), "40");
        assert_eq!(text(Metric::Ltv), format::money(2.0));
        assert_eq!(Metric::of_choice(Some("ltv")), Metric::Ltv);
        assert_eq!(Metric::of_choice(Some("odd")), Metric::Rate);
    }

    #[test]
    fn a_small_rate_never_looks_like_none() {
        assert_eq!(percent(0.01), "0.01\u{202F}%");
        assert_eq!(percent(0.0), "0\u{202F}%");
        assert_eq!(percent(0.06), "0.1\u{202F}%");
    }

    #[test]
    fn a_cell_over_a_part_of_a_cohort_is_marked() {
        assert!(shown(&cell(Some(3), 10, 0.0), 25, Metric::Rate, 50.0).is_partial);
        assert!(!shown(&cell(Some(3), 25, 0.0), 25, Metric::Rate, 50.0).is_partial);
        assert!(!shown(&cell(None, 0, 0.0), 25, Metric::Rate, 50.0).is_partial);
    }

    #[test]
    fn cohorts_are_named_after_their_period() {
        assert_eq!(cohort_name("2025-06-30", "week"), "Week of 30 Jun 2025");
        assert_eq!(cohort_name("2025-07-01", "month"), "Jul 2025");
    }
}
