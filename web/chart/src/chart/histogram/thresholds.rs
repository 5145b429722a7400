//! Positions of threshold labels: above the plot, beside their lines, without touching the line of another label.

use crate::colour::Role;
use crate::scene::{Anchor, Area, Mark, Stroke, Text, line, point};
use crate::text;

const SIZE: f64 = 12.0;
const LEADING: f64 = 15.0;

/// Labels with their positions.
pub(super) struct Placed {
    labels: Vec<Label>,
    /// Lower edge of the rows of labels, in pixels.
    pub(super) bottom: f64,
}

struct Label {
    x: f64,
    lines: Vec<String>,
    area: Area,
    anchor: Anchor,
}

/// Distributes labels over rows and sides. There are at most three thresholds, so every arrangement is tried.
pub(super) fn place(thresholds: &[(f64, &str)], top: f64, width: f64) -> Placed {
    let count = thresholds.len();
    if count == 0 {
        return Placed { labels: Vec::new(), bottom: top };
    }
    let all_ways: Vec<(Vec<usize>, usize)> = if count <= 3 {
        let row_ways = count.pow(u32::try_from(count).unwrap_or(0));
        let rows_of = |way: usize| -> Vec<usize> {
            (0..count).map(|index| way / count.pow(u32::try_from(index).unwrap_or(0)) % count).collect()
        };
        (0..row_ways).flat_map(|way| (0..1 << count).map(move |sides| (rows_of(way), sides))).collect()
    } else {
        let sides = thresholds.iter().enumerate().map(|(index, (x, _))| usize::from(*x > width / 2.0) << index.min(60));
        vec![((0..count).collect(), sides.sum())]
    };
    let placed = all_ways.iter().map(|(rows, sides)| arrange(thresholds, rows, *sides, top, width));
    let cost = |placed: &Placed| {
        let to_left = placed.labels.iter().filter(|label| label.anchor == Anchor::End).count();
        let height = crate::format::whole(placed.bottom - top).unsigned_abs();
        conflicts(&placed.labels, width) as u64 * 1000 + height + to_left as u64 * 4
    };
    placed.min_by_key(cost).unwrap_or(Placed { labels: Vec::new(), bottom: top })
}

/// Places labels in these rows, to the left of their lines if the bit of `sides` is set.
fn arrange(thresholds: &[(f64, &str)], rows: &[usize], sides: usize, top: f64, width: f64) -> Placed {
    let widest = (width * 0.58).clamp(150.0, 460.0);
    let one = |(index, (x, text)): (usize, &(f64, &str))| {
        let (anchor, room) =
            if sides >> index.min(60) & 1 == 1 { (Anchor::End, *x) } else { (Anchor::Start, width - x) };
        (anchor, text::wrap(text, SIZE, false, widest.min(room - 8.0)))
    };
    let texts: Vec<(Anchor, Vec<String>)> = thresholds.iter().enumerate().map(one).collect();
    let mut y = top;
    let mut tops = Vec::new();
    for row in 0..=rows.iter().max().copied().unwrap_or(0) {
        tops.push(y);
        let in_row = texts.iter().zip(rows).filter(|(_, place)| **place == row);
        let lines = in_row.map(|((_, lines), _)| lines.len()).max();
        y += lines.map_or(0.0, |lines| lines as f64 * LEADING + 6.0);
    }
    let labels = thresholds.iter().zip(texts).zip(rows);
    let labels = labels.map(|(((x, _), (anchor, lines)), row)| label(*x, lines, anchor, tops[*row])).collect();
    Placed { labels, bottom: y }
}

fn label(x: f64, lines: Vec<String>, anchor: Anchor, y: f64) -> Label {
    let width = lines.iter().map(|line| text::width(line, SIZE, false)).fold(0.0, f64::max) + 6.0;
    let left = if anchor == Anchor::End { x - width } else { x };
    let area = Area { x: left, y, width, height: lines.len() as f64 * LEADING };
    Label { x, lines, area, anchor }
}

/// Counts the labels that leave the drawing, overlap, or are crossed by the line of another label.
fn conflicts(labels: &[Label], width: f64) -> usize {
    let mut found = 0;
    for (index, one) in labels.iter().enumerate() {
        found += usize::from(one.area.x < 0.0 || one.area.right() > width) * 3;
        for (position, other) in labels.iter().enumerate() {
            let overlaps = position < index && one.area.overlaps(&other.area);
            let line = Area { x: other.x - 4.0, y: other.area.y, width: 8.0, height: 10_000.0 };
            let is_crossed = position != index && one.area.overlaps(&line);
            found += usize::from(overlaps) + usize::from(is_crossed);
        }
    }
    found
}

/// Draws the lines down to the axis, with their labels.
pub(super) fn draw(marks: &mut Vec<Mark>, placed: &Placed, bottom: f64) {
    for label in &placed.labels {
        let x = label.x.round() + 0.5;
        marks.push(line(point(x, label.area.y), point(x, bottom), Role::Label, Stroke::solid(1.0)));
        let at = if label.anchor == Anchor::End { x - 6.0 } else { x + 6.0 };
        for (index, text) in label.lines.iter().enumerate() {
            let y = label.area.y + 11.0 + LEADING * index as f64;
            marks.push(Mark::Text(Text::new(at, y, text.clone(), Role::Label).anchored(label.anchor)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_with_room_share_a_row() {
        let placed = place(&[(100.0, "a short one"), (400.0, "another")], 0.0, 900.0);
        assert!((placed.labels[0].area.y - placed.labels[1].area.y).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn two_labels_never_touch(a in 40.0_f64..880.0, gap in 0.0_f64..400.0, width in 320.0_f64..900.0) {
            let (a, b) = (a.min(width - 20.0), (a + gap).min(width - 12.0));
            let label = "high engagement ≥ 0.4123, top 30% of active users";
            let placed = place(&[(a, label), (b, label)], 0.0, width);
            prop_assert!(!placed.labels[0].area.overlaps(&placed.labels[1].area));
        }
    }
}
