//! Scenes as standalone SVG files; the page creates elements from the same marks.

mod escape;

use std::fmt::Write;

use crate::colour::{Role, Theme};
use crate::scene::{Anchor, Mark, Paint, Point, Scene, Step, Stroke, Text};
use crate::text::wrap;
use escape::escape;

/// Text around the chart in a file; on the page, other elements show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// Heading; empty for no heading.
    pub title: String,
    /// Sentence under the heading; empty for no sentence.
    pub subtitle: String,
    /// Settings and period, under the chart; empty for no such line.
    pub settings_line: String,
}

const MARGIN: f64 = 24.0;
const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif";

/// Writes a standalone file: background, heading, chart and settings, in the colours of a theme.
#[must_use]
pub fn to_svg(scene: &Scene, theme: Theme, caption: &Caption) -> String {
    let width = scene.width + 2.0 * MARGIN;
    let mut head = Vec::new();
    let mut y = MARGIN;
    let mut block = |texts: &mut Vec<Mark>, text: &str, (size, leading): (f64, f64), is_bold: bool, role: Role| {
        for line in wrap(text, size, is_bold, scene.width) {
            y += leading;
            let text = Text::new(MARGIN, y - (leading - size) / 2.0 - size * 0.2, line, role).sized(size);
            texts.push(Mark::Text(if is_bold { text.bold() } else { text }));
        }
        y
    };
    block(&mut head, &caption.title, (18.0, 24.0), true, Role::Label);
    let top = block(&mut head, &caption.subtitle, (13.0, 20.0), false, Role::LabelMuted);
    let top = if head.is_empty() { MARGIN } else { top + 16.0 };
    let mut foot = Vec::new();
    let mut foot_y = top + scene.height + 16.0;
    let settings = wrap(&caption.settings_line, 11.0, false, scene.width);
    if !settings.is_empty() {
        let rule = [Point { x: MARGIN, y: foot_y }, Point { x: MARGIN + scene.width, y: foot_y }];
        foot.push(Mark::Line { from: rule[0], to: rule[1], role: Role::Grid, stroke: Stroke::solid(1.0) });
        foot_y += 4.0;
    }
    for line in settings {
        foot_y += 16.0;
        foot.push(Mark::Text(Text::new(MARGIN, foot_y - 2.0, line, Role::LabelMuted).sized(11.0)));
    }
    let height = if foot.is_empty() { top + scene.height + MARGIN } else { foot_y + MARGIN - 4.0 };

    let title = if caption.title.is_empty() { &scene.title } else { &caption.title };
    let mut out = String::new();
    let (w, h) = (number(width), number(height));
    push(
        &mut out,
        &format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" \
             font-family=\"{FONTS}\" style=\"font-variant-numeric: tabular-nums lining-nums\">\n"
        ),
    );
    push(&mut out, &format!("<title>{}</title>\n<desc>{}</desc>\n", escape(title), escape(&scene.description)));
    push(&mut out, &format!("<rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>\n", theme.colour(Role::Background)));
    for mark in &head {
        write_mark(&mut out, mark, theme);
    }
    push(&mut out, &format!("<g transform=\"translate({} {})\">\n", number(MARGIN), number(top)));
    for mark in &scene.marks {
        write_mark(&mut out, mark, theme);
    }
    out.push_str("</g>\n");
    for mark in &foot {
        write_mark(&mut out, mark, theme);
    }
    out.push_str("</svg>\n");
    out
}

/// Returns the value of a `d` attribute.
#[must_use]
pub fn path_data(steps: &[Step]) -> String {
    let mut data = String::new();
    for step in steps {
        match step {
            Step::Move(at) => push(&mut data, &format!("M{} {}", number(at.x), number(at.y))),
            Step::Line(at) => push(&mut data, &format!("L{} {}", number(at.x), number(at.y))),
            Step::Close => data.push('Z'),
        }
    }
    data
}

/// Formats a length with at most two decimals; a length that is not finite is 0, so that an invalid number cannot
/// invalidate the picture.
#[must_use]
pub fn number(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn write_mark(out: &mut String, mark: &Mark, theme: Theme) {
    match mark {
        Mark::Line { from, to, role, stroke } => {
            let ends = [from.x, from.y, to.x, to.y].map(number);
            push(out, &format!("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"", ends[0], ends[1], ends[2], ends[3]));
            push(out, &stroked(theme, *role, *stroke));
            out.push_str("/>\n");
        }
        Mark::Path { steps, role, paint } => {
            let paint = match paint {
                Paint::Fill => filled(theme, *role),
                Paint::Stroke(stroke) => stroked(theme, *role, *stroke) + " stroke-linejoin=\"round\"",
            };
            push(out, &format!("<path d=\"{}\"{paint}/>\n", path_data(steps)));
        }
        Mark::Rect { area, role } => {
            let sides = [area.x, area.y, area.width, area.height].map(number);
            push(
                out,
                &format!("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", sides[0], sides[1], sides[2], sides[3]),
            );
            push(out, &filled(theme, *role));
            out.push_str("/>\n");
        }
        Mark::Circle { centre, radius, role, has_rim } => {
            // Half of the rim lies inside the edge of the circle.
            let [x, y, r] = [centre.x, centre.y, radius + if *has_rim { 1.0 } else { 0.0 }].map(number);
            let mut paint = filled(theme, *role);
            if *has_rim {
                push(&mut paint, &format!(" stroke=\"{}\" stroke-width=\"2\"", theme.colour(Role::Background)));
            }
            push(out, &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{paint}/>\n"));
        }
        Mark::Text(text) => write_text(out, text, theme),
        Mark::Group { class, label, marks } => {
            let label = label.as_ref().map(|label| format!(" role=\"group\" aria-label=\"{}\"", escape(label)));
            push(out, &format!("<g class=\"{}\"{}>\n", escape(class), label.unwrap_or_default()));
            for mark in marks {
                write_mark(out, mark, theme);
            }
            out.push_str("</g>\n");
        }
    }
}

fn write_text(out: &mut String, text: &Text, theme: Theme) {
    let (x, y, size) = (number(text.at.x), number(text.at.y), number(text.size));
    push(out, &format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\""));
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    if text.is_bold {
        out.push_str(" font-weight=\"600\"");
    }
    push(out, &filled(theme, text.role));
    if text.has_halo {
        let rim = theme.colour(Role::Background);
        push(out, &format!(" stroke=\"{rim}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\""));
    }
    push(out, &format!(">{}</text>\n", escape(&text.text)));
}

fn filled(theme: Theme, role: Role) -> String {
    format!(" fill=\"{}\"", theme.colour(role))
}

fn stroked(theme: Theme, role: Role, stroke: Stroke) -> String {
    let dash = stroke.dash_array().map(|dash| format!(" stroke-dasharray=\"{dash}\"")).unwrap_or_default();
    format!(" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{dash}", theme.colour(role), number(stroke.width))
}

fn push(out: &mut String, text: &str) {
    let written = out.write_str(text);
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene_with(text: &str) -> Scene {
        let mark = Mark::Text(Text::new(1.0, 2.0, text, Role::Label));
        let group = Mark::Group { class: "row", label: Some(text.to_owned()), marks: vec![mark] };
        Scene {
            width: 400.0,
            height: 50.0,
            title: text.to_owned(),
            description: text.to_owned(),
            marks: vec![group],
            ..Scene::default()
        }
    }

    #[test]
    fn text_cannot_leave_its_place() {
        let hostile = "<script>alert(\"1\")</script> & ' \u{0}\u{1b}\u{fffe} ]]>";
        let caption = Caption { title: hostile.into(), subtitle: hostile.into(), settings_line: hostile.into() };
        let svg = to_svg(&scene_with(hostile), Theme::Light, &caption);
        assert!(!svg.contains("<script"));
        assert!(!svg.contains("]]>"));
        assert!(svg.contains("&lt;script&gt;"));
        assert!(svg.chars().all(|c| c == '\n' || !c.is_control()));
        assert!(!svg.contains('\u{fffe}'));
        assert_eq!(svg.matches("aria-label=\"").count(), 1);
    }

    #[test]
    fn a_file_holds_title_settings_and_background() {
        let caption = Caption {
            title: "How many come back?".into(),
            subtitle: "Pooled over all cohorts.".into(),
            settings_line: "as of 2025-07-31".into(),
        };
        for theme in Theme::ALL {
            let svg = to_svg(&scene_with("x"), theme, &caption);
            assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
            assert!(svg.contains("<title>How many come back?</title>"));
            assert!(svg.contains(">How many come back?</text>"));
            assert!(svg.contains(">as of 2025-07-31</text>"));
            assert!(svg.contains(&format!("fill=\"{}\"", theme.colour(Role::Background))));
            assert!(!svg.contains("class=\"fill"));
        }
    }

    #[test]
    fn numbers_are_short_and_finite() {
        let texts = [1.0, 0.125, -0.001, 12.345_6, f64::NAN, f64::INFINITY].map(number);
        assert_eq!(texts, ["1", "0.12", "0", "12.35", "0", "0"]);
    }
}
