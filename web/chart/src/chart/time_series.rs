//! Values by calendar day: one or more lines, named at their ends.

use strata_core::value::calendar::Day;

use crate::axis::{
    self, BOTTOM, LABEL_SIZE, TOP, place_axis, polyline, tick_count, unit_label, usable_width, usual_height,
    value_axis, value_labels_width,
};
use crate::colour::Role;
use crate::format::{ValueFormat, weekday_date};
use crate::placement::spread;
use crate::scale::{Linear, day_ticks};
use crate::scene::{Area, HoverPoint, HoverValue, Mark, Paint, Point, Scene, Step, Stroke, Text, dot, line, point};
use crate::text;

/// Below this width, labels at line ends take two lines.
const NARROW: f64 = 560.0;

/// Values by calendar day.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeSeries {
    /// Available width in pixels.
    pub width: f64,
    /// Title of the chart.
    pub title: String,
    /// Sentence that says what the chart shows.
    pub description: String,
    /// The unit of the values, such as `active users`.
    pub unit: String,
    /// Calendar day of the first value in each series.
    pub first_day: Day,
    /// The lines; the first one is the most important.
    pub series: Vec<Series>,
    /// Number format of the values.
    pub format: ValueFormat,
    /// Whether to draw lines only, or the first series as an area.
    pub kind: TimeSeriesKind,
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Short name, shown at the end of the line.
    pub name: String,
    /// One value per day; `None` is a gap.
    pub values: Vec<Option<f64>>,
}

/// Lines or areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSeriesKind {
    /// Lines only.
    Lines,
    /// The first series is an area under its line.
    Area,
}

/// Position of a drawn series.
struct Drawn {
    points: Vec<Option<Point>>,
    role: Role,
    stroke: Stroke,
}

/// Draws values by day; the vertical axis starts at 0.
#[must_use]
pub fn time_series(spec: &TimeSeries) -> Scene {
    let width = usable_width(spec.width);
    let days = spec.series.iter().map(|series| series.values.len()).max().unwrap_or(0);
    let known =
        || spec.series.iter().flat_map(|series| series.values.iter().copied().flatten()).filter(|v| v.is_finite());
    let Some(highest) = known().reduce(f64::max) else {
        return axis::nothing_to_show(width, &spec.title, &spec.description, "No values in this period.");
    };
    let height = usual_height(width);
    let is_narrow = width < NARROW;
    let bottom = height - BOTTOM;
    let most = tick_count(bottom - TOP, 40.0) + 1;
    let mut y = Linear::from_zero(highest, most, (bottom, TOP));
    if let Some(lowest) = known().reduce(f64::min).filter(|lowest| *lowest < 0.0) {
        y = Linear::new((lowest, y.domain.1), y.range);
    }
    let ticks = if spec.format == ValueFormat::Count { y.whole_ticks(most) } else { y.ticks(most) };
    let left = value_labels_width(&ticks, spec.format);
    let plot = Area { x: left, y: TOP, width: width - left - end_labels_width(spec, is_narrow), height: bottom - TOP };

    let x = |index: usize| {
        if days < 2 { plot.x + plot.width / 2.0 } else { plot.x + plot.width * index as f64 / (days - 1) as f64 }
    };
    let drawn: Vec<Drawn> = spec.series.iter().enumerate().map(|(index, series)| draw(series, index, x, &y)).collect();

    let mut marks = Vec::new();
    unit_label(&mut marks, &spec.unit, width);
    value_axis(&mut marks, &plot, &y, &ticks, spec.format);
    place_axis(&mut marks, &plot, &day_labels(spec.first_day, days, plot.width, x), width);
    if let (TimeSeriesKind::Area, Some(first)) = (spec.kind, drawn.first()) {
        let base = y.position(0.0_f64.max(y.domain.0));
        for run in first.points.split(Option::is_none) {
            let upper: Vec<Point> = run.iter().copied().flatten().collect();
            let lower: Vec<Point> = upper.iter().map(|at| point(at.x, base)).collect();
            marks.push(Mark::Path { steps: axis::between(&upper, &lower), role: Role::AccentSoft, paint: Paint::Fill });
        }
    }
    for series in drawn.iter().rev() {
        push_line(&mut marks, series);
    }
    push_end_labels(&mut marks, spec, &drawn, &plot, is_narrow);
    Scene {
        width,
        height,
        title: spec.title.clone(),
        description: spec.description.clone(),
        plot,
        marks,
        hover: (0..days).map(|index| hover(spec, &drawn, index, x(index))).collect(),
        hits: Vec::new(),
    }
}

fn draw(series: &Series, index: usize, x: impl Fn(usize) -> f64, y: &Linear) -> Drawn {
    let at = |(index, value): (usize, &Option<f64>)| {
        value.filter(|value| value.is_finite()).map(|value| point(x(index), y.position(value)))
    };
    let (role, stroke) = match index {
        0 => (Role::Accent, Stroke::solid(2.0)),
        1 => (Role::Context, Stroke::solid(1.5)),
        2 => (Role::Context, Stroke::dashed(1.5)),
        _ => (Role::Context, Stroke::dotted(1.5)),
    };
    Drawn { points: series.values.iter().enumerate().map(at).collect(), role, stroke }
}

fn push_line(marks: &mut Vec<Mark>, series: &Drawn) {
    let (steps, alone) = polyline(&series.points);
    if steps.iter().any(|step| matches!(step, Step::Line(_))) {
        marks.push(Mark::Path { steps, role: series.role, paint: Paint::Stroke(series.stroke) });
    }
    for centre in alone {
        marks.push(dot(centre, 2.5, series.role));
    }
}

fn day_labels(first_day: Day, days: usize, plot_width: f64, x: impl Fn(usize) -> f64) -> Vec<(f64, String)> {
    let Day(first_day) = first_day;
    let last_day = first_day.saturating_add(i32::try_from(days.saturating_sub(1)).unwrap_or(0));
    day_ticks(first_day, last_day, tick_count(plot_width, 64.0))
        .into_iter()
        .filter_map(|tick| Some((x(usize::try_from(tick.day - first_day).ok()?), tick.label)))
        .collect()
}

/// The last known value of a series.
fn last_known(series: &Series) -> Option<f64> {
    series.values.iter().rev().copied().flatten().find(|value| value.is_finite())
}

/// The name and the last value, as shown at the end of a line.
fn end_label(spec: &TimeSeries, series: &Series) -> (String, String) {
    let value = last_known(series).map(|value| spec.format.compact(value)).unwrap_or_default();
    (text::shortened(&series.name, LABEL_SIZE, true, 96.0), value)
}

fn end_labels_width(spec: &TimeSeries, is_narrow: bool) -> f64 {
    let width = |series: &Series| {
        let (name, value) = end_label(spec, series);
        let (name, value) = (text::width(&name, LABEL_SIZE, true), text::width(&value, LABEL_SIZE, false));
        if is_narrow { name.max(value) } else { name + 6.0 + value }
    };
    (spec.series.iter().map(width).fold(0.0, f64::max) + 12.0).ceil()
}

fn push_end_labels(marks: &mut Vec<Mark>, spec: &TimeSeries, drawn: &[Drawn], plot: &Area, is_narrow: bool) {
    let line_height = if is_narrow { 32.0 } else { 18.0 };
    let ends: Vec<(usize, Point)> = drawn
        .iter()
        .enumerate()
        .filter_map(|(index, series)| Some((index, series.points.iter().rev().copied().flatten().next()?)))
        .collect();
    let wanted: Vec<f64> = ends.iter().map(|(_, at)| at.y).collect();
    let half = line_height / 2.0;
    let placed = spread(&wanted, line_height, plot.y + half - 12.0, plot.bottom() - half + 8.0);
    let x = plot.right() + 10.0;
    for ((index, end), middle) in ends.into_iter().zip(placed) {
        let (role, series) = (drawn[index].role, &spec.series[index]);
        let (name, value) = end_label(spec, series);
        marks.push(dot(end, 3.0, role));
        if end.x < plot.right() - 1.0 || (middle - end.y).abs() > half {
            let to = point(x - 3.0, middle);
            marks.push(line(point(end.x + 4.0, end.y), to, Role::Axis, Stroke::solid(0.75)));
        }
        if is_narrow {
            marks.push(Mark::Text(Text::new(x, middle - 3.0, name, role).bold()));
            marks.push(Mark::Text(Text::new(x, middle + 12.0, value, Role::Label)));
        } else {
            let after = x + text::width(&name, LABEL_SIZE, true) + 5.0;
            marks.push(Mark::Text(Text::new(x, middle + 4.0, name, role).bold()));
            marks.push(Mark::Text(Text::new(after, middle + 4.0, value, Role::Label)));
        }
    }
}

fn hover(spec: &TimeSeries, drawn: &[Drawn], index: usize, x: f64) -> HoverPoint {
    let value = |(series, drawn): (&Series, &Drawn)| {
        let value = series.values.get(index).copied().flatten().filter(|value| value.is_finite())?;
        Some(HoverValue {
            name: series.name.clone(),
            text: spec.format.exact(value),
            y: drawn.points.get(index).copied().flatten().map(|at| at.y),
            role: drawn.role,
        })
    };
    let day = Day(spec.first_day.0.saturating_add(i32::try_from(index).unwrap_or(0)));
    HoverPoint { x, label: weekday_date(day), values: spec.series.iter().zip(drawn).filter_map(value).collect() }
}
