//! The controls of the funnel: mode and window.

use leptos::ev;
use leptos::prelude::*;

use crate::state::use_state;

/// Values of `FUNNEL_MODE` and their labels; the first is the default.
const MODES: [(&str, &str); 3] =
    [("closed", "Closed"), ("ordered", "In time order"), ("open", "Each stage on its own")];

/// Offered values of `FUNNEL_WINDOW_DAYS`; the first is the default.
const WINDOWS: [&str; 6] = ["", "1", "3", "7", "14", "30"];

/// Mode and window; the stages are in the settings panel.
#[component]
#[must_use]
pub fn FunnelControls() -> impl IntoView {
    let state = use_state();
    let setting = move |name: &'static str| {
        Memo::new(move |_| state.address.with(|address| address.setting(name).unwrap_or_default().to_owned()))
    };
    let mode = setting("FUNNEL_MODE");
    let window = setting("FUNNEL_WINDOW_DAYS");
    let mode_radio = move |(value, name): (&'static str, &'static str)| {
        let is_default = value == MODES[0].0;
        let is_chosen = move || mode.with(|mode| mode == value || (mode.is_empty() && is_default));
        let choose = move |_| {
            let text = if is_default { "" } else { value };
            state.address.update(|address| address.set_setting("FUNNEL_MODE", text));
        };
        view! {
            <label>
                <input type="radio" name="funnel-mode" value=value prop:checked=is_chosen on:change=choose />
                {name}
            </label>
        }
    };
    let offered = Memo::new(move |_| window.with(|window| windows_offered(window)));
    let choose_window = move |event: ev::Event| {
        let text = event_target_value(&event);
        state.address.update(|address| address.set_setting("FUNNEL_WINDOW_DAYS", &text));
    };
    let window_option = move |value: String| {
        let known = value.clone();
        let name = window_name(&value);
        view! {
            <option value=value prop:selected=move || window.with(|window| *window == known)>
                {name}
            </option>
        }
    };
    view! {
        <div class="controls">
            <fieldset class="choice">
                <legend>"Stages"</legend>
                {MODES.map(mode_radio).collect_view()}
            </fieldset>
            <label class="labelled-field">
                <span>"Counted"</span>
                <select on:change=choose_window>
                    {move || offered.get().into_iter().map(window_option).collect_view()}
                </select>
            </label>
            <p class="muted small">"The stages are a setting: " <code>"FUNNEL_STAGES"</code> "."</p>
        </div>
    }
}

/// The windows to choose from, including one that was set elsewhere.
fn windows_offered(chosen: &str) -> Vec<String> {
    let mut offered: Vec<String> = WINDOWS.iter().map(|&window| window.to_owned()).collect();
    if !WINDOWS.contains(&chosen) {
        offered.push(chosen.to_owned());
    }
    offered
}

fn window_name(days: &str) -> String {
    match days {
        "" => "at any time".to_owned(),
        "1" => "within 1 day of install".to_owned(),
        days => format!("within {days} days of install"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::settings::find_setting;

    #[test]
    fn a_window_set_elsewhere_is_offered_too() {
        assert_eq!(windows_offered("7"), WINDOWS);
        assert_eq!(windows_offered("10").last().map(String::as_str), Some("10"));
        assert_eq!(window_name("10"), "within 10 days of install");
    }

    #[test]
    fn the_settings_exist() {
        assert!(find_setting("FUNNEL_MODE").is_some() && find_setting("FUNNEL_WINDOW_DAYS").is_some());
    }
}
