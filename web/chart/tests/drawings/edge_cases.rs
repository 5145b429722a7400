//! Empty, tiny and huge data at every width: numbers stay finite, marks stay inside, labels stay apart.

use strata_chart::chart::{
    Concentration, FunnelStage, LineChart, RetentionCurve, SegmentBars, Series, StillOpen, Threshold, TimeSeriesKind,
    concentration, funnel, histogram, line, retention_curve, segment_bars, time_series,
};
use strata_chart::scene::{Area, Mark, Point, Step, Text};
use strata_chart::svg::{Caption, to_svg};
use strata_chart::{Scene, Theme};

use strata_core::value::fixed::Fixed;

use crate::samples;

const WIDTHS: [f64; 9] = [320.0, 340.0, 400.0, 480.0, 559.0, 640.0, 768.0, 1024.0, 1400.0];

fn texts<'a>(marks: &'a [Mark], found: &mut Vec<&'a Text>) {
    for mark in marks {
        match mark {
            Mark::Text(text) => found.push(text),
            Mark::Group { marks, .. } => texts(marks, found),
            _ => {}
        }
    }
}

fn points(marks: &[Mark], found: &mut Vec<Point>) {
    let corners = |area: &Area| [Point { x: area.x, y: area.y }, Point { x: area.right(), y: area.bottom() }];
    for mark in marks {
        match mark {
            Mark::Line { from, to, .. } => found.extend([*from, *to]),
            Mark::Path { steps, .. } => found.extend(steps.iter().filter_map(|step| match step {
                Step::Move(at) | Step::Line(at) => Some(*at),
                Step::Close => None,
            })),
            Mark::Rect { area, .. } => found.extend(corners(area)),
            Mark::Circle { centre, .. } => found.push(*centre),
            Mark::Text(text) => found.extend(corners(&text.area())),
            Mark::Group { marks, .. } => points(marks, found),
        }
    }
}

/// Checks that a scene is finite, inside its bounds and legible, and prints no NaN or infinity.
fn check(what: &str, scene: &Scene) {
    assert!(scene.width.is_finite() && scene.height.is_finite() && scene.height > 0.0, "{what}");
    let mut found = Vec::new();
    points(&scene.marks, &mut found);
    for at in found {
        let is_inside = (-1.0..=scene.width + 1.0).contains(&at.x) && (-1.0..=scene.height + 1.0).contains(&at.y);
        assert!(is_inside, "{what}: {at:?} in {} x {}", scene.width, scene.height);
    }
    let mut labels = Vec::new();
    texts(&scene.marks, &mut labels);
    for (index, label) in labels.iter().enumerate() {
        for other in &labels[..index] {
            assert!(!label.area().overlaps(&other.area()), "{what}: {:?} on {:?}", label.text, other.text);
        }
    }
    let says_nothing = |text: &str| text.contains("NaN") || text.contains("inf");
    let svg = to_svg(scene, Theme::Dark, &Caption::default());
    assert!(!says_nothing(&svg), "{what}");
    for point in &scene.hover {
        assert!(point.x.is_finite(), "{what}");
        assert!(!point.values.iter().any(|value| says_nothing(&value.text)), "{what}");
        assert!(point.values.iter().all(|value| value.y.is_none_or(f64::is_finite)), "{what}");
    }
    assert!(scene.hover.windows(2).all(|pair| pair[0].x <= pair[1].x), "{what}");
}

/// Values that are difficult to draw, in series of equal length.
fn hard_values() -> Vec<(&'static str, Vec<Option<f64>>)> {
    vec![
        ("empty", Vec::new()),
        ("one", vec![Some(1.0)]),
        ("unknown", vec![None; 9]),
        ("zeros", vec![Some(0.0); 9]),
        ("one known", vec![None, None, Some(3.0), None]),
        ("huge", vec![Some(1e15), Some(9.99e17), Some(1e12)]),
        ("tiny", vec![Some(1e-9), Some(2e-9)]),
        ("negative", vec![Some(-5.0), Some(20.0), Some(-0.01)]),
        ("not finite", vec![Some(f64::NAN), Some(f64::INFINITY), Some(2.0), Some(f64::NEG_INFINITY)]),
        ("years", (0..2000).map(|day| Some(f64::from(day))).collect()),
    ]
}

#[test]
fn samples_at_every_width() {
    for width in WIDTHS {
        check("active users", &time_series(&samples::active_users(width)));
        check("revenue", &time_series(&samples::revenue(width)));
        check("retention", &retention_curve(&samples::retention(width)));
        check("funnel", &funnel(&samples::journey(width)));
        check("scores", &histogram(&samples::scores(width)));
        check("spending", &histogram(&samples::spending(width)));
        check("concentration", &concentration(&samples::concentrated(width)));
        check("shares", &segment_bars(&samples::shares(width)));
        check("value", &line(&samples::lifetime_value(width)));
    }
}

#[test]
fn widths_that_make_no_sense() {
    for width in [0.0, -50.0, 1e9, f64::NAN, f64::INFINITY] {
        check("width", &time_series(&samples::active_users(width)));
        check("width", &funnel(&samples::journey(width)));
        check("width", &histogram(&samples::scores(width)));
    }
}

#[test]
fn lines_of_hard_values() {
    for width in WIDTHS {
        for (what, values) in hard_values() {
            for kind in [TimeSeriesKind::Lines, TimeSeriesKind::Area] {
                let mut spec = samples::active_users(width);
                spec.kind = kind;
                // Three equal lines end at the same point, which three labels compete for.
                let series = |name: &str| Series { name: name.into(), values: values.clone() };
                spec.series = vec![series("DAU"), series("WAU"), series("MAU with a long name")];
                check(what, &time_series(&spec));
            }
            let mut spec: LineChart = samples::lifetime_value(width);
            for (point, value) in spec.points.iter_mut().zip(values.iter().copied().chain([None; 9])) {
                point.value = value.map(f64::abs);
            }
            check(what, &line(&spec));
        }
    }
}

#[test]
fn curves_of_few_users() {
    for width in WIDTHS {
        let whole = samples::retention(width);
        let cut = |days: usize| RetentionCurve { points: whole.points[..days].to_vec(), ..whole.clone() };
        for days in [0, 1, 2, 3, 8] {
            check("few days", &retention_curve(&cut(days)));
        }
        let mut one_user = cut(4);
        one_user.total_users = 1;
        for point in &mut one_user.points {
            *point = strata_chart::chart::RetentionPoint {
                eligible: 1,
                retained: 1,
                rate: Fixed::exact(100, 0),
                interval: (Fixed::exact(2065, 2), Fixed::exact(100, 0)),
                ..*point
            };
        }
        check("one user", &retention_curve(&one_user));
        let mut nobody = cut(30);
        for point in &mut nobody.points {
            let zero = Fixed::default();
            (point.retained, point.rate, point.rolling_rate) = (0, zero, Some(zero));
            point.interval = (zero, Fixed::exact(3, 2));
        }
        check("nobody returns", &retention_curve(&nobody));
        for mature_percent in [0, 20, 50, 97, 100, u32::MAX] {
            check("tail", &retention_curve(&RetentionCurve { mature_percent, ..whole.clone() }));
        }
        let all_days = RetentionCurve { labelled_days: (0..70).step_by(12).collect(), ..whole.clone() };
        check("many labels", &retention_curve(&all_days));
    }
}

#[test]
fn funnels_of_few_users() {
    let stage = |entered: u64, completed: u64| FunnelStage {
        name: "a_stage_with_a_name_that_is_much_too_long_for_its_column".into(),
        entered,
        completed,
        dropped: entered.saturating_sub(completed),
        // More completed than entered in data that contradicts itself: no rate is known.
        conversion_rate: Fixed::percent(completed, entered).filter(|_| completed <= entered),
        conversion_interval: Fixed::percent(completed, entered)
            .filter(|_| completed <= entered)
            .map(|rate| (rate, rate)),
        drop_off_rate: Fixed::percent(entered.saturating_sub(completed), entered),
        median_days: (entered > 0).then(|| Fixed::exact(100, 2)),
    };
    for width in WIDTHS {
        let whole = samples::journey(width);
        for stages in [
            vec![],
            vec![stage(0, 0)],
            vec![stage(1, 1), stage(1, 0), stage(0, 0)],
            vec![stage(u64::MAX, 1), stage(1, u64::MAX)],
            vec![stage(12_345_678, 10_345_678), stage(10_345_678, 4_345_678)],
        ] {
            for still_open in
                [None, Some(StillOpen { users: 0, window_days: 1 }), Some(StillOpen { users: 90_000, window_days: 30 })]
            {
                let largest_drop = stages.iter().rposition(|stage| stage.dropped > 0);
                let spec =
                    strata_chart::chart::Funnel { stages: stages.clone(), largest_drop, still_open, ..whole.clone() };
                let scene = funnel(&spec);
                check("funnel", &scene);
                let is_empty = spec.stages.first().is_none_or(|stage| stage.entered == 0)
                    && spec.still_open.is_none_or(|open| open.users == 0);
                assert_eq!(scene.hits.len(), if is_empty { 0 } else { stages.len() });
            }
        }
    }
}

#[test]
fn rows_are_found_where_they_are_drawn() {
    for width in WIDTHS {
        let scene = funnel(&samples::journey(width));
        for hit in &scene.hits {
            let middle = Point { x: hit.area.x + hit.area.width / 2.0, y: hit.area.y + hit.area.height / 2.0 };
            assert_eq!(scene.hit(middle), Some(hit.index));
        }
        assert!(scene.hits.windows(2).all(|pair| pair[0].area.bottom() <= pair[1].area.y + 1e-9));
        assert_eq!(scene.hit(Point { x: -5.0, y: -5.0 }), None);
    }
}

#[test]
fn histograms_of_hard_values() {
    for width in WIDTHS {
        for whole in [samples::scores(width), samples::spending(width)] {
            let mut spec = whole.clone();
            spec.counts = vec![0; spec.counts.len()];
            check("no users", &histogram(&spec));
            spec.counts[3] = 1;
            check("one user", &histogram(&spec));
            spec.counts[5] = u64::MAX / 2;
            check("huge count", &histogram(&spec));
            let (first, last) = (whole.edges[0], whole.edges[whole.edges.len() - 1]);
            for (low, high) in
                [(0.0, 0.0), (first, last), (0.999, 0.9991), (first * 1.001, last * 0.999), (f64::NAN, last * 2.0)]
            {
                let mut spec = whole.clone();
                spec.thresholds[0].value = low;
                spec.thresholds[1].value = high;
                check("thresholds", &histogram(&spec));
            }
            let mut spec = whole.clone();
            spec.thresholds = (1..6)
                .map(|index| Threshold {
                    value: last * 0.1 * f64::from(index),
                    label: format!("threshold number {index}"),
                })
                .collect();
            check("five thresholds", &histogram(&spec));
            (spec.edges, spec.counts, spec.thresholds) = (vec![0.5, 0.5], vec![7], Vec::new());
            check("no width", &histogram(&spec));
            spec.edges = vec![f64::NAN, 1.0];
            check("no edges", &histogram(&spec));
            (spec.edges, spec.counts) = (Vec::new(), Vec::new());
            check("empty", &histogram(&spec));
        }
    }
}

#[test]
fn shares_of_hard_values() {
    for width in WIDTHS {
        let whole = samples::concentrated(width);
        for points in [
            vec![],
            vec![(100.0, 100.0)],
            vec![(50.0, 100.0), (100.0, 100.0)],
            vec![(0.001, 99.9), (1.0, 100.0)],
            vec![(f64::NAN, 1.0), (150.0, 400.0), (-3.0, f64::INFINITY)],
        ] {
            check("concentration", &concentration(&Concentration { points, ..whole.clone() }));
        }
        let mut spec: SegmentBars = samples::shares(width);
        for (users, share) in [(0, None), (1, Some(100)), (u64::MAX, None), (3, Some(-12)), (3, Some(900))] {
            for segment in &mut spec.segments {
                let share = share.map(|units| Fixed::exact(units, 0));
                (segment.users, segment.users_share, segment.revenue_share) = (users, share, share);
            }
            check("segments", &segment_bars(&spec));
        }
        spec.segments.clear();
        check("no segments", &segment_bars(&spec));
    }
}
