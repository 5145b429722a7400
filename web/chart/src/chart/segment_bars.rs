//! Pairs of bars: the share of users and the share of revenue of each segment.

use strata_core::value::fixed::Fixed;

use crate::axis::{self, usable_width};
use crate::colour::Role;
use crate::format::{NOT_KNOWN, percent};
use crate::scene::{Area, Hit, Mark, Scene, Stroke, Text, line, point, rect};
use crate::text;

/// Below this width, names are above their bars.
const NARROW: f64 = 560.0;
const BAR: f64 = 12.0;

/// Shares of users and revenue.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentBars {
    /// Available width in pixels.
    pub width: f64,
    /// Title of the chart.
    pub title: String,
    /// Sentence that says what the chart shows.
    pub description: String,
    /// The segments, from highest to lowest.
    pub segments: Vec<SegmentShare>,
}

/// A segment.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentShare {
    /// Its name.
    pub name: String,
    /// Users.
    pub users: u64,
    /// Share of all users, in percent.
    pub users_share: Option<Fixed>,
    /// Share of all revenue, in percent; `None` without revenue.
    pub revenue_share: Option<Fixed>,
}

/// Draws two bars per segment, each with its name and value.
#[must_use]
pub fn segment_bars(spec: &SegmentBars) -> Scene {
    let width = usable_width(spec.width);
    if spec.segments.iter().all(|segment| segment.users == 0) {
        return axis::nothing_to_show(width, &spec.title, &spec.description, "No users.");
    }
    let is_narrow = width < NARROW;
    let names = spec.segments.iter().map(|segment| text::width(&segment.name, 13.0, true));
    let counts = spec.segments.iter().map(|segment| text::width(&users(segment), 12.0, false));
    let left = if is_narrow { 0.0 } else { (names.chain(counts).fold(0.0, f64::max) + 16.0).min(width * 0.3).ceil() };
    let value_width = text::width("100.0% of revenue", 12.0, true) + 10.0;
    let full = width - left - value_width;
    let (row, head) = if is_narrow { (72.0, 22.0) } else { (56.0, 8.0) };
    let mut marks = Vec::new();
    let mut hits = Vec::new();
    for (index, segment) in spec.segments.iter().enumerate() {
        let top = row * index as f64;
        if index > 0 {
            let y = top - 0.5;
            marks.push(line(point(0.0, y), point(width, y), Role::Grid, Stroke::solid(1.0)));
        }
        let mut parts = name_marks(segment, top, left, is_narrow, width);
        let bars = [
            ("users", segment.users_share, Role::ContextMid, Role::LabelMuted),
            ("revenue", segment.revenue_share, Role::Accent, Role::Accent),
        ];
        for (place, (of, share, role, ink)) in bars.into_iter().enumerate() {
            let y = top + head + 6.0 + place as f64 * (BAR + 6.0);
            let length = share.map_or(0.0, |share| full * (share.to_f64() / 100.0).clamp(0.0, 1.0));
            if share.is_some_and(|share| share.units > 0) {
                parts.push(rect(left, y, length.max(1.0), BAR, role));
            } else {
                parts.push(line(point(left + 0.5, y), point(left + 0.5, y + BAR), role, Stroke::solid(1.0)));
            }
            let value = share.map_or_else(|| NOT_KNOWN.to_owned(), |share| percent(share, 1));
            let text = Text::new(left + length + 8.0, y + 10.0, format!("{value} of {of}"), ink);
            parts.push(Mark::Text(if of == "revenue" { text.bold() } else { text }));
        }
        marks.push(Mark::Group { class: "row", label: Some(label(segment)), marks: parts });
        hits.push(Hit { index, area: Area { x: 0.0, y: top, width, height: row } });
    }
    let height = row * spec.segments.len() as f64;
    let plot = Area { x: left, y: 0.0, width: full, height };
    let (title, description) = (spec.title.clone(), spec.description.clone());
    Scene { width, height, title, description, plot, marks, hover: Vec::new(), hits }
}

fn users(segment: &SegmentShare) -> String {
    crate::format::counted(segment.users, "user", "users")
}

fn name_marks(segment: &SegmentShare, top: f64, left: f64, is_narrow: bool, width: f64) -> Vec<Mark> {
    let users = text::shortened(&users(segment), 12.0, false, if is_narrow { width / 2.0 } else { left - 12.0 });
    let room = if is_narrow { width - text::width(&users, 12.0, false) - 16.0 } else { left - 12.0 };
    let name = text::shortened(&segment.name, 13.0, true, room);
    let after = if is_narrow { text::width(&name, 13.0, true) + 10.0 } else { 0.0 };
    let (name_y, users_y) = if is_narrow { (top + 19.0, top + 19.0) } else { (top + 24.0, top + 42.0) };
    vec![
        Mark::Text(Text::new(0.0, name_y, name, Role::Label).sized(13.0).bold()),
        Mark::Text(Text::new(after, users_y, users, Role::LabelMuted)),
    ]
}

fn label(segment: &SegmentShare) -> String {
    let share = |share: Option<Fixed>| share.map_or_else(|| NOT_KNOWN.to_owned(), |share| percent(share, 1));
    format!(
        "{}: {}, {} of users, {} of revenue",
        segment.name,
        users(segment),
        share(segment.users_share),
        share(segment.revenue_share)
    )
}
