//! What is typed into the panel, on its way into the address.

use std::collections::BTreeMap;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::settings::check::apply;
use crate::state::AppState;

/// How long typing must pause before what was typed is applied.
const PAUSE_MS: u32 = 250;

/// What is typed and not in force, shared by all fields: settings can fit only together.
#[derive(Clone, Copy)]
pub struct Editing {
    state: AppState,
    /// Texts that are not in force, by variable.
    drafts: StoredValue<BTreeMap<String, String>>,
    /// Why a text cannot be in force, by variable.
    refused: RwSignal<BTreeMap<String, String>>,
    /// Counts up when every field must show what is in force.
    resets: RwSignal<u32>,
    pause: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Editing {
    /// Nothing typed.
    pub fn new(state: AppState) -> Editing {
        Editing {
            state,
            drafts: StoredValue::new(BTreeMap::new()),
            refused: RwSignal::new(BTreeMap::new()),
            resets: RwSignal::new(0),
            pause: StoredValue::new_local(None),
        }
    }

    /// Applies a text once typing pauses.
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

    /// Brings what can be in force into force, and says why the rest cannot.
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

    /// Brings a setting back to its default.
    pub fn reset(self, name: &str) {
        self.change(name, String::new());
    }

    /// Brings every setting back to its default.
    pub fn reset_all(self) {
        self.pause.set_value(None);
        self.drafts.set_value(BTreeMap::new());
        self.refused.set(BTreeMap::new());
        self.state.address.update(|address| address.settings.clear());
        self.resets.update(|count| *count += 1);
    }

    /// Why what is typed for a setting cannot be in force.
    pub fn refusal(self, name: &str) -> Option<String> {
        self.refused.with(|refused| refused.get(name).cloned())
    }

    /// Whether anything typed cannot be in force.
    pub fn has_refusals(self) -> bool {
        self.refused.with(|refused| !refused.is_empty())
    }

    /// Changes when every field must show what is in force.
    pub fn resets(self) -> u32 {
        self.resets.get()
    }
}
