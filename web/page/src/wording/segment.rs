//! Names of segments and journey stages, which differ from their words in the files.

use strata_core::report::{BehavioralSegment, RevenueSegment};
use strata_core::value::stage::Stage;

/// Returns the name of a behavioural segment.
#[must_use]
pub fn behavioral_name(segment: BehavioralSegment) -> &'static str {
    match segment {
        BehavioralSegment::HighEngagement => "High engagement",
        BehavioralSegment::ModerateEngagement => "Moderate engagement",
        BehavioralSegment::LowEngagement => "Low engagement",
        BehavioralSegment::Churned => "Churned",
    }
}

/// Returns the name of a revenue segment.
#[must_use]
pub fn revenue_name(segment: RevenueSegment) -> &'static str {
    match segment {
        RevenueSegment::Whale => "Whale",
        RevenueSegment::Dolphin => "Dolphin",
        RevenueSegment::Minnow => "Minnow",
        RevenueSegment::FreeUser => "Free user",
    }
}

/// Returns a noun phrase for a user of a behavioural segment: `a highly engaged user`.
#[must_use]
pub fn behavioral_member(segment: BehavioralSegment) -> &'static str {
    match segment {
        BehavioralSegment::HighEngagement => "a highly engaged user",
        BehavioralSegment::ModerateEngagement => "a moderately engaged user",
        BehavioralSegment::LowEngagement => "a user with low engagement",
        BehavioralSegment::Churned => "a churned user",
    }
}

/// Returns a noun phrase for a user of a revenue segment: `a whale`.
#[must_use]
pub fn revenue_member(segment: RevenueSegment) -> &'static str {
    match segment {
        RevenueSegment::Whale => "a whale",
        RevenueSegment::Dolphin => "a dolphin",
        RevenueSegment::Minnow => "a minnow",
        RevenueSegment::FreeUser => "a free user",
    }
}

/// Returns the name of a journey stage: `Level 5`.
#[must_use]
pub fn stage_name(stage: Stage) -> String {
    match stage {
        Stage::FtueStart => "Start".to_owned(),
        Stage::FtueComplete => "Tutorial complete".to_owned(),
        Stage::Level(number) => format!("Level {number}"),
        Stage::GameComplete => "Game complete".to_owned(),
        Stage::FirstPurchase => "First purchase".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_for_people() {
        assert_eq!(revenue_name(RevenueSegment::FreeUser), "Free user");
        assert_eq!(stage_name(Stage::Level(12)), "Level 12");
        for segment in BehavioralSegment::ALL {
            let word = segment.as_str().replace('_', " ");
            assert_eq!(behavioral_name(segment).to_lowercase(), word, "the name is the word of the files");
            assert!(behavioral_member(segment).starts_with("a "));
        }
        for segment in RevenueSegment::ALL {
            let word = segment.as_str().replace('_', " ");
            assert_eq!(revenue_name(segment).to_lowercase(), word);
            assert_eq!(revenue_member(segment), format!("a {word}"));
        }
    }
}
