//! Share of users who come back, by day since install.

use strata_core::value::fixed::Fixed;

use crate::axis::{
    self, BOTTOM, TOP, place_axis, tick_count, unit_label, usable_width, value_axis, value_labels_width,
};
use crate::colour::Role;
use crate::format::{ValueFormat, count, level, percent, percent_interval};
use crate::placement::Obstacles;
use crate::scale::{Linear, elapsed_day_ticks};
use crate::scene::{
    Anchor, Area, HoverPoint, HoverValue, Mark, Paint, Point, Scene, Step, Stroke, Text, line, marker, point,
};
use crate::text;

/// Below this width, lines have short names.
const NARROW: f64 = 560.0;

/// Retention of all cohorts together, by day since install.
#[derive(Clone, Debug, PartialEq)]
pub struct RetentionCurve {
    /// Available width in pixels.
    pub width: f64,
    /// Title of the chart.
    pub title: String,
    /// Sentence that says what the chart shows.
    pub description: String,
    /// Users of all cohorts; all of them are observed on day 0.
    pub total_users: u64,
    /// The days, ascending; day 0 is not drawn.
    pub points: Vec<RetentionPoint>,
    /// Days are drawn lighter from the first day on which less than this share of all users is observed, in percent.
    pub mature_percent: u32,
    /// Days are also drawn lighter if fewer users than this are observed.
    pub minimum_sample_size: u64,
    /// Days that are labelled with their rate.
    pub labelled_days: Vec<u32>,
    /// Level of the intervals in percent, such as 95.
    pub interval_level: Fixed,
}

/// A day since install.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetentionPoint {
    /// Days since install.
    pub day: u32,
    /// Users observed for that many days.
    pub eligible: u64,
    /// Eligible users who were active on the day.
    pub retained: u64,
    /// Retained / eligible, in percent.
    pub rate: Fixed,
    /// Bounds of the interval in percent.
    pub interval: (Fixed, Fixed),
    /// Share of users active on the day or later, in percent.
    pub rolling_rate: Option<Fixed>,
}

/// The curve in pixels.
struct Geometry<'a> {
    points: Vec<&'a RetentionPoint>,
    /// Index of the first point with too few users.
    tail: usize,
    x: Linear,
    y: Linear,
}

impl Geometry<'_> {
    fn at(&self, point_of: &RetentionPoint, value: Fixed) -> Point {
        point(self.x.position(f64::from(point_of.day)), self.y.clamped(value.to_f64()))
    }

    fn line(&self, value: impl Fn(&RetentionPoint) -> Option<Fixed>) -> Vec<Point> {
        self.points.iter().filter_map(|point| Some(self.at(point, value(point)?))).collect()
    }
}

/// Draws the rate with its interval from day 1, the rolling rate, and which days have too few observed users.
#[must_use]
pub fn retention_curve(spec: &RetentionCurve) -> Scene {
    let width = usable_width(spec.width);
    let drawable = |point: &&RetentionPoint| point.day >= 1 && point.eligible > 0;
    let points: Vec<&RetentionPoint> = spec.points.iter().filter(drawable).collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        let text = "No day after install has been observed yet.";
        return axis::nothing_to_show(width, &spec.title, &spec.description, text);
    };
    let tail = points.iter().position(|point| is_thin(spec, point)).unwrap_or(points.len());
    let top = if tail < points.len() { TOP + 16.0 } else { TOP };
    let height = (width * 0.5).clamp(320.0, 400.0).round() + top - TOP;
    let bottom = height - BOTTOM;
    // The scale follows the reliable days: the wide intervals of the tail may leave the plot.
    let certain = points[..tail.max(1)].iter().map(|point| point.interval.1.to_f64().min(100.0));
    let highest = points.iter().flat_map(|point| [point.rate, point.rolling_rate.unwrap_or_default()]);
    let highest = highest.map(Fixed::to_f64).chain(certain);
    let highest = highest.fold(0.0, f64::max);
    let most = tick_count(bottom - top, 40.0) + 1;
    let y = Linear::from_zero(highest, most, (bottom, top));
    let y = if y.domain.1 > 100.0 && highest <= 100.0 { Linear::new((0.0, 100.0), y.range) } else { y };
    let ticks = y.ticks(most);
    let format = ValueFormat::Percent(0);
    let left = value_labels_width(&ticks, format);
    let plot = Area { x: left, y: top, width: width - left - 16.0, height: bottom - top };
    let (first_day, last_day) = (first.day, last.day.max(first.day + 1));
    let x = Linear::new((f64::from(first_day), f64::from(last_day)), (plot.x + 8.0, plot.right()));
    let geometry = Geometry { points, tail, x, y };

    let mut marks = Vec::new();
    unit_label(&mut marks, "users active, by days since install", width);
    value_axis(&mut marks, &plot, &y, &ticks, format);
    let days = elapsed_day_ticks(first_day, last_day, tick_count(plot.width, 56.0));
    let day_label = |(index, day): (usize, u32)| {
        (x.position(f64::from(day)), if index == 0 { format!("day {day}") } else { day.to_string() })
    };
    place_axis(&mut marks, &plot, &days.into_iter().enumerate().map(day_label).collect::<Vec<_>>(), width);
    push_band(&mut marks, &geometry);
    push_lines(&mut marks, &geometry);
    push_tail_label(&mut marks, spec, &geometry, &plot, width);
    push_labels(&mut marks, spec, &geometry, &plot, width);
    Scene {
        width,
        height,
        title: spec.title.clone(),
        description: spec.description.clone(),
        plot,
        marks,
        hover: geometry.points.iter().map(|point| hover(point, spec, &geometry)).collect(),
        hits: Vec::new(),
    }
}

fn is_thin(spec: &RetentionCurve, point: &RetentionPoint) -> bool {
    is_under_mature_share(spec, point) || point.eligible < spec.minimum_sample_size
}

fn is_under_mature_share(spec: &RetentionCurve, point: &RetentionPoint) -> bool {
    u128::from(point.eligible) * 100 < u128::from(spec.mature_percent) * u128::from(spec.total_users)
}

fn push_band(marks: &mut Vec<Mark>, geometry: &Geometry) {
    let high = geometry.line(|point| Some(point.interval.1));
    let low = geometry.line(|point| Some(point.interval.0));
    marks.push(Mark::Path { steps: axis::between(&high, &low), role: Role::Band, paint: Paint::Fill });
    for edge in [&high, &low] {
        let edge = &edge[..geometry.tail.min(edge.len())];
        push_run(marks, edge, Role::AccentMid, Stroke::solid(0.5));
    }
}

/// Adds both lines: solid while enough users are observed, dashed after that.
fn push_lines(marks: &mut Vec<Mark>, geometry: &Geometry) {
    let rolling = geometry.line(|point| point.rolling_rate);
    let classic = geometry.line(|point| Some(point.rate));
    for (points, role, tail_role, width) in
        [(rolling, Role::Context, Role::Context, 1.5), (classic, Role::Accent, Role::AccentMid, 2.0)]
    {
        let cut = geometry.tail.min(points.len());
        push_run(marks, &points[cut.saturating_sub(1)..], tail_role, Stroke::dashed(width - 0.25));
        push_run(marks, &points[..cut], role, Stroke::solid(width));
    }
}

fn push_run(marks: &mut Vec<Mark>, points: &[Point], role: Role, stroke: Stroke) {
    if let [first, rest @ ..] = points
        && !rest.is_empty()
    {
        let mut steps = vec![Step::Move(*first)];
        steps.extend(rest.iter().copied().map(Step::Line));
        marks.push(Mark::Path { steps, role, paint: Paint::Stroke(stroke) });
    }
}

fn push_tail_label(marks: &mut Vec<Mark>, spec: &RetentionCurve, geometry: &Geometry, plot: &Area, width: f64) {
    let (Some(from), Some(x)) = (geometry.points.get(geometry.tail), tail_start(geometry)) else { return };
    let is_share = is_under_mature_share(spec, from);
    let label = if is_share {
        format!("fewer than {}% of users observed", spec.mature_percent)
    } else {
        format!("fewer than {} users observed", count(spec.minimum_sample_size))
    };
    let y = plot.y - 10.0;
    let room = text::width(&label, 12.0, false);
    let (to_right, to_left) = (x + 6.0 + room <= width, x - 6.0 - room >= 0.0);
    // The line extends up to its label, unless the label does not fit on either side of it.
    let top = if to_right || to_left { y - 10.0 } else { plot.y };
    marks.push(line(point(x, top), point(x, plot.bottom()), Role::Axis, Stroke::dotted(1.0)));
    let text = match (to_right, to_left) {
        (true, _) => Text::new(x + 6.0, y, label, Role::LabelMuted),
        (false, true) => Text::new(x - 6.0, y, label, Role::LabelMuted).anchored(Anchor::End),
        (false, false) => Text::new(width, y, label, Role::LabelMuted).anchored(Anchor::End),
    };
    marks.push(Mark::Text(text));
}

/// Where the days with too few observed users begin, in pixels.
fn tail_start(geometry: &Geometry) -> Option<f64> {
    let from = geometry.points.get(geometry.tail)?;
    let before = geometry.tail.checked_sub(1).map_or(*from, |index| geometry.points[index]);
    Some(geometry.x.position(f64::midpoint(f64::from(from.day), f64::from(before.day))).round() + 0.5)
}

/// Adds rates at the chosen days and the names of the lines, where they cover the least.
fn push_labels(marks: &mut Vec<Mark>, spec: &RetentionCurve, geometry: &Geometry, plot: &Area, width: f64) {
    let mut obstacles = Obstacles::default();
    let rolling = geometry.line(|point| point.rolling_rate);
    obstacles.add_line(geometry.line(|point| Some(point.rate)));
    obstacles.add_line(geometry.line(|point| Some(point.interval.1)));
    obstacles.add_line(geometry.line(|point| Some(point.interval.0)));
    obstacles.add_line(rolling.clone());
    if let Some(x) = tail_start(geometry) {
        obstacles.add_line(vec![point(x, plot.y), point(x, plot.bottom())]);
    }
    let bounds = Area { x: plot.x + 2.0, y: plot.y, width: width - plot.x - 2.0, height: plot.height - 4.0 };
    let labelled = geometry.points.iter().filter(|point| spec.labelled_days.contains(&point.day));
    let labelled: Vec<&&RetentionPoint> = labelled.collect();
    for point in &labelled {
        let at = geometry.at(point, point.rate);
        obstacles.add_area(Area { x: at.x - 5.0, y: at.y - 5.0, width: 10.0, height: 10.0 });
    }
    for point in &labelled {
        let at = geometry.at(point, point.rate);
        let rate = format!("D{} {}", point.day, percent(point.rate, 1));
        let of = format!("of {}", count(point.eligible));
        let room = text::width(&rate, 12.0, true).max(text::width(&of, 11.0, false));
        let Some(area) = obstacles.place_near(at, (room, 27.0), bounds) else {
            marks.push(marker(at, 3.5, Role::Accent));
            continue;
        };
        // A line connects a label that does not fit next to its point.
        let near = Point { x: at.x.clamp(area.x, area.right()), y: at.y.clamp(area.y, area.bottom()) };
        if (near.x - at.x).hypot(near.y - at.y) > 12.0 {
            marks.push(line(at, near, Role::Axis, Stroke::solid(0.75)));
        }
        marks.push(marker(at, 3.5, Role::Accent));
        marks.push(Mark::Text(Text::new(area.x, area.y + 10.5, rate, Role::Label).bold().with_halo()));
        marks.push(Mark::Text(Text::new(area.x, area.y + 24.5, of, Role::LabelMuted).sized(11.0).with_halo()));
    }
    let (rolling_name, classic_name) =
        if width < NARROW { ("rolling", "classic") } else { ("on the day or later (rolling)", "on the day (classic)") };
    let names =
        [(rolling_name, rolling, Role::Context), (classic_name, geometry.line(|point| Some(point.rate)), Role::Accent)];
    for (name, line, role) in names {
        if line.len() < 3 {
            continue;
        }
        let room = text::width(name, 12.0, true);
        let mut places = along(&line, room);
        // If there is no space along the line: under the upper edge, where falling curves leave some.
        places.extend((0..4).map(|row| Area {
            x: plot.right() - room,
            y: plot.y + 4.0 + 18.0 * f64::from(row),
            width: room,
            height: 14.0,
        }));
        let area = obstacles.place(&places, bounds);
        marks.push(Mark::Text(Text::new(area.x, area.y + 11.0, name, role).bold().with_halo()));
    }
}

/// Places for a line's name over and under the line, from a quarter of its length on.
fn along(line: &[Point], width: f64) -> Vec<Area> {
    let order = [0.3, 0.4, 0.5, 0.6, 0.2, 0.7, 0.1];
    let mut places = Vec::new();
    for distance in [6.0, 14.0, 26.0] {
        for share in order {
            let at = line[usize::try_from(crate::format::whole(share * (line.len() - 1) as f64)).unwrap_or(0)];
            for y in [at.y - 14.0 - distance, at.y + distance] {
                places.push(Area { x: at.x, y, width, height: 14.0 });
            }
        }
    }
    places
}

fn hover(point: &RetentionPoint, spec: &RetentionCurve, geometry: &Geometry) -> HoverPoint {
    let classic = HoverValue {
        name: "on the day".to_owned(),
        text: format!(
            "{}, {} of {} users, {} interval {}",
            percent(point.rate, 1),
            count(point.retained),
            count(point.eligible),
            level(spec.interval_level),
            percent_interval(point.interval, 1)
        ),
        y: Some(geometry.at(point, point.rate).y),
        role: Role::Accent,
    };
    let rolling = point.rolling_rate.map(|rate| HoverValue {
        name: "on the day or later".to_owned(),
        text: percent(rate, 1),
        y: Some(geometry.at(point, rate).y),
        role: Role::Context,
    });
    let x = geometry.x.position(f64::from(point.day));
    HoverPoint { x, label: format!("day {}", point.day), values: std::iter::once(classic).chain(rolling).collect() }
}
