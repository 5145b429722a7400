//! The plot of growth: processor time and memory over rows, both axes logarithmic.

use std::fmt::Write as _;

use super::record::{CPU_S, Case, PEAK_MB, Record};

const PANEL_WIDTH: f64 = 400.0;
const PANEL_HEIGHT: f64 = 300.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 48.0;
/// From the left edge of one panel to that of the next; the names of the lines are in between.
const STEP: f64 = PANEL_WIDTH + 140.0;
const BOTTOM: f64 = 56.0;

/// The programs and their colours, which differ for people with colour-blindness too.
const LINES: [(&str, &str); 3] = [("Strata", "#0b5fa5"), ("DuckDB", "#b35806"), ("Polars", "#7b3294")];

/// Distance between the names of lines, in pixels.
const NAME_DISTANCE: f64 = 16.0;

/// A logarithmic axis.
struct Axis {
    low: f64,
    high: f64,
    length: f64,
}

impl Axis {
    /// From the power of ten below all values to the one above.
    fn over(values: impl Iterator<Item = f64>, length: f64) -> Self {
        let (low, high) = values
            .map(f64::log10)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let low = low.floor();
        Self { low, high: high.ceil().max(low + 1.0), length }
    }

    fn position(&self, value: f64) -> f64 {
        (value.log10() - self.low) / (self.high - self.low) * self.length
    }

    /// The powers of ten.
    fn ticks(&self) -> impl Iterator<Item = f64> {
        let (mut exponent, high) = (self.low, self.high);
        std::iter::from_fn(move || {
            let tick = (exponent <= high).then(|| 10_f64.powf(exponent));
            exponent += 1.0;
            tick
        })
    }
}

/// Draws the plot.
pub fn growth(record: &Record) -> String {
    let width = LEFT + STEP * 2.0;
    let height = TOP + PANEL_HEIGHT + BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\" role=\"img\" aria-labelledby=\"title\">\n\
         <title id=\"title\">Processor time and memory over rows</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    panel(&mut svg, record, 0.0, "Processor time, seconds", CPU_S);
    panel(&mut svg, record, STEP, "Peak memory, MB", PEAK_MB);
    svg.push_str("</svg>\n");
    svg
}

fn panel(svg: &mut String, record: &Record, shift: f64, title: &str, figure: &str) {
    let points = |name: &str| -> Vec<(f64, f64)> {
        let point = |case: &Case| Some((case.rows as f64, case.median(name, figure).filter(|value| *value > 0.0)?));
        record.cases.iter().filter_map(point).collect()
    };
    let all: Vec<(f64, f64)> = LINES.iter().flat_map(|(name, _)| points(name)).collect();
    if all.is_empty() {
        return;
    }
    let rows = Axis::over(all.iter().map(|(rows, _)| *rows), PANEL_WIDTH);
    let values = Axis::over(all.iter().map(|(_, value)| *value), PANEL_HEIGHT);
    let x = |row_count: f64| LEFT + shift + rows.position(row_count);
    let y = |value: f64| TOP + PANEL_HEIGHT - values.position(value);
    let (left, right, bottom) = (LEFT + shift, LEFT + shift + PANEL_WIDTH, TOP + PANEL_HEIGHT);
    // Writing to a string cannot fail.
    let _ = writeln!(svg, "<text x=\"{left:.1}\" y=\"28\" font-size=\"14\" fill=\"#1a1a1a\">{title}</text>");
    for tick in values.ticks() {
        let at = y(tick);
        let _ = writeln!(
            svg,
            "<path d=\"M{left:.1} {at:.1}H{right:.1}\" stroke=\"#d9d9d9\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#595959\">{}</text>",
            left - 8.0,
            at + 4.0,
            short(tick)
        );
    }
    for tick in rows.ticks() {
        let at = x(tick);
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.1} {TOP:.1}V{bottom:.1}\" stroke=\"#d9d9d9\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#595959\">{}</text>",
            bottom + 18.0,
            short(tick)
        );
    }
    let middle = f64::midpoint(left, right);
    let _ = writeln!(
        svg,
        "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#595959\">rows</text>",
        bottom + 40.0
    );
    let mut ends: Vec<(f64, f64, &str, &str)> = Vec::new();
    for (name, colour) in LINES {
        let points = points(name);
        let Some(last) = points.last() else { continue };
        let path: Vec<String> =
            points.iter().map(|(rows, value)| format!("{:.1} {:.1}", x(*rows), y(*value))).collect();
        let _ = writeln!(svg, "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", path.join("L"));
        for (rows, value) in &points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"><title>{name}, {} rows: {value:.3}</title></circle>",
                x(*rows),
                y(*value),
                *rows
            );
        }
        ends.push((x(last.0), y(last.1), name, colour));
    }
    place_names(svg, ends);
}

/// Writes the name of each line at its end, without overlaps.
fn place_names(svg: &mut String, mut ends: Vec<(f64, f64, &str, &str)>) {
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut free_from = f64::NEG_INFINITY;
    for (x, y, name, colour) in ends {
        let y = y.max(free_from);
        free_from = y + NAME_DISTANCE;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\" font-weight=\"600\">{name}</text>",
            x + 10.0,
            y + 4.0
        );
    }
}

/// A power of ten in short form.
fn short(value: f64) -> String {
    if value >= 999_999.0 {
        format!("{:.0} M", value / 1e6)
    } else if value >= 999.0 {
        format!("{:.0} k", value / 1e3)
    } else {
        let digits = if value < 0.99 { (-value.log10()).round() } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few digits")]
        let digits = digits as usize;
        format!("{value:.digits$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_powers_of_ten_around_all_values() {
        let axis = Axis::over([20_000.0, 3e6].into_iter(), 100.0);
        let ticks: Vec<String> = axis.ticks().map(short).collect();
        assert_eq!(ticks, ["10 k", "100 k", "1 M", "10 M"]);
        assert_eq!(short(0.01), "0.01");
        assert!((axis.position(10_000.0)).abs() < 1e-9 && (axis.position(1e7) - 100.0).abs() < 1e-9);
    }
}
