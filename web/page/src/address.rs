//! The address fragment: which view, which settings, which users. It holds choices, never data.
//!
//! `#/retention?CHURN_DAYS_THRESHOLD=7&RETENTION_WINDOWS=1,3,7`

use strata_core::settings::find_setting;
use strata_protocol::{CohortMembers, FunnelMembers, SettingText, UserFilter};

/// A view of the results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum View {
    /// All at a glance.
    #[default]
    Overview,
    /// How many come back.
    Retention,
    /// How far they come.
    Funnel,
    /// Who they are.
    Segments,
    /// Every user.
    Users,
    /// What is odd about the data.
    Quality,
    /// The result files.
    Downloads,
}

impl View {
    /// Every view, in the order of the navigation.
    pub const ALL: [View; 7] =
        [View::Overview, View::Retention, View::Funnel, View::Segments, View::Users, View::Quality, View::Downloads];

    /// The word in the address.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            View::Overview => "overview",
            View::Retention => "retention",
            View::Funnel => "funnel",
            View::Segments => "segments",
            View::Users => "users",
            View::Quality => "data-quality",
            View::Downloads => "downloads",
        }
    }

    /// The name in the navigation.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            View::Overview => "Overview",
            View::Retention => "Retention",
            View::Funnel => "Funnel",
            View::Segments => "Segments",
            View::Users => "Users",
            View::Quality => "Data quality",
            View::Downloads => "Downloads",
        }
    }
}

/// What the fragment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The view.
    pub view: View,
    /// Settings that are not at their default, in the order of the catalogue.
    pub settings: Vec<SettingText>,
    /// Which users the users view shows.
    pub filter: UserFilter,
    /// Choices of a view that change no result, as `metric=ltv`; sorted by name.
    pub choices: Vec<(String, String)>,
}

impl Address {
    /// Reads a fragment, with or without `#`. What it does not know it leaves out: an old link still opens.
    #[must_use]
    pub fn parse(fragment: &str) -> Address {
        let text = fragment.trim_start_matches('#').trim_start_matches('/');
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut address = Address {
            view: View::ALL.into_iter().find(|view| view.path() == path).unwrap_or_default(),
            ..Address::default()
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
            address.set(&decode(name), decode(text));
        }
        address.choices.sort();
        address.settings.sort_by_key(|setting| position(&setting.name));
        address
    }

    fn set(&mut self, name: &str, text: String) {
        if text.is_empty() {
            return;
        }
        if find_setting(name).is_some() {
            self.settings.retain(|setting| setting.name != name);
            self.settings.push(SettingText { name: name.to_owned(), text });
            return;
        }
        match name {
            "behavioral" => self.filter.behavioral = Some(text),
            "revenue" => self.filter.revenue = Some(text),
            "journey" => self.filter.journey_stage = Some(text),
            "cohort" => self.filter.cohort = cohort_members(&text),
            "funnel" => self.filter.funnel = funnel_members(&text),
            _ => self.choices.push((name.to_owned(), text)),
        }
    }

    /// The fragment, with `#`.
    #[must_use]
    pub fn fragment(&self) -> String {
        let mut pairs: Vec<(String, String)> =
            self.settings.iter().map(|setting| (setting.name.clone(), setting.text.clone())).collect();
        let filter = &self.filter;
        let cohort = filter.cohort.as_ref().map(|of| {
            let window = of.window.map_or_else(String::new, |window| window.to_string());
            format!("{}.{window}.{}", of.cohort, of.which)
        });
        let funnel = filter.funnel.as_ref().map(|of| format!("{}.{}", of.stage, of.which));
        let of_filter = [
            ("behavioral", filter.behavioral.clone()),
            ("revenue", filter.revenue.clone()),
            ("journey", filter.journey_stage.clone()),
            ("cohort", cohort),
            ("funnel", funnel),
        ];
        pairs.extend(of_filter.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))));
        pairs.extend(self.choices.iter().cloned());
        let query: Vec<String> =
            pairs.iter().map(|(name, text)| format!("{}={}", encode(name), encode(text))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("#/{}{mark}{}", self.view.path(), query.join("&"))
    }

    /// The choice of this name.
    #[must_use]
    pub fn choice(&self, name: &str) -> Option<&str> {
        self.choices.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// Sets or, with an empty text, clears a choice.
    pub fn set_choice(&mut self, name: &str, text: &str) {
        self.choices.retain(|(known, _)| known != name);
        if !text.is_empty() {
            self.choices.push((name.to_owned(), text.to_owned()));
            self.choices.sort();
        }
    }

    /// The text of a setting that is not at its default.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|setting| setting.name == name).map(|setting| setting.text.as_str())
    }

    /// Sets or, with an empty text, resets a setting.
    pub fn set_setting(&mut self, name: &str, text: &str) {
        self.settings.retain(|setting| setting.name != name);
        if !text.is_empty() {
            self.settings.push(SettingText { name: name.to_owned(), text: text.to_owned() });
            self.settings.sort_by_key(|setting| position(&setting.name));
        }
    }
}

/// A setting's place in the catalogue.
fn position(name: &str) -> usize {
    strata_core::settings::SETTINGS.iter().position(|info| info.name == name).unwrap_or(usize::MAX)
}

/// `2025-07-01.7.retained`; without a window `2025-07-01..eligible`.
fn cohort_members(text: &str) -> Option<CohortMembers> {
    let mut parts = text.splitn(3, '.');
    let (cohort, window, which) = (parts.next()?, parts.next()?, parts.next()?);
    let window = if window.is_empty() { None } else { Some(window.parse().ok()?) };
    Some(CohortMembers { cohort: cohort.to_owned(), window, which: which.to_owned() })
}

/// `level_5.completed`.
fn funnel_members(text: &str) -> Option<FunnelMembers> {
    let (stage, which) = text.split_once('.')?;
    Some(FunnelMembers { stage: stage.to_owned(), which: which.to_owned() })
}

/// Percent-encodes all but what reads well in an address.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    encoded
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let coded = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        bytes.push(coded.unwrap_or(if first == b'+' { b' ' } else { first }));
        rest = if coded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_round_trip() {
        let mut address = Address { view: View::Users, ..Address::default() };
        address.set_setting("RETENTION_WINDOWS", "1,3,7");
        address.set_setting("CHURN_DAYS_THRESHOLD", "7");
        address.set_choice("metric", "ltv & more");
        address.filter.cohort =
            Some(CohortMembers { cohort: "2025-07-01".to_owned(), window: Some(7), which: "retained".to_owned() });
        address.filter.funnel = Some(FunnelMembers { stage: "level_5".to_owned(), which: "dropped".to_owned() });
        let fragment = address.fragment();
        assert_eq!(
            fragment,
            "#/users?CHURN_DAYS_THRESHOLD=7&RETENTION_WINDOWS=1,3,7&cohort=2025-07-01.7.retained&funnel=level_5.dropped&metric=ltv%20%26%20more"
        );
        assert_eq!(Address::parse(&fragment), address);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let address = Address::parse("#/nowhere?x=%zz&CHURN_DAYS_THRESHOLD=&cohort=odd&funnel=%");
        assert_eq!(address.view, View::Overview);
        assert!(address.settings.is_empty() && address.filter.is_empty());
        assert_eq!(address.choice("x"), Some("%zz"));
    }

    #[test]
    fn the_last_of_two_equal_settings_counts() {
        let address = Address::parse("#/funnel?FUNNEL_MODE=open&FUNNEL_MODE=ordered");
        assert_eq!(address.setting("FUNNEL_MODE"), Some("ordered"));
        assert_eq!(address.view, View::Funnel);
    }
}
