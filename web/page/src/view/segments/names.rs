//! Segments and journey stages in words, beside the words of the contract.

/// Behavioural segments from highest to lowest: the contract's word and the name.
pub const BEHAVIORAL: [(&str, &str); 4] = [
    ("high_engagement", "High engagement"),
    ("moderate_engagement", "Moderate engagement"),
    ("low_engagement", "Low engagement"),
    ("churned", "Churned"),
];

/// Revenue segments from highest to lowest: the contract's word and the name.
pub const REVENUE: [(&str, &str); 4] =
    [("whale", "Whale"), ("dolphin", "Dolphin"), ("minnow", "Minnow"), ("free_user", "Free user")];

/// The name of a segment; a word that is not known stays as it is.
#[must_use]
pub fn segment_name(word: &str) -> String {
    let known = BEHAVIORAL.iter().chain(&REVENUE).find(|(known, _)| *known == word);
    known.map_or(word, |(_, name)| name).to_owned()
}

/// The users of a segment, as the subject of a sentence: `whales`, `highly engaged users`.
#[must_use]
pub fn segment_members(word: &str, count: u64) -> String {
    let (one, many) = match word {
        "high_engagement" => ("highly engaged user", "highly engaged users"),
        "moderate_engagement" => ("moderately engaged user", "moderately engaged users"),
        "low_engagement" => ("barely engaged user", "barely engaged users"),
        "churned" => ("churned user", "churned users"),
        "whale" => ("whale", "whales"),
        "dolphin" => ("dolphin", "dolphins"),
        "minnow" => ("minnow", "minnows"),
        "free_user" => ("free user", "free users"),
        _ => ("user", "users"),
    };
    if count == 1 { one.to_owned() } else { many.to_owned() }
}

/// The name of a journey stage, as `Level 5`; a word that is not known stays as it is.
#[must_use]
pub fn stage_name(word: &str) -> String {
    match word {
        "ftue_start" => "Start".to_owned(),
        "ftue_complete" => "Tutorial complete".to_owned(),
        "game_complete" => "Game complete".to_owned(),
        "first_purchase" => "First purchase".to_owned(),
        _ => match word.strip_prefix("level_") {
            Some(level) if !level.is_empty() => format!("Level {level}"),
            _ => word.to_owned(),
        },
    }
}

/// The journey stages for which there are columns, in the order of the journey.
#[must_use]
pub fn journey_stages<'a>(columns: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut known: Vec<(u64, String)> = columns
        .filter_map(|column| {
            let stage = column.strip_suffix("_time")?;
            let place = match stage {
                "ftue_complete" => 1,
                "game_complete" => u64::MAX - 1,
                "first_purchase" => u64::MAX,
                _ => stage.strip_prefix("level_")?.parse::<u64>().ok()?.saturating_add(2),
            };
            Some((place, stage.to_owned()))
        })
        .collect();
    known.push((0, "ftue_start".to_owned()));
    known.sort();
    known.dedup();
    known.into_iter().map(|(_, stage)| stage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_names() {
        assert_eq!(segment_name("free_user"), "Free user");
        assert_eq!(segment_name("odd"), "odd");
        assert_eq!(stage_name("level_12"), "Level 12");
        assert_eq!(stage_name("level_"), "level_");
        assert_eq!(stage_name("ftue_start"), "Start");
        assert_eq!(segment_members("whale", 1), "whale");
        assert_eq!(segment_members("churned", 2), "churned users");
    }

    #[test]
    fn stages_are_in_the_order_of_the_journey() {
        let columns = ["first_purchase_time", "level_10_time", "level_2_time", "user_id", "ftue_complete_time"];
        let twice = columns.into_iter().chain(columns);
        assert_eq!(journey_stages(twice), ["ftue_start", "ftue_complete", "level_2", "level_10", "first_purchase"]);
    }
}
