//! Checks which texts are valid settings, by the engine's rules.

use std::collections::BTreeMap;

use strata_core::settings::{ResolvedSettings, SettingError, SettingLayer, SettingSource};
use strata_protocol::SettingText;

use crate::left_out::LeftOut;
use crate::settings::layout::label;

/// Texts on their way into force, and what the engine says to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The settings in force, without those at their default.
    pub settings: Vec<SettingText>,
    /// Why a text cannot be applied, by variable.
    pub refused: BTreeMap<String, String>,
}

/// Resolves texts over the defaults.
///
/// # Errors
/// A text that is not allowed, or settings that contradict each other.
pub fn resolve(settings: &[SettingText]) -> Result<ResolvedSettings, SettingError> {
    let entries = settings.iter().map(|setting| (setting.name.clone(), setting.text.clone())).collect();
    ResolvedSettings::resolve(&[SettingLayer { source: SettingSource::Page, entries }])
}

/// Returns the value in force of a setting as text; empty if it has none.
#[must_use]
pub fn text_in_force(settings: &[SettingText], name: &str) -> String {
    let given = settings.iter().find(|setting| setting.name == name).map(|setting| setting.text.clone());
    given.or_else(|| resolve(settings).ok()?.values.value(name).to_text()).unwrap_or_default()
}

/// Removes settings that are not valid and those at their default.
#[must_use]
pub fn usable(settings: &[SettingText]) -> (Vec<SettingText>, Vec<LeftOut>) {
    let mut kept = settings.to_vec();
    let mut left_out = Vec::new();
    while let Err(error) = resolve(&kept) {
        let culprits = names(&error);
        let (bad, good): (Vec<_>, Vec<_>) = kept.into_iter().partition(|setting| culprits.contains(&&*setting.name));
        kept = good;
        if bad.is_empty() {
            // The engine named a setting that is not in the list. This cannot happen, but must not cause an endless
            // loop.
            kept.clear();
        }
        left_out.extend(bad.into_iter().map(|SettingText { name, text }| {
            let reason = reason(&error, &name);
            LeftOut { name, text, reason }
        }));
    }
    (without_defaults(&kept), left_out)
}

/// Applies edited texts to the settings in force: all of them if they are valid together, otherwise those that are.
#[must_use]
pub fn apply(settings: &[SettingText], drafts: &BTreeMap<String, String>) -> Applied {
    let mut in_force = settings.to_vec();
    let all = drafts.iter().fold(in_force.clone(), |settings, (name, text)| with(&settings, name, text));
    if resolve(&all).is_ok() {
        return Applied { settings: without_defaults(&all), refused: BTreeMap::new() };
    }
    let mut refused = BTreeMap::new();
    for (name, text) in drafts {
        let candidate = with(&in_force, name, text);
        match resolve(&candidate) {
            Ok(_) => in_force = candidate,
            Err(error) => {
                refused.insert(name.clone(), reason(&error, name));
            }
        }
    }
    Applied { settings: without_defaults(&in_force), refused }
}

fn with(settings: &[SettingText], name: &str, text: &str) -> Vec<SettingText> {
    let others = settings.iter().filter(|setting| setting.name != name).cloned();
    let text = text.trim();
    let changed = (!text.is_empty()).then(|| SettingText { name: name.to_owned(), text: text.to_owned() });
    others.chain(changed).collect()
}

/// Removes settings at their default.
fn without_defaults(settings: &[SettingText]) -> Vec<SettingText> {
    let mut kept = settings.to_vec();
    for SettingText { name, .. } in settings {
        let without = with(&kept, name, "");
        let value = |settings: &[SettingText]| resolve(settings).ok().map(|resolved| resolved.values.value(name));
        if value(&without).is_some_and(|default| Some(default) == value(&kept)) {
            kept = without;
        }
    }
    kept.sort_by_key(|setting| strata_core::settings::SETTINGS.iter().position(|info| info.name == setting.name));
    kept
}

/// The variables that an error refers to.
fn names(error: &SettingError) -> Vec<&str> {
    match error {
        SettingError::NotAllowed { name, .. } => vec![name],
        SettingError::NotAbove { name, other, .. } => vec![name, other],
        SettingError::AllZero { names } | SettingError::TooLarge { names } => names.clone(),
        SettingError::Unknown { name, .. } => vec![name],
    }
}

/// The reason as a sentence, shown beside one of the settings that caused it.
fn reason(error: &SettingError, beside: &str) -> String {
    match error {
        SettingError::NotAllowed { allowed, reason: None, .. } => format!("It must be {allowed}."),
        SettingError::NotAllowed { allowed, reason: Some(reason), .. } => format!("It must be {allowed}; {reason}."),
        SettingError::NotAbove { name, other, other_value, .. } if beside == *name => {
            format!("It must be greater than “{}”, which is {other_value}.", called(other))
        }
        SettingError::NotAbove { name, value, .. } => {
            format!("It must be less than “{}”, which is {value}.", called(name))
        }
        SettingError::AllZero { .. } => "At least one weight in this group must be greater than 0.".to_owned(),
        SettingError::TooLarge { .. } => {
            "The sum of these weights is too large. Only their ratios matter, so use smaller ones.".to_owned()
        }
        SettingError::Unknown { .. } => format!("{error}."),
    }
}

fn called(name: &str) -> &str {
    label(name).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(settings: &[(&str, &str)]) -> Vec<SettingText> {
        settings.iter().map(|(name, text)| SettingText { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
    }

    fn drafts(drafts: &[(&str, &str)]) -> BTreeMap<String, String> {
        drafts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn what_cannot_be_used_is_left_out_with_its_reason() {
        let (kept, left_out) = usable(&texts(&[
            ("CHURN_DAYS_THRESHOLD", "-4"),
            ("WHALE_REVENUE_PERCENTILE", "0.9"),
            ("FUNNEL_MODE", "x"),
        ]));
        assert_eq!(kept, texts(&[("WHALE_REVENUE_PERCENTILE", "0.9")]));
        let told: Vec<_> = left_out.iter().map(|left| (left.name.as_str(), left.reason.as_str())).collect();
        assert_eq!(
            told,
            [
                ("CHURN_DAYS_THRESHOLD", "It must be a whole number, 1 or greater."),
                ("FUNNEL_MODE", "It must be closed, ordered or open."),
            ]
        );
    }

    #[test]
    fn settings_that_contradict_each_other_are_left_out_together() {
        let contradiction = [("HIGH_ENGAGEMENT_PERCENTILE", "0.2"), ("MODERATE_ENGAGEMENT_PERCENTILE", "0.4")];
        let (kept, left_out) = usable(&texts(&contradiction));
        assert!(kept.is_empty());
        assert_eq!(left_out.len(), 2);
        // In conflict with a default, only the setting that was set can be removed.
        let (kept, left_out) = usable(&texts(&contradiction[..1]));
        assert!(kept.is_empty());
        assert_eq!(left_out.len(), 1);
        assert_eq!(left_out[0].reason, "It must be greater than “Moderate from percentile”, which is 0.3.");
    }

    #[test]
    fn values_are_compared_with_the_default_in_force_not_by_their_text() {
        let kept = |settings: &[(&str, &str)]| usable(&texts(settings)).0;
        assert!(kept(&[("HIGH_ENGAGEMENT_PERCENTILE", "0.70"), ("CHURN_DAYS_THRESHOLD", " 14 ")]).is_empty());
        assert!(kept(&[("RETENTION_WINDOWS", "60,30,14,7,3,1,1")]).is_empty());
        // With weeks, the same windows are not the default.
        let weeks = [("RETENTION_PERIOD", "week"), ("RETENTION_WINDOWS", "1,3,7,14,30,60")];
        assert_eq!(kept(&weeks), texts(&weeks));
    }

    #[test]
    fn drafts_that_fit_only_together_are_applied_together() {
        let applied = apply(&[], &drafts(&[("HIGH_ENGAGEMENT_PERCENTILE", "0.2")]));
        assert!(applied.settings.is_empty());
        assert!(applied.refused["HIGH_ENGAGEMENT_PERCENTILE"].contains("must be greater than"));
        let applied = apply(&[], &drafts(&[("MODERATE_ENGAGEMENT_PERCENTILE", "0.8")]));
        assert_eq!(
            applied.refused["MODERATE_ENGAGEMENT_PERCENTILE"],
            "It must be less than “High from percentile”, which is 0.7."
        );
        let both = [("HIGH_ENGAGEMENT_PERCENTILE", "0.2"), ("MODERATE_ENGAGEMENT_PERCENTILE", "0.1")];
        assert_eq!(apply(&[], &drafts(&both)), Applied { settings: texts(&both), refused: BTreeMap::new() });
    }

    #[test]
    fn a_draft_that_is_refused_does_not_hold_up_the_others() {
        let in_force = texts(&[("CHURN_DAYS_THRESHOLD", "7")]);
        let applied = apply(&in_force, &drafts(&[("CHURN_DAYS_THRESHOLD", "x"), ("FUNNEL_MODE", "open")]));
        assert_eq!(applied.settings, texts(&[("CHURN_DAYS_THRESHOLD", "7"), ("FUNNEL_MODE", "open")]));
        assert_eq!(applied.refused.len(), 1);
        // An empty text is the default.
        assert!(apply(&in_force, &drafts(&[("CHURN_DAYS_THRESHOLD", " ")])).settings.is_empty());
    }

    #[test]
    fn the_text_in_force_is_as_given_else_the_default() {
        let settings = texts(&[("RETENTION_PERIOD", "month")]);
        assert_eq!(text_in_force(&settings, "RETENTION_PERIOD"), "month");
        assert_eq!(text_in_force(&settings, "RETENTION_WINDOWS"), "1,2,3,4,5,6,7,8,9,10,11,12");
        assert_eq!(text_in_force(&settings, "CHURN_DAYS_THRESHOLD"), "14");
        assert_eq!(text_in_force(&settings, "RUN_HASH"), "");
    }
}
