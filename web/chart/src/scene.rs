//! The contents of a chart: marks in pixels, hover texts, and areas that can be clicked.

use crate::colour::Role;

/// A chart, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels that the marks need.
    pub height: f64,
    /// Title of the chart, for captions and screen readers.
    pub title: String,
    /// Sentence that says what the chart shows, for screen readers.
    pub description: String,
    /// The area of the data, without axes and labels.
    pub plot: Area,
    /// Marks, from back to front.
    pub marks: Vec<Mark>,
    /// Hover texts, by ascending `x`.
    pub hover: Vec<HoverPoint>,
    /// Areas that react as a whole, such as rows.
    pub hits: Vec<Hit>,
}

/// A position in pixels from the upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width, not negative.
    pub width: f64,
    /// Height, not negative.
    pub height: f64,
}

/// A position on the horizontal axis and the values there.
#[derive(Clone, Debug, PartialEq)]
pub struct HoverPoint {
    /// Position in pixels.
    pub x: f64,
    /// Name of the position, such as `Tue 1 Jul 2025`.
    pub label: String,
    /// The values there.
    pub values: Vec<HoverValue>,
}

/// One value at a hover point.
#[derive(Clone, Debug, PartialEq)]
pub struct HoverValue {
    /// Name of the series.
    pub name: String,
    /// The value in full, with its unit.
    pub text: String,
    /// Vertical position in pixels; `None` if it is not drawn.
    pub y: Option<f64>,
    /// Role of the mark that shows it.
    pub role: Role,
}

/// An area that reacts to the pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Position of the item in the specification.
    pub index: usize,
    /// The area.
    pub area: Area,
}

/// A drawn element.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A straight line.
    Line {
        /// Start.
        from: Point,
        /// End.
        to: Point,
        /// Its role.
        role: Role,
        /// Its stroke.
        stroke: Stroke,
    },
    /// A path of lines, or the area inside it.
    Path {
        /// The steps of the pen.
        steps: Vec<Step>,
        /// Its role.
        role: Role,
        /// Whether the area is filled or the line is drawn.
        paint: Paint,
    },
    /// A filled rectangle.
    Rect {
        /// Its area.
        area: Area,
        /// Its role.
        role: Role,
    },
    /// A filled circle.
    Circle {
        /// Its centre.
        centre: Point,
        /// Radius of the coloured part in pixels.
        radius: f64,
        /// Its role.
        role: Role,
        /// Whether it has a rim in the background colour, which sets it apart from lines.
        has_rim: bool,
    },
    /// A line of text.
    Text(Text),
    /// Marks that belong together.
    Group {
        /// The group's class in style sheets: one lower-case word.
        class: &'static str,
        /// Label for screen readers.
        label: Option<String>,
        /// Its marks.
        marks: Vec<Mark>,
    },
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Position of the anchor, on the baseline.
    pub at: Point,
    /// The text, plain.
    pub text: String,
    /// The part of the text that lies at `at`.
    pub anchor: Anchor,
    /// Font size in pixels.
    pub size: f64,
    /// Whether it is bold.
    pub is_bold: bool,
    /// Its role.
    pub role: Role,
    /// Whether it has a halo in the background colour, to be legible over lines.
    pub has_halo: bool,
}

/// The part of a text that lies at its position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// The start: left-aligned.
    #[default]
    Start,
    /// The middle.
    Middle,
    /// The end: right-aligned.
    End,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Width in pixels.
    pub width: f64,
    /// Its pattern.
    pub dash: Dash,
}

/// Pattern of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    /// Without gaps.
    Solid,
    /// Long strokes.
    Dashed,
    /// Short strokes.
    Dotted,
}

/// Whether a path is filled or stroked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    /// The inside is filled.
    Fill,
    /// The line is drawn.
    Stroke(Stroke),
}

/// A step of the pen along a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Moves to a point without drawing.
    Move(Point),
    /// Draws a straight line to a point.
    Line(Point),
    /// Draws a line back to where the pen was last lifted.
    Close,
}

impl Scene {
    /// Returns the hover point nearest to a position in pixels.
    #[must_use]
    pub fn nearest(&self, x: f64) -> Option<usize> {
        let distance = |index: &usize| (self.hover[*index].x - x).abs();
        (0..self.hover.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// Returns the hit area at a point.
    #[must_use]
    pub fn hit(&self, at: Point) -> Option<usize> {
        self.hits.iter().find(|hit| hit.area.contains(at)).map(|hit| hit.index)
    }
}

impl Area {
    /// Right edge in pixels.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Lower edge in pixels.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether a point lies inside or on the edge.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        (self.x..=self.right()).contains(&point.x) && (self.y..=self.bottom()).contains(&point.y)
    }

    /// Whether two areas share more than an edge.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

impl Stroke {
    /// A solid line of this width in pixels.
    #[must_use]
    pub const fn solid(width: f64) -> Self {
        Self { width, dash: Dash::Solid }
    }

    /// A dashed line of this width in pixels.
    #[must_use]
    pub const fn dashed(width: f64) -> Self {
        Self { width, dash: Dash::Dashed }
    }

    /// A dotted line of this width in pixels.
    #[must_use]
    pub const fn dotted(width: f64) -> Self {
        Self { width, dash: Dash::Dotted }
    }

    /// Returns the lengths of strokes and gaps for `stroke-dasharray`; `None` for a solid line.
    #[must_use]
    pub const fn dash_array(&self) -> Option<&'static str> {
        match self.dash {
            Dash::Solid => None,
            Dash::Dashed => Some("6 4"),
            Dash::Dotted => Some("1.5 3"),
        }
    }
}

/// A point at `x` and `y` in pixels.
pub(crate) const fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// A straight line.
pub(crate) const fn line(from: Point, to: Point, role: Role, stroke: Stroke) -> Mark {
    Mark::Line { from, to, role, stroke }
}

/// A point of a line, without a rim.
pub(crate) const fn dot(centre: Point, radius: f64, role: Role) -> Mark {
    Mark::Circle { centre, radius, role, has_rim: false }
}

/// A point with a rim, which sets it apart from the line.
pub(crate) const fn marker(centre: Point, radius: f64, role: Role) -> Mark {
    Mark::Circle { centre, radius, role, has_rim: true }
}

/// A filled rectangle with its upper left corner at `x` and `y`.
pub(crate) fn rect(x: f64, y: f64, width: f64, height: f64, role: Role) -> Mark {
    Mark::Rect { area: Area { x, y, width: width.max(0.0), height: height.max(0.0) }, role }
}

impl Text {
    /// Creates a plain, left-aligned text of 12 px.
    pub(crate) fn new(x: f64, y: f64, text: impl Into<String>, role: Role) -> Self {
        let text = text.into();
        Self { at: point(x, y), text, anchor: Anchor::Start, size: 12.0, is_bold: false, role, has_halo: false }
    }

    pub(crate) fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }

    pub(crate) fn bold(self) -> Self {
        Self { is_bold: true, ..self }
    }

    pub(crate) fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(crate) fn with_halo(self) -> Self {
        Self { has_halo: true, ..self }
    }

    /// Returns the area of the text, estimated with the widths of the wider system fonts.
    #[must_use]
    pub fn area(&self) -> Area {
        let width = crate::text::width(&self.text, self.size, self.is_bold);
        let shift = match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        Area { x: self.at.x - shift, y: self.at.y - self.size * 0.8, width, height: self.size * 1.05 }
    }
}

/// Fills a rectangle with diagonal lines: the hatching is a path, so that no named pattern is needed.
pub(crate) fn hatch(area: Area, role: Role) -> Mark {
    const DISTANCE: f64 = 6.0;
    let mut steps = Vec::new();
    let (right, bottom) = (area.right(), area.bottom());
    // Lines x + y = constant rise to the right; they follow a grid common to all areas, so that neighbours match.
    let mut sum = ((area.x + area.y) / DISTANCE).floor() * DISTANCE + DISTANCE;
    while sum < right + bottom && steps.len() < 4000 {
        let low = point((sum - bottom).max(area.x), (sum - area.x).min(bottom));
        let high = point((sum - area.y).min(right), (sum - right).max(area.y));
        steps.extend([Step::Move(low), Step::Line(high)]);
        sum += DISTANCE;
    }
    Mark::Path { steps, role, paint: Paint::Stroke(Stroke::solid(1.5)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nearest_hover_point_is_found() {
        let at = |x: f64| HoverPoint { x, label: String::new(), values: Vec::new() };
        let scene = Scene { hover: vec![at(10.0), at(20.0), at(40.0)], ..Scene::default() };
        assert_eq!(scene.nearest(-5.0), Some(0));
        assert_eq!(scene.nearest(29.0), Some(1));
        assert_eq!(scene.nearest(31.0), Some(2));
        assert_eq!(Scene::default().nearest(0.0), None);
    }

    proptest! {
        #[test]
        fn hatching_stays_inside(x in 0.0_f64..500.0, y in 0.0_f64..500.0, width in 0.0_f64..300.0, height in 0.0_f64..60.0) {
            let area = Area { x, y, width, height };
            let Mark::Path { steps, .. } = hatch(area, Role::Accent) else { panic!("a path") };
            for step in steps {
                let (Step::Move(at) | Step::Line(at)) = step else { panic!("lines") };
                prop_assert!(at.x >= x - 1e-9 && at.x <= area.right() + 1e-9, "{at:?}");
                prop_assert!(at.y >= y - 1e-9 && at.y <= area.bottom() + 1e-9, "{at:?}");
            }
        }
    }
}
