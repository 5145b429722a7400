//! A chart as a standalone picture, with its title, period and settings.

use std::sync::Arc;

use leptos::prelude::*;
use strata_chart::svg::{Caption, to_svg};
use strata_chart::{Scene, Theme};
use strata_core::report::AnalysisPeriod;
use strata_protocol::{Results, SettingText};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use crate::save::{mime_type, save_blob, save_text};
use crate::state::use_state;
use crate::wording::dates::range;
use crate::wording::numbers::users;

/// Pixels of a saved picture per unit of the drawing.
const PIXELS_PER_UNIT: u32 = 2;

/// Buttons that save a chart.
#[component]
#[must_use]
pub fn SaveButtons(scene: Memo<Scene>, results: RwSignal<Option<Arc<Results>>>) -> impl IntoView {
    let state = use_state();
    let failure = RwSignal::new(None::<String>);
    let svg = move || {
        let scene = scene.get_untracked();
        let settings = state.address.with_untracked(|address| address.settings.clone());
        let line = results.with_untracked(|results| {
            results.as_deref().map(|results| settings_line(&results.report.period, &settings))
        });
        let caption =
            Caption { title: scene.title.clone(), subtitle: String::new(), settings_line: line.unwrap_or_default() };
        (file_name(&scene.title), to_svg(&scene, Theme::Light, &caption))
    };
    let tell = move |outcome: Result<(), JsValue>| {
        failure.set(outcome.err().map(|_| "The picture could not be created.".to_owned()));
    };
    let save_svg = move |_| {
        let (name, svg) = svg();
        let name = format!("{name}.svg");
        tell(save_text(&name, mime_type(&name), &svg));
    };
    let save_png = move |_| {
        let (name, svg) = svg();
        tell(draw_png(&svg, format!("{name}.png"), tell));
    };
    let title = move || scene.with(|scene| scene.title.clone());
    view! {
        <span class="save-buttons">
            <button type="button" class="button quiet small" on:click=save_svg>
                "Save as SVG"
                <span class="visually-hidden">": " {title}</span>
            </button>
            <button type="button" class="button quiet small" on:click=save_png>
                "Save as PNG"
                <span class="visually-hidden">": " {title}</span>
            </button>
            <span role="status">{failure}</span>
        </span>
    }
}

/// The analysis period, the number of users and every setting that is not at its default.
fn settings_line(period: &AnalysisPeriod, settings: &[SettingText]) -> String {
    let mut parts = vec![range(period.start_date, period.as_of_date), users(period.total_users)];
    parts.extend(settings.iter().map(|setting| format!("{}={}", setting.name, setting.text)));
    if settings.is_empty() {
        parts.push("default settings".to_owned());
    }
    parts.join(" · ")
}

/// Returns `strata-` and the title in lower case, with dashes.
fn file_name(title: &str) -> String {
    let mut name = "strata".to_owned();
    for word in title.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        name.push('-');
        name.push_str(&word.to_ascii_lowercase());
    }
    name
}

/// Draws a picture onto a canvas as soon as the browser has decoded it, saves it, and reports the outcome.
fn draw_png(svg: &str, name: String, tell: impl Fn(Result<(), JsValue>) + Copy + 'static) -> Result<(), JsValue> {
    let image = HtmlImageElement::new()?;
    let drawn = image.clone();
    let on_load = Closure::once_into_js(move || tell(save_canvas(&drawn, name)));
    image.set_onload(Some(on_load.unchecked_ref()));
    let on_error = Closure::once_into_js(move || tell(Err(JsValue::NULL)));
    image.set_onerror(Some(on_error.unchecked_ref()));
    // A data address: the page's policy does not allow images from anywhere else.
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{}", js_sys::encode_uri_component(svg)));
    Ok(())
}

fn save_canvas(image: &HtmlImageElement, name: String) -> Result<(), JsValue> {
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    let (width, height) = (image.natural_width() * PIXELS_PER_UNIT, image.natural_height() * PIXELS_PER_UNIT);
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.unchecked_into::<CanvasRenderingContext2d>();
    let scale = f64::from(PIXELS_PER_UNIT);
    context.scale(scale, scale)?;
    context.draw_image_with_html_image_element(image, 0.0, 0.0)?;
    let on_blob = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            // The browser refuses only if downloads are blocked, and then reports that itself.
            let _ = save_blob(&name, &blob);
        }
    });
    canvas.to_blob(on_blob.unchecked_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_the_chart() {
        assert_eq!(file_name("Retention by day"), "strata-retention-by-day");
        assert_eq!(file_name("DAU, WAU & MAU (users)"), "strata-dau-wau-mau-users");
    }
}
