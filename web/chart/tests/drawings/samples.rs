//! Data for the drawings, generated from arithmetic and square roots, so that it is identical on every machine.

use strata_chart::ValueFormat;
use strata_chart::chart::{
    Concentration, Funnel, FunnelStage, Histogram, LineChart, LinePoint, RetentionCurve, RetentionPoint, SegmentBars,
    SegmentShare, Series, StillOpen, Threshold, TimeSeries, TimeSeriesKind,
};
use strata_core::value::calendar::Day;
use strata_core::value::fixed::Fixed;

/// 1 July 2025.
const JULY: Day = Day(20_270);

/// A figure with more decimals than are shown.
fn figure(value: f64) -> Fixed {
    Fixed::from_f64(value, 6).unwrap_or_default()
}

/// A number between -1 and 1 that looks random.
fn noise(index: u32) -> f64 {
    f64::from(index.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 23) - 1.0
}

/// Rounds to the nearest count, at least 0.
fn users(value: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, and not negative")]
    let count = value.max(0.0).round() as u64;
    count
}

/// A bell curve of height 1 around 0.
fn bell(at: f64) -> f64 {
    (1.0 / (1.0 + at * at)).powi(3)
}

/// Active users over 90 days, with a weekly rhythm and three days without data.
pub fn active_users(width: f64) -> TimeSeries {
    let dau = |day: u32| 3_900.0 + 22.0 * f64::from(day) + 520.0 * f64::from((day + 2) % 7 / 5) + 160.0 * noise(day);
    let daily = (0..90).map(|day| (!(40..43).contains(&day)).then(|| dau(day).round())).collect();
    let weekly = (0..90).map(|day| (day >= 6).then(|| (dau(day) * 2.1 + 1200.0).round())).collect();
    let monthly = (0..90)
        .map(|day| (day >= 29).then(|| (12_800.0 + 95.0 * f64::from(day) + 60.0 * noise(day)).round()))
        .collect();
    TimeSeries {
        width,
        title: "Active users".into(),
        description: "Daily, weekly and monthly active users, rising over three months.".into(),
        unit: "active users".into(),
        first_day: JULY,
        series: vec![
            Series { name: "DAU".into(), values: daily },
            Series { name: "WAU".into(), values: weekly },
            Series { name: "MAU".into(), values: monthly },
        ],
        format: ValueFormat::Count,
        kind: TimeSeriesKind::Lines,
    }
}

/// Revenue over 31 days.
pub fn revenue(width: f64) -> TimeSeries {
    let values = (0..31).map(|day| Some(1_240.0 + 310.5 * f64::from(day % 7 / 5) + 200.25 * noise(day))).collect();
    TimeSeries {
        width,
        title: "Revenue by day".into(),
        description: "Revenue of each day of July, higher at weekends.".into(),
        unit: "revenue per day".into(),
        first_day: JULY,
        series: vec![Series { name: "revenue".into(), values }],
        format: ValueFormat::Money,
        kind: TimeSeriesKind::Area,
    }
}

/// A retention curve over 60 days, with few observed users on the last ones.
pub fn retention(width: f64) -> RetentionCurve {
    let points = (0..=60).map(|day| {
        let rate = if day == 0 { 100.0 } else { 41.0 / f64::from(day).sqrt() + 0.8 * noise(day) };
        let eligible = 12_480 - u64::from(day) * 190;
        let half = 196.0 * (rate / 100.0 * (1.0 - rate / 100.0) / eligible as f64).sqrt() * 2.0;
        RetentionPoint {
            day,
            eligible,
            retained: users(rate / 100.0 * eligible as f64),
            rate: figure(rate),
            interval: (figure((rate - half).max(0.0)), figure(rate + half)),
            rolling_rate: Some(figure(if day == 0 {
                100.0
            } else {
                (rate + 26.0 * (1.0 - f64::from(day) / 61.0)).min(100.0)
            })),
        }
    });
    RetentionCurve {
        width,
        title: "How many come back?".into(),
        description: "Retention falls from 41% on day 1 to 7% on day 30.".into(),
        total_users: 12_480,
        points: points.collect(),
        mature_percent: 50,
        minimum_sample_size: 30,
        labelled_days: vec![1, 7, 30],
        interval_level: figure(95.0),
    }
}

/// A funnel of six stages with a window.
pub fn journey(width: f64) -> Funnel {
    let counts = [
        ("ftue_start", 11_210),
        ("ftue_complete", 9_342),
        ("level_1", 8_730),
        ("level_5", 4_905),
        ("level_10", 2_377),
        ("first_purchase", 412),
    ];
    let mut before = counts[0].1;
    let mut stages = Vec::new();
    for (index, (name, completed)) in counts.into_iter().enumerate() {
        let rate = 100.0 * completed as f64 / before as f64;
        let half = 196.0 * (rate / 100.0 * (1.0 - rate / 100.0) / before as f64).sqrt();
        stages.push(FunnelStage {
            name: name.into(),
            entered: before,
            completed,
            dropped: before - completed,
            conversion_rate: Some(figure(rate)),
            conversion_interval: Some((figure(rate - half), figure(rate + half))),
            drop_off_rate: Some(figure(100.0 - rate)),
            median_days: Some(figure(index as f64 * 0.7)),
        });
        before = completed;
    }
    Funnel {
        width,
        title: "How far do users get?".into(),
        description: "Of 11,210 users, 412 make a purchase within 7 days.".into(),
        stages,
        largest_drop: Some(5),
        interval_level: figure(95.0),
        still_open: Some(StillOpen { users: 1_270, window_days: 7 }),
    }
}

/// Engagement scores with two thresholds.
pub fn scores(width: f64) -> Histogram {
    let counts = (0..40).map(|bin| {
        let at = f64::from(bin) / 39.0;
        users(820.0 * bell((at - 0.24) / 0.3) + 120.0 * (1.0 - at) + 18.0 * noise(bin))
    });
    Histogram {
        width,
        title: "How engaged are they?".into(),
        description: "Most users have a score around 0.24.".into(),
        value_name: "engagement score".into(),
        format: ValueFormat::Decimal(4),
        edges: (0..=40).map(|edge| f64::from(edge) / 40.0).collect(),
        counts: counts.collect(),
        is_logarithmic: false,
        thresholds: vec![
            Threshold { value: 0.2217, label: "moderate ≥ 0.2217, middle 40% of active users".into() },
            Threshold { value: 0.4123, label: "high engagement ≥ 0.4123, top 30% of active users".into() },
        ],
        segments: vec!["low".into(), "moderate".into(), "high engagement".into()],
    }
}

/// Revenue of users with revenue, over four powers of ten.
pub fn spending(width: f64) -> Histogram {
    let counts = (0..32).map(|bin| {
        let at = (f64::from(bin) - 11.0) / 8.0;
        users((640.0 * bell(at / 1.6) + 8.0 * noise(bin)).max(1.0))
    });
    Histogram {
        width,
        title: "How much do they spend?".into(),
        description: "Half of the users with revenue spent under 5.".into(),
        value_name: "revenue per user, by ratio".into(),
        format: ValueFormat::Money,
        edges: (0..=32).map(|edge| 0.05 * 1.353_f64.powi(edge)).collect(),
        counts: counts.collect(),
        is_logarithmic: true,
        thresholds: vec![
            Threshold { value: 14.99, label: "dolphin ≥ 14.99, top 20% of users with revenue".into() },
            Threshold { value: 74.5, label: "whale ≥ 74.50, top 5% of users with revenue".into() },
        ],
        segments: vec!["minnow".into(), "dolphin".into(), "whale".into()],
    }
}

/// A steep concentration curve.
pub fn concentrated(width: f64) -> Concentration {
    let shares = [0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0];
    Concentration {
        width,
        title: "Who generates the revenue?".into(),
        description: "The top 1% of users generated 31.6% of revenue.".into(),
        points: shares.map(|share: f64| (share, 100.0 * (share / 100.0).sqrt().sqrt())).into(),
        labelled: vec![1.0, 5.0, 10.0, 20.0],
    }
}

/// Four segments.
pub fn shares(width: f64) -> SegmentBars {
    let segment = |name: &str, users, users_share, revenue_share| SegmentShare {
        name: name.to_owned(),
        users,
        users_share: Some(figure(users_share)),
        revenue_share: Some(figure(revenue_share)),
    };
    SegmentBars {
        width,
        title: "Which segments pay?".into(),
        description: "Whales are 0.9% of users and generated 61% of revenue.".into(),
        segments: vec![
            segment("whale", 112, 0.9, 61.3),
            segment("dolphin", 337, 2.7, 24.0),
            segment("minnow", 1_797, 14.4, 14.7),
            segment("free user", 10_234, 82.0, 0.0),
        ],
    }
}

/// Cumulative revenue per user by window.
pub fn lifetime_value(width: f64) -> LineChart {
    let points = [(1, 0.12), (3, 0.21), (7, 0.38), (14, 0.55), (30, 0.81), (60, 1.12)];
    let point = |(day, value): (u32, f64)| LinePoint {
        x: f64::from(day),
        label: format!("D{day}"),
        value: Some(value),
        detail: "8,123 users".into(),
    };
    LineChart {
        width,
        title: "What is a user worth?".into(),
        description: "Revenue per user grows to 1.12 by day 60.".into(),
        unit: "cumulative revenue per user".into(),
        name: "revenue per user".into(),
        points: points.map(point).into(),
        format: ValueFormat::Money,
    }
}
