//! A chart on the page: the scene as SVG, its values by pointer or arrow keys and as a table, and buttons that save it
//! as a picture.

mod marks;
mod picture;
mod values;

use std::cell::Cell;

use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use strata_chart::Scene;
use strata_chart::scene::{Hit, HoverPoint};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{KeyboardEvent, PointerEvent, ResizeObserver};

use crate::frames::in_a_later_frame;
use crate::state::use_state;
use marks::marks_view;
use picture::SaveButtons;
use values::ValuesTable;

pub use values::DataTable;

thread_local! {
    /// Width of a chart before it has been measured, in pixels: that of the previous chart, which is usually correct.
    static LAST_WIDTH: Cell<f64> = const { Cell::new(960.0) };
}

/// A chart is redrawn after its size has not changed for this many milliseconds.
const RESIZE_PAUSE_MS: u32 = 60;

/// The link of a part of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitLink {
    /// The address.
    pub href: String,
    /// Label of the link.
    pub label: String,
}

/// A chart. `draw` creates the scene for a width in pixels; it is called again when the width or a signal that it reads
/// changes.
#[component]
#[must_use]
pub fn ChartFigure(
    /// Creates the scene for a width in pixels.
    draw: Callback<f64, Scene>,
    /// The data for the table under the chart; without it, the table contains the hover texts.
    #[prop(optional_no_strip)]
    table: Option<Callback<(), DataTable>>,
    /// The links of the scene's hit areas, by index.
    #[prop(optional)]
    links: Option<Callback<(), Vec<HitLink>>>,
) -> impl IntoView {
    let state = use_state();
    let canvas = NodeRef::<html::Div>::new();
    let width = RwSignal::new(LAST_WIDTH.get());
    let is_due = RwSignal::new(false);
    let scene = Memo::new(move |_| if is_due.get() { draw.run(width.get()) } else { Scene::default() });
    follow_width(canvas, width, is_due);

    // The position of the selected hover point.
    let read = RwSignal::new(None::<usize>);
    let has_values = Memo::new(move |_| scene.with(|scene| !scene.hover.is_empty()));
    let on_pointer = move |event: PointerEvent| {
        if let Some(x) = position_in(&canvas, &event) {
            read.set(scene.with_untracked(|scene| scene.nearest(x * scene.width)));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let count = scene.with_untracked(|scene| scene.hover.len());
        if let Some(next) = moved(read.get_untracked(), count, &event.key()) {
            event.prevent_default();
            read.set(Some(next));
        } else if event.key() == "Escape" {
            read.set(None);
        }
    };
    let label = move || {
        scene.with(|scene| {
            let how = if scene.hover.is_empty() { "" } else { " Use the arrow keys to read the values." };
            format!("{}. {}{how}", scene.title, scene.description)
        })
    };
    let view_box = move || scene.with(|scene| format!("0 0 {} {}", scene.width, scene.height));
    let point = Memo::new(move |_| {
        let read = read.get()?;
        scene.with(|scene| scene.hover.get(read).cloned())
    });
    let spoken = move || point.with(|point| point.as_ref().map(in_words).unwrap_or_default());
    view! {
        <figure class="chart">
            <div
                class="canvas"
                node_ref=canvas
                role=move || if has_values.get() { "application" } else { "group" }
                aria-roledescription=move || has_values.get().then_some("chart")
                aria-label=label
                tabindex=move || has_values.get().then_some("0")
                on:pointermove=on_pointer
                on:pointerdown=on_pointer
                on:pointerleave=move |_| read.set(None)
                on:keydown=on_key
                on:blur=move |_| read.set(None)
            >
                <svg viewBox=view_box aria-hidden="true" focusable="false">
                    {move || scene.with(|scene| marks_view(&scene.marks))}
                </svg>
                {links.map(|links| move || scene.with(|scene| hit_links(scene, &links.run(()))))}
                {move || point.get().map(|point| view! { <Reading point scene /> })}
            </div>
            <p class="visually-hidden" aria-live="polite">
                {spoken}
            </p>
            <figcaption>
                <Show when=move || has_values.get() || table.is_some()>
                    <ValuesTable scene table />
                </Show>
                <SaveButtons scene results=state.results />
            </figcaption>
        </figure>
    }
}

/// The values at a position, beside a line through it.
#[component]
fn Reading(point: HoverPoint, scene: Memo<Scene>) -> impl IntoView {
    let (width, height, plot) = scene.with_untracked(|scene| (scene.width, scene.height, scene.plot));
    let share = point.x / width;
    let side = if share > 0.5 { "reading reading-left" } else { "reading" };
    let dots = point.values.iter().filter_map(|value| {
        let y = value.y?;
        Some(view! { <circle cx=point.x cy=y r="4" class=format!("rim fill-{}", value.role.name())></circle> })
    });
    let rows = point.values.iter().map(|value| {
        view! {
            <dt>{value.name.clone()}</dt>
            <dd>{value.text.clone()}</dd>
        }
    });
    view! {
        <svg class="reading-line" viewBox=format!("0 0 {width} {height}") aria-hidden="true" focusable="false">
            <line x1=point.x x2=point.x y1=plot.y y2=plot.bottom() class="stroke-control"></line>
            {dots.collect_view()}
        </svg>
        <div class=side style:left=format!("{:.2}%", share * 100.0) aria-hidden="true">
            <p>{point.label.clone()}</p>
            <dl>{rows.collect_view()}</dl>
        </div>
    }
}

/// Links over the hit areas of a scene.
fn hit_links(scene: &Scene, links: &[HitLink]) -> Vec<impl IntoView + use<>> {
    let share = |part: f64, whole: f64| format!("{:.3}%", part / whole.max(1.0) * 100.0);
    let link = |Hit { index, area }: &Hit| {
        let HitLink { href, label } = links.get(*index)?.clone();
        Some(view! {
            <a
                class="hit"
                href=href
                aria-label=label
                style:left=share(area.x, scene.width)
                style:top=share(area.y, scene.height)
                style:width=share(area.width, scene.width)
                style:height=share(area.height, scene.height)
            ></a>
        })
    };
    scene.hits.iter().filter_map(link).collect()
}

/// A position and its values as a sentence.
fn in_words(point: &HoverPoint) -> String {
    let values: Vec<String> = point.values.iter().map(|value| format!("{} {}", value.name, value.text)).collect();
    format!("{}: {}", point.label, values.join(", "))
}

/// Returns the hover point that a key moves to.
fn moved(at: Option<usize>, count: usize, key: &str) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (key, at) {
        ("ArrowRight", None) | ("Home", _) => 0,
        ("ArrowLeft", None) | ("End", _) => last,
        ("ArrowRight", Some(at)) => (at + 1).min(last),
        ("ArrowLeft", Some(at)) => at.saturating_sub(1),
        ("PageDown", Some(at)) => (at + 7).min(last),
        ("PageUp", Some(at)) => at.saturating_sub(7),
        _ => return None,
    })
}

/// Returns the position of the pointer, as a share of the chart's width.
fn position_in(canvas: &NodeRef<html::Div>, event: &PointerEvent) -> Option<f64> {
    let bounds = canvas.get_untracked()?.get_bounding_client_rect();
    (bounds.width() > 0.0).then(|| (f64::from(event.client_x()) - bounds.left()) / bounds.width())
}

/// Updates the width when that of the element has stopped changing. The chart is drawn when its width is first known:
/// each in a separate frame, because measuring forces a layout.
fn follow_width(canvas: NodeRef<html::Div>, width: RwSignal<f64>, is_due: RwSignal<bool>) {
    Effect::new(move |_| {
        let Some(element) = canvas.get() else { return };
        let measure = move || {
            // The view may have been removed by the end of the pause.
            let Some(Some(element)) = canvas.try_get_untracked() else { return };
            let measured = f64::from(element.client_width());
            if measured > 0.0 && (width.get_untracked() - measured).abs() >= 1.0 {
                LAST_WIDTH.set(measured);
                width.set(measured);
            }
        };
        in_a_later_frame(move || {
            measure();
            // The view may have been removed by then.
            is_due.try_set(true);
        });
        let mut pause: Option<Timeout> = None;
        let on_resize = Closure::<dyn FnMut()>::new(move || {
            // Dropping the previous timeout cancels it.
            drop(pause.replace(Timeout::new(RESIZE_PAUSE_MS, measure)));
        });
        let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let held = StoredValue::new_local((observer, on_resize));
        on_cleanup(move || held.with_value(|(observer, _)| observer.disconnect()));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_chart::Role;
    use strata_chart::scene::HoverValue;

    #[test]
    fn keys_move_within_the_points() {
        assert_eq!(moved(None, 3, "ArrowRight"), Some(0));
        assert_eq!(moved(None, 3, "ArrowLeft"), Some(2));
        assert_eq!(moved(Some(2), 3, "ArrowRight"), Some(2));
        assert_eq!(moved(Some(0), 3, "ArrowLeft"), Some(0));
        assert_eq!(moved(Some(1), 30, "PageDown"), Some(8));
        assert_eq!(moved(Some(1), 3, "a"), None);
        assert_eq!(moved(None, 0, "End"), None);
    }

    #[test]
    fn a_place_is_spoken_with_all_its_values() {
        let value = |name: &str, text: &str| HoverValue {
            name: name.to_owned(),
            text: text.to_owned(),
            y: None,
            role: Role::Accent,
        };
        let point =
            HoverPoint { x: 1.0, label: "Tue 1 Jul".to_owned(), values: vec![value("DAU", "7"), value("WAU", "–")] };
        assert_eq!(in_words(&point), "Tue 1 Jul: DAU 7, WAU –");
    }
}
