//! Marks of a scene as elements. Texts become text nodes, so that they are never parsed as markup.

use leptos::prelude::*;
use strata_chart::scene::{Anchor, Mark, Paint, Text};
use strata_chart::svg::{number, path_data};

/// Renders marks, from back to front.
#[must_use]
pub fn marks_view(marks: &[Mark]) -> Vec<AnyView> {
    marks.iter().map(mark_view).collect()
}

fn mark_view(mark: &Mark) -> AnyView {
    match mark {
        Mark::Line { from, to, role, stroke } => view! {
            <line
                x1=number(from.x)
                y1=number(from.y)
                x2=number(to.x)
                y2=number(to.y)
                class=format!("stroke-{}", role.name())
                stroke-width=number(stroke.width)
                stroke-dasharray=stroke.dash_array()
            ></line>
        }
        .into_any(),
        Mark::Path { steps, role, paint } => {
            let (class, stroke) = match paint {
                Paint::Fill => (format!("fill-{}", role.name()), None),
                Paint::Stroke(stroke) => (format!("stroke-{}", role.name()), Some(stroke)),
            };
            view! {
                <path
                    d=path_data(steps)
                    class=class
                    stroke-width=stroke.map(|stroke| number(stroke.width))
                    stroke-dasharray=stroke.and_then(strata_chart::scene::Stroke::dash_array)
                    stroke-linejoin="round"
                ></path>
            }
            .into_any()
        }
        Mark::Rect { area, role } => view! {
            <rect
                x=number(area.x)
                y=number(area.y)
                width=number(area.width)
                height=number(area.height)
                class=format!("fill-{}", role.name())
            ></rect>
        }
        .into_any(),
        Mark::Circle { centre, radius, role, has_rim } => {
            // Half of the rim lies inside the edge of the circle.
            let (rim, more) = if *has_rim { ("rim ", 1.0) } else { ("", 0.0) };
            view! {
                <circle
                    cx=number(centre.x)
                    cy=number(centre.y)
                    r=number(radius + more)
                    class=format!("{rim}fill-{}", role.name())
                ></circle>
            }
            .into_any()
        }
        Mark::Text(text) => text_view(text),
        Mark::Group { class, marks, .. } => view! { <g class=*class>{marks_view(marks)}</g> }.into_any(),
    }
}

fn text_view(text: &Text) -> AnyView {
    let anchor = match text.anchor {
        Anchor::Start => None,
        Anchor::Middle => Some("middle"),
        Anchor::End => Some("end"),
    };
    let halo = if text.has_halo { "halo " } else { "" };
    view! {
        <text
            x=number(text.at.x)
            y=number(text.at.y)
            font-size=number(text.size)
            font-weight=text.is_bold.then_some("600")
            text-anchor=anchor
            class=format!("{halo}fill-{}", text.role.name())
        >
            {text.text.clone()}
        </text>
    }
    .into_any()
}
