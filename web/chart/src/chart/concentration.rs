//! Concentration of revenue: the share that a given share of users generated.

use crate::axis::{
    self, BOTTOM, LABEL_SIZE, TOP, place_axis, unit_label, usable_width, value_axis, value_labels_width,
};
use crate::colour::Role;
use crate::format::{ValueFormat, trimmed};
use crate::placement::{Obstacles, spread};
use crate::scale::Linear;
use crate::scene::{Area, HoverPoint, HoverValue, Mark, Paint, Point, Scene, Step, Stroke, Text, line, marker, point};
use crate::text;

/// Share of revenue by share of users, starting with the users with the most revenue.
#[derive(Clone, Debug, PartialEq)]
pub struct Concentration {
    /// Available width in pixels.
    pub width: f64,
    /// Title of the chart.
    pub title: String,
    /// Sentence that says what the chart shows.
    pub description: String,
    /// Shares of users and of revenue in percent, by ascending share of users; 0 and 100 are added if they are missing.
    pub points: Vec<(f64, f64)>,
    /// Shares of users in percent that are labelled, such as 1, 5, 10, 20.
    pub labelled: Vec<f64>,
}

/// Draws the curve, the line of equal shares and the labelled points.
#[must_use]
pub fn concentration(spec: &Concentration) -> Scene {
    let width = usable_width(spec.width);
    let mut curve: Vec<(f64, f64)> =
        spec.points.iter().copied().filter(|(users, revenue)| users.is_finite() && revenue.is_finite()).collect();
    if curve.is_empty() {
        return axis::nothing_to_show(width, &spec.title, &spec.description, "No revenue.");
    }
    curve.sort_by(|a, b| a.0.total_cmp(&b.0));
    if curve.first().is_some_and(|first| first.0 > 0.0) {
        curve.insert(0, (0.0, 0.0));
    }
    if curve.last().is_some_and(|last| last.0 < 100.0) {
        curve.push((100.0, 100.0));
    }
    let height = (width * 0.6).clamp(272.0, 440.0).round();
    let bottom = height - BOTTOM;
    let y = Linear::new((0.0, 100.0), (bottom, TOP));
    let ticks = y.ticks(6);
    let format = ValueFormat::Percent(0);
    let left = value_labels_width(&ticks, format);
    let right = text::width("100% of users", LABEL_SIZE, false) / 2.0;
    let plot = Area { x: left, y: TOP, width: (width - left - right).min(760.0), height: bottom - TOP };
    let x = Linear::new((0.0, 100.0), (plot.x, plot.right()));

    let mut marks = Vec::new();
    unit_label(&mut marks, "share of revenue", width);
    value_axis(&mut marks, &plot, &y, &ticks, format);
    let places = x.ticks(if plot.width < 420.0 { 4 } else { 6 });
    let last = places.values.len() - 1;
    let name = |(index, value): (usize, &f64)| {
        let label = format.exact(*value);
        (x.position(*value), if index == last { format!("{label} of users") } else { label })
    };
    place_axis(&mut marks, &plot, &places.values.iter().enumerate().map(name).collect::<Vec<_>>(), width);

    let points: Vec<Point> =
        curve.iter().map(|(users, revenue)| point(x.clamped(*users), y.clamped(*revenue))).collect();
    let diagonal = [point(plot.x, plot.bottom()), point(plot.right(), plot.y)];
    marks.push(Mark::Path { steps: axis::between(&points, &[]), role: Role::Band, paint: Paint::Fill });
    marks.push(line(diagonal[0], diagonal[1], Role::Context, Stroke::dashed(1.25)));
    let steps = points.iter().enumerate().map(|(index, at)| if index == 0 { Step::Move(*at) } else { Step::Line(*at) });
    marks.push(Mark::Path { steps: steps.collect(), role: Role::Accent, paint: Paint::Stroke(Stroke::solid(2.0)) });
    let mut obstacles = Obstacles::default();
    obstacles.add_line(diagonal.to_vec());
    push_labels(&mut marks, spec, &curve, &plot, (&x, &y), &mut obstacles);
    push_name_of_diagonal(&mut marks, &plot, (&x, &y), &mut obstacles);
    let hover = curve.iter().skip(1).map(|at| hover(*at, &x, &y)).collect();
    let (title, description) = (spec.title.clone(), spec.description.clone());
    Scene { width, height, title, description, plot, marks, hover, hits: Vec::new() }
}

/// Share of revenue at a share of users, interpolated linearly between points.
fn at(curve: &[(f64, f64)], users: f64) -> Option<f64> {
    let pair = curve.windows(2).find(|pair| (pair[0].0..=pair[1].0).contains(&users))?;
    let span = pair[1].0 - pair[0].0;
    let share = if span > 0.0 { (users - pair[0].0) / span } else { 1.0 };
    Some(pair[0].1 + share * (pair[1].1 - pair[0].1))
}

/// Adds labels to the right of their points, in the space under the curve.
fn push_labels(
    marks: &mut Vec<Mark>,
    spec: &Concentration,
    curve: &[(f64, f64)],
    plot: &Area,
    (x, y): (&Linear, &Linear),
    obstacles: &mut Obstacles,
) {
    let labelled: Vec<(f64, f64)> =
        spec.labelled.iter().filter_map(|users| Some((*users, at(curve, *users)?))).collect();
    let wanted: Vec<f64> = labelled.iter().map(|(_, revenue)| y.position(*revenue) + 9.0).collect();
    let placed = spread(&wanted, 18.0, plot.y + 12.0, plot.bottom() - 10.0);
    for ((users, revenue), middle) in labelled.into_iter().zip(placed) {
        let centre = point(x.position(users), y.position(revenue));
        let start = centre.x + 14.0;
        marks.push(line(centre, point(start - 2.0, middle), Role::Axis, Stroke::solid(0.75)));
        marks.push(marker(centre, 3.0, Role::Accent));
        let name = format!("top {}", percent_of_users(users));
        let after = start + 2.0 + text::width(&name, LABEL_SIZE, false) + 6.0;
        let name = Text::new(start + 2.0, middle + 4.0, name, Role::LabelMuted);
        let value = Text::new(after, middle + 4.0, share(revenue), Role::Label).bold();
        let leaves_band = x.invert(value.area().right()) > y.invert(middle);
        for text in [name, value] {
            obstacles.add_area(text.area());
            marks.push(Mark::Text(if leaves_band { text.with_halo() } else { text }));
        }
    }
}

/// Adds the name of the line of equal shares under it, clear of other labels.
fn push_name_of_diagonal(marks: &mut Vec<Mark>, plot: &Area, (x, y): (&Linear, &Linear), obstacles: &mut Obstacles) {
    const NAME: &str = "equal shares";
    let width = text::width(NAME, LABEL_SIZE, false);
    let at = |share: f64| Area { x: x.position(share) + 6.0, y: y.position(share) + 6.0, width, height: 13.0 };
    let area = obstacles.place(&[62.0, 54.0, 46.0, 70.0, 38.0, 30.0, 22.0, 14.0].map(at), *plot);
    marks.push(Mark::Text(Text::new(area.x, area.y + 10.5, NAME, Role::Context)));
}

fn percent_of_users(share: f64) -> String {
    format!("{}%", trimmed(share, 2))
}

/// A share of revenue in percent.
fn share(revenue: f64) -> String {
    ValueFormat::Percent(1).exact(revenue)
}

fn hover((users, revenue): (f64, f64), x: &Linear, y: &Linear) -> HoverPoint {
    let value = HoverValue {
        name: "share of revenue".to_owned(),
        text: share(revenue),
        y: Some(y.clamped(revenue)),
        role: Role::Accent,
    };
    HoverPoint { x: x.clamped(users), label: format!("top {} of users", percent_of_users(users)), values: vec![value] }
}
