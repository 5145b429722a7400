//! The address fragment: view, settings and user filter. It contains choices, never data.
//!
//! `#/retention?CHURN_DAYS_THRESHOLD=7&RETENTION_WINDOWS=1,3,7`

use strata_core::analysis::membership::{CohortFilter, CohortMembers, FunnelFilter, UserFilter};
use strata_core::report::{BehavioralSegment, RevenueSegment};
use strata_core::settings::find_setting;
use strata_core::value::calendar::Day;
use strata_protocol::SettingText;

/// A view of the results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum View {
    /// All results at a glance.
    #[default]
    Overview,
    /// How many users come back.
    Retention,
    /// How far users get.
    Funnel,
    /// Behavioural and revenue segments.
    Segments,
    /// Every user.
    Users,
    /// Data quality.
    Quality,
    /// The result files.
    Downloads,
}

impl View {
    /// Every view, in the order of the navigation.
    pub const ALL: [View; 7] =
        [View::Overview, View::Retention, View::Funnel, View::Segments, View::Users, View::Quality, View::Downloads];

    /// Returns the view's word in the address.
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

    /// Returns the view's name in the navigation.
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

/// The contents of the fragment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The view.
    pub view: View,
    /// Settings that are not at their default, in catalogue order.
    pub settings: Vec<SettingText>,
    /// The filter of the users view.
    pub filter: UserFilter,
    /// Choices of a view that do not change a result, such as `metric=ltv`; sorted by name.
    pub choices: Vec<(String, String)>,
}

impl Address {
    /// Parses a fragment, with or without `#`. Unknown parts are ignored, so that old links still open.
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
            "behavioral" => self.filter.behavioral = behavioral_segment(&text),
            "revenue" => self.filter.revenue = revenue_segment(&text),
            "journey" => self.filter.journey_stage = text.parse().ok(),
            "cohort" => self.filter.cohort = cohort_filter(&text),
            "funnel" => self.filter.funnel = funnel_filter(&text),
            _ => self.choices.push((name.to_owned(), text)),
        }
    }

    /// Returns the fragment, with `#`.
    #[must_use]
    pub fn fragment(&self) -> String {
        let mut pairs: Vec<(String, String)> =
            self.settings.iter().map(|setting| (setting.name.clone(), setting.text.clone())).collect();
        let filter = &self.filter;
        let of_filter = [
            ("behavioral", filter.behavioral.map(|segment| segment.as_str().to_owned())),
            ("revenue", filter.revenue.map(|segment| segment.as_str().to_owned())),
            ("journey", filter.journey_stage.map(|stage| stage.to_string())),
            ("cohort", filter.cohort.map(cohort_text)),
            ("funnel", filter.funnel.map(funnel_text)),
        ];
        pairs.extend(of_filter.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))));
        pairs.extend(self.choices.iter().cloned());
        let query: Vec<String> =
            pairs.iter().map(|(name, text)| format!("{}={}", encode(name), encode(text))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("#/{}{mark}{}", self.view.path(), query.join("&"))
    }

    /// Returns the choice with this name.
    #[must_use]
    pub fn choice(&self, name: &str) -> Option<&str> {
        self.choices.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// Sets a choice, or clears it if the text is empty.
    pub fn set_choice(&mut self, name: &str, text: &str) {
        self.choices.retain(|(known, _)| known != name);
        if !text.is_empty() {
            self.choices.push((name.to_owned(), text.to_owned()));
            self.choices.sort();
        }
    }

    /// Returns the text of a setting that is not at its default.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|setting| setting.name == name).map(|setting| setting.text.as_str())
    }

    /// Sets a setting, or resets it if the text is empty.
    pub fn set_setting(&mut self, name: &str, text: &str) {
        self.settings.retain(|setting| setting.name != name);
        if !text.is_empty() {
            self.settings.push(SettingText { name: name.to_owned(), text: text.to_owned() });
            self.settings.sort_by_key(|setting| position(&setting.name));
        }
    }
}

/// The position of a setting in the catalogue.
fn position(name: &str) -> usize {
    strata_core::settings::SETTINGS.iter().position(|info| info.name == name).unwrap_or(usize::MAX)
}

/// Returns the behavioural segment with this word in the files.
#[must_use]
pub fn behavioral_segment(word: &str) -> Option<BehavioralSegment> {
    BehavioralSegment::ALL.into_iter().find(|segment| segment.as_str() == word)
}

/// Returns the revenue segment with this word in the files.
#[must_use]
pub fn revenue_segment(word: &str) -> Option<RevenueSegment> {
    RevenueSegment::ALL.into_iter().find(|segment| segment.as_str() == word)
}

/// All cohorts together, in place of a date.
const ALL_COHORTS: &str = "all";

/// `2025-07-01.7.retained`; the entire cohort is `2025-07-01..eligible`.
fn cohort_text(CohortFilter { cohort_date, members }: CohortFilter) -> String {
    let cohort = cohort_date.map_or_else(|| ALL_COHORTS.to_owned(), |day| day.to_string());
    match members {
        CohortMembers::All => format!("{cohort}..eligible"),
        CohortMembers::Eligible { window } => format!("{cohort}.{window}.eligible"),
        CohortMembers::Retained { window } => format!("{cohort}.{window}.retained"),
        CohortMembers::NotRetained { window } => format!("{cohort}.{window}.lost"),
    }
}

fn cohort_filter(text: &str) -> Option<CohortFilter> {
    let mut parts = text.splitn(3, '.');
    let (cohort, window, members) = (parts.next()?, parts.next()?, parts.next()?);
    let cohort_date = if cohort == ALL_COHORTS { None } else { Some(Day::parse(cohort.as_bytes())?) };
    let members = if window.is_empty() {
        CohortMembers::All
    } else {
        let window = window.parse().ok()?;
        let kinds = [
            ("eligible", CohortMembers::Eligible { window }),
            ("retained", CohortMembers::Retained { window }),
            ("lost", CohortMembers::NotRetained { window }),
        ];
        kinds.into_iter().find(|(word, _)| *word == members)?.1
    };
    Some(CohortFilter { cohort_date, members })
}

/// `level_5.completed`; users whose window is still open have no stage: `.open`.
fn funnel_text(filter: FunnelFilter) -> String {
    match filter {
        FunnelFilter::Entered(stage) => format!("{stage}.entered"),
        FunnelFilter::Completed(stage) => format!("{stage}.completed"),
        FunnelFilter::DroppedOff(stage) => format!("{stage}.dropped"),
        FunnelFilter::Reached(stage) => format!("{stage}.reached"),
        FunnelFilter::StillOpen => ".open".to_owned(),
    }
}

fn funnel_filter(text: &str) -> Option<FunnelFilter> {
    let (stage, members) = text.split_once('.')?;
    if members == "open" {
        return Some(FunnelFilter::StillOpen);
    }
    let stage = stage.parse().ok()?;
    let kinds = [
        ("entered", FunnelFilter::Entered(stage)),
        ("completed", FunnelFilter::Completed(stage)),
        ("dropped", FunnelFilter::DroppedOff(stage)),
        ("reached", FunnelFilter::Reached(stage)),
    ];
    Some(kinds.into_iter().find(|(word, _)| *word == members)?.1)
}

/// Percent-encodes everything except characters that are readable in an address.
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
    use strata_core::value::stage::Stage;

    #[test]
    fn an_address_survives_the_round_trip() {
        let mut address = Address { view: View::Users, ..Address::default() };
        address.set_setting("RETENTION_WINDOWS", "1,3,7");
        address.set_setting("CHURN_DAYS_THRESHOLD", "7");
        address.set_choice("metric", "ltv & more");
        address.filter.cohort = Some(CohortFilter {
            cohort_date: Day::parse(b"2025-07-01"),
            members: CohortMembers::Retained { window: 7 },
        });
        address.filter.funnel = Some(FunnelFilter::DroppedOff(Stage::Level(5)));
        let fragment = address.fragment();
        assert_eq!(
            fragment,
            "#/users?CHURN_DAYS_THRESHOLD=7&RETENTION_WINDOWS=1,3,7&cohort=2025-07-01.7.retained&funnel=level_5.dropped&metric=ltv%20%26%20more"
        );
        assert_eq!(Address::parse(&fragment), address);
    }

    #[test]
    fn every_filter_survives_the_round_trip() {
        let day = Day::parse(b"2025-07-01");
        let window = 30;
        for members in [
            CohortMembers::All,
            CohortMembers::Eligible { window },
            CohortMembers::Retained { window },
            CohortMembers::NotRetained { window },
        ] {
            for cohort_date in [day, None] {
                let filter = CohortFilter { cohort_date, members };
                assert_eq!(cohort_filter(&cohort_text(filter)), Some(filter));
            }
        }
        let stage = Stage::FirstPurchase;
        for filter in [
            FunnelFilter::Entered(stage),
            FunnelFilter::Completed(stage),
            FunnelFilter::DroppedOff(stage),
            FunnelFilter::Reached(stage),
            FunnelFilter::StillOpen,
        ] {
            assert_eq!(funnel_filter(&funnel_text(filter)), Some(filter));
        }
        // The form in links of earlier versions.
        assert_eq!(funnel_filter("level_1.open"), Some(FunnelFilter::StillOpen));
        for odd in ["2025-02-30.7.retained", "all.x.lost", "all.7.odd", "all"] {
            assert_eq!(cohort_filter(odd), None, "{odd}");
        }
        for odd in ["level_05.reached", "level_5.odd", "level_5"] {
            assert_eq!(funnel_filter(odd), None, "{odd}");
        }
        let address = Address::parse("#/users?behavioral=churned&revenue=loyal&journey=level_5");
        assert_eq!(address.filter.behavioral, Some(BehavioralSegment::Churned));
        assert_eq!(address.filter.revenue, None);
        assert_eq!(address.filter.journey_stage, Some(Stage::Level(5)));
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
