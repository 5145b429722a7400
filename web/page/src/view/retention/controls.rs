//! The controls of retention: what the cells show, and what counts as retained.

use leptos::prelude::*;

use crate::state::use_state;

type Options = &'static [(&'static str, &'static str)];

/// What a cell can show; the first is the default.
const METRICS: Options = &[("", "Share"), ("count", "Users"), ("ltv", "Revenue per user")];
const ORDERS: Options = &[("", "Oldest first"), ("newest", "Newest first")];
const DEFINITIONS: Options = &[
    ("classic", "In exactly that window"),
    ("rolling", "In that window or later"),
    ("bracket", "Any time since the previous window"),
];
const PERIODS: Options = &[("day", "Days"), ("week", "Weeks"), ("month", "Months")];
const GRANULARITIES: Options = &[("day", "Day"), ("week", "Week"), ("month", "Month")];

/// Where a choice is stored.
#[derive(Clone, Copy)]
enum Kept {
    /// In the address, as a choice of the view that does not change a result.
    Choice(&'static str),
    /// As a setting; its first option is the default.
    Setting(&'static str),
}

/// All controls beside the heatmap.
#[component]
#[must_use]
pub fn RetentionControls() -> impl IntoView {
    let state = use_state();
    // Cohorts are at least as wide as the windows, regardless of the setting.
    let unit = Memo::new(move |_| {
        state.address.with(|address| position(PERIODS, address.setting("RETENTION_PERIOD").unwrap_or_default()))
    });
    view! {
        <div class="controls">
            <Chooser legend="Show" options=METRICS kept=Kept::Choice("metric") />
            <Chooser legend="Came back" options=DEFINITIONS kept=Kept::Setting("RETENTION_DEFINITION") />
            <Chooser legend="Window unit" options=PERIODS kept=Kept::Setting("RETENTION_PERIOD") />
            <Chooser legend="Cohorts by" options=GRANULARITIES kept=Kept::Setting("COHORT_GRANULARITY") first=unit />
            <Chooser legend="Order" options=ORDERS kept=Kept::Choice("order") />
        </div>
    }
}

/// A choice between a few options.
#[component]
fn Chooser(
    /// Legend of the choice.
    legend: &'static str,
    /// Text in the address and label of each option.
    options: Options,
    /// Where the choice is stored.
    kept: Kept,
    /// Position of the first option that has an effect; earlier ones are disabled.
    #[prop(optional)]
    first: Option<Memo<usize>>,
) -> impl IntoView {
    let state = use_state();
    let (group, default) = match kept {
        Kept::Choice(name) => (name, ""),
        Kept::Setting(name) => (name, options[0].0),
    };
    let first = move || first.map_or(0, |first| first.get());
    let chosen = Memo::new(move |_| {
        let kept = state.address.with(|address| match kept {
            Kept::Choice(name) => position(options, address.choice(name).unwrap_or(default)),
            Kept::Setting(name) => position(options, address.setting(name).unwrap_or(default)),
        });
        kept.max(first())
    });
    let choose = move |value: &str| {
        let text = if value == default { "" } else { value };
        state.address.update(|address| match kept {
            Kept::Choice(name) => address.set_choice(name, text),
            Kept::Setting(name) => address.set_setting(name, text),
        });
    };
    let option = move |(place, &(value, name)): (usize, &(&'static str, &'static str))| {
        view! {
            <label>
                <input
                    type="radio"
                    name=format!("retention-{group}")
                    value=value
                    prop:checked=move || chosen.get() == place
                    prop:disabled=move || place < first()
                    on:change=move |_| choose(value)
                />
                {name}
            </label>
        }
    };
    view! {
        <fieldset class="choice">
            <legend>{legend}</legend>
            {options.iter().enumerate().map(option).collect_view()}
        </fieldset>
    }
}

/// Returns the position of an option; that of the default if the text is not an option.
fn position(options: Options, value: &str) -> usize {
    options.iter().position(|(known, _)| *known == value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::settings::find_setting;

    #[test]
    fn units_and_cohorts_are_in_the_same_order() {
        // The position of a unit is that of the finest cohorts that it allows.
        let values = |options: Options| options.iter().map(|(value, _)| *value).collect::<Vec<_>>();
        assert_eq!(values(PERIODS), values(GRANULARITIES));
        assert_eq!(position(GRANULARITIES, "month"), 2);
        assert_eq!(position(GRANULARITIES, "decade"), 0);
    }

    #[test]
    fn the_first_option_of_a_setting_is_its_default() {
        let settings = [
            ("RETENTION_DEFINITION", DEFINITIONS),
            ("RETENTION_PERIOD", PERIODS),
            ("COHORT_GRANULARITY", GRANULARITIES),
        ];
        for (name, options) in settings {
            assert_eq!(find_setting(name).unwrap().default, options[0].0);
            for (value, _) in options {
                assert!(find_setting(name).unwrap().allowed().contains(value), "{name} {value}");
            }
        }
    }
}
