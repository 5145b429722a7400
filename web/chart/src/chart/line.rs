//! A line through a few labelled points, such as revenue per user by day since install.

use crate::axis::{
    self, BOTTOM, LABEL_SIZE, TOP, place_axis, polyline, tick_count, unit_label, usable_width, usual_height,
    value_axis, value_labels_width,
};
use crate::colour::Role;
use crate::format::ValueFormat;
use crate::placement::Obstacles;
use crate::scale::Linear;
use crate::scene::{Area, HoverPoint, HoverValue, Mark, Paint, Point, Scene, Stroke, Text, marker, point};
use crate::text;

/// A line through a few labelled points.
#[derive(Clone, Debug, PartialEq)]
pub struct LineChart {
    /// Available width in pixels.
    pub width: f64,
    /// Title of the chart.
    pub title: String,
    /// Sentence that says what the chart shows.
    pub description: String,
    /// What the vertical axis counts, such as `revenue per user`.
    pub unit: String,
    /// Name of the line, for hover texts.
    pub name: String,
    /// The points, by ascending position.
    pub points: Vec<LinePoint>,
    /// Number format of the values.
    pub format: ValueFormat,
}

/// A point of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct LinePoint {
    /// Horizontal position, for example days since install.
    pub x: f64,
    /// Its name on the axis, such as `D7`.
    pub label: String,
    /// The value; `None` if unknown.
    pub value: Option<f64>,
    /// Additional hover text, such as `8,123 users`; may be empty.
    pub detail: String,
}

/// Draws a line from 0 upwards and writes the values at its points, except those that would touch another.
#[must_use]
pub fn line(spec: &LineChart) -> Scene {
    let width = usable_width(spec.width);
    let known = || spec.points.iter().filter_map(|point| point.value).filter(|value| value.is_finite());
    let Some(highest) = known().reduce(f64::max) else {
        return axis::nothing_to_show(width, &spec.title, &spec.description, "No values yet.");
    };
    let height = usual_height(width);
    let bottom = height - BOTTOM;
    let most = tick_count(bottom - TOP, 40.0) + 1;
    // Slightly above the highest value, so that its label fits.
    let y = Linear::from_zero(highest * 1.06, most, (bottom, TOP));
    let ticks = y.ticks(most);
    let left = value_labels_width(&ticks, spec.format);
    let plot = Area { x: left, y: TOP, width: width - left - 32.0, height: bottom - TOP };
    let positions = || spec.points.iter().map(|point| point.x);
    let (first, last) = (positions().fold(f64::INFINITY, f64::min), positions().fold(f64::NEG_INFINITY, f64::max));
    let x = |value: f64| {
        if last > first {
            Linear::new((first, last), (plot.x + 12.0, plot.right())).position(value)
        } else {
            plot.x + plot.width / 2.0
        }
    };
    let points: Vec<Option<Point>> = spec
        .points
        .iter()
        .map(|at| at.value.filter(|value| value.is_finite()).map(|value| point(x(at.x), y.position(value))))
        .collect();

    let mut marks = Vec::new();
    unit_label(&mut marks, &spec.unit, width);
    value_axis(&mut marks, &plot, &y, &ticks, spec.format);
    let labels: Vec<(f64, String)> = spec.points.iter().map(|at| (x(at.x), at.label.clone())).collect();
    place_axis(&mut marks, &plot, &labels, width);
    let (steps, _) = polyline(&points);
    marks.push(Mark::Path { steps, role: Role::Accent, paint: Paint::Stroke(Stroke::solid(2.0)) });
    for centre in points.iter().copied().flatten() {
        marks.push(marker(centre, 3.0, Role::Accent));
    }
    push_values(
        &mut marks,
        spec,
        &points,
        Area { x: plot.x + 2.0, y: 16.0, width: width - plot.x - 2.0, height: bottom - 18.0 },
    );
    let hover = spec.points.iter().zip(&points).map(|(at, drawn)| hover(spec, at, *drawn, x(at.x))).collect();
    let (title, description) = (spec.title.clone(), spec.description.clone());
    Scene { width, height, title, description, plot, marks, hover, hits: Vec::new() }
}

/// Adds values near their points, starting with the last one, and skips those that would overlap another.
fn push_values(marks: &mut Vec<Mark>, spec: &LineChart, points: &[Option<Point>], bounds: Area) {
    let mut obstacles = Obstacles::default();
    for run in points.split(Option::is_none) {
        obstacles.add_line(run.iter().copied().flatten().collect());
    }
    for at in points.iter().flatten() {
        obstacles.add_area(Area { x: at.x - 4.0, y: at.y - 4.0, width: 8.0, height: 8.0 });
    }
    for (at, drawn) in spec.points.iter().zip(points).rev() {
        let (Some(value), Some(drawn)) = (at.value, drawn) else { continue };
        let label = spec.format.compact(value);
        let room = (text::width(&label, LABEL_SIZE, true), 13.0);
        if let Some(area) = obstacles.place_near(*drawn, room, bounds) {
            marks.push(Mark::Text(Text::new(area.x, area.y + 10.5, label, Role::Label).bold().with_halo()));
        }
    }
}

fn hover(spec: &LineChart, at: &LinePoint, drawn: Option<Point>, x: f64) -> HoverPoint {
    let value = at.value.filter(|value| value.is_finite()).map(|value| {
        let number = spec.format.exact(value);
        let text = if at.detail.is_empty() { number } else { format!("{number}, {}", at.detail) };
        HoverValue { name: spec.name.clone(), text, y: drawn.map(|drawn| drawn.y), role: Role::Accent }
    });
    HoverPoint { x, label: at.label.clone(), values: value.into_iter().collect() }
}
