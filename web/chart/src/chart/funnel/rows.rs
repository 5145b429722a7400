//! Rows of the funnel: figures beside the bars if they fit, otherwise under them.

use strata_core::value::fixed::Fixed;

use super::{Funnel, FunnelStage, StillOpen};
use crate::colour::Role;
use crate::format::{NOT_KNOWN, count, counted, days, level, percent, percent_interval};
use crate::scene::{Anchor, Area, Hit, Mark, Stroke, Text, hatch, line, point, rect};
use crate::text;

/// The shortest full bar that has its figures beside it.
const SHORTEST_BAR: f64 = 200.0;
const BAR: f64 = 20.0;
const GAP: f64 = 24.0;
const HEADINGS: f64 = 40.0;
const ROW: f64 = 48.0;
const LARGEST: &str = "largest drop-off";

/// Marks, areas and height.
pub(super) struct Drawn {
    pub(super) marks: Vec<Mark>,
    pub(super) hits: Vec<Hit>,
    pub(super) plot: Area,
    pub(super) height: f64,
}

/// Position of the bars, and the number of users that a bar of full length stands for.
#[derive(Clone, Copy)]
struct Bars {
    left: f64,
    width: f64,
    users: u64,
    start: u64,
}

/// A column of figures: its heading, and for each stage a figure with a smaller one under it.
struct Column {
    heading: [String; 2],
    cells: Vec<[String; 2]>,
    width: f64,
}

/// Draws all rows.
pub(super) fn draw(spec: &Funnel, width: f64) -> Drawn {
    let start = spec.stages.first().map_or(0, |stage| stage.entered);
    let open = spec.still_open.map_or(0, |open| open.users);
    let columns = columns(spec, start);
    let names = spec.stages.iter().map(|stage| text::width(&stage.name, 13.0, true));
    let names = names.chain([text::width(LARGEST, 12.0, true)]).fold(0.0, f64::max);
    let names = (names + GAP).min(width * 0.24).ceil();
    let figures: f64 = columns.iter().map(|column| column.width + GAP).sum();
    let bars = Bars { left: names, width: width - names - figures, users: start.max(open).max(1), start };
    if bars.width >= SHORTEST_BAR {
        beside(spec, &columns, width, bars)
    } else {
        under(spec, width, Bars { left: 0.0, width, ..bars })
    }
}

fn columns(spec: &Funnel, start: u64) -> Vec<Column> {
    let column = |first: &str, second: String, cell: &dyn Fn(usize, &FunnelStage) -> [String; 2]| {
        let cells: Vec<[String; 2]> = spec.stages.iter().enumerate().map(|(index, stage)| cell(index, stage)).collect();
        let heading = [first.to_owned(), second];
        let figures =
            cells.iter().map(|cell| text::width(&cell[0], 13.0, false).max(text::width(&cell[1], 11.0, false)));
        let headings = heading.iter().map(|text| text::width(text, 11.0, false));
        let width = figures.chain(headings).fold(0.0, f64::max).ceil();
        Column { heading, cells, width }
    };
    let interval = format!("{} interval", level(spec.interval_level));
    vec![
        column("users", String::new(), &|_, stage| [count(stage.completed), String::new()]),
        column("of start", String::new(), &|_, stage| [of_start(stage, start), String::new()]),
        column("of previous", interval, &|index, stage| [of_previous(index, stage), interval_of(index, stage)]),
        column("drop-off", "users".to_owned(), &|index, stage| drop_off(index, stage)),
        column("median", "from install".to_owned(), &|_, stage| [median(stage), String::new()]),
    ]
}

/// Whether the step into the stage has figures: the first stage, where everybody starts, has none.
fn is_step(index: usize, stage: &FunnelStage) -> bool {
    index > 0 || stage.completed != stage.entered
}

fn of_start(stage: &FunnelStage, start: u64) -> String {
    Fixed::percent(stage.completed, start).map_or_else(|| NOT_KNOWN.to_owned(), |share| percent(share, 1))
}

fn of_previous(index: usize, stage: &FunnelStage) -> String {
    if is_step(index, stage) {
        stage.conversion_rate.map_or_else(|| NOT_KNOWN.to_owned(), |rate| percent(rate, 1))
    } else {
        String::new()
    }
}

fn interval_of(index: usize, stage: &FunnelStage) -> String {
    let interval = stage.conversion_interval.filter(|_| is_step(index, stage));
    interval.map(|interval| percent_interval(interval, 1)).unwrap_or_default()
}

fn drop_off(index: usize, stage: &FunnelStage) -> [String; 2] {
    match stage.drop_off_rate {
        Some(rate) if is_step(index, stage) => [percent(rate, 1), count(stage.dropped)],
        _ => [String::new(), String::new()],
    }
}

fn median(stage: &FunnelStage) -> String {
    stage.median_days.map_or_else(|| NOT_KNOWN.to_owned(), |median| days(median, 1))
}

/// The label of a row for screen readers, in one line.
fn label(index: usize, stage: &FunnelStage, start: u64, is_largest: bool) -> String {
    let mut parts = vec![format!("{}: {}", stage.name, counted(stage.completed, "user", "users"))];
    parts.extend(figures(index, stage, start));
    parts.extend(is_largest.then(|| LARGEST.to_owned()));
    parts.join(", ")
}

/// The figures of a stage as a list, for the space under the bar.
fn figures(index: usize, stage: &FunnelStage, start: u64) -> Vec<String> {
    let mut parts = vec![format!("{} of start", of_start(stage, start))];
    if is_step(index, stage) {
        let interval = interval_of(index, stage);
        let interval = if interval.is_empty() { interval } else { format!(" ({interval})") };
        parts.push(format!("{} of previous{interval}", of_previous(index, stage)));
        let [rate, users] = drop_off(index, stage);
        if !rate.is_empty() {
            let noun = if stage.dropped == 1 { "user" } else { "users" };
            parts.push(format!("drop-off {rate} ({users} {noun})"));
        }
    }
    if stage.median_days.is_some() {
        parts.push(format!("median {}", median(stage)));
    }
    parts
}

impl Bars {
    fn length(&self, users: u64) -> f64 {
        self.width * (users.min(self.users) as f64) / self.users as f64
    }

    /// Draws all users who started, those lost at this stage, and those who completed it.
    fn stage(&self, stage: &FunnelStage, y: f64, is_largest: bool) -> Vec<Mark> {
        let (completed, entered) = (self.length(stage.completed), self.length(stage.entered));
        let mut marks = vec![rect(self.left, y, self.length(self.start), BAR, Role::Raised)];
        let lost = Area { x: self.left + completed, y, width: (entered - completed).max(0.0), height: BAR };
        if is_largest {
            marks.push(Mark::Rect { area: lost, role: Role::WarningSoft });
            marks.push(hatch(lost, Role::Warning));
        } else {
            marks.push(Mark::Rect { area: lost, role: Role::AccentSoft });
        }
        if stage.completed > 0 {
            marks.push(rect(self.left, y, completed.max(1.0), BAR, Role::Accent));
        }
        marks
    }

    fn open(&self, open: StillOpen, y: f64) -> Vec<Mark> {
        let area = Area { x: self.left, y, width: self.length(open.users).max(1.0), height: BAR };
        vec![Mark::Rect { area, role: Role::ContextSoft }, hatch(area, Role::Context)]
    }
}

fn open_text(open: StillOpen) -> String {
    let window = days(Fixed::exact(open.window_days.into(), 0), 0);
    format!("{} observed for less than {window}, not included above", counted(open.users, "user", "users"))
}

/// Draws the figures in columns to the right of the bars.
fn beside(spec: &Funnel, columns: &[Column], width: f64, bars: Bars) -> Drawn {
    let largest = spec.largest_drop;
    let mut marks = Vec::new();
    let mut edges = Vec::new();
    let mut edge = bars.left + bars.width;
    for column in columns {
        edge += GAP + column.width;
        edges.push(edge);
        for (index, heading) in column.heading.iter().filter(|heading| !heading.is_empty()).enumerate() {
            let text = Text::new(edge, 12.0 + 14.0 * index as f64, heading.clone(), Role::LabelMuted).sized(11.0);
            marks.push(Mark::Text(text.anchored(Anchor::End)));
        }
    }
    let mut hits = Vec::new();
    let mut top = HEADINGS;
    for (index, stage) in spec.stages.iter().enumerate() {
        marks.push(line(point(0.0, top - 0.5), point(width, top - 0.5), Role::Grid, Stroke::solid(1.0)));
        let is_largest = largest == Some(index);
        let name = text::shortened(&stage.name, 13.0, true, bars.left - 12.0);
        let mut parts = vec![Mark::Text(Text::new(0.0, top + 23.0, name, Role::Label).sized(13.0).bold())];
        if is_largest {
            parts.push(Mark::Text(Text::new(0.0, top + 38.0, LARGEST, Role::Warning).bold()));
        }
        parts.extend(bars.stage(stage, top + 9.0, is_largest));
        for (place, (column, edge)) in columns.iter().zip(&edges).enumerate() {
            let [figure, small] = column.cells[index].clone();
            let figure = Text::new(*edge, top + 23.0, figure, Role::Label).sized(13.0).anchored(Anchor::End);
            let small = Text::new(*edge, top + 38.0, small, Role::LabelMuted).sized(11.0).anchored(Anchor::End);
            parts.push(Mark::Text(if place == 0 { figure.bold() } else { figure }));
            parts.push(Mark::Text(small));
        }
        parts.retain(|mark| !matches!(mark, Mark::Text(text) if text.text.is_empty()));
        let label = Some(label(index, stage, bars.start, is_largest));
        marks.push(Mark::Group { class: "row", label, marks: parts });
        hits.push(Hit { index, area: Area { x: 0.0, y: top, width, height: ROW } });
        top += ROW;
    }
    let plot = Area { x: bars.left, y: HEADINGS, width: bars.width, height: top - HEADINGS };
    if let Some(open) = spec.still_open.filter(|open| open.users > 0) {
        top += 8.0;
        marks.push(line(point(0.0, top - 0.5), point(width, top - 0.5), Role::Axis, Stroke::solid(1.0)));
        marks.push(Mark::Text(Text::new(0.0, top + 23.0, "still open", Role::LabelMuted).sized(13.0).bold()));
        marks.extend(bars.open(open, top + 9.0));
        let x = bars.left + bars.length(open.users) + 12.0;
        let lines = text::wrap(&open_text(open), 12.0, false, width - x);
        let y = if lines.len() > 1 { top + 16.0 } else { top + 23.0 };
        for (index, text) in lines.into_iter().enumerate() {
            marks.push(Mark::Text(Text::new(x, y + 15.0 * index as f64, text, Role::LabelMuted)));
        }
        top += ROW - 8.0;
    }
    Drawn { marks, hits, plot, height: top }
}

/// Draws the figures as text under the bars.
fn under(spec: &Funnel, width: f64, bars: Bars) -> Drawn {
    let largest = spec.largest_drop;
    let mut marks = Vec::new();
    let mut hits = Vec::new();
    let mut top = 0.0;
    for (index, stage) in spec.stages.iter().enumerate() {
        if index > 0 {
            marks.push(line(point(0.0, top - 0.5), point(width, top - 0.5), Role::Grid, Stroke::solid(1.0)));
        }
        let is_largest = largest == Some(index);
        let users = counted(stage.completed, "user", "users");
        let room = width - text::width(&users, 13.0, true) - 16.0;
        let mark_room = if is_largest { text::width(LARGEST, 12.0, true) + 10.0 } else { 0.0 };
        let name = text::shortened(&stage.name, 13.0, true, (room - mark_room).max(60.0));
        let after = text::width(&name, 13.0, true) + 10.0;
        let users = Text::new(width, top + 22.0, users, Role::Label).sized(13.0).bold().anchored(Anchor::End);
        let mut parts =
            vec![Mark::Text(Text::new(0.0, top + 22.0, name, Role::Label).sized(13.0).bold()), Mark::Text(users)];
        if is_largest {
            parts.push(Mark::Text(Text::new(after, top + 22.0, LARGEST, Role::Warning).bold()));
        }
        parts.extend(bars.stage(stage, top + 30.0, is_largest));
        let mut y = top + 50.0;
        for text in text::wrap_parts(&figures(index, stage, bars.start), " · ", 12.0, width) {
            y += 16.0;
            parts.push(Mark::Text(Text::new(0.0, y, text, Role::LabelMuted)));
        }
        let label = Some(label(index, stage, bars.start, is_largest));
        marks.push(Mark::Group { class: "row", label, marks: parts });
        let height = y + 12.0 - top;
        hits.push(Hit { index, area: Area { x: 0.0, y: top, width, height } });
        top += height;
    }
    let plot = Area { x: bars.left, y: 0.0, width: bars.width, height: top };
    if let Some(open) = spec.still_open.filter(|open| open.users > 0) {
        marks.push(line(point(0.0, top - 0.5), point(width, top - 0.5), Role::Axis, Stroke::solid(1.0)));
        marks.push(Mark::Text(Text::new(0.0, top + 22.0, "still open", Role::LabelMuted).sized(13.0).bold()));
        marks.extend(bars.open(open, top + 30.0));
        top += 50.0;
        for text in text::wrap(&open_text(open), 12.0, false, width) {
            top += 16.0;
            marks.push(Mark::Text(Text::new(0.0, top, text, Role::LabelMuted)));
        }
        top += 8.0;
    }
    Drawn { marks, hits, plot, height: top }
}
