//! Positions labels so that they do not overlap.

use crate::scene::{Area, Point};

/// Returns centres of labels as close as possible to the wanted ones, in the same order, at least `distance` apart and
/// between `low` and `high`. If they do not all fit, they are spread evenly.
pub(crate) fn spread(wanted: &[f64], distance: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let needed = distance * wanted.len().saturating_sub(1) as f64;
    let distance =
        if needed > high - low { (high - low) / wanted.len().saturating_sub(1).max(1) as f64 } else { distance };
    let mut placed: Vec<f64> = order.iter().map(|index| wanted[*index].clamp(low, high)).collect();
    // Neighbours that are too close become one block around the mean of their wanted centres.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for &at in &placed {
        blocks.push((at, 1));
        while let [.., before, last] = blocks.as_slice() {
            let gap = distance * (before.1 + last.1) as f64 / 2.0;
            if last.0 - before.0 >= gap - 1e-9 {
                break;
            }
            let count = before.1 + last.1;
            // Each label has its own wanted centre: the centre of the block is their mean, weighted by the number of
            // labels.
            let middle = (before.0 * before.1 as f64 + last.0 * last.1 as f64) / count as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((within(middle, count, distance, low, high), count));
        }
    }
    let mut position = 0;
    for (middle, count) in blocks {
        for index in 0..count {
            placed[position] = middle + distance * (index as f64 - (count - 1) as f64 / 2.0);
            position += 1;
        }
    }
    let mut result = vec![0.0; wanted.len()];
    for (rank, index) in order.into_iter().enumerate() {
        result[index] = placed[rank];
    }
    result
}

/// The centre of a block of labels, moved so that the block lies between the bounds.
fn within(middle: f64, count: usize, distance: f64, low: f64, high: f64) -> f64 {
    let half = distance * (count - 1) as f64 / 2.0;
    middle.min(high - half).max(low + half)
}

/// Areas and lines that labels should not cover.
#[derive(Default)]
pub(crate) struct Obstacles {
    areas: Vec<Area>,
    lines: Vec<Vec<Point>>,
}

impl Obstacles {
    pub(crate) fn add_area(&mut self, area: Area) {
        self.areas.push(area);
    }

    pub(crate) fn add_line(&mut self, points: Vec<Point>) {
        self.lines.push(points);
    }

    /// Returns, and then reserves, the first candidate with the fewest obstacles. Leaving `bounds` counts most; areas
    /// count more than lines.
    pub(crate) fn place(&mut self, candidates: &[Area], bounds: Area) -> Area {
        let mut best = (usize::MAX, Area::default());
        for area in candidates {
            let cost = self.cost(area, bounds);
            if cost < best.0 {
                best = (cost, *area);
            }
            if cost == 0 {
                break;
            }
        }
        self.add_area(inflated(&best.1, 4.0, 1.0));
        best.1
    }

    /// Returns the free place nearest to a point, preferably above it; `None` if each one covers another label or
    /// leaves the bounds.
    pub(crate) fn place_near(&mut self, at: Point, room: (f64, f64), bounds: Area) -> Option<Area> {
        // There are thousands of candidates, and lines with hundreds of points: lines are checked only if the place is
        // free.
        let may_stand = |area: &Area| is_within(area, &bounds) && self.areas_under(area) == 0;
        let mut best: Option<(usize, Area)> = None;
        for area in near(at, room).into_iter().filter(may_stand) {
            let lines = self.lines_through(&area);
            if best.is_none_or(|(least, _)| lines < least) {
                best = Some((lines, area));
            }
            if lines == 0 {
                break;
            }
        }
        let (_, area) = best?;
        self.add_area(inflated(&area, 4.0, 1.0));
        Some(area)
    }

    fn cost(&self, area: &Area, bounds: Area) -> usize {
        usize::from(!is_within(area, &bounds)) * 100 + self.areas_under(area) * 10 + self.lines_through(area)
    }

    fn areas_under(&self, area: &Area) -> usize {
        self.areas.iter().filter(|other| area.overlaps(other)).count()
    }

    fn lines_through(&self, area: &Area) -> usize {
        let near = inflated(area, 2.0, 2.0);
        self.lines.iter().filter(|line| crosses(line, &near)).count()
    }
}

fn is_within(area: &Area, bounds: &Area) -> bool {
    area.x >= bounds.x && area.right() <= bounds.right() && area.y >= bounds.y && area.bottom() <= bounds.bottom()
}

/// Places for a label around its point, the best first.
fn near(at: Point, (width, height): (f64, f64)) -> Vec<Area> {
    const STEP: f64 = 3.0;
    const REACH: f64 = 48.0;
    let (columns, rows) = (((width + REACH + 12.0) / STEP).ceil(), ((height + 2.0 * REACH) / STEP).ceil());
    let mut candidates: Vec<(f64, Area)> = Vec::new();
    for column in 0..=crate::format::whole(columns) {
        for row in 0..=crate::format::whole(rows) {
            let x = at.x - width - 12.0 + STEP * column as f64;
            let y = at.y - height - REACH + STEP * row as f64;
            let area = Area { x, y, width, height };
            let (dx, dy) = (at.x - at.x.clamp(x, x + width), at.y - at.y.clamp(y, y + height));
            let distance = dx.hypot(dy);
            let aside = (x + width / 2.0 - at.x).abs();
            if distance >= 6.0 {
                candidates.push((distance + aside * 0.1 + if dy < 0.0 { 4.0 } else { 0.0 }, area));
            }
        }
    }
    candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
    candidates.into_iter().map(|(_, area)| area).collect()
}

/// The area, enlarged by `x` and `y` on each side.
fn inflated(area: &Area, x: f64, y: f64) -> Area {
    Area { x: area.x - x, y: area.y - y, width: area.width + 2.0 * x, height: area.height + 2.0 * y }
}

/// Whether a line crosses an area.
fn crosses(line: &[Point], area: &Area) -> bool {
    line.windows(2).any(|pair| segment_crosses(pair[0], pair[1], area))
}

/// Whether a segment has a part inside the area: clipping it at the four edges leaves something.
fn segment_crosses(from: Point, to: Point, area: &Area) -> bool {
    // Most segments lie entirely on one side.
    if from.x.max(to.x) < area.x || from.x.min(to.x) > area.right() {
        return false;
    }
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let edges =
        [(-dx, from.x - area.x), (dx, area.right() - from.x), (-dy, from.y - area.y), (dy, area.bottom() - from.y)];
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (towards, room) in edges {
        if towards < 0.0 {
            enter = enter.max(room / towards);
        } else if towards > 0.0 {
            leave = leave.min(room / towards);
        } else if room < 0.0 {
            return false;
        }
    }
    enter <= leave
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_with_room_stay_where_they_are() {
        assert_eq!(spread(&[80.0, 10.0, 40.0], 20.0, 0.0, 100.0), [80.0, 10.0, 40.0]);
    }

    #[test]
    fn labels_at_one_place_stand_around_it() {
        assert_eq!(spread(&[50.0, 50.0], 20.0, 0.0, 100.0), [40.0, 60.0]);
        assert_eq!(spread(&[100.0, 100.0], 20.0, 0.0, 100.0), [80.0, 100.0]);
        assert_eq!(spread(&[0.0, 1.0, 2.0], 60.0, 0.0, 100.0), [0.0, 50.0, 100.0]);
        assert!(spread(&[], 20.0, 0.0, 100.0).is_empty());
    }

    #[test]
    fn the_free_place_is_chosen() {
        let area = |x: f64| Area { x, y: 0.0, width: 10.0, height: 10.0 };
        let mut obstacles = Obstacles::default();
        obstacles.add_area(area(0.0));
        obstacles.add_line(vec![Point { x: 15.0, y: -10.0 }, Point { x: 25.0, y: 20.0 }]);
        let bounds = Area { x: 0.0, y: 0.0, width: 100.0, height: 20.0 };
        assert_eq!(obstacles.place(&[area(5.0), area(15.0), area(40.0)], bounds), area(40.0));
        assert_eq!(obstacles.place(&[area(5.0), area(15.0), area(140.0)], bounds), area(15.0));
        assert_eq!(obstacles.place(&[area(42.0), area(60.0)], bounds), area(60.0), "40 is taken");
    }

    #[test]
    fn labels_stand_near_their_points() {
        let bounds = Area { x: 0.0, y: 0.0, width: 300.0, height: 200.0 };
        let at = Point { x: 150.0, y: 100.0 };
        let area = Obstacles::default().place_near(at, (40.0, 14.0), bounds).unwrap();
        assert!((area.x + 20.0 - at.x).abs() <= 3.0 && area.bottom() < at.y && at.y - area.bottom() < 10.0);
    }

    proptest! {
        #[test]
        fn a_line_crosses_where_one_of_its_points_is_inside(
            ends in (-50.0_f64..150.0, -50.0_f64..150.0, -50.0_f64..150.0, -50.0_f64..150.0),
        ) {
            let area = Area { x: 20.0, y: 30.0, width: 60.0, height: 25.0 };
            let (from, to) = (Point { x: ends.0, y: ends.1 }, Point { x: ends.2, y: ends.3 });
            let on_the_way = (0..=2000).any(|step| {
                let share = f64::from(step) / 2000.0;
                area.contains(Point { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share })
            });
            if on_the_way {
                prop_assert!(segment_crosses(from, to, &area));
            } else {
                // Sampled points may miss a corner that the line cuts.
                prop_assert!(!segment_crosses(from, to, &inflated(&area, -0.5, -0.5)));
            }
        }

        #[test]
        fn spread_labels_keep_distance_order_and_bounds(
            wanted in proptest::collection::vec(-50.0_f64..250.0, 1..9),
            distance in 1.0_f64..25.0,
        ) {
            let placed = spread(&wanted, distance, 0.0, 200.0);
            let mut pairs: Vec<(f64, f64)> = wanted.iter().copied().zip(placed.iter().copied()).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
            for pair in pairs.windows(2) {
                prop_assert!(pair[1].1 - pair[0].1 >= distance - 1e-6, "{:?}", pairs);
            }
            prop_assert!(placed.iter().all(|at| (-1e-6..=200.0 + 1e-6).contains(at)), "{:?}", placed);
        }
    }
}
