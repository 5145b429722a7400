//! A line the size of a word.

use crate::axis::polyline;
use crate::colour::Role;
use crate::scene::{Area, Mark, Paint, Point, Scene, Stroke, dot, point};

/// A line the size of a word.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparkline {
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels.
    pub height: f64,
    /// What there is to see, for screen readers.
    pub description: String,
    /// Values at equal distances; `None` is a gap.
    pub values: Vec<Option<f64>>,
    /// The value at the upper edge; `None`: the highest one. Give it where several are compared.
    pub highest: Option<f64>,
}

/// Draws values from 0 upwards, with a point at the last known one.
#[must_use]
pub fn sparkline(spec: &Sparkline) -> Scene {
    const INSET: f64 = 3.0;
    let (width, height) = (spec.width.max(12.0), spec.height.max(8.0));
    let known = spec.values.iter().map(|value| value.filter(|value| value.is_finite()));
    let highest = spec.highest.or_else(|| known.clone().flatten().reduce(f64::max)).filter(|high| *high > 0.0);
    let steps = spec.values.len().saturating_sub(1).max(1) as f64;
    let x = |index: usize| {
        if spec.values.len() < 2 { width - INSET } else { INSET + (width - 2.0 * INSET) * index as f64 / steps }
    };
    let y = |value: f64| {
        let share = highest.map_or(0.0, |highest| (value / highest).clamp(0.0, 1.0));
        height - INSET - (height - 2.0 * INSET) * share
    };
    let points: Vec<Option<Point>> =
        known.enumerate().map(|(index, value)| value.map(|value| point(x(index), y(value)))).collect();
    let (steps, alone) = polyline(&points);
    let mut marks = Vec::new();
    if !steps.is_empty() {
        marks.push(Mark::Path { steps, role: Role::AccentMid, paint: Paint::Stroke(Stroke::solid(1.25)) });
    }
    for centre in alone {
        marks.push(dot(centre, 1.0, Role::AccentMid));
    }
    if let Some(centre) = points.iter().rev().copied().flatten().next() {
        marks.push(dot(centre, 2.0, Role::Accent));
    }
    let plot = Area { x: 0.0, y: 0.0, width, height };
    let description = spec.description.clone();
    Scene { width, height, title: String::new(), description, plot, marks, hover: Vec::new(), hits: Vec::new() }
}
