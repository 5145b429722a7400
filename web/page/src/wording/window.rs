//! Retention windows in words, by the definition in force.

use strata_core::report::Retention;
use strata_core::settings::{Period, RetentionDefinition};

/// The settings that affect the meaning of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowTerms {
    /// What counts as retained.
    pub definition: RetentionDefinition,
    /// Unit of the windows.
    pub period: Period,
    /// The windows, ascending.
    pub windows: Vec<u32>,
}

impl WindowTerms {
    /// Returns the settings of a result.
    #[must_use]
    pub fn of(retention: &Retention) -> WindowTerms {
        WindowTerms { definition: retention.definition, period: retention.period, windows: retention.windows.clone() }
    }

    /// Says when a user must have been active to be retained in a window: `on day 7`, `in week 3 or later`,
    /// `between days 4 and 7`.
    #[must_use]
    pub fn when(&self, window: u32) -> String {
        let unit = self.period.as_str();
        let preposition = if self.period == Period::Day { "on" } else { "in" };
        let at = format!("{preposition} {unit} {window}");
        match self.definition {
            RetentionDefinition::Classic => at,
            RetentionDefinition::Rolling => format!("{at} or later"),
            RetentionDefinition::Bracket => match self.first_of_bracket(window) {
                first if first == window => at,
                first => format!("between {unit}s {first} and {window}"),
            },
        }
    }

    /// The first day, week or month of a bracket: the one after the previous window.
    fn first_of_bracket(&self, window: u32) -> u32 {
        let before = self.windows.iter().rev().find(|known| **known < window);
        before.map_or(1, |before| before + 1)
    }
}

/// Returns the unit of a window as a heading: `Day`, `Week` or `Month`.
#[must_use]
pub fn unit_name(period: Period) -> &'static str {
    match period {
        Period::Day => "Day",
        Period::Week => "Week",
        Period::Month => "Month",
    }
}

/// Names a window as a heading: `Day 7`.
#[must_use]
pub fn name(period: Period, window: u32) -> String {
    format!("{} {window}", unit_name(period))
}

/// Names a window briefly: `D7`, `W2`, `M1`.
#[must_use]
pub fn short_name(period: Period, window: u32) -> String {
    let letter = match period {
        Period::Day => 'D',
        Period::Week => 'W',
        Period::Month => 'M',
    };
    format!("{letter}{window}")
}

/// Returns a sentence that says what counts as retained.
#[must_use]
pub fn definition(definition: RetentionDefinition, period: Period) -> String {
    let name = unit_name(period);
    let nth = match period {
        Period::Day => "N days after install",
        Period::Week => "the Nth calendar week (Monday to Sunday) after the week of install",
        Period::Month => "the Nth calendar month after the month of install",
    };
    match (definition, period) {
        (RetentionDefinition::Classic, Period::Day) => format!("{name} N: active exactly {nth}."),
        (RetentionDefinition::Classic, _) => format!("{name} N: active in {nth}."),
        (RetentionDefinition::Rolling, Period::Day) => format!("{name} N: active {nth} or later. {ROLLING_NOTE}"),
        (RetentionDefinition::Rolling, _) => format!("{name} N: active in {nth} or later. {ROLLING_NOTE}"),
        (RetentionDefinition::Bracket, Period::Day) => {
            format!("{name} N: active at any time since the previous window, up to {nth}.")
        }
        (RetentionDefinition::Bracket, _) => {
            format!("{name} N: active at any time since the previous window, up to and including {nth}.")
        }
    }
}

/// Why rolling retention is not tested.
const ROLLING_NOTE: &str = "Older cohorts have had more time to come back, so cohorts are not compared by a test.";

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(definition: RetentionDefinition, period: Period) -> WindowTerms {
        WindowTerms { definition, period, windows: vec![1, 3, 7] }
    }

    #[test]
    fn a_window_says_what_counts() {
        use RetentionDefinition::{Bracket, Classic, Rolling};
        let cases = [
            (Classic, Period::Day, 7, "on day 7"),
            (Classic, Period::Week, 3, "in week 3"),
            (Classic, Period::Month, 1, "in month 1"),
            (Rolling, Period::Day, 7, "on day 7 or later"),
            (Rolling, Period::Week, 3, "in week 3 or later"),
            (Rolling, Period::Month, 1, "in month 1 or later"),
            (Bracket, Period::Day, 7, "between days 4 and 7"),
            (Bracket, Period::Week, 3, "between weeks 2 and 3"),
            (Bracket, Period::Month, 1, "in month 1"),
            (Bracket, Period::Day, 1, "on day 1"),
            (Bracket, Period::Day, 9, "between days 8 and 9"),
        ];
        for (definition, period, window, expected) in cases {
            assert_eq!(terms(definition, period).when(window), expected);
        }
        let only = WindowTerms { windows: vec![7], ..terms(Bracket, Period::Day) };
        assert_eq!(only.when(7), "between days 1 and 7");
    }

    #[test]
    fn names_have_the_unit() {
        assert_eq!([Period::Day, Period::Week, Period::Month].map(unit_name), ["Day", "Week", "Month"]);
        assert_eq!(name(Period::Week, 2), "Week 2");
        assert_eq!(short_name(Period::Month, 1), "M1");
    }

    #[test]
    fn a_definition_is_said_in_its_unit() {
        let say = definition;
        let classic = RetentionDefinition::Classic;
        assert_eq!(say(classic, Period::Day), "Day N: active exactly N days after install.");
        assert_eq!(
            say(classic, Period::Month),
            "Month N: active in the Nth calendar month after the month of install."
        );
        assert!(
            say(RetentionDefinition::Rolling, Period::Day).starts_with("Day N: active N days after install or later.")
        );
        assert_eq!(
            say(RetentionDefinition::Bracket, Period::Week),
            "Week N: active at any time since the previous window, up to and including the Nth calendar week (Monday \
             to Sunday) after the week of install."
        );
    }
}
