//! Users by value, and the thresholds that split them into segments.

mod thresholds;

use strata_core::value::fixed::Fixed;

use crate::axis::{
    self, BOTTOM, place_axis, tick_count, unit_label, usable_width, usual_height, value_axis, value_labels_width,
};
use crate::colour::Role;
use crate::format::{NOT_KNOWN, ValueFormat, count, percent};
use crate::scale::{Continuous, Linear, Log};
use crate::scene::{Anchor, Area, HoverPoint, HoverValue, Mark, Scene, Text, rect};
use crate::text;

/// Users by value.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Available width in pixels.
    pub width: f64,
    /// Title of the chart.
    pub title: String,
    /// Sentence that says what the chart shows.
    pub description: String,
    /// What the horizontal axis measures, such as `engagement score`.
    pub value_name: String,
    /// Number format of the values.
    pub format: ValueFormat,
    /// Edges of the bins, ascending; one more than there are bins.
    pub edges: Vec<f64>,
    /// Users per bin.
    pub counts: Vec<u64>,
    /// Whether the bins have equal width on a logarithmic scale.
    pub is_logarithmic: bool,
    /// Thresholds between the segments, ascending.
    pub thresholds: Vec<Threshold>,
    /// Names of the segments from lowest to highest, one more than there are thresholds; may be empty.
    pub segments: Vec<String>,
}

/// The value from which users belong to the next segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The value.
    pub value: f64,
    /// Label such as `high engagement ≥ 0.4123, top 30% of active users`. Lines may break at ordinary spaces.
    pub label: String,
}

/// Height of the row of segment names.
const NAMES: f64 = 20.0;

/// Draws a bar per bin, the thresholds as lines, and each segment in its own shade.
#[must_use]
pub fn histogram(spec: &Histogram) -> Scene {
    let width = usable_width(spec.width);
    let is_drawable = spec.edges.len() == spec.counts.len() + 1
        && spec.edges.iter().all(|edge| edge.is_finite())
        && spec.counts.iter().any(|count| *count > 0);
    let (Some(first), Some(last), true) = (spec.edges.first(), spec.edges.last(), is_drawable) else {
        return axis::nothing_to_show(width, &spec.title, &spec.description, "No users.");
    };
    let highest = spec.counts.iter().max().copied().unwrap_or(0) as f64;
    let most = tick_count(usual_height(width) - 64.0, 40.0) + 1;
    let from_zero = |range| Linear::from_zero(highest, most, range);
    let ticks = from_zero((0.0, 1.0)).whole_ticks(most);
    let left = value_labels_width(&ticks, ValueFormat::Count);
    let right = 12.0;
    let range = (left, width - right);
    let log = Log::new((*first, *last), range).filter(|_| spec.is_logarithmic).map(Continuous::Log);
    let x = log.unwrap_or_else(|| Continuous::Linear(Linear::new((*first, *last), range)));

    let inside = |threshold: &&Threshold| threshold.value > *first && threshold.value < *last;
    let lines: Vec<(f64, &str)> = spec
        .thresholds
        .iter()
        .filter(inside)
        .map(|threshold| (x.position(threshold.value), threshold.label.as_str()))
        .collect();
    let placed = thresholds::place(&lines, 24.0, width);
    let names = if spec.segments.is_empty() { 8.0 } else { NAMES };
    let top = placed.bottom + names;
    let height = top + (usual_height(width) - 64.0).max(168.0) + BOTTOM + 18.0;
    let bottom = height - BOTTOM - 18.0;
    let plot = Area { x: left, y: top, width: width - left - right, height: bottom - top };
    let y = from_zero((bottom, top));

    let mut marks = Vec::new();
    unit_label(&mut marks, "users", width);
    value_axis(&mut marks, &plot, &y, &ticks, ValueFormat::Count);
    let wanted = x.ticks(tick_count(plot.width, 64.0) + 1);
    let labels = match x {
        Continuous::Log(_) => wanted.values.iter().map(|value| crate::format::compact(*value)).collect(),
        Continuous::Linear(_) => spec.format.ticks(&wanted.values, wanted.places),
    };
    let labels: Vec<(f64, String)> = wanted.values.iter().map(|value| x.position(*value)).zip(labels).collect();
    place_axis(&mut marks, &plot, &labels, width);
    let name = Text::new(plot.right(), height - 4.0, spec.value_name.clone(), Role::LabelMuted);
    marks.push(Mark::Text(name.anchored(Anchor::End)));
    push_bars(&mut marks, spec, &x, &y);
    thresholds::draw(&mut marks, &placed, bottom);
    push_segment_names(&mut marks, spec, &x, &plot);
    let hover = (0..spec.counts.len()).map(|index| hover(spec, index, &x, &y)).collect();
    let (title, description) = (spec.title.clone(), spec.description.clone());
    Scene { width, height, title, description, plot, marks, hover, hits: Vec::new() }
}

/// The shade of a segment; the highest one has the accent colour.
fn segment_role(segment: usize, segments: usize) -> Role {
    match segments - segment {
        1 => Role::Accent,
        2 => Role::AccentMid,
        _ => Role::ContextMid,
    }
}

/// Adds a bar per bin; a bin that a threshold divides has two shades.
fn push_bars(marks: &mut Vec<Mark>, spec: &Histogram, x: &Continuous, y: &Linear) {
    let segments = spec.thresholds.len() + 1;
    for (edges, count) in spec.edges.windows(2).zip(&spec.counts) {
        let top = y.position(*count as f64);
        if *count == 0 {
            continue;
        }
        let inside = spec.thresholds.iter().enumerate().filter(|(_, at)| at.value > edges[0] && at.value < edges[1]);
        let mut from = edges[0];
        let mut cuts: Vec<(f64, f64, usize)> = Vec::new();
        for (index, threshold) in inside {
            cuts.push((from, threshold.value, index));
            from = threshold.value;
        }
        let segment = spec.thresholds.iter().filter(|threshold| threshold.value <= from).count();
        cuts.push((from, edges[1], segment));
        let gap = if x.position(edges[1]) - x.position(edges[0]) > 4.0 { 1.0 } else { 0.0 };
        let last = cuts.len() - 1;
        for (part, (low, high, segment)) in cuts.into_iter().enumerate() {
            let (left, right) = (x.position(low), x.position(high) - if part == last { gap } else { 0.0 });
            let top = top.min(y.range.0 - 1.0);
            marks.push(rect(left, top, right - left, y.range.0 - top, segment_role(segment, segments)));
        }
    }
}

/// Adds the names of segments above their parts of the plot, if they fit.
fn push_segment_names(marks: &mut Vec<Mark>, spec: &Histogram, x: &Continuous, plot: &Area) {
    let segments = spec.thresholds.len() + 1;
    if spec.segments.len() != segments {
        return;
    }
    let clamp = |value: f64| if value.is_finite() { x.position(value).clamp(plot.x, plot.right()) } else { plot.x };
    for (index, name) in spec.segments.iter().enumerate() {
        let low = index.checked_sub(1).map_or(plot.x, |before| clamp(spec.thresholds[before].value));
        let high = spec.thresholds.get(index).map_or(plot.right(), |threshold| clamp(threshold.value));
        if text::width(name, 12.0, true) + 12.0 <= high - low {
            let role = match segment_role(index, segments) {
                // The lighter shades are too light for small text.
                Role::AccentMid => Role::Label,
                Role::ContextMid => Role::LabelMuted,
                role => role,
            };
            marks.push(Mark::Text(Text::new(low + 6.0, plot.y - 6.0, name.clone(), role).bold().with_halo()));
        }
    }
}

fn hover(spec: &Histogram, index: usize, x: &Continuous, y: &Linear) -> HoverPoint {
    let (low, high, users) = (spec.edges[index], spec.edges[index + 1], spec.counts[index]);
    let total: u64 = spec.counts.iter().sum();
    let share = Fixed::percent(users, total).map_or_else(|| NOT_KNOWN.to_owned(), |share| percent(share, 1));
    let value = HoverValue {
        name: "users".to_owned(),
        text: format!("{}, {share}", count(users)),
        y: Some(y.position(users as f64)),
        role: Role::Accent,
    };
    let places = (f64::EPSILON.max(high - low)).log10().floor();
    let places = usize::try_from(1 - crate::format::whole(places)).unwrap_or(0).min(6);
    let edge = |value: f64| match spec.format {
        ValueFormat::Decimal(_) => crate::format::decimal(value, places),
        format => format.exact(value),
    };
    HoverPoint {
        x: f64::midpoint(x.position(low), x.position(high)),
        label: format!("{} {}–{}", spec.value_name, edge(low), edge(high)),
        values: vec![value],
    }
}
