//! Axes, and other marks that several charts share.

use crate::colour::Role;
use crate::format::ValueFormat;
use crate::scale::{Linear, Ticks};
use crate::scene::{Anchor, Area, Mark, Point, Scene, Step, Stroke, Text, line, point};
use crate::text;

/// Size of axis labels.
pub(crate) const LABEL_SIZE: f64 = 12.0;
/// Distance from the plot to the baseline of the labels under it.
const LABEL_DROP: f64 = 20.0;
/// Space under the plot for one line of labels.
pub(crate) const BOTTOM: f64 = 28.0;
/// Space above the plot for the unit.
pub(crate) const TOP: f64 = 32.0;

/// The narrowest width that is laid out; a narrower drawing is scaled down.
pub(crate) fn usable_width(width: f64) -> f64 {
    if width.is_finite() { width.clamp(280.0, 2400.0).round() } else { 640.0 }
}

/// Height of a line or bar chart: flatter if it is wide.
pub(crate) fn usual_height(width: f64) -> f64 {
    (width * 0.42).clamp(232.0, 348.0).round()
}

/// Number of ticks that fit into a length in pixels.
pub(crate) fn tick_count(length: f64, each: f64) -> usize {
    usize::try_from(crate::format::whole((length / each).floor())).unwrap_or(0).clamp(2, 24)
}

/// Width that the labels of a value axis need, including the distance to the plot.
pub(crate) fn value_labels_width(ticks: &Ticks, format: ValueFormat) -> f64 {
    let labels = format.ticks(&ticks.values, ticks.places);
    let widths = labels.iter().map(|label| text::width(label, LABEL_SIZE, false));
    (widths.fold(0.0, f64::max) + 10.0).ceil()
}

/// Adds hairlines across the plot with labels on the left, and an axis at the bottom.
pub(crate) fn value_axis(marks: &mut Vec<Mark>, plot: &Area, scale: &Linear, ticks: &Ticks, format: ValueFormat) {
    for (value, label) in ticks.values.iter().zip(format.ticks(&ticks.values, ticks.places)) {
        let y = scale.position(*value).round() + 0.5;
        let role = if (y - 0.5 - plot.bottom()).abs() < 0.75 { Role::Axis } else { Role::Grid };
        marks.push(line(point(plot.x, y), point(plot.right(), y), role, Stroke::solid(1.0)));
        let label = Text::new(plot.x - 8.0, y + 3.5, label, Role::LabelMuted);
        marks.push(Mark::Text(label.anchored(Anchor::End)));
    }
}

/// Adds labels under the plot with tick marks, and skips labels that would touch the previous one. Labels stay between
/// 0 and `right`.
pub(crate) fn place_axis(marks: &mut Vec<Mark>, plot: &Area, labels: &[(f64, String)], right: f64) {
    let y = plot.bottom().round() + 0.5;
    let mut free_from = f64::NEG_INFINITY;
    for (x, label) in labels {
        let width = text::width(label, LABEL_SIZE, false);
        let middle = x.min(right - width / 2.0).max(width / 2.0);
        if middle - width / 2.0 < free_from {
            continue;
        }
        free_from = middle + width / 2.0 + 8.0;
        let tick = x.round() + 0.5;
        marks.push(line(point(tick, y), point(tick, y + 5.0), Role::Axis, Stroke::solid(1.0)));
        let label = Text::new(middle, plot.bottom() + LABEL_DROP, label.clone(), Role::LabelMuted);
        marks.push(Mark::Text(label.anchored(Anchor::Middle)));
    }
}

/// Adds the unit of the value axis, above the plot.
pub(crate) fn unit_label(marks: &mut Vec<Mark>, unit: &str, width: f64) {
    if !unit.is_empty() {
        let unit = text::shortened(unit, LABEL_SIZE, false, width);
        marks.push(Mark::Text(Text::new(0.0, 12.0, unit, Role::LabelMuted)));
    }
}

/// A scene that states that there is nothing to show.
pub(crate) fn nothing_to_show(width: f64, title: &str, description: &str, text: &str) -> Scene {
    let height = 96.0;
    let lines = text::wrap(text, 13.0, false, width);
    let top = height / 2.0 - lines.len() as f64 * 10.0 + 14.0;
    let mut marks = Vec::new();
    for (index, text) in lines.into_iter().enumerate() {
        let text = Text::new(0.0, top + index as f64 * 20.0, text, Role::LabelMuted).sized(13.0);
        marks.push(Mark::Text(text));
    }
    let plot = Area { x: 0.0, y: 0.0, width, height };
    let (title, description) = (title.to_owned(), description.to_owned());
    Scene { width, height, title, description, plot, marks, hover: Vec::new(), hits: Vec::new() }
}

/// Returns the lines through the known points, with gaps, and the points that stand alone between gaps.
pub(crate) fn polyline(points: &[Option<Point>]) -> (Vec<Step>, Vec<Point>) {
    let (mut steps, mut alone) = (Vec::new(), Vec::new());
    for run in points.split(Option::is_none) {
        let run: Vec<Point> = run.iter().copied().flatten().collect();
        match run.as_slice() {
            [] => {}
            [single] => alone.push(*single),
            [first, rest @ ..] => {
                steps.push(Step::Move(*first));
                steps.extend(rest.iter().copied().map(Step::Line));
            }
        }
    }
    (steps, alone)
}

/// The area between two lines over the same positions; the lower one is drawn backwards.
pub(crate) fn between(upper: &[Point], lower: &[Point]) -> Vec<Step> {
    let Some((first, rest)) = upper.split_first() else { return Vec::new() };
    let mut steps = vec![Step::Move(*first)];
    steps.extend(rest.iter().chain(lower.iter().rev()).copied().map(Step::Line));
    steps.push(Step::Close);
    steps
}
