//! A setting in the panel.

#![expect(clippy::large_types_passed_by_value, reason = "`Field` holds handles, which are large in debug builds only")]

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use strata_core::settings::{Kind, Setting, Word};
use strata_core::value::calendar::Day;
use strata_protocol::Results;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::settings::check::text_in_force;
use crate::settings::editing::Editing;
use crate::settings::sheet::bring_into_view;
use crate::state::use_state;

/// Stands for the text of a number field that the browser cannot parse; it is not valid for any setting.
const UNREADABLE: &str = "?";

/// The data that the controls of a field share.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    label: &'static str,
    editing: Editing,
    /// The text of the value in force.
    in_force: Memo<String>,
    input: NodeRef<html::Input>,
    select: NodeRef<html::Select>,
}

impl Field {
    fn id(self) -> String {
        format!("setting-{}", self.name)
    }

    fn help_id(self) -> String {
        format!("help-{}", self.name)
    }

    fn error_id(self) -> String {
        format!("error-{}", self.name)
    }

    fn refusal(self) -> Option<String> {
        self.editing.refusal(self.name)
    }

    fn described_by(self) -> String {
        if self.refusal().is_some() { format!("{} {}", self.error_id(), self.help_id()) } else { self.help_id() }
    }

    fn is_invalid(self) -> Option<&'static str> {
        self.refusal().map(|_| "true")
    }

    /// Shows the value in force.
    fn show(self) {
        if let Some(input) = self.input.get_untracked() {
            input.set_value(&self.in_force.get_untracked());
        }
    }

    fn reset(self) {
        self.editing.reset(self.name);
        self.show();
        // The button disappears with the change; the focus stays at the field.
        let input = self.input.get_untracked().map(Into::into);
        let control: Option<web_sys::HtmlElement> = input.or_else(|| self.select.get_untracked().map(Into::into));
        if let Some(control) = control {
            let _ = control.focus();
        }
    }

    /// Called while the user types: an empty field is on its way to another text.
    fn typed(self, event: &ev::Event) {
        let text = text_of(event);
        if !text.is_empty() {
            self.editing.change_after_pause(self.name, text);
        }
    }

    /// Called when the user has finished typing.
    fn entered(self, event: &ev::Event) {
        self.editing.change(self.name, text_of(event));
        if self.editing.refusal(self.name).is_none() {
            self.show();
        }
    }
}

/// Returns the text of an input.
fn text_of(event: &ev::Event) -> String {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    match input {
        Some(input) if input.validity().bad_input() => UNREADABLE.to_owned(),
        Some(input) => input.value(),
        None => String::new(),
    }
}

/// A setting: label, control, explanation, and the error in what was typed.
#[component]
pub fn SettingField(setting: &'static Setting, label: &'static str, editing: Editing) -> impl IntoView {
    let state = use_state();
    let name = setting.name;
    let in_force = Memo::new(move |_| state.address.with(|address| text_in_force(&address.settings, name)));
    let field = Field { name, label, editing, in_force, input: NodeRef::new(), select: NodeRef::new() };
    let is_changed = Memo::new(move |_| state.address.with(|address| address.setting(name).is_some()));
    let can_reset = Memo::new(move |_| is_changed.get() || field.refusal().is_some());
    Effect::new(move || {
        editing.resets();
        field.show();
    });
    let control = match setting.kind {
        Kind::Word(words) => word_control(field, words),
        Kind::Fraction => slider_control(field, "0.01"),
        Kind::Weight => slider_control(field, "0.05"),
        Kind::Whole { least } => number_control(field, "1", &least.to_string()),
        Kind::OpenFraction => number_control(field, "0.01", "0"),
        Kind::Date { within_data } => date_control(field, within_data),
        Kind::Text { .. } => text_control(field),
    };
    view! {
        <div class="field" class:is-changed=is_changed>
            <p class="field-head">
                <label for=field.id()>{field.label}</label>
                <Show when=move || can_reset.get()>
                    <button
                        type="button"
                        class="button quiet small"
                        aria-label=format!("Reset: {}", field.label)
                        on:click=move |_| field.reset()
                    >
                        "Reset"
                    </button>
                </Show>
            </p>
            {control}
            {move || field.refusal().map(|reason| view! { <Refusal id=field.error_id() reason /> })}
            {explanation(field, setting, is_changed)}
        </div>
    }
}

/// Why the typed text is not valid; scrolled into view, because it may be below the edge of the panel.
#[component]
fn Refusal(id: String, reason: String) -> impl IntoView {
    let element = NodeRef::<html::P>::new();
    Effect::new(move || {
        if let Some(element) = element.get() {
            bring_into_view(&element);
        }
    });
    view! {
        <p class="field-error" id=id role="alert" node_ref=element>
            {reason}
        </p>
    }
}

fn explanation(field: Field, setting: &'static Setting, is_changed: Memo<bool>) -> impl IntoView {
    let default = move || is_changed.get().then(|| format!(" Default: {}.", setting.default));
    view! {
        <p class="field-help" id=field.help_id()>
            {setting.help}
            "."
            {default}
            <code>{setting.name}</code>
        </p>
    }
}

fn word_control(field: Field, words: &'static [Word]) -> AnyView {
    let options = words.iter().map(|&Word { word, meaning }| {
        view! {
            <option value=word prop:selected=move || field.in_force.get() == word>
                {format!("{word}: {meaning}")}
            </option>
        }
    });
    view! {
        <select
            id=field.id()
            name=field.name
            node_ref=field.select
            aria-describedby=move || field.described_by()
            on:change:target=move |event| field.editing.change(field.name, event.target().value())
        >
            {options.collect_view()}
        </select>
    }
    .into_any()
}

fn number_control(field: Field, step: &str, least: &str) -> AnyView {
    view! {
        <input
            type="number"
            inputmode="decimal"
            id=field.id()
            name=field.name
            step=step.to_owned()
            min=least.to_owned()
            placeholder="none"
            autocomplete="off"
            node_ref=field.input
            prop:value=move || field.in_force.get()
            aria-describedby=move || field.described_by()
            aria-invalid=move || field.is_invalid()
            on:input=move |event| field.typed(&event)
            on:change=move |event| field.entered(&event)
        />
    }
    .into_any()
}

/// A slider for exploring, and a number field for the exact value.
fn slider_control(field: Field, step: &'static str) -> AnyView {
    let slide = move |text: String| {
        if let Some(input) = field.input.get_untracked() {
            input.set_value(&text);
        }
        field.editing.change(field.name, text);
    };
    view! {
        <div class="slider">
            <input
                type="range"
                min="0"
                max="1"
                step=step
                aria-label=format!("{}, slider", field.label)
                prop:value=move || field.in_force.get()
                on:input:target=move |event| slide(event.target().value())
            />
            {number_control(field, step, "0")}
        </div>
    }
    .into_any()
}

fn date_control(field: Field, within_data: bool) -> AnyView {
    let results = use_state().results;
    let bound = move |of: fn(&Results) -> Day| {
        results.with(|results| results.as_deref().filter(|_| within_data).map(|results| of(results).to_string()))
    };
    view! {
        <input
            type="date"
            id=field.id()
            name=field.name
            min=move || bound(|results| results.report.period.start_date)
            max=move || bound(|results| results.latest_date)
            node_ref=field.input
            prop:value=move || field.in_force.get()
            aria-describedby=move || field.described_by()
            aria-invalid=move || field.is_invalid()
            on:change=move |event| field.entered(&event)
        />
    }
    .into_any()
}

fn text_control(field: Field) -> AnyView {
    view! {
        <input
            type="text"
            id=field.id()
            name=field.name
            placeholder="none"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            node_ref=field.input
            prop:value=move || field.in_force.get()
            aria-describedby=move || field.described_by()
            aria-invalid=move || field.is_invalid()
            on:input=move |event| field.typed(&event)
            on:change=move |event| field.entered(&event)
        />
    }
    .into_any()
}
