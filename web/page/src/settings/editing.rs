//! Text typed into the panel, before it is in the address.

use std::collections::BTreeMap;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::settings::check::apply;
use crate::state::AppState;

/// Typed text is applied after a pause of this length.
const PAUSE_MS: u32 = 250;

/// Typed text that is not in force, shared by all fields: some settings are only valid together.
#[derive(Clone, Copy)]
pub struct Editing {
    state: AppState,
    /// Texts that are not in force, by variable.
    drafts: StoredValue<BTreeMap<String, String>>,
    /// Why a text cannot be applied, by variable.
    refused: RwSignal<BTreeMap<String, String>>,
    /// Incremented when every field must show the value in force.
    resets: RwSignal<u32>,
    pause: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Editing {
    /// Creates the state without any typed text.
    pub fn new(state: AppState) -> Editing {
        Editing {
            state,
            drafts: StoredValue::new(BTreeMap::new()),
            refused: RwSignal::new(BTreeMap::new()),
            resets: RwSignal::new(0),
            pause: StoredValue::new_local(None),
        }
    }

    /// Applies a text after a pause in typing.
    pub fn change_after_pause(self, name: &str, text: String) {
        self.drafts.update_value(|drafts| {
            drafts.insert(name.to_owned(), text);
        });
        self.pause.set_value(Some(Timeout::new(PAUSE_MS, move || self.settle())));
    }

    /// Applies a text.
    pub fn change(self, name: &str, text: String) {
        self.drafts.update_value(|drafts| {
            drafts.insert(name.to_owned(), text);
        });
        self.settle();
    }

    /// Applies the valid texts, and records why the others cannot be applied.
    fn settle(self) {
        self.pause.set_value(None);
        let in_force = self.state.address.with_untracked(|address| address.settings.clone());
        let applied = self.drafts.with_value(|drafts| apply(&in_force, drafts));
        self.drafts.update_value(|drafts| drafts.retain(|name, _| applied.refused.contains_key(name)));
        if self.refused.with_untracked(|refused| *refused != applied.refused) {
            self.refused.set(applied.refused);
        }
        if applied.settings != in_force {
            self.state.address.update(|address| address.settings = applied.settings);
        }
    }

    /// Resets a setting to its default.
    pub fn reset(self, name: &str) {
        self.change(name, String::new());
    }

    /// Resets every setting to its default.
    pub fn reset_all(self) {
        self.pause.set_value(None);
        self.drafts.set_value(BTreeMap::new());
        self.refused.set(BTreeMap::new());
        self.state.address.update(|address| address.settings.clear());
        self.resets.update(|count| *count += 1);
    }

    /// Returns why the text typed for a setting cannot be applied.
    pub fn refusal(self, name: &str) -> Option<String> {
        self.refused.with(|refused| refused.get(name).cloned())
    }

    /// Whether any typed text cannot be applied.
    pub fn has_refusals(self) -> bool {
        self.refused.with(|refused| !refused.is_empty())
    }

    /// Returns a number that changes when every field must show the value in force.
    pub fn resets(self) -> u32 {
        self.resets.get()
    }
}
