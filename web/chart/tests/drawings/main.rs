//! Compares the drawings with stored files byte by byte, and rewrites the files if `BLESS=1` is set.

mod edge_cases;
mod samples;

use std::path::{Path, PathBuf};

use strata_chart::chart::{concentration, funnel, histogram, line, retention_curve, segment_bars, time_series};
use strata_chart::svg::{Caption, to_svg};
use strata_chart::{Scene, Theme, stylesheet};

const WIDE: f64 = 860.0;
const NARROW: f64 = 320.0;

fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

fn compare(path: &Path, text: &str) {
    if is_blessing() {
        let written = std::fs::write(path, text);
        assert!(written.is_ok(), "{} cannot be written: {written:?}", path.display());
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    assert!(known == text, "{} differs: look at the change, then run with BLESS=1", path.display());
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Compares a wide drawing in both themes, and a narrow one in the light theme.
fn check(name: &str, draw: impl Fn(f64) -> Scene) {
    for (kind, width, theme) in
        [("wide", WIDE, Theme::Light), ("wide-dark", WIDE, Theme::Dark), ("narrow", NARROW, Theme::Light)]
    {
        let scene = draw(width);
        let caption = Caption {
            title: scene.title.clone(),
            subtitle: scene.description.clone(),
            settings_line:
                "Strata · as of 2025-09-28 · 12,480 users · classic retention, cohorts by day, minimum 30 users".into(),
        };
        compare(&golden(&format!("{name}-{kind}.svg")), &to_svg(&scene, theme, &caption));
    }
}

#[test]
fn active_users_by_day() {
    check("time-series", |width| time_series(&samples::active_users(width)));
}

#[test]
fn revenue_by_day() {
    check("revenue", |width| time_series(&samples::revenue(width)));
}

#[test]
fn retention_by_day() {
    check("retention-curve", |width| retention_curve(&samples::retention(width)));
}

#[test]
fn funnel_with_a_window() {
    check("funnel", |width| funnel(&samples::journey(width)));
}

#[test]
fn scores_with_thresholds() {
    check("histogram", |width| histogram(&samples::scores(width)));
}

#[test]
fn revenue_on_a_logarithmic_axis() {
    check("histogram-log", |width| histogram(&samples::spending(width)));
}

#[test]
fn concentration_of_revenue() {
    check("concentration", |width| concentration(&samples::concentrated(width)));
}

#[test]
fn shares_of_segments() {
    check("segment-bars", |width| segment_bars(&samples::shares(width)));
}

#[test]
fn revenue_per_user_by_window() {
    check("line", |width| line(&samples::lifetime_value(width)));
}

#[test]
fn the_palette_as_a_style_sheet() {
    let css = format!("{}\n{}", stylesheet::css_variables(), stylesheet::css_rules());
    compare(&Path::new(env!("CARGO_MANIFEST_DIR")).join("palette.css"), &css);
}
